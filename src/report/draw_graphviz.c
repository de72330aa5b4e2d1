/* Graphviz as a library: DOT in, a picture out. */
#include "gck_build.h"
#include "report/draw_parts.h"

#ifdef GCK_BUILD_GRAPHVIZ
#include <gvc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The library keeps its state in globals of its own, so one thread at a time may be in it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* With what Graphviz said last, up to the list of what it would have taken. */
static gck_status failed(struct errors *errors, enum draw_format format)
{
    char *last = aglasterr();
    const char *list = last ? strstr(last, " Use one of") : NULL;
    size_t size = list ? (size_t)(list - last) : last ? strcspn(last, "\n") : 0;
    gck_status status = errors_add(
        errors, GCK_IO, "Graphviz could not draw the %s%s%.*s (its plugins are in the package graphviz)",
        draw_format_names[format], size ? ": " : "", (int)size, size ? last : "");
    free(last);
    return status;
}

static gck_status render(struct text *text, GVC_t *context, const char *dot, enum draw_format format,
                         struct errors *errors)
{
    char *data = NULL;
    unsigned size = 0;
    Agraph_t *graph = agmemread(dot);
    if (!graph)
        return failed(errors, format);
    if (format == DRAW_PNG) {
        agattr(graph, AGRAPH, (char[]){"dpi"}, "144");
        agattr(graph, AGRAPH, (char[]){"bgcolor"}, "#ffffff");
    }
    bool laid = gvLayout(context, graph, "dot") == 0;
    bool drawn = laid && gvRenderData(context, graph, draw_format_names[format], &data, &size) == 0;
    if (drawn)
        text_bytes(text, data, size);
    gvFreeRenderData(data);
    if (laid)
        gvFreeLayout(context, graph);
    agclose(graph);
    return drawn && size ? GCK_OK : failed(errors, format);
}

gck_status draw_graphviz(struct text *text, const char *dot, enum draw_format format, struct errors *errors)
{
    pthread_mutex_lock(&lock);
    agseterr(AGMAX); /* keeps messages for aglasterr() and prints none */
    GVC_t *context = gvContext();
    gck_status status = context ? render(text, context, dot, format, errors) : failed(errors, format);
    if (context)
        gvFreeContext(context);
    pthread_mutex_unlock(&lock);
    return status;
}

const char *draw_graphviz_version(void)
{
    return GCK_BUILD_GRAPHVIZ;
}
#else
gck_status draw_graphviz(struct text *text, const char *dot, enum draw_format format, struct errors *errors)
{
    (void)text;
    (void)dot;
    return errors_add(errors, GCK_IO,
                      "%s needs Graphviz, which this gradcheck was built without: install libgraphviz-dev and "
                      "build again, or take the format dot to a machine that has it",
                      draw_format_names[format]);
}

const char *draw_graphviz_version(void)
{
    return NULL;
}
#endif
