/* Functions of one number applied to every element, and their derivatives. */
#ifndef GCK_OPS_FAMILIES_POINTWISE_H
#define GCK_OPS_FAMILIES_POINTWISE_H
#include "ops/families/shared.h"

/* A function of x with up to two parameters, which are attributes of the op. */
typedef void R(shaped)(R(element) * r, const R(element) * x, const R(element) * p, const R(element) * q,
                       const R(context) * c);

/* y_i = f(x_i, p, q) */
static inline void R(each_shaped)(const R(call) * k, R(shaped) * f, const R(element) * p, const R(element) * q,
                                  const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    const R(element) *restrict x = k->x[0];
    for (size_t i = 0; i < n; i++)
        f(y + i, x + i, p, q, c);
}

/* dx_i += dy_i f'(x_i, p, q) */
static inline void R(add_shaped)(const R(call) * k, R(shaped) * derivative, const R(element) * p,
                                 const R(element) * q, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        derivative(t, x + i, p, q, c);
        R(mul)(t, t, dy + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* dx_i += dy_i f'(x_i) */
static inline void R(add_slopes)(const R(call) * k, R(unary) * derivative, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        derivative(t, x + i, c);
        R(mul)(t, t, dy + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* s = 1 / (1 + e^-z), rest = 1 - s = 1 / (1 + e^z): neither overflows nor cancels. z is neither. */
static inline void R(logistic)(R(element) * s, R(element) * rest, const R(element) * z, const R(context) * c)
{
    LOCAL(e, c);
    LOCAL(one, c);
    LOCAL(sum, c);
    R(set_si)(one, 1, c);
    R(abs)(e, z, c);
    R(neg)(e, e, c);
    R(exp)(e, e, c);
    R(add)(sum, one, e, c);
    bool negative = R(sign)(z) < 0;
    R(div)(s, negative ? e : one, sum, c);
    R(div)(rest, negative ? one : e, sum, c);
}

/* r = log(1 + e^z) = max(z, 0) + log1p(e^-|z|). r may be z. */
static inline void R(softplus_of)(R(element) * r, const R(element) * z, const R(context) * c)
{
    LOCAL(t, c);
    R(abs)(t, z, c);
    R(neg)(t, t, c);
    R(exp)(t, t, c);
    R(log1p)(t, t, c);
    if (R(sign)(z) > 0 || R(is_nan)(z))
        R(add)(r, z, t, c);
    else
        R(set)(r, t, c);
}

/* r = exp(-x^2 2^power). Far out the rounding of x^2 would be magnified x^2 times: what it lost is put back
 * as a factor 1 - loss. r is not x. */
static inline void R(bell)(R(element) * r, const R(element) * x, int power, const R(context) * c)
{
    LOCAL(square, c);
    LOCAL(loss, c);
    R(mul)(square, x, x, c);
    R(neg)(square, square, c);
    R(fma)(loss, x, x, square, c);
    R(scale)(square, square, power, c);
    R(exp)(r, square, c);
    if (R(is_zero)(r) || !R(is_finite)(loss))
        return;
    R(scale)(loss, loss, power, c);
    R(mul)(loss, loss, r, c);
    R(sub)(r, r, loss, c);
}

#endif
