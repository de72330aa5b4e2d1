/* Shape rules of the linear forms. */
#ifndef GCK_OPS_RULES_MATRICES_H
#define GCK_OPS_RULES_MATRICES_H
#include "ops/op.h"

shape_rule rule_linear;   /* x (..., D), W (H, D), b (H) or none */
shape_rule rule_outer;    /* any two shapes, one behind the other */
shape_rule rule_dot;      /* two vectors of one size */
shape_rule rule_bilinear; /* x (..., D), z (..., E), W (H, D, E), b (H) or none */

#endif
