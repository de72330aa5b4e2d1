/* Shape rules that several ops share. */
#include "ops/rules.h"

gck_status rule_same(struct node *node, const struct argument *arguments, struct errors *errors)
{
    (void)errors;
    node->shape = arguments[0].shape;
    return GCK_OK;
}

gck_status rule_all_same(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char first[SHAPE_TEXT], other[SHAPE_TEXT];
    for (size_t i = 1; i < node->arity; i++)
        if (!shape_equal(&arguments[0].shape, &arguments[i].shape))
            return errors_add(errors, GCK_BAD_CASE,
                              "%s: all arguments must have one shape, but %s is %s and %s is %s",
                              node->op->name, arguments[0].name, shape_text(first, &arguments[0].shape),
                              arguments[i].name, shape_text(other, &arguments[i].shape));
    node->shape = arguments[0].shape;
    return GCK_OK;
}

gck_status rule_broadcast(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    if (!shape_broadcast(&node->shape, &arguments[0].shape, &arguments[1].shape))
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: the shapes %s of %s and %s of %s do not broadcast (aligned at the last axis, sizes "
            "must be equal or 1)",
            node->op->name, shape_text(a, &arguments[0].shape), arguments[0].name,
            shape_text(b, &arguments[1].shape), arguments[1].name);
    return GCK_OK;
}

gck_status rule_broadcast_scratch(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_broadcast(node, arguments, errors);
    if (!status)
        node->scratch = shape_count(&node->shape);
    return status;
}

static gck_status bad_axis(const struct node *node, const char *attribute, long axis, const struct argument *x,
                           struct errors *errors)
{
    char text[SHAPE_TEXT];
    if (x->shape.rank == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s = %ld, but %s is a scalar and has no axes",
                          node->op->name, attribute, axis, x->name);
    return errors_add(errors, GCK_BAD_CASE, "%s: %s = %ld is outside %d .. %d, the axes of %s with shape %s",
                      node->op->name, attribute, axis, -x->shape.rank, x->shape.rank - 1, x->name,
                      shape_text(text, &x->shape));
}

gck_status rule_axes(struct node *node, const char *attribute, const struct argument *x, struct errors *errors)
{
    const struct attribute *axes = node_attribute(node, attribute);
    node->axes = axes->given ? 0 : (1u << x->shape.rank) - 1;
    for (size_t i = 0; axes->given && i < axes->count; i++) {
        int axis;
        if (!shape_axis(&axis, &x->shape, axes->list[i]))
            return bad_axis(node, attribute, axes->list[i], x, errors);
        if (node->axes >> axis & 1)
            return errors_add(errors, GCK_BAD_CASE, "%s: %s names axis %d twice", node->op->name, attribute,
                              axis);
        node->axes |= 1u << axis;
    }
    return GCK_OK;
}

gck_status rule_axis(struct node *node, const char *attribute, const struct argument *x, struct errors *errors)
{
    long axis = node_attribute(node, attribute)->integer;
    if (!shape_axis(&node->axis, &x->shape, axis))
        return bad_axis(node, attribute, axis, x, errors);
    return GCK_OK;
}
