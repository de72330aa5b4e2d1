/* The blackboard as a page of HTML: the graph, the forward pass, then a table for every gate. */
#include <string.h>

#include "report/board_parts.h"
#include "report/draw.h"
#include "report/html_page.h"

/* Appends what was written, escaped, and clears it. */
static void add_words(struct text *text, struct text *words)
{
    html_add(text, words->data);
    text->failed |= words->failed;
    text_clear(words);
}

static const char *class_of(gck_agreement agreement)
{
    return agreement == GCK_AGREES ? "good" : agreement == GCK_DIFFERS ? "bad" : "open";
}

/* A row: a heading, an equation, its numeric check in words and as an outcome. Clears the equation. */
static void add_row(struct text *text, const char *label, struct text *equation, const gck_numeric *numeric)
{
    struct text words = {0};
    text_add(text, "<tr><th scope=\"row\">");
    html_add(text, label);
    text_add(text, "</th><td class=\"math\">");
    add_words(text, equation);
    text_add(text, "</td><td class=\"math\">");
    board_differences(&words, numeric);
    add_words(text, &words);
    text_add(text, "</td><td class=\"%s\">%s</td></tr>\n", class_of(numeric->agreement),
             numeric->taken ? gck_agreement_name(numeric->agreement) : "");
    text_free(&words);
}

static void begin_table(struct text *text, const char *caption)
{
    text_add(text,
             "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
             "aria-label=\"%s\"><table>\n<caption>%s</caption>\n<thead><tr><th scope=\"col\">What</th>"
             "<th scope=\"col\">Equation</th><th scope=\"col\">Numeric check</th>"
             "<th scope=\"col\">Outcome</th></tr></thead>\n<tbody>\n",
             caption, caption);
}

static void end_table(struct text *text)
{
    text_add(text, "</tbody>\n</table></div>\n");
}

/* "q", which leads to its gate where it has one. */
static void add_name(struct text *text, const gck_step *step)
{
    bool gate = step->op && step->reached;
    if (gate) {
        text_add(text, "<a href=\"#gate-");
        html_add(text, step->name);
        text_add(text, "\">");
    }
    html_add(text, step->name);
    text_add(text, gate ? "</a>" : "");
}

