/* Shape rules of repeat, expand, reshape, transpose and concat. */
#include "ops/rules/shapes.h"

#include <stdint.h>
#include <stdio.h>

#include "ops/rules.h"

size_t repeat_times(const struct node *repeat, size_t i)
{
    const struct attribute *repeats = node_attribute(repeat, "repeats");
    return (size_t)repeats->list[repeats->count == 1 ? 0 : i];
}

/* Length of the repeated axis, `length` elements before; SIZE_MAX when it is beyond any limit. */
static size_t repeated_length(const struct node *repeat, size_t length)
{
    const struct attribute *repeats = node_attribute(repeat, "repeats");
    size_t total = 0, each = length && repeats->count == 1 ? length : 1;
    for (size_t i = 0; i < length; i += each) {
        size_t times = repeat_times(repeat, i);
        if (times > (SIZE_MAX - total) / each)
            return SIZE_MAX;
        total += times * each;
    }
    return total;
}

static gck_status repeat_axis(struct node *node, const struct argument *x, struct errors *errors)
{
    char text[SHAPE_TEXT];
    if (node_attribute(node, "axis")->given)
        return rule_axis(node, "axis", x, errors);
    node->axis = 0;
    if (x->shape.rank > 1)
        return errors_add(errors, GCK_BAD_CASE,
                          "repeat: %s has shape %s; say along which axis to repeat (to flatten it first, as "
                          "NumPy does without an axis, use reshape)",
                          x->name, shape_text(text, &x->shape));
    return GCK_OK;
}

gck_status rule_repeat(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    const struct attribute *repeats = node_attribute(node, "repeats");
    gck_status status = repeat_axis(node, x, errors);
    if (status)
        return status;
    for (size_t i = 0; i < repeats->count; i++)
        if (repeats->list[i] < 0)
            return errors_add(errors, GCK_BAD_CASE, "repeat: repeats = %ld; it must be 0 or more",
                              repeats->list[i]);
    node->shape = x->shape;
    if (x->shape.rank == 0)
        node->shape = (struct shape){.rank = 1, .dim = {1}};
    size_t *length = &node->shape.dim[node->axis];
    if (repeats->count != 1 && repeats->count != *length)
        return errors_add(
            errors, GCK_BAD_CASE,
            "repeat: repeats lists %zu numbers, but axis %d of %s has size %zu; give one number, or "
            "one for each",
            repeats->count, node->axis, x->name, *length);
    *length = repeated_length(node, *length);
    return GCK_OK;
}

/* The attribute `shape`: at most MOST_RANK sizes, each -1 or more. */
static gck_status sizes_right(const struct node *node, struct errors *errors)
{
    const struct attribute *sizes = node_attribute(node, "shape");
    if (sizes->count > MOST_RANK)
        return errors_add(errors, GCK_BAD_CASE, "%s: shape has %zu axes; at most %d are possible",
                          node->op->name, sizes->count, MOST_RANK);
    for (size_t i = 0; i < sizes->count; i++)
        if (sizes->list[i] < -1)
            return errors_add(errors, GCK_BAD_CASE, "%s: shape holds %ld; a size is 0 or more, or -1",
                              node->op->name, sizes->list[i]);
    return GCK_OK;
}

