/* The blackboard: forward pass in one block, then the backward pass gate by gate. */
#include <string.h>

#include "report/board_parts.h"
#include "report/clean.h"

enum { EQUATION = 52 }; /* columns that equations mostly fit in, so that the numeric checks line up */

static void add_clean(struct text *text, const struct board *board, enum style style, struct text *word)
{
    text->failed |= word->failed;
    if (!word->failed && word->data)
        style_add(text, board->settings->colour, style, word->data);
    text_clear(word);
}

static bool shown(const struct board *board, const gck_step *step)
{
    return !board->settings->only || strcmp(board->settings->only, step->name) == 0;
}

/* The value of the node that argument k of a step is; NULL for a number of a formula. */
static const gck_step *argument_step(const struct board *board, const gck_step *step, size_t k)
{
    for (size_t s = 0; s < board->x->step_count; s++)
        if (!board->x->steps[s].literal && strcmp(board->x->steps[s].name, step->inputs[k]) == 0)
            return &board->x->steps[s];
    return NULL;
}

/* What follows the arguments in a row: ", axis=1)". */
static const char *row_tail(const gck_step *step)
{
    size_t used = strlen(step->name) + strlen(" = ") + strlen(step->op) + strlen("(");
    for (size_t k = 0; k < step->input_count; k++)
        used += strlen(step->inputs[k]) + (k ? 2 : 0);
    return step->row + used;
}

/* A row with every argument's value above it. */
static void add_forward(struct text *text, const struct board *board, const gck_step *step)
{
    struct text above = {0}, row = {0}, value = {0};
    text_add(&row, "  %s = %s(", step->name, step->op);
    text_add(&above, "%*s", (int)row.size, "");
    for (size_t k = 0; k < step->input_count; k++) {
        const gck_step *input = argument_step(board, step, k);
        bool last = k + 1 == step->input_count;
        size_t width = strlen(step->inputs[k]) + !last;
        text_clear(&value);
        if (input)
            board_short(&value, &input->value);
        size_t gap = value.size + 1 > width && !last ? value.size + 1 - width : 0;
        text_add(&row, "%s%s%*s%s", step->inputs[k], last ? "" : ",", (int)gap, "", last ? "" : " ");
        text_add(&above, "%s%*s", value.size ? value.data : "",
                 (int)(width + gap + 1 > value.size ? width + gap + 1 - value.size : 0), "");
    }
    while (above.size && above.data[above.size - 1] == ' ')
        above.data[--above.size] = '\0';
    text_add(&row, "%s = ", row_tail(step));
    board_numbers(&row, &step->value, board->settings);
    if (above.size && !above.failed) {
        style_add(text, board->settings->colour, STYLE_DIM, above.data);
        text_add(text, "\n");
    }
    add_clean(text, board, STYLE_PLAIN, &row);
    text_add(text, "\n");
    text->failed |= above.failed || value.failed;
    text_free(&above);
    text_free(&row);
    text_free(&value);
}

static void add_heading(struct text *text, const struct board *board, const char *heading)
{
    text_add(text, "\n");
    style_add(text, board->settings->colour, STYLE_BOLD, heading);
    text_add(text, "\n");
}

/* All rows, from the inputs on. Scalars stand above the rows that use them; larger inputs are listed. */
static void add_forward_pass(struct text *text, const struct board *board)
{
    add_heading(text, board, "Forward: each value stands above the argument that it is");
    for (size_t s = board->x->step_count; s-- > 0;) {
        const gck_step *step = &board->x->steps[s];
        if (step->op || step->literal || step->value.count <= 1)
            continue;
        struct text line = {0};
        text_add(&line, "  %s = ", step->name);
        board_numbers(&line, &step->value, board->settings);
        add_clean(text, board, STYLE_PLAIN, &line);
        text_add(text, "\n");
        text_free(&line);
    }
    for (size_t s = board->x->step_count; s-- > 0;)
        if (board->x->steps[s].op)
            add_forward(text, board, &board->x->steps[s]);
}

/* A table row: who, the equation, the numeric check. */
static void add_line(struct table *table, const char *label, struct text *equation, const gck_numeric *numeric)
{
    table_cell(table, STYLE_PLAIN, label);
    table_cell(table, STYLE_PLAIN, equation->failed || !equation->data ? "" : equation->data);
    table->failed |= equation->failed;
    text_clear(equation);
    board_numeric(table, numeric);
}

/* A line that names the branches whose contributions a gradient sums. */
static void add_branches(struct table *table, const struct board *board, const gck_step *step)
{
    struct text names = {0};
    board_branches(&names, board, step);
    if (names.size) {
        table_cell(table, STYLE_PLAIN, "");
        table_text(table, STYLE_PLAIN, &names);
        table_cell(table, STYLE_PLAIN, "");
        table_cell(table, STYLE_PLAIN, "");
    }
    table->failed |= names.failed;
    text_free(&names);
}

/* What goes to one input. A Jacobian that is a matrix stands between its two lines. */
static void add_sent(struct text *text, const struct board *board, const gck_contribution *sent)
{
    struct table table = {.columns = 4, .indent = 4, .width = {8, EQUATION}};
    struct text equation = {0}, label = {0};
    text_add(&label, "to %s", board->x->steps[sent->to].name);
    board_local(&equation, board, sent);
    add_line(&table, label.failed ? "" : label.data, &equation, &sent->local.numeric);
    if (sent->local.rows != 1 || sent->local.columns != 1) {
        table_add_to(text, &table, board->settings->colour);
        table_free(&table);
        board_jacobian(text, &sent->local, board->settings);
        table = (struct table){.columns = 4, .indent = 4, .width = {8, EQUATION}};
    }
    board_product(&equation, board, sent);
    add_line(&table, "", &equation, &sent->numeric);
    table_add_to(text, &table, board->settings->colour);
    table_free(&table);
    text->failed |= label.failed;
    text_free(&equation);
    text_free(&label);
}

