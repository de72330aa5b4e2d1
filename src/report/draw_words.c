/* The words of a drawing: what stands in a box and on a wire. */
#include <string.h>

#include "report/board.h"
#include "report/draw_parts.h"

enum { LONG_ROW = 44, LONG_HALF = 32, LONG_NUMBERS = 26 };

void draw_write_numbers(struct text *text, const gck_numbers *numbers, bool shape)
{
    struct board_settings settings = {0};
    struct text full = {0};
    if (board_in_full(numbers, &settings))
        board_numbers(&full, numbers, &settings);
    if (full.size && full.size <= LONG_NUMBERS) {
        text_add(text, "%s", full.data);
    } else {
        if (shape)
            board_short(text, numbers);
        text_add(text, "%snorm %.4g", shape ? ", " : "", numbers->norm);
    }
    text->failed |= full.failed;
    text_free(&full);
}

void draw_write_row(struct text *text, const gck_step *step)
{
    if (!step->op)
        text_add(text, "%s", step->name);
    else if (strlen(step->row) <= LONG_ROW)
        text_add(text, "%s", step->row);
    else
        text_add(text, "%s = %s(...)", step->name, step->op);
}

void draw_write_input(struct text *text, const gck_step *step)
{
    text_add(text, "%s", step->parameter ? "parameter" : step->reached ? "input" : "given");
    if (step->value.count != 1) {
        text_add(text, " ");
        board_short(text, &step->value);
    }
}

void draw_write_role(struct text *text, const gck_step *step)
{
    const char *role = step->role, *half = strchr(step->formula, ';');
    if (strcmp(step->op, "expr") == 0) {
        text_add(text, "a formula with claims");
    } else if (role) {
        bool noun = strncmp(role, "a ", 2) == 0 || strncmp(role, "the ", 4) == 0;
        bool itself = strncmp(role, step->op, strlen(step->op)) == 0; /* "sum sums" */
        text_add(text, "%s%s%.*s", itself ? "" : step->op,
                 itself ? ""
                 : noun ? ": "
                        : " ",
                 (int)strcspn(role, ":;,"), role);
    } else if (half && strlen(half) <= LONG_HALF) {
        text_add(text, "%s", half + 1 + strspn(half + 1, " "));
    } else {
        text_add(text, "%s", step->op);
    }
}

void draw_write_sent(struct text *text, const struct draw_wire *wire)
{
    for (size_t i = 0; i < wire->sent_count; i++) {
        text_add(text, i ? " + " : "");
        draw_write_numbers(text, &wire->sent[i]->product, false);
    }
}
