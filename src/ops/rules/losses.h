/* Shape rules of the losses. */
#ifndef GCK_OPS_RULES_LOSSES_H
#define GCK_OPS_RULES_LOSSES_H
#include "ops/op.h"

/* The attribute `reduction` of a loss, in the order of its choices. */
enum reduction_choice { REDUCTION_MEAN, REDUCTION_SUM, REDUCTION_NONE, REDUCTION_BATCHMEAN };
#define REDUCTION_CHOICES "mean sum none"

shape_rule rule_loss; /* two tensors of one shape; y a scalar, or of their shape (none) */
/* (N, C) or (C), and targets: labels 0 .. C-1 of shape (N) or a single one, or rows of weights; y a scalar, or
 * of shape (N) (none). Room for two rows, and for two numbers a sample. Class weights (C) may follow. */
shape_rule rule_class_loss;
shape_rule rule_bce_with_logits; /* the same, then weights that broadcast to x; room for one tensor */
shape_rule rule_kl_div;          /* two tensors of one shape; batchmean needs an axis 0 */
shape_rule rule_smooth_l1;       /* two tensors of one shape; beta is 0 or more */
shape_rule rule_huber;           /* the same; delta is above 0 */
shape_rule rule_nll_of_mean;     /* poisson_nll, gaussian_nll: tensors of one shape; eps is 0 or more */
shape_rule rule_signed_loss;     /* tensors of one shape, the last one integers 1 and -1 */
/* Rows (..., D) of one shape along `axis`, compared: y without the axis. Room for two rows. */
shape_rule rule_cosine_similarity;
/* Rows (N, D) or (D), one loss for each, labels 1 and -1 of shape (N). Room for two rows. */
shape_rule rule_cosine_embedding;
shape_rule rule_triplet; /* three of such rows. Room for three. */
shape_rule rule_total;   /* any tensor; y a scalar */

/* Whether the label is one that the attribute ignore_index, if the op has it, leaves out. */
bool label_ignored(const struct node *node, int64_t label);

#endif
