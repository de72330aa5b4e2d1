/* Elementary functions: y_i depends on x_i alone; n elements of any shape. */
#include "ops/families/shared.h"

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
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(cos)(t, x + i, c);
        R(mul)(t, t, dy + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
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

/* dx += dy 4 e / (1 + e)^2 with e = e^(-2|x|): 1 - y^2 without its cancellation */
void R(tanh_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(e, c);
    LOCAL(t, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t i = 0; i < n; i++) {
        R(abs)(e, x + i, c);
        R(scale)(e, e, 1, c);
        R(neg)(e, e, c);
        R(exp)(e, e, c);
        R(add)(t, one, e, c);
        R(div)(e, e, t, c);
        R(div)(e, e, t, c);
        R(scale)(e, e, 2, c);
        R(mul)(e, e, dy + i, c);
        R(add)(dx + i, dx + i, e, c);
    }
}
