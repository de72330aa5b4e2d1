/* Gradients beside differences: one node's, element by element or along a random direction. */
#ifndef GCK_CHECK_NUMERIC_H
#define GCK_CHECK_NUMERIC_H
#include "check/difference.h"

/* The number as double and as text. */
void number_set(gck_number *number, const m_element *x);

/* Compares the gradient in `node` with differences of the ladder's objective, inner nodes too: what feeds them
 * is held. Up to GCK_EXPLAIN_MOST elements get a difference each where that is not too much work, more share
 * one along a random direction. While that says nothing the ladder is climbed, up to `most_level`.
 * `differences`, unless NULL, gets the numbers of the single ones (as many as the node has elements, level 0's
 * precision). Arrays live in `results`. */
gck_status numeric_take(gck_numeric *numeric, m_element *differences, struct arena *results,
                        struct ladder *ladder, size_t node, uint64_t seed, int most_level);

/* Compares one element of the gradient with its own difference, at level 0; `numbers`, `left` and `right` stay
 * NULL. */
gck_status numeric_take_element(gck_numeric *numeric, struct ladder *ladder, size_t node, size_t index);

#endif
