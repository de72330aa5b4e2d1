/* Checks of the attributes that convolution and pooling share. */
#include "ops/rules/windows.h"

enum { MOST_NUMBER = 1 << 24 }; /* of strides and the like: products stay far from overflow */

long window_number(const struct node *node, const char *attribute, int axis)
{
    const struct attribute *list = node_attribute(node, attribute);
    return list->list[list->count == 1 ? 0 : axis];
}

gck_status window_numbers_right(const struct node *node, const char *attribute, int axes, long least,
                                struct errors *errors)
{
    const struct attribute *list = node_attribute(node, attribute);
    if (list->count != 1 && list->count != (size_t)axes)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s lists %zu numbers; it must list one%s", node->op->name,
                          attribute, list->count, axes == 1 ? "" : ", or two: for rows and for columns");
    for (size_t i = 0; i < list->count; i++)
        if (list->list[i] < least || list->list[i] > MOST_NUMBER)
            return errors_add(errors, GCK_BAD_CASE, "%s: %s holds %ld; it must be %ld or more, up to %d",
                              node->op->name, attribute, list->list[i], least, MOST_NUMBER);
    return GCK_OK;
}

gck_status window_shape_right(const struct node *node, const struct argument *x, int rank, const char *wanted,
                              struct errors *errors)
{
    char text[SHAPE_TEXT];
    if (x->shape.rank != rank)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must have shape %s", node->op->name,
                          x->name, shape_text(text, &x->shape), wanted);
    for (int i = 1; i < rank; i++)
        if (x->shape.dim[i] == 0)
            return errors_add(errors, GCK_BAD_CASE, "%s: axis %d of %s with shape %s has no elements",
                              node->op->name, i, x->name, shape_text(text, &x->shape));
    return GCK_OK;
}

gck_status window_fits(const struct node *node, const struct argument *x, int axis, long extent, long padding,
                       struct errors *errors)
{
    char text[SHAPE_TEXT];
    if ((long)x->shape.dim[axis] + 2 * padding >= extent)
        return GCK_OK;
    return errors_add(
        errors, GCK_BAD_CASE,
        "%s: the kernel covers %ld elements along axis %d of %s with shape %s; with padding = %ld "
        "on both sides there are %ld: a smaller kernel%s or more padding would fit",
        node->op->name, extent, axis, x->name, shape_text(text, &x->shape), padding,
        (long)x->shape.dim[axis] + 2 * padding,
        op_attribute(node->op, "dilation") < 0 ? "" : ", less dilation");
}
