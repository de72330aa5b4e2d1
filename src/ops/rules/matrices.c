/* Shape rules of the linear forms. */
#include "ops/rules/matrices.h"

#include "ops/rules.h"

/* The last axis of x is W's axis `axis`. */
static gck_status depth_right(const struct node *node, const struct argument *x, const struct argument *w,
                              int axis, struct errors *errors)
{
    char text[SHAPE_TEXT], weights[SHAPE_TEXT];
    if (x->shape.rank == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s is a scalar; it must have at least one axis",
                          node->op->name, x->name);
    if (x->shape.dim[x->shape.rank - 1] != w->shape.dim[axis])
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: %s has shape %s and the weights %s have shape %s; the last size of %s, %zu, must equal axis "
            "%d of the weights, %zu",
            node->op->name, x->name, shape_text(text, &x->shape), w->name, shape_text(weights, &w->shape),
            x->name, x->shape.dim[x->shape.rank - 1], axis, w->shape.dim[axis]);
    return GCK_OK;
}

static gck_status weights_right(const struct node *node, const struct argument *w, int rank, const char *wanted,
                                struct errors *errors)
{
    char text[SHAPE_TEXT];
    if (w->shape.rank == rank)
        return GCK_OK;
    return errors_add(errors, GCK_BAD_CASE, "%s: the weights %s have shape %s; they must have shape %s",
                      node->op->name, w->name, shape_text(text, &w->shape), wanted);
}

static gck_status bias_right(const struct node *node, const struct argument *b, size_t size,
                             struct errors *errors)
{
    char text[SHAPE_TEXT];
    if (b->shape.rank == 1 && b->shape.dim[0] == size)
        return GCK_OK;
    return errors_add(errors, GCK_BAD_CASE, "%s: the bias %s has shape %s; it must have shape [%zu]",
                      node->op->name, b->name, shape_text(text, &b->shape), size);
}

gck_status rule_linear(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0], *w = &arguments[1];
    gck_status status = weights_right(node, w, 2, "[H, D]", errors);
    if (!status)
        status = depth_right(node, x, w, 1, errors);
    if (!status && node->arity > 2)
        status = bias_right(node, &arguments[2], w->shape.dim[0], errors);
    if (status)
        return status;
    node->shape = x->shape;
    node->shape.dim[x->shape.rank - 1] = w->shape.dim[0];
    node->terms = w->shape.dim[1];
    return GCK_OK;
}

gck_status rule_outer(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct shape *a = &arguments[0].shape, *b = &arguments[1].shape;
    if (a->rank + b->rank > MOST_RANK)
        return errors_add(errors, GCK_BAD_CASE,
                          "outer: %s has %d axes and %s has %d; together at most %d are possible",
                          arguments[0].name, a->rank, arguments[1].name, b->rank, MOST_RANK);
    node->shape = *a;
    for (int i = 0; i < b->rank; i++)
        node->shape.dim[node->shape.rank++] = b->dim[i];
    return GCK_OK;
}

gck_status rule_dot(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT], other[SHAPE_TEXT];
    const struct argument *a = &arguments[0], *b = &arguments[1];
    for (int i = 0; i < 2; i++)
        if (arguments[i].shape.rank != 1)
            return errors_add(errors, GCK_BAD_CASE,
                              "dot: %s has shape %s; it must be a vector (matmul takes matrices)",
                              arguments[i].name, shape_text(text, &arguments[i].shape));
    if (!shape_equal(&a->shape, &b->shape))
        return errors_add(errors, GCK_BAD_CASE,
                          "dot: %s has shape %s and %s has shape %s; they must be equally long", a->name,
                          shape_text(text, &a->shape), b->name, shape_text(other, &b->shape));
    node->shape = (struct shape){0};
    node->terms = a->shape.dim[0];
    return GCK_OK;
}

gck_status rule_bilinear(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT], other[SHAPE_TEXT];
    const struct argument *x = &arguments[0], *z = &arguments[1], *w = &arguments[2];
    gck_status status = weights_right(node, w, 3, "[H, D, E]", errors);
    if (!status)
        status = depth_right(node, x, w, 1, errors);
    if (!status)
        status = depth_right(node, z, w, 2, errors);
    if (status)
        return status;
    struct shape batch = x->shape, second = z->shape;
    batch.rank--;
    second.rank--;
    if (!shape_equal(&batch, &second))
        return errors_add(
            errors, GCK_BAD_CASE,
            "bilinear: %s has shape %s and %s has shape %s; the sizes before the last must be equal", x->name,
            shape_text(text, &x->shape), z->name, shape_text(other, &z->shape));
    if (node->arity > 3 && (status = bias_right(node, &arguments[3], w->shape.dim[0], errors)))
        return status;
    size_t n = shape_count(&batch), h = w->shape.dim[0], d = w->shape.dim[1], e = w->shape.dim[2];
    size_t most = n > h ? n : h;
    node->shape = x->shape;
    node->shape.dim[x->shape.rank - 1] = h;
    node->terms = d * e;
    node->scratch = most * (d > e ? d : e); /* the products of one sample, or of one output */
    return GCK_OK;
}
