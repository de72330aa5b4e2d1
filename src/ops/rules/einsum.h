/* The shape rule of einsum, and what its equation says. */
#ifndef GCK_OPS_RULES_EINSUM_H
#define GCK_OPS_RULES_EINSUM_H
#include "ops/op.h"

shape_rule rule_einsum;

enum { EINSUM_MOST = 8 }; /* arguments, and labels: the letters of the equation and the axes of its ellipsis */

/* Labels are numbered in the order in which they first occur. */
struct labels {
    int count;
    int of[EINSUM_MOST];
};

struct einsum {
    int label_count;
    size_t size[EINSUM_MOST];
    size_t arity;
    struct labels in[EINSUM_MOST], out;             /* an argument's labels, once each; those of y, by axis */
    ptrdiff_t stride[EINSUM_MOST + 1][EINSUM_MOST]; /* of an argument or (at `arity`) y along a label */
};

/* The node's equation over arguments of these shapes; the shape rule has taken it. */
struct einsum einsum_of(const struct node *node, const struct shape *const *shapes);

/* The labels that are not in `part`, and their sizes as a shape. */
struct labels labels_outside(const struct einsum *e, const struct labels *part);
struct shape labels_shape(const struct einsum *e, const struct labels *labels);

#endif
