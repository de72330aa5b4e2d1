/* Shape rules of softmax and its logarithms. */
#ifndef GCK_OPS_RULES_SOFTMAX_H
#define GCK_OPS_RULES_SOFTMAX_H
#include "ops/op.h"

shape_rule rule_softmax;   /* y has x's shape; scratch for one slice along `axis` */
shape_rule rule_logsumexp; /* y without `axis`, or with size 1 there (keepdims) */

#endif
