/* Shape rules of pooling, and the windows that its kernels walk through. */
#include "ops/rules/pooling.h"

#include "ops/rules.h"
#include "ops/rules/windows.h"

/* The distance of windows: without a stride they lie side by side. */
static long stride_of(const struct node *node, int axis)
{
    bool given = node_attribute(node, "stride")->given;
    return window_number(node, given ? "stride" : "kernel", axis);
}

/* An average has no dilation. */
static long dilation_of(const struct node *node, int axis)
{
    return op_attribute(node->op, "dilation") < 0 ? 1 : window_number(node, "dilation", axis);
}

struct pooling pooling_of(const struct node *node, const struct shape *x)
{
    struct pooling pooling = {.planes = x->dim[0] * x->dim[1]};
    bool adaptive = op_attribute(node->op, "size") >= 0;
    pooling.axis[0] = (struct pool_axis){1, 1, adaptive, 1, 1, 0, 1};
    for (int i = 2; i < x->rank; i++) {
        struct pool_axis *axis = &pooling.axis[i - x->rank + 2];
        *axis = (struct pool_axis){.from = x->dim[i], .to = node->shape.dim[i], .adaptive = adaptive};
        if (adaptive)
            continue;
        axis->kernel = (size_t)window_number(node, "kernel", i - 2);
        axis->stride = stride_of(node, i - 2);
        axis->padding = window_number(node, "padding", i - 2);
        axis->dilation = dilation_of(node, i - 2);
    }
    return pooling;
}

/* The whole numbers in [k from / to, (k + 1) from / to), with those that lie in it in part only. */
static struct taps adaptive_taps(size_t k, size_t from, size_t to)
{
    size_t first = k * from / to, end = ((k + 1) * from + to - 1) / to;
    return (struct taps){first, 1, end - first};
}

struct taps pool_taps(const struct pool_axis *axis, size_t o)
{
    if (axis->adaptive)
        return adaptive_taps(o, axis->from, axis->to);
    long at = (long)o * axis->stride - axis->padding, step = axis->dilation;
    long skipped = at < 0 ? (step - 1 - at) / step : 0, left = (long)axis->kernel - skipped;
    long first = at + skipped * step, room = (long)axis->from - first;
    long fit = room > 0 ? (room + step - 1) / step : 0;
    return (struct taps){(size_t)first, (size_t)step, (size_t)(left < 0 ? 0 : left < fit ? left : fit)};
}

size_t pool_size(const struct pool_axis *axis, size_t o, bool padded)
{
    long at = (long)o * axis->stride - axis->padding, end = (long)axis->from + axis->padding;
    if (!padded || axis->adaptive)
        return pool_taps(axis, o).count;
    return at + (long)axis->kernel <= end ? axis->kernel : (size_t)(end - at);
}

struct taps pool_windows(const struct pool_axis *axis, size_t i)
{
    if (axis->adaptive) /* the same rule the other way round */
        return adaptive_taps(i, axis->to, axis->from);
    long at = (long)i + axis->padding, behind = at - (long)axis->kernel; /* the last start that misses i */
    long first = behind < 0 ? 0 : behind / axis->stride + 1, last = at / axis->stride;
    if (last >= (long)axis->to)
        last = (long)axis->to - 1;
    return (struct taps){(size_t)first, 1, (size_t)(last < first ? 0 : last - first + 1)};
}

/* y's size along one axis. A window that only ceil_mode adds must begin inside x or in front of it. */
static size_t pooled(const struct node *node, size_t size, int axis, long extent)
{
    long stride = stride_of(node, axis), padding = window_number(node, "padding", axis);
    long room = (long)size + 2 * padding - extent, count = room / stride + 1;
    bool more = node_attribute(node, "ceil_mode")->integer && room % stride != 0;
    return (size_t)(more && count * stride < (long)size + padding ? count + 1 : count);
}

