/* Activations that are smooth, or nearly: a corner at most where an attribute makes one. */
#include "ops/families/pointwise.h"

static inline void R(log_sigmoid_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    R(neg)(y, x, c);
    R(softplus_of)(y, y, c);
    R(neg)(y, y, c);
}

/* y = -log(1 + e^-x) */
void R(log_sigmoid_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(log_sigmoid_of), c);
}

static inline void R(log_sigmoid_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(s, c);
    R(logistic)(s, r, x, c);
}

/* dx += dy / (1 + e^x) */
void R(log_sigmoid_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(log_sigmoid_slope), c);
}

static inline void R(silu_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    LOCAL(s, c);
    LOCAL(rest, c);
    R(logistic)(s, rest, x, c);
    R(mul)(y, x, s, c);
}

/* y = x sigmoid(x) */
void R(silu_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(silu_of), c);
}

/* s (1 + x (1 - s)), with 1 - s from its own formula */
static inline void R(silu_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(s, c);
    LOCAL(rest, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(logistic)(s, rest, x, c);
    R(mul)(rest, rest, x, c);
    R(add)(rest, one, rest, c);
    R(mul)(r, s, rest, c);
}

/* dx += dy s (1 + x (1 - s)) with s = sigmoid(x) */
void R(silu_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(silu_slope), c);
}

/* tanh(log(1 + e^x)) = n / d with e = e^-|x|: n = 1 + 2e, d = n + 2e^2 for x >= 0, else n = e (e + 2) and
 * d = n + 2. All terms are positive. */
static inline void R(mish_gate)(R(element) * n, R(element) * d, R(element) * e, const R(element) * x,
                                const R(context) * c)
{
    LOCAL(t, c);
    R(abs)(e, x, c);
    R(neg)(e, e, c);
    R(exp)(e, e, c);
    if (R(sign)(x) < 0) {
        R(set_si)(t, 2, c);
        R(add)(n, e, t, c);
        R(mul)(n, n, e, c);
        R(add)(d, n, t, c);
    } else {
        R(set_si)(t, 1, c);
        R(scale)(n, e, 1, c);
        R(add)(n, t, n, c);
        R(mul)(d, e, e, c);
        R(scale)(d, d, 1, c);
        R(add)(d, n, d, c);
    }
}

static inline void R(mish_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    LOCAL(n, c);
    LOCAL(d, c);
    LOCAL(e, c);
    R(mish_gate)(n, d, e, x, c);
    R(div)(n, n, d, c);
    R(mul)(y, x, n, c);
}

/* y = x tanh(log(1 + e^x)) */
void R(mish_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(mish_of), c);
}

/* n / d + x 4 f (1 + e) / d^2, where f is e^2 for x >= 0 and e below */
static inline void R(mish_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(n, c);
    LOCAL(d, c);
    LOCAL(e, c);
    LOCAL(t, c);
    R(mish_gate)(n, d, e, x, c);
    R(set_si)(t, 1, c);
    R(add)(t, t, e, c);
    if (R(sign)(x) >= 0)
        R(mul)(t, t, e, c);
    R(mul)(t, t, e, c);
    R(scale)(t, t, 2, c);
    R(div)(t, t, d, c);
    R(mul)(t, t, x, c);
    R(add)(n, n, t, c);
    R(div)(r, n, d, c);
}

/* dx += dy (t + x (1 - t^2) sigmoid(x)) with t = tanh(log(1 + e^x)) */
void R(mish_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(mish_slope), c);
}

static inline void R(softplus_shaped)(R(element) * y, const R(element) * x, const R(element) * beta,
                                      const R(element) * threshold, const R(context) * c)
{
    LOCAL(z, c);
    R(mul)(z, x, beta, c);
    if (R(compare)(z, threshold, c) > 0) {
        R(set)(y, x, c);
        return;
    }
    R(softplus_of)(z, z, c);
    R(div)(y, z, beta, c);
}

static inline void R(softplus_slope)(R(element) * r, const R(element) * x, const R(element) * beta,
                                     const R(element) * threshold, const R(context) * c)
{
    LOCAL(z, c);
    LOCAL(rest, c);
    R(mul)(z, x, beta, c);
    if (R(compare)(z, threshold, c) > 0)
        R(set_si)(r, 1, c);
    else
        R(logistic)(r, rest, z, c);
}

/* y = log(1 + e^(beta x)) / beta, x above the threshold */
void R(softplus_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(beta, c);
    LOCAL(threshold, c);
    R(attribute)(beta, k, "beta", c);
    R(attribute)(threshold, k, "threshold", c);
    R(each_shaped)(k, R(softplus_shaped), beta, threshold, c);
}

