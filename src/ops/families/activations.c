/* Activations: sigmoid, smooth and stable in both tails, and the gates with a corner at 0. */
#include "ops/families/pointwise.h"

/* y = 1 / (1 + e^-x), for x < 0 as e^x / (1 + e^x): no overflow, no cancellation */
static inline void R(sigmoid_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    LOCAL(e, c);
    LOCAL(t, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(abs)(e, x, c);
    R(neg)(e, e, c);
    R(exp)(e, e, c);
    R(add)(t, one, e, c);
    R(div)(y, R(sign)(x) < 0 ? e : one, t, c);
}

/* y = 1 / (1 + e^-x) */
void R(sigmoid_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(sigmoid_of), c);
}

/* r = e / (1 + e)^2 with e = e^-|x|: y (1 - y) without its cancellation */
static inline void R(sigmoid_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(t, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(abs)(r, x, c);
    R(neg)(r, r, c);
    R(exp)(r, r, c);
    R(add)(t, one, r, c);
    R(div)(r, r, t, c);
    R(div)(r, r, t, c);
}

/* dx += dy y (1 - y) */
void R(sigmoid_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(sigmoid_slope), c);
}

/* y = max(x, 0); NaN stays NaN */
void R(relu_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    const R(element) *restrict x = k->x[0];
    LOCAL(zero, c);
    for (size_t i = 0; i < n; i++) {
        bool passes = R(compare)(x + i, zero, c) > 0 || R(is_nan)(x + i);
        R(set)(y + i, passes ? x + i : zero, c);
    }
}

/* dx += dy [x > 0] */
void R(relu_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(zero, c);
    for (size_t i = 0; i < n; i++)
        if (R(compare)(x + i, zero, c) > 0)
            R(add)(dx + i, dx + i, dy + i, c);
}

/* y = x where x > 0, slope x elsewhere */
void R(leaky_relu_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    const R(element) *restrict x = k->x[0];
    LOCAL(zero, c);
    LOCAL(slope, c);
    R(attribute)(slope, k, "slope", c);
    for (size_t i = 0; i < n; i++)
        if (R(compare)(x + i, zero, c) > 0)
            R(set)(y + i, x + i, c);
        else
            R(mul)(y + i, x + i, slope, c);
}

/* dx += dy where x > 0, dy slope elsewhere */
void R(leaky_relu_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(zero, c);
    LOCAL(slope, c);
    LOCAL(t, c);
    R(attribute)(slope, k, "slope", c);
    for (size_t i = 0; i < n; i++) {
        if (R(compare)(x + i, zero, c) > 0)
            R(set)(t, dy + i, c);
        else
            R(mul)(t, dy + i, slope, c);
        R(add)(dx + i, dx + i, t, c);
    }
}
