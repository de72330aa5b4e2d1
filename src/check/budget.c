/* The rounding budget: E is the largest error of the runs below, budget = 16 E + 4 u |g| + 4 eta. */
#include "check/budget.h"

#include <math.h>

#include "real/wide.h"

/* One run at the dtype's precision and its errors. */
struct run {
    struct arena arena;
    gck_status status;
    double **gradient, *value;    /* errors per node, of the output */
    struct reference alternative; /* where it took other branches: the reference that takes them too */
    bool strayed;
};

struct measurement {
    const struct reference *reference;
    uint64_t seed;
    struct run runs[BUDGET_RUNS];
};

void binding_jitter(struct binding *binding, const struct graph *graph, bool parameters_only,
                    struct random *random)
{
    double u = ldexp(1, -dtype_formats[binding->dtype].bits);
    for (size_t i = 0; i < graph->count; i++) {
        bool parameter = !parameters_only;
        for (size_t k = 0; k < graph->wrt_count; k++)
            parameter |= graph->wrt[k] == i;
        if (!binding->values[i] || graph->nodes[i].literal || !parameter)
            continue;
        size_t n = shape_count(&graph->nodes[i].shape);
        for (size_t k = 0; k < n; k++) {
            double *x = &binding->values[i][k];
            double delta = ((double)(random_next(random) >> 11) * 0x1p-52 - 1) * JITTER_ULPS * u;
            double moved = isfinite(*x) ? dtype_round(binding->dtype, *x + *x * delta) : *x;
            *x = isfinite(moved) ? moved : *x;
        }
    }
}

/* errors[k] = |a_k - b_k|, NaN counted as infinite. */
static double *distances(struct arena *arena, const m_element *a, const m_element *b, size_t n)
{
    double *errors = arena_alloc(arena, n, sizeof *errors);
    for (size_t k = 0; errors && k < n; k++) {
        double distance = m_distance(a + k, b + k);
        errors[k] = isnan(distance) ? INFINITY : distance;
    }
    return errors;
}

static gck_status errors_of(struct run *run, const m_evaluation *e, const struct reference *reference)
{
    const struct graph *graph = reference->graph;
    run->gradient = arena_alloc(&run->arena, graph->count, sizeof *run->gradient);
    if (!run->gradient)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < graph->count; i++) {
        const m_element *g = m_evaluation_gradient(e, i);
        if (!g)
            continue;
        run->gradient[i] =
            distances(&run->arena, g, reference_gradient(reference, i), shape_count(&graph->nodes[i].shape));
        if (!run->gradient[i])
            return GCK_NO_MEMORY;
    }
    run->value =
        distances(&run->arena, m_evaluation_value(e, graph->output), reference_value(reference, graph->output),
                  shape_count(&graph->nodes[graph->output].shape));
    return run->value ? GCK_OK : GCK_NO_MEMORY;
}

static bool all_finite(const m_element *x, size_t n)
{
    for (size_t k = 0; x && k < n; k++)
        if (!m_is_finite(x + k))
            return false;
    return true;
}

/* Whether the evaluation is finite wherever the reference at the unmoved point is. */
static bool inside_domain(const m_evaluation *e, const struct reference *reference)
{
    const struct graph *graph = reference->graph;
    for (size_t i = 0; i < graph->count; i++) {
        size_t n = shape_count(&graph->nodes[i].shape);
        const m_element *x = m_evaluation_value(e, i), *g = m_evaluation_gradient(e, i);
        if (!x || !g)
            continue;
        if (all_finite(reference_value(reference, i), n) && !all_finite(x, n))
            return false;
        if (all_finite(reference_gradient(reference, i), n) && !all_finite(g, n))
            return false;
    }
    return true;
}

/* The backward at the dtype's precision, at `binding`. */
static gck_status low_precision(m_evaluation **e, struct decisions *decisions, const struct graph *graph,
                                const struct binding *binding, struct random *noise)
{
    m_context context = m_context_dtype(binding->dtype);
    context.noise = noise;
    context.decisions = decisions;
    gck_status status = m_evaluation_new(e, graph, &context);
    if (status)
        return status;
    m_evaluation_bind(*e, binding);
    m_evaluation_forward(*e);
    status = m_evaluation_backward(*e, NULL);
    return status ? status : decisions->failed ? GCK_NO_MEMORY : GCK_OK;
}

/* Judges a finished run against the reference that takes its branches, at the point it was taken. */
static gck_status run_judge(struct run *run, const m_evaluation *e, const struct decisions *decisions,
                            const struct reference *reference, const struct binding *binding, bool moved)
{
    bool strays = !decisions_equal(decisions, &reference->decisions);
    struct branches follow = {.follow = decisions};
    gck_status status = GCK_OK;
    if (strays) {
        status =
            reference_new(&run->alternative, reference->graph, reference->binding, reference->bits, follow);
        run->strayed = !status;
    }
    struct reference beside = {0};
    if (!status && moved)
        status = reference_new(&beside, reference->graph, binding, reference->bits, follow);
    if (!status)
        status = errors_of(run, e, moved ? &beside : strays ? &run->alternative : reference);
    reference_free(&beside);
    return status;
}

