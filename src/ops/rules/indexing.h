/* Shape rules of the ops that take and put elements by index. */
#ifndef GCK_OPS_RULES_INDEXING_H
#define GCK_OPS_RULES_INDEXING_H
#include "ops/op.h"

/* Indices are checked here, all of them; negative ones count from the end. */
shape_rule rule_gather;      /* x, index of the same rank; sets node->axis */
shape_rule rule_take;        /* x, index of any shape; sets node->axis */
shape_rule rule_embedding;   /* W (V, D), index of any shape */
shape_rule rule_scatter_add; /* x, index, src of the same rank; sets node->axis */
shape_rule rule_index_put;   /* x, index of any shape, src */

/* The position that an index means along an axis of so many. */
static inline size_t position(int64_t index, size_t size)
{
    return (size_t)(index < 0 ? index + (int64_t)size : index);
}

#endif
