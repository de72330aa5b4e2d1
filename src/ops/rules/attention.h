/* Shape rules of attention. */
#ifndef GCK_OPS_RULES_ATTENTION_H
#define GCK_OPS_RULES_ATTENTION_H
#include "ops/op.h"

shape_rule
    rule_attention;     /* q (..., L, D), k (..., S, D), v (..., S, E), a mask that broadcasts to (..., L, S) */
shape_rule rule_rotary; /* x (..., T, D) with even D */

/* The scores (..., L, S) of queries for keys. */
struct shape attention_scores(const struct shape *q, const struct shape *k);

#endif
