/* The blackboard: an explanation as text, the way it is worked out by hand. */
#ifndef GCK_REPORT_BOARD_H
#define GCK_REPORT_BOARD_H
#include <gradcheck.h>

#include "base/errors.h"
#include "base/text.h"
#include "report/table.h"

struct board_settings {
    bool colour;
    bool verbose;     /* tensors of up to GCK_EXPLAIN_MOST elements in full, all digits */
    const char *only; /* the one node to show; NULL: all */
};

/* The forward pass, then the backward pass gate by gate. False when there is no node `only`. */
bool board_add(struct text *text, const gck_explanation *x, const struct board_settings *settings);

/* The same in pieces: the forward pass, then what each node does, then the gradients of the inputs. A piece may
 * be empty: false. */
size_t board_pieces(const gck_explanation *x);
bool board_piece(struct text *text, const gck_explanation *x, const struct board_settings *settings,
                 size_t piece);
bool board_has(const gck_explanation *x, const char *node);

/* The board as a page of HTML, with the graph on top where it can be drawn. */
gck_status board_html(struct text *text, const gck_explanation *x, const struct board_settings *settings,
                      struct errors *errors);

/* A number: 6 digits, or all it needs to be told from its neighbours. */
void board_number(struct text *text, const gck_number *number, bool all_digits);

/* Numbers of a tensor: "-4", "[0.1, 0.2]", "[3, 4], norm 2.3, from -1 to 1". */
void board_numbers(struct text *text, const gck_numbers *numbers, const struct board_settings *settings);
/* The one number, or the shape. */
void board_short(struct text *text, const gck_numbers *numbers);

/* Whether a tensor is shown element by element. */
bool board_in_full(const gck_numbers *numbers, const struct board_settings *settings);

/* What the differences say; nothing where none were taken. */
void board_differences(struct text *text, const gck_numeric *numeric);
/* The colour of an outcome. */
enum style board_style(gck_agreement agreement);
/* Two cells: what the differences say, and the outcome in its colour. */
void board_numeric(struct table *table, const gck_numeric *numeric);

/* "2 x 3; diagonal: ..." */
void board_shape(struct text *text, const gck_jacobian *jacobian);
/* The entries of a Jacobian, one line a row, then its structure. */
void board_jacobian(struct text *text, const gck_jacobian *jacobian, const struct board_settings *settings);

#endif
