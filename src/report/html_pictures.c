/* Pictures and lessons in the HTML report: graph, sweep, conventions, blind spots. */
#include <string.h>

#include "api/case_handle.h"
#include "check/foreign_run.h"
#include "check/sweep.h"
#include "report/describe.h"
#include "report/draw.h"
#include "report/html_case.h"
#include "report/html_page.h"
#include "report/mutants.h"
#include "report/sweep.h"

/* What takes longer than a page should is left to the commands of their own. */
enum {
    MOST_SWEPT = 20000,
    MOST_MUTATED_NODES = 40,
    MOST_MUTATED_EDGES = 80,
    MOST_MUTATED_ELEMENTS = 400,
    MOST_LISTED = 60
};

void html_missing(struct text *text, gck_status status, const struct errors *errors)
{
    text->failed |= status == GCK_NO_MEMORY;
    text_add(text, "<p class=\"missing\">Not shown: ");
    html_add(text, status == GCK_STOPPED ? "the run was interrupted"
                   : errors->last        ? errors->last->message
                                         : "out of memory");
    text_add(text, ".</p>\n");
}

/* As a URL of data: what HTML or URLs give a meaning is written as %XX, line ends are blanks. */
static void add_url(struct text *text, const char *svg)
{
    text_add(text, "data:image/svg+xml,");
    for (const char *s = svg; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '\n' || c == '\t' || c == '\r')
            text_bytes(text, " ", 1);
        else if (c < 0x20 || c > 0x7e || strchr("\"%#<>&\\^`{|}", c))
            text_add(text, "%%%02X", c);
        else
            text_bytes(text, s, 1);
    }
}

void html_picture(struct text *text, const struct text *svg, const char *what)
{
    text_add(text,
             "<div class=\"scroll picture\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><img alt=\"%s\" "
             "src=\"",
             what, what);
    add_url(text, svg->data ? svg->data : "");
    text_add(text, "\"></div>\n");
}

/* The rows of the graph, for those who do not see the picture. */
static void add_rows(struct text *text, const struct graph *graph)
{
    text_add(text, "<details><summary>The graph in words</summary><ol>");
    for (size_t i = 0; i < graph->count && i < MOST_LISTED; i++) {
        const struct node *node = &graph->nodes[i];
        text_add(text, "<li><code>");
        html_add(text, node->name);
        text_add(text, node->op ? " = %s(" : "%s", node->op ? node->op->name : "");
        for (size_t k = 0; node->op && k < node->arity; k++) {
            text_add(text, "%s", k ? ", " : "");
            html_add(text, graph->nodes[node->inputs[k]].name);
        }
        text_add(text, "%s</code></li>\n", node->op ? ")" : "</code>, an input<code>");
    }
    text_add(text, "</ol>");
    if (graph->count > MOST_LISTED)
        text_add(text, "<p>And %zu more nodes.</p>", graph->count - MOST_LISTED);
    text_add(text, "</details>\n");
}

void html_graph(struct text *text, const struct html_view *view)
{
    struct errors errors = {0};
    struct text prefix = {0};
    if (!view->c)
        return;
    text_add(text, "<h4>Graph</h4>\n");
    html_case_id(&prefix, view->result);
    text_add(text, "<div class=\"scroll picture\" role=\"region\" tabindex=\"0\" aria-label=\"Drawing of the "
                   "graph\">");
    gck_status status = prefix.failed ? GCK_NO_MEMORY
                                      : draw_case(text, view->c, view->result, prefix.data,
                                                  view->settings->options.stop, &errors);
    text_add(text, "</div>\n");
    if (status)
        html_missing(text, status, &errors);
    add_rows(text, &view->c->file->graph);
    text_free(&prefix);
    errors_free(&errors);
}

