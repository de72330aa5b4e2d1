/* Locating the guilty gate. */
#include "check/locate.h"

#include <math.h>
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

/* How a gate is looked at alone: with random numbers upstream, which show more; with those that the graph has;
 * and with these once more where its derivative is infinite, an answer other than that infinity being wrong. */
enum view { VIEW_RANDOM, VIEW_GRAPH, VIEW_STEEP, VIEWS };

/* A rule for every element of the gate's gradients that is infinite. */
static gck_status steep_rules(struct subject *single, struct arena *arena, const struct reference *whole)
{
    static const char *const up[] = {"inf"}, *const down[] = {"-inf"};
    const struct graph *graph = single->graph;
    struct errors errors = {0};
    struct binding binding;
    struct reference own;
    size_t most = 0, count = 0;
    for (size_t p = 0; p < graph->wrt_count; p++)
        most += shape_count(&graph->nodes[graph->wrt[p]].shape);
    struct kink_rule *rules = arena_alloc(arena, most, sizeof *rules);
    gck_status status =
        rules ? binding_new(&binding, arena, graph, whole->binding->dtype, &errors) : GCK_NO_MEMORY;
    errors_free(&errors);
    if (!status)
        status = reference_new(&own, graph, &binding, whole->bits, (struct branches){0});
    if (status)
        return status;
    for (size_t p = 0; p < graph->wrt_count; p++)
        for (size_t i = 0; i < shape_count(&graph->nodes[graph->wrt[p]].shape); i++) {
            double g = m_to_double(reference_gradient(&own, graph->wrt[p]) + i);
            if (isinf(g) && !m_is_finite(reference_gradient(&own, graph->wrt[p]) + i))
                rules[count++] = (struct kink_rule){graph->wrt[p], (long)i, "infinite", g > 0 ? up : down, 1};
        }
    reference_free(&own);
    single->kinks = rules;
    single->kink_count = count;
    return GCK_OK;
}

static gck_status gate_fails(bool *fails, const struct subject *subject, const struct reference *reference,
                             size_t at, enum view view, const struct run_settings *settings)
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
        status = view == VIEW_RANDOM ? gate_seed(&gate, settings->seed) : gate_upstream(&gate, reference, at);
    struct subject single = {.id = subject->id, .graph = &gate.graph};
    *fails = false;
    if (!status && gate.graph.wrt_count && view == VIEW_STEEP)
        status = steep_rules(&single, &arena, reference);
    if (!status && gate.graph.wrt_count && (view != VIEW_STEEP || single.kink_count))
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

/* Whether the engine follows claimed derivatives: then nothing comes to the formulas that they are of. */
static bool claims_followed(const gck_answer *answer, const struct graph *graph)
{
    for (size_t i = 0; i <= graph->output; i++) {
        const struct node *node = &graph->nodes[i];
        if (!node->op || graph_flows(node, node->arity - 1, false) || !graph->nodes[node->inputs[0]].inner)
            continue;
        const double *formula = answer->gradients[node->inputs[0]].numbers;
        for (size_t k = 0; formula && k < shape_count(&node->shape); k++)
            if (formula[k] != 0)
                return false;
    }
    return true;
}

/* The node, from the output backward, whose gradient is wrong while those of all its consumers are known to be
 * right; graph->count: there is none. */
static gck_status first_wrong(size_t *found, const gck_answer *answer, const struct reference *reference,
                              const struct budget *budget, size_t *consumer, size_t *consumers)
{
    const struct graph *graph = reference->graph;
    struct arena arena = {0};
    bool *live = arena_alloc(&arena, graph->count, sizeof *live), claims = claims_followed(answer, graph);
    if (live)
        graph_live(live, graph, claims);
    *found = graph->count;
    for (size_t i = graph->output + 1; live && *found == graph->count && i-- > 0;) {
        if (!live[i] || inner_of(answer, reference, budget, i) != INNER_WRONG)
            continue;
        bool downstream_right = true;
        *consumers = 0;
        for (size_t j = i + 1; j < graph->count; j++)
            for (size_t k = 0; live[j] && k < graph->nodes[j].arity; k++)
                if (graph->nodes[j].inputs[k] == i && graph_flows(&graph->nodes[j], k, claims)) {
                    downstream_right &= inner_of(answer, reference, budget, j) == INNER_RIGHT;
                    *consumer = j;
                    ++*consumers;
                }
        if (downstream_right)
            *found = i;
    }
    arena_free(&arena);
    return live ? GCK_OK : GCK_NO_MEMORY;
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
                               enum view view, const struct run_settings *settings)
{
    const struct graph *graph = reference->graph;
    for (size_t i = graph->output + 1; i-- > 0;) {
        bool fails = false;
        gck_status status = GCK_OK;
        if (graph->nodes[i].op && reference_gradient(reference, i))
            status = gate_fails(&fails, subject, reference, i, view, settings);
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
    for (int view = 0; view < VIEWS && !status && !settings->engine->once && at == graph->count; view++)
        status = failing_gate(&at, subject, reference, (enum view)view, settings);
    if (status)
        return status;
    if (at < graph->count)
        return name(run, results, &graph->nodes[at], graph->nodes[at].op->name);
    size_t node, consumer = 0, consumers = 0;
    status = first_wrong(&node, answer, reference, budget, &consumer, &consumers);
    if (status)
        return status;
    if (node < graph->count)
        return name(run, results, &graph->nodes[consumers == 1 ? consumer : node],
                    consumers == 1 ? graph->nodes[consumer].op->name : "the sum of its branches");
    return GCK_OK;
}
