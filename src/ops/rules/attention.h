/* Shape rules of attention. */
#ifndef GCK_OPS_RULES_ATTENTION_H
#define GCK_OPS_RULES_ATTENTION_H
#include "ops/op.h"

shape_rule
    rule_attention; /* q (..., L, D), k (..., S, D), v (..., S, E), a mask that broadcasts to (..., L, S) */
/* q (..., L, E), k and v (..., S, E), W_in (3 E, E), b_in (3 E), W_out (E, E), b_out (E), a mask that
 * broadcasts to
 * (..., heads, L, S) */
shape_rule rule_multi_head_attention;
shape_rule rule_rotary; /* x (..., T, D) with even D */

/* The scores (..., L, S) of queries for keys. */
struct shape attention_scores(const struct shape *q, const struct shape *k);

/* Elements of room: the weights and their gradients, and a row of them. */
size_t attention_room(size_t batch, size_t l, size_t s);

/* A multi_head_attention: its arguments `in` and `out` are weights, each followed by its bias where it is
 * biased; argument `mask` is the mask, 0: there is none. */
struct multi_head {
    size_t batch, heads, l, s, width;
    bool biased;
    size_t in, out, mask;
    struct shape scores; /* (..., heads, L, S) */
};
struct multi_head multi_head_of(const struct node *node, const struct shape *const *shapes);

#endif
