/* Ops of an engine's own: rows of the table of ops that are made when a case names them. */
#include "ops/foreign.h"

#include <string.h>

const char FOREIGN[] = "engine:";

static gck_status rule_foreign(struct node *node, const struct argument *arguments, struct errors *errors)
{
    const struct attribute *shape = node_attribute(node, "shape");
    (void)arguments;
    if (shape->count > MOST_RANK)
        return errors_add(errors, GCK_BAD_CASE, "%s: a shape of rank %zu; the highest is %d", node->op->name,
                          shape->count, MOST_RANK);
    node->shape = (struct shape){.rank = (int)shape->count};
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->list[i] < 0)
            return errors_add(errors, GCK_BAD_CASE, "%s: the size %ld is negative", node->op->name,
                              shape->list[i]);
        node->shape.dim[i] = (size_t)shape->list[i];
    }
    return GCK_OK;
}

const struct op *foreign_new(struct arena *arena, const char *name)
{
    struct op *op = arena_alloc(arena, 1, sizeof *op);
    if (op)
        *op = (struct op){.name = name,
                          .d_forward = d_foreign_forward,
                          .d_backward = d_foreign_backward,
                          .m_forward = m_foreign_forward,
                          .m_backward = m_foreign_backward,
                          .r_forward = r_foreign_forward,
                          .r_backward = r_foreign_backward,
                          .least = 1,
                          .most = ANY_ARITY,
                          .arguments = "x...",
                          .either_arguments = ~0u,
                          .rule = rule_foreign,
                          .family = "foreign",
                          .doc = "An op of the engine's own.",
                          .formula = "known to the engine alone",
                          .attributes = {{"shape", ATTRIBUTE_INTEGERS, REQUIRED, "the shape of y", NULL}}};
    return op;
}

bool foreign_is(const struct op *op)
{
    return op && op->rule == rule_foreign;
}
