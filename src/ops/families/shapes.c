/* Ops that move, copy and join elements: no arithmetic forward, sums backward. */
#include "ops/rules/shapes.h"
#include "ops/families/shared.h"

/* y = x, the views given over `shape`. */
static void R(copy_view)(R(element) * y, const struct view *y_view, const R(element) * x,
                         const struct view *x_view, const struct shape *shape, const R(context) * c)
{
    const struct view views[] = {*y_view, *x_view};
    struct walk w = walk_over(shape, 2, views);
    while (walk_next(&w)) {
        R(element) *restrict to = y + w.offset[0];
        const R(element) *restrict from = x + w.offset[1];
        for (size_t i = 0; i < w.count; i++)
            R(set)(to + (ptrdiff_t)i * w.step[0], from + (ptrdiff_t)i * w.step[1], c);
    }
}

/* dx += dy, the views given over `shape`; in dx's no element comes twice. */
static void R(add_view)(R(element) * dx, const struct view *dx_view, const R(element) * dy,
                        const struct view *dy_view, const struct shape *shape, const R(context) * c)
{
    const struct view views[] = {*dx_view, *dy_view};
    struct walk w = walk_over(shape, 2, views);
    while (walk_next(&w)) {
        R(element) *restrict to = dx + w.offset[0];
        const R(element) *restrict from = dy + w.offset[1];
        for (size_t i = 0; i < w.count; i++) {
            R(element) *t = to + (ptrdiff_t)i * w.step[0];
            R(add)(t, t, from + (ptrdiff_t)i * w.step[1], c);
        }
    }
}

/* The axis of a repeat: x is `count` blocks of `length` rows of `row` elements. */
struct blocks {
    size_t count, length, row;
};

static struct blocks blocks_of(const R(call) * k)
{
    const struct shape *x = k->shapes[0];
    struct blocks blocks = {.count = 1, .length = x->rank ? x->dim[k->node->axis] : 1, .row = 1};
    for (int i = 0; i < x->rank; i++)
        if (i < k->node->axis)
            blocks.count *= x->dim[i];
        else if (i > k->node->axis)
            blocks.row *= x->dim[i];
    return blocks;
}

/* y = x, each row several times */
void R(repeat_forward)(const R(call) * k, const R(context) * c)
{
    struct blocks blocks = blocks_of(k);
    R(element) *y = k->y;
    const R(element) *x = k->x[0];
    for (size_t o = 0; o < blocks.count; o++)
        for (size_t i = 0; i < blocks.length; i++, x += blocks.row)
            for (size_t n = repeat_times(k->node, i); n-- > 0; y += blocks.row)
                for (size_t j = 0; j < blocks.row; j++)
                    R(set)(y + j, x + j, c);
}

/* dx += sum of dy over the copies */
void R(repeat_backward)(const R(call) * k, const R(context) * c)
{
    struct blocks blocks = blocks_of(k);
    R(element) *dx = k->dx[0];
    const R(element) *dy = k->dy;
    LOCAL(total, c);
    for (size_t o = 0; o < blocks.count; o++)
        for (size_t i = 0; i < blocks.length; i++) {
            size_t n = repeat_times(k->node, i);
            for (size_t j = 0; j < blocks.row; j++, dx++) {
                SUM(s, c);
                R(sum_add)(s, dy + j, (ptrdiff_t)blocks.row, n, c);
                R(sum_get)(total, s, c);
                R(add)(dx, dx, total, c);
            }
            dy += n * blocks.row;
        }
}

/* y = x broadcast */
void R(expand_forward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    struct view y = view_of(shape), x = view_expanded(k->shapes[0], shape);
    R(copy_view)(k->y, &y, k->x[0], &x, shape, c);
}

/* dx += sum of dy over the broadcast axes */
void R(expand_backward)(const R(call) * k, const R(context) * c)
{
    R(add_reduced)(k->dx[0], k->shapes[0], k->dy, &k->node->shape, c);
}

/* y = x */
void R(reshape_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(set), c);
}

/* dx += dy */
void R(reshape_backward)(const R(call) * k, const R(context) * c)
{
    R(add_reduced)(k->dx[0], &k->node->shape, k->dy, &k->node->shape, c);
}

/* y = x under another shape */
void R(flatten_forward)(const R(call) * k, const R(context) * c)
{
    R(reshape_forward)(k, c);
}

/* dx += dy */
void R(flatten_backward)(const R(call) * k, const R(context) * c)
{
    R(reshape_backward)(k, c);
}

