/* Ops that scale each slice along one axis: softmin, l2_normalize, local_response_norm; and dropout. */
#include "ops/families/shared.h"
#include "ops/families/slice_norm.h"
#include "ops/families/softmax.h"

/* y_j = e^(-x_j) / sum e^(-x_i): softmax of -x. Scratch: -x and its exponentials. */
void R(softmin_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    R(element) *negative = k->scratch, *e = negative + lanes.length;
    LOCAL(total, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        for (size_t j = 0; j < lanes.length; j++)
            R(neg)(negative + j, k->x[0] + at + (ptrdiff_t)j * lanes.step, c);
        R(shifted_exponentials)(e, total, negative, 1, lanes.length, c);
        R(add)(total, one, total, c);
        for (size_t j = 0; j < lanes.length; j++)
            R(div)(k->y + at + (ptrdiff_t)j * lanes.step, e + j, total, c);
    }
}

/* dx_j -= y_j (dy_j - sum_i y_i dy_i), with dy taken from that of the largest y as in softmax_backward */
void R(softmin_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    R(element) *d = k->scratch;
    LOCAL(mean, c);
    LOCAL(t, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        const R(element) *dy = k->dy + at, *y = k->y + at;
        ptrdiff_t m = (ptrdiff_t)R(lane_largest)(y, lanes.step, lanes.length) * lanes.step;
        for (size_t j = 0; j < lanes.length; j++)
            R(sub)(d + j, dy + (ptrdiff_t)j * lanes.step, dy + m, c);
        R(dot)(mean, y, lanes.step, d, 1, lanes.length, c);
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            R(sub)(t, d + j, mean, c);
            R(mul)(t, t, y + i, c);
            R(sub)(k->dx[0] + at + i, k->dx[0] + at + i, t, c);
        }
    }
}

/* y = x / max(|x|, eps) along the axis */
void R(l2_normalize_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    LOCAL(eps, c);
    LOCAL(norm, c);
    R(attribute)(eps, k, "eps", c);
    for (size_t l = 0; l < lanes.count; l++) {
        const R(element) *x = k->x[0] + lane_offset(&lanes, l);
        R(element) *y = k->y + lane_offset(&lanes, l);
        R(divisor)(norm, k->scratch, x, eps, &lanes, c);
        for (size_t j = 0; j < lanes.length; j++)
            R(div)(y + (ptrdiff_t)j * lanes.step, x + (ptrdiff_t)j * lanes.step, norm, c);
    }
}

/* dx += (dy - y sum(y dy)) / |x|; dy / eps where |x| <= eps. A slice of one is a sign: gradient 0. */
void R(l2_normalize_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    LOCAL(eps, c);
    LOCAL(norm, c);
    LOCAL(along, c);
    LOCAL(t, c);
    R(attribute)(eps, k, "eps", c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        const R(element) *y = k->y + at, *dy = k->dy + at;
        bool own = R(divisor)(norm, k->scratch, k->x[0] + at, eps, &lanes, c);
        R(dot)(along, y, lanes.step, dy, lanes.step, lanes.length, c);
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            R(mul)(t, along, y + i, c);
            R(sub)(t, dy + i, t, c);
            R(div)(t, own ? t : dy + i, norm, c);
            R(add)(k->dx[0] + at + i, k->dx[0] + at + i, t, c);
        }
    }
}

/* The channels from *first to *last whose squares are in channel j's sum. */
static void R(window)(size_t *first, size_t *last, const R(call) * k, size_t j, size_t channels)
{
    size_t size = (size_t)node_attribute(k->node, "size")->integer;
    *first = j > size / 2 ? j - size / 2 : 0;
    *last = channels - 1 - j > (size - 1) / 2 ? j + (size - 1) / 2 : channels - 1;
}

