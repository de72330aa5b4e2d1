/* Shape rules of ops that work element by element, and what their attributes allow. */
#include "ops/rules/pointwise.h"

#include "ops/rules.h"
#include "real/dtype.h"

gck_status rule_broadcast_three(struct node *node, const struct argument *arguments, struct errors *errors)
{
    struct shape pair;
    char text[3][SHAPE_TEXT];
    if (!shape_broadcast(&pair, &arguments[0].shape, &arguments[1].shape) ||
        !shape_broadcast(&node->shape, &pair, &arguments[2].shape))
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: the shapes %s of %s, %s of %s and %s of %s do not broadcast (aligned at the last axis, "
            "sizes must be equal or 1)",
            node->op->name, shape_text(text[0], &arguments[0].shape), arguments[0].name,
            shape_text(text[1], &arguments[1].shape), arguments[1].name,
            shape_text(text[2], &arguments[2].shape), arguments[2].name);
    node->scratch = shape_count(&node->shape);
    return GCK_OK;
}

static double real_of(const struct node *node, const char *name)
{
    double x = 0;
    dtype_parse(&x, FLOAT64, node_attribute(node, name)->text);
    return x;
}

gck_status rule_clamp(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct attribute *min = node_attribute(node, "min"), *max = node_attribute(node, "max");
    if (!min->given && !max->given)
        return errors_add(errors, GCK_BAD_CASE, "%s needs the attribute min, max, or both", node->op->name);
    if (min->given && max->given && real_of(node, "min") > real_of(node, "max"))
        return errors_add(errors, GCK_BAD_CASE, "%s: min = %s is above max = %s", node->op->name, min->text,
                          max->text);
    return rule_same(node, arguments, errors);
}

gck_status rule_prelu(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0], *weight = &arguments[1];
    char given[SHAPE_TEXT], text[SHAPE_TEXT];
    size_t channels = x->shape.rank > 1 ? x->shape.dim[1] : 1;
    bool single = shape_count(&weight->shape) == 1 && weight->shape.rank <= 1;
    if (!single && !(weight->shape.rank == 1 && weight->shape.dim[0] == channels))
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: %s has shape %s; it must hold one weight, or one for each of the %zu channel%s "
                          "(axis 1) of %s with shape %s",
                          node->op->name, weight->name, shape_text(given, &weight->shape), channels,
                          channels == 1 ? "" : "s", x->name, shape_text(text, &x->shape));
    node->shape = x->shape;
    node->scratch = shape_count(&x->shape);
    return GCK_OK;
}

gck_status rule_softplus(struct node *node, const struct argument *arguments, struct errors *errors)
{
    if (!(real_of(node, "beta") > 0))
        return errors_add(errors, GCK_BAD_CASE, "%s: beta = %s; it must be positive", node->op->name,
                          node_attribute(node, "beta")->text);
    return rule_same(node, arguments, errors);
}

gck_status rule_celu(struct node *node, const struct argument *arguments, struct errors *errors)
{
    if (real_of(node, "alpha") == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: alpha = %s; it divides x and must not be 0",
                          node->op->name, node_attribute(node, "alpha")->text);
    return rule_same(node, arguments, errors);
}

gck_status rule_hardtanh(struct node *node, const struct argument *arguments, struct errors *errors)
{
    if (!(real_of(node, "min_val") < real_of(node, "max_val")))
        return errors_add(errors, GCK_BAD_CASE, "%s: min_val = %s must be below max_val = %s", node->op->name,
                          node_attribute(node, "min_val")->text, node_attribute(node, "max_val")->text);
    return rule_same(node, arguments, errors);
}

gck_status rule_shrink(struct node *node, const struct argument *arguments, struct errors *errors)
{
    if (real_of(node, "lambd") < 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: lambd = %s; it must not be negative", node->op->name,
                          node_attribute(node, "lambd")->text);
    return rule_same(node, arguments, errors);
}

gck_status rule_glu(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    gck_status status = rule_axis(node, "axis", x, errors);
    if (status)
        return status;
    if (x->shape.dim[node->axis] % 2)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: axis %d of %s with shape %s cannot be halved: its size is odd", node->op->name,
                          node->axis, x->name, shape_text(text, &x->shape));
    node->shape = x->shape;
    node->shape.dim[node->axis] /= 2;
    return GCK_OK;
}