/* The claim of one variable, with the truth under it. */
static void add_claim(struct text *text, const struct board *board, const gck_step *step,
                      const gck_claim *claim)
{
    struct table table = {.columns = 4, .indent = 4, .width = {8, EQUATION}};
    struct text equation = {0};
    text_add(&equation, "claimed d%s/d%s", step->name, claim->variable);
    board_list(&equation, board, claim->given, claim->count);
    table_cell(&table, STYLE_PLAIN, "claim");
    table_text(&table, STYLE_PLAIN, &equation);
    text_clear(&equation);
    board_claim(&equation, claim);
    table_text(&table, STYLE_PLAIN, &equation);
    table_cell(&table, board_style(claim->agreement), board_claim_outcome(claim));
    text_clear(&equation);
    text_add(&equation, "true d%s/d%s", step->name, claim->variable);
    board_list(&equation, board, claim->truth, claim->count);
    add_line(&table, "", &equation, &claim->numeric);
    table_add_to(text, &table, board->settings->colour);
    table_free(&table);
    text->failed |= equation.failed;
    text_free(&equation);
}

/* What the gate does with gradients, and what it does where there is none. */
static void add_role(struct text *text, const gck_step *step)
{
    text_add(text, "    ");
    board_role(text, step);
    if (board_convention(step))
        text_add(text, "\n    convention: %s", board_convention(step));
    text_add(text, "\n");
}

/* "q = add(x, y) = 3", the gate's role, its upstream gradient. */
static void add_gate_head(struct text *text, const struct board *board, const gck_step *step)
{
    struct text line = {0};
    text_add(&line, "%s = ", step->row);
    board_numbers(&line, &step->value, board->settings);
    text_add(text, "\n  ");
    add_clean(text, board, STYLE_BOLD, &line);
    text_free(&line);
    text_add(text, "\n");
    add_role(text, step);
    struct table table = {.columns = 4, .indent = 4, .width = {8, EQUATION}};
    board_gradient(&line, board, step);
    add_line(&table, "upstream", &line, &step->numeric);
    add_branches(&table, board, step);
    table_add_to(text, &table, board->settings->colour);
    table_free(&table);
    text_free(&line);
}

static void add_gate(struct text *text, const struct board *board, const gck_step *step)
{
    add_gate_head(text, board, step);
    for (size_t k = 0; k < step->send_count && !board_is_formula(step); k++)
        add_sent(text, board, &step->sends[k]);
    for (size_t k = 0; k < step->claim_count; k++)
        add_claim(text, board, step, &step->claims[k]);
}

/* What arrives at the inputs, first input first. */
static void add_inputs(struct text *text, const struct board *board)
{
    struct table table = {.columns = 4, .indent = 2, .width = {10, EQUATION}};
    struct text equation = {0};
    bool any = false;
    for (size_t s = board->x->step_count; s-- > 0;) {
        const gck_step *step = &board->x->steps[s];
        if (step->op || !step->reached || !shown(board, step))
            continue;
        any = true;
        board_gradient(&equation, board, step);
        add_line(&table, step->name, &equation, &step->numeric);
        add_branches(&table, board, step);
    }
    if (any) {
        add_heading(text, board, "The gradient of every input");
        table_add_to(text, &table, board->settings->colour);
    }
    table_free(&table);
    text_free(&equation);
}

/* What the title says, and what is differentiated. */
static void add_title(struct text *text, const struct board *board)
{
    const gck_explanation *x = board->x;
    struct text line = {0};
    style_add(text, board->settings->colour, STYLE_BOLD, x->id);
    if (x->title && *x->title) {
        text_add(text, "  ");
        clean_add(text, x->title);
    }
    text_add(text, "\n");
    if (board->objective != x->objective) {
        text_add(&line, "S = %s, seed = ", x->objective);
        board_numbers(&line, &x->seed, board->settings);
        add_clean(text, board, STYLE_PLAIN, &line);
        text_add(text, "\n");
    }
    text_add(text, "numeric: centered differences at %d bits\n", x->bits);
    text_free(&line);
}

bool board_has(const gck_explanation *x, const char *name)
{
    for (size_t s = 0; s < x->step_count; s++)
        if (!x->steps[s].literal && strcmp(x->steps[s].name, name) == 0)
            return true;
    return false;
}

bool board_piece(struct text *text, const gck_explanation *x, const struct board_settings *settings,
                 size_t piece)
{
    struct board board = board_of(x, settings);
    const gck_step *step = piece && piece <= x->step_count ? &x->steps[piece - 1] : NULL;
    size_t before = text->size;
    if (step && step->op && step->reached && shown(&board, step))
        add_gate(text, &board, step);
    else if (piece > x->step_count)
        add_inputs(text, &board);
    if (piece == 0) {
        add_title(text, &board);
        if (!settings->only) {
            add_forward_pass(text, &board);
            add_heading(text, &board,
                        "Backward: from the output on, each gate sends local x upstream to its inputs");
        }
    }
    return text->size > before;
}

bool board_add(struct text *text, const gck_explanation *x, const struct board_settings *settings)
{
    if (settings->only && !board_has(x, settings->only))
        return false;
    for (size_t i = 0; i < board_pieces(x); i++)
        (void)board_piece(text, x, settings, i);
    return true;
}
