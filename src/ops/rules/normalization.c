/* Shape rules of the normalizing ops. */
#include "ops/rules/normalization.h"

#include <stdio.h>

#include "ops/rules.h"

static struct normalization groups_of(const struct shape *split, unsigned axes, const struct shape *affine)
{
    struct normalization groups = {.split = *split, .affine = *affine, .axes = axes, .groups = 1, .count = 1};
    for (int i = 0; i < split->rank; i++)
        *(axes >> i & 1 ? &groups.count : &groups.groups) *= split->dim[i];
    return groups;
}

/* (C, 1, ..., 1): one number a channel, as it broadcasts to x. */
static struct shape channels_of(const struct shape *x)
{
    struct shape channels = {.rank = x->rank - 1};
    for (int i = 0; i < channels.rank; i++)
        channels.dim[i] = i ? 1 : x->dim[1];
    return channels;
}

struct normalization layer_groups(const struct node *node, const struct shape *x)
{
    struct shape last = {.rank = x->rank - node->axis};
    for (int i = 0; i < last.rank; i++)
        last.dim[i] = x->dim[node->axis + i];
    return groups_of(x, ((1u << x->rank) - 1) & ~((1u << node->axis) - 1), &last);
}

struct normalization batch_groups(const struct node *node, const struct shape *x)
{
    (void)node;
    struct shape channels = channels_of(x);
    return groups_of(x, ((1u << x->rank) - 1) & ~2u, &channels);
}

/* node->axis groups of neighbouring channels; each is one run of memory. */
struct normalization channel_groups(const struct node *node, const struct shape *x)
{
    size_t groups = (size_t)node->axis, count = shape_count(x);
    struct shape channels = channels_of(x);
    struct shape split = {.rank = 2, .dim = {x->dim[0] * groups}};
    split.dim[1] = split.dim[0] ? count / split.dim[0] : 1;
    return groups_of(&split, 2, &channels);
}

static gck_status eps_check(const struct node *node, struct errors *errors)
{
    double eps;
    const char *text = node_attribute(node, "eps")->text;
    if (!dtype_parse(&eps, FLOAT64, text) || eps < 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: eps = %s; it must be 0 or more", node->op->name, text);
    return GCK_OK;
}

/* Checks the arguments from gamma on, and asks for room for two tensors of x's shape and a number a group. */
static gck_status finish(struct node *node, const struct argument *arguments,
                         const struct normalization *groups, const struct shape *affine, struct errors *errors)
{
    char given[SHAPE_TEXT], wanted[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    if (groups->count == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s with shape %s has no elements to normalize over",
                          node->op->name, x->name, shape_text(given, &x->shape));
    char from[40] = "";
    if (op_attribute(node->op, "axis") >= 0)
        snprintf(from, sizeof from, " and axis = %ld", node_attribute(node, "axis")->integer);
    for (size_t i = 1; i < node->arity; i++)
        if (!shape_equal(&arguments[i].shape, affine))
            return errors_add(
                errors, GCK_BAD_CASE, "%s: %s has shape %s; it must have shape %s, for %s with shape %s%s",
                node->op->name, arguments[i].name, shape_text(given, &arguments[i].shape),
                shape_text(wanted, affine), x->name, shape_text((char[SHAPE_TEXT]){0}, &x->shape), from);
    node->shape = x->shape;
    node->scratch = 2 * shape_count(&x->shape) + groups->groups;
    return eps_check(node, errors);
}

gck_status rule_layer_norm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = rule_axis(node, "axis", &arguments[0], errors);
    if (status)
        return status;
    struct normalization groups = layer_groups(node, &arguments[0].shape);
    return finish(node, arguments, &groups, &groups.affine, errors);
}

gck_status rule_rms_norm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return rule_layer_norm(node, arguments, errors);
}

/* x must be (N, C) with any axes behind. */
static gck_status batch_check(const struct node *node, const struct argument *x, int least, const char *shape,
                              struct errors *errors)
{
    char text[SHAPE_TEXT];
    if (x->shape.rank < least)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must be %s", node->op->name, x->name,
                          shape_text(text, &x->shape), shape);
    return GCK_OK;
}

