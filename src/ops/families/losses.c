/* Losses of one element at a time: (x - t)^2 and binary cross entropy of probabilities; and regularization. */
#include "ops/families/losses.h"

/* r = (x - t)^2 */
static inline void R(mse_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(sub)(r, k->x[0] + i, k->x[1] + i, c);
    R(mul)(r, r, r, c);
}

/* y = mean of (x - t)^2 */
void R(mse_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, shape_count(k->shapes[0]), R(mse_item), c);
}

static inline void R(mse_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(sub)(r, k->x[0] + i, k->x[1] + i, c);
    R(scale)(r, r, 1, c);
}

static inline void R(mse_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(mse_to_x)(r, k, i, c);
    R(neg)(r, r, c);
}

/* dx += dy 2 (x - t) / n, dt -= the same */
void R(mse_loss_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(mse_to_x), c);
    R(loss_backward)(k, 1, R(mse_to_t), c);
}

/* r = -t log p - (1 - t) log(1 - p); a weight of 0 silences an infinite logarithm */
static inline void R(bce_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *p = k->x[0] + i, *t = k->x[1] + i;
    LOCAL(hit, c);
    LOCAL(miss, c);
    LOCAL(weight, c);
    if (!R(is_zero)(t)) {
        R(log)(hit, p, c);
        R(mul)(hit, hit, t, c);
    }
    R(one_minus)(weight, t, c);
    if (!R(is_zero)(weight)) {
        R(neg)(miss, p, c);
        R(log1p)(miss, miss, c);
        R(mul)(miss, miss, weight, c);
    }
    R(add)(r, hit, miss, c);
    R(neg)(r, r, c);
}

/* y = mean of -t log p - (1 - t) log(1 - p) */
void R(bce_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, shape_count(k->shapes[0]), R(bce_item), c);
}

/* (p - t) / (p (1 - p)); -1/p for t = 1 and 1/(1 - p) for t = 0, which are finite at p = t */
static inline void R(bce_to_p)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *p = k->x[0] + i, *t = k->x[1] + i;
    LOCAL(numerator, c);
    R(one_minus)(r, t, c);
    if (R(is_zero)(r)) {
        R(set_si)(numerator, -1, c);
        R(div)(r, numerator, p, c);
    } else if (R(is_zero)(t)) {
        R(set_si)(numerator, 1, c);
        R(one_minus)(r, p, c);
        R(div)(r, numerator, r, c);
    } else {
        R(sub)(numerator, p, t, c);
        R(one_minus)(r, p, c);
        R(mul)(r, r, p, c);
        R(div)(r, numerator, r, c);
    }
}

/* log(1 - p) - log p; near p = 1/2, where the two cancel, as log1p((1 - 2p) / p) with 1 - 2p exact */
static inline void R(bce_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *p = k->x[0] + i;
    LOCAL(quarter, c);
    LOCAL(t, c);
    R(set_double)(quarter, 0.25, c);
    R(one_minus)(t, p, c);
    if (R(less)(quarter, p) && R(less)(quarter, t)) {
        R(scale)(t, p, 1, c);
        R(one_minus)(t, t, c);
        R(div)(t, t, p, c);
        R(log1p)(r, t, c);
    } else {
        R(neg)(t, p, c);
        R(log1p)(t, t, c);
        R(log)(r, p, c);
        R(sub)(r, t, r, c);
    }
}

/* dp += dy (p - t) / (p (1 - p)), dt += dy log((1 - p) / p) */
void R(bce_loss_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(bce_to_p), c);
    R(loss_backward)(k, 1, R(bce_to_t), c);
}

/* y = strength sum |W| */
void R(l1_regularization_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(k->shapes[0]);
    const R(element) *restrict w = k->x[0];
    SUM(sum, c);
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(abs)(t, w + i, c);
        R(sum_add)(sum, t, 0, 1, c);
    }
    R(sum_get)(k->y, sum, c);
    R(attribute)(t, k, "strength", c);
    R(mul)(k->y, k->y, t, c);
}

/* dW += dy strength sign(W), 0 at W = 0 */
void R(l1_regularization_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(k->shapes[0]);
    R(element) *restrict dw = k->dx[0];
    const R(element) *restrict w = k->x[0];
    LOCAL(g, c);
    LOCAL(zero, c);
    R(attribute)(g, k, "strength", c);
    R(mul)(g, g, k->dy, c);
    for (size_t i = 0; i < n; i++) {
        int sign = R(compare)(w + i, zero, c);
        if (sign > 0)
            R(add)(dw + i, dw + i, g, c);
        else if (sign < 0)
            R(sub)(dw + i, dw + i, g, c);
    }
}

/* y = strength / 2 sum W^2 */
void R(l2_regularization_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(half, c);
    R(attribute)(half, k, "strength", c);
    R(scale)(half, half, -1, c);
    R(dot)(k->y, k->x[0], 1, k->x[0], 1, shape_count(k->shapes[0]), c);
    R(mul)(k->y, k->y, half, c);
}

/* dW += dy strength W */
void R(l2_regularization_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(k->shapes[0]);
    R(element) *restrict dw = k->dx[0];
    const R(element) *restrict w = k->x[0];
    LOCAL(g, c);
    LOCAL(t, c);
    R(attribute)(g, k, "strength", c);
    R(mul)(g, g, k->dy, c);
    for (size_t i = 0; i < n; i++) {
        R(mul)(t, g, w + i, c);
        R(add)(dw + i, dw + i, t, c);
    }
}
