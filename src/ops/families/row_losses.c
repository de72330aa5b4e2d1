/* Similarity and distance of rows: cosine similarity and its loss, the triplet loss. */
#include "ops/families/losses.h"
#include "ops/families/slice_norm.h"

/* u = x / max(|x|, eps) and the divisor; whether that is |x|: a decision */
static bool R(unit)(R(element) * u, R(element) * divisor, const R(element) * x, const R(element) * eps,
                    const struct lanes *lanes, const R(context) * c)
{
    bool own = R(divisor)(divisor, u, x, eps, lanes, c);
    for (size_t j = 0; j < lanes->length; j++)
        R(div)(u + j, x + (ptrdiff_t)j * lanes->step, divisor, c);
    return own;
}

/* y = u w for u = x1 / max(|x1|, eps), w = x2 / max(|x2|, eps) */
void R(cosine_similarity_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    R(element) *u = k->scratch, *w = u + lanes.length;
    LOCAL(eps, c);
    LOCAL(divisor, c);
    R(attribute)(eps, k, "eps", c);
    for (size_t l = 0; l < lanes.count; l++) {
        R(unit)(u, divisor, k->x[0] + lane_offset(&lanes, l), eps, &lanes, c);
        R(unit)(w, divisor, k->x[1] + lane_offset(&lanes, l), eps, &lanes, c);
        R(dot)(k->y + l, u, 1, w, 1, lanes.length, c);
    }
}

/* r = w_j - u_j y; for y > 0, where the rows may be nearly parallel, as (w_j - u_j) + u_j (1 - y) */
static void R(across)(R(element) * r, const R(element) * w, const R(element) * u, const R(element) * y,
                      const R(element) * rest, const R(context) * c)
{
    LOCAL(t, c);
    if (R(sign)(y) > 0) {
        R(mul)(t, u, rest, c);
        R(sub)(r, w, u, c);
        R(add)(r, r, t, c);
    } else {
        R(mul)(t, u, y, c);
        R(sub)(r, w, t, c);
    }
}

/* dx1 += dy (w - u y) / |x1|, or dy w / eps where |x1| <= eps; dx2 likewise */
void R(cosine_similarity_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    R(element) * units[2] = {k->scratch, k->scratch + lanes.length};
    LOCAL(eps, c);
    LOCAL(first, c);
    LOCAL(second, c);
    LOCAL(rest, c);
    LOCAL(t, c);
    R(attribute)(eps, k, "eps", c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        bool own[2] = {R(unit)(units[0], first, k->x[0] + at, eps, &lanes, c),
                       R(unit)(units[1], second, k->x[1] + at, eps, &lanes, c)};
        R(one_minus)(rest, k->y + l, c);
        for (int side = 0; side < 2; side++)
            for (size_t j = 0; j < lanes.length && k->dx[side]; j++) {
                R(element) *dx = k->dx[side] + at + (ptrdiff_t)j * lanes.step;
                const R(element) *u = units[side] + j, *w = units[!side] + j;
                if (own[side])
                    R(across)(t, w, u, k->y + l, rest, c);
                else
                    R(set)(t, w, c);
                R(div)(t, t, side ? second : first, c);
                R(mul)(t, t, k->dy + l, c);
                R(add)(dx, dx, t, c);
            }
    }
}

static size_t R(width)(const R(call) * k)
{
    return k->shapes[0]->dim[k->shapes[0]->rank - 1];
}

static size_t R(rows)(const R(call) * k)
{
    return shape_count(k->shapes[0]) / R(width)(k);
}

/* u = x / s, s = sqrt(|x|^2 + eps), and lack = eps / s^2 = 1 - |u|^2 */
static void R(softened)(R(element) * u, R(element) * s, R(element) * lack, const R(element) * x,
                        const R(call) * k, const R(context) * c)
{
    size_t n = R(width)(k);
    LOCAL(eps, c);
    R(attribute)(eps, k, "eps", c);
    R(dot)(s, x, 1, x, 1, n, c);
    R(add)(s, s, eps, c);
    R(div)(lack, eps, s, c);
    R(sqrt)(s, s, c);
    for (size_t j = 0; j < n; j++)
        R(div)(u + j, x + j, s, c);
}

