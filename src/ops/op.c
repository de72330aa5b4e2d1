/* The table of ops, made from ops.def. */
#include "ops/op.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

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

/* What stands behind the last dot of a path such as "torch.nn.functional.silu (beta)", and its length. */
static const char *last_part(size_t *length, const char *path)
{
    const char *part = path;
    size_t size = strcspn(path, " ,");
    for (const char *s = path; s < path + size; s++)
        if (*s == '.')
            part = s + 1;
    *length = size - (size_t)(part - path);
    return part;
}

/* Whether the path ends in that name; a remark behind it says that the op differs somehow. */
static bool is_called(const char *elsewhere, const char *name, bool remark)
{
    size_t length = 0, wanted;
    const char *part = elsewhere ? last_part(&length, elsewhere) : NULL;
    name = last_part(&wanted, name);
    return part && length == wanted && (part[length] != '\0') == remark && strncasecmp(part, name, length) == 0;
}

void op_elsewhere(struct text *names, const char *name)
{
    size_t before = names->size, length;
    const char *part = last_part(&length, name);
    for (size_t i = 0; i < op_count && names->size == before; i++)
        if (strcasecmp(part, op_table[i].name) == 0)
            text_add(names, "%s", op_table[i].name);
    for (int remark = 0; remark < 2 && names->size == before; remark++)
        for (size_t i = 0; i < op_count; i++) {
            const struct op *op = &op_table[i];
            const char *const paths[] = {op->torch, op->numpy, op->onnx};
            bool called = false;
            for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
                called |= is_called(paths[k], name, remark);
            if (called)
                text_add(names, "%s%s", names->size > before ? " or " : "", op->name);
        }
}

bool op_is_user(const struct op *op)
{
    return strcmp(op->family, "user") == 0;
}

const char *op_argument_holds(const struct op *op, size_t i)
{
    if (i >= 32)
        return NULL;
    if (op->integer_arguments >> i & 1)
        return "integers";
    /* Where others before it may be left out, a mask has several places; its name is that of the last. */
    return op->either_arguments >> i == 1 ? "numbers or integers" : NULL;
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