/* dx += dy sigmoid(beta x), dy above the threshold */
void R(softplus_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(beta, c);
    LOCAL(threshold, c);
    R(attribute)(beta, k, "beta", c);
    R(attribute)(threshold, k, "threshold", c);
    R(add_shaped)(k, R(softplus_slope), beta, threshold, c);
}

static inline void R(softsign_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(t, c);
    R(set_si)(one, 1, c);
    R(abs)(t, x, c);
    R(add)(t, one, t, c);
    R(div)(y, x, t, c);
}

/* y = x / (1 + |x|) */
void R(softsign_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(softsign_of), c);
}

static inline void R(softsign_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(t, c);
    R(set_si)(one, 1, c);
    R(abs)(t, x, c);
    R(add)(t, one, t, c);
    R(div)(t, one, t, c);
    R(mul)(r, t, t, c);
}

/* dx += dy / (1 + |x|)^2 */
void R(softsign_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(softsign_slope), c);
}

/* x - tanh x; up to |x| = 1, where that cancels, (x cosh x - sinh x) / cosh x with the numerator as
 * sum of 2n x^(2n+1) / (2n+1)!, whose terms have one sign and shrink at least tenfold */
static inline void R(tanhshrink_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(t, c);
    LOCAL(sum, c);
    LOCAL(square, c);
    R(set_si)(one, 1, c);
    R(abs)(t, x, c);
    if (!R(less)(t, one)) {
        R(tanh)(t, x, c);
        R(sub)(y, x, t, c);
        return;
    }
    R(mul)(square, x, x, c);
    R(mul)(t, square, x, c);
    R(div_si)(t, t, 6, c); /* x^(2n+1) / (2n+1)! */
    for (long n = 1; n <= R(bits)(c) / 3 + 2 && !R(is_zero)(t); n++) {
        LOCAL(term, c);
        R(mul_si)(term, t, 2 * n, c);
        R(add)(sum, sum, term, c);
        R(mul)(t, t, square, c);
        R(div_si)(t, t, (2 * n + 2) * (2 * n + 3), c);
    }
    R(cosh)(t, x, c);
    R(div)(y, sum, t, c);
}

/* y = x - tanh x */
void R(tanhshrink_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(tanhshrink_of), c);
}

static inline void R(tanhshrink_slope)(R(element) * r, const R(element) * x, const R(context) * c)
{
    LOCAL(t, c);
    R(tanh)(t, x, c);
    R(mul)(r, t, t, c);
}

/* dx += dy tanh(x)^2 */
void R(tanhshrink_backward)(const R(call) * k, const R(context) * c)
{
    R(add_slopes)(k, R(tanhshrink_slope), c);
}

/* y = a sigmoid(b), where x = [a, b] along the axis */
void R(glu_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes to = lanes_along(&k->node->shape, k->node->axis),
                 from = lanes_along(k->shapes[0], k->node->axis);
    LOCAL(s, c);
    LOCAL(rest, c);
    for (size_t l = 0; l < to.count; l++)
        for (size_t j = 0; j < to.length; j++) {
            const R(element) *a = k->x[0] + lane_offset(&from, l) + j * (size_t)from.step;
            R(logistic)(s, rest, a + to.length * (size_t)from.step, c);
            R(mul)(k->y + lane_offset(&to, l) + j * (size_t)to.step, a, s, c);
        }
}

/* da += dy sigmoid(b), db += dy a sigmoid(b) sigmoid(-b) */
void R(glu_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes to = lanes_along(&k->node->shape, k->node->axis),
                 from = lanes_along(k->shapes[0], k->node->axis);
    LOCAL(s, c);
    LOCAL(rest, c);
    LOCAL(t, c);
    for (size_t l = 0; l < to.count; l++)
        for (size_t j = 0; j < to.length; j++) {
            const R(element) *dy = k->dy + lane_offset(&to, l) + j * (size_t)to.step;
            size_t a = lane_offset(&from, l) + j * (size_t)from.step, b = a + to.length * (size_t)from.step;
            R(logistic)(s, rest, k->x[0] + b, c);
            R(mul)(t, dy, s, c);
            R(add)(k->dx[0] + a, k->dx[0] + a, t, c);
            R(mul)(t, t, rest, c);
            R(mul)(t, t, k->x[0] + a, c);
            R(add)(k->dx[0] + b, k->dx[0] + b, t, c);
        }
}
