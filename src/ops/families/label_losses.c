/* Log likelihood of labels: nll_loss and softmax_cross_entropy, with class weights, ignored labels and
 * smoothing. */
#include "ops/families/losses.h"
#include "ops/families/softmax.h"

static const R(element) * R(class_weights)(const R(call) * k)
{
    return k->node->arity > 2 ? k->x[2] : NULL;
}

static bool R(left_out)(const R(call) * k, size_t i)
{
    return !k->x[1] && label_ignored(k->node, k->integers[1][i]);
}

/* r = what the sum of the losses is divided by: the samples, without the ignored ones; with class weights and
 * labels, the sum of the labels' weights. 1 where no mean is taken. */
static void R(weight_of_all)(R(element) * r, const R(call) * k, const R(context) * c)
{
    const R(element) *w = R(class_weights)(k);
    size_t samples = R(samples)(k), kept = 0;
    SUM(sum, c);
    for (size_t i = 0; i < samples; i++) {
        if (R(left_out)(k, i))
            continue;
        kept++;
        if (w && !k->x[1])
            R(sum_add)(sum, w + k->integers[1][i], 0, 1, c);
    }
    if (node_attribute(k->node, "reduction")->integer != REDUCTION_MEAN)
        R(set_si)(r, 1, c);
    else if (w && !k->x[1])
        R(sum_get)(r, sum, c);
    else
        R(set_si)(r, (long)kept, c);
}

/* y = the losses of the samples that are not ignored, reduced */
static inline void R(reduce_samples)(const R(call) * k, R(item_loss) * loss, const R(context) * c)
{
    long reduction = node_attribute(k->node, "reduction")->integer;
    size_t samples = R(samples)(k), kept = 0;
    SUM(sum, c);
    LOCAL(t, c);
    for (size_t i = 0; i < samples; i++) {
        R(set_si)(t, 0, c);
        if (!R(left_out)(k, i)) {
            loss(t, k, i, c);
            kept++;
        }
        if (reduction == REDUCTION_NONE)
            R(set)(k->y + i, t, c);
        else
            R(sum_add)(sum, t, 0, 1, c);
    }
    if (reduction == REDUCTION_NONE)
        return;
    if (reduction == REDUCTION_MEAN && !(R(class_weights)(k) && !k->x[1])) {
        R(sum_get_mean)(k->y, sum, kept, c);
        return;
    }
    R(sum_get)(k->y, sum, c);
    R(weight_of_all)(t, k, c);
    R(div)(k->y, k->y, t, c);
}

/* The upstream gradient of sample i's loss is the result[i step]. `g` is room for one number. */
static const R(element) *
    R(upstream_sample)(R(element) * g, size_t *step, const R(call) * k, const R(context) * c)
{
    *step = node_attribute(k->node, "reduction")->integer == REDUCTION_NONE;
    if (*step)
        return k->dy;
    R(weight_of_all)(g, k, c);
    R(div)(g, k->dy, g, c);
    return g;
}

/* Whether the mean's divisor depends on the class weights. */
static bool R(weighted_mean)(const R(call) * k)
{
    return !k->x[1] && node_attribute(k->node, "reduction")->integer == REDUCTION_MEAN;
}

/* r = -w_label logp_label */
static void R(nll_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    int64_t label = k->integers[1][i];
    R(neg)(r, k->x[0] + i * R(classes)(k) + label, c);
    if (R(class_weights)(k))
        R(mul)(r, r, R(class_weights)(k) + label, c);
}

/* y = mean of -w_label logp_label */
void R(nll_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce_samples)(k, R(nll_item), c);
}

/* dw_j -= sum over the samples with label j of dy (logp_j + y): y only in a mean, whose divisor is made of w */
static void R(nll_to_w)(const R(call) * k, const R(element) * dy, size_t step, const R(context) * c)
{
    LOCAL(t, c);
    for (size_t j = 0; j < R(classes)(k); j++) {
        SUM(sum, c);
        for (size_t i = 0; i < R(samples)(k); i++) {
            if (R(left_out)(k, i) || (size_t)k->integers[1][i] != j)
                continue;
            R(set)(t, k->x[0] + i * R(classes)(k) + j, c);
            if (R(weighted_mean)(k))
                R(add)(t, t, k->y, c);
            R(mul)(t, t, dy + i * step, c);
            R(sum_add)(sum, t, 0, 1, c);
        }
        R(sum_get)(t, sum, c);
        R(sub)(k->dx[2] + j, k->dx[2] + j, t, c);
    }
}

