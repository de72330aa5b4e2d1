/* Linear ops: products of matrices through views; transposes cost nothing. */
#include "ops/rules/linear.h"
#include "ops/families/shared.h"

static R(matrix) R(seen)(const R(element) * data, struct strides strides)
{
    return (R(matrix)){data, strides.rows, strides.columns};
}

/* y = a b, m x k times k x n. A column y is computed as the row b^T a^T: the same dots, many at a time. */
static void R(multiply)(R(element) * y, const R(element) * a, const R(element) * b, const struct product *p,
                        const R(context) * c)
{
    struct strides a_columns = {p->a.columns, p->a.rows}, b_columns = {p->b.columns, p->b.rows};
    if (p->n == 1)
        R(matmul)(y, R(seen)(b, b_columns), R(seen)(a, a_columns), 1, p->k, p->m, c);
    else
        R(matmul)(y, R(seen)(a, p->a), R(seen)(b, p->b), p->m, p->k, p->n, c);
}

/* One row of the target += the sum over the inner batch of left's row times right. */
static void R(add_row)(R(element) * target, const R(element) * left, const R(element) * right,
                       const struct product_gradient *g, R(element) * scratch, const R(context) * c)
{
    const struct view views[] = {g->left_inner, g->right_inner};
    struct walk w = walk_over(&g->inner, 2, views);
    size_t terms = 0;
    while (walk_next(&w))
        for (size_t i = 0; i < w.count; i++, terms++) {
            const R(element) *row = left + w.offset[0] + (ptrdiff_t)i * w.step[0];
            const R(element) *b = right + w.offset[1] + (ptrdiff_t)i * w.step[1];
            R(matmul)
            (scratch + terms * g->columns, R(seen)(row, g->left), R(seen)(b, g->right), 1, g->depth, g->columns,
             c);
        }
    LOCAL(total, c);
    for (size_t j = 0; j < g->columns; j++) {
        SUM(s, c);
        R(sum_add)(s, scratch + j, (ptrdiff_t)g->columns, terms, c);
        R(sum_get)(total, s, c);
        R(add)(target + j, target + j, total, c);
    }
}

/* target += left right, over the batch */
static void R(add_product)(R(element) * target, const R(element) * left, const R(element) * right,
                           const struct product_gradient *g, R(element) * scratch, const R(context) * c)
{
    const struct view views[] = {g->target_outer, g->left_outer, g->right_outer};
    bool single = shape_count(&g->inner) == 1;
    struct walk w = walk_over(&g->outer, 3, views);
    while (walk_next(&w))
        for (size_t i = 0; i < w.count; i++) {
            R(element) *to = target + w.offset[0] + (ptrdiff_t)i * w.step[0];
            const R(element) *a = left + w.offset[1] + (ptrdiff_t)i * w.step[1];
            const R(element) *b = right + w.offset[2] + (ptrdiff_t)i * w.step[2];
            if (single)
                R(matmul_add)(to, R(seen)(a, g->left), R(seen)(b, g->right), g->rows, g->depth, g->columns, c);
            for (size_t row = 0; !single && row < g->rows; row++)
                R(add_row)(to + row * g->columns, a + (ptrdiff_t)row * g->left.rows, b, g, scratch, c);
        }
}

/* da += dy b^T, db += a^T dy */
static void R(product_backward)(const R(call) * k, const struct product *p, const R(context) * c)
{
    if (k->dx[0]) {
        struct product_gradient g = gradient_of_a(p);
        R(add_product)(k->dx[0], k->dy, k->x[1], &g, k->scratch, c);
    }
    if (k->dx[1]) {
        struct product_gradient g = gradient_of_b(p);
        R(add_product)(k->dx[1], k->x[0], k->dy, &g, k->scratch, c);
    }
}

/* The product of the first two arguments. */
static struct product product_called(const R(call) * k)
{
    struct product product;
    struct shape shape;
    product_of(&product, &shape, k->shapes[0], k->shapes[1]);
    return product;
}

/* y = a b */
void R(matmul_forward)(const R(call) * k, const R(context) * c)
{
    struct product p = product_called(k);
    const struct view views[] = {p.y_batch, p.a_batch, p.b_batch};
    struct walk w = walk_over(&p.batch, 3, views);
    while (walk_next(&w))
        for (size_t i = 0; i < w.count; i++)
            R(multiply)
    (k->y + w.offset[0] + (ptrdiff_t)i * w.step[0], k->x[0] + w.offset[1] + (ptrdiff_t)i * w.step[1],
     k->x[1] + w.offset[2] + (ptrdiff_t)i * w.step[2], &p, c);
}

/* da += dy b^T, db += a^T dy, summed over a broadcast batch */
void R(matmul_backward)(const R(call) * k, const R(context) * c)
{
    struct product p = product_called(k);
    R(product_backward)(k, &p, c);
}

/* y = x W + b */
void R(affine_forward)(const R(call) * k, const R(context) * c)
{
    struct product p = product_called(k);
    R(multiply)(k->y, k->x[0], k->x[1], &p, c);
    if (k->node->arity < 3)
        return;
    R(element) *y = k->y;
    const R(element) *restrict b = k->x[2];
    for (size_t i = 0; i < p.m; i++, y += p.n)
        for (size_t j = 0; j < p.n; j++)
            R(add)(y + j, y + j, b + j, c);
}

/* dx += dy W^T, dW += x^T dy, db += sum of dy over the rows */
void R(affine_backward)(const R(call) * k, const R(context) * c)
{
    struct product p = product_called(k);
    R(product_backward)(k, &p, c);
    if (k->node->arity > 2 && k->dx[2])
        R(add_reduced)(k->dx[2], k->shapes[2], k->dy, &k->node->shape, c);
}

static void R(add_bias)(R(element) * y, const R(call) * k, size_t column, const R(context) * c)
{
    if (k->node->arity > 2)
        R(add)(y, y, k->x[2] + column, c);
}

/* y = a b, and + b where there is a bias, in one row. */
static void R(row)(const R(call) * k, const struct product *p, size_t row, const R(context) * c)
{
    R(element) *y = k->y + row * p->n;
    R(matmul)
    (y, R(seen)(k->x[0] + (ptrdiff_t)row * p->a.rows, p->a), R(seen)(k->x[1], p->b), 1, p->k, p->n, c);
    for (size_t j = 0; j < p->n; j++)
        R(add_bias)(y + j, k, j, c);
}

/* The same in one column. */
static void R(column)(const R(call) * k, const struct product *p, size_t column, const R(context) * c)
{
    for (size_t i = 0; i < p->m; i++) {
        R(element) *y = k->y + i * p->n + column;
        R(dot)
        (y, k->x[0] + (ptrdiff_t)i * p->a.rows, p->a.columns, k->x[1] + (ptrdiff_t)column * p->b.columns,
         p->b.rows, p->k, c);
        R(add_bias)(y, k, column, c);
    }
}

void R(matmul_touch)(const R(call) * k, size_t argument, size_t element, const R(context) * c)
{
    struct product p = product_called(k);
    size_t row = element / p.k, column = element % p.n;
    if (shape_count(&p.batch) != 1)
        R(matmul_forward)(k, c);
    else if (argument == 0)
        R(row)(k, &p, row, c);
    else /* element (t, j) of the second matrix, or element j of the bias */
        R(column)(k, &p, column, c);
}
