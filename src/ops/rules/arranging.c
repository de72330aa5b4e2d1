/* Shape rules of flip, roll, tile, pad, diagonal, tril and triu, and where an element comes from. */
#include "ops/rules/arranging.h"

#include <limits.h>
#include <string.h>

#include "ops/rules.h"

gck_status rule_flip(struct node *node, const struct argument *arguments, struct errors *errors)
{
    node->shape = arguments[0].shape;
    return rule_axes(node, "axes", &arguments[0], errors);
}

gck_status rule_roll(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct attribute *shifts = node_attribute(node, "shifts"), *axes = node_attribute(node, "axes");
    node->shape = arguments[0].shape;
    if (axes->given && axes->count != shifts->count)
        return errors_add(errors, GCK_BAD_CASE,
                          "roll: shifts lists %zu numbers and axes lists %zu; they must be equally many",
                          shifts->count, axes->count);
    if (!axes->given && shifts->count != 1)
        return errors_add(
            errors, GCK_BAD_CASE,
            "roll: shifts lists %zu numbers without axes; one is needed, which rolls the elements in "
            "row-major order",
            shifts->count);
    return rule_axes(node, "axes", &arguments[0], errors);
}

gck_status rule_tile(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    const struct attribute *reps = node_attribute(node, "reps");
    char text[SHAPE_TEXT];
    int rank = (int)reps->count > x->shape.rank ? (int)reps->count : x->shape.rank;
    if (rank > MOST_RANK)
        return errors_add(errors, GCK_BAD_CASE, "tile: reps lists %zu numbers; at most %d axes are possible",
                          reps->count, MOST_RANK);
    node->shape = (struct shape){.rank = rank};
    for (int back = 1; back <= rank; back++) {
        size_t dim = back <= x->shape.rank ? x->shape.dim[x->shape.rank - back] : 1;
        long times = back <= (int)reps->count ? reps->list[(int)reps->count - back] : 1;
        if (times < 0)
            return errors_add(errors, GCK_BAD_CASE, "tile: reps holds %ld; it must be 0 or more", times);
        if (dim && (size_t)times > LONG_MAX / dim)
            return errors_add(errors, GCK_BAD_CASE, "tile: reps holds %ld, too many for %s with shape %s",
                              times, x->name, shape_text(text, &x->shape));
        node->shape.dim[rank - back] = dim * (size_t)times;
    }
    return GCK_OK;
}

/* The padding in front of an axis, or behind it. */
static long padding(const struct node *node, const char *side, int axis)
{
    const struct attribute *list = node_attribute(node, side);
    return list->given ? list->list[axis] : 0;
}

/* One of the lists of a pad: a number of 0 or more for every axis. */
static gck_status padding_right(const struct node *node, const char *side, const struct argument *x,
                                struct errors *errors)
{
    const struct attribute *list = node_attribute(node, side);
    char text[SHAPE_TEXT];
    if (list->given && list->count != (size_t)x->shape.rank)
        return errors_add(
            errors, GCK_BAD_CASE, "pad: %s lists %zu number%s; %s with shape %s needs %d, one an axis", side,
            list->count, list->count == 1 ? "" : "s", x->name, shape_text(text, &x->shape), x->shape.rank);
    for (size_t i = 0; i < list->count; i++)
        if (list->list[i] < 0 || list->list[i] > INT_MAX)
            return errors_add(errors, GCK_BAD_CASE, "pad: %s holds %ld; it must be 0 or more, up to %d", side,
                              list->list[i], INT_MAX);
    return GCK_OK;
}

/* Reflection needs elements to reflect, replication one to replicate. */
static gck_status padding_possible(const struct node *node, const struct argument *x, int axis,
                                   struct errors *errors)
{
    long mode = node_attribute(node, "mode")->integer;
    long before = padding(node, "before", axis), after = padding(node, "after", axis);
    long most = before > after ? before : after;
    size_t size = x->shape.dim[axis];
    char text[SHAPE_TEXT];
    if (mode == PAD_REFLECT && most > 0 && (size_t)most >= size)
        return errors_add(errors, GCK_BAD_CASE,
                          "pad: mode = reflect cannot add %ld along axis %d of %s with shape %s; before "
                          "and after must be less than the size, %zu",
                          most, axis, x->name, shape_text(text, &x->shape), size);
    if (mode == PAD_REPLICATE && most > 0 && size == 0)
        return errors_add(errors, GCK_BAD_CASE, "pad: axis %d of %s with shape %s has no element to replicate",
                          axis, x->name, shape_text(text, &x->shape));
    return GCK_OK;
}