gck_status rule_batch_norm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    bool training = node_attribute(node, "training")->integer;
    gck_status status = batch_check(node, x, 2, "(N, C) or (N, C, ...)", errors);
    if (status)
        return status;
    if (training && node->arity > 3)
        return errors_add(
            errors, GCK_BAD_CASE,
            "batch_norm: training = true normalizes by the batch's own mean and variance and takes "
            "1 to 3 arguments (x gamma beta), not %zu; a given mean and var need training = false",
            node->arity);
    if (!training && node->arity != 5)
        return errors_add(errors, GCK_BAD_CASE,
                          "batch_norm: training = false takes 5 arguments (x gamma beta mean var), not %zu",
                          node->arity);
    struct normalization groups = batch_groups(node, &x->shape);
    struct shape channels = {.rank = 1, .dim = {x->shape.dim[1]}};
    if (!training)
        groups.count = 1; /* nothing is averaged */
    return finish(node, arguments, &groups, &channels, errors);
}

static gck_status rule_channels(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    struct normalization groups = channel_groups(node, &x->shape);
    struct shape channels = {.rank = 1, .dim = {x->shape.dim[1]}};
    return finish(node, arguments, &groups, &channels, errors);
}

gck_status rule_group_norm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    long groups = node_attribute(node, "groups")->integer;
    gck_status status = batch_check(node, x, 2, "(N, C) or (N, C, ...)", errors);
    if (status)
        return status;
    if (groups < 1 || (size_t)groups > x->shape.dim[1] || x->shape.dim[1] % (size_t)groups)
        return errors_add(errors, GCK_BAD_CASE,
                          "group_norm: groups = %ld; it must divide the %zu channels of %s (its axis 1)",
                          groups, x->shape.dim[1], x->name);
    node->axis = (int)groups;
    return rule_channels(node, arguments, errors);
}

gck_status rule_instance_norm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    gck_status status = batch_check(node, x, 3, "(N, C, L) or (N, C, ...)", errors);
    if (status)
        return status;
    if (x->shape.dim[1] == 0)
        return errors_add(errors, GCK_BAD_CASE, "instance_norm: %s has no channels (its axis 1)", x->name);
    node->axis = (int)x->shape.dim[1];
    return rule_channels(node, arguments, errors);
}

/* One axis of at least one element; room for so many slices. */
static gck_status slices(struct node *node, const struct argument *x, size_t room, struct errors *errors)
{
    char text[SHAPE_TEXT];
    gck_status status = rule_axis(node, "axis", x, errors);
    if (status)
        return status;
    if (x->shape.dim[node->axis] == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: axis %d of %s with shape %s has no elements",
                          node->op->name, node->axis, x->name, shape_text(text, &x->shape));
    node->shape = x->shape;
    node->scratch = room * x->shape.dim[node->axis];
    return GCK_OK;
}

gck_status rule_l2_normalize(struct node *node, const struct argument *arguments, struct errors *errors)
{
    gck_status status = slices(node, &arguments[0], 1, errors);
    return status ? status : eps_check(node, errors);
}

gck_status rule_softmin(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return slices(node, &arguments[0], 2, errors);
}

gck_status rule_local_response_norm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct argument *x = &arguments[0];
    long size = node_attribute(node, "size")->integer;
    gck_status status = batch_check(node, x, 2, "(N, C) or (N, C, ...)", errors);
    if (status)
        return status;
    if (size < 1)
        return errors_add(errors, GCK_BAD_CASE, "local_response_norm: size = %ld; it must be 1 or more", size);
    node->axis = 1;
    node->shape = x->shape;
    node->scratch = 2 * x->shape.dim[1];
    return GCK_OK;
}

gck_status rule_dropout(struct node *node, const struct argument *arguments, struct errors *errors)
{
    char given[SHAPE_TEXT], wanted[SHAPE_TEXT];
    const struct argument *x = &arguments[0], *mask = &arguments[1];
    double p;
    const char *text = node_attribute(node, "p")->text;
    if (!dtype_parse(&p, FLOAT64, text) || p < 0 || p >= 1)
        return errors_add(errors, GCK_BAD_CASE, "dropout: p = %s; it must be at least 0 and below 1", text);
    if (!shape_expands(&mask->shape, &x->shape))
        return errors_add(errors, GCK_BAD_CASE,
                          "dropout: the mask %s has shape %s; it must broadcast to the shape of %s, %s",
                          mask->name, shape_text(given, &mask->shape), x->name, shape_text(wanted, &x->shape));
    for (size_t i = 0; i < shape_count(&mask->shape); i++)
        if (mask->integers[i] != 0 && mask->integers[i] != 1)
            return errors_add(errors, GCK_BAD_CASE,
                              "dropout: %s%s is %lld; a mask holds 0 (dropped) and 1 (kept)", mask->name,
                              shape_index_text(given, &mask->shape, i), (long long)mask->integers[i]);
    node->shape = x->shape;
    return GCK_OK;
}
