/* Shape rules of the ops on square matrices. */
#include "ops/rules/square.h"

struct squares squares_of(const struct shape *a)
{
    struct shape batch = *a;
    batch.rank -= 2;
    return (struct squares){shape_count(&batch), a->dim[a->rank - 1]};
}

static gck_status square(struct node *node, const struct argument *a, struct errors *errors)
{
    char text[SHAPE_TEXT];
    int rank = a->shape.rank;
    if (rank < 2 || a->shape.dim[rank - 1] != a->shape.dim[rank - 2])
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: %s has shape %s; it must be a square matrix [n, n], or a batch [..., n, n]",
                          node->op->name, a->name, shape_text(text, &a->shape));
    if (a->shape.dim[rank - 1] > MOST_ORDER)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s with shape %s has %zu rows; at most %d are possible",
                          node->op->name, a->name, shape_text(text, &a->shape), a->shape.dim[rank - 1],
                          MOST_ORDER);
    size_t n = a->shape.dim[rank - 1];
    node->shape = a->shape;
    node->terms = n;
    node->scratch = 2 * n * n;
    return GCK_OK;
}

gck_status rule_inverse(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return square(node, &arguments[0], errors);
}

gck_status rule_cholesky(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return square(node, &arguments[0], errors);
}

gck_status rule_det(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = square(node, &arguments[0], errors);
    if (status)
        return status;
    size_t n = node->terms;
    node->shape.rank -= 2;
    node->terms = n * n * n;
    return GCK_OK;
}

gck_status rule_solve(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT], other[SHAPE_TEXT], vectors[SHAPE_TEXT];
    const struct shape *b = &arguments[1].shape;
    gck_status status = square(node, &arguments[0], errors);
    if (status)
        return status;
    struct shape vector = node->shape, leading = *b;
    size_t n = node->terms, m = b->rank == node->shape.rank ? b->dim[b->rank - 1] : 1;
    vector.rank--;
    leading.rank = vector.rank;
    if (b->rank < vector.rank || b->rank > vector.rank + 1 || !shape_equal(&leading, &vector))
        return errors_add(
            errors, GCK_BAD_CASE,
            "solve: %s has shape %s and %s has shape %s; %s must have shape %s, or one more axis for "
            "several right sides",
            arguments[0].name, shape_text(text, &arguments[0].shape), arguments[1].name, shape_text(other, b),
            arguments[1].name, shape_text(vectors, &vector));
    node->shape = *b;
    node->scratch = 2 * n * n + n * m;
    return GCK_OK;
}
