/* The parts of the blackboard, as text that a line or a cell takes. */
#ifndef GCK_REPORT_BOARD_PARTS_H
#define GCK_REPORT_BOARD_PARTS_H
#include "report/board.h"

/* What is written, and how. */
struct board {
    const gck_explanation *x;
    const struct board_settings *settings;
    const char *objective; /* "f" in df/dq */
};
struct board board_of(const gck_explanation *x, const struct board_settings *settings);

/* "dL/dh = 0.5 + 0.25 = 0.75" */
void board_gradient(struct text *text, const struct board *board, const gck_step *step);

/* "the sum over its branches: a and b"; nothing where there are none. */
void board_branches(struct text *text, const struct board *board, const gck_step *step);

/* "local dq/dx = z = -4" */
void board_local(struct text *text, const struct board *board, const gck_contribution *sent);

/* "local x upstream = 1 x -4 = -4" */
void board_product(struct text *text, const struct board *board, const gck_contribution *sent);

/* " = [1, 2]"; how many numbers there are, where they are too many. */
void board_list(struct text *text, const struct board *board, const gck_number *numbers, size_t count);

/* What the gate does with gradients: "mul switches: ...". */
void board_role(struct text *text, const gck_step *step);

/* The op's convention where the gate sits at a corner; NULL elsewhere. */
const char *board_convention(const gck_step *step);

/* "the claim is not the derivative: relative error 0.3", and "wrong". */
void board_claim(struct text *text, const gck_claim *claim);
const char *board_claim_outcome(const gck_claim *claim);

/* Whether the gate stands for a formula, whose steps are gates of their own. */
bool board_is_formula(const gck_step *step);

#endif
