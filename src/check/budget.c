/* The rounding budget: E is the largest error of the runs below, budget = 16 E + 4 u |g| + 4 eta. */
#include "check/budget.h"

#include <math.h>
#include <pthread.h>

#include "real/wide.h"

/* One run at the dtype's precision. */
struct run {
    struct arena arena;
    gck_status status;
    bool done; /* its errors are in the measurement */
    /* Where it took other branches: what the reference would be if it did too; and if what was equal at the
     * dtype's precision alone were decided for one side, or for the other. */
    struct alternative alternatives[BUDGET_BRANCHES];
    size_t alternative_count;
};

/* What the runs share. error_gradient and error_value hold the largest error so far. */
struct measurement {
    const struct reference *reference;
    uint64_t seed;
    struct run runs[BUDGET_RUNS];
    pthread_mutex_t lock;
    double **error_gradient, *error_value;
};

double jitter_reach(enum dtype dtype)
{
    return ldexp(JITTER_ULPS, -dtype_formats[dtype].bits);
}

void binding_jitter(struct binding *binding, const struct graph *graph, double reach, int try,
                    struct random *random)
{
    double low = try / 2 == 2 ? 0 : -1, high = try / 2 == 1 ? 0 : 1;
    bool all = try / 2 < 3;
    for (size_t i = 0; i < graph->count; i++) {
        bool parameter = all;
        for (size_t k = 0; k < graph->wrt_count; k++)
            parameter |= graph->wrt[k] == i;
        if (!binding->values[i] || graph->nodes[i].literal || !parameter)
            continue;
        size_t n = shape_count(&graph->nodes[i].shape);
        for (size_t k = 0; k < n; k++) {
            double *x = &binding->values[i][k];
            double uniform = (double)(random_next(random) >> 11) * 0x1p-53;
            double delta = (low + (high - low) * uniform) * reach;
            double moved = isfinite(*x) ? dtype_round(binding->dtype, *x + *x * delta) : *x;
            *x = isfinite(moved) ? moved : *x;
        }
    }
}

/* What a run at the dtype's precision gave, which doubles hold exactly: its evaluation is gone before the
 * reference at its point is made, which takes most room. */
struct rounded {
    double **gradient; /* per node; NULL where there is none */
    double *value;     /* of the output */
};

static double *doubles_of(struct arena *arena, const m_element *x, size_t n)
{
    double *numbers = arena_alloc(arena, n, sizeof *numbers);
    for (size_t k = 0; numbers && k < n; k++)
        numbers[k] = m_to_double(x + k);
    return numbers;
}

static gck_status rounded_new(struct rounded *rounded, struct arena *arena, const struct graph *graph,
                              const m_evaluation *e)
{
    size_t n = shape_count(&graph->nodes[graph->output].shape);
    rounded->value = doubles_of(arena, m_evaluation_value(e, graph->output), n);
    rounded->gradient = arena_alloc(arena, graph->count, sizeof *rounded->gradient);
    bool made = rounded->value && rounded->gradient;
    for (size_t i = 0; i < graph->count && made; i++) {
        const m_element *g = m_evaluation_gradient(e, i);
        if (!g)
            continue;
        rounded->gradient[i] = doubles_of(arena, g, shape_count(&graph->nodes[i].shape));
        made = rounded->gradient[i] != NULL;
    }
    return made ? GCK_OK : GCK_NO_MEMORY;
}

/* errors[k] = max(errors[k], |a_k - b_k|), NaN counted as infinite. */
static void enlarge(double *errors, const double *a, const m_element *b, size_t n)
{
    m_context c = m_context_wide(53, FLOAT64);
    M_LOCAL(number, &c);
    for (size_t k = 0; k < n; k++) {
        m_set_double(number, a[k], &c);
        double distance = m_distance(number, b + k);
        errors[k] = isnan(distance) ? INFINITY : fmax(errors[k], distance);
    }
}

/* Adds the errors of one run to the measurement. The largest does not depend on the order. */
static void errors_of(struct measurement *m, const struct rounded *rounded, const struct reference *reference)
{
    const struct graph *graph = reference->graph;
    for (size_t i = 0; i < graph->count; i++) {
        if (!rounded->gradient[i])
            continue;
        pthread_mutex_lock(&m->lock);
        enlarge(m->error_gradient[i], rounded->gradient[i], reference_gradient(reference, i),
                shape_count(&graph->nodes[i].shape));
        pthread_mutex_unlock(&m->lock);
    }
    pthread_mutex_lock(&m->lock);
    enlarge(m->error_value, rounded->value, reference_value(reference, graph->output),
            shape_count(&graph->nodes[graph->output].shape));
    pthread_mutex_unlock(&m->lock);
}

static bool all_finite(const m_element *x, size_t n)
{
    for (size_t k = 0; x && k < n; k++)
        if (!m_is_finite(x + k))
            return false;
    return true;
}

bool budget_inside_domain(const m_evaluation *e, const struct reference *reference)
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

