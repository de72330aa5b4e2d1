/* Graphviz's SVG made fit for pages: a name, a dark side, ids of its own. */
#include <string.h>

#include "report/draw_marks.h"
#include "report/draw_parts.h"
#include "report/html_page.h"

/* Every colour of draw_parts.h on a dark screen. */
static const struct {
    const char *light, *dark;
} sides[] = {
    {DRAW_INK, "#e6edf3"},   {DRAW_DIM, "#9198a1"},      {DRAW_LINE, "#6e7681"},
    {DRAW_VALUE, "#3fb950"}, {DRAW_GRADIENT, "#ff7b72"}, {DRAW_GATE, "#151b23"},
    {DRAW_INPUT, "#12283f"}, {DRAW_WRONG, "#ff9492"},    {DRAW_WRONG_PAPER, "#4b1113"},
};

void draw_style(struct text *text)
{
    text_add(text, "@media screen and (prefers-color-scheme:dark){");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        text_add(text, ".gradcheck-graph [fill=\"%s\"]{fill:%s}.gradcheck-graph [stroke=\"%s\"]{stroke:%s}",
                 sides[i].light, sides[i].dark, sides[i].light, sides[i].dark);
    text_add(text, "}\n");
}

/* What somebody who does not see the picture should know. */
static void add_description(struct text *text, const struct drawing *drawing, const struct draw_plan *plan)
{
    const gck_run *run = draw_marked_run(drawing->result);
    const gck_explanation *x = drawing->explanation;
    struct text words = {0}, marks = {0};
    size_t gates = 0;
    for (size_t s = 0; s < x->step_count; s++)
        gates += x->steps[s].op != NULL;
    text_add(&words, "%zu gates in %zu boxes; values above the edges, gradients below. ", gates,
             plan->box_count);
    draw_verdict(&words, drawing->result);
    for (size_t s = x->step_count; s-- > 0;) {
        text_clear(&marks);
        draw_marks(&marks, run, &x->steps[s], s == 0);
        if (marks.size)
            text_add(&words, ". %s: %.*s", x->steps[s].name, (int)marks.size - 1, marks.data);
    }
    html_add(text, words.data);
    text->failed |= words.failed || marks.failed;
    text_free(&words);
    text_free(&marks);
}

static void add_head(struct text *text, const struct drawing *drawing, const struct draw_plan *plan,
                     const char *prefix)
{
    text_add(text, "<title id=\"%s-title\">Computational graph of ", prefix);
    html_add(text, drawing->explanation->id);
    text_add(text, "</title>\n<desc id=\"%s-desc\">", prefix);
    add_description(text, drawing, plan);
    text_add(text, "</desc>\n");
    if (drawing->embedded)
        return;
    text_add(text, "<style>svg{background:#ffffff}@media screen and (prefers-color-scheme:dark){"
                   "svg{background:#0d1117}}\n");
    draw_style(text);
    text_add(text, "</style>\n");
}

/* What Graphviz says again and again, and how it is said here. */
static const struct shorter {
    const char *from, *to;
} shorter[] = {
    {" font-family=\"" DRAW_FONT "\"", ""},
    {" text-anchor=\"start\"", ""},
    {" font-size=\"11.00\"", ""},
    {"&#45;", "-"},
    {".00\"", "\""},
};

/* Copies the tag of a group, up to `end`: boxes keep an id, the whole keeps where it lies. */
static bool add_group(struct text *text, const char *tag, const char *end, const char *prefix)
{
    const char *id = tag + strlen("<g id=\""), *box = strstr(tag, "\"node box\""),
               *transform = strstr(tag, " transform=");
    text_add(text, "<g");
    if (box && box < end)
        text_add(text, " id=\"%s-%.*s\" class=\"box\"", prefix, (int)strcspn(id, "\""), id);
    if (transform && transform < end)
        text_bytes(text, transform, (size_t)(end - transform));
    text_add(text, ">");
    return box && box < end;
}

/* The replacement that applies here; NULL: none. */
static const struct shorter *shorter_at(const char *s)
{
    for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++)
        if (strncmp(s, shorter[i].from, strlen(shorter[i].from)) == 0)
            return &shorter[i];
    return NULL;
}

/* Copies the elements without comments, and without ids and titles but for those of boxes. */
static void add_body(struct text *text, const char *s, const char *prefix)
{
    bool box = false;
    while (*s) {
        const char *end = NULL;
        const struct shorter *form = shorter_at(s);
        if (form) {
            text_add(text, "%s", form->to);
            s += strlen(form->from);
        } else if (strncmp(s, "<!--", 4) == 0 && (end = strstr(s, "-->")) != NULL) {
            s = end + strlen("-->") + (end[3] == '\n');
        } else if (strncmp(s, "<g id=\"", 7) == 0 && (end = strchr(s, '>')) != NULL) {
            box = add_group(text, s, end, prefix);
            s = end + 1 + (end[1] == '\n');
        } else if (!box && strncmp(s, "<title>", 7) == 0 && (end = strstr(s, "</title>")) != NULL) {
            s = end + strlen("</title>") + (end[8] == '\n');
        } else {
            text_bytes(text, s++, 1);
        }
    }
}

void draw_svg(struct text *text, const char *svg, const struct drawing *drawing, const struct draw_plan *plan)
{
    const char *prefix = drawing->prefix ? drawing->prefix : "graph";
    const char *tag = strstr(svg, "<svg"), *body = tag ? strchr(tag, '>') : NULL;
    if (!body)
        return;
    if (!drawing->embedded)
        text_add(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text_add(text,
             "<svg class=\"gradcheck-graph\" role=\"img\" aria-labelledby=\"%s-title %s-desc\""
             " font-family=\"" DRAW_FONT "\" font-size=\"11\"",
             prefix, prefix);
    text_bytes(text, tag + 4, (size_t)(body + 1 - (tag + 4)));
    text_add(text, "\n");
    add_head(text, drawing, plan, prefix);
    add_body(text, body + 2, prefix);
}
