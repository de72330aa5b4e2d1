/* Shape rules of softmax and its logarithms. */
#include "ops/rules/softmax.h"

#include "ops/rules.h"

gck_status rule_softmax(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    gck_status status = rule_axis(node, "axis", x, errors);
    if (status)
        return status;
    node->shape = x->shape;
    node->scratch = x->shape.dim[node->axis];
    if (node->scratch == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: axis %d of %s with shape %s has no elements",
                          node->op->name, node->axis, x->name, shape_text(text, &x->shape));
    return GCK_OK;
}

gck_status rule_logsumexp(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_softmax(node, arguments, errors);
    if (status)
        return status;
    node->shape.dim[node->axis] = 1;
    if (!node_attribute(node, "keepdims")->integer) {
        node->shape.rank--;
        for (int i = node->axis; i < node->shape.rank; i++)
            node->shape.dim[i] = node->shape.dim[i + 1];
    }
    return GCK_OK;
}
