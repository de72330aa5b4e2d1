/* Steps that kernels of several families share. */
#include "ops/families/shared.h"

/* dx[i] += t[i] */
static void R(add_all)(R(element) * dx, const R(element) *restrict t, size_t n, const R(context) * c)
{
    for (size_t i = 0; i < n; i++)
        R(add)(dx + i, dx + i, t + i, c);
}

/* Sums each group of broadcast elements in sum precision, rounds it, and adds it to dx. */
void R(add_reduced)(R(element) * dx, const struct shape *small, const R(element) * t, const struct shape *large,
                    const R(context) * c)
{
    unsigned axes = axes_expanded(small, large);
    size_t n = shape_count(small);
    if (axes == 0) {
        R(add_all)(dx, t, n, c);
        return;
    }
    struct reduction reduction = reduction_of(large, axes);
    struct walk outer = walk_over(&reduction.outer, 1, &reduction.outer_view);
    LOCAL(total, c);
    while (walk_next(&outer))
        for (size_t i = 0; i < outer.count; i++, dx++) { /* kept axes are visited in dx's own order */
            SUM(sum, c);
            struct walk inner = walk_over(&reduction.inner, 1, &reduction.inner_view);
            const R(element) *group = t + outer.offset[0] + (ptrdiff_t)i * outer.step[0];
            while (walk_next(&inner))
                R(sum_add)(sum, group + inner.offset[0], inner.step[0], inner.count, c);
            R(sum_get)(total, sum, c);
            R(add)(dx, dx, total, c);
        }
}

void R(linear_map)(R(element) * y, const struct R(linear) * l, const R(context) * c)
{
    R(matmul)(y, R(rows_of)(l->x, l->d), R(columns_of)(l->w, l->d), l->n, l->d, l->h, c);
    for (size_t i = 0; i < l->n * l->h && l->b; i++)
        R(add)(y + i, y + i, l->b + i % l->h, c);
}

void R(linear_map_backward)(const struct R(linear) * l, const R(element) * dy, const R(context) * c)
{
    const struct shape all = {2, {l->n, l->h}}, bias = {1, {l->h}};
    if (l->dx)
        R(matmul_add)(l->dx, R(rows_of)(dy, l->h), R(rows_of)(l->w, l->d), l->n, l->h, l->d, c);
    if (l->dw)
        R(matmul_add)(l->dw, R(columns_of)(dy, l->h), R(rows_of)(l->x, l->d), l->h, l->n, l->d, c);
    if (l->db)
        R(add_reduced)(l->db, &bias, dy, &all, c);
}
