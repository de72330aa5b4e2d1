/* Shape rules of the ops that move elements, and the views through which they do it. */
#ifndef GCK_OPS_RULES_SHAPES_H
#define GCK_OPS_RULES_SHAPES_H
#include "ops/op.h"
#include "tensor/walk.h"

shape_rule rule_repeat;    /* sets node->axis; a scalar is repeated like a vector of one */
shape_rule rule_expand;    /* the shape x is broadcast to */
shape_rule rule_reshape;   /* one size may be -1 */
shape_rule rule_transpose; /* a permutation of the axes */
shape_rule rule_concat;    /* sets node->axis */
shape_rule rule_slice;     /* Python's slices */
shape_rule rule_flatten;   /* some axes become one; a scalar becomes a vector of one */
shape_rule rule_squeeze;   /* drops axes of size 1 */
shape_rule rule_unsqueeze; /* adds axes of size 1 */
shape_rule rule_stack;     /* adds node->axis */
shape_rule rule_split;     /* one of the parts along node->axis */

/* First index along the axis of the part that a split takes. */
size_t split_start(const struct node *split);
/* How often element i along the axis is repeated. */
size_t repeat_times(const struct node *repeat, size_t i);
/* The argument x of a transpose, of a slice, seen over the node's shape. */
struct view transpose_view(const struct node *transpose, const struct shape *x);
struct view slice_view(const struct node *slice, const struct shape *x);

#endif
