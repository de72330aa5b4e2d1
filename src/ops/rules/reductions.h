/* Shape rules of the reductions. */
#ifndef GCK_OPS_RULES_REDUCTIONS_H
#define GCK_OPS_RULES_REDUCTIONS_H
#include "ops/op.h"

shape_rule rule_sum;  /* axes, keepdims */
shape_rule rule_mean; /* the same; refuses means of no elements; room for one tensor of y's shape */
shape_rule rule_amax; /* the same; refuses maxima of no elements; room for one group */
shape_rule rule_amin; /* the same of minima */
shape_rule rule_prod; /* as rule_sum; room for one group */
shape_rule rule_var;  /* as rule_sum, and correction, fewer than the elements of a group */
shape_rule rule_norm; /* as rule_sum, ord and p; room for one group */

/* Along one axis, which becomes node->axis. */
shape_rule rule_along;  /* y has x's shape */
shape_rule rule_sort;   /* the same; every pair is compared */
shape_rule rule_topk;   /* k of the axis's elements remain */
shape_rule rule_median; /* axis (absent: everything), keepdims */

#define NORM_CHOICES "1 2 inf p"
enum { NORM_1, NORM_2, NORM_INF, NORM_P };

#define MEDIAN_CHOICES "lower midpoint"
enum { MEDIAN_LOWER, MEDIAN_MIDPOINT };

#endif
