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

gck_status rule_prod(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_sum(node, arguments, errors);
    node->scratch = group_count(node, arguments);
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

gck_status rule_amin(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_of_some(node, arguments, "none of none is the smallest", errors);
    node->scratch = group_count(node, arguments);
    return status;
}

gck_status rule_var(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    long correction = node_attribute(node, "correction")->integer;
    gck_status status = rule_sum(node, arguments, errors);
    if (status)
        return status;
    if (correction < 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: correction = %ld; it must be 0 or more", node->op->name,
                          correction);
    if (group_count(node, x) <= (size_t)correction && shape_count(&node->shape) > 0)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: correction = %ld, but the reduced axes of %s with shape %s hold %zu element%s; "
                          "they must hold more than that, because their number minus the correction divides",
                          node->op->name, correction, x->name, shape_text(text, &x->shape),
                          group_count(node, x), group_count(node, x) == 1 ? "" : "s");
    return GCK_OK;
}

gck_status rule_norm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct attribute *p = node_attribute(node, "p");
    long ord = node_attribute(node, "ord")->integer;
    double power = 0;
    if (ord != NORM_P && p->given)
        return errors_add(errors, GCK_BAD_CASE, "norm: p = %s goes with ord = p only", p->text);
    if (ord == NORM_P && !p->given)
        return errors_add(errors, GCK_BAD_CASE, "norm: ord = p needs the attribute p, a number above 1");
    if (ord == NORM_P && (!dtype_parse(&power, FLOAT64, p->text) || power <= 1))
        return errors_add(errors, GCK_BAD_CASE,
                          "norm: p = %s; it must be above 1 (ord = 1 is the sum of absolute values)", p->text);
    gck_status status = ord == NORM_INF ? rule_of_some(node, arguments, "none of none is the largest", errors)
                                        : rule_sum(node, arguments, errors);
    node->scratch = ord == NORM_INF ? group_count(node, arguments) : 0;
    return status;
}

gck_status rule_along(struct node *node, const struct argument *arguments, struct errors *errors)
{
    node->shape = arguments[0].shape;
    return rule_axis(node, "axis", &arguments[0], errors);
}

gck_status rule_sort(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_along(node, arguments, errors);
    if (!status)
        node->terms = node->shape.dim[node->axis];
    return status;
}

gck_status rule_topk(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    long k = node_attribute(node, "k")->integer;
    gck_status status = rule_along(node, arguments, errors);
    if (status)
        return status;
    size_t length = x->shape.dim[node->axis];
    if (k < 1 || (size_t)k > length)
        return errors_add(
            errors, GCK_BAD_CASE,
            "topk: k = %ld, but axis %d of %s with shape %s has size %zu; k must be 1 or more, and "
            "no more than that",
            k, node->axis, x->name, shape_text(text, &x->shape), length);
    node->shape.dim[node->axis] = (size_t)k;
    node->terms = length * (length / (size_t)k);
    return GCK_OK;
}

gck_status rule_median(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    node->axes = (1u << x->shape.rank) - 1;
    if (node_attribute(node, "axis")->given) {
        gck_status status = rule_axis(node, "axis", x, errors);
        if (status)
            return status;
        node->axes = 1u << node->axis;
    }
    node->shape = shape_reduced(&x->shape, node->axes, node_attribute(node, "keepdims")->integer);
    size_t count = group_count(node, x);
    if (count == 0 && shape_count(&node->shape) > 0)
        return errors_add(
            errors, GCK_BAD_CASE,
            "median: %s with shape %s has no elements to take the middle of; at least one is needed", x->name,
            shape_text(text, &x->shape));
    node->terms = count * count;
    return GCK_OK;
}
