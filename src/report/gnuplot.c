/* Pictures by gnuplot. */
#include "report/gnuplot.h"

#include <string.h>

#include "engine/filter.h"
#include "report/clean.h"

void gnuplot_quote(struct text *script, const char *from)
{
    struct text clean = {0};
    clean_add(&clean, from);
    text_add(script, "'");
    for (const char *s = clean.data ? clean.data : ""; *s; s++)
        text_add(script, *s == '\'' ? "''" : "%c", *s);
    text_add(script, "'");
    script->failed |= clean.failed;
    text_free(&clean);
}

static bool ends_in(const struct text *text, const char *end, size_t size)
{
    return text->size >= size && memcmp(text->data + text->size - size, end, size) == 0;
}

/* Whether it is a whole SVG or PNG: a gnuplot that is cut short, or another program of that name, may well end
 * with status 0. */
static bool is_picture(struct text *picture)
{
    static const char png[] = "\x89PNG\r\n\x1a\n", last[] = "IEND\xae\x42\x60\x82", svg[] = "</svg>";
    if (picture->size > sizeof png && memcmp(picture->data, png, sizeof png - 1) == 0)
        return ends_in(picture, last, sizeof last - 1);
    while (picture->size && strchr(" \r\n\t", picture->data[picture->size - 1]))
        picture->data[--picture->size] = '\0';
    return ends_in(picture, svg, sizeof svg - 1) && strstr(picture->data, "<svg");
}

gck_status gnuplot_draw(struct text *picture, const struct text *script, const char *what, const char *instead,
                        const volatile bool *stop, struct errors *errors)
{
    enum { SECONDS = 60, MOST_PICTURE = 64 << 20 };
    struct text why = {0};
    errors->here = (struct place){0};
    char *const argv[] = {"gnuplot", "-d", NULL};
    struct filter filter = {.argv = argv, .seconds = SECONDS, .most = MOST_PICTURE, .stop = stop};
    enum filter_end end =
        script->failed ? FILTER_FAILED : filter_run(picture, &why, &filter, script->data, script->size);
    gck_status status = end == FILTER_STOPPED ? GCK_STOPPED : GCK_OK;
    if (end == FILTER_MISSING)
        status = errors_add(errors, GCK_IO,
                            "gnuplot is not installed, and it draws %s; install it (Debian: gnuplot-nox)%s%s",
                            what, instead ? ", or take " : "", instead ? instead : "");
    else if (end == FILTER_FAILED)
        status =
            errors_add(errors, GCK_IO, "gnuplot could not draw: %s", why.data ? why.data : "out of memory");
    else if (end == FILTER_DONE && !picture->failed && !is_picture(picture))
        status = errors_add(errors, GCK_IO, "gnuplot could not draw: what it wrote is no whole picture");
    text_free(&why);
    return status;
}

/* Colours of paper and ink for both kinds of screen; the curves show on either. */
static const char style[] = "<style>svg{background:#ffffff}@media (prefers-color-scheme: dark){"
                            "svg{background:#0d1117}[fill=\"rgb(36,41,47)\"]{fill:#e6edf3}}</style>\n";

void gnuplot_svg(struct text *text, const char *svg, const char *title)
{
    static const char name[] = "<title>Gnuplot</title>"; /* browsers show it as a tooltip */
    const char *tag = strstr(svg, "<svg"), *body = tag ? strchr(tag, '>') : NULL;
    const char *old = body ? strstr(body, name) : NULL;
    const char *rest = old ? old + strlen(name) : body ? body + 1 : svg;
    if (body) {
        text_bytes(text, svg, (size_t)(body + 1 - svg));
        text_add(text, "\n%s<title>%s</title>", style, title);
    }
    text_add(text, "%s", rest);
}