/* Keeps the parameters' gradients of a reference that took other branches. */
static gck_status alternative_new(struct alternative *alternative, struct arena *arena,
                                  const struct reference *reference)
{
    const struct graph *graph = reference->graph;
    m_context c = m_context_wide(reference->bits, reference->binding->dtype);
    alternative->gradient = arena_alloc(arena, graph->count, sizeof *alternative->gradient);
    if (!alternative->gradient)
        return GCK_NO_MEMORY;
    for (size_t p = 0; p < graph->wrt_count; p++) {
        size_t node = graph->wrt[p], n = shape_count(&graph->nodes[node].shape);
        const m_element *g = reference_gradient(reference, node);
        m_element *copy = m_elements(arena, n, &c);
        if (!copy)
            return GCK_NO_MEMORY;
        for (size_t i = 0; i < n; i++)
            m_set(copy + i, g + i, &c);
        alternative->gradient[node] = copy;
    }
    return GCK_OK;
}

static gck_status branch_add(struct run *run, const struct measurement *m, const struct decisions *decisions)
{
    const struct reference *reference = m->reference;
    struct branches follow = {.follow = decisions};
    struct reference other = {0};
    gck_status status = reference_new(&other, reference->graph, reference->binding, reference->bits, follow);
    if (!status)
        status = alternative_new(&run->alternatives[run->alternative_count++], &run->arena, &other);
    reference_free(&other);
    return status;
}

/* The branches of a run that strays. */
static gck_status branches_add(struct run *run, const struct measurement *m, const struct decisions *decisions)
{
    gck_status status = branch_add(run, m, decisions);
    for (int side = -1; side <= 1 && decisions->ties && !status; side += 2) {
        struct decisions sided = *decisions;
        sided.outcomes = arena_alloc(&run->arena, decisions->count, sizeof *sided.outcomes);
        if (!sided.outcomes)
            return GCK_NO_MEMORY;
        for (size_t i = 0; i < decisions->count; i++)
            sided.outcomes[i] = decisions->outcomes[i] ? decisions->outcomes[i] : (int8_t)side;
        status = branch_add(run, m, &sided);
    }
    return status;
}

/* Judges a finished run against the reference that takes its branches, at the point it was taken. */
static gck_status run_judge(struct run *run, struct measurement *m, const struct rounded *rounded,
                            const struct decisions *decisions, const struct binding *binding, bool moved)
{
    const struct reference *reference = m->reference;
    bool strays = !decisions_equal(decisions, &reference->decisions);
    struct branches follow = {.follow = decisions};
    struct reference other = {0};
    gck_status status = GCK_OK;
    if (strays)
        status = branches_add(run, m, decisions);
    if (!status && (moved || strays))
        status = reference_new(&other, reference->graph, moved ? binding : reference->binding, reference->bits,
                               follow);
    if (!status)
        errors_of(m, rounded, moved || strays ? &other : reference);
    reference_free(&other);
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
    for (int try = 0; try < (moved ? JITTER_TRIES : 1) && !run->status && !run->done; try++) {
        struct arena arena = {0};
        struct binding beside = *reference->binding;
        struct decisions decisions = {0};
        struct rounded rounded = {0};
        m_evaluation *e = NULL;
        if (moved) {
            run->status = binding_copy(&beside, &arena, reference->graph, reference->binding);
            if (!run->status)
                binding_jitter(&beside, reference->graph, jitter_reach(beside.dtype), try, &random);
        }
        if (!run->status)
            run->status =
                low_precision(&e, &decisions, reference->graph, &beside, i > 0 && !moved ? &random : NULL);
        if (!run->status && (!moved || budget_inside_domain(e, reference))) {
            run->status = rounded_new(&rounded, &arena, reference->graph, e);
            run->done = true;
        }
        m_evaluation_free(e);
        if (!run->status && run->done)
            run->status = run_judge(run, m, &rounded, &decisions, &beside, moved);
        decisions_free(&decisions);
        arena_free(&arena);
    }
}

/* 16 E + 4 u |g| + 4 eta */
static double allowed(double error, double size, double u, double eta)
{
    return 16 * error + 4 * u * size + 4 * eta;
}

/* |g_k|, or that of the alternative that is largest: an engine may take any branch, and rounds the answer
 * there. */
static double size_of(const struct budget *budget, const struct reference *reference, size_t node, size_t k)
{
    double size = m_size(reference_gradient(reference, node) + k);
    for (size_t i = 0; i < budget->alternative_count; i++)
        if (budget->alternatives[i].gradient[node])
            size = fmax(size, m_size(budget->alternatives[i].gradient[node] + k));
    return size;
}