/* base_j = k + alpha / size sum of x_i^2 over the window of j */
static void R(response_bases)(R(element) * base, const R(call) * k, const R(element) * x,
                              const struct lanes *lanes, const R(context) * c)
{
    LOCAL(alpha, c);
    LOCAL(bias, c);
    R(attribute)(alpha, k, "alpha", c);
    R(div_si)(alpha, alpha, node_attribute(k->node, "size")->integer, c);
    R(attribute)(bias, k, "k", c);
    for (size_t j = 0; j < lanes->length; j++) {
        size_t first, last;
        R(window)(&first, &last, k, j, lanes->length);
        const R(element) *from = x + (ptrdiff_t)first * lanes->step;
        R(dot)(base + j, from, lanes->step, from, lanes->step, last - first + 1, c);
        R(mul)(base + j, base + j, alpha, c);
        R(add)(base + j, base + j, bias, c);
    }
}

/* r = base^-beta */
static void R(response)(R(element) * r, const R(element) * base, const R(call) * k, const R(context) * c)
{
    LOCAL(beta, c);
    R(attribute)(beta, k, "beta", c);
    R(neg)(beta, beta, c);
    R(pow)(r, base, beta, c);
}

/* y_j = x_j base_j^-beta */
void R(local_response_norm_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, 1);
    LOCAL(r, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        R(response_bases)(k->scratch, k, k->x[0] + at, &lanes, c);
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            R(response)(r, k->scratch + j, k, c);
            R(mul)(k->y + at + i, k->x[0] + at + i, r, c);
        }
    }
}

/* dx_i += dy_i base_i^-beta - 2 alpha beta / size x_i sum over the windows j that hold i of dy_j y_j / base_j
 */
void R(local_response_norm_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(&k->node->shape, 1);
    R(element) *base = k->scratch, *t = base + lanes.length;
    LOCAL(factor, c);
    LOCAL(r, c);
    LOCAL(term, c);
    R(attribute)(factor, k, "alpha", c);
    R(attribute)(r, k, "beta", c);
    R(mul)(factor, factor, r, c);
    R(scale)(factor, factor, 1, c);
    R(div_si)(factor, factor, node_attribute(k->node, "size")->integer, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        R(response_bases)(base, k, k->x[0] + at, &lanes, c);
        for (size_t j = 0; j < lanes.length; j++) {
            R(mul)(t + j, k->dy + at + (ptrdiff_t)j * lanes.step, k->y + at + (ptrdiff_t)j * lanes.step, c);
            R(div)(t + j, t + j, base + j, c);
        }
        for (size_t j = 0; j < lanes.length; j++) {
            ptrdiff_t i = (ptrdiff_t)j * lanes.step;
            SUM(sum, c);
            for (size_t other = 0; other < lanes.length; other++) {
                size_t first, last;
                R(window)(&first, &last, k, other, lanes.length);
                if (first <= j && j <= last)
                    R(sum_add)(sum, t + other, 0, 1, c);
            }
            R(sum_get)(term, sum, c);
            R(mul)(term, term, factor, c);
            R(mul)(term, term, k->x[0] + at + i, c);
            R(response)(r, base + j, k, c);
            R(mul)(r, r, k->dy + at + i, c);
            R(sub)(r, r, term, c);
            R(add)(k->dx[0] + at + i, k->dx[0] + at + i, r, c);
        }
    }
}

/* to += or = from / (1 - p) where the mask is 1; elsewhere nothing, or 0 */
static void R(drop)(R(element) * to, bool add, const R(element) * from, const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    const struct view views[] = {view_of(shape), view_expanded(k->shapes[1], shape)};
    LOCAL(keep, c);
    LOCAL(t, c);
    R(attribute)(keep, k, "p", c);
    R(one_minus)(keep, keep, c);
    for (struct walk w = walk_over(shape, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            bool kept = k->integers[1][w.offset[1] + (ptrdiff_t)i * w.step[1]];
            R(set_si)(t, 0, c);
            if (kept)
                R(div)(t, from + at, keep, c);
            if (add)
                R(add)(to + at, to + at, t, c);
            else
                R(set)(to + at, t, c);
        }
}

/* y = x mask / (1 - p) */
void R(dropout_forward)(const R(call) * k, const R(context) * c)
{
    R(drop)(k->y, false, k->x[0], k, c);
}

/* dx += dy mask / (1 - p) */
void R(dropout_backward)(const R(call) * k, const R(context) * c)
{
    R(drop)(k->dx[0], true, k->dy, k, c);
}
