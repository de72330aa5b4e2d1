/* GELU: exact, by the error function, and in the approximation by tanh. */
#include "ops/families/pointwise.h"

enum { GELU_EXACT, GELU_TANH };

/* r = sqrt(numerator / pi) */
static inline void R(gelu_root)(R(element) * r, long numerator, const R(context) * c)
{
    LOCAL(pi, c);
    R(set_pi)(pi, c);
    R(set_si)(r, numerator, c);
    R(div)(r, r, pi, c);
    R(sqrt)(r, r, c);
}

/* r = (1 + erf(x / sqrt 2)) / 2 = erfc(-x / sqrt 2) / 2, accurate for x far below 0 */
static inline void R(normal_cdf)(R(element) * r, const R(element) * x, const R(element) * root_2,
                                 const R(context) * c)
{
    R(div)(r, x, root_2, c);
    R(neg)(r, r, c);
    R(erfc)(r, r, c);
    R(scale)(r, r, -1, c);
}

static inline void R(gelu_exact_of)(R(element) * y, const R(element) * x, const R(element) * root_2,
                                    const R(element) * unused, const R(context) * c)
{
    (void)unused;
    LOCAL(t, c);
    R(normal_cdf)(t, x, root_2, c);
    R(mul)(y, x, t, c);
}

/* Phi(x) + x phi(x) */
static inline void R(gelu_exact_slope)(R(element) * r, const R(element) * x, const R(element) * root_2,
                                       const R(element) * density_0, const R(context) * c)
{
    LOCAL(t, c);
    R(bell)(t, x, -1, c);
    R(mul)(t, t, density_0, c);
    R(mul)(t, t, x, c);
    R(normal_cdf)(r, x, root_2, c);
    R(add)(r, r, t, c);
}

/* s = sigmoid(2u) = (1 + tanh u) / 2 and its complement, 2u = factor (x + coefficient x^3); `cubic`
 * becomes coefficient x^2 */
static inline void R(gelu_gate)(R(element) * s, R(element) * rest, R(element) * cubic, const R(element) * x,
                                const R(element) * factor, const R(element) * coefficient, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(z, c);
    R(set_si)(one, 1, c);
    R(mul)(cubic, x, x, c);
    R(mul)(cubic, cubic, coefficient, c);
    R(add)(z, one, cubic, c);
    R(mul)(z, z, x, c);
    R(mul)(z, z, factor, c);
    R(logistic)(s, rest, z, c);
}

static inline void R(gelu_tanh_of)(R(element) * y, const R(element) * x, const R(element) * factor,
                                   const R(element) * coefficient, const R(context) * c)
{
    LOCAL(s, c);
    LOCAL(rest, c);
    LOCAL(cubic, c);
    R(gelu_gate)(s, rest, cubic, x, factor, coefficient, c);
    R(mul)(y, x, s, c);
}

/* s + x s (1 - s) 2u', 2u' = factor (1 + 3 coefficient x^2); far out s (1 - s) is 0 and x^2 may be infinite */
static inline void R(gelu_tanh_slope)(R(element) * r, const R(element) * x, const R(element) * factor,
                                      const R(element) * coefficient, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(rest, c);
    LOCAL(cubic, c);
    R(set_si)(one, 1, c);
    R(gelu_gate)(r, rest, cubic, x, factor, coefficient, c);
    R(mul)(rest, rest, r, c);
    if (R(is_zero)(rest))
        return;
    R(mul_si)(cubic, cubic, 3, c);
    R(add)(cubic, one, cubic, c);
    R(mul)(cubic, cubic, factor, c);
    R(mul)(cubic, cubic, x, c);
    R(mul)(rest, rest, cubic, c);
    R(add)(r, r, rest, c);
}

/* p, q: the parameters of the exact or the tanh formulas; returns which */
static bool R(gelu_parameters)(R(element) * p, R(element) * q, const R(call) * k, const R(context) * c)
{
    bool exact = node_attribute(k->node, "approximate")->integer == GELU_EXACT;
    if (exact) {
        R(set_si)(p, 2, c);
        R(sqrt)(p, p, c);
        R(gelu_root)(q, 1, c); /* sqrt(1 / pi), divided by sqrt 2 */
        R(div)(q, q, p, c);
    } else {
        R(gelu_root)(p, 2, c);
        R(scale)(p, p, 1, c);
        R(set_text)(q, "0.044715", c);
    }
    return exact;
}

/* y = x Phi(x), or with Phi(x) = (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3) */
void R(gelu_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(p, c);
    LOCAL(q, c);
    if (R(gelu_parameters)(p, q, k, c))
        R(each_shaped)(k, R(gelu_exact_of), p, q, c);
    else
        R(each_shaped)(k, R(gelu_tanh_of), p, q, c);
}

/* dx += dy (Phi(x) + x Phi'(x)) */
void R(gelu_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(p, c);
    LOCAL(q, c);
    if (R(gelu_parameters)(p, q, k, c))
        R(add_shaped)(k, R(gelu_exact_slope), p, q, c);
    else
        R(add_shaped)(k, R(gelu_tanh_slope), p, q, c);
}
