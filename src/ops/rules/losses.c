/* Shape rules of the losses. */
#include "ops/rules/losses.h"

#include "ops/rules.h"

/* Makes a loss of so many items of shape `items` into the node's: a mean needs at least one. */
static gck_status reduce(struct node *node, const struct shape *items, const struct argument *x,
                         struct errors *errors)
{
    char text[SHAPE_TEXT];
    long reduction = node_attribute(node, "reduction")->integer;
    if (reduction == REDUCTION_MEAN && shape_count(items) == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s with shape %s has nothing to take the mean of",
                          node->op->name, x->name, shape_text(text, &x->shape));
    node->shape = reduction == REDUCTION_NONE ? *items : (struct shape){0};
    return GCK_OK;
}

gck_status rule_loss(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_all_same(node, arguments, errors);
    return status ? status : reduce(node, &arguments[0].shape, &arguments[0], errors);
}

/* Refuses a real attribute below `least`, or at it where `open`. */
static gck_status bound_check(const struct node *node, const char *name, double least, bool open,
                              struct errors *errors)
{
    double value;
    const char *text = node_attribute(node, name)->text;
    if (!dtype_parse(&value, FLOAT64, text) || value < least || (open && value <= least))
        return errors_add(errors, GCK_BAD_CASE, "%s: %s = %s; it must be %s %g", node->op->name, name, text,
                          open ? "above" : "at least", least);
    return GCK_OK;
}

gck_status rule_kl_div(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    bool batch = node_attribute(node, "reduction")->integer == REDUCTION_BATCHMEAN;
    if (batch && (x->shape.rank == 0 || x->shape.dim[0] == 0))
        return errors_add(errors, GCK_BAD_CASE,
                          "kl_div: reduction = batchmean divides by the size of axis 0, but %s has shape %s",
                          x->name, shape_text(text, &x->shape));
    return rule_loss(node, arguments, errors);
}

gck_status rule_smooth_l1(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_loss(node, arguments, errors);
    return status ? status : bound_check(node, "beta", 0, false, errors);
}

gck_status rule_huber(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_loss(node, arguments, errors);
    return status ? status : bound_check(node, "delta", 0, true, errors);
}

gck_status rule_nll_of_mean(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_loss(node, arguments, errors);
    return status ? status : bound_check(node, "eps", 0, false, errors);
}

/* Labels of two classes: 1 and -1. */
static gck_status signs_check(const struct node *node, const struct argument *t, struct errors *errors)
{
    char at[SHAPE_TEXT];
    for (size_t i = 0; i < shape_count(&t->shape); i++)
        if (t->integers[i] != 1 && t->integers[i] != -1)
            return errors_add(errors, GCK_BAD_CASE, "%s: %s%s is %lld; labels are 1 and -1", node->op->name,
                              t->name, shape_index_text(at, &t->shape, i), (long long)t->integers[i]);
    return GCK_OK;
}

gck_status rule_signed_loss(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_loss(node, arguments, errors);
    return status ? status : signs_check(node, &arguments[node->arity - 1], errors);
}

gck_status rule_cosine_similarity(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    gck_status status = rule_all_same(node, arguments, errors);
    status = status ? status : rule_axis(node, "axis", x, errors);
    if (status)
        return status;
    if (x->shape.dim[node->axis] == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: axis %d of %s with shape %s has no elements",
                          node->op->name, node->axis, x->name, shape_text(text, &x->shape));
    node->shape = shape_reduced(&x->shape, 1u << node->axis, false);
    node->scratch = 2 * x->shape.dim[node->axis];
    return bound_check(node, "eps", 0, false, errors);
}

