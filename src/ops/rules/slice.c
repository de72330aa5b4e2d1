/* The shape rule of slice: Python's slices, given as lists in the manner of ONNX. */
#include <limits.h>

#include "ops/rules.h"
#include "ops/rules/shapes.h"

/* The part of one axis that is taken: `count` elements from `start`, `step` apart. */
struct range {
    ptrdiff_t start, step;
    size_t count;
};

static long clamp(long x, long low, long high)
{
    return x < low ? low : x > high ? high : x;
}

/* A bound as Python reads it: negative ones count from the end, then it is brought into the axis. */
static long bound(long given, long length, long low, long high)
{
    return clamp(given < 0 ? given + length : given, low, high);
}

/* x[start:stop:step] along an axis; NULL: left out. The step is not 0. */
static struct range range_of(size_t length, const long *start, const long *stop, long step)
{
    long n = (long)length;
    long low = step < 0 ? -1 : 0, high = step < 0 ? n - 1 : n; /* step < 0: -1 is in front of the first */
    long from = start ? bound(*start, n, low, high) : step < 0 ? high : low;
    long to = stop ? bound(*stop, n, low, high) : step < 0 ? low : high;
    long distance = step < 0 ? from - to : to - from;
    long stride = step < 0 ? -clamp(step, -LONG_MAX, -1) : step;
    if (distance <= 0)
        return (struct range){.step = 1};
    size_t count = (size_t)((distance - 1) / stride + 1);
    return (struct range){.start = from, .step = count > 1 ? step : 1, .count = count};
}

static const long *item(const struct attribute *list, size_t i)
{
    return list->given ? &list->list[i] : NULL;
}

/* The number of slices: axes alone say nothing about what to take. */
static size_t slice_count(const struct node *node)
{
    const struct attribute *starts = node_attribute(node, "starts"), *stops = node_attribute(node, "stops");
    return starts->given ? starts->count : stops->given ? stops->count : node_attribute(node, "steps")->count;
}

/* Applies the node's slices to the axes of x: the sizes that remain, and x seen over them. */
static void slice_apply(struct shape *shape, struct view *view, const struct node *node, const struct shape *x)
{
    const struct attribute *starts = node_attribute(node, "starts"), *stops = node_attribute(node, "stops");
    const struct attribute *steps = node_attribute(node, "steps"), *axes = node_attribute(node, "axes");
    *shape = *x;
    *view = view_of(x);
    for (size_t i = 0; i < slice_count(node); i++) {
        int axis = (int)i;
        if (axes->given)
            shape_axis(&axis, x, axes->list[i]);
        long step = steps->given ? steps->list[i] : 1;
        struct range range = range_of(x->dim[axis], item(starts, i), item(stops, i), step);
        shape->dim[axis] = range.count;
        view->offset += range.start * view->stride[axis];
        view->stride[axis] *= range.step;
    }
}

struct view slice_view(const struct node *slice, const struct shape *x)
{
    struct shape shape;
    struct view view;
    slice_apply(&shape, &view, slice, x);
    return view;
}

/* The lists that are given must be equally long, and say what to take. */
static gck_status lists_right(const struct node *node, struct errors *errors)
{
    static const char *const names[] = {"starts", "stops", "steps", "axes"};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct attribute *list = node_attribute(node, names[i]);
        if (list->given && first && list->count != slice_count(node))
            return errors_add(errors, GCK_BAD_CASE,
                              "slice: %s lists %zu numbers and %s lists %zu; they must be equally many", first,
                              slice_count(node), names[i], list->count);
        if (list->given && !first)
            first = names[i];
    }
    if (!first || first == names[3])
        return errors_add(errors, GCK_BAD_CASE,
                          "slice needs starts, stops or steps: nothing says what to take");
    return GCK_OK;
}

gck_status rule_slice(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    const struct attribute *steps = node_attribute(node, "steps");
    struct view view;
    gck_status status = lists_right(node, errors);
    if (!status && node_attribute(node, "axes")->given)
        status = rule_axes(node, "axes", x, errors);
    if (status)
        return status;
    for (size_t i = 0; i < steps->count; i++)
        if (steps->list[i] == 0)
            return errors_add(errors, GCK_BAD_CASE,
                              "slice: steps = 0 would never end; give 1 or more, or -1 or less");
    if (slice_count(node) > (size_t)x->shape.rank)
        return errors_add(errors, GCK_BAD_CASE, "slice: %zu slices for the %d axes of %s with shape %s",
                          slice_count(node), x->shape.rank, x->name, shape_text(text, &x->shape));
    slice_apply(&node->shape, &view, node, &x->shape);
    return GCK_OK;
}
