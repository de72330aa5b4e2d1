/* Attention: softmax of scaled scores times values; and rotary position embedding. */
#include "ops/rules/attention.h"
#include "ops/families/shared.h"
#include "ops/families/softmax.h"

/* Sizes of one call: `batch` times queries (L, D), keys (S, D), values (S, E). */
struct sizes {
    size_t batch, l, s, d, e;
    struct shape scores;
};

static struct sizes sizes_of(const R(call) * k)
{
    const struct shape *q = k->shapes[0], *keys = k->shapes[1];
    struct sizes z = {.scores = attention_scores(q, keys), .batch = 1};
    z.l = q->dim[q->rank - 2];
    z.d = q->dim[q->rank - 1];
    z.s = keys->dim[q->rank - 2];
    z.e = k->shapes[2]->dim[q->rank - 1];
    for (int i = 0; i < q->rank - 2; i++)
        z.batch *= q->dim[i];
    return z;
}

/* x = x scale, 1 / sqrt(D) where it is not given */
static void R(scale_scores)(R(element) * x, const R(call) * k, const struct sizes *z, const R(context) * c)
{
    bool given = node_attribute(k->node, "scale")->given;
    LOCAL(scale, c);
    if (given)
        R(attribute)(scale, k, "scale", c);
    else
        R(set_si)(scale, (long)z->d, c);
    if (!given)
        R(sqrt)(scale, scale, c);
    for (size_t i = 0; i < z->batch * z->l * z->s; i++)
        if (given)
            R(mul)(x + i, x + i, scale, c);
        else
            R(div)(x + i, x + i, scale, c);
}

/* Adds a mask of numbers; -inf where a mask of 0 and 1 is 0, and for keys behind the query where it is causal.
 */
