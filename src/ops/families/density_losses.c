/* Losses that are negative log likelihoods or divergences of distributions, one element at a time. */
#include "ops/families/losses.h"

/* r = t (log t - x), 0 for t = 0; with log_target e^t (t - x) */
static inline void R(kl_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *x = k->x[0] + i, *t = k->x[1] + i;
    LOCAL(weight, c);
    R(set)(weight, t, c);
    R(set)(r, t, c);
    if (node_attribute(k->node, "log_target")->integer)
        R(exp)(weight, t, c);
    else if (!R(is_zero)(t))
        R(log)(r, t, c);
    if (R(is_zero)(weight)) { /* no weight silences an infinite logarithm */
        R(set_si)(r, 0, c);
        return;
    }
    R(sub)(r, r, x, c);
    R(mul)(r, r, weight, c);
}

/* y = mean of t (log t - x) */
void R(kl_div_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, shape_count(k->shapes[0]), R(kl_item), c);
}

static inline void R(kl_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    if (node_attribute(k->node, "log_target")->integer)
        R(exp)(r, k->x[1] + i, c);
    else
        R(set)(r, k->x[1] + i, c);
    R(neg)(r, r, c);
}

/* log t - x + 1; with log_target e^t (t - x + 1) */
static inline void R(kl_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *x = k->x[0] + i, *t = k->x[1] + i;
    bool log_target = node_attribute(k->node, "log_target")->integer;
    LOCAL(one, c);
    LOCAL(weight, c);
    R(set_si)(one, 1, c);
    if (log_target)
        R(set)(r, t, c);
    else
        R(log)(r, t, c);
    R(sub)(r, r, x, c);
    R(add)(r, r, one, c);
    if (log_target) {
        R(exp)(weight, t, c);
        R(mul)(r, r, weight, c);
    }
}

/* dx -= dy t / n, dt += dy (log t - x + 1) / n */
void R(kl_div_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(kl_to_x), c);
    R(loss_backward)(k, 1, R(kl_to_t), c);
}

static bool R(is_full)(const R(call) * k)
{
    return node_attribute(k->node, "full")->integer;
}

/* r = log(2 pi) / 2, or log(2 pi t) / 2 */
static void R(half_log)(R(element) * r, const R(element) * t, const R(context) * c)
{
    R(set_pi)(r, c);
    R(scale)(r, r, 1, c);
    if (t)
        R(mul)(r, r, t, c);
    R(log)(r, r, c);
    R(scale)(r, r, -1, c);
}

static bool R(takes_log)(const R(call) * k)
{
    return node_attribute(k->node, "log_input")->integer;
}

/* r = log(x + eps), or x itself where it is the logarithm of the rate */
static inline void R(log_rate)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(set)(r, k->x[0] + i, c);
    if (R(takes_log)(k))
        return;
    LOCAL(eps, c);
    R(attribute)(eps, k, "eps", c);
    R(add)(r, r, eps, c);
    R(log)(r, r, c);
}

/* Whether Stirling's formula for log t! counts: for t > 1, a decision */
static bool R(counts_factorial)(const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    return R(is_full)(k) && R(compare)(k->x[1] + i, one, c) > 0;
}

/* r = rate - t log rate; full: + t log t - t + log(2 pi t) / 2 for t > 1 */
static inline void R(poisson_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(rate, c);
    R(set)(rate, k->x[0] + i, c);
    if (R(takes_log)(k))
        R(exp)(rate, rate, c);
    R(log_rate)(r, k, i, c);
    R(mul)(r, r, k->x[1] + i, c);
    R(sub)(r, rate, r, c);
    if (!R(counts_factorial)(k, i, c))
        return;
    const R(element) *t = k->x[1] + i;
    R(log)(rate, t, c);
    R(mul)(rate, rate, t, c);
    R(sub)(rate, rate, t, c);
    R(add)(r, r, rate, c);
    R(half_log)(rate, t, c);
    R(add)(r, r, rate, c);
}

/* y = mean of e^x - t x, or of x - t log(x + eps) */
void R(poisson_nll_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, shape_count(k->shapes[0]), R(poisson_item), c);
}

/* e^x - t, or ((x - t) + eps) / (x + eps) */
static inline void R(poisson_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    const R(element) *x = k->x[0] + i, *t = k->x[1] + i;
    LOCAL(eps, c);
    LOCAL(rate, c);
    if (R(takes_log)(k)) {
        R(exp)(r, x, c);
        R(sub)(r, r, t, c);
        return;
    }
    R(attribute)(eps, k, "eps", c);
    R(add)(rate, x, eps, c);
    R(sub)(r, x, t, c);
    R(add)(r, r, eps, c);
    R(div)(r, r, rate, c);
}

static inline void R(poisson_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(log_rate)(r, k, i, c);
    R(neg)(r, r, c);
    if (!R(counts_factorial)(k, i, c))
        return;
    LOCAL(u, c);
    LOCAL(half, c);
    R(log)(u, k->x[1] + i, c);
    R(add)(r, r, u, c);
    R(set_double)(half, 0.5, c);
    R(div)(u, half, k->x[1] + i, c);
    R(add)(r, r, u, c);
}

/* dx += dy (e^x - t) / n, dt -= dy x / n */
void R(poisson_nll_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(poisson_to_x), c);
    R(loss_backward)(k, 1, R(poisson_to_t), c);
}

/* v = max(var, eps), d = x - t; whether v is var: a decision */
static inline bool R(gaussian_parts)(R(element) * v, R(element) * d, const R(call) * k, size_t i,
                                     const R(context) * c)
{
    const R(element) *var = k->x[2] + i;
    R(attribute)(v, k, "eps", c);
    bool own = R(compare)(var, v, c) > 0 || R(is_nan)(var);
    if (own)
        R(set)(v, var, c);
    R(sub)(d, k->x[0] + i, k->x[1] + i, c);
    return own;
}

/* r = (log v + d^2 / v) / 2 */
static inline void R(gaussian_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(v, c);
    LOCAL(d, c);
    R(gaussian_parts)(v, d, k, i, c);
    R(div)(r, d, v, c);
    R(mul)(r, r, d, c);
    R(log)(v, v, c);
    R(add)(r, r, v, c);
    R(scale)(r, r, -1, c);
    if (R(is_full)(k)) {
        R(half_log)(v, NULL, c);
        R(add)(r, r, v, c);
    }
}

/* y = mean of (log var + (x - t)^2 / var) / 2 */
void R(gaussian_nll_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, shape_count(k->shapes[0]), R(gaussian_item), c);
}

static inline void R(gaussian_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(v, c);
    R(gaussian_parts)(v, r, k, i, c);
    R(div)(r, r, v, c);
}

static inline void R(gaussian_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(gaussian_to_x)(r, k, i, c);
    R(neg)(r, r, c);
}

/* (1 - d^2 / v) / (2 v), 0 for var <= eps */
static inline void R(gaussian_to_var)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(v, c);
    LOCAL(d, c);
    bool own = R(gaussian_parts)(v, d, k, i, c);
    R(set_si)(r, 0, c);
    if (!own)
        return;
    R(div)(r, d, v, c);
    R(mul)(r, r, d, c);
    R(one_minus)(r, r, c);
    R(div)(r, r, v, c);
    R(scale)(r, r, -1, c);
}

/* dx += dy (x - t) / var / n, dt -= the same, dvar += dy (1 - (x - t)^2 / var) / (2 var) / n */
void R(gaussian_nll_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(gaussian_to_x), c);
    R(loss_backward)(k, 1, R(gaussian_to_t), c);
    R(loss_backward)(k, 2, R(gaussian_to_var), c);
}
