/* Shape rules of ops that work element by element, and what their attributes allow. */
#ifndef GCK_OPS_RULES_POINTWISE_H
#define GCK_OPS_RULES_POINTWISE_H
#include "ops/op.h"

shape_rule rule_broadcast_three; /* three arguments that broadcast; scratch for one tensor of y's shape */
shape_rule rule_clamp;           /* `min`, `max` or both, in order */
shape_rule rule_prelu;           /* one weight, or one for each channel (axis 1); scratch as x */
shape_rule rule_softplus;        /* `beta` is positive */
shape_rule rule_celu;            /* `alpha` is not 0 */
shape_rule rule_hardtanh;        /* `min_val` is below `max_val` */
shape_rule rule_shrink;          /* `lambd` is not negative */
shape_rule rule_glu;             /* y has half of x along `axis` */

#endif