/* Padding is at most half a window, and every window holds an element. */
static gck_status windows_filled(const struct node *node, const struct argument *x, int axis, long extent,
                                 struct errors *errors)
{
    char text[SHAPE_TEXT];
    long padding = window_number(node, "padding", axis - 2);
    if (padding > extent / 2)
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: padding = %ld along axis %d; it must be at most %ld, half of what the kernel covers",
            node->op->name, padding, axis, extent / 2);
    struct pooling pooling = pooling_of(node, &x->shape);
    const struct pool_axis *along = &pooling.axis[axis - x->shape.rank + 2];
    for (size_t o = 0; o < along->to; o++)
        if (pool_taps(along, o).count == 0)
            return errors_add(errors, GCK_BAD_CASE,
                              "%s: window %zu along axis %d of %s with shape %s holds padding only; each must "
                              "hold an element",
                              node->op->name, o, axis, x->name, shape_text(text, &x->shape));
    return GCK_OK;
}

/* Room for the gradients of a plane, and for the shares of all windows. */
static void set_scratch(struct node *node, const struct argument *x)
{
    struct pooling pooling = pooling_of(node, &x->shape);
    size_t plane = pooling.axis[0].from * pooling.axis[1].from, all = 1, limit = (size_t)-1 / 2;
    if (!shape_count_within(&all, &node->shape, limit))
        all = limit; /* y itself is refused */
    node->scratch = plane > all ? plane : all;
}

static gck_status rule_pool(struct node *node, const struct argument *x, int axes, const char *wanted,
                            struct errors *errors)
{
    static const struct {
        const char *name;
        long least;
    } lists[] = {{"kernel", 1}, {"stride", 1}, {"padding", 0}, {"dilation", 1}};
    gck_status status = window_shape_right(node, x, axes + 2, wanted, errors);
    for (size_t i = 0; !status && i < sizeof lists / sizeof *lists; i++)
        if (op_attribute(node->op, lists[i].name) >= 0 &&
            (i != 1 || node_attribute(node, lists[i].name)->given))
            status = window_numbers_right(node, lists[i].name, axes, lists[i].least, errors);
    node->shape = x->shape;
    for (int i = 2; !status && i < axes + 2; i++) {
        long extent = window_extent((size_t)window_number(node, "kernel", i - 2), dilation_of(node, i - 2));
        status = window_fits(node, x, i, extent, window_number(node, "padding", i - 2), errors);
        if (status)
            break;
        node->shape.dim[i] = pooled(node, x->shape.dim[i], i - 2, extent);
        status = windows_filled(node, x, i, extent, errors);
    }
    if (!status)
        set_scratch(node, x);
    return status;
}

static gck_status rule_adaptive_pool(struct node *node, const struct argument *x, int axes, const char *wanted,
                                     struct errors *errors)
{
    gck_status status = window_shape_right(node, x, axes + 2, wanted, errors);
    if (!status)
        status = window_numbers_right(node, "size", axes, 1, errors);
    if (status)
        return status;
    node->shape = x->shape;
    for (int i = 2; i < axes + 2; i++)
        node->shape.dim[i] = (size_t)window_number(node, "size", i - 2);
    set_scratch(node, x);
    return GCK_OK;
}

gck_status rule_adaptive_pool1d(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return rule_adaptive_pool(node, &arguments[0], 1, "[N, C, L]", errors);
}

gck_status rule_adaptive_pool2d(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return rule_adaptive_pool(node, &arguments[0], 2, "[N, C, H, W]", errors);
}

gck_status rule_pool1d(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return rule_pool(node, &arguments[0], 1, "[N, C, L]", errors);
}

gck_status rule_pool2d(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return rule_pool(node, &arguments[0], 2, "[N, C, H, W]", errors);
}

gck_status rule_global_average_pool(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    node->shape = x->shape;
    if (x->shape.rank < 3)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must have shape [N, C, ...]",
                          node->op->name, x->name, shape_text(text, &x->shape));
    for (int i = 2; i < x->shape.rank; i++) {
        node->shape.dim[i] = 1;
        if (x->shape.dim[i] == 0)
            return errors_add(errors, GCK_BAD_CASE, "%s: axis %d of %s with shape %s has no elements",
                              node->op->name, i, x->name, shape_text(text, &x->shape));
    }
    return GCK_OK;
}
