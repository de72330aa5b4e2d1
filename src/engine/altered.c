/* Nodes as a backward with wrong attributes takes them to be. */
#include <string.h>

#include "engine/planted.h"
#include "graph/attributes.h"

/* The axis of an `axis`, or each of `axes`, further by so many of so many. False: the op has no such attribute,
 * or works along all axes because none is given. */
static bool axes_moved(struct node *altered, struct arena *arena, long by, long rank)
{
    int one = op_attribute(altered->op, "axis"), several = op_attribute(altered->op, "axes");
    if (one < 0 && several < 0)
        return false;
    struct attribute *attribute = &altered->attributes[one < 0 ? several : one];
    if (one >= 0) {
        attribute->integer = ((attribute->integer + by) % rank + rank) % rank;
        return attribute->given || altered->op->attributes[one].initial;
    }
    long *list = arena_alloc(arena, attribute->count, sizeof *list);
    for (size_t i = 0; list && i < attribute->count; i++)
        list[i] = ((attribute->list[i] + by) % rank + rank) % rank;
    attribute->list = list;
    return list && attribute->given;
}

/* All attributes that were given, or one of them alone; those that must be given stay. False: nothing was. */
static bool attributes_forgotten(struct node *altered, struct arena *arena, int one, struct errors *errors)
{
    const struct op *op = altered->op;
    struct node fresh = {.op = op};
    bool forgotten = false;
    attributes_read(&fresh, arena, NULL, 0, errors);
    for (int k = 0; k < MOST_ATTRIBUTES && op->attributes[k].name; k++) {
        if (!altered->attributes[k].given || op->attributes[k].initial == REQUIRED || (one >= 0 && k != one))
            continue;
        altered->attributes[k] = fresh.attributes[k];
        forgotten = true;
    }
    return forgotten;
}

/* Whether the op takes the node's arguments with these attributes too, to a result of the same shape. */
static bool accepted(struct node *altered, struct arena *arena, const struct graph *graph,
                     const struct node *node, struct errors *errors)
{
    struct argument *arguments = arena_alloc(arena, node->arity, sizeof *arguments);
    for (size_t i = 0; arguments && i < node->arity; i++) {
        const struct node *input = &graph->nodes[node->inputs[i]];
        arguments[i] = (struct argument){"argument", input->shape, input->kind, input->values.integers};
    }
    return arguments && !node->op->rule(altered, arguments, errors) &&
           shape_equal(&altered->shape, &node->shape);
}

/* The rank of the largest of arguments and result. */
static long largest_rank(const struct graph *graph, const struct node *node)
{
    long rank = node->shape.rank;
    for (size_t i = 0; i < node->arity; i++)
        if (graph->nodes[node->inputs[i]].shape.rank > rank)
            rank = graph->nodes[node->inputs[i]].shape.rank;
    return rank;
}

bool node_altered(struct node *altered, struct arena *arena, const struct graph *graph, const struct node *node,
                  enum bug bug)
{
    struct errors ignored = {0};
    long rank = largest_rank(graph, node);
    bool right = false, one_axis = op_attribute(node->op, "axis") >= 0;
    for (long by = 1; bug == BUG_AXIS && by < rank && !right; by++) {
        *altered = *node;
        right = axes_moved(altered, arena, by, rank) && accepted(altered, arena, graph, node, &ignored) &&
                (altered->axis != node->axis || !one_axis);
    }
    for (int one = -1; bug == BUG_DEFAULTS && one < MOST_ATTRIBUTES && !right; one++) {
        *altered = *node;
        right = attributes_forgotten(altered, arena, one, &ignored) &&
                accepted(altered, arena, graph, node, &ignored);
    }
    errors_free(&ignored);
    return right;
}
