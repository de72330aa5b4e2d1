/* Walks: visiting the elements of up to three operands in step, a strided row at a time. No scalars. */
#ifndef GCK_TENSOR_WALK_H
#define GCK_TENSOR_WALK_H
#include "tensor/shape.h"

/* How an operand is laid out along the axes that are walked: element offset of the first, and the step
 * in elements per axis (0 repeats it). */
struct view {
    ptrdiff_t offset;
    ptrdiff_t stride[MOST_RANK];
};

/* A whole tensor, row-major. */
struct view view_of(const struct shape *shape);
/* `from` seen as if it had been broadcast to `to`. */
struct view view_expanded(const struct shape *from, const struct shape *to);

/* What is left of a tensor of `shape` when the axes (bits) are reduced, seen over `shape`. */
struct view view_reduced(const struct shape *shape, unsigned axes);

enum { WALK_OPERANDS = 3 };

/* One walk. While walk_next() is true: `count` elements, operand k at offset[k] + i step[k]. */
struct walk {
    size_t count;
    ptrdiff_t offset[WALK_OPERANDS], step[WALK_OPERANDS];
    /* private */
    int operands, rank;
    size_t dim[MOST_RANK], at[MOST_RANK];
    ptrdiff_t stride[WALK_OPERANDS][MOST_RANK];
    bool started;
};

/* Walks over `shape` in row-major order; views[k] lays out operand k. Axes that all operands cross evenly
 * are joined, so that rows are long. */
struct walk walk_over(const struct shape *shape, int operands, const struct view *views);
bool walk_next(struct walk *walk);

/* A tensor split into the axes that are kept and those that are reduced (bits of `axes`): sum and
 * mean, and the gradient of broadcasting. Element (o, i) is at outer offset + inner offset. */
struct reduction {
    struct shape outer, inner; /* kept axes; reduced axes */
    struct view outer_view, inner_view;
};
struct reduction reduction_of(const struct shape *shape, unsigned axes);

/* The axes along which `from` is repeated when broadcast to `to`, as bits of to's axes. */
unsigned axes_expanded(const struct shape *from, const struct shape *to);

/* The one-dimensional slices along one axis: softmax and its kind. Lane l has `length` elements, `step`
 * apart, from lane_offset(). */
struct lanes {
    size_t count, length;
    ptrdiff_t step;
};
struct lanes lanes_along(const struct shape *shape, int axis);
static inline size_t lane_offset(const struct lanes *lanes, size_t l)
{
    size_t step = (size_t)lanes->step;
    return l / step * step * lanes->length + l % step;
}

#endif
