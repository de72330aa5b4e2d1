/* Binary cross entropy of logits, with optional weights of the elements and of the positive class. */
#include "ops/families/losses.h"

/* Element i of argument `argument`, which is broadcast to the logits; NULL where it is not given. */
static const R(element) * R(weight_at)(const R(call) * k, size_t argument, size_t i)
{
    if (k->node->arity <= argument)
        return NULL;
    const struct shape *shape = k->shapes[0];
    struct view view = view_expanded(k->shapes[argument], shape);
    ptrdiff_t at = 0;
    for (int axis = shape->rank; axis-- > 0; i /= shape->dim[axis])
        at += (ptrdiff_t)(i % shape->dim[axis]) * view.stride[axis];
    return k->x[argument] + at;
}

/* r = softplus(x), or of -x: max(x, 0) + log1p(e^-|x|) */
static void R(logit_cost)(R(element) * r, const R(element) * x, bool negative, const R(context) * c)
{
    LOCAL(e, c);
    R(abs)(e, x, c);
    R(neg)(e, e, c);
    R(exp)(e, e, c);
    R(log1p)(r, e, c);
    if (negative ? R(sign)(x) < 0 : R(sign)(x) > 0) {
        R(abs)(e, x, c);
        R(add)(r, r, e, c);
    }
}

/* r = positive t softplus(-x) + (1 - t) softplus(x): two terms of one sign; a weight of 0 silences an infinite
 * logit */
static void R(plain_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *x = k->x[0] + i, *t = k->x[1] + i, *positive = R(weight_at)(k, 3, i);
    LOCAL(hit, c);
    LOCAL(rest, c);
    R(one_minus)(rest, t, c);
    R(set_si)(r, 0, c);
    if (!R(is_zero)(rest)) {
        R(logit_cost)(r, x, false, c);
        R(mul)(r, r, rest, c);
    }
    if (!R(is_zero)(t)) {
        R(logit_cost)(hit, x, true, c);
        R(mul)(hit, hit, t, c);
        if (positive)
            R(mul)(hit, hit, positive, c);
        R(add)(r, r, hit, c);
    }
}

static void R(logit_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *weight = R(weight_at)(k, 2, i);
    R(plain_item)(r, k, i, c);
    if (weight)
        R(mul)(r, r, weight, c);
}

/* y = mean of weight (positive t softplus(-x) + (1 - t) softplus(x)) */
void R(bce_with_logits_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, shape_count(k->shapes[0]), R(logit_item), c);
}

/* (1 - t) sigmoid(x) - positive t sigmoid(-x), both over 1 + e with e = e^-|x|: nothing cancels in a tail */
static void R(logit_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *x = k->x[0] + i, *t = k->x[1] + i;
    const R(element) *weight = R(weight_at)(k, 2, i), *positive = R(weight_at)(k, 3, i);
    bool negative = R(sign)(x) < 0;
    LOCAL(e, c);
    LOCAL(hit, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(abs)(e, x, c);
    R(neg)(e, e, c);
    R(exp)(e, e, c);
    R(one_minus)(r, t, c);
    R(set)(hit, t, c);
    if (positive)
        R(mul)(hit, hit, positive, c);
    R(mul)(negative ? r : hit, negative ? r : hit, e, c);
    R(sub)(r, r, hit, c);
    R(add)(e, one, e, c);
    R(div)(r, r, e, c);
    if (weight)
        R(mul)(r, r, weight, c);
}

/* positive softplus(-x) - softplus(x), which is -x without a weight of the positive class */
static void R(logit_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *x = k->x[0] + i, *weight = R(weight_at)(k, 2, i), *positive = R(weight_at)(k, 3, i);
    LOCAL(cost, c);
    if (positive) {
        R(logit_cost)(r, x, true, c);
        R(mul)(r, r, positive, c);
        R(logit_cost)(cost, x, false, c);
        R(sub)(r, r, cost, c);
    } else {
        R(neg)(r, x, c);
    }
    if (weight)
        R(mul)(r, r, weight, c);
}

/* weight t softplus(-x) */
static void R(logit_to_positive)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(logit_cost)(r, k->x[0] + i, true, c);
    R(mul)(r, r, k->x[1] + i, c);
    R(mul)(r, r, R(weight_at)(k, 2, i), c);
}

/* d(argument) += the terms, summed where it is broadcast */
static void R(add_weight)(const R(call) * k, size_t argument, R(item_loss) * derivative, const R(context) * c)
{
    size_t n = shape_count(k->shapes[0]), step;
    if (k->node->arity <= argument || !k->dx[argument])
        return;
    LOCAL(g, c);
    const R(element) *dy = R(upstream)(g, &step, k, n, c);
    for (size_t i = 0; i < n; i++) {
        derivative(k->scratch + i, k, i, c);
        R(mul)(k->scratch + i, k->scratch + i, dy + i * step, c);
    }
    R(add_reduced)(k->dx[argument], k->shapes[argument], k->scratch, k->shapes[0], c);
}

/* dx += dy weight ((1 - t) sigmoid(x) - positive t sigmoid(-x)) / n, dt -= dy x / n without weights */
void R(bce_with_logits_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(logit_to_x), c);
    R(loss_backward)(k, 1, R(logit_to_t), c);
    R(add_weight)(k, 2, R(plain_item), c);
    R(add_weight)(k, 3, R(logit_to_positive), c);
}
