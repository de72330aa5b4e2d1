/* Ops that divide their first argument by a standard deviation or a norm. */
#include <string.h>

#include "engine/planted.h"
#include "ops/rules/reductions.h"

static struct normalization reduced(const struct node *node, const struct shape *x)
{
    return (struct normalization){.split = *x, .axes = node->axes};
}

static struct normalization along(const struct node *node, const struct shape *x)
{
    return (struct normalization){.split = *x, .axes = 1u << node->axis};
}

bool divisor_find(struct divisor *divisor, const struct node *node, const struct shape *x)
{
    static const struct {
        const char *op;
        enum divisor_kind kind;
        struct normalization (*groups)(const struct node *node, const struct shape *x);
    } rows[] = {{"std", DIVISOR_VALUE, reduced},
                {"norm", DIVISOR_VALUE, reduced},
                {"l2_normalize", DIVISOR_QUOTIENT, along},
                {"rms_norm", DIVISOR_ROOT, layer_groups},
                {"layer_norm", DIVISOR_DEVIATION, layer_groups},
                {"batch_norm", DIVISOR_DEVIATION, batch_groups},
                {"group_norm", DIVISOR_DEVIATION, channel_groups},
                {"instance_norm", DIVISOR_DEVIATION, channel_groups}};
    const char *op = node->op->name;
    bool other = (strcmp(op, "norm") == 0 && node_attribute(node, "ord")->integer != NORM_2) ||
                 (strcmp(op, "batch_norm") == 0 && !node_attribute(node, "training")->integer);
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !other; i++)
        if (strcmp(op, rows[i].op) == 0) {
            *divisor = (struct divisor){rows[i].kind, rows[i].groups(node, x)};
            return true;
        }
    return false;
}