/* y = u w, and 1 - y as (|u - w|^2 + (1 - |u|^2) + (1 - |w|^2)) / 2, in which nothing cancels */
static void R(cosine_parts)(R(element) * y, R(element) * rest, R(element) * s, const R(call) * k, size_t i,
                            const R(context) * c)
{
    size_t n = R(width)(k);
    R(element) *u = k->scratch, *w = u + n;
    LOCAL(lack, c);
    LOCAL(other, c);
    LOCAL(t, c);
    R(softened)(u, s, lack, k->x[0] + i * n, k, c);
    R(softened)(w, s + 1, other, k->x[1] + i * n, k, c);
    R(dot)(y, u, 1, w, 1, n, c);
    SUM(sum, c);
    R(sum_add)(sum, lack, 0, 1, c);
    R(sum_add)(sum, other, 0, 1, c);
    for (size_t j = 0; j < n; j++) {
        R(sub)(t, u + j, w + j, c);
        R(mul)(t, t, t, c);
        R(sum_add)(sum, t, 0, 1, c);
    }
    R(sum_get)(rest, sum, c);
    R(scale)(rest, rest, -1, c);
}

/* z = y - margin and whether it is above 0: a decision; NaN counts */
static bool R(too_similar)(R(element) * z, const R(element) * y, const R(call) * k, const R(context) * c)
{
    LOCAL(zero, c);
    R(attribute)(z, k, "margin", c);
    R(sub)(z, y, z, c);
    return R(compare)(z, zero, c) > 0 || R(is_nan)(z);
}

/* r = 1 - y for t = 1, max(0, y - margin) for t = -1 */
static void R(embedding_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(y, c);
    R(cosine_parts)(y, r, k->scratch + 2 * R(width)(k), k, i, c);
    if (k->integers[2][i] < 0 && !R(too_similar)(r, y, k, c))
        R(set_si)(r, 0, c);
}

/* y = mean of 1 - cos or max(0, cos - margin) */
void R(cosine_embedding_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(rows)(k), R(embedding_item), c);
}

/* dx1 -= dy (w - u y) / s for t = 1, += for t = -1 above the margin; dx2 likewise */
void R(cosine_embedding_loss_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = R(width)(k), rows = R(rows)(k), step;
    R(element) *s = k->scratch + 2 * n;
    LOCAL(g, c);
    LOCAL(y, c);
    LOCAL(rest, c);
    LOCAL(t, c);
    const R(element) *dy = R(upstream)(g, &step, k, rows, c);
    for (size_t i = 0; i < rows; i++) {
        R(cosine_parts)(y, rest, s, k, i, c);
        bool alike = k->integers[2][i] > 0;
        if (!alike && !R(too_similar)(t, y, k, c))
            continue;
        for (size_t side = 0; side < 2; side++)
            for (size_t j = 0; j < n && k->dx[side]; j++) {
                R(element) *dx = k->dx[side] + i * n + j;
                R(across)(t, k->scratch + !side * n + j, k->scratch + side * n + j, y, rest, c);
                R(div)(t, t, s + side, c);
                R(mul)(t, t, dy + i * step, c);
                if (alike)
                    R(sub)(dx, dx, t, c);
                else
                    R(add)(dx, dx, t, c);
            }
    }
}

/* z = x - y + eps; d = its p-norm, (sum |z|^p)^(1/p) with the largest |z| taken out */
static void R(distance)(R(element) * d, R(element) * z, const R(element) * x, const R(element) * y,
                        const R(call) * k, const R(context) * c)
{
    struct lanes lanes = {.count = 1, .length = R(width)(k), .step = 1};
    LOCAL(eps, c);
    LOCAL(p, c);
    LOCAL(largest, c);
    LOCAL(t, c);
    R(attribute)(eps, k, "eps", c);
    R(attribute)(p, k, "p", c);
    for (size_t j = 0; j < lanes.length; j++) {
        R(sub)(z + j, x + j, y + j, c);
        R(add)(z + j, z + j, eps, c);
        R(abs)(t, z + j, c);
        if (R(less)(largest, t) || R(is_nan)(t))
            R(set)(largest, t, c);
    }
    R(set)(d, largest, c);
    if (R(is_zero)(largest))
        return;
    SUM(sum, c);
    bool square = R(to_double)(p) == 2;
    for (size_t j = 0; j < lanes.length; j++) {
        R(div)(t, z + j, largest, c);
        R(abs)(t, t, c);
        if (square)
            R(mul)(t, t, t, c);
        else
            R(pow)(t, t, p, c);
        R(sum_add)(sum, t, 0, 1, c);
    }
    R(sum_get)(d, sum, c);
    R(set_si)(t, 1, c);
    R(div)(p, t, p, c);
    if (square)
        R(sqrt)(d, d, c);
    else
        R(pow)(d, d, p, c);
    R(mul)(d, d, largest, c);
}

