/* Elementary functions: y_i depends on x_i alone; n elements of any shape. */
#include "ops/families/pointwise.h"

/* y = e^x */
void R(exp_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(exp), c);
}

/* dx += dy y */
void R(exp_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict y = k->y;
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(mul)(t, dy + i, y + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* y = log x */
void R(log_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(log), c);
}

/* dx += dy / x */
void R(log_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(div)(t, dy + i, x + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* y = sin x */
void R(sin_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(sin), c);
}

/* dx += dy cos x */
void R(sin_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(cos), c);
}

/* y = cos x */
void R(cos_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(cos), c);
}

/* dx -= dy sin x */
void R(cos_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(sin)(t, x + i, c);
        R(mul)(t, t, dy + i, c);
        R(sub)(dx + i, dx + i, t, c);
    }
}

/* y = tanh x */
void R(tanh_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(tanh), c);
}

/* r = 4 e / (1 + e)^2 with e = e^(-2|x|): 1 - y^2 without its cancellation */
static inline void R(tanh_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(t, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(abs)(r, x, c);
    R(scale)(r, r, 1, c);
    R(neg)(r, r, c);
    R(exp)(r, r, c);
    R(add)(t, one, r, c);
    R(div)(r, r, t, c);
    R(div)(r, r, t, c);
    R(scale)(r, r, 2, c);
}

/* dx += dy (1 - y^2) */
void R(tanh_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(tanh_slope), c);
}