static void add_sweep(struct text *text, const struct html_view *view, const struct sweep *sweep,
                      struct errors *errors)
{
    const struct graph *graph = &view->c->file->graph;
    const struct node *moved = &graph->nodes[sweep->node], *output = &graph->nodes[graph->output];
    struct text element = {0}, objective = {0}, svg = {0}, words = {0};
    gck_tensor tensor = {.name = moved->name,
                         .rank = moved->shape.rank,
                         .dims = moved->shape.dim,
                         .count = shape_count(&moved->shape)};
    describe_element(&element, &tensor, sweep->index);
    text_add(&objective, shape_count(&output->shape) == 1 ? "%s" : "<seed, %s>", output->name);
    struct sweep_view shown = {.sweep = sweep, .objective = objective.data, .element = element.data};
    if (element.failed || objective.failed) {
        text->failed = true;
    } else {
        gck_status status = sweep_add(&svg, &shown, SWEEP_SVG, view->settings->options.stop, errors);
        sweep_words(&words, &shown);
        if (status)
            html_missing(text, status, errors);
        else
            html_picture(text, &svg, "Relative error of differences against the step, described below");
        text_add(text, "<pre class=\"words\">");
        html_lines(text, words.data);
        text_add(text, "</pre>\n");
    }
    text->failed |= svg.failed || words.failed;
    text_free(&element);
    text_free(&objective);
    text_free(&svg);
    text_free(&words);
}

void html_sweep(struct text *text, const struct html_view *view)
{
    struct errors errors = {0};
    struct arena results = {0};
    if (!view->c || !view->c->file->graph.wrt_count)
        return;
    const struct case_file *file = view->c->file;
    struct sweep sweep = {.id = file->id};
    struct sweep_settings settings = {
        .node = SWEEP_ANY, .bits = (int)file->bits, .stop = view->settings->options.stop};
    text_add(text, "<h4>Step sizes</h4>\n");
    if (file->graph.elements > MOST_SWEPT) {
        text_add(text, "<p>Not shown: this graph is large, and takes a while. <code>gradcheck sweep ");
        html_add(text, view->result->path);
        text_add(text, "</code> shows it.</p>\n");
    } else {
        gck_status status = foreign_refuse(&file->graph, "sweep", &errors);
        if (!status)
            status = sweep_take(&sweep, &results, &file->graph, &settings, &errors);
        if (status)
            html_missing(text, status, &errors);
        else
            add_sweep(text, view, &sweep, &errors);
    }
    arena_free(&results);
    errors_free(&errors);
}

/* Whether some run met a corner. */
static bool has_corner(const gck_result *r)
{
    bool some = r->verdict == GCK_VERDICT_KINK;
    for (size_t i = 0; i < r->run_count; i++)
        some |= r->runs[i].ties > 0 || r->runs[i].verdict == GCK_VERDICT_KINK;
    return some;
}

void html_conventions(struct text *text, const struct html_view *view)
{
    bool begun = false;
    if (!view->c || (!view->full && !has_corner(view->result)))
        return;
    const struct graph *graph = &view->c->file->graph;
    for (size_t i = 0; i < graph->count; i++) {
        const struct op *op = graph->nodes[i].op;
        bool seen = !op || !op->convention;
        for (size_t k = 0; k < i && !seen; k++)
            seen = graph->nodes[k].op == op;
        if (seen)
            continue;
        if (!begun)
            text_add(text, "<h4>Conventions at corners, ties and edges</h4>\n<dl>");
        begun = true;
        text_add(text, "<dt>%s</dt><dd>", op->name);
        html_add(text, op->convention);
        text_add(text, "</dd>\n");
    }
    text_add(text, "%s", begun ? "</dl>\n" : "");
}

void html_blind_spots(struct text *text, const struct html_view *view)
{
    struct trials trials = {0};
    struct text words = {0};
    if (!view->c)
        return;
    const struct graph *graph = &view->c->file->graph;
    if (foreign_op(graph))
        return; /* nobody knows where to plant a bug in it */
    text_add(text, "<h4>What these inputs cannot show</h4>\n");
    if (graph->count > MOST_MUTATED_NODES || graph_edges(graph) > MOST_MUTATED_EDGES ||
        graph->elements > MOST_MUTATED_ELEMENTS) {
        text_add(text, "<p>Not shown: planting every bug in a graph of this size takes a while. "
                       "<code>gradcheck mutants ");
        html_add(text, view->result->path);
        text_add(text, "</code> does.</p>\n");
        return;
    }
    gck_status status = trials_take(&trials, view->c, GCK_FLOAT64, &view->settings->options, NULL, NULL);
    if (status == GCK_OK) {
        mutants_blind_spots(&words, &trials);
        text_add(text, "<pre class=\"words\">");
        html_lines(text, words.data);
        text_add(text, "</pre>\n");
    } else {
        html_missing(text, status, &(struct errors){0});
    }
    text->failed |= words.failed;
    text_free(&words);
    trials_free(&trials);
}