/* z_j becomes the derivative of its p-norm d: sign(z) (|z| / d)^(p - 1); 0 where z = 0. The sign is a decision:
 * for p = 1 it is a corner. */
static void R(distance_slope)(R(element) * z, const R(element) * d, const R(call) * k, const R(context) * c)
{
    size_t n = R(width)(k);
    LOCAL(power, c);
    LOCAL(zero, c);
    LOCAL(t, c);
    R(attribute)(power, k, "p", c);
    bool square = R(to_double)(power) == 2;
    R(set_si)(t, 1, c);
    R(sub)(power, power, t, c);
    for (size_t j = 0; j < n; j++) {
        int sign = R(compare)(z + j, zero, c);
        if (sign == 0 && !R(is_nan)(z + j)) {
            R(set_si)(z + j, 0, c);
            continue;
        }
        R(div)(z + j, z + j, d, c);
        R(abs)(z + j, z + j, c);
        if (!square)
            R(pow)(z + j, z + j, power, c);
        R(mul_si)(z + j, z + j, sign ? sign : 1, c);
    }
}

/* One sample: the distances to the positive and the negative one, with z of each in the first two rows of
 * scratch. */
struct triplet {
    bool inside;  /* the loss is above 0: a decision */
    bool swapped; /* the negative is nearer to the positive than to the anchor: a decision */
};

static struct triplet R(triplet_of)(R(element) * loss, R(element) * near, R(element) * far, const R(call) * k,
                                    size_t i, const R(context) * c)
{
    size_t n = R(width)(k);
    const R(element) *a = k->x[0] + i * n, *p = k->x[1] + i * n, *q = k->x[2] + i * n;
    R(element) *z = k->scratch;
    struct triplet triplet = {0};
    LOCAL(other, c);
    LOCAL(zero, c);
    R(distance)(near, z, a, p, k, c);
    R(distance)(far, z + n, a, q, k, c);
    if (node_attribute(k->node, "swap")->integer) {
        R(distance)(other, z + 2 * n, p, q, k, c);
        triplet.swapped = R(compare)(other, far, c) < 0;
    }
    for (size_t j = 0; j < n && triplet.swapped; j++)
        R(set)(z + n + j, z + 2 * n + j, c);
    if (triplet.swapped)
        R(set)(far, other, c);
    R(attribute)(loss, k, "margin", c);
    R(sub)(other, near, far, c);
    R(add)(loss, other, loss, c);
    triplet.inside = R(compare)(loss, zero, c) > 0 || R(is_nan)(loss);
    return triplet;
}

/* r = max(0, d(a, p) - d(a, n) + margin) */
static void R(triplet_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(near, c);
    LOCAL(far, c);
    struct triplet triplet = R(triplet_of)(r, near, far, k, i, c);
    if (!triplet.inside)
        R(set_si)(r, 0, c);
}

/* y = mean of max(0, d(a, p) - d(a, n) + margin) */
void R(triplet_margin_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(rows)(k), R(triplet_item), c);
}

/* da += dy (z_p / d_p - z_n / d_n), dp -= dy z_p / d_p, dn += dy z_n / d_n for p = 2 */
void R(triplet_margin_loss_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = R(width)(k), rows = R(rows)(k), step;
    const R(element) *near = k->scratch, *far = near + n;
    LOCAL(g, c);
    LOCAL(loss, c);
    LOCAL(to_positive, c);
    LOCAL(to_negative, c);
    LOCAL(t, c);
    const R(element) *dy = R(upstream)(g, &step, k, rows, c);
    for (size_t i = 0; i < rows; i++) {
        struct triplet triplet = R(triplet_of)(loss, to_positive, to_negative, k, i, c);
        R(distance_slope)(k->scratch, to_positive, k, c);
        R(distance_slope)(k->scratch + n, to_negative, k, c);
        for (int side = 0; side < 3 && triplet.inside; side++)
            for (size_t j = 0; j < n && k->dx[side]; j++) {
                R(element) *dx = k->dx[side] + i * n + j;
                R(set_si)(t, 0, c);
                if (side == 0)
                    R(set)(t, near + j, c);
                else if (side == 1)
                    R(neg)(t, near + j, c);
                else
                    R(set)(t, far + j, c);
                if (side == (triplet.swapped ? 1 : 0))
                    R(sub)(t, t, far + j, c);
                R(mul)(t, t, dy + i * step, c);
                R(add)(dx, dx, t, c);
            }
    }
}
