/* Losses of rows of classes, (N, C) or (C), against labels or rows of weights (one-hot, soft). */
#include "ops/families/losses.h"
#include "ops/families/softmax.h"

static size_t R(classes)(const R(call) * k)
{
    return k->shapes[0]->dim[k->shapes[0]->rank - 1];
}

static size_t R(samples)(const R(call) * k)
{
    return shape_count(k->shapes[0]) / R(classes)(k);
}

/* r = -log p_label, or -sum t log p; a weight of 0 silences an infinite logarithm */
static void R(cross_entropy_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    size_t n = R(classes)(k);
    const R(element) *p = k->x[0] + i * n, *t = k->x[1] ? k->x[1] + i * n : NULL;
    if (!t) {
        R(log)(r, p + k->integers[1][i], c);
        R(neg)(r, r, c);
        return;
    }
    SUM(sum, c);
    LOCAL(term, c);
    for (size_t j = 0; j < n; j++)
        if (!R(is_zero)(t + j)) {
            R(log)(term, p + j, c);
            R(mul)(term, term, t + j, c);
            R(sum_add)(sum, term, 0, 1, c);
        }
    R(sum_get)(r, sum, c);
    R(neg)(r, r, c);
}

/* y = mean of -log p_label */
void R(cross_entropy_error_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(samples)(k), R(cross_entropy_item), c);
}

/* dp_j -= dy t_j / p_j */
static void R(cross_entropy_to_p)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k), samples = R(samples)(k), step;
    LOCAL(g, c);
    LOCAL(d, c);
    const R(element) *dy = R(upstream)(g, &step, k, samples, c);
    for (size_t i = 0; i < samples; i++) {
        const R(element) *p = k->x[0] + i * n, *t = k->x[1] ? k->x[1] + i * n : NULL;
        R(element) *dp = k->dx[0] + i * n;
        size_t label = t ? 0 : (size_t)k->integers[1][i];
        for (size_t j = 0; j < n; j++)
            if (t ? !R(is_zero)(t + j) : j == label) {
                R(div)(d, dy + i * step, p + j, c);
                if (t)
                    R(mul)(d, d, t + j, c);
                R(sub)(dp + j, dp + j, d, c);
            }
    }
}

/* dt_j -= dy log p_j */
static void R(cross_entropy_to_t)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k), samples = R(samples)(k), step;
    LOCAL(g, c);
    LOCAL(d, c);
    const R(element) *dy = R(upstream)(g, &step, k, samples, c);
    for (size_t i = 0; i < samples; i++)
        for (size_t j = i * n; j < (i + 1) * n; j++) {
            R(log)(d, k->x[0] + j, c);
            R(mul)(d, d, dy + i * step, c);
            R(sub)(k->dx[1] + j, k->dx[1] + j, d, c);
        }
}

/* dp_j -= dy t_j / (p_j N), dt_j -= dy log p_j / N */
void R(cross_entropy_error_backward)(const R(call) * k, const R(context) * c)
{
    if (k->dx[0])
        R(cross_entropy_to_p)(k, c);
    if (k->dx[1])
        R(cross_entropy_to_t)(k, c);
}

/* r = -logp_label */
static void R(nll_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(neg)(r, k->x[0] + i * R(classes)(k) + k->integers[1][i], c);
}

/* y = mean of -logp_label */
void R(nll_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(samples)(k), R(nll_item), c);
}

/* dlogp_label -= dy / N */
void R(nll_loss_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k), samples = R(samples)(k), step;
    LOCAL(g, c);
    const R(element) *dy = R(upstream)(g, &step, k, samples, c);
    for (size_t i = 0; i < samples; i++) {
        R(element) *dx = k->dx[0] + i * n + k->integers[1][i];
        R(sub)(dx, dx, dy + i * step, c);
    }
}

/* r = log(1 + others) - (x_label - x_m): two terms of one sign; for weights the sum of t_j times that */
static void R(softmax_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    size_t n = R(classes)(k);
    const R(element) *x = k->x[0] + i * n, *t = k->x[1] ? k->x[1] + i * n : NULL;
    LOCAL(log_sum, c);
    LOCAL(term, c);
    size_t m = R(shifted_exponentials)(k->scratch, log_sum, x, 1, n, c);
    R(log1p)(log_sum, log_sum, c);
    if (!t) {
        R(sub)(r, x + k->integers[1][i], x + m, c);
        R(sub)(r, log_sum, r, c);
        return;
    }
    SUM(sum, c);
    for (size_t j = 0; j < n; j++)
        if (!R(is_zero)(t + j)) { /* 0 silences the infinite loss of a class at -inf */
            R(sub)(term, x + j, x + m, c);
            R(sub)(term, log_sum, term, c);
            R(mul)(term, term, t + j, c);
            R(sum_add)(sum, term, 0, 1, c);
        }
    R(sum_get)(r, sum, c);
}

/* y = mean of -log softmax(x)_label */
void R(softmax_cross_entropy_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(samples)(k), R(softmax_item), c);
}