/* dlogp_label -= dy w_label / N */
void R(nll_loss_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k), step;
    LOCAL(g, c);
    LOCAL(t, c);
    const R(element) *dy = R(upstream_sample)(g, &step, k, c);
    for (size_t i = 0; i < R(samples)(k) && k->dx[0]; i++) {
        if (R(left_out)(k, i))
            continue;
        R(element) *dx = k->dx[0] + i * n + k->integers[1][i];
        R(set)(t, dy + i * step, c);
        if (R(class_weights)(k))
            R(mul)(t, t, R(class_weights)(k) + k->integers[1][i], c);
        R(sub)(dx, dx, t, c);
    }
    if (R(class_weights)(k) && k->dx[2])
        R(nll_to_w)(k, dy, step, c);
}

/* A share of class j in the target of sample i without its weight: (1 - s) t_j + s / C */
static void R(share)(R(element) * r, const R(call) * k, size_t i, size_t j, const R(context) * c)
{
    size_t n = R(classes)(k);
    LOCAL(smoothing, c);
    R(attribute)(smoothing, k, "label_smoothing", c);
    if (k->x[1])
        R(set)(r, k->x[1] + i * n + j, c);
    else
        R(set_si)(r, (size_t)k->integers[1][i] == j, c);
    if (R(is_zero)(smoothing))
        return;
    LOCAL(t, c);
    R(one_minus)(t, smoothing, c);
    R(mul)(r, r, t, c);
    R(div_si)(t, smoothing, (long)n, c);
    R(add)(r, r, t, c);
}

/* The targets u_j = w_j share_j of sample i, in the second row of scratch. */
static const R(element) * R(targets)(const R(call) * k, size_t i, const R(context) * c)
{
    size_t n = R(classes)(k);
    R(element) *u = k->scratch + n;
    for (size_t j = 0; j < n; j++) {
        R(share)(u + j, k, i, j, c);
        if (R(class_weights)(k))
            R(mul)(u + j, u + j, R(class_weights)(k) + j, c);
    }
    return u;
}

/* r = sum u_j (log(1 + others) - (x_j - x_m)): terms of one sign; a weight of 0 silences an infinite one */
static void R(softmax_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    size_t n = R(classes)(k);
    const R(element) *x = k->x[0] + i * n, *u = R(targets)(k, i, c);
    LOCAL(log_sum, c);
    LOCAL(term, c);
    size_t m = R(shifted_exponentials)(k->scratch, log_sum, x, 1, n, c);
    R(log1p)(log_sum, log_sum, c);
    SUM(sum, c);
    for (size_t j = 0; j < n; j++)
        if (!R(is_zero)(u + j)) {
            R(sub)(term, x + j, x + m, c);
            R(sub)(term, log_sum, term, c);
            R(mul)(term, term, u + j, c);
            R(sum_add)(sum, term, 0, 1, c);
        }
    R(sum_get)(r, sum, c);
}

/* y = mean of -log softmax(x)_label */
void R(softmax_cross_entropy_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce_samples)(k, R(softmax_item), c);
}

/* A label alone: dx_j += dy p_j, and dx_label -= dy (sum of the other p): p - 1 without cancelling */
static void R(row_label)(R(element) * dx, const R(element) * dy, const R(element) * x, size_t label,
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

/* Targets u: dx_j += dy (p_j sum(u) - u_j); for the largest, whose p may be nearly 1, as
 * (sum of the other u - u_m others) / (1 + others) */
static void R(row_targets)(R(element) * dx, const R(element) * dy, const R(element) * x, const R(element) * u,
                           const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k);
    R(element) *e = k->scratch;
    LOCAL(others, c);
    LOCAL(total, c);
    LOCAL(rest, c); /* of u, without u_m */
    LOCAL(sum, c);  /* of u */
    LOCAL(d, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    size_t m = R(shifted_exponentials)(e, others, x, 1, n, c);
    R(add)(total, one, others, c);
    R(sum_without)(rest, u, 1, n, m, c);
    R(add)(sum, rest, u + m, c);
    for (size_t j = 0; j < n; j++) {
        if (j == m) {
            R(mul)(d, u + m, others, c);
            R(sub)(d, rest, d, c);
            R(div)(d, d, total, c);
        } else {
            R(div)(d, e + j, total, c);
            R(mul)(d, d, sum, c);
            R(sub)(d, d, u + j, c);
        }
        R(mul)(d, d, dy, c);
        R(add)(dx + j, dx + j, d, c);
    }
}

/* The numbers of sample i that -log softmax(x)_j = log_sum - (x_j - largest) is made of, behind the rows of
 * scratch. */
static R(element) * R(kept_logs)(const R(call) * k, size_t i)
{
    return k->scratch + 2 * R(classes)(k) + 2 * i;
}

static void R(keep_logs)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k);
    for (size_t i = 0; i < R(samples)(k); i++) {
        R(element) *logs = R(kept_logs)(k, i);
        const R(element) *x = k->x[0] + i * n;
        size_t m = R(shifted_exponentials)(k->scratch, logs, x, 1, n, c);
        R(log1p)(logs, logs, c);
        R(set)(logs + 1, x + m, c);
    }
}

