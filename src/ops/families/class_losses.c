/* Losses of rows of classes, (N, C) or (C): cross entropy of probabilities, and the hinge of many classes. */
#include "ops/families/losses.h"

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
