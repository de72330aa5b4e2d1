/* Shape rules of the convolutions, and the geometry that their kernels walk through. */
#include "ops/rules/convolution.h"

#include <string.h>

#include "ops/rules.h"
#include "ops/rules/windows.h"

static bool transposing(const struct node *node)
{
    return op_attribute(node->op, "output_padding") >= 0;
}

struct convolution convolution_of(const struct node *node, const struct shape *x, const struct shape *w)
{
    bool transposed = transposing(node);
    size_t groups = (size_t)node_attribute(node, "groups")->integer;
    struct convolution v = {.batch = x->dim[0], .groups = groups};
    v.image_channels = w->dim[1];
    v.map_channels = w->dim[0] / groups;
    v.axis[0] = (struct conv_axis){1, 1, 1, 1, 0, 1};
    for (int i = 2; i < x->rank; i++) {
        struct conv_axis *axis = &v.axis[i - x->rank + 2];
        const struct shape *image = transposed ? &node->shape : x, *map = transposed ? x : &node->shape;
        axis->image = image->dim[i];
        axis->map = map->dim[i];
        axis->kernel = w->dim[i];
        axis->stride = window_number(node, "stride", i - 2);
        axis->padding = window_number(node, "padding", i - 2);
        axis->dilation = window_number(node, "dilation", i - 2);
    }
    return v;
}

ptrdiff_t conv_image_at(const struct conv_axis *axis, size_t i, size_t k)
{
    ptrdiff_t at = (ptrdiff_t)i * axis->stride - axis->padding + (ptrdiff_t)k * axis->dilation;
    return at >= 0 && at < (ptrdiff_t)axis->image ? at : NO_TAP;
}

ptrdiff_t conv_map_at(const struct conv_axis *axis, size_t i, size_t k)
{
    ptrdiff_t at = (ptrdiff_t)i + axis->padding - (ptrdiff_t)k * axis->dilation;
    if (at < 0 || at % axis->stride != 0 || at / axis->stride >= (ptrdiff_t)axis->map)
        return NO_TAP;
    return at / axis->stride;
}

/* The attributes, and the ranks of x and W. */
static gck_status numbers_right(const struct node *node, const struct argument *arguments, int axes,
                                const char *x_shape, const char *w_shape, struct errors *errors)
{
    gck_status status = window_shape_right(node, &arguments[0], axes + 2, x_shape, errors);
    if (!status)
        status = window_shape_right(node, &arguments[1], axes + 2, w_shape, errors);
    if (!status && arguments[1].shape.dim[0] == 0)
        status = errors_add(errors, GCK_BAD_CASE, "%s: the weights %s have no channels: axis 0 has size 0",
                            node->op->name, arguments[1].name);
    if (!status)
        status = window_numbers_right(node, "stride", axes, 1, errors);
    if (!status)
        status = window_numbers_right(node, "padding", axes, 0, errors);
    if (!status)
        status = window_numbers_right(node, "dilation", axes, 1, errors);
    return status;
}

/* The axis of an argument that holds its channels divides by `groups`. */
static gck_status groups_divide(const struct node *node, const struct argument *argument, int axis,
                                struct errors *errors)
{
    char text[SHAPE_TEXT];
    long groups = node_attribute(node, "groups")->integer;
    if (groups < 1)
        return errors_add(errors, GCK_BAD_CASE, "%s: groups = %ld; it must be 1 or more", node->op->name,
                          groups);
    if (argument->shape.dim[axis] % (size_t)groups != 0)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: groups = %ld does not divide the %zu channels of %s with shape %s",
                          node->op->name, groups, argument->shape.dim[axis], argument->name,
                          shape_text(text, &argument->shape));
    return GCK_OK;
}

static gck_status bias_right(const struct node *node, const struct argument *arguments, size_t channels,
                             struct errors *errors)
{
    char text[SHAPE_TEXT];
    if (node->arity < 3 || (arguments[2].shape.rank == 1 && arguments[2].shape.dim[0] == channels))
        return GCK_OK;
    return errors_add(errors, GCK_BAD_CASE,
                      "%s: the bias %s has shape %s; it must have shape [%zu], one number a channel of y",
                      node->op->name, arguments[2].name, shape_text(text, &arguments[2].shape), channels);
}

/* Room for the largest of: the patches of the image and the map for the whole batch; the taps of one sample's
 * map, and the weights with their channels swapped. */
static size_t scratch_of(const struct convolution *v)
{
    size_t taps = conv_taps(v), columns = v->batch * conv_map_size(v);
    size_t both = columns * (v->image_channels * taps + v->map_channels);
    size_t back = v->map_channels * taps * (conv_image_size(v) + v->image_channels);
    size_t one = conv_map_size(v) * v->image_channels * taps;
    size_t most = both > back ? both : back;
    return most > one ? most : one;
}

