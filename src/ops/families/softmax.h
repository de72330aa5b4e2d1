/* The shifted exponentials of one lane, which softmax and the losses on logits are made of. */
#ifndef GCK_OPS_FAMILIES_SOFTMAX_H
#define GCK_OPS_FAMILIES_SOFTMAX_H
#include "ops/families/shared.h"

/* Index of the lane's first largest element, or of its first NaN. Element j is x[j step]; n > 0. */
size_t R(lane_largest)(const R(element) * x, ptrdiff_t step, size_t n);

/* e_j = exp(x_j - x_m) for the largest x_m, so that e_m = 1 and nothing overflows; others = sum of all the
 * e_j but e_m, which keeps its digits where 1 + others would lose them. Returns m. -inf gives e_j = 0; a
 * lane of nothing but -inf, or with +inf or NaN, gives NaN. */
size_t R(shifted_exponentials)(R(element) * e, R(element) * others, const R(element) * x, ptrdiff_t step,
                               size_t n, const R(context) * c);

/* r = sum of a[j step] for j < n, without element `except`. */
void R(sum_without)(R(element) * r, const R(element) * a, ptrdiff_t step, size_t n, size_t except,
                    const R(context) * c);

#endif
