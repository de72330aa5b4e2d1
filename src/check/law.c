/* The laws that compare an engine with itself and with zero. */
#include "check/law.h"

#include <math.h>
#include <string.h>

#include "check/budget.h"
#include "check/laws.h"

void law_element(struct text *text, const struct node *node, size_t index)
{
    char buffer[SHAPE_TEXT];
    text_add(text, "%s%s", node->name, shape_index_text(buffer, &node->shape, index));
}

gck_status law_ask(gck_answer *answer, bool *given, struct law_finding *finding, const struct law_trial *trial,
                   const struct graph *graph, const struct binding *binding)
{
    gck_status status = answer_ask(answer, trial->engine, trial->id, graph, binding);
    *given = !status && answer->state == ANSWER_GIVEN;
    finding->checked |= *given;
    if (status || *given || answer->state == ANSWER_UNSUPPORTED)
        return status;
    finding->checked = finding->broken = true;
    text_add(&finding->why, ": %s", answer->message ? answer->message : "it gave no reason");
    return GCK_OK;
}

/* Whether two numbers are the same, the sign of zero included. NaNs are. */
static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static double apart(double a, double b)
{
    return same(a, b) ? 0 : isnan(a - b) ? INFINITY : fabs(a - b);
}

/* Notes a violation; the first one is described by `why`. */
static bool note(struct law_finding *finding, double violation)
{
    bool first = !finding->broken;
    finding->broken = true;
    finding->spread = fmax(finding->spread, violation);
    return first;
}

/* Compares two tensors of one node, to the bit. NULL: none came. `what` they are, `how` the later was asked
 * for. */
static void compare(struct law_finding *finding, const struct node *node, const double *was, const double *is,
                    const char *what, const char *how)
{
    if (!was && !is)
        return;
    if ((!was || !is) && note(finding, INFINITY))
        text_add(&finding->why, "%s of %s %s %s, and before it %s", what, node->name,
                 is ? "came" : "did not come", how, was ? "came" : "did not");
    for (size_t i = 0; was && is && i < shape_count(&node->shape); i++) {
        if (same(was[i], is[i]) || !note(finding, apart(was[i], is[i])))
            continue;
        text_add(&finding->why, "%s of ", what);
        law_element(&finding->why, node, i);
        text_add(&finding->why, " is %.17g %s, and was %.17g before", is[i], how, was[i]);
    }
}

/* The same request gives the same bits. */
static gck_status deterministic(struct law_finding *finding, const struct law_trial *trial)
{
    const struct graph *graph = trial->graph;
    gck_answer again;
    bool given;
    gck_status status = law_ask(&again, &given, finding, trial, graph, trial->binding);
    if (status)
        return status;
    for (size_t k = 0; k < graph->wrt_count && given; k++)
        compare(finding, &graph->nodes[graph->wrt[k]], answer_gradient(trial->first, graph->wrt[k]),
                answer_gradient(&again, graph->wrt[k]), "the gradient", "now");
    if (given)
        compare(finding, &graph->nodes[graph->output], trial->first->value, again.value, "the value", "now");
    if (finding->broken && given)
        text_add(&finding->why, "; the spread is %.3g", finding->spread);
    answer_free(&again);
    return GCK_OK;
}

/* Every element of the node is zero; those that were not finite before may be anything: 0 times infinity. */
static void require_zeros(struct law_finding *finding, const struct node *node, const double *is,
                          const double *was)
{
    for (size_t i = 0; i < shape_count(&node->shape); i++) {
        if (is[i] == 0 || (was && !isfinite(was[i])) || !note(finding, fabs(is[i])))
            continue;
        law_element(&finding->why, node, i);
        text_add(&finding->why, " gets %.9g, not 0", is[i]);
    }
}

/* A zero seed gives exact zeros. */
static gck_status zero_seed(struct law_finding *finding, const struct law_trial *trial)
{
    const struct graph *graph = trial->graph;
    struct arena arena = {0};
    struct binding binding = *trial->binding;
    gck_answer answer;
    bool given;
    size_t n = shape_count(&graph->nodes[graph->output].shape);
    binding.seed = arena_alloc(&arena, n, sizeof *binding.seed);
    gck_status status =
        binding.seed ? law_ask(&answer, &given, finding, trial, graph, &binding) : GCK_NO_MEMORY;
    for (size_t k = 0; k < graph->wrt_count && !status && given; k++) {
        size_t node = graph->wrt[k];
        const double *is = answer_gradient(&answer, node), *was = answer_gradient(trial->first, node);
        if (is)
            require_zeros(finding, &graph->nodes[node], is, was);
        else if (was && note(finding, INFINITY))
            text_add(&finding->why, "%s gets no gradient", graph->nodes[node].name);
    }
    if (!status)
        answer_free(&answer);
    arena_free(&arena);
    return status;
}

/* Compares the parameter asked for alone with what it was, within the budget that each of the two has: an
 * engine may well compute with constants where it computed with variables. */
static void compare_alone(struct law_finding *finding, const struct law_trial *trial, const gck_answer *alone,
                          const struct budget *budget, size_t node)
{
    const struct node *of = &trial->graph->nodes[node];
    const double *was = answer_gradient(trial->first, node), *is = answer_gradient(alone, node);
    double u = ldexp(1, -dtype_formats[trial->binding->dtype].bits);
    if (!was != !is)
        compare(finding, of, was, is, "the gradient", "when it alone is asked for");
    for (size_t i = 0; was && is && i < shape_count(&of->shape); i++) {
        double off = apart(was[i], is[i]);
        double allowed = 2 * budget->gradient[node][i] + 4 * u * (fabs(was[i]) + fabs(is[i]));
        if (off == 0 || was[i] == is[i] || off <= allowed || isnan(allowed) || !note(finding, off))
            continue;
        text_add(&finding->why, "the gradient of ");
        law_element(&finding->why, of, i);
        text_add(&finding->why, " is %.9g when it alone is asked for, and was %.9g among all", is[i], was[i]);
    }
}