/* Turns the errors into the budget. */
static void combine(struct budget *budget, const struct reference *reference)
{
    const struct graph *graph = reference->graph;
    double u = ldexp(1, -dtype_formats[reference->binding->dtype].bits);
    for (size_t i = 0; i < graph->count; i++)
        for (size_t k = 0; budget->gradient[i] && k < shape_count(&graph->nodes[i].shape); k++)
            budget->gradient[i][k] =
                allowed(budget->gradient[i][k], size_of(budget, reference, i, k), u, budget->tiny);
    const m_element *value = reference_value(reference, graph->output);
    for (size_t k = 0; k < shape_count(&graph->nodes[graph->output].shape); k++)
        budget->value[k] = allowed(budget->value[k], m_size(value + k), u, budget->tiny);
}

/* Room for the errors, which become the budget. */
static gck_status reserve(struct budget *budget, const struct reference *reference)
{
    const struct graph *graph = reference->graph;
    budget->gradient = arena_alloc(&budget->arena, graph->count, sizeof *budget->gradient);
    budget->value =
        arena_alloc(&budget->arena, shape_count(&graph->nodes[graph->output].shape), sizeof *budget->value);
    if (!budget->gradient || !budget->value)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < graph->count; i++) {
        if (!reference_gradient(reference, i))
            continue;
        budget->gradient[i] =
            arena_alloc(&budget->arena, shape_count(&graph->nodes[i].shape), sizeof **budget->gradient);
        if (!budget->gradient[i])
            return GCK_NO_MEMORY;
    }
    return GCK_OK;
}

static gck_status alternative_add(struct budget *budget, const struct reference *reference,
                                  struct branches branches)
{
    struct reference other;
    gck_status status = reference_new(&other, reference->graph, reference->binding, reference->bits, branches);
    if (status)
        return status;
    status = alternative_new(&budget->alternatives[budget->alternative_count++], &budget->arena, &other);
    reference_free(&other);
    return status;
}

/* Where ties lead: all of them to one side, to the other, and as points beside break them, each its own way. */
static gck_status tie_alternatives(struct budget *budget, const struct reference *reference)
{
    gck_status status = GCK_OK;
    budget->first_tie = budget->alternative_count;
    if (!reference->decisions.ties)
        return GCK_OK;
    for (int side = -1; side <= 1 && !status; side += 2)
        status = alternative_add(budget, reference, (struct branches){.tie = side});
    for (uint64_t point = 1; point <= POINTS_BESIDE && !status; point++)
        status = alternative_add(budget, reference, (struct branches){.beside = point});
    return status;
}

static gck_status measure(struct budget *budget, struct measurement *m, struct workers *workers)
{
    gck_status status = GCK_OK;
    parallel_for(workers, BUDGET_RUNS, run_take, m);
    for (int i = 0; i < BUDGET_RUNS; i++) {
        status = status ? status : m->runs[i].status;
        for (size_t k = 0; k < m->runs[i].alternative_count; k++)
            budget->alternatives[budget->alternative_count++] = m->runs[i].alternatives[k];
        arena_join(&budget->arena, &m->runs[i].arena);
    }
    return status;
}

gck_status budget_new(struct budget *budget, const struct reference *reference, uint64_t seed, bool flushes,
                      struct workers *workers)
{
    enum dtype dtype = reference->binding->dtype;
    const struct dtype_format *format = &dtype_formats[dtype];
    *budget = (struct budget){.tiny = flushes ? ldexp(1, format->emin + format->bits - 2) : dtype_tiny(dtype)};
    gck_status status = reserve(budget, reference);
    struct measurement m = {
        .reference = reference, .seed = seed, .error_gradient = budget->gradient, .error_value = budget->value};
    if (!status && pthread_mutex_init(&m.lock, NULL) != 0)
        status = GCK_NO_MEMORY;
    if (!status) {
        status = measure(budget, &m, workers);
        pthread_mutex_destroy(&m.lock);
    }
    if (!status)
        status = tie_alternatives(budget, reference);
    if (!status)
        combine(budget, reference);
    else
        budget_free(budget);
    return status;
}

/* a[k] = max(a[k], b[k]) */
static void widen(double *a, const double *b, size_t n)
{
    for (size_t k = 0; k < n; k++)
        a[k] = fmax(a[k], b[k]);
}

gck_status budget_widen(struct budget *budget, const struct reference *reference, uint64_t seed, bool flushes,
                        struct workers *workers)
{
    const struct graph *graph = reference->graph;
    struct random seeds = random_new(seed, BUDGET_RUNS);
    gck_status status = GCK_OK;
    for (int again = 0; again < BUDGET_AGAIN && !status; again++) {
        struct budget other;
        status = budget_new(&other, reference, random_next(&seeds), flushes, workers);
        for (size_t i = 0; i < graph->count && !status; i++)
            if (budget->gradient[i])
                widen(budget->gradient[i], other.gradient[i], shape_count(&graph->nodes[i].shape));
        if (status)
            return status;
        widen(budget->value, other.value, shape_count(&graph->nodes[graph->output].shape));
        budget_free(&other);
    }
    return status;
}

void budget_free(struct budget *budget)
{
    arena_free(&budget->arena);
    *budget = (struct budget){0};
}
