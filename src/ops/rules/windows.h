/* Checks of the attributes that convolution and pooling share: lists of one number an axis, windows that fit.
 */
#ifndef GCK_OPS_RULES_WINDOWS_H
#define GCK_OPS_RULES_WINDOWS_H
#include "ops/op.h"

/* Number `axis` of a list with one number for every spatial axis, or one for all. */
long window_number(const struct node *node, const char *attribute, int axis);

/* The list has one number or `axes` of them, each at least `least`. */
gck_status window_numbers_right(const struct node *node, const char *attribute, int axes, long least,
                                struct errors *errors);

/* What a window of `kernel` taps, `dilation` apart, covers. */
static inline long window_extent(size_t kernel, long dilation)
{
    return ((long)kernel - 1) * dilation + 1;
}

/* The argument has `rank` axes, and at least one element along all but the first. */
gck_status window_shape_right(const struct node *node, const struct argument *x, int rank, const char *wanted,
                              struct errors *errors);

/* The window fits into axis `axis` of x with its padding on both sides. */
gck_status window_fits(const struct node *node, const struct argument *x, int axis, long extent, long padding,
                       struct errors *errors);

#endif
