/* Attention of a batch of heads: softmax of scaled and masked scores times values. */
#ifndef GCK_OPS_FAMILIES_ATTENTION_H
#define GCK_OPS_FAMILIES_ATTENTION_H
#include "ops/families/shared.h"

/* `batch` times q (L, D), k (S, D), v (S, E); scores (batch, L, S) seen as the shape `scores` by a mask. */
struct R(attention) {
    size_t batch, l, s, d, e;
    struct shape scores;
    bool causal;
    const char *scale; /* factor of the scores; NULL: 1 / sqrt(D) */
    const R(element) * q, *k, *v;
    const R(element) * mask; /* numbers to add */
    const int64_t *seen;     /* or 0 and 1; both NULL: none */
    const struct shape *mask_shape;
    R(element) * dq, *dk, *dv, *dmask; /* NULL: not wanted */
    R(element) * scratch;              /* attention_room elements */
};

/* Takes the mask, and where its gradient goes, from argument `argument` of the call. */
void R(attention_mask)(struct R(attention) * a, const R(call) * k, size_t argument);
/* y (batch, L, E) */
void R(attend)(R(element) * y, const struct R(attention) * a, const R(context) * c);
/* Adds every gradient once. */
void R(attend_backward)(const struct R(attention) * a, const R(element) * dy, const R(context) * c);

#endif