/* y = x without axes of size 1 */
void R(squeeze_forward)(const R(call) * k, const R(context) * c)
{
    R(reshape_forward)(k, c);
}

/* dx += dy */
void R(squeeze_backward)(const R(call) * k, const R(context) * c)
{
    R(reshape_backward)(k, c);
}

/* y = x with axes of size 1 more */
void R(unsqueeze_forward)(const R(call) * k, const R(context) * c)
{
    R(reshape_forward)(k, c);
}

/* dx += dy */
void R(unsqueeze_backward)(const R(call) * k, const R(context) * c)
{
    R(reshape_backward)(k, c);
}

/* y[i, j] = x[j, i] */
void R(transpose_forward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    struct view y = view_of(shape), x = transpose_view(k->node, k->shapes[0]);
    R(copy_view)(k->y, &y, k->x[0], &x, shape, c);
}

/* dx[j, i] += dy[i, j] */
void R(transpose_backward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    struct view y = view_of(shape), x = transpose_view(k->node, k->shapes[0]);
    R(add_view)(k->dx[0], &x, k->dy, &y, shape, c);
}

/* y = x[start:stop:step] */
void R(slice_forward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    struct view y = view_of(shape), x = slice_view(k->node, k->shapes[0]);
    R(copy_view)(k->y, &y, k->x[0], &x, shape, c);
}

/* dx[start:stop:step] += dy */
void R(slice_backward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    struct view y = view_of(shape), x = slice_view(k->node, k->shapes[0]);
    R(add_view)(k->dx[0], &x, k->dy, &y, shape, c);
}

/* y seen over argument i of a concat; *start, its first index along the axis, is moved behind it. */
static struct view part(size_t *start, const R(call) * k, size_t i)
{
    struct view view = view_of(&k->node->shape);
    view.offset = (ptrdiff_t)*start * view.stride[k->node->axis];
    *start += k->shapes[i]->dim[k->node->axis];
    return view;
}

/* y = [x1, x2, ...] */
void R(concat_forward)(const R(call) * k, const R(context) * c)
{
    size_t start = 0;
    for (size_t i = 0; i < k->node->arity; i++) {
        struct view y = part(&start, k, i), x = view_of(k->shapes[i]);
        R(copy_view)(k->y, &y, k->x[i], &x, k->shapes[i], c);
    }
}

/* dxi += its part of dy */
void R(concat_backward)(const R(call) * k, const R(context) * c)
{
    size_t start = 0;
    for (size_t i = 0; i < k->node->arity; i++) {
        struct view y = part(&start, k, i), x = view_of(k->shapes[i]);
        if (k->dx[i])
            R(add_view)(k->dx[i], &x, k->dy, &y, k->shapes[i], c);
    }
}

/* y seen over argument i of a stack. */
static struct view layer(const R(call) * k, size_t i)
{
    struct view own = view_of(&k->node->shape), view = {.offset = (ptrdiff_t)i * own.stride[k->node->axis]};
    for (int axis = 0; axis + 1 < k->node->shape.rank; axis++)
        view.stride[axis] = own.stride[axis + (axis >= k->node->axis)];
    return view;
}

/* y[i] = xi, i along the new axis */
void R(stack_forward)(const R(call) * k, const R(context) * c)
{
    for (size_t i = 0; i < k->node->arity; i++) {
        struct view y = layer(k, i), x = view_of(k->shapes[i]);
        R(copy_view)(k->y, &y, k->x[i], &x, k->shapes[i], c);
    }
}

/* dxi += dy[i] */
void R(stack_backward)(const R(call) * k, const R(context) * c)
{
    for (size_t i = 0; i < k->node->arity; i++) {
        struct view y = layer(k, i), x = view_of(k->shapes[i]);
        if (k->dx[i])
            R(add_view)(k->dx[i], &x, k->dy, &y, k->shapes[i], c);
    }
}

/* x seen over its part y. */
static struct view split_view(const R(call) * k)
{
    struct view view = view_of(k->shapes[0]);
    view.offset = (ptrdiff_t)split_start(k->node) * view.stride[k->node->axis];
    return view;
}

/* y = part `index` of x */
void R(split_forward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    struct view y = view_of(shape), x = split_view(k);
    R(copy_view)(k->y, &y, k->x[0], &x, shape, c);
}

/* dx += dy there */
void R(split_backward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    struct view y = view_of(shape), x = split_view(k);
    R(add_view)(k->dx[0], &x, k->dy, &y, shape, c);
}
