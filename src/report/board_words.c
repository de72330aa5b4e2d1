/* What stands on the blackboard, equation by equation: shared by the board as text and as HTML. */
#include <string.h>

#include "report/board_parts.h"
#include "report/number.h"

struct board board_of(const gck_explanation *x, const struct board_settings *settings)
{
    return (struct board){x, settings, x->objective[0] == '<' ? "S" : x->objective};
}

/* A term of a sum, its own minus for the plus. */
static void add_term(struct text *text, const struct board *board, const gck_numbers *term, bool first)
{
    struct text number = {0};
    board_numbers(&number, term, board->settings);
    bool minus = !first && number.size && number.data[0] == '-';
    text_add(text, "%s", first ? "" : minus ? " - " : " + ");
    if (!number.failed)
        text_bytes(text, number.data + minus, number.size - minus);
    text->failed |= number.failed;
    text_free(&number);
}

void board_gradient(struct text *text, const struct board *board, const gck_step *step)
{
    bool output = step == board->x->steps;
    size_t terms = step->receive_count + output;
    text_add(text, "d%s/d%s = ", board->objective, step->name);
    if (terms > 1 && board_in_full(&step->gradient, board->settings)) {
        if (output)
            board_numbers(text, &board->x->seed, board->settings);
        for (size_t i = 0; i < step->receive_count; i++)
            add_term(text, board, &step->receives[i]->product, i == 0 && !output);
        text_add(text, " = ");
    }
    board_numbers(text, &step->gradient, board->settings);
    if (output)
        text_add(text, step->receive_count ? " (the seed, and branches)" : " (the seed)");
}

void board_branches(struct text *text, const struct board *board, const gck_step *step)
{
    if (step->receive_count < 2)
        return;
    text_add(text, "the sum over its branches: ");
    for (size_t i = 0; i < step->receive_count; i++)
        text_add(text, "%s%s",
                 i == 0                        ? ""
                 : i + 1 < step->receive_count ? ", "
                                               : " and ",
                 board->x->steps[step->receives[i]->from].name);
}

void board_local(struct text *text, const struct board *board, const gck_contribution *sent)
{
    const gck_jacobian *local = &sent->local;
    text_add(text, "local d%s/d%s", board->x->steps[sent->from].name, board->x->steps[sent->to].name);
    if (local->symbol)
        text_add(text, " = %s", local->symbol);
    if (local->rows != 1 || local->columns != 1)
        return;
    struct text value = {0};
    board_number(&value, &local->entries[0], board->settings->verbose);
    if (!value.failed && (!local->symbol || strcmp(local->symbol, value.data) != 0))
        text_add(text, " = %s", value.data);
    text->failed |= value.failed;
    text_free(&value);
}

void board_product(struct text *text, const struct board *board, const gck_contribution *sent)
{
    const gck_jacobian *local = &sent->local;
    text_add(text, local->rows == 1 && local->columns == 1 ? "local x upstream = " : "local^T x upstream = ");
    if (local->rows == 1 && local->columns == 1) {
        board_number(text, &local->entries[0], board->settings->verbose);
        text_add(text, " x ");
        board_numbers(text, &board->x->steps[sent->from].gradient, board->settings);
        text_add(text, " = ");
    }
    board_numbers(text, &sent->product, board->settings);
}

void board_list(struct text *text, const struct board *board, const gck_number *numbers, size_t count)
{
    const size_t few = 6;
    if (!numbers || (count > few && !board->settings->verbose)) {
        text_add(text, " (%zu numbers)", count);
        return;
    }
    text_add(text, count == 1 ? " = " : " = [");
    for (size_t i = 0; i < count; i++) {
        text_add(text, i ? ", " : "");
        board_number(text, &numbers[i], board->settings->verbose);
    }
    text_add(text, count == 1 ? "" : "]");
}

bool board_is_formula(const gck_step *step)
{
    return strcmp(step->op, "expr") == 0;
}

const char *board_convention(const gck_step *step)
{
    bool corner = false;
    for (size_t k = 0; k < step->send_count; k++)
        corner |= step->sends[k].local.numeric.agreement == GCK_CORNER;
    return corner ? step->convention : NULL;
}

void board_role(struct text *text, const gck_step *step)
{
    if (board_is_formula(step)) {
        text_add(text, "a formula: its result passes the upstream gradient on to the steps that it is made of");
    } else if (step->role) { /* "switches: ..." or "a layer: ..." */
        bool noun = strncmp(step->role, "a ", 2) == 0 || strncmp(step->role, "the ", 4) == 0;
        text_add(text, "%s%s %s", step->op, noun ? ":" : "", step->role);
    } else {
        text_add(text, "%s", step->formula);
    }
}

void board_claim(struct text *text, const gck_claim *claim)
{
    char error[NUMBER_TEXT];
    if (claim->agreement == GCK_AGREES)
        text_add(text, "the claim is right");
    else
        text_add(text, "the claim is not the derivative: relative error %s",
                 number_error(error, claim->distance));
}

const char *board_claim_outcome(const gck_claim *claim)
{
    return claim->agreement == GCK_DIFFERS ? "wrong" : gck_agreement_name(claim->agreement);
}

size_t board_pieces(const gck_explanation *x)
{
    return x->step_count + 2;
}
