/* gck_explain(): a case walked through node by node. */
#include "api/explain.h"

#include <stdlib.h>
#include <string.h>

#include "api/case_handle.h"
#include "check/explain.h"
#include "check/foreign_run.h"

struct explanation_holder {
    gck_explanation explanation; /* first: the public pointer is the holder's */
    struct arena arena;
};

const char *gck_agreement_name(gck_agreement agreement)
{
    switch (agreement) {
    case GCK_AGREES:
        return "ok";
    case GCK_CORNER:
        return "corner";
    case GCK_UNDECIDED:
        return "undecided";
    case GCK_DIFFERS:
        return "differs";
    }
    return "unknown";
}

/* Each gate is taken apart by each of its inputs, and Graphviz draws each edge: more would take minutes, and
 * nobody could read it. */
static gck_status size_check(const struct graph *graph, const char *id, struct errors *errors)
{
    size_t edges = graph_edges(graph);
    if (graph->count + edges <= GCK_EXPLAIN_PARTS)
        return GCK_OK;
    return errors_add(errors, GCK_BAD_CASE,
                      "%s has %zu nodes and %zu edges; at most %d of both together are explained or drawn", id,
                      graph->count, edges, GCK_EXPLAIN_PARTS);
}

static gck_status explain(struct explanation_holder *h, const struct case_file *file, const gck_options *o,
                          bool values_only, struct errors *errors)
{
    struct explain_settings settings = {.bits = file->bits > o->bits ? (int)file->bits : o->bits,
                                        .max_bits = o->max_bits,
                                        .seed = o->seed,
                                        .values_only = values_only,
                                        .stop = o->stop};
    gck_explanation *x = &h->explanation;
    gck_status status = options_bits(o, errors);
    if (status)
        return status;
    if (foreign_refuse(&file->graph, "explain", errors))
        return GCK_BAD_CASE;
    status = size_check(&file->graph, file->id, errors);
    if (status)
        return status;
    x->id = arena_text(&h->arena, file->id, strlen(file->id));
    x->title = file->title ? arena_text(&h->arena, file->title, strlen(file->title)) : "";
    if (!x->id || !x->title)
        return GCK_NO_MEMORY;
    return explain_take(x, &h->arena, &file->graph, &settings, errors);
}

static gck_status holder_new(gck_explanation **out, const struct case_file *file, const gck_options *o,
                             bool values_only, struct errors *errors)
{
    struct explanation_holder *h = calloc(1, sizeof *h);
    gck_status status = h ? explain(h, file, o, values_only, errors) : GCK_NO_MEMORY;
    *out = status ? NULL : &h->explanation;
    if (status && h) {
        arena_free(&h->arena);
        free(h);
    }
    return status;
}

gck_status gck_explain(gck_explanation **out, const gck_case *c, const gck_options *options,
                       gck_errors **errors)
{
    gck_options defaults = gck_options_default();
    struct errors list = {.here = {.file = c->file->path}};
    gck_status status = holder_new(out, c->file, options ? options : &defaults, false, &list);
    errors_publish(errors, &list);
    return status;
}

gck_status explain_values(gck_explanation **out, const gck_case *c, const volatile bool *stop,
                          struct errors *errors)
{
    gck_options options = gck_options_default();
    options.stop = stop;
    struct place here = errors->here; /* binding moves it about */
    gck_status status = holder_new(out, c->file, &options, true, errors);
    errors->here = here;
    return status;
}

void gck_explanation_free(gck_explanation *explanation)
{
    struct explanation_holder *h = (struct explanation_holder *)explanation;
    if (!h)
        return;
    arena_free(&h->arena);
    free(h);
}
