/* Steps that losses share: the loss of each item, reduced to a mean or a sum or not at all. */
#ifndef GCK_OPS_FAMILIES_LOSSES_H
#define GCK_OPS_FAMILIES_LOSSES_H
#include "ops/families/shared.h"
#include "ops/rules/losses.h"

/* r = the loss of item i: an element, or a row of classes. */
typedef void R(item_loss)(R(element) * r, const R(call) * k, size_t i, const R(context) * c);

/* What the sum of n losses is divided by: n, or the samples along axis 0. */
static inline size_t R(averaged)(const R(call) * k, size_t n)
{
    return node_attribute(k->node, "reduction")->integer == REDUCTION_BATCHMEAN ? k->shapes[0]->dim[0] : n;
}

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
    if (reduction == REDUCTION_SUM)
        R(sum_get)(k->y, sum, c);
    else
        R(sum_get_mean)(k->y, sum, R(averaged)(k, n), c);
}

/* The upstream gradient of item i's loss is the result[i step]. `g` is room for one number. */
static inline const R(element) *
    R(upstream)(R(element) * g, size_t *step, const R(call) * k, size_t n, const R(context) * c)
{
    long reduction = node_attribute(k->node, "reduction")->integer;
    *step = reduction == REDUCTION_NONE;
    if (reduction == REDUCTION_SUM || reduction == REDUCTION_NONE)
        return k->dy;
    R(div_si)(g, k->dy, (long)R(averaged)(k, n), c);
    return g;
}

/* d(argument) += the upstream gradient of each element's loss times its derivative */
static inline void R(loss_backward)(const R(call) * k, int argument, R(item_loss) * derivative,
                                    const R(context) * c)
{
    size_t n = shape_count(k->shapes[0]), step;
    R(element) *restrict dx = k->dx[argument];
    if (!dx)
        return;
    LOCAL(g, c);
    LOCAL(t, c);
    const R(element) *dy = R(upstream)(g, &step, k, n, c);
    for (size_t i = 0; i < n; i++) {
        derivative(t, k, i, c);
        R(mul)(t, t, dy + i * step, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* Rows of classes: their length and their number. */
static inline size_t R(classes)(const R(call) * k)
{
    return k->shapes[0]->dim[k->shapes[0]->rank - 1];
}

static inline size_t R(samples)(const R(call) * k)
{
    return shape_count(k->shapes[0]) / R(classes)(k);
}

#endif