/* A row against a label: dx_j += dy p_j, and dx_label -= dy (sum of the other p): p - 1 without cancelling */
static void R(softmax_row_label)(R(element) * dx, const R(element) * dy, const R(element) * x, size_t label,
                                 const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k);
    R(element) *e = k->scratch;
    LOCAL(total, c);
    LOCAL(one, c);
    LOCAL(d, c);
    R(set_si)(one, 1, c);
    R(shifted_exponentials)(e, total, x, 1, n, c);
    R(add)(total, one, total, c);
    R(sum_without)(d, e, 1, n, label, c);
    R(neg)(e + label, d, c);
    for (size_t j = 0; j < n; j++) {
        R(div)(d, e + j, total, c);
        R(mul)(d, d, dy, c);
        R(add)(dx + j, dx + j, d, c);
    }
}

/* A row against weights: dx_j += dy (p_j sum(t) - t_j); for the largest, whose p may be nearly 1, as
 * (sum of the other t - t_m others) / (1 + others) */
static void R(softmax_row_weights)(R(element) * dx, const R(element) * dy, const R(element) * x,
                                   const R(element) * t, const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k);
    R(element) *e = k->scratch;
    LOCAL(others, c);
    LOCAL(total, c);
    LOCAL(rest, c); /* of t, without t_m */
    LOCAL(sum, c);  /* of t */
    LOCAL(d, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    size_t m = R(shifted_exponentials)(e, others, x, 1, n, c);
    R(add)(total, one, others, c);
    R(sum_without)(rest, t, 1, n, m, c);
    R(add)(sum, rest, t + m, c);
    for (size_t j = 0; j < n; j++) {
        if (j == m) {
            R(mul)(d, t + m, others, c);
            R(sub)(d, rest, d, c);
            R(div)(d, d, total, c);
        } else {
            R(div)(d, e + j, total, c);
            R(mul)(d, d, sum, c);
            R(sub)(d, d, t + j, c);
        }
        R(mul)(d, d, dy, c);
        R(add)(dx + j, dx + j, d, c);
    }
}

/* dt_j += dy (log(1 + others) - (x_j - x_m)) */
static void R(softmax_to_t)(R(element) * dt, const R(element) * dy, const R(element) * x, const R(call) * k,
                            const R(context) * c)
{
    size_t n = R(classes)(k);
    LOCAL(log_sum, c);
    LOCAL(d, c);
    size_t m = R(shifted_exponentials)(k->scratch, log_sum, x, 1, n, c);
    R(log1p)(log_sum, log_sum, c);
    for (size_t j = 0; j < n; j++) {
        R(sub)(d, x + j, x + m, c);
        R(sub)(d, log_sum, d, c);
        R(mul)(d, d, dy, c);
        R(add)(dt + j, dt + j, d, c);
    }
}

/* dx_j += dy (softmax(x)_j - [j = label]) / N, dt_j -= dy log softmax(x)_j / N */
void R(softmax_cross_entropy_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k), samples = R(samples)(k), step;
    LOCAL(g, c);
    const R(element) *dy = R(upstream)(g, &step, k, samples, c), *x = k->x[0], *t = k->x[1];
    for (size_t i = 0; i < samples && k->dx[0]; i++)
        if (t)
            R(softmax_row_weights)(k->dx[0] + i * n, dy + i * step, x + i * n, t + i * n, k, c);
        else
            R(softmax_row_label)(k->dx[0] + i * n, dy + i * step, x + i * n, (size_t)k->integers[1][i], k, c);
    for (size_t i = 0; i < samples && k->dx[1]; i++)
        R(softmax_to_t)(k->dx[1] + i * n, dy + i * step, x + i * n, k, c);
}

/* z = s_j - s_label + margin, and whether it is above 0: a decision; NaN counts, so that it is seen */
static bool R(violates)(R(element) * z, const R(element) * s, const R(element) * label,
                        const R(element) * margin, const R(context) * c)
{
    R(sub)(z, s, label, c);
    R(add)(z, z, margin, c);
    LOCAL(zero, c);
    return R(compare)(z, zero, c) > 0 || R(is_nan)(z);
}

/* r = sum over the other classes of max(0, s_j - s_label + margin) */
static void R(hinge_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    size_t n = R(classes)(k), label = (size_t)k->integers[1][i];
    const R(element) *s = k->x[0] + i * n;
    SUM(sum, c);
    LOCAL(z, c);
    LOCAL(margin, c);
    R(attribute)(margin, k, "margin", c);
    for (size_t j = 0; j < n; j++)
        if (j != label && R(violates)(z, s + j, s + label, margin, c))
            R(sum_add)(sum, z, 0, 1, c);
    R(sum_get)(r, sum, c);
}

/* y = mean of sum max(0, s_j - s_label + margin) */
void R(hinge_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(samples)(k), R(hinge_item), c);
}

/* ds_j += dy for every class inside the margin, ds_label -= dy times their number */
void R(hinge_loss_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k), samples = R(samples)(k), step;
    LOCAL(g, c);
    LOCAL(z, c);
    LOCAL(margin, c);
    R(attribute)(margin, k, "margin", c);
    const R(element) *dy = R(upstream)(g, &step, k, samples, c);
    for (size_t i = 0; i < samples; i++) {
        size_t label = (size_t)k->integers[1][i];
        const R(element) *s = k->x[0] + i * n;
        R(element) *ds = k->dx[0] + i * n;
        long violations = 0;
        for (size_t j = 0; j < n; j++)
            if (j != label && R(violates)(z, s + j, s + label, margin, c)) {
                R(add)(ds + j, ds + j, dy + i * step, c);
                violations++;
            }
        R(mul_si)(z, dy + i * step, violations, c);
        R(sub)(ds + label, ds + label, z, c);
    }
}
