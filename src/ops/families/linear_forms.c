/* Linear forms: a layer with the weights of each output in a row, outer and inner products, bilinear forms. */
#include "ops/families/shared.h"

/* The rows of x: everything before its last axis. */
static size_t rows_before(const struct shape *x)
{
    struct shape batch = *x;
    batch.rank--;
    return shape_count(&batch);
}

static struct R(linear) R(linear_of)(const R(call) * k)
{
    const size_t *w = k->shapes[1]->dim;
    bool biased = k->node->arity > 2;
    struct R(linear) l = {.n = rows_before(k->shapes[0]), .d = w[1], .h = w[0]};
    l.x = k->x[0];
    l.w = k->x[1];
    l.b = biased ? k->x[2] : NULL;
    if (!k->dx)
        return l;
    l.dx = k->dx[0];
    l.dw = k->dx[1];
    l.db = biased ? k->dx[2] : NULL;
    return l;
}

/* y = x W^T + b */
void R(linear_forward)(const R(call) * k, const R(context) * c)
{
    struct R(linear) l = R(linear_of)(k);
    R(linear_map)(k->y, &l, c);
}

/* dx += dy W, dW += dy^T x, db += sum of dy over the rows */
void R(linear_backward)(const R(call) * k, const R(context) * c)
{
    struct R(linear) l = R(linear_of)(k);
    R(linear_map_backward)(&l, k->dy, c);
}

/* y = a b^T, both as vectors */
void R(outer_forward)(const R(call) * k, const R(context) * c)
{
    size_t m = shape_count(k->shapes[0]), n = shape_count(k->shapes[1]);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            R(mul)(k->y + i * n + j, k->x[0] + i, k->x[1] + j, c);
}

/* da += dy b, db += dy^T a */
void R(outer_backward)(const R(call) * k, const R(context) * c)
{
    size_t m = shape_count(k->shapes[0]), n = shape_count(k->shapes[1]);
    if (k->dx[0])
        R(matmul_add)(k->dx[0], R(rows_of)(k->dy, n), R(rows_of)(k->x[1], 1), m, n, 1, c);
    if (k->dx[1])
        R(matmul_add)(k->dx[1], R(rows_of)(k->x[0], m), R(rows_of)(k->dy, n), 1, m, n, c);
}

/* y = sum of a_i b_i */
void R(dot_forward)(const R(call) * k, const R(context) * c)
{
    R(dot)(k->y, k->x[0], 1, k->x[1], 1, k->shapes[0]->dim[0], c);
}

/* da += dy b, db += dy a */
void R(dot_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(t, c);
    for (size_t argument = 0; argument < 2; argument++)
        for (size_t i = 0; i < k->shapes[0]->dim[0] && k->dx[argument]; i++) {
            R(mul)(t, k->dy, k->x[1 - argument] + i, c);
            R(add)(k->dx[argument] + i, k->dx[argument] + i, t, c);
        }
}

struct bilinear {
    size_t n, h, d, e;
};

static struct bilinear bilinear_of(const R(call) * k)
{
    const size_t *w = k->shapes[2]->dim;
    return (struct bilinear){rows_before(k->shapes[0]), w[0], w[1], w[2]};
}

/* y_o = x W_o z + b_o: all W_o z of a sample first, then their dots with x */
void R(bilinear_forward)(const R(call) * k, const R(context) * c)
{
    struct bilinear v = bilinear_of(k);
    for (size_t n = 0; n < v.n; n++) {
        R(matmul)
        (k->scratch, R(rows_of)(k->x[1] + n * v.e, v.e), R(columns_of)(k->x[2], v.e), 1, v.e, v.h * v.d, c);
        R(matmul)
        (k->y + n * v.h, R(rows_of)(k->x[0] + n * v.d, v.d), R(columns_of)(k->scratch, v.d), 1, v.d, v.h, c);
    }
    for (size_t i = 0; i < v.n * v.h && k->node->arity > 3; i++)
        R(add)(k->y + i, k->y + i, k->x[3] + i % v.h, c);
}

/* dx += sum over o of dy_o W_o z, dz += sum of dy_o W_o^T x, dW_o += sum over samples of dy_o x z^T, db += sum
 * dy */
void R(bilinear_backward)(const R(call) * k, const R(context) * c)
{
    struct bilinear v = bilinear_of(k);
    const R(element) *w = k->x[2], *x = k->x[0], *z = k->x[1], *dy = k->dy;
    for (size_t n = 0; n < v.n && k->dx[0]; n++) {
        R(matmul)(k->scratch, R(rows_of)(z + n * v.e, v.e), R(columns_of)(w, v.e), 1, v.e, v.h * v.d, c);
        R(matmul_add)
        (k->dx[0] + n * v.d, R(rows_of)(dy + n * v.h, v.h), R(rows_of)(k->scratch, v.d), 1, v.h, v.d, c);
    }
    for (size_t n = 0; n < v.n && k->dx[1]; n++) {
        for (size_t o = 0; o < v.h; o++)
            R(matmul)
        (k->scratch + o * v.e, R(rows_of)(x + n * v.d, v.d), R(rows_of)(w + o * v.d * v.e, v.e), 1, v.d, v.e,
         c);
        R(matmul_add)
        (k->dx[1] + n * v.e, R(rows_of)(dy + n * v.h, v.h), R(rows_of)(k->scratch, v.e), 1, v.h, v.e, c);
    }
    for (size_t o = 0; o < v.h && k->dx[2]; o++) {
        for (size_t i = 0; i < v.n * v.d; i++)
            R(mul)(k->scratch + i, x + i, dy + i / v.d * v.h + o, c);
        R(matmul_add)
        (k->dx[2] + o * v.d * v.e, R(columns_of)(k->scratch, v.d), R(rows_of)(z, v.e), v.d, v.n, v.e, c);
    }
    if (k->node->arity > 3 && k->dx[3])
        R(add_reduced)(k->dx[3], k->shapes[3], dy, &k->node->shape, c);
}