gck_status rule_pad(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    const struct attribute *value = node_attribute(node, "value");
    if (!node_attribute(node, "before")->given && !node_attribute(node, "after")->given)
        return errors_add(errors, GCK_BAD_CASE,
                          "pad needs before or after: how many elements to add to each axis");
    if (value->given && node_attribute(node, "mode")->integer != PAD_CONSTANT)
        return errors_add(errors, GCK_BAD_CASE, "pad: value = %s goes with mode = constant only", value->text);
    gck_status status = padding_right(node, "before", x, errors);
    if (!status)
        status = padding_right(node, "after", x, errors);
    node->shape = x->shape;
    for (int i = 0; !status && i < x->shape.rank; i++) {
        status = padding_possible(node, x, i, errors);
        node->shape.dim[i] += (size_t)padding(node, "before", i) + (size_t)padding(node, "after", i);
    }
    return status;
}

/* shift brought to 0 .. n - 1 */
static size_t turned(long shift, size_t n)
{
    if (n == 0)
        return 0;
    long rest = shift % (long)n;
    return (size_t)(rest < 0 ? rest + (long)n : rest);
}

/* Axis i of a roll, whose axes are listed in any order. */
static struct arranged_axis rolled(const struct node *node, const struct shape *x, int i)
{
    const struct attribute *shifts = node_attribute(node, "shifts"), *axes = node_attribute(node, "axes");
    struct arranged_axis axis = {ARRANGE_ROLL, x->dim[i], x->dim[i], 0};
    for (size_t n = 0; n < axes->count; n++) {
        int listed;
        if (shape_axis(&listed, x, axes->list[n]) && listed == i)
            axis.shift = turned(shifts->list[n], x->dim[i]);
    }
    return axis;
}

static struct arranged_axis padded(const struct node *node, const struct shape *x, int i)
{
    static const enum arranging modes[] = {ARRANGE_CONSTANT, ARRANGE_REFLECT, ARRANGE_REPLICATE};
    struct arranged_axis axis = {.from = x->dim[i], .to = node->shape.dim[i]};
    axis.how = modes[node_attribute(node, "mode")->integer];
    axis.shift = (size_t)padding(node, "before", i);
    return axis;
}

struct arrangement arrangement_of(const struct node *node, const struct shape *x)
{
    struct arrangement a = {.rank = node->shape.rank};
    const char *op = node->op->name;
    if (strcmp(op, "roll") == 0 && !node_attribute(node, "axes")->given) {
        size_t n = shape_count(x);
        a.rank = 1;
        a.axis[0] =
            (struct arranged_axis){ARRANGE_ROLL, n, n, turned(node_attribute(node, "shifts")->list[0], n)};
        return a;
    }
    for (int i = 0; i < a.rank; i++) {
        int own = i - a.rank + x->rank;
        size_t from = own < 0 ? 1 : x->dim[own];
        if (strcmp(op, "flip") == 0)
            a.axis[i] =
                (struct arranged_axis){node->axes >> i & 1 ? ARRANGE_FLIP : ARRANGE_TILE, from, from, 0};
        else if (strcmp(op, "roll") == 0)
            a.axis[i] = rolled(node, x, i);
        else if (strcmp(op, "tile") == 0)
            a.axis[i] = (struct arranged_axis){ARRANGE_TILE, from, node->shape.dim[i], 0};
        else
            a.axis[i] = padded(node, x, i);
    }
    return a;
}

ptrdiff_t arranged_source(const struct arranged_axis *axis, size_t i)
{
    ptrdiff_t n = (ptrdiff_t)axis->from, at = (ptrdiff_t)i - (ptrdiff_t)axis->shift;
    switch (axis->how) {
    case ARRANGE_FLIP:
        return n - 1 - at;
    case ARRANGE_ROLL:
        return at < 0 ? at + n : at;
    case ARRANGE_TILE:
        return at % n;
    case ARRANGE_CONSTANT:
        return at < 0 || at >= n ? NO_SOURCE : at;
    case ARRANGE_REFLECT:
        return at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
    case ARRANGE_REPLICATE:
        break;
    }
    return at < 0 ? 0 : at >= n ? n - 1 : at;
}

