/* Locating the guilty gate. */
#include "check/locate.h"

#include <string.h>

#include "check/gate.h"
#include "real/wide.h"

/* The upstream gradient that the gate has in its graph. */
static gck_status gate_upstream(struct gate *gate, const struct reference *reference, size_t at)
{
    size_t n = shape_count(&reference->graph->nodes[at].shape);
    double *numbers = arena_alloc(gate->graph.arena, n, sizeof *numbers);
    for (size_t i = 0; numbers && i < n; i++)
        numbers[i] = m_to_double(reference_gradient(reference, at) + i);
    gate->graph.seed.doubles = numbers;
    return numbers ? GCK_OK : GCK_NO_MEMORY;
}

/* The gate alone: the op, or, where derivatives are claimed for a formula, all of the formula. */
static gck_status gate_cut(struct gate *gate, struct arena *arena, const struct reference *reference, size_t at)
{
    const struct node *node = &reference->graph->nodes[at];
    bool all = true;
    for (size_t k = 0; k < node->arity; k++)
        all &= graph_flows(node, k, false);
    if (all)
        return gate_alone(gate, arena, reference, at, false);
    size_t *variables = arena_alloc(arena, node->arity, sizeof *variables), count = 0;
    if (!variables)
        return GCK_NO_MEMORY;
    for (size_t k = 0; k < node->arity; k++)
        if (graph_flows(node, k, true))
            variables[count++] = node->inputs[k];
    return gate_between(gate, arena, reference, at, variables, count);
}

/* random: with random numbers upstream, which show more, or else with those that the graph has. */
static gck_status gate_fails(bool *fails, const struct subject *subject, const struct reference *reference,
                             size_t at, bool random, const struct run_settings *settings)
{
    struct arena arena = {0};
    struct gate gate;
    struct errors errors = {0};
    gck_run run = {0};
    struct run_settings alone = *settings;
    alone.locate = alone.laws = false;
    alone.choice.exhaustive = 0;
    gck_status status = gate_cut(&gate, &arena, reference, at);
    if (!status)
        status = random ? gate_seed(&gate, settings->seed) : gate_upstream(&gate, reference, at);
    struct subject single = {.id = subject->id, .graph = &gate.graph};
    *fails = false;
    if (!status && gate.graph.wrt_count)
        status = run_take(&run, &arena, &single, reference->binding->dtype, &alone, &errors);
    *fails = run.verdict == GCK_VERDICT_WRONG || run.verdict == GCK_VERDICT_NONFINITE ||
             run.verdict == GCK_VERDICT_INACCURATE || run.verdict == GCK_VERDICT_MISSING;
    errors_free(&errors);
    arena_free(&arena);
    return status == GCK_NO_MEMORY ? status : GCK_OK;
}

enum inner { INNER_UNKNOWN, INNER_RIGHT, INNER_WRONG };

/* How the engine's gradient in node i is; the output's is the seed. */
static enum inner inner_of(const gck_answer *answer, const struct reference *reference,
                           const struct budget *budget, size_t i)
{
    const struct gradient_given *given = &answer->gradients[i];
    const struct shape *shape = &reference->graph->nodes[i].shape;
    const m_element *g = reference_gradient(reference, i);
    if (!given->numbers || !g || !shape_equal(&given->shape, shape))
        return i == reference->graph->output ? INNER_RIGHT : INNER_UNKNOWN;
    size_t n = shape_count(shape);
    for (size_t k = 0; k < n; k++) {
        m_context c = m_context_wide(53, FLOAT64);
        M_LOCAL(a, &c);
        m_set_double(a, given->numbers[k], &c);
        if (!(m_distance(a, g + k) <= budget->gradient[i][k]))
            return INNER_WRONG;
    }
    return INNER_RIGHT;
}

/* The node, from the output backward, whose gradient is wrong while those of all its consumers are known to be
 * right. */
static size_t first_wrong(const gck_answer *answer, const struct reference *reference,
                          const struct budget *budget, size_t *consumer, size_t *consumers)
{
    const struct graph *graph = reference->graph;
    for (size_t i = graph->output + 1; i-- > 0;) {
        if (inner_of(answer, reference, budget, i) != INNER_WRONG)
            continue;
        bool downstream_right = true;
        *consumers = 0;
        for (size_t j = i + 1; j < graph->count; j++)
            for (size_t k = 0; k < graph->nodes[j].arity; k++)
                if (graph->nodes[j].inputs[k] == i) {
                    downstream_right &= inner_of(answer, reference, budget, j) == INNER_RIGHT;
                    *consumer = j;
                    ++*consumers;
                }
        if (downstream_right)
            return i;
    }
    return graph->count;
}

static gck_status name(gck_run *run, struct arena *results, const struct node *node, const char *op)
{
    run->guilty_node = arena_text(results, node->name, strlen(node->name));
    run->guilty_line = node->place.line;
    run->guilty_op = arena_text(results, op, strlen(op));
    return run->guilty_node && run->guilty_op ? GCK_OK : GCK_NO_MEMORY;
}

/* The last gate that fails alone; graph->count when none does. */
static gck_status failing_gate(size_t *at, const struct subject *subject, const struct reference *reference,
                               bool random, const struct run_settings *settings)
{
    const struct graph *graph = reference->graph;
    for (size_t i = graph->output + 1; i-- > 0;) {
        bool fails = false;
        gck_status status = GCK_OK;
        if (graph->nodes[i].op && reference_gradient(reference, i))
            status = gate_fails(&fails, subject, reference, i, random, settings);
        *at = i;
        if (status || fails)
            return status;
    }
    *at = graph->count;
    return GCK_OK;
}

gck_status locate(gck_run *run, struct arena *results, const struct subject *subject,
                  const struct reference *reference, const struct budget *budget, const gck_answer *answer,
                  const struct run_settings *settings)
{
    const struct graph *graph = reference->graph;
    size_t at = graph->count;
    gck_status status = GCK_OK;
    for (int try = 0; try < 2 && !status && !settings->engine->once && at == graph->count; try++)
        status = failing_gate(&at, subject, reference, try == 0, settings);
    if (status)
        return status;
    if (at < graph->count)
        return name(run, results, &graph->nodes[at], graph->nodes[at].op->name);
    size_t consumer = 0, consumers = 0;
    size_t node = first_wrong(answer, reference, budget, &consumer, &consumers);
    if (node < graph->count)
        return name(run, results, &graph->nodes[consumers == 1 ? consumer : node],
                    consumers == 1 ? graph->nodes[consumer].op->name : "the sum of its branches");
    return GCK_OK;
}