/* Rows (N, D) or (D) of one shape in the first arguments: y as losses of N items; room for so many rows. */
static gck_status rows_check(struct node *node, const struct argument *arguments, size_t count, size_t room,
                             struct shape *items, struct errors *errors)
{
    char first[SHAPE_TEXT], other[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    if (x->shape.rank < 1 || x->shape.rank > 2 || x->shape.dim[x->shape.rank - 1] == 0)
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: %s has shape %s; it must be (N, D), a row of D >= 1 numbers for every sample, or (D)",
            node->op->name, x->name, shape_text(first, &x->shape));
    for (size_t i = 1; i < count; i++)
        if (!shape_equal(&arguments[i].shape, &x->shape))
            return errors_add(errors, GCK_BAD_CASE,
                              "%s: the rows must have one shape, but %s is %s and %s is %s", node->op->name,
                              x->name, shape_text(first, &x->shape), arguments[i].name,
                              shape_text(other, &arguments[i].shape));
    *items = shape_reduced(&x->shape, 1u << (x->shape.rank - 1), false);
    node->scratch = room * x->shape.dim[x->shape.rank - 1];
    return reduce(node, items, x, errors);
}

gck_status rule_triplet(struct node *node, const struct argument *arguments, struct errors *errors)
{
    struct shape items;
    gck_status status = rows_check(node, arguments, 3, 3, &items, errors);
    status = status ? status : bound_check(node, "p", 1, false, errors);
    return status ? status : bound_check(node, "eps", 0, false, errors);
}

/* Whether the label is one that the attribute ignore_index leaves out. */
bool label_ignored(const struct node *node, int64_t label)
{
    if (op_attribute(node->op, "ignore_index") < 0)
        return false;
    const struct attribute *ignored = node_attribute(node, "ignore_index");
    return ignored->given && ignored->integer == label;
}

static gck_status labels_check(const struct node *node, const struct argument *x, const struct argument *t,
                               size_t classes, struct errors *errors)
{
    char at[SHAPE_TEXT], text[SHAPE_TEXT];
    for (size_t i = 0; i < shape_count(&t->shape); i++)
        if (!label_ignored(node, t->integers[i]) && (t->integers[i] < 0 || (size_t)t->integers[i] >= classes))
            return errors_add(errors, GCK_BAD_CASE,
                              "%s: %s%s is the label %lld; %s with shape %s has classes 0 .. %zu",
                              node->op->name, t->name, shape_index_text(at, &t->shape, i),
                              (long long)t->integers[i], x->name, shape_text(text, &x->shape), classes - 1);
    return GCK_OK;
}

/* A single row takes a label as a scalar or as a list of one. */
static bool labels_fit(const struct shape *labels, const struct shape *items)
{
    return shape_equal(labels, items) || (items->rank == 0 && labels->rank == 1 && labels->dim[0] == 1);
}

gck_status rule_cosine_embedding(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char given[SHAPE_TEXT], wanted[SHAPE_TEXT];
    const struct argument *t = &arguments[2];
    struct shape items;
    gck_status status = rows_check(node, arguments, 2, 2, &items, errors);
    node->scratch += 2; /* the two divisors */
    if (status)
        return status;
    if (!labels_fit(&t->shape, &items))
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the labels %s have shape %s; they must have shape %s, one for every row of %s",
                          node->op->name, t->name, shape_text(given, &t->shape), shape_text(wanted, &items),
                          arguments[0].name);
    status = signs_check(node, t, errors);
    return status ? status : bound_check(node, "eps", 0, false, errors);
}

static gck_status targets_check(const struct node *node, const struct argument *x, const struct argument *t,
                                const struct shape *items, struct errors *errors)
{
    char given[SHAPE_TEXT], wanted[SHAPE_TEXT];
    if (t->kind == KIND_FLOAT && !shape_equal(&t->shape, &x->shape))
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the weights %s have shape %s; they must have the shape of %s, %s (labels are "
                          "given as integers)",
                          node->op->name, t->name, shape_text(given, &t->shape), x->name,
                          shape_text(wanted, &x->shape));
    if (t->kind != KIND_FLOAT && !labels_fit(&t->shape, items))
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the labels %s have shape %s; they must have shape %s, one for every row of %s",
                          node->op->name, t->name, shape_text(given, &t->shape), shape_text(wanted, items),
                          x->name);
    return t->kind == KIND_FLOAT ? GCK_OK : labels_check(node, x, t, x->shape.dim[x->shape.rank - 1], errors);
}

