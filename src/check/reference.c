/* The reference: forward and backward in MPFR. */
#include "check/reference.h"

#include <math.h>

#include "base/random.h"
#include "check/difference.h"
#include "real/wide.h"

/* Moves every parameter a little, each element its own way. */
static void step_beside(struct reference *reference, uint64_t seed)
{
    const struct graph *graph = reference->graph;
    const m_context *c = m_evaluation_context(reference->evaluation);
    struct random random = random_new(seed, 0);
    M_LOCAL(t, c);
    for (size_t p = 0; p < graph->wrt_count; p++) {
        size_t node = graph->wrt[p], n = shape_count(&graph->nodes[node].shape);
        const double *given = reference->binding->values[node];
        m_element *x = m_evaluation_value(reference->evaluation, node);
        int typical = typical_exponent(given, n);
        for (size_t i = 0; i < n; i++) {
            m_set_double(t, (double)(int64_t)random_next(&random) * 0x1p-63, c);
            m_scale(t, t, scale_exponent(given[i], typical) - reference->bits * 3 / 4, c);
            m_add(x + i, x + i, t, c);
        }
    }
}

/* The values alone. */
static gck_status forward_new(struct reference *reference, const struct graph *graph,
                              const struct binding *binding, int bits, struct branches branches)
{
    *reference = (struct reference){.graph = graph, .binding = binding, .bits = bits};
    if (branches.follow)
        decisions_replay(&reference->decisions, branches.follow);
    else if (branches.tie)
        reference->decisions = (struct decisions){.mode = DECIDE_TIES, .tie = branches.tie};
    m_context context = m_context_wide(bits, binding->dtype);
    context.exact_text = binding->exact;
    context.decisions = &reference->decisions;
    gck_status status = m_evaluation_new(&reference->evaluation, graph, &context);
    if (status)
        return status;
    m_evaluation_bind(reference->evaluation, binding);
    if (branches.beside)
        step_beside(reference, branches.beside);
    m_evaluation_forward(reference->evaluation);
    return GCK_OK;
}

gck_status reference_new(struct reference *reference, const struct graph *graph, const struct binding *binding,
                         int bits, struct branches branches)
{
    gck_status status = forward_new(reference, graph, binding, bits, branches);
    if (!status)
        status = m_evaluation_backward(reference->evaluation, NULL);
    if (!status && reference->decisions.failed)
        status = GCK_NO_MEMORY;
    if (status)
        reference_free(reference);
    return status;
}

void reference_free(struct reference *reference)
{
    m_evaluation_free(reference->evaluation);
    decisions_free(&reference->decisions);
    *reference = (struct reference){0};
}

const m_element *reference_gradient(const struct reference *reference, size_t node)
{
    return m_evaluation_gradient(reference->evaluation, node);
}

const m_element *reference_value(const struct reference *reference, size_t node)
{
    return m_evaluation_value(reference->evaluation, node);
}

double reference_objective_size(const struct reference *reference)
{
    size_t output = reference->graph->output, n = shape_count(&reference->graph->nodes[output].shape);
    double size = 0;
    for (size_t i = 0; i < n; i++)
        size += fabs(reference->binding->seed[i]) * m_size(reference_value(reference, output) + i);
    return size;
}

gck_status ladder_reach(struct ladder *ladder, int level)
{
    struct branches compare = {0};
    int bits = ladder->bits << level;
    gck_status status = GCK_OK;
    if (!ladder->levels[level].evaluation)
        status = reference_new(&ladder->levels[level], ladder->graph, ladder->binding, bits, compare);
    if (!status && !ladder->guards[level].evaluation)
        status =
            forward_new(&ladder->guards[level], ladder->graph, ladder->binding, bits + GUARD_BITS, compare);
    return status;
}

void ladder_free(struct ladder *ladder)
{
    for (int i = 0; i < MOST_LEVELS; i++) {
        reference_free(&ladder->levels[i]);
        reference_free(&ladder->guards[i]);
    }
}
