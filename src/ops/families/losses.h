/* Steps that losses share: the loss of each item, reduced to a mean or a sum or not at all. */
#ifndef GCK_OPS_FAMILIES_LOSSES_H
#define GCK_OPS_FAMILIES_LOSSES_H
#include "ops/families/shared.h"
#include "ops/rules/losses.h"

/* r = the loss of item i: an element, or a row of classes. */
typedef void R(item_loss)(R(element) * r, const R(call) * k, size_t i, const R(context) * c);

/* y = the mean or the sum of the losses of n items, or each. */
static inline void R(reduce)(const R(call) * k, size_t n, R(item_loss) * loss, const R(context) * c)
{
    long reduction = node_attribute(k->node, "reduction")->integer;
    if (reduction == REDUCTION_NONE) {
        for (size_t i = 0; i < n; i++)
            loss(k->y + i, k, i, c);
        return;
    }
    SUM(sum, c);
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        loss(t, k, i, c);
        R(sum_add)(sum, t, 0, 1, c);
    }
    if (reduction == REDUCTION_MEAN)
        R(sum_get_mean)(k->y, sum, n, c);
    else
        R(sum_get)(k->y, sum, c);
}

/* The upstream gradient of item i's loss is the result[i step]. `g` is room for one number. */
static inline const R(element) *
    R(upstream)(R(element) * g, size_t *step, const R(call) * k, size_t n, const R(context) * c)
{
    long reduction = node_attribute(k->node, "reduction")->integer;
    *step = reduction == REDUCTION_NONE;
    if (reduction != REDUCTION_MEAN)
        return k->dy;
    R(div_si)(g, k->dy, (long)n, c);
    return g;
}

#endif