/* Checks ignore_index, label_smoothing and class weights, of losses that have them. */
static gck_status class_options_check(const struct node *node, const struct argument *arguments,
                                      struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0], *t = &arguments[1];
    size_t classes = x->shape.dim[x->shape.rank - 1], kept = 0, count = shape_count(&t->shape);
    if (op_attribute(node->op, "ignore_index") < 0)
        return GCK_OK;
    bool given = node_attribute(node, "ignore_index")->given;
    if (given && t->kind == KIND_FLOAT)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: ignore_index needs labels as integers, but %s holds weights of the classes",
                          node->op->name, t->name);
    for (size_t i = 0; i < count && given; i++)
        kept += !label_ignored(node, t->integers[i]);
    if (given && kept == 0 && count > 0 && node_attribute(node, "reduction")->integer == REDUCTION_MEAN)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: all labels of %s are ignore_index = %ld; there is no mean of none",
                          node->op->name, t->name, node_attribute(node, "ignore_index")->integer);
    if (node->arity > 2 && (arguments[2].shape.rank != 1 || arguments[2].shape.dim[0] != classes))
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: the class weights %s have shape %s; they must have shape [%zu]", node->op->name,
                          arguments[2].name, shape_text(text, &arguments[2].shape), classes);
    if (op_attribute(node->op, "label_smoothing") >= 0) {
        double smoothing;
        const char *given_text = node_attribute(node, "label_smoothing")->text;
        if (!dtype_parse(&smoothing, FLOAT64, given_text) || smoothing < 0 || smoothing > 1)
            return errors_add(errors, GCK_BAD_CASE, "%s: label_smoothing = %s; it must be from 0 to 1",
                              node->op->name, given_text);
    }
    return GCK_OK;
}

gck_status rule_class_loss(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    char text[SHAPE_TEXT];
    if (x->shape.rank < 1 || x->shape.rank > 2 || x->shape.dim[x->shape.rank - 1] == 0)
        return errors_add(
            errors, GCK_BAD_CASE,
            "%s: %s has shape %s; it must be (N, C), a row of C >= 1 classes for every sample, or "
            "(C) for one sample",
            node->op->name, x->name, shape_text(text, &x->shape));
    struct shape items = {.rank = x->shape.rank - 1, .dim = {x->shape.rank == 2 ? x->shape.dim[0] : 0}};
    gck_status status = targets_check(node, x, &arguments[1], &items, errors);
    status = status ? status : class_options_check(node, arguments, errors);
    node->scratch = 2 * (x->shape.dim[x->shape.rank - 1] + shape_count(&items));
    return status ? status : reduce(node, &items, x, errors);
}

gck_status rule_bce_with_logits(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char text[SHAPE_TEXT], wanted[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    size_t arity = node->arity;
    node->arity = 2;
    gck_status status = rule_loss(node, arguments, errors);
    node->arity = arity;
    for (size_t i = 2; i < arity && !status; i++)
        if (!shape_expands(&arguments[i].shape, &x->shape))
            status =
                errors_add(errors, GCK_BAD_CASE,
                           "bce_with_logits: the %s %s has shape %s; it must broadcast to the shape of %s, %s",
                           i == 2 ? "weight" : "pos_weight", arguments[i].name,
                           shape_text(text, &arguments[i].shape), x->name, shape_text(wanted, &x->shape));
    node->scratch = shape_count(&x->shape);
    return status;
}

gck_status rule_total(struct node *node, const struct argument *arguments, struct errors *errors)
{
    (void)arguments, (void)errors;
    node->shape = (struct shape){0};
    return GCK_OK;
}
