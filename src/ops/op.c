/* The table of ops, made from ops.def. */
#include "ops/op.h"

#include <assert.h>
#include <string.h>

#include "ops/rules.h"
#include "ops/rules/arranging.h"
#include "ops/rules/attention.h"
#include "ops/rules/convolution.h"
#include "ops/rules/einsum.h"
#include "ops/rules/indexing.h"
#include "ops/rules/linear.h"
#include "ops/rules/losses.h"
#include "ops/rules/matrices.h"
#include "ops/rules/normalization.h"
#include "ops/rules/pointwise.h"
#include "ops/rules/pooling.h"
#include "ops/rules/recurrent.h"
#include "ops/rules/reductions.h"
#include "ops/rules/shapes.h"
#include "ops/rules/softmax.h"
#include "ops/rules/square.h"
#include "ops/rules/upsample.h"
#include "ops/rules/user.h"

const char REQUIRED[] = "required";

#define OP(name_, ...) d_kernel d_##name_##_forward, d_##name_##_backward;
#include "ops/ops.def"
#undef OP
#define OP(name_, ...) m_kernel m_##name_##_forward, m_##name_##_backward;
#include "ops/ops.def"
#undef OP
#define OP(name_, ...) r_kernel r_##name_##_forward, r_##name_##_backward;
#include "ops/ops.def"
#undef OP

const struct op op_table[] = {
#define OP(name_, ...)                                                                                         \
    {.name = #name_,                                                                                           \
     .d_forward = d_##name_##_forward,                                                                         \
     .d_backward = d_##name_##_backward,                                                                       \
     .m_forward = m_##name_##_forward,                                                                         \
     .m_backward = m_##name_##_backward,                                                                       \
     .r_forward = r_##name_##_forward,                                                                         \
     .r_backward = r_##name_##_backward,                                                                       \
     __VA_ARGS__},
#include "ops/ops.def"
#undef OP
};
const size_t op_count = sizeof op_table / sizeof *op_table;

const struct op *op_named(const char *name)
{
    for (size_t i = 0; i < op_count; i++)
        if (strcmp(op_table[i].name, name) == 0)
            return &op_table[i];
    return NULL;
}

int op_attribute(const struct op *op, const char *name)
{
    for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++)
        if (strcmp(op->attributes[i].name, name) == 0)
            return i;
    return -1;
}

const struct attribute *node_attribute(const struct node *node, const char *name)
{
    int i = op_attribute(node->op, name);
    assert(i >= 0);
    return &node->attributes[i];
}
