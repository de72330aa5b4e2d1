/* The blackboard: an explanation as text, the way it is worked out by hand. */
#ifndef GCK_REPORT_BOARD_H
#define GCK_REPORT_BOARD_H
#include <gradcheck.h>

#include "base/text.h"
#include "report/table.h"

struct board_settings {
    bool colour;
    bool verbose;     /* tensors of up to GCK_EXPLAIN_MOST elements in full, all digits */
    const char *only; /* the one node to show; NULL: all */
};

/* The forward pass, then the backward pass gate by gate. False when there is no node `only`. */
bool board_add(struct text *text, const gck_explanation *explanation, const struct board_settings *settings);

/* A number: 6 digits, or all it needs to be told from its neighbours. */
void board_number(struct text *text, const gck_number *number, bool all_digits);

/* Numbers of a tensor: "-4", "[0.1, 0.2]", "[3, 4], norm 2.3, from -1 to 1". */
void board_numbers(struct text *text, const gck_numbers *numbers, const struct board_settings *settings);
/* The one number, or the shape. */
void board_short(struct text *text, const gck_numbers *numbers);

/* Whether a tensor is shown element by element. */
bool board_in_full(const gck_numbers *numbers, const struct board_settings *settings);

/* Two cells: what the differences say, and the outcome in its colour. */
void board_numeric(struct table *table, const gck_numeric *numeric);

/* The entries of a Jacobian, one line a row, then its structure. */
void board_jacobian(struct text *text, const gck_jacobian *jacobian, const struct board_settings *settings);

#endif
