/* Shape rules of the reductions: the axes given are dropped, or kept with size 1. */
#include "ops/rules/reductions.h"

#include "ops/rules.h"

gck_status rule_sum(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_axes(node, "axes", &arguments[0], errors);
    if (!status)
        node->shape = shape_reduced(&arguments[0].shape, node->axes, node_attribute(node, "keepdims")->integer);
    return status;
}

/* Number of elements that go into one element of y. */
static size_t group_count(const struct node *node, const struct argument *x)
{
    size_t count = 1;
    for (int i = 0; i < x->shape.rank; i++)
        if (node->axes >> i & 1)
            count *= x->shape.dim[i];
    return count;
}

/* rule_sum, and every element of y must come from at least one of x. */
static gck_status rule_of_some(struct node *node, const struct argument *x, const char *why,
                               struct errors *errors)
{
    char text[SHAPE_TEXT];
    gck_status status = rule_sum(node, x, errors);
    if (!status && group_count(node, x) == 0 && shape_count(&node->shape) > 0)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the reduced axes of %s with shape %s hold no elements, and %s; they must hold "
                          "at least one",
                          node->op->name, x->name, shape_text(text, &x->shape), why);
    return status;
}

gck_status rule_mean(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_of_some(node, arguments, "the mean of none is 0 / 0", errors);
    node->scratch = shape_count(&node->shape);
    return status;
}

gck_status rule_amax(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_of_some(node, arguments, "none of none is the largest", errors);
    node->scratch = group_count(node, arguments);
    return status;
}
