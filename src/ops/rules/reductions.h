/* Shape rules of the reductions. */
#ifndef GCK_OPS_RULES_REDUCTIONS_H
#define GCK_OPS_RULES_REDUCTIONS_H
#include "ops/op.h"

shape_rule rule_sum;  /* axes, keepdims */
shape_rule rule_mean; /* the same; refuses means of no elements; room for one tensor of y's shape */
shape_rule rule_amax; /* the same; refuses maxima of no elements; room for one group */

#endif
