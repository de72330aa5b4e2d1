/* Shape rules of what users define themselves. */
#ifndef GCK_OPS_RULES_USER_H
#define GCK_OPS_RULES_USER_H
#include "ops/op.h"

shape_rule rule_expr; /* y, then pairs x d that broadcast to y's shape, which is the node's */

#endif