static void R(mask_scores)(R(element) * x, const R(call) * k, const struct sizes *z, const R(context) * c)
{
    bool causal = node_attribute(k->node, "causal")->integer;
    for (size_t i = 0; i < z->batch * z->l * z->s && causal; i++)
        if (i % z->s > i / z->s % z->l)
            R(set_double)(x + i, -INFINITY, c);
    if (k->node->arity < 4)
        return;
    const struct view views[] = {view_of(&z->scores), view_expanded(k->shapes[3], &z->scores)};
    for (struct walk w = walk_over(&z->scores, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            ptrdiff_t from = w.offset[1] + (ptrdiff_t)i * w.step[1];
            if (k->x[3])
                R(add)(x + at, x + at, k->x[3] + from, c);
            else if (!k->integers[3][from])
                R(set_double)(x + at, -INFINITY, c);
        }
}

/* p = softmax(scale q k^T + mask), in scratch */
static R(element) * R(weights)(const R(call) * k, const struct sizes *z, const R(context) * c)
{
    R(element) *p = k->scratch, *row = p + 2 * z->batch * z->l * z->s;
    LOCAL(total, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t b = 0; b < z->batch; b++) {
        R(matrix) q = {k->x[0] + b * z->l * z->d, (ptrdiff_t)z->d, 1};
        R(matrix) keys = {k->x[1] + b * z->s * z->d, 1, (ptrdiff_t)z->d};
        R(matmul)(p + b * z->l * z->s, q, keys, z->l, z->d, z->s, c);
    }
    R(scale_scores)(p, k, z, c);
    R(mask_scores)(p, k, z, c);
    for (size_t i = 0; i < z->batch * z->l; i++) {
        R(shifted_exponentials)(row, total, p + i * z->s, 1, z->s, c);
        R(add)(total, one, total, c);
        for (size_t j = 0; j < z->s; j++)
            R(div)(p + i * z->s + j, row + j, total, c);
    }
    return p;
}

/* y = softmax(scale q k^T + mask) v */
void R(scaled_dot_product_attention_forward)(const R(call) * k, const R(context) * c)
{
    struct sizes z = sizes_of(k);
    const R(element) *p = R(weights)(k, &z, c);
    for (size_t b = 0; b < z.batch; b++) {
        R(matrix) rows = {p + b * z.l * z.s, (ptrdiff_t)z.s, 1};
        R(matrix) values = {k->x[2] + b * z.s * z.e, (ptrdiff_t)z.e, 1};
        R(matmul)(k->y + b * z.l * z.e, rows, values, z.l, z.s, z.e, c);
    }
}

/* g = p (g - sum p g) for one row, with g taken from that of the largest p as in softmax_backward */
static void R(row_backward)(R(element) * g, const R(element) * p, size_t n, const R(context) * c)
{
    LOCAL(mean, c);
    LOCAL(base, c);
    R(set)(base, g + R(lane_largest)(p, 1, n), c);
    for (size_t j = 0; j < n; j++)
        R(sub)(g + j, g + j, base, c);
    R(dot)(mean, p, 1, g, 1, n, c);
    for (size_t j = 0; j < n; j++) {
        R(sub)(g + j, g + j, mean, c);
        R(mul)(g + j, g + j, p + j, c);
    }
}

/* dv += p^T dy; with ds = p (dy v^T - row sums of p dy v^T): dq += scale ds k, dk += scale ds^T q, dmask += ds
 */
void R(scaled_dot_product_attention_backward)(const R(call) * k, const R(context) * c)
{
    struct sizes z = sizes_of(k);
    size_t scores = z.l * z.s;
    const R(element) *p = R(weights)(k, &z, c);
    R(element) *ds = k->scratch + z.batch * scores;
    ptrdiff_t s = (ptrdiff_t)z.s, d = (ptrdiff_t)z.d, e = (ptrdiff_t)z.e;
    for (size_t b = 0; b < z.batch; b++) {
        R(matrix) dy = {k->dy + b * z.l * z.e, e, 1}, columns = {p + b * scores, 1, s};
        R(matrix) values = {k->x[2] + b * z.s * z.e, 1, e};
        if (k->dx[2])
            R(matmul_add)(k->dx[2] + b * z.s * z.e, columns, dy, z.s, z.l, z.e, c);
        R(matmul)(ds + b * scores, dy, values, z.l, z.e, z.s, c);
    }
    for (size_t i = 0; i < z.batch * z.l; i++)
        R(row_backward)(ds + i * z.s, p + i * z.s, z.s, c);
    if (k->node->arity > 3 && k->dx[3])
        R(add_reduced)(k->dx[3], k->shapes[3], ds, &z.scores, c);
    R(scale_scores)(ds, k, &z, c);
    for (size_t b = 0; b < z.batch; b++) {
        R(matrix) rows = {ds + b * scores, s, 1}, columns = {ds + b * scores, 1, s};
        R(matrix) q = {k->x[0] + b * z.l * z.d, d, 1}, keys = {k->x[1] + b * z.s * z.d, d, 1};
        if (k->dx[0])
            R(matmul_add)(k->dx[0] + b * z.l * z.d, rows, keys, z.l, z.s, z.d, c);
        if (k->dx[1])
            R(matmul_add)(k->dx[1] + b * z.s * z.d, columns, q, z.s, z.l, z.d, c);
    }
}

/* Turns every pair of `from` by its angle (back: by minus it): to = or += the result. Pair i of position t
 * turns by (t + offset) base^(-2 i / D). */
static void R(rotate)(R(element) * to, const R(element) * from, bool back, const R(call) * k,
                      const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    size_t d = shape->dim[shape->rank - 1], length = shape->dim[shape->rank - 2], half = d / 2;
    size_t rows = d ? shape_count(shape) / d : 0;
    bool interleaved = node_attribute(k->node, "interleaved")->integer;
    long offset = node_attribute(k->node, "offset")->integer;
    LOCAL(base, c);
    LOCAL(angle, c);
    LOCAL(cosine, c);
    LOCAL(sine, c);
    LOCAL(a, c);
    LOCAL(b, c);
    R(attribute)(base, k, "base", c);
    for (size_t t = 0; t < length; t++)
        for (size_t i = 0; i < half; i++) {
            R(set_si)(angle, -2 * (long)i, c);
            R(div_si)(angle, angle, (long)d, c);
            R(pow)(angle, base, angle, c);
            R(mul_si)(angle, angle, (long)t + offset, c);
            R(cos)(cosine, angle, c);
            R(sin)(sine, angle, c);
            if (back)
                R(neg)(sine, sine, c);
            size_t first = interleaved ? 2 * i : i, second = interleaved ? 2 * i + 1 : i + half;
            for (size_t row = t; row < rows; row += length) {
                const R(element) *x = from + row * d + first, *z = from + row * d + second;
                R(element) *u = to + row * d + first, *v = to + row * d + second;
                R(mul)(a, x, cosine, c);
                R(mul)(b, z, sine, c);
                R(sub)(a, a, b, c);
                if (back)
                    R(add)(u, u, a, c);
                else
                    R(set)(u, a, c);
                R(mul)(a, x, sine, c);
                R(mul)(b, z, cosine, c);
                R(add)(a, a, b, c);
                if (back)
                    R(add)(v, v, a, c);
                else
                    R(set)(v, a, c);
            }
        }
}

/* (y1, y2) = (x1 cos - x2 sin, x1 sin + x2 cos) for every pair */
void R(rotary_embedding_forward)(const R(call) * k, const R(context) * c)
{
    R(rotate)(k->y, k->x[0], false, k, c);
}

/* dx += dy turned back */
void R(rotary_embedding_backward)(const R(call) * k, const R(context) * c)
{
    R(rotate)(k->dx[0], k->dy, true, k, c);
}