/* r = -log softmax(x)_j of sample i */
static void R(cost)(R(element) * r, const R(call) * k, size_t i, size_t j, const R(context) * c)
{
    const R(element) *logs = R(kept_logs)(k, i);
    R(sub)(r, k->x[0] + i * R(classes)(k) + j, logs + 1, c);
    R(sub)(r, logs, r, c);
}

/* dt_j += dy (1 - s) w_j cost_j */
static void R(softmax_to_t)(const R(call) * k, const R(element) * dy, size_t step, const R(context) * c)
{
    size_t n = R(classes)(k);
    LOCAL(keep, c);
    LOCAL(d, c);
    R(attribute)(keep, k, "label_smoothing", c);
    R(one_minus)(keep, keep, c);
    for (size_t i = 0; i < R(samples)(k); i++)
        for (size_t j = 0; j < n; j++) {
            R(cost)(d, k, i, j, c);
            R(mul)(d, d, keep, c);
            if (R(class_weights)(k))
                R(mul)(d, d, R(class_weights)(k) + j, c);
            R(mul)(d, d, dy + i * step, c);
            R(add)(k->dx[1] + i * n + j, k->dx[1] + i * n + j, d, c);
        }
}

/* dw_j += sum of dy share_j cost_j; less dy y for a sample with label j in a mean, whose divisor is made of w
 */
static void R(softmax_to_w)(const R(call) * k, const R(element) * dy, size_t step, const R(context) * c)
{
    LOCAL(share, c);
    LOCAL(t, c);
    for (size_t j = 0; j < R(classes)(k); j++) {
        SUM(sum, c);
        for (size_t i = 0; i < R(samples)(k); i++) {
            if (R(left_out)(k, i))
                continue;
            R(share)(share, k, i, j, c);
            R(set_si)(t, 0, c);
            if (!R(is_zero)(share)) {
                R(cost)(t, k, i, j, c);
                R(mul)(t, t, share, c);
            }
            if (R(weighted_mean)(k) && (size_t)k->integers[1][i] == j)
                R(sub)(t, t, k->y, c);
            R(mul)(t, t, dy + i * step, c);
            R(sum_add)(sum, t, 0, 1, c);
        }
        R(sum_get)(t, sum, c);
        R(add)(k->dx[2] + j, k->dx[2] + j, t, c);
    }
}

/* dx_j += dy (softmax(x)_j sum(u) - u_j) / N, dt_j -= dy log softmax(x)_j / N */
void R(softmax_cross_entropy_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = R(classes)(k), step;
    LOCAL(g, c);
    LOCAL(smoothing, c);
    R(attribute)(smoothing, k, "label_smoothing", c);
    bool plain = !k->x[1] && !R(class_weights)(k) && R(is_zero)(smoothing);
    const R(element) *dy = R(upstream_sample)(g, &step, k, c);
    for (size_t i = 0; i < R(samples)(k) && k->dx[0]; i++) {
        const R(element) *x = k->x[0] + i * n;
        if (R(left_out)(k, i))
            continue;
        if (plain)
            R(row_label)(k->dx[0] + i * n, dy + i * step, x, (size_t)k->integers[1][i], k, c);
        else
            R(row_targets)(k->dx[0] + i * n, dy + i * step, x, R(targets)(k, i, c), k, c);
    }
    R(keep_logs)(k, c);
    if (k->dx[1])
        R(softmax_to_t)(k, dy, step, c);
    if (R(class_weights)(k) && k->dx[2])
        R(softmax_to_w)(k, dy, step, c);
}