/* Element j's reflection in front of a reflected axis exists; so does the one behind it. */
static bool reflected_in_front(const struct arranged_axis *axis, size_t j)
{
    return j >= 1 && j <= axis->shift;
}

static bool reflected_behind(const struct arranged_axis *axis, size_t j)
{
    return j + 1 < axis->from && axis->shift + 2 * (axis->from - 1) - j < axis->to;
}

size_t arranged_copies(const struct arranged_axis *axis, size_t j)
{
    switch (axis->how) {
    case ARRANGE_TILE:
        return axis->to / axis->from;
    case ARRANGE_REFLECT:
        return (size_t)1 + reflected_in_front(axis, j) + reflected_behind(axis, j);
    case ARRANGE_REPLICATE:
        return 1 + (j == 0 ? axis->shift : 0) + (j + 1 == axis->from ? axis->to - axis->shift - axis->from : 0);
    case ARRANGE_FLIP:
    case ARRANGE_ROLL:
    case ARRANGE_CONSTANT:
        break;
    }
    return 1;
}

size_t arranged_copy(const struct arranged_axis *axis, size_t j, size_t n)
{
    switch (axis->how) {
    case ARRANGE_FLIP:
        return axis->from - 1 - j;
    case ARRANGE_ROLL:
        return (j + axis->shift) % axis->from;
    case ARRANGE_TILE:
        return j + n * axis->from;
    case ARRANGE_CONSTANT:
        return j + axis->shift;
    case ARRANGE_REFLECT:
        if (reflected_in_front(axis, j) && n-- == 0)
            return axis->shift - j;
        return n == 0 ? axis->shift + j : axis->shift + 2 * (axis->from - 1) - j;
    case ARRANGE_REPLICATE:
        break;
    }
    return j == 0 ? n : j + axis->shift + n;
}

gck_status rule_diagonal(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    long offset = node_attribute(node, "offset")->integer;
    if (x->shape.rank < 2)
        return errors_add(errors, GCK_BAD_CASE, "diagonal: %s has shape %s; two axes at least are needed",
                          x->name, shape_text(text, &x->shape));
    gck_status status = rule_axis(node, "axis1", x, errors);
    int first = node->axis;
    if (!status)
        status = rule_axis(node, "axis2", x, errors);
    if (status)
        return status;
    if (node->axis == first)
        return errors_add(errors, GCK_BAD_CASE,
                          "diagonal: axis1 and axis2 are both axis %d of %s with shape %s", first, x->name,
                          shape_text(text, &x->shape));
    size_t rows = x->shape.dim[first], columns = x->shape.dim[node->axis];
    size_t *shorter = offset < 0 ? &rows : &columns;
    size_t skipped = offset < 0 ? 0 - (size_t)offset : (size_t)offset;
    *shorter = skipped < *shorter ? *shorter - skipped : 0;
    node->shape = shape_reduced(&x->shape, 1u << first | 1u << node->axis, false);
    node->shape.dim[node->shape.rank++] = rows < columns ? rows : columns;
    return GCK_OK;
}

struct view diagonal_view(const struct node *diagonal, const struct shape *x)
{
    struct view own = view_of(x), view = {0};
    int first = 0, second = 0, rank = 0;
    long offset = node_attribute(diagonal, "offset")->integer;
    shape_axis(&first, x, node_attribute(diagonal, "axis1")->integer);
    shape_axis(&second, x, node_attribute(diagonal, "axis2")->integer);
    for (int i = 0; i < x->rank; i++)
        if (i != first && i != second)
            view.stride[rank++] = own.stride[i];
    view.stride[rank] = own.stride[first] + own.stride[second];
    if (shape_count(&diagonal->shape) > 0) /* otherwise the offset may lead anywhere */
        view.offset = offset < 0 ? -offset * own.stride[first] : offset * own.stride[second];
    return view;
}

gck_status rule_triangle(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    node->shape = x->shape;
    if (x->shape.rank < 2)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; a matrix is needed, or a stack of them",
                          node->op->name, x->name, shape_text(text, &x->shape));
    return GCK_OK;
}