static void add_forward(struct text *text, const struct board *board)
{
    struct text words = {0};
    text_add(text, "<h2>Forward</h2>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                   "aria-label=\"Forward pass\"><table>\n<caption>Every value, from the inputs on</caption>\n"
                   "<thead><tr><th scope=\"col\">Node</th><th scope=\"col\">Computed as</th>"
                   "<th scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
    for (int gates = 0; gates < 2; gates++)
        for (size_t s = board->x->step_count; s-- > 0;) {
            const gck_step *step = &board->x->steps[s];
            if (step->literal || (step->op != NULL) != (gates == 1))
                continue;
            text_add(text, "<tr><th scope=\"row\">");
            add_name(text, step);
            text_add(text, "</th><td class=\"math\">");
            html_add(text, step->op ? step->row : step->parameter ? "parameter" : "given");
            text_add(text, "</td><td class=\"math value\">");
            board_numbers(&words, &step->value, board->settings);
            add_words(text, &words);
            text_add(text, "</td></tr>\n");
        }
    end_table(text);
    text_free(&words);
}

/* A Jacobian that is a matrix: its entries where they are few, and its structure. */
static void add_jacobian(struct text *text, const struct board *board, const gck_jacobian *j)
{
    struct text words = {0};
    if (j->rows == 1 && j->columns == 1)
        return;
    text_add(text, "<tr><td></td><td colspan=\"3\">");
    if (j->entries) {
        text_add(text, "<table class=\"matrix\">\n");
        for (size_t r = 0; r < j->rows; r++) {
            text_add(text, "<tr>");
            for (size_t c = 0; c < j->columns; c++) {
                text_add(text, "<td class=\"number\">");
                board_number(&words, &j->entries[r * j->columns + c], board->settings->verbose);
                add_words(text, &words);
                text_add(text, "</td>");
            }
            text_add(text, "</tr>\n");
        }
        text_add(text, "</table>\n");
    }
    text_add(text, "<span class=\"dim\">");
    board_shape(&words, j);
    add_words(text, &words);
    text_add(text, "</span></td></tr>\n");
    text_free(&words);
}

static void add_sent(struct text *text, const struct board *board, const gck_contribution *sent)
{
    struct text equation = {0}, label = {0};
    text_add(&label, "to %s", board->x->steps[sent->to].name);
    board_local(&equation, board, sent);
    add_row(text, label.data, &equation, &sent->local.numeric);
    add_jacobian(text, board, &sent->local);
    board_product(&equation, board, sent);
    add_row(text, label.data, &equation, &sent->numeric);
    text->failed |= label.failed;
    text_free(&label);
    text_free(&equation);
}

static void add_claim(struct text *text, const struct board *board, const gck_step *step,
                      const gck_claim *claim)
{
    struct text words = {0};
    text_add(text, "<tr><th scope=\"row\">claim</th><td class=\"math\">");
    text_add(&words, "claimed d%s/d%s", step->name, claim->variable);
    board_list(&words, board, claim->given, claim->count);
    add_words(text, &words);
    text_add(text, "</td><td>");
    board_claim(&words, claim);
    add_words(text, &words);
    text_add(text, "</td><td class=\"%s\">%s</td></tr>\n", class_of(claim->agreement),
             board_claim_outcome(claim));
    text_add(&words, "true d%s/d%s", step->name, claim->variable);
    board_list(&words, board, claim->truth, claim->count);
    add_row(text, "truth", &words, &claim->numeric);
    text_free(&words);
}

/* A node's gradient, and the branches that it is the sum over. */
static void add_gradient(struct text *text, const struct board *board, const char *label, const gck_step *step)
{
    struct text words = {0};
    const gck_numeric none = {0};
    board_gradient(&words, board, step);
    add_row(text, label, &words, &step->numeric);
    board_branches(&words, board, step);
    if (words.size)
        add_row(text, label, &words, &none);
    text->failed |= words.failed;
    text_free(&words);
}

static void add_gate(struct text *text, const struct board *board, const gck_step *step)
{
    struct text words = {0};
    text_add(text, "<section class=\"box\" id=\"gate-");
    html_add(text, step->name);
    text_add(text, "\">\n<h3 class=\"math\">");
    text_add(&words, "%s = ", step->row);
    board_numbers(&words, &step->value, board->settings);
    add_words(text, &words);
    text_add(text, "</h3>\n<p>");
    board_role(&words, step);
    add_words(text, &words);
    if (board_convention(step)) {
        text_add(text, "</p>\n<p class=\"open\">Convention: ");
        html_add(text, board_convention(step));
    }
    text_add(text, "</p>\n");
    begin_table(text, "What it receives, and what it sends to its inputs");
    add_gradient(text, board, "upstream", step);
    for (size_t k = 0; k < step->send_count && !board_is_formula(step); k++)
        add_sent(text, board, &step->sends[k]);
    for (size_t k = 0; k < step->claim_count; k++)
        add_claim(text, board, step, &step->claims[k]);
    end_table(text);
    text_add(text, "</section>\n");
    text_free(&words);
}

static bool shown(const struct board *board, const gck_step *step)
{
    return step->reached && (!board->settings->only || strcmp(board->settings->only, step->name) == 0);
}

static void add_backward(struct text *text, const struct board *board)
{
    bool any = false;
    text_add(text, "<h2>Backward</h2>\n<p>From the output on, each gate sends local gradient times upstream "
                   "gradient to its inputs.</p>\n");
    for (size_t s = 0; s < board->x->step_count; s++)
        if (board->x->steps[s].op && shown(board, &board->x->steps[s]))
            add_gate(text, board, &board->x->steps[s]);
    for (size_t s = board->x->step_count; s-- > 0;) {
        const gck_step *step = &board->x->steps[s];
        if (step->op || !shown(board, step))
            continue;
        if (!any) {
            text_add(text, "<h2>Inputs</h2>\n");
            begin_table(text, "The gradient of every input");
        }
        any = true;
        add_gradient(text, board, step->name, step);
    }
    if (any)
        end_table(text);
}

/* The picture; where there is none, why not. */
static gck_status add_graph(struct text *text, const struct board *board)
{
    struct errors errors = {0};
    struct text svg = {0};
    struct drawing drawing = {.explanation = board->x, .embedded = true};
    gck_status status = draw_add(&svg, &drawing, DRAW_SVG, &errors);
    text_add(text, "<h2>Graph</h2>\n");
    if (!status) {
        text_add(text, "<p>On every line: the <span class=\"value\">value</span> above or left of it, the "
                       "<span class=\"gradient\">gradient</span> below or right.</p>\n<div class=\"scroll\" "
                       "role=\"region\" tabindex=\"0\" aria-label=\"Graph\">\n");
        text_bytes(text, svg.data, svg.size);
        text_add(text, "</div>\n");
    } else if (errors.first) {
        text_add(text, "<p class=\"dim\">No picture here: ");
        html_add(text, errors.first->message);
        text_add(text, "</p>\n");
    }
    text_free(&svg);
    errors_free(&errors);
    return status == GCK_NO_MEMORY ? status : GCK_OK;
}

gck_status board_html(struct text *text, const gck_explanation *x, const struct board_settings *settings,
                      struct errors *errors)
{
    struct board board = board_of(x, settings);
    struct text words = {0};
    gck_status status = GCK_OK;
    html_page_begin(text, x->id, NULL);
    text_add(text, "<h1>");
    html_add(text, x->id);
    text_add(text, "</h1>\n");
    if (x->title && *x->title) {
        text_add(text, "<p>");
        html_add(text, x->title);
        text_add(text, "</p>\n");
    }
    if (board.objective != x->objective) {
        text_add(text, "<p class=\"math\">");
        text_add(&words, "S = %s, seed = ", x->objective);
        board_numbers(&words, &x->seed, settings);
        add_words(text, &words);
        text_add(text, "</p>\n");
    }
    text_add(text, "<p class=\"dim\">Numeric: centered differences at %d bits.</p>\n", x->bits);
    if (!settings->only)
        status = add_graph(text, &board);
    if (!settings->only)
        add_forward(text, &board);
    add_backward(text, &board);
    html_page_end(text);
    text_free(&words);
    if (status || text->failed)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    return GCK_OK;
}
