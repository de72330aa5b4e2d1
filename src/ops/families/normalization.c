/* Normalization of groups of elements to mean 0 and variance 1 (layer, batch, group, instance) or to a mean
 * square of 1 (rms). Scratch: two tensors of x's shape, and one number for each group. */
#include "ops/rules/normalization.h"
#include "ops/families/shared.h"

/* One call, while its groups are visited. */
struct visit {
    struct normalization shape;
    struct reduction split;
    bool centered; /* the mean is taken out first */
};

static struct visit visit_of(struct normalization shape, bool centered)
{
    return (struct visit){shape, reduction_of(&shape.split, shape.axes), centered};
}

static struct walk inside(const struct visit *v)
{
    return walk_over(&v->split.inner, 1, &v->split.inner_view);
}

/* d_i = x_i - mean. The mean of the differences, which the rounding of the first mean leaves, is taken out too:
 * beside an offset of 1e8 it would be a common error of all. d may be x. */
static void R(center)(R(element) * d, const R(element) * x, const struct visit *v, const R(context) * c)
{
    LOCAL(mean, c);
    for (int pass = 0; pass < 2; pass++, x = d) {
        SUM(sum, c);
        for (struct walk w = inside(v); walk_next(&w);)
            R(sum_add)(sum, x + w.offset[0], w.step[0], w.count, c);
        R(sum_get_mean)(mean, sum, v->shape.count, c);
        for (struct walk w = inside(v); walk_next(&w);)
            for (size_t i = 0; i < w.count; i++) {
                ptrdiff_t at = w.offset[0] + (ptrdiff_t)i * w.step[0];
                R(sub)(d + at, x + at, mean, c);
            }
    }
}

/* r = the mean of a_i b_i over a group */
static void R(mean_product)(R(element) * r, const R(element) * a, const R(element) * b, const struct visit *v,
                            const R(context) * c)
{
    SUM(sum, c);
    LOCAL(row, c);
    for (struct walk w = inside(v); walk_next(&w);) {
        R(dot)(row, a + w.offset[0], w.step[0], b + w.offset[0], w.step[0], w.count, c);
        R(sum_add)(sum, row, 0, 1, c);
    }
    R(sum_get_mean)(r, sum, v->shape.count, c);
}

/* z = (x - mean) / s with s = sqrt(variance + eps) for one group */
static void R(standardize_group)(R(element) * z, R(element) * s, const R(element) * x, const R(element) * eps,
                                 const struct visit *v, const R(context) * c)
{
    if (v->centered)
        R(center)(z, x, v, c);
    R(mean_product)(s, v->centered ? z : x, v->centered ? z : x, v, c);
    R(add)(s, s, eps, c);
    R(sqrt)(s, s, c);
    for (struct walk w = inside(v); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            ptrdiff_t at = w.offset[0] + (ptrdiff_t)i * w.step[0];
            R(div)(z + at, v->centered ? z + at : x + at, s, c);
        }
}

/* The same for all groups; s holds one number for each. */
static void R(standardize)(R(element) * z, R(element) * s, const R(call) * k, const struct visit *v,
                           const R(context) * c)
{
    LOCAL(eps, c);
    R(attribute)(eps, k, "eps", c);
    for (struct walk outer = walk_over(&v->split.outer, 1, &v->split.outer_view); walk_next(&outer);)
        for (size_t i = 0; i < outer.count; i++) {
            ptrdiff_t at = outer.offset[0] + (ptrdiff_t)i * outer.step[0];
            R(standardize_group)(z + at, s++, k->x[0] + at, eps, v, c);
        }
}