static gck_status rule_conv(struct node *node, const struct argument *arguments, int axes, const char *x_shape,
                            const char *w_shape, struct errors *errors)
{
    char text[SHAPE_TEXT], weights[SHAPE_TEXT];
    const struct argument *x = &arguments[0], *w = &arguments[1];
    gck_status status = numbers_right(node, arguments, axes, x_shape, w_shape, errors);
    if (!status)
        status = groups_divide(node, x, 1, errors);
    if (!status)
        status = groups_divide(node, w, 0, errors);
    if (status)
        return status;
    long groups = node_attribute(node, "groups")->integer;
    if (w->shape.dim[1] * (size_t)groups != x->shape.dim[1])
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: %s has shape %s and the weights %s have shape %s; with groups = %ld their axis 1 "
            "must be %zu",
            node->op->name, x->name, shape_text(text, &x->shape), w->name, shape_text(weights, &w->shape),
            groups, x->shape.dim[1] / (size_t)groups);
    node->shape = x->shape;
    node->shape.dim[1] = w->shape.dim[0];
    for (int i = 2; !status && i < axes + 2; i++) {
        long extent = window_extent(w->shape.dim[i], window_number(node, "dilation", i - 2));
        long padding = window_number(node, "padding", i - 2);
        status = window_fits(node, x, i, extent, padding, errors);
        if (!status)
            node->shape.dim[i] = ((size_t)((long)x->shape.dim[i] + 2 * padding - extent)) /
                                     (size_t)window_number(node, "stride", i - 2) +
                                 1;
    }
    if (!status)
        status = bias_right(node, arguments, w->shape.dim[0], errors);
    if (status)
        return status;
    struct convolution v = convolution_of(node, &x->shape, &w->shape);
    node->terms = v.image_channels * conv_taps(&v);
    node->scratch = scratch_of(&v);
    return GCK_OK;
}

gck_status rule_conv1d(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return rule_conv(node, arguments, 1, "[N, C, L]", "[channels of y, C / groups, K]", errors);
}

gck_status rule_conv2d(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return rule_conv(node, arguments, 2, "[N, C, H, W]", "[channels of y, C / groups, KH, KW]", errors);
}

/* One axis of a transposed convolution: what a convolution with these numbers would have read. */
static gck_status grown(struct node *node, const struct argument *arguments, int i, struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    long stride = window_number(node, "stride", i - 2), dilation = window_number(node, "dilation", i - 2);
    long more = window_number(node, "output_padding", i - 2), padding = window_number(node, "padding", i - 2);
    if (more >= stride && more >= dilation)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: output_padding = %ld; it must be less than stride = %ld or dilation = %ld",
                          node->op->name, more, stride, dilation);
    long size = ((long)x->shape.dim[i] - 1) * stride - 2 * padding +
                window_extent(arguments[1].shape.dim[i], dilation) + more;
    if (size < 1)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: padding = %ld takes away all of y along axis %d of %s with shape %s: its size "
                          "would be %ld; it must be at least 1",
                          node->op->name, padding, i, x->name, shape_text(text, &x->shape), size);
    node->shape.dim[i] = (size_t)size;
    return GCK_OK;
}

gck_status rule_conv_transpose2d(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT], weights[SHAPE_TEXT];
    const struct argument *x = &arguments[0], *w = &arguments[1];
    gck_status status =
        numbers_right(node, arguments, 2, "[N, C, H, W]", "[C, channels of y / groups, KH, KW]", errors);
    if (!status)
        status = window_numbers_right(node, "output_padding", 2, 0, errors);
    if (!status)
        status = groups_divide(node, x, 1, errors);
    if (status)
        return status;
    if (w->shape.dim[0] != x->shape.dim[1])
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: %s has shape %s and the weights %s have shape %s; the weights' axis 0 must be %zu",
            node->op->name, x->name, shape_text(text, &x->shape), w->name, shape_text(weights, &w->shape),
            x->shape.dim[1]);
    node->shape = x->shape;
    node->shape.dim[1] = w->shape.dim[1] * (size_t)node_attribute(node, "groups")->integer;
    for (int i = 2; !status && i < 4; i++)
        status = grown(node, arguments, i, errors);
    if (!status)
        status = bias_right(node, arguments, node->shape.dim[1], errors);
    if (status)
        return status;
    struct convolution v = convolution_of(node, &x->shape, &w->shape);
    node->terms = v.map_channels * conv_taps(&v);
    node->scratch = scratch_of(&v);
    return GCK_OK;
}