/* Run i: to nearest, three with every operation rounded at random, two to nearest at jittered points. A
 * jitter that leaves the domain is drawn again, closer in; one that never stays is given up. */
static void run_take(void *user, size_t i)
{
    struct measurement *m = user;
    struct run *run = &m->runs[i];
    const struct reference *reference = m->reference;
    struct random random = random_new(m->seed, i);
    bool moved = i >= BUDGET_AT_POINT;
    struct binding beside = *reference->binding;
    enum { TRIES = 8 };
    for (int try = 0; try < TRIES && !run->status && !run->gradient; try++) {
        struct decisions decisions = {0};
        m_evaluation *e = NULL;
        if (moved) {
            run->status = binding_copy(&beside, &run->arena, reference->graph, reference->binding);
            if (!run->status)
                binding_jitter(&beside, reference->graph, try >= TRIES / 2, &random);
        }
        if (!run->status)
            run->status =
                low_precision(&e, &decisions, reference->graph, &beside, i > 0 && !moved ? &random : NULL);
        if (!run->status && (!moved || inside_domain(e, reference)))
            run->status = run_judge(run, e, &decisions, reference, &beside, moved);
        m_evaluation_free(e);
        run->alternative.decisions.outcomes = NULL; /* replayed from what is freed next */
        decisions_free(&decisions);
    }
}

/* budget[k] = 16 max over runs + 4 u |g_k| + 4 eta */
static void allow(double *budget, struct measurement *m, size_t node, bool value, const m_element *g, size_t n,
                  double eta)
{
    double u = ldexp(1, -dtype_formats[m->reference->binding->dtype].bits);
    for (size_t k = 0; k < n; k++) {
        double error = 0;
        for (int r = 0; r < BUDGET_RUNS; r++)
            if (m->runs[r].gradient)
                error = fmax(error, value ? m->runs[r].value[k] : m->runs[r].gradient[node][k]);
        budget[k] = 16 * error + 4 * u * m_size(g + k) + 4 * eta;
    }
}

static gck_status combine(struct budget *budget, struct measurement *m, double eta)
{
    const struct graph *graph = m->reference->graph;
    budget->gradient = arena_alloc(&budget->arena, graph->count, sizeof *budget->gradient);
    if (!budget->gradient)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < graph->count; i++) {
        const m_element *g = reference_gradient(m->reference, i);
        size_t n = shape_count(&graph->nodes[i].shape);
        if (!g)
            continue;
        budget->gradient[i] = arena_alloc(&budget->arena, n, sizeof **budget->gradient);
        if (!budget->gradient[i])
            return GCK_NO_MEMORY;
        allow(budget->gradient[i], m, i, false, g, n, eta);
    }
    size_t n = shape_count(&graph->nodes[graph->output].shape);
    budget->value = arena_alloc(&budget->arena, n, sizeof *budget->value);
    if (!budget->value)
        return GCK_NO_MEMORY;
    allow(budget->value, m, graph->output, true, reference_value(m->reference, graph->output), n, eta);
    return GCK_OK;
}

/* The two references in which every tie goes to one side. */
static gck_status tie_alternatives(struct budget *budget, const struct reference *reference)
{
    gck_status status = GCK_OK;
    budget->first_tie = budget->alternative_count;
    for (int side = -1; side <= 1 && !status && reference->decisions.ties; side += 2) {
        struct branches branches = {.tie = side};
        status = reference_new(&budget->alternatives[budget->alternative_count], reference->graph,
                               reference->binding, reference->bits, branches);
        budget->alternative_count += !status;
    }
    return status;
}

gck_status budget_new(struct budget *budget, const struct reference *reference, uint64_t seed, bool flushes,
                      struct workers *workers)
{
    *budget = (struct budget){0};
    struct measurement m = {.reference = reference, .seed = seed};
    enum dtype dtype = reference->binding->dtype;
    const struct dtype_format *format = &dtype_formats[dtype];
    double eta = flushes ? ldexp(1, format->emin + format->bits - 2) : dtype_tiny(dtype);
    parallel_for(workers, BUDGET_RUNS, run_take, &m);
    gck_status status = GCK_OK;
    for (int i = 0; i < BUDGET_RUNS; i++) {
        status = status ? status : m.runs[i].status;
        if (m.runs[i].strayed)
            budget->alternatives[budget->alternative_count++] = m.runs[i].alternative;
    }
    if (!status)
        status = tie_alternatives(budget, reference);
    if (!status)
        status = combine(budget, &m, eta);
    for (int i = 0; i < BUDGET_RUNS; i++)
        arena_free(&m.runs[i].arena);
    if (status)
        budget_free(budget);
    return status;
}

void budget_free(struct budget *budget)
{
    for (size_t i = 0; i < budget->alternative_count; i++)
        reference_free(&budget->alternatives[i]);
    arena_free(&budget->arena);
    *budget = (struct budget){0};
}
