/* Shape rules of pooling, and the windows that their kernels walk through. */
#ifndef GCK_OPS_RULES_POOLING_H
#define GCK_OPS_RULES_POOLING_H
#include "ops/op.h"

shape_rule rule_pool1d;              /* x (N, C, L) */
shape_rule rule_pool2d;              /* x (N, C, H, W) */
shape_rule rule_global_average_pool; /* x (N, C, ...); sizes of 1 remain */
shape_rule rule_adaptive_pool1d;     /* x (N, C, L), y (N, C, size) */
shape_rule rule_adaptive_pool2d;     /* x (N, C, H, W), y (N, C, size) */

/* One spatial axis: element o of y covers the x at o stride - padding + k dilation, k < kernel. Adaptive: those
 * from o from / to, rounded down, up to (o + 1) from / to, rounded up. */
struct pool_axis {
    size_t from, to;
    bool adaptive; /* none of the following counts */
    size_t kernel;
    long stride, padding, dilation;
};

/* The taps of a window that are inside x: first, first + step, ... `count` of them. */
struct taps {
    size_t first, step, count;
};

/* Planes of rows and columns; one row of sequences. */
struct pooling {
    size_t planes;
    struct pool_axis axis[2];
};
struct pooling pooling_of(const struct node *node, const struct shape *x);

struct taps pool_taps(const struct pool_axis *axis, size_t o);
/* The size of window o without dilation: its elements inside x, and with `padded` those of the padding too. */
size_t pool_size(const struct pool_axis *axis, size_t o, bool padded);
/* The windows, without dilation, that element i is in: first .. first + count - 1. */
struct taps pool_windows(const struct pool_axis *axis, size_t i);

#endif
