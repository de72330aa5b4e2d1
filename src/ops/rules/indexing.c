/* Shape rules of the ops that take and put elements by index. */
#include "ops/rules/indexing.h"

#include "ops/rules.h"

/* Room for a chain of indices at every position along an axis of so many. */
static void chains_reserve(struct node *node, size_t size, size_t indices)
{
    node->places = size + indices;
}

/* Every index must be a position along the axis of x, negative from the end. */
static gck_status indices_check(const struct node *node, const struct argument *index, const struct argument *x,
                                int axis, struct errors *errors)
{
    char at[SHAPE_TEXT], text[SHAPE_TEXT];
    int64_t size = (int64_t)x->shape.dim[axis];
    for (size_t i = 0; i < shape_count(&index->shape); i++) {
        long long given = index->integers[i];
        if (given >= -size && given < size)
            continue;
        shape_index_text(at, &index->shape, i);
        if (size == 0)
            return errors_add(errors, GCK_BAD_CASE,
                              "%s: %s%s is %lld, but axis %d of %s with shape %s holds nothing to index",
                              node->op->name, index->name, at, given, axis, x->name,
                              shape_text(text, &x->shape));
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: %s%s is %lld; axis %d of %s with shape %s takes indices %lld .. %lld",
                          node->op->name, index->name, at, given, axis, x->name, shape_text(text, &x->shape),
                          (long long)-size, (long long)size - 1);
    }
    return GCK_OK;
}

static gck_status ranks_check(const struct node *node, const struct argument *x, const struct argument *other,
                              struct errors *errors)
{
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    if (x->shape.rank == other->shape.rank)
        return GCK_OK;
    return errors_add(errors, GCK_BAD_CASE,
                      "%s: %s with shape %s and %s with shape %s must have equally many axes", node->op->name,
                      x->name, shape_text(a, &x->shape), other->name, shape_text(b, &other->shape));
}

/* `small` may be no larger than `large` along any axis but `except`. */
static gck_status within_check(const struct node *node, const struct argument *small,
                               const struct argument *large, int except, struct errors *errors)
{
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    for (int i = 0; i < small->shape.rank; i++)
        if (i != except && small->shape.dim[i] > large->shape.dim[i])
            return errors_add(
                errors, GCK_BAD_CASE,
                "%s: %s with shape %s is larger along axis %d than %s with shape %s; it may be as "
                "large, or smaller",
                node->op->name, small->name, shape_text(a, &small->shape), i, large->name,
                shape_text(b, &large->shape));
    return GCK_OK;
}

gck_status rule_gather(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0], *index = &arguments[1];
    gck_status status = rule_axis(node, "axis", x, errors);
    if (!status)
        status = ranks_check(node, x, index, errors);
    if (!status)
        status = within_check(node, index, x, node->axis, errors);
    node->shape = index->shape;
    if (status)
        return status;
    chains_reserve(node, x->shape.dim[node->axis], index->shape.dim[node->axis]);
    return indices_check(node, index, x, node->axis, errors);
}

/* The shape of x with `axis` replaced by the axes of `index`. */
static gck_status replace_axis(struct node *node, const struct argument *x, int axis,
                               const struct argument *index, struct errors *errors)
{
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    struct shape y = {.rank = 0};
    if (x->shape.rank - 1 + index->shape.rank > MOST_RANK)
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: axis %d of %s with shape %s replaced by the axes of %s with shape %s makes %d axes; at "
            "most %d are possible",
            node->op->name, axis, x->name, shape_text(a, &x->shape), index->name, shape_text(b, &index->shape),
            x->shape.rank - 1 + index->shape.rank, MOST_RANK);
    for (int i = 0; i < x->shape.rank; i++)
        if (i != axis)
            y.dim[y.rank++] = x->shape.dim[i];
        else
            for (int j = 0; j < index->shape.rank; j++)
                y.dim[y.rank++] = index->shape.dim[j];
    node->shape = y;
    return GCK_OK;
}

gck_status rule_take(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_axis(node, "axis", &arguments[0], errors);
    if (!status)
        status = replace_axis(node, &arguments[0], node->axis, &arguments[1], errors);
    if (status)
        return status;
    chains_reserve(node, arguments[0].shape.dim[node->axis], shape_count(&arguments[1].shape));
    return indices_check(node, &arguments[1], &arguments[0], node->axis, errors);
}

gck_status rule_embedding(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *w = &arguments[0];
    const struct attribute *padding = node_attribute(node, "padding_idx");
    char text[SHAPE_TEXT];
    if (w->shape.rank != 2)
        return errors_add(errors, GCK_BAD_CASE,
                          "embedding: %s has shape %s; it must be (V, D), a row for each of V words", w->name,
                          shape_text(text, &w->shape));
    long rows = (long)w->shape.dim[0];
    if (padding->given && (padding->integer < -rows || padding->integer >= rows))
        return errors_add(errors, GCK_BAD_CASE,
                          "embedding: padding_idx = %ld is outside %ld .. %ld, the rows of %s with shape %s",
                          padding->integer, -rows, rows - 1, w->name, shape_text(text, &w->shape));
    node->axis = 0;
    gck_status status = replace_axis(node, w, 0, &arguments[1], errors);
    chains_reserve(node, w->shape.dim[0], shape_count(&arguments[1].shape));
    return status ? status : indices_check(node, &arguments[1], w, 0, errors);
}

gck_status rule_scatter_add(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0], *index = &arguments[1], *src = &arguments[2];
    gck_status status = rule_axis(node, "axis", x, errors);
    if (!status)
        status = ranks_check(node, x, index, errors);
    if (!status)
        status = ranks_check(node, x, src, errors);
    if (!status)
        status = within_check(node, index, x, node->axis, errors);
    if (!status)
        status = within_check(node, index, src, -1, errors);
    node->shape = x->shape;
    if (status)
        return status;
    chains_reserve(node, x->shape.dim[node->axis], index->shape.dim[node->axis]);
    return indices_check(node, index, x, node->axis, errors);
}

gck_status rule_index_put(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0], *index = &arguments[1], *src = &arguments[2];
    char given[SHAPE_TEXT], wanted[SHAPE_TEXT];
    if (x->shape.rank == 0)
        return errors_add(errors, GCK_BAD_CASE, "index_put: %s is a scalar and has no rows", x->name);
    node->axis = 0;
    gck_status status = replace_axis(node, x, 0, index, errors);
    if (status)
        return status;
    if (!shape_equal(&node->shape, &src->shape))
        return errors_add(errors, GCK_BAD_CASE,
                          "index_put: %s has shape %s; it must have shape %s, a row of %s for every index",
                          src->name, shape_text(given, &src->shape), shape_text(wanted, &node->shape), x->name);
    node->shape = x->shape;
    chains_reserve(node, x->shape.dim[0], shape_count(&index->shape));
    return indices_check(node, index, x, 0, errors);
}
