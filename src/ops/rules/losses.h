/* Shape rules of the losses. */
#ifndef GCK_OPS_RULES_LOSSES_H
#define GCK_OPS_RULES_LOSSES_H
#include "ops/op.h"

/* The attribute `reduction` of a loss, in the order of its choices. */
enum reduction_choice { REDUCTION_MEAN, REDUCTION_SUM, REDUCTION_NONE };
#define REDUCTION_CHOICES "mean sum none"

shape_rule rule_loss; /* two tensors of one shape; y a scalar, or of their shape (none) */
/* (N, C) or (C), and targets: labels 0 .. C-1 of shape (N) or a single one, or rows of weights; y a scalar, or
 * of shape (N) (none). Scratch for one row. */
shape_rule rule_class_loss;
shape_rule rule_total; /* any tensor; y a scalar */

#endif
