/* Building graphs: every node is checked as it is added. */
#include "graph/graph.h"

#include <string.h>

#include "base/text.h"
#include "graph/attributes.h"

static long graph_add(struct graph *graph, const struct node *node, struct errors *errors)
{
    char shape[SHAPE_TEXT];
    size_t elements;
    if (graph->count == MOST_NODES)
        return errors_add(errors, GCK_BAD_CASE, "more than %d nodes", MOST_NODES), NO_NODE;
    if (!shape_count_within(&elements, &node->shape, MOST_ELEMENTS - graph->elements))
        return errors_add(
                   errors, GCK_BAD_CASE, "%s%s%s would have shape %s: more than %d elements in the whole graph",
                   node->op ? node->op->name : "", node->op ? ": " : "", node->name ? node->name : "the result",
                   shape_text(shape, &node->shape), MOST_ELEMENTS),
               NO_NODE;
    graph->elements += elements;
    if (graph->count == graph->room) {
        size_t room = graph->room ? 2 * graph->room : 32;
        struct node *nodes = arena_alloc(graph->arena, room, sizeof *nodes);
        if (!nodes)
            return errors_add(errors, GCK_NO_MEMORY, "out of memory"), NO_NODE;
        if (graph->count)
            memcpy(nodes, graph->nodes, graph->count * sizeof *nodes);
        graph->nodes = nodes;
        graph->room = room;
    }
    graph->nodes[graph->count] = *node;
    return (long)graph->count++;
}

long graph_input(struct graph *graph, const char *name, enum kind kind, const struct shape *shape,
                 struct values values, struct errors *errors)
{
    struct node node = {.name = name, .place = errors->here, .kind = kind, .shape = *shape, .values = values};
    return graph_add(graph, &node, errors);
}

bool graph_flows(const struct node *node, size_t k, bool claims_followed)
{
    if (node->arity == 1 || strcmp(node->op->name, "expr") != 0)
        return true;
    return claims_followed ? k % 2 == 1 : k == 0;
}

void graph_live(bool *live, const struct graph *graph, bool claims_followed)
{
    memset(live, 0, graph->count * sizeof *live);
    live[graph->output] = true;
    for (size_t i = graph->output + 1; i-- > 0;)
        for (size_t k = 0; live[i] && k < graph->nodes[i].arity; k++)
            live[graph->nodes[i].inputs[k]] |= graph_flows(&graph->nodes[i], k, claims_followed);
}

long graph_find(const struct graph *graph, const char *name)
{
    for (size_t i = graph->count; i-- > 0;)
        if (graph->nodes[i].name && strcmp(graph->nodes[i].name, name) == 0)
            return (long)i;
    return NO_NODE;
}

size_t graph_edges(const struct graph *graph)
{
    size_t edges = 0;
    for (size_t i = 0; i < graph->count; i++)
        edges += graph->nodes[i].arity;
    return edges;
}

/* The name to call a node by in a message. */
static const char *called(const struct node *node)
{
    return node->name ? node->name : node->op ? node->op->name : "a number";
}

static bool arity_right(const struct op *op, size_t arity, struct errors *errors)
{
    if (arity >= op->least && arity <= op->most)
        return true;
    if (op->most == ANY_ARITY)
        errors_add(errors, GCK_BAD_CASE, "%s takes at least %zu argument%s (%s), not %zu", op->name, op->least,
                   op->least == 1 ? "" : "s", op->arguments, arity);
    else if (op->least == op->most)
        errors_add(errors, GCK_BAD_CASE, "%s takes %zu argument%s (%s), not %zu", op->name, op->least,
                   op->least == 1 ? "" : "s", op->arguments, arity);
    else
        errors_add(errors, GCK_BAD_CASE, "%s takes %zu to %zu arguments (%s), not %zu", op->name, op->least,
                   op->most, op->arguments, arity);
    return false;
}

static bool kinds_right(const struct op *op, const struct argument *arguments, size_t arity,
                        struct errors *errors)
{
    bool right = true;
    for (size_t i = 0; i < arity; i++) {
        unsigned bit = i < 32 ? 1u << i : 0;
        bool integer = arguments[i].kind != KIND_FLOAT;
        if ((op->either_arguments & bit) || integer == ((op->integer_arguments & bit) != 0))
            continue;
        right = false;
        if (integer)
            errors_add(errors, GCK_BAD_CASE,
                       "%s: argument %zu, %s, holds integers; numbers of a float dtype are needed", op->name,
                       i + 1, arguments[i].name);
        else
            errors_add(errors, GCK_BAD_CASE,
                       "%s: argument %zu, %s, must hold integers: give it as {dtype: int64, data: [...]}",
                       op->name, i + 1, arguments[i].name);
    }
    return right;
}

long graph_apply(struct graph *graph, const char *name, const struct op *op, const size_t *inputs, size_t arity,
                 const struct attribute_text *attributes, size_t attribute_count, struct errors *errors)
{
    struct node node = {.name = name, .place = errors->here, .op = op, .arity = arity, .inner = !name};
    size_t *own = arena_alloc(graph->arena, arity, sizeof *own);
    struct argument *arguments = arena_alloc(graph->arena, arity, sizeof *arguments);
    if (!own || !arguments)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory"), NO_NODE;
    for (size_t i = 0; i < arity; i++) {
        const struct node *input = &graph->nodes[inputs[i]];
        own[i] = inputs[i];
        arguments[i] = (struct argument){called(input), input->shape, input->kind, input->values.integers};
    }
    node.inputs = own;
    size_t before = errors->count;
    arity_right(op, arity, errors);
    attributes_read(&node, graph->arena, attributes, attribute_count, errors);
    if (errors->count > before || !kinds_right(op, arguments, arity, errors) ||
        op->rule(&node, arguments, errors))
        return NO_NODE;
    return graph_add(graph, &node, errors);
}

void graph_depends(bool *depends, const struct graph *graph, const bool *from)
{
    for (size_t i = 0; i < graph->count; i++) {
        depends[i] = from[i];
        for (size_t k = 0; k < graph->nodes[i].arity && !depends[i]; k++)
            depends[i] = depends[graph->nodes[i].inputs[k]];
    }
}

/* At 256 bits exp takes some 30 times as long as a multiplication, erf 200 times. */
static const double LIBM_WORK = 60;

double graph_work(const struct graph *graph, const bool *marked)
{
    double work = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const struct node *node = &graph->nodes[i];
        if (!node->op || (marked && !marked[i]))
            continue;
        size_t most = shape_count(&node->shape);
        work += (double)most * (double)node->terms;
        for (size_t k = 0; k < node->arity; k++) {
            size_t count = shape_count(&graph->nodes[node->inputs[k]].shape);
            most = count > most && !node->terms ? count : most;
        }
        work += (double)most * (node->op->libm ? LIBM_WORK : 1);
    }
    return work;
}
