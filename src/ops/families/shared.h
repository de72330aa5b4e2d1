/* Loops that kernels of several families share. */
#ifndef GCK_OPS_FAMILIES_SHARED_H
#define GCK_OPS_FAMILIES_SHARED_H
#include "ops/kernels.h"

typedef void R(unary)(R(element) * r, const R(element) * a, const R(context) * c);
typedef void R(binary)(R(element) * r, const R(element) * a, const R(element) * b, const R(context) * c);

/* Loops over a verb are inlined, so that no call through a pointer is left. */
#if defined __GNUC__
#define LOOP __attribute__((always_inline)) static inline
#else
#define LOOP static inline
#endif

/* A matrix with rows of so many elements, and its transpose: without a copy. */
static inline R(matrix) R(rows_of)(const R(element) * data, size_t length)
{
    return (R(matrix)){data, (ptrdiff_t)length, 1};
}

static inline R(matrix) R(columns_of)(const R(element) * data, size_t length)
{
    return (R(matrix)){data, 1, (ptrdiff_t)length};
}

/* y_i = verb(x_i). */
LOOP void R(each)(const R(call) * k, R(unary) * verb, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    const R(element) *restrict x = k->x[0];
    for (size_t i = 0; i < n; i++)
        verb(y + i, x + i, c);
}

/* y = verb(a, b), the two arguments broadcast. */
LOOP void R(each_pair)(const R(call) * k, R(binary) * verb, const R(context) * c)
{
    const struct shape *to = &k->node->shape;
    const struct view views[] = {view_of(to), view_expanded(k->shapes[0], to), view_expanded(k->shapes[1], to)};
    struct walk w = walk_over(to, 3, views);
    while (walk_next(&w)) {
        R(element) *restrict y = k->y + w.offset[0];
        const R(element) *a = k->x[0] + w.offset[1], *b = k->x[1] + w.offset[2];
        if (w.step[1] == 1 && w.step[2] == 1) /* as fast as a loop by hand */
            for (size_t i = 0; i < w.count; i++)
                verb(y + i, a + i, b + i, c);
        else
            for (size_t i = 0; i < w.count; i++)
                verb(y + i, a + (ptrdiff_t)i * w.step[1], b + (ptrdiff_t)i * w.step[2], c);
    }
}

/* The term of element i of the upstream gradient that goes to one of two broadcast arguments. */
typedef void R(term)(R(element) * t, const R(element) * dy, const R(element) * a, const R(element) * b,
                     const R(element) * y, const R(context) * c);

/* d(argument) += sum over the broadcast axes of term(dy, a, b, y); needs scratch for one tensor of y's
 * shape. The terms are finished before dx is touched, so the arguments may be the same node. */
LOOP void R(add_terms)(const R(call) * k, int argument, R(term) * term, const R(context) * c)
{
    if (!k->dx[argument])
        return;
    const struct shape *to = &k->node->shape;
    const struct view views[] = {view_of(to), view_expanded(k->shapes[0], to), view_expanded(k->shapes[1], to)};
    struct walk w = walk_over(to, 3, views);
    while (walk_next(&w)) {
        R(element) *restrict t = k->scratch + w.offset[0];
        const R(element) *dy = k->dy + w.offset[0], *y = k->y + w.offset[0];
        const R(element) *a = k->x[0] + w.offset[1], *b = k->x[1] + w.offset[2];
        for (size_t i = 0; i < w.count; i++)
            term(t + i, dy + i, a + (ptrdiff_t)i * w.step[1], b + (ptrdiff_t)i * w.step[2], y + i, c);
    }
    R(add_reduced)(k->dx[argument], k->shapes[argument], k->scratch, to, c);
}

/* A layer of n rows, h outputs and d inputs, with the weights of each output in a row: x (n, d), w (h, d), b
 * (h) or NULL. The gradients are those wanted, or NULL. */
struct R(linear) {
    size_t n, d, h;
    const R(element) * x, *w, *b;
    R(element) * dx, *dw, *db;
};

/* y (n, h) = x w^T + b */
void R(linear_map)(R(element) * y, const struct R(linear) * l, const R(context) * c);
/* dx += dy w, dw += dy^T x, db += sum of dy over the rows; each of them added once */
void R(linear_map_backward)(const struct R(linear) * l, const R(element) * dy, const R(context) * c);

#endif