/* Asks for every step-th parameter alone. */
static gck_status ask_alone(struct law_finding *finding, const struct law_trial *trial,
                            const struct budget *budget, size_t step)
{
    gck_status status = GCK_OK;
    size_t count = trial->graph->wrt_count;
    for (size_t k = 0; k < count && k / step < MOST_ALONE && !status && !finding->broken; k += step) {
        struct graph graph = *trial->graph;
        gck_answer answer;
        bool given;
        graph.wrt += k;
        graph.wrt_count = 1;
        status = law_ask(&answer, &given, finding, trial, &graph, trial->binding);
        if (!status && given)
            compare_alone(finding, trial, &answer, budget, *graph.wrt);
        if (!status)
            answer_free(&answer);
    }
    return status;
}

/* Asking for one parameter alone gives what asking for all gave. */
static gck_status fewer(struct law_finding *finding, const struct law_trial *trial)
{
    size_t count = trial->graph->wrt_count;
    struct branches compare_again = {0};
    struct reference reference;
    struct budget budget;
    if (count < 2)
        return GCK_OK;
    gck_status status = reference_new(&reference, trial->graph, trial->binding, trial->bits, compare_again);
    if (status)
        return status;
    status = budget_new(&budget, &reference, trial->seed, trial->engine->flushes_to_zero, trial->workers);
    if (!status) {
        status = ask_alone(finding, trial, &budget, count > MOST_ALONE ? count / MOST_ALONE : 1);
        budget_free(&budget);
    }
    reference_free(&reference);
    return status;
}

/* A copy of the graph and its binding with one more parameter, of which nothing depends: like `from`, but not
 * of its name. */
static gck_status add_unused(struct graph *graph, struct binding *binding, struct arena *arena, size_t from)
{
    size_t count = graph->count, wrt_count = graph->wrt_count;
    struct node *nodes = arena_alloc(arena, count + 1, sizeof *nodes);
    size_t *wrt = arena_alloc(arena, wrt_count + 1, sizeof *wrt);
    double **values = arena_alloc(arena, count + 1, sizeof *values);
    struct text name = {0};
    text_add(&name, "unused");
    while (!name.failed && graph_find(graph, name.data) != NO_NODE)
        text_add(&name, "_");
    const char *kept = name.failed ? NULL : arena_text(arena, name.data, name.size);
    text_free(&name);
    if (!nodes || !wrt || !values || !kept)
        return GCK_NO_MEMORY;
    memcpy(nodes, graph->nodes, count * sizeof *nodes);
    memcpy(wrt, graph->wrt, wrt_count * sizeof *wrt);
    memcpy(values, binding->values, count * sizeof *values);
    nodes[count] = nodes[from];
    nodes[count].name = kept;
    values[count] = values[from];
    wrt[wrt_count] = count;
    graph->nodes = nodes;
    graph->count = graph->room = count + 1;
    graph->elements += shape_count(&nodes[from].shape);
    graph->wrt = wrt;
    graph->wrt_count = wrt_count + 1;
    binding->values = values;
    return GCK_OK;
}

/* A parameter that the output does not depend on gets zeros. */
static gck_status unused(struct law_finding *finding, const struct law_trial *trial)
{
    struct graph graph = *trial->graph;
    struct binding binding = *trial->binding;
    struct arena arena = {0};
    gck_answer answer;
    bool given;
    size_t k = 0;
    while (k < graph.wrt_count && shape_count(&graph.nodes[graph.wrt[k]].shape) == 0)
        k++;
    if (k == graph.wrt_count)
        return GCK_OK;
    gck_status status = add_unused(&graph, &binding, &arena, graph.wrt[k]);
    if (!status)
        status = law_ask(&answer, &given, finding, trial, &graph, &binding);
    if (!status) {
        const struct node *node = &graph.nodes[graph.count - 1];
        const double *is = answer_gradient(&answer, graph.count - 1);
        if (given && is)
            require_zeros(finding, node, is, NULL);
        else if (given && note(finding, INFINITY))
            text_add(&finding->why, answer.gradients[graph.count - 1].numbers ? "its gradient has another shape"
                                                                              : "it gets no gradient");
        answer_free(&answer);
    }
    arena_free(&arena);
    return status;
}

gck_status law_try(struct law_finding *finding, const struct law_trial *trial, gck_law law)
{
    *finding = (struct law_finding){0};
    gck_status status = GCK_OK;
    switch (law) {
    case GCK_LAW_DETERMINISTIC:
        status = deterministic(finding, trial);
        break;
    case GCK_LAW_ZERO_SEED:
        status = zero_seed(finding, trial);
        break;
    case GCK_LAW_LINEAR:
        status = law_linear(finding, trial);
        break;
    case GCK_LAW_FEWER:
        status = fewer(finding, trial);
        break;
    case GCK_LAW_UNUSED:
        status = unused(finding, trial);
        break;
    }
    return !status && finding->why.failed ? GCK_NO_MEMORY : status;
}
