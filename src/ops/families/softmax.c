/* Softmax and its logarithms, along one axis; the lanes are independent. Scratch: one lane. */
#include "ops/families/softmax.h"

size_t R(lane_largest)(const R(element) * x, ptrdiff_t step, size_t n)
{
    size_t largest = 0;
    for (size_t j = 0; j < n; j++) {
        if (R(is_nan)(x + (ptrdiff_t)j * step))
            return j;
        if (R(less)(x + (ptrdiff_t)largest * step, x + (ptrdiff_t)j * step))
            largest = j;
    }
    return largest;
}

void R(sum_without)(R(element) * r, const R(element) * a, ptrdiff_t step, size_t n, size_t except,
                    const R(context) * c)
{
    SUM(sum, c);
    R(sum_add)(sum, a, step, except, c);
    if (except + 1 < n)
        R(sum_add)(sum, a + (ptrdiff_t)(except + 1) * step, step, n - except - 1, c);
    R(sum_get)(r, sum, c);
}

size_t R(shifted_exponentials)(R(element) * e, R(element) * others, const R(element) * x, ptrdiff_t step,
                               size_t n, const R(context) * c)
{
    size_t m = R(lane_largest)(x, step, n);
    for (size_t j = 0; j < n; j++) {
        R(sub)(e + j, x + (ptrdiff_t)j * step, x + (ptrdiff_t)m * step, c);
        R(exp)(e + j, e + j, c);
    }
    R(sum_without)(others, e, 1, n, m, c);
    return m;
}

/* y_j = e_j / sum of e */
void R(softmax_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    R(element) *e = k->scratch;
    LOCAL(total, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        R(shifted_exponentials)(e, total, k->x[0] + at, lanes.step, lanes.length, c);
        R(add)(total, one, total, c);
        R(element) *y = k->y + at;
        for (size_t j = 0; j < lanes.length; j++)
            R(div)(y + (ptrdiff_t)j * lanes.step, e + j, total, c);
    }
}

/* dx_j += y_j (dy_j - sum_i y_i dy_i), with dy taken from dy_m of the largest y_m: that changes nothing but
 * the rounding, and where y_m is nearly 1 the difference no longer cancels */
void R(softmax_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    R(element) *d = k->scratch;
    LOCAL(mean, c);
    LOCAL(t, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        R(element) *dx = k->dx[0] + at;
        const R(element) *dy = k->dy + at, *y = k->y + at;
        ptrdiff_t m = (ptrdiff_t)R(lane_largest)(k->x[0] + at, lanes.step, lanes.length) * lanes.step;
        for (size_t j = 0; j < lanes.length; j++)
            R(sub)(d + j, dy + (ptrdiff_t)j * lanes.step, dy + m, c);
        R(dot)(mean, y, lanes.step, d, 1, lanes.length, c);
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            R(sub)(t, d + j, mean, c);
            R(mul)(t, t, y + i, c);
            R(add)(dx + i, dx + i, t, c);
        }
    }
}

/* y_j = (x_j - x_m) - log(1 + others): two terms of one sign */
void R(log_softmax_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    LOCAL(log_sum, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        const R(element) *x = k->x[0] + at;
        R(element) *y = k->y + at;
        size_t m = R(shifted_exponentials)(k->scratch, log_sum, x, lanes.step, lanes.length, c);
        R(log1p)(log_sum, log_sum, c);
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            R(sub)(y + i, x + i, x + (ptrdiff_t)m * lanes.step, c);
            R(sub)(y + i, y + i, log_sum, c);
        }
    }
}

/* dx_j += dy_j - e_j / (1 + others) sum_i dy_i; for the largest, whose weight may be nearly 1, as
 * (dy_m others - sum of the other dy) / (1 + others) */
void R(log_softmax_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    R(element) *e = k->scratch;
    LOCAL(total, c);
    LOCAL(others, c);
    LOCAL(rest, c); /* of dy, without dy_m */
    LOCAL(sum, c);  /* of dy */
    LOCAL(t, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        R(element) *dx = k->dx[0] + at;
        const R(element) *dy = k->dy + at;
        size_t m = R(shifted_exponentials)(e, others, k->x[0] + at, lanes.step, lanes.length, c);
        ptrdiff_t largest = (ptrdiff_t)m * lanes.step;
        R(add)(total, one, others, c);
        R(sum_without)(rest, dy, lanes.step, lanes.length, m, c);
        R(add)(sum, rest, dy + largest, c);
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            if (j == m) {
                R(mul)(t, dy + i, others, c);
                R(sub)(t, t, rest, c);
                R(div)(t, t, total, c);
            } else {
                R(div)(t, e + j, total, c);
                R(mul)(t, t, sum, c);
                R(sub)(t, dy + i, t, c);
            }
            R(add)(dx + i, dx + i, t, c);
        }
    }
}

/* y = x_m + log(1 + others); an infinite largest element is the answer itself */
void R(logsumexp_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    for (size_t l = 0; l < lanes.count; l++) {
        const R(element) *x = k->x[0] + lane_offset(&lanes, l);
        R(element) *y = k->y + l;
        size_t m = R(shifted_exponentials)(k->scratch, y, x, lanes.step, lanes.length, c);
        const R(element) *largest = x + (ptrdiff_t)m * lanes.step;
        R(log1p)(y, y, c);
        if (R(is_finite)(largest))
            R(add)(y, y, largest, c);
        else
            R(set)(y, largest, c);
    }
}

/* dx_j += dy e_j / (1 + others) */
void R(logsumexp_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    R(element) *e = k->scratch;
    LOCAL(total, c);
    LOCAL(t, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        R(element) *dx = k->dx[0] + at;
        R(shifted_exponentials)(e, total, k->x[0] + at, lanes.step, lanes.length, c);
        R(add)(total, one, total, c);
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            R(div)(t, e + j, total, c);
            R(mul)(t, t, k->dy + l, c);
            R(add)(dx + i, dx + i, t, c);
        }
    }
}
