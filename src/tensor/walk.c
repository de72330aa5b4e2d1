/* Walks: strided loops over several operands. */
#include "tensor/walk.h"

struct view view_of(const struct shape *shape)
{
    struct view view = {0};
    ptrdiff_t stride = 1;
    for (int i = shape->rank; i-- > 0; stride *= (ptrdiff_t)shape->dim[i])
        view.stride[i] = stride;
    return view;
}

struct view view_expanded(const struct shape *from, const struct shape *to)
{
    struct view own = view_of(from), view = {0};
    for (int back = 1; back <= from->rank; back++)
        if (from->dim[from->rank - back] != 1)
            view.stride[to->rank - back] = own.stride[from->rank - back];
    return view;
}

struct view view_reduced(const struct shape *shape, unsigned axes)
{
    struct shape kept = shape_reduced(shape, axes, true);
    return view_expanded(&kept, shape);
}

/* Whether axis `i` continues where axis `inner` (already in the walk) ends, for every operand. */
static bool joins(const struct walk *walk, const struct view *views, int i, int inner)
{
    for (int k = 0; k < walk->operands; k++)
        if (views[k].stride[i] != walk->stride[k][inner] * (ptrdiff_t)walk->dim[inner])
            return false;
    return true;
}

struct walk walk_over(const struct shape *shape, int operands, const struct view *views)
{
    struct walk walk = {.operands = operands, .count = 1};
    for (int k = 0; k < operands; k++)
        walk.offset[k] = views[k].offset;
    /* walk.dim[0] is the innermost axis */
    for (int i = shape->rank; i-- > 0;) {
        if (shape->dim[i] == 0)
            walk.count = 0;
        if (shape->dim[i] == 1)
            continue;
        if (walk.rank && joins(&walk, views, i, walk.rank - 1)) {
            walk.dim[walk.rank - 1] *= shape->dim[i];
            continue;
        }
        for (int k = 0; k < operands; k++)
            walk.stride[k][walk.rank] = views[k].stride[i];
        walk.dim[walk.rank++] = shape->dim[i];
    }
    if (walk.rank && walk.count) {
        walk.count = walk.dim[0];
        for (int k = 0; k < operands; k++)
            walk.step[k] = walk.stride[k][0];
    }
    return walk;
}

bool walk_next(struct walk *walk)
{
    if (!walk->started) {
        walk->started = true;
        return walk->count > 0;
    }
    for (int i = 1; i < walk->rank; i++) {
        walk->at[i]++;
        for (int k = 0; k < walk->operands; k++)
            walk->offset[k] += walk->stride[k][i];
        if (walk->at[i] < walk->dim[i])
            return true;
        walk->at[i] = 0;
        for (int k = 0; k < walk->operands; k++)
            walk->offset[k] -= walk->stride[k][i] * (ptrdiff_t)walk->dim[i];
    }
    return false;
}

struct reduction reduction_of(const struct shape *shape, unsigned axes)
{
    struct reduction reduction = {0};
    struct view whole = view_of(shape);
    for (int i = 0; i < shape->rank; i++) {
        bool inside = axes >> i & 1;
        struct shape *part = inside ? &reduction.inner : &reduction.outer;
        struct view *view = inside ? &reduction.inner_view : &reduction.outer_view;
        view->stride[part->rank] = whole.stride[i];
        part->dim[part->rank++] = shape->dim[i];
    }
    return reduction;
}

unsigned axes_expanded(const struct shape *from, const struct shape *to)
{
    unsigned axes = 0;
    for (int back = 1; back <= to->rank; back++)
        if (back > from->rank || (from->dim[from->rank - back] == 1 && to->dim[to->rank - back] != 1))
            axes |= 1u << (to->rank - back);
    return axes;
}

struct lanes lanes_along(const struct shape *shape, int axis)
{
    struct lanes lanes = {.count = 1, .length = shape->dim[axis], .step = 1};
    for (int i = 0; i < shape->rank; i++) {
        if (i != axis)
            lanes.count *= shape->dim[i];
        if (i > axis)
            lanes.step *= (ptrdiff_t)shape->dim[i];
    }
    return lanes;
}
