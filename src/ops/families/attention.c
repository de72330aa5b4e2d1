/* Attention: softmax of scaled scores times values. */
#include "ops/families/attention.h"
#include "ops/families/softmax.h"
#include "ops/rules/attention.h"

/* x = x scale, or x / sqrt(D) */
static void R(scale_scores)(R(element) * x, const struct R(attention) * a, const R(context) * c)
{
    LOCAL(scale, c);
    if (a->scale)
        R(set_text)(scale, a->scale, c);
    else
        R(set_si)(scale, (long)a->d, c);
    if (!a->scale)
        R(sqrt)(scale, scale, c);
    for (size_t i = 0; i < a->batch * a->l * a->s; i++)
        if (a->scale)
            R(mul)(x + i, x + i, scale, c);
        else
            R(div)(x + i, x + i, scale, c);
}

/* Adds a mask of numbers; -inf where a mask of 0 and 1 is 0, and for keys behind the query where it is causal.
 */
static void R(mask_scores)(R(element) * x, const struct R(attention) * a, const R(context) * c)
{
    for (size_t i = 0; i < a->batch * a->l * a->s && a->causal; i++)
        if (i % a->s > i / a->s % a->l)
            R(set_double)(x + i, -INFINITY, c);
    if (!a->mask && !a->seen)
        return;
    const struct view views[] = {view_of(&a->scores), view_expanded(a->mask_shape, &a->scores)};
    for (struct walk w = walk_over(&a->scores, 2, views); walk_next(&w);)
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            ptrdiff_t from = w.offset[1] + (ptrdiff_t)i * w.step[1];
            if (a->mask)
                R(add)(x + at, x + at, a->mask + from, c);
            else if (!a->seen[from])
                R(set_double)(x + at, -INFINITY, c);
        }
}

/* p = softmax(scale q k^T + mask), in scratch */
static R(element) * R(weights)(const struct R(attention) * a, const R(context) * c)
{
    R(element) *p = a->scratch, *row = p + 2 * a->batch * a->l * a->s;
    LOCAL(total, c);
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t b = 0; b < a->batch; b++) {
        const R(element) *q = a->q + b * a->l * a->d, *keys = a->k + b * a->s * a->d;
        R(matmul)
        (p + b * a->l * a->s, R(rows_of)(q, a->d), R(columns_of)(keys, a->d), a->l, a->d, a->s, c);
    }
    R(scale_scores)(p, a, c);
    R(mask_scores)(p, a, c);
    for (size_t i = 0; i < a->batch * a->l; i++) {
        R(shifted_exponentials)(row, total, p + i * a->s, 1, a->s, c);
        R(add)(total, one, total, c);
        for (size_t j = 0; j < a->s; j++)
            R(div)(p + i * a->s + j, row + j, total, c);
    }
    return p;
}

void R(attend)(R(element) * y, const struct R(attention) * a, const R(context) * c)
{
    const R(element) *p = R(weights)(a, c);
    for (size_t b = 0; b < a->batch; b++)
        R(matmul)
    (y + b * a->l * a->e, R(rows_of)(p + b * a->l * a->s, a->s), R(rows_of)(a->v + b * a->s * a->e, a->e), a->l,
     a->s, a->e, c);
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

/* dv += p^T dy, and ds = dy v^T */
static void R(values_backward)(R(element) * ds, const R(element) * p, const struct R(attention) * a,
                               const R(element) * dy, const R(context) * c)
{
    for (size_t b = 0; b < a->batch; b++, dy += a->l * a->e, p += a->l * a->s, ds += a->l * a->s) {
        if (a->dv)
            R(matmul_add)
        (a->dv + b * a->s * a->e, R(columns_of)(p, a->s), R(rows_of)(dy, a->e), a->s, a->l, a->e, c);
        R(matmul)
        (ds, R(rows_of)(dy, a->e), R(columns_of)(a->v + b * a->s * a->e, a->e), a->l, a->e, a->s, c);
    }
}

/* ds = p (ds - row sums of p ds); dmask += ds; dq += scale ds k, dk += scale ds^T q */
void R(attend_backward)(const struct R(attention) * a, const R(element) * dy, const R(context) * c)
{
    const R(element) *p = R(weights)(a, c);
    R(element) *ds = a->scratch + a->batch * a->l * a->s;
    R(values_backward)(ds, p, a, dy, c);
    for (size_t i = 0; i < a->batch * a->l; i++)
        R(row_backward)(ds + i * a->s, p + i * a->s, a->s, c);
    if (a->dmask)
        R(add_reduced)(a->dmask, a->mask_shape, ds, &a->scores, c);
    R(scale_scores)(ds, a, c);
    for (size_t b = 0; b < a->batch; b++, ds += a->l * a->s) {
        const R(element) *q = a->q + b * a->l * a->d, *keys = a->k + b * a->s * a->d;
        if (a->dq)
            R(matmul_add)
        (a->dq + b * a->l * a->d, R(rows_of)(ds, a->s), R(rows_of)(keys, a->d), a->l, a->s, a->d, c);
        if (a->dk)
            R(matmul_add)
        (a->dk + b * a->s * a->d, R(columns_of)(ds, a->s), R(rows_of)(q, a->d), a->s, a->l, a->d, c);
    }
}

void R(attention_mask)(struct R(attention) * a, const R(call) * k, size_t argument)
{
    a->mask = k->x[argument];
    a->seen = k->integers[argument];
    a->mask_shape = k->shapes[argument];
    a->dmask = k->dx ? k->dx[argument] : NULL;
}

static struct R(attention) R(attention_of)(const R(call) * k)
{
    const struct shape *q = k->shapes[0], *keys = k->shapes[1];
    struct R(attention) a = {.batch = 1, .scores = attention_scores(q, keys), .scratch = k->scratch};
    a.l = q->dim[q->rank - 2];
    a.d = q->dim[q->rank - 1];
    a.s = keys->dim[q->rank - 2];
    a.e = k->shapes[2]->dim[q->rank - 1];
    for (int i = 0; i < q->rank - 2; i++)
        a.batch *= q->dim[i];
    a.causal = node_attribute(k->node, "causal")->integer;
    const struct attribute *scale = node_attribute(k->node, "scale");
    a.scale = scale->given ? scale->text : NULL;
    a.q = k->x[0];
    a.k = k->x[1];
    a.v = k->x[2];
    if (k->node->arity > 3)
        R(attention_mask)(&a, k, 3);
    if (!k->dx)
        return a;
    a.dq = k->dx[0];
    a.dk = k->dx[1];
    a.dv = k->dx[2];
    return a;
}

/* y = softmax(scale q k^T + mask) v */
void R(scaled_dot_product_attention_forward)(const R(call) * k, const R(context) * c)
{
    struct R(attention) a = R(attention_of)(k);
    R(attend)(k->y, &a, c);
}

/* dv += p^T dy; with ds = p (dy v^T - row sums of p dy v^T): dq += scale ds k, dk += scale ds^T q, dmask += ds
 */
void R(scaled_dot_product_attention_backward)(const R(call) * k, const R(context) * c)
{
    struct R(attention) a = R(attention_of)(k);
    R(attend_backward)(&a, k->dy, c);
}
