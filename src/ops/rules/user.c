/* Shape rules of what users define themselves. */
#include "ops/rules/user.h"

#include "ops/rules.h"

gck_status rule_expr(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *y = &arguments[0];
    char own[SHAPE_TEXT], other[SHAPE_TEXT];
    if (node->arity % 2 == 0)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s takes a formula and then pairs, a variable and its claimed derivative: %s is "
                          "without one",
                          node->op->name, arguments[node->arity - 1].name);
    for (size_t i = 1; i < node->arity; i++)
        if (!shape_expands(&arguments[i].shape, &y->shape))
            return errors_add(errors, GCK_BAD_CASE,
                              "%s: the shape %s of %s, %s, does not broadcast to the formula's shape %s",
                              node->op->name, shape_text(other, &arguments[i].shape), arguments[i].name,
                              i % 2 ? "a variable" : "a claimed derivative", shape_text(own, &y->shape));
    node->shape = y->shape;
    node->scratch = node->arity > 1 ? shape_count(&y->shape) : 0;
    return GCK_OK;
}
