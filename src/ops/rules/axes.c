/* Shape rules of the ops that add, drop and join axes: flatten, squeeze, unsqueeze, stack, split. */
#include "ops/rules.h"
#include "ops/rules/shapes.h"

/* The axis that an attribute of flatten names; a scalar counts as a vector of one. */
static gck_status flatten_axis(int *axis, const struct node *node, const char *attribute,
                               const struct argument *x, struct errors *errors)
{
    char text[SHAPE_TEXT];
    struct shape shape = x->shape.rank ? x->shape : (struct shape){.rank = 1, .dim = {1}};
    long given = node_attribute(node, attribute)->integer;
    if (!shape_axis(axis, &shape, given))
        return errors_add(errors, GCK_BAD_CASE,
                          "flatten: %s = %ld is outside %d .. %d, the axes of %s with shape %s", attribute,
                          given, -shape.rank, shape.rank - 1, x->name, shape_text(text, &x->shape));
    return GCK_OK;
}

gck_status rule_flatten(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    int start, end;
    gck_status status = flatten_axis(&start, node, "start_axis", x, errors);
    if (!status)
        status = flatten_axis(&end, node, "end_axis", x, errors);
    if (status)
        return status;
    if (start > end)
        return errors_add(
            errors, GCK_BAD_CASE,
            "flatten: start_axis = %ld is behind end_axis = %ld; it must be in front of it, or the "
            "same",
            node_attribute(node, "start_axis")->integer, node_attribute(node, "end_axis")->integer);
    node->shape = (struct shape){.rank = 0};
    for (int i = 0; i < x->shape.rank; i++)
        if (i > start && i <= end)
            node->shape.dim[node->shape.rank - 1] *= x->shape.dim[i];
        else
            node->shape.dim[node->shape.rank++] = x->shape.dim[i];
    if (x->shape.rank == 0)
        node->shape = (struct shape){.rank = 1, .dim = {1}};
    return GCK_OK;
}

gck_status rule_squeeze(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    bool all = !node_attribute(node, "axes")->given;
    gck_status status = rule_axes(node, "axes", x, errors);
    if (status)
        return status;
    for (int i = 0; i < x->shape.rank; i++)
        if ((node->axes >> i & 1) && x->shape.dim[i] != 1) {
            if (!all)
                return errors_add(
                    errors, GCK_BAD_CASE,
                    "squeeze: axis %d of %s with shape %s has size %zu; only axes of size 1 can be "
                    "dropped",
                    i, x->name, shape_text(text, &x->shape), x->shape.dim[i]);
            node->axes &= ~(1u << i);
        }
    node->shape = shape_reduced(&x->shape, node->axes, false);
    return GCK_OK;
}

/* An axis must be one of the result's. */
static gck_status result_axis(const struct node *node, const char *attribute, long given,
                              const struct argument *x, const struct shape *y, struct errors *errors)
{
    char text[SHAPE_TEXT];
    int axis;
    if (shape_axis(&axis, y, given))
        return GCK_OK;
    return errors_add(
        errors, GCK_BAD_CASE,
        "%s: %s = %ld is outside %d .. %d, the axes of the result: %d more than %s with shape %s has",
        node->op->name, attribute, given, -y->rank, y->rank - 1, y->rank - x->shape.rank, x->name,
        shape_text(text, &x->shape));
}

gck_status rule_unsqueeze(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    const struct attribute *axes = node_attribute(node, "axes");
    struct argument y = {.name = "the result", .shape = x->shape};
    gck_status status = GCK_OK;
    if ((size_t)x->shape.rank + axes->count > MOST_RANK)
        return errors_add(errors, GCK_BAD_CASE,
                          "unsqueeze: %zu axes more than the %d of %s with shape %s; at most %d "
                          "are possible",
                          axes->count, x->shape.rank, x->name, shape_text(text, &x->shape), MOST_RANK);
    y.shape.rank += (int)axes->count;
    for (int i = x->shape.rank; i < y.shape.rank; i++)
        y.shape.dim[i] = 1;
    for (size_t i = 0; i < axes->count && !status; i++)
        status = result_axis(node, "axes", axes->list[i], x, &y.shape, errors);
    if (!status)
        status = rule_axes(node, "axes", &y, errors);
    if (status)
        return status;
    node->shape = y.shape;
    for (int i = 0, from = 0; i < y.shape.rank; i++)
        node->shape.dim[i] = node->axes >> i & 1 ? 1 : x->shape.dim[from++];
    return GCK_OK;
}

gck_status rule_stack(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct shape *x = &arguments[0].shape;
    gck_status status = rule_all_same(node, arguments, errors);
    if (status)
        return status;
    if (x->rank == MOST_RANK)
        return errors_add(errors, GCK_BAD_CASE,
                          "stack: %s with shape %s has %d axes already, the most possible", arguments[0].name,
                          shape_text(text, x), MOST_RANK);
    struct argument y = {.name = "the result", .shape = {.rank = x->rank + 1}};
    for (int i = 0; i < y.shape.rank; i++)
        y.shape.dim[i] = 1;
    status = result_axis(node, "axis", node_attribute(node, "axis")->integer, &arguments[0], &y.shape, errors);
    if (!status)
        status = rule_axis(node, "axis", &y, errors);
    if (status)
        return status;
    node->shape = y.shape;
    for (int i = 0; i < y.shape.rank; i++)
        node->shape.dim[i] = i == node->axis ? node->arity : x->dim[i - (i > node->axis)];
    return GCK_OK;
}

size_t split_start(const struct node *split)
{
    const struct attribute *sizes = node_attribute(split, "sizes");
    long start = 0, index = node_attribute(split, "index")->integer;
    for (long i = 0; i < index; i++)
        start += sizes->list[i];
    return (size_t)start;
}

gck_status rule_split(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    const struct attribute *sizes = node_attribute(node, "sizes");
    long index = node_attribute(node, "index")->integer;
    gck_status status = rule_axis(node, "axis", x, errors);
    if (status)
        return status;
    size_t length = x->shape.dim[node->axis], total = 0;
    for (size_t i = 0; i < sizes->count; i++) {
        if (sizes->list[i] < 0)
            return errors_add(errors, GCK_BAD_CASE, "split: sizes holds %ld; a size is 0 or more",
                              sizes->list[i]);
        if ((size_t)sizes->list[i] > length - total) /* total never passes length */
            total = length + 1;
        else
            total += (size_t)sizes->list[i];
        if (total > length)
            break;
    }
    if (total != length)
        return errors_add(errors, GCK_BAD_CASE,
                          "split: sizes adds up to %s than %zu, the size of axis %d of %s with shape %s",
                          total > length ? "more" : "less", length, node->axis, x->name,
                          shape_text(text, &x->shape));
    if (index < 0 || (size_t)index >= sizes->count)
        return errors_add(errors, GCK_BAD_CASE,
                          "split: index = %ld, but sizes lists %zu part%s, counted from 0", index, sizes->count,
                          sizes->count == 1 ? "" : "s");
    node->shape = x->shape;
    node->shape.dim[node->axis] = (size_t)sizes->list[index];
    return GCK_OK;
}
