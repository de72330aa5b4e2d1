/* More logarithms and exponentials, the error function, the logarithm of the gamma function. */
#include "ops/families/pointwise.h"

/* y = e^x - 1 */
void R(expm1_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(expm1), c);
}

/* dx += dy e^x: y + 1 would lose the small ones */
void R(expm1_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(exp), c);
}

/* y = log(1 + x) */
void R(log1p_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(log1p), c);
}

static inline void R(log1p_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(add)(r, one, x, c);
    R(div)(r, one, r, c);
}

/* dx += dy / (1 + x) */
void R(log1p_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(log1p_slope), c);
}

/* y = log x / log 2 */
void R(log2_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(log2), c);
}

/* dx += dy / (x log 2); log 2 goes first: x log 2 may be subnormal */
void R(log2_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(log_2, c);
    LOCAL(t, c);
    R(set_si)(log_2, 2, c);
    R(log)(log_2, log_2, c);
    for (size_t i = 0; i < n; i++) {
        R(div)(t, dy + i, log_2, c);
        R(div)(t, t, x + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* y = 2 / sqrt(pi) integral of e^(-t^2) from 0 to x */
void R(erf_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(erf), c);
}

/* r = 2 / sqrt(pi) e^(-x^2) */
static inline void R(erf_slope)(R(element) * r, const R(element) * x, const R(element) * factor,
                                const R(element) * unused, const R(context) * c)
{
    (void)unused;
    R(bell)(r, x, 0, c);
    R(mul)(r, r, factor, c);
}

static void R(add_erf_slopes)(const R(call) * k, int sign, const R(context) * c)
{
    LOCAL(factor, c);
    LOCAL(root, c);
    R(set_pi)(root, c);
    R(sqrt)(root, root, c);
    R(set_si)(factor, 2 * sign, c);
    R(div)(factor, factor, root, c);
    R(add_shaped)(k, R(erf_slope), factor, NULL, c);
}

/* dx += dy 2 / sqrt(pi) e^(-x^2) */
void R(erf_backward)(const R(call) * k, const R(context) * c)
{
    R(add_erf_slopes)(k, 1, c);
}

/* y = 1 - erf x */
void R(erfc_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(erfc), c);
}

/* dx -= dy 2 / sqrt(pi) e^(-x^2) */
void R(erfc_backward)(const R(call) * k, const R(context) * c)
{
    R(add_erf_slopes)(k, -1, c);
}

/* y = log |gamma(x)| */
void R(lgamma_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(lgamma), c);
}

/* dx += dy digamma(x) */
void R(lgamma_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(digamma), c);
}