/* y = z gamma + beta */
static void R(scale_shift)(const R(call) * k, const R(element) * z, const struct shape *affine,
                           const R(context) * c)
{
    const struct shape *x = k->shapes[0];
    const struct view views[] = {view_of(x), view_expanded(affine, x)};
    const R(element) *gamma = k->node->arity > 1 ? k->x[1] : NULL, *beta = k->node->arity > 2 ? k->x[2] : NULL;
    for (struct walk w = walk_over(x, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            ptrdiff_t one = w.offset[1] + (ptrdiff_t)i * w.step[1];
            R(set)(k->y + at, z + at, c);
            if (gamma)
                R(mul)(k->y + at, k->y + at, gamma + one, c);
            if (beta)
                R(add)(k->y + at, k->y + at, beta + one, c);
        }
}

/* dgamma += sum of dy z, dbeta += sum of dy; then g = dy gamma, the gradient of z */
static void R(scale_shift_backward)(R(element) * g, const R(call) * k, const R(element) * z,
                                    const struct shape *affine, const R(context) * c)
{
    const struct shape *x = k->shapes[0];
    size_t n = shape_count(x), arity = k->node->arity;
    if (arity > 1 && k->dx[1]) {
        for (size_t i = 0; i < n; i++)
            R(mul)(g + i, k->dy + i, z + i, c);
        R(add_reduced)(k->dx[1], affine, g, x, c);
    }
    if (arity > 2 && k->dx[2])
        R(add_reduced)(k->dx[2], affine, k->dy, x, c);
    const struct view views[] = {view_of(x), view_expanded(affine, x)};
    for (struct walk w = walk_over(x, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            if (arity > 1)
                R(mul)(g + at, k->dy + at, k->x[1] + w.offset[1] + (ptrdiff_t)i * w.step[1], c);
            else
                R(set)(g + at, k->dy + at, c);
        }
}

/* dx += (g - mean g - z mean(g z)) / s for one group. Where z has no freedom but its sign (a group of two, or
 * of one that is not centered) that is g eps / s^3, in which nothing cancels. */
static void R(group_backward)(R(element) * dx, R(element) * g, const R(element) * z, const R(element) * s,
                              const R(element) * eps, const struct visit *v, const R(context) * c)
{
    bool rigid = v->shape.count == (v->centered ? 2 : 1);
    LOCAL(along, c);
    LOCAL(t, c);
    if (v->centered)
        R(center)(g, g, v, c);
    if (rigid) {
        R(mul)(along, s, s, c);
        R(div)(along, eps, along, c);
    } else {
        R(mean_product)(along, g, z, v, c);
    }
    for (struct walk w = inside(v); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            ptrdiff_t at = w.offset[0] + (ptrdiff_t)i * w.step[0];
            R(mul)(t, rigid ? g + at : z + at, along, c);
            if (!rigid)
                R(sub)(t, g + at, t, c);
            R(div)(t, t, s, c);
            R(add)(dx + at, dx + at, t, c);
        }
}

static void R(normalize)(const R(call) * k, struct normalization shape, bool centered, const R(context) * c)
{
    struct visit v = visit_of(shape, centered);
    R(standardize)(k->scratch, k->scratch + 2 * shape_count(k->shapes[0]), k, &v, c);
    R(scale_shift)(k, k->scratch, &v.shape.affine, c);
}

static void R(normalize_backward)(const R(call) * k, struct normalization shape, bool centered,
                                  const R(context) * c)
{
    struct visit v = visit_of(shape, centered);
    size_t n = shape_count(k->shapes[0]);
    R(element) *z = k->scratch, *g = z + n, *s = g + n;
    LOCAL(eps, c);
    R(attribute)(eps, k, "eps", c);
    R(standardize)(z, s, k, &v, c);
    R(scale_shift_backward)(g, k, z, &v.shape.affine, c);
    if (!k->dx[0])
        return;
    for (struct walk outer = walk_over(&v.split.outer, 1, &v.split.outer_view); walk_next(&outer);)
        for (size_t i = 0; i < outer.count; i++) {
            ptrdiff_t at = outer.offset[0] + (ptrdiff_t)i * outer.step[0];
            R(group_backward)(k->dx[0] + at, g + at, z + at, s++, eps, &v, c);
        }
}

/* y = (x - mean) / sqrt(variance + eps) gamma + beta over the last axes */
void R(layer_norm_forward)(const R(call) * k, const R(context) * c)
{
    R(normalize)(k, layer_groups(k->node, k->shapes[0]), true, c);
}

/* dx += (g - mean g - z mean(g z)) / s with g = dy gamma, dgamma += sum dy z, dbeta += sum dy */
void R(layer_norm_backward)(const R(call) * k, const R(context) * c)
{
    R(normalize_backward)(k, layer_groups(k->node, k->shapes[0]), true, c);
}

/* y = x / sqrt(mean(x^2) + eps) gamma over the last axes */
void R(rms_norm_forward)(const R(call) * k, const R(context) * c)
{
    R(normalize)(k, layer_groups(k->node, k->shapes[0]), false, c);
}

/* dx += (g - z mean(g z)) / s with g = dy gamma, dgamma += sum dy z */
void R(rms_norm_backward)(const R(call) * k, const R(context) * c)
{
    R(normalize_backward)(k, layer_groups(k->node, k->shapes[0]), false, c);
}

/* y over `groups` runs of channels of each sample */
void R(group_norm_forward)(const R(call) * k, const R(context) * c)
{
    R(normalize)(k, channel_groups(k->node, k->shapes[0]), true, c);
}

/* as layer_norm, for each group */
void R(group_norm_backward)(const R(call) * k, const R(context) * c)
{
    R(normalize_backward)(k, channel_groups(k->node, k->shapes[0]), true, c);
}

/* y over each channel of each sample */
void R(instance_norm_forward)(const R(call) * k, const R(context) * c)
{
    R(normalize)(k, channel_groups(k->node, k->shapes[0]), true, c);
}

/* as layer_norm, for each channel of each sample */
void R(instance_norm_backward)(const R(call) * k, const R(context) * c)
{
    R(normalize_backward)(k, channel_groups(k->node, k->shapes[0]), true, c);
}

/* z = (x - mean) / s with s = sqrt(var + eps), both given for each channel */
static void R(standardize_given)(R(element) * z, R(element) * s, const R(call) * k, const struct shape *affine,
                                 const R(context) * c)
{
    const struct shape *x = k->shapes[0];
    const struct view views[] = {view_of(x), view_expanded(affine, x)};
    LOCAL(eps, c);
    R(attribute)(eps, k, "eps", c);
    for (size_t i = 0; i < shape_count(affine); i++) {
        R(add)(s + i, k->x[4] + i, eps, c);
        R(sqrt)(s + i, s + i, c);
    }
    for (struct walk w = walk_over(x, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            ptrdiff_t channel = w.offset[1] + (ptrdiff_t)i * w.step[1];
            R(sub)(z + at, k->x[0] + at, k->x[3] + channel, c);
            R(div)(z + at, z + at, s + channel, c);
        }
}

/* t = t z / s where `weighted`, else t / s; s of each channel */
static void R(over_deviation)(R(element) * t, const R(element) * z, const R(element) * s, bool weighted,
                              const R(call) * k, const struct shape *affine, const R(context) * c)
{
    const struct shape *x = k->shapes[0];
    const struct view views[] = {view_of(x), view_expanded(affine, x)};
    for (struct walk w = walk_over(x, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            if (weighted)
                R(mul)(t + at, t + at, z + at, c);
            R(div)(t + at, t + at, s + w.offset[1] + (ptrdiff_t)i * w.step[1], c);
        }
}

/* dx += g / s, dmean -= sum g / s, dvar -= sum g z / s^2 / 2 with g = dy gamma */
static void R(given_backward)(const R(call) * k, const struct shape *affine, const R(context) * c)
{
    const struct shape *x = k->shapes[0];
    size_t n = shape_count(x);
    R(element) *z = k->scratch, *t = z + n, *s = t + n;
    R(standardize_given)(z, s, k, affine, c);
    R(scale_shift_backward)(t, k, z, affine, c);
    R(over_deviation)(t, z, s, false, k, affine, c);
    if (k->dx[0])
        R(add_reduced)(k->dx[0], x, t, x, c);
    for (size_t i = 0; i < n; i++)
        R(neg)(t + i, t + i, c);
    if (k->dx[3])
        R(add_reduced)(k->dx[3], affine, t, x, c);
    R(over_deviation)(t, z, s, true, k, affine, c);
    for (size_t i = 0; i < n; i++)
        R(scale)(t + i, t + i, -1, c);
    if (k->dx[4])
        R(add_reduced)(k->dx[4], affine, t, x, c);
}

/* y = (x - mean) / sqrt(variance + eps) gamma + beta, statistics of each channel or given ones */
void R(batch_norm_forward)(const R(call) * k, const R(context) * c)
{
    struct normalization shape = batch_groups(k->node, k->shapes[0]);
    if (node_attribute(k->node, "training")->integer) {
        R(normalize)(k, shape, true, c);
        return;
    }
    R(standardize_given)(k->scratch, k->scratch + 2 * shape_count(k->shapes[0]), k, &shape.affine, c);
    R(scale_shift)(k, k->scratch, &shape.affine, c);
}

/* as layer_norm, for each channel; with given statistics dx += dy gamma / s */
void R(batch_norm_backward)(const R(call) * k, const R(context) * c)
{
    struct normalization shape = batch_groups(k->node, k->shapes[0]);
    if (node_attribute(k->node, "training")->integer)
        R(normalize_backward)(k, shape, true, c);
    else
        R(given_backward)(k, &shape.affine, c);
}
