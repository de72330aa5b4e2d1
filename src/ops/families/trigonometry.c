/* Tangent, the hyperbolic functions, and the inverses of both. */
#include "ops/families/pointwise.h"

/* y = tan x */
void R(tan_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(tan), c);
}

/* dx += dy (1 + y^2) */
void R(tan_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict y = k->y;
    LOCAL(one, c);
    LOCAL(t, c);
    R(set_si)(one, 1, c);
    for (size_t i = 0; i < n; i++) {
        R(mul)(t, y + i, y + i, c);
        R(add)(t, one, t, c);
        R(mul)(t, t, dy + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* y = arcsin x */
void R(asin_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(asin), c);
}

/* r = 1 / sqrt((1 - x) (1 + x)): 1 - x is exact where 1 - x^2 would cancel */
static inline void R(asin_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(t, c);
    R(set_si)(one, 1, c);
    R(sub)(t, one, x, c);
    R(add)(r, one, x, c);
    R(mul)(t, t, r, c);
    R(sqrt)(t, t, c);
    R(div)(r, one, t, c);
}

/* dx += dy / sqrt(1 - x^2) */
void R(asin_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(asin_slope), c);
}

/* y = arccos x */
void R(acos_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(acos), c);
}

static inline void R(acos_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    R(asin_slope)(r, x, c);
    R(neg)(r, r, c);
}

/* dx -= dy / sqrt(1 - x^2) */
void R(acos_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(acos_slope), c);
}

/* y = arctan x */
void R(atan_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(atan), c);
}

/* r = 1 / (1 + x^2); for |x| > 1 as u (u / (1 + u^2)) with u = 1 / x, where x^2 may overflow */
static inline void R(atan_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(u, c);
    LOCAL(t, c);
    R(set_si)(one, 1, c);
    R(abs)(u, x, c);
    bool far = R(less)(one, u);
    if (far)
        R(div)(u, one, u, c);
    R(mul)(t, u, u, c);
    R(add)(t, one, t, c);
    R(div)(t, far ? u : one, t, c);
    if (far)
        R(mul)(t, t, u, c);
    R(set)(r, t, c);
}

/* dx += dy / (1 + x^2) */
void R(atan_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(atan_slope), c);
}

/* y = sinh x */
void R(sinh_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(sinh), c);
}

/* dx += dy cosh x */
void R(sinh_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(cosh), c);
}

/* y = cosh x */
void R(cosh_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(cosh), c);
}

/* dx += dy sinh x */
void R(cosh_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(sinh), c);
}

/* y = arsinh x */
void R(asinh_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(asinh), c);
}

/* r = 1 / hypot(1, x): no square that overflows */
static inline void R(asinh_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(hypot)(r, one, x, c);
    R(div)(r, one, r, c);
}

/* dx += dy / sqrt(1 + x^2) */
void R(asinh_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(asinh_slope), c);
}

/* y = arcosh x */
void R(acosh_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(acosh), c);
}

/* r = 1 / (sqrt(x - 1) sqrt(x + 1)): x - 1 is exact near 1, and nothing is squared; NaN for x < 1, below -1
 * too */
static inline void R(acosh_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(t, c);
    R(set_si)(one, 1, c);
    R(sub)(t, x, one, c);
    R(sqrt)(t, t, c);
    R(add)(r, x, one, c);
    R(sqrt)(r, r, c);
    R(mul)(t, t, r, c);
    R(div)(r, one, t, c);
}

/* dx += dy / sqrt(x^2 - 1) */
void R(acosh_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(acosh_slope), c);
}

/* y = artanh x */
void R(atanh_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(atanh), c);
}

/* r = 1 / ((1 - x) (1 + x)) */
static inline void R(atanh_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(t, c);
    R(set_si)(one, 1, c);
    R(sub)(t, one, x, c);
    R(add)(r, one, x, c);
    R(mul)(t, t, r, c);
    R(div)(r, one, t, c);
}

/* dx += dy / (1 - x^2) */
void R(atanh_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(atanh_slope), c);
}
