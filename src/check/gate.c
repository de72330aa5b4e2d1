/* Cutting gates out of a graph. */
#include "check/gate.h"

#include "real/wide.h"

/* An input in place of node `from` of the larger graph. */
static gck_status leaf_add(struct gate *gate, const struct reference *reference, size_t from)
{
    const struct node *node = &reference->graph->nodes[from];
    struct node *leaf = &gate->graph.nodes[gate->graph.count];
    *leaf = (struct node){.name = node->name,
                          .place = node->place,
                          .shape = node->shape,
                          .kind = node->kind,
                          .literal = node->literal,
                          .values = {.integers = node->values.integers}};
    gate->from[gate->graph.count++] = from;
    if (node->kind != KIND_FLOAT)
        return GCK_OK;
    size_t n = shape_count(&node->shape);
    double *numbers = arena_alloc(gate->graph.arena, n, sizeof *numbers);
    for (size_t i = 0; numbers && i < n; i++)
        numbers[i] = dtype_round(reference->binding->dtype, m_to_double(reference_value(reference, from) + i));
    leaf->values = (struct values){.doubles = numbers};
    return numbers ? GCK_OK : GCK_NO_MEMORY;
}

/* Node `from` itself, its inputs being nodes of the gate's graph. */
static void node_add(struct gate *gate, const struct node *node, size_t from, const size_t *inputs)
{
    gate->graph.nodes[gate->graph.count] = *node;
    gate->graph.nodes[gate->graph.count].inputs = inputs;
    gate->graph.output = gate->graph.count;
    gate->from[gate->graph.count++] = from;
}

/* Room for so many nodes. */
static gck_status gate_new(struct gate *gate, struct arena *arena, size_t room)
{
    struct node *nodes = arena_alloc(arena, room, sizeof *nodes);
    *gate = (struct gate){.graph = {.arena = arena, .nodes = nodes}};
    gate->from = arena_alloc(arena, room, sizeof *gate->from);
    return nodes && gate->from ? GCK_OK : GCK_NO_MEMORY;
}

static gck_status list_parameters(struct gate *gate)
{
    struct graph *graph = &gate->graph;
    size_t *wrt = arena_alloc(graph->arena, graph->count, sizeof *wrt);
    for (size_t i = 0; wrt && i < graph->count; i++)
        if (!graph->nodes[i].op && graph->nodes[i].kind == KIND_FLOAT && !graph->nodes[i].literal)
            wrt[graph->wrt_count++] = i;
    graph->wrt = wrt;
    return wrt ? GCK_OK : GCK_NO_MEMORY;
}

gck_status gate_alone(struct gate *gate, struct arena *arena, const struct reference *reference, size_t at,
                      bool apart)
{
    const struct node *node = &reference->graph->nodes[at];
    size_t *inputs = arena_alloc(arena, node->arity, sizeof *inputs);
    gck_status status = gate_new(gate, arena, node->arity + 1);
    if (!inputs)
        return GCK_NO_MEMORY;
    for (size_t k = 0; k < node->arity && !status; k++) {
        size_t same = 0;
        while (!apart && node->inputs[same] != node->inputs[k])
            same++;
        bool known = !apart && same < k;
        inputs[k] = known ? inputs[same] : gate->graph.count;
        if (!known)
            status = leaf_add(gate, reference, node->inputs[k]);
    }
    if (status)
        return status;
    node_add(gate, node, at, inputs);
    return list_parameters(gate);
}

/* What is needed of a graph to compute one node, and where it ends up. */
struct cut {
    bool *needed, *leaf;
    size_t *to; /* index in the gate's graph */
    size_t count;
};

static gck_status cut_new(struct cut *cut, struct arena *arena, const struct graph *graph, size_t at,
                          const size_t *leaves, size_t count)
{
    *cut = (struct cut){.needed = arena_alloc(arena, graph->count, sizeof *cut->needed),
                        .leaf = arena_alloc(arena, graph->count, sizeof *cut->leaf),
                        .to = arena_alloc(arena, graph->count, sizeof *cut->to)};
    if (!cut->needed || !cut->leaf || !cut->to)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        cut->leaf[leaves[i]] = true;
    cut->needed[at] = true;
    for (size_t i = at + 1; i-- > 0;) {
        cut->count += cut->needed[i];
        for (size_t k = 0; cut->needed[i] && !cut->leaf[i] && k < graph->nodes[i].arity; k++)
            cut->needed[graph->nodes[i].inputs[k]] = true;
    }
    return GCK_OK;
}

static gck_status inner_add(struct gate *gate, const struct cut *cut, const struct node *node, size_t from)
{
    size_t *inputs = arena_alloc(gate->graph.arena, node->arity, sizeof *inputs);
    for (size_t k = 0; inputs && k < node->arity; k++)
        inputs[k] = cut->to[node->inputs[k]];
    if (inputs)
        node_add(gate, node, from, inputs);
    return inputs ? GCK_OK : GCK_NO_MEMORY;
}

gck_status gate_between(struct gate *gate, struct arena *arena, const struct reference *reference, size_t at,
                        const size_t *leaves, size_t count)
{
    const struct graph *graph = reference->graph;
    struct cut cut;
    gck_status status = cut_new(&cut, arena, graph, at, leaves, count);
    if (!status)
        status = gate_new(gate, arena, cut.count);
    for (size_t i = 0; i <= at && !status; i++) {
        if (!cut.needed[i])
            continue;
        cut.to[i] = gate->graph.count;
        bool inner = graph->nodes[i].op && !cut.leaf[i];
        status = inner ? inner_add(gate, &cut, &graph->nodes[i], i) : leaf_add(gate, reference, i);
        if (!status && !inner && !cut.leaf[i])
            gate->graph.nodes[cut.to[i]].literal = true;
    }
    if (status)
        return status;
    gate->graph.output = cut.to[at];
    return list_parameters(gate);
}

gck_status gate_seed(struct gate *gate, uint64_t seed)
{
    struct random random = random_new(seed, 7000);
    size_t n = shape_count(&gate->graph.nodes[gate->graph.output].shape);
    double *numbers = arena_alloc(gate->graph.arena, n, sizeof *numbers);
    for (size_t i = 0; numbers && i < n; i++) {
        uint64_t bits = random_next(&random);
        numbers[i] = (bits & 1 ? -1 : 1) * (0.5 + (double)(bits >> 60) / 32);
    }
    gate->graph.seed.doubles = numbers;
    return numbers ? GCK_OK : GCK_NO_MEMORY;
}