gck_status rule_expand(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char from[SHAPE_TEXT], to[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    const struct attribute *sizes = node_attribute(node, "shape");
    gck_status status = sizes_right(node, errors);
    if (status)
        return status;
    node->shape = (struct shape){.rank = (int)sizes->count};
    for (int i = 0; i < node->shape.rank; i++) {
        int own = i - node->shape.rank + x->shape.rank; /* x's axis there */
        if (sizes->list[i] == -1 && own < 0)
            return errors_add(
                errors, GCK_BAD_CASE,
                "expand: the size of axis %d is -1 (as in %s), but %s with shape %s has no such axis", i,
                x->name, x->name, shape_text(from, &x->shape));
        node->shape.dim[i] = sizes->list[i] == -1 ? x->shape.dim[own] : (size_t)sizes->list[i];
    }
    if (!shape_expands(&x->shape, &node->shape))
        return errors_add(
            errors, GCK_BAD_CASE,
            "expand: %s with shape %s does not broadcast to %s (aligned at the last axis, sizes must "
            "be equal or 1 in %s)",
            x->name, shape_text(from, &x->shape), shape_text(to, &node->shape), x->name);
    return GCK_OK;
}

/* "[2, -1]": the sizes as given, at most MOST_RANK of them. */
static const char *given_text(char *text, const struct attribute *sizes)
{
    size_t used = 0;
    for (size_t i = 0; i < sizes->count; i++)
        used += (size_t)snprintf(text + used, SHAPE_TEXT - used, i ? ", %ld" : "[%ld", sizes->list[i]);
    snprintf(text + used, SHAPE_TEXT - used, used ? "]" : "[]");
    return text;
}

/* Index of the one -1 among the sizes, -1 when there is none, -2 when there are several. */
static int free_axis(const struct attribute *sizes)
{
    int found = -1;
    for (size_t i = 0; i < sizes->count; i++)
        if (sizes->list[i] == -1)
            found = found == -1 ? (int)i : -2;
    return found;
}

gck_status rule_reshape(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char from[SHAPE_TEXT], to[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    const struct attribute *sizes = node_attribute(node, "shape");
    gck_status status = sizes_right(node, errors);
    if (status)
        return status;
    int free = free_axis(sizes);
    if (free == -2)
        return errors_add(errors, GCK_BAD_CASE, "reshape: shape = %s; only one size can be -1 (worked out)",
                          given_text(to, sizes));
    node->shape = (struct shape){.rank = (int)sizes->count};
    for (int i = 0; i < node->shape.rank; i++)
        node->shape.dim[i] = i == free ? 1 : (size_t)sizes->list[i];
    size_t count = shape_count(&x->shape), others;
    bool fills = shape_count_within(&others, &node->shape, SIZE_MAX);
    if (free >= 0 && fills && others > 0)
        node->shape.dim[free] = count / others;
    fills = fills && (free >= 0 ? others > 0 && count % others == 0 : others == count);
    if (!fills)
        return errors_add(errors, GCK_BAD_CASE,
                          "reshape: the %zu elements of %s with shape %s do not make the shape %s", count,
                          x->name, shape_text(from, &x->shape), given_text(to, sizes));
    return GCK_OK;
}

/* The axis of x that becomes axis i of the transpose. */
static int transpose_axis(const struct node *node, const struct shape *x, int i)
{
    const struct attribute *axes = node_attribute(node, "axes");
    long axis = axes->given ? axes->list[i] : x->rank - 1 - i;
    return (int)(axis < 0 ? axis + x->rank : axis);
}

gck_status rule_transpose(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    const struct attribute *axes = node_attribute(node, "axes");
    gck_status status = rule_axes(node, "axes", x, errors); /* in range, none twice */
    if (status)
        return status;
    if (axes->given && axes->count != (size_t)x->shape.rank)
        return errors_add(
            errors, GCK_BAD_CASE,
            "transpose: axes lists %zu of the %d axes of %s with shape %s; it must list each once", axes->count,
            x->shape.rank, x->name, shape_text(text, &x->shape));
    node->shape = (struct shape){.rank = x->shape.rank};
    for (int i = 0; i < x->shape.rank; i++)
        node->shape.dim[i] = x->shape.dim[transpose_axis(node, &x->shape, i)];
    return GCK_OK;
}

struct view transpose_view(const struct node *transpose, const struct shape *x)
{
    struct view own = view_of(x), view = {0};
    for (int i = 0; i < x->rank; i++)
        view.stride[i] = own.stride[transpose_axis(transpose, x, i)];
    return view;
}

/* Whether two shapes are the same but for one axis. */
static bool differ_along(const struct shape *a, const struct shape *b, int axis)
{
    struct shape same = *a;
    if (a->rank == b->rank)
        same.dim[axis] = b->dim[axis];
    return shape_equal(&same, b);
}

gck_status rule_concat(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char first[SHAPE_TEXT], other[SHAPE_TEXT];
    gck_status status = rule_axis(node, "axis", &arguments[0], errors);
    if (status)
        return status;
    node->shape = arguments[0].shape;
    for (size_t i = 1; i < node->arity; i++) {
        if (!differ_along(&arguments[0].shape, &arguments[i].shape, node->axis))
            return errors_add(errors, GCK_BAD_CASE,
                              "concat: %s has shape %s and %s has shape %s; they may differ along axis %d only",
                              arguments[0].name, shape_text(first, &arguments[0].shape), arguments[i].name,
                              shape_text(other, &arguments[i].shape), node->axis);
        node->shape.dim[node->axis] += arguments[i].shape.dim[node->axis];
    }
    return GCK_OK;
}
