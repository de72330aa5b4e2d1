/* The certificate: directional differences, raised to more bits until they say something. */
#include "check/certificate.h"

#include <math.h>

#include "check/effort.h"
#include "real/wide.h"

/* One direction to try. */
struct trial {
    struct arena arena;
    const struct proof *proof;
    size_t parameter; /* index into wrt; wrt_count: all together */
    bool by_element;  /* scaled by each |x_i|, else by the tensor's typical size */
    int level;
    struct direction direction;
    bool *moves;
    struct difference difference;
    struct agreement agreement;
    bool empty; /* nothing to move: no elements, or all on corners */
    gck_status status;
};

/* sum of g_i v_i, and what its size and budget allow, over one node. */
static void add_node(m_element *total, struct agreement *a, const struct proof *proof,
                     const struct reference *r, size_t node, size_t from, size_t count, const double *v,
                     const m_context *c)
{
    M_LOCAL(t, c);
    const m_element *g = reference_gradient(r, node);
    const double *budget = proof->budget->gradient[node];
    for (size_t k = 0; k < count; k++) {
        if (v[k] == 0)
            continue;
        m_set_double(t, v[k], c);
        m_mul(t, t, g + from + k, c);
        m_add(total, total, t, c);
        a->size += m_size(t);
        if (isfinite(budget[from + k])) /* what overflows the dtype does not excuse the reference */
            a->tolerance += budget[from + k] * fabs(v[k]);
    }
}

/* A derivative that is mathematically zero has no digits to agree on, at any precision. Where nothing moves and
 * the gradient is exactly 0, that is agreement. Else, from ZERO_BITS on, it is enough that both sides are
 * below 2^-(bits/2) of the natural size: 10^-154 at 1024 bits. */
enum { ZERO_BITS = 1024 };

static bool vanishes(const struct proof *proof, int level, double size, double distance,
                     const struct difference *difference)
{
    const struct reference *r = &proof->ladder->levels[level];
    if (size == 0 && difference->flat)
        return true;
    if (r->bits < ZERO_BITS)
        return false;
    double least = ldexp_up(reference_objective_size(r), -r->bits / 2);
    if (size == 0) /* all of the gradient is exactly 0: a difference that converges slowly will do */
        least = fmax(least, ldexp(1, -r->bits / 4));
    least = fmax(least, dtype_tiny(FLOAT64));
    return size <= least && distance <= least;
}

struct agreement agreement_of(const struct proof *proof, int level, const struct direction *direction,
                              const struct difference *difference)
{
    const struct reference *r = &proof->ladder->levels[level];
    m_context c = m_context_wide(r->bits, FLOAT64);
    struct agreement a = {0};
    M_LOCAL(total, &c);
    if (direction->single)
        add_node(total, &a, proof, r, direction->node, direction->index, 1, &direction->length, &c);
    double least = INFINITY;
    for (size_t i = 0; !direction->single && i < r->graph->count; i++) {
        if (!direction->v[i])
            continue;
        struct agreement before = a;
        add_node(total, &a, proof, r, i, 0, shape_count(&r->graph->nodes[i].shape), direction->v[i], &c);
        if (a.size > before.size)
            least = fmin(least, a.tolerance - before.tolerance);
    }
    if (direction->strict && least < a.tolerance)
        a.tolerance = least;
    a.tolerance = ldexp(a.tolerance, -20) + ldexp_up(a.size, -r->bits / 2);
    a.tolerance = fmax(a.tolerance, dtype_tiny(FLOAT64)); /* distances are known as doubles */
    a.distance = m_distance(total, difference->numeric);
    double error = difference->truncation + difference->rounding;
    double finest = 8 * dtype_tiny(FLOAT64); /* errors are sums of a few doubles, each rounded up */
    a.resolved = isfinite(a.tolerance) && error <= fmax(a.tolerance / 4, finest); /* false for NaN */
    a.agrees = a.distance <= a.tolerance + error;
    if (!a.resolved && vanishes(proof, level, a.size, a.distance + error, difference))
        a.resolved = a.agrees = a.vanishes = true;
    return a;
}

/* Signs and magnitudes in [1/2, 1), 20 bits, times the scale of the element or the tensor. */
static double *random_vector(struct arena *arena, const double *x, const bool *corner, size_t n,
                             bool by_element, struct random *random, bool *empty)
{
    double *v = arena_alloc(arena, n, sizeof *v);
    int typical = typical_exponent(x, n);
    for (size_t k = 0; v && k < n; k++) {
        uint64_t bits = random_next(random);
        double magnitude = 0.5 + (double)(bits >> 45) * 0x1p-20;
        if (corner && corner[k])
            continue;
        v[k] = ldexp(bits & 1 ? -magnitude : magnitude, by_element ? scale_exponent(x[k], typical) : typical);
        *empty = false;
    }
    return v;
}

static gck_status trial_direction(struct trial *trial)
{
    const struct proof *proof = trial->proof;
    const struct graph *graph = proof->ladder->graph;
    double **v = arena_alloc(&trial->arena, graph->count, sizeof *v);
    trial->moves = arena_alloc(&trial->arena, graph->count, sizeof *trial->moves);
    if (!v || !trial->moves)
        return GCK_NO_MEMORY;
    trial->direction.v = v;
    trial->empty = true;
    struct random random = random_new(proof->seed, 2 * trial->parameter + trial->by_element);
    for (size_t p = 0; p < graph->wrt_count; p++) {
        size_t node = graph->wrt[p];
        if (trial->parameter != p && trial->parameter != graph->wrt_count)
            continue;
        v[node] =
            random_vector(&trial->arena, proof->ladder->binding->values[node], proof->corners[node],
                          shape_count(&graph->nodes[node].shape), trial->by_element, &random, &trial->empty);
        trial->moves[node] = true;
        if (!v[node])
            return GCK_NO_MEMORY;
    }
    return GCK_OK;
}

static void trial_take(void *user, size_t i)
{
    struct trial *trial = (struct trial *)user + i;
    struct mover mover;
    int bits = trial->proof->ladder->levels[trial->level].bits;
    if (workers_stopped(trial->proof->workers))
        trial->status = GCK_STOPPED;
    else if (!trial->direction.v)
        trial->status = trial_direction(trial);
    if (trial->status || trial->empty)
        return;
    trial->status = difference_new(&trial->difference, &trial->arena, bits);
    if (trial->status || (trial->status = mover_new(&mover, trial->proof->ladder, trial->level, trial->moves)))
        return;
    difference_take(&trial->difference, &mover, &trial->direction);
    mover_free(&mover);
    trial->agreement = agreement_of(trial->proof, trial->level, &trial->direction, &trial->difference);
}

/* Climbs the ladder until the trial agrees or the top is reached: a disagreement may be all of the digits lost,
 * in the function and in the gradient alike. */
static gck_status trial_raise(struct trial *trial)
{
    const struct proof *proof = trial->proof;
    const struct agreement *a = &trial->agreement;
    while (!trial->status && !trial->empty && !(a->resolved && a->agrees) && trial->level < proof->most_level) {
        trial->status = ladder_reach(proof->ladder, ++trial->level);
        if (!trial->status)
            trial_take(trial, 0);
    }
    return trial->status;
}

static double over(double a, double size)
{
    return a == 0 ? 0 : a / size;
}

static void summarize(gck_certificate *certificate, const struct trial *trial)
{
    const struct agreement *a = &trial->agreement;
    const struct difference *d = &trial->difference;
    int bits = trial->proof->ladder->levels[trial->level].bits;
    gck_verdict verdict = a->resolved && a->agrees                ? GCK_VERDICT_OK
                          : a->resolved && d->side == SIDE_SMOOTH ? GCK_VERDICT_WRONG
                                                                  : GCK_VERDICT_INCONCLUSIVE;
    certificate->directions++;
    certificate->bits = bits > certificate->bits ? bits : certificate->bits;
    certificate->verdict = verdict > certificate->verdict ? verdict : certificate->verdict;
    double agreement = over(a->distance, a->size);
    if (!(agreement <= certificate->agreement) && (!a->vanishes || verdict))
        certificate->agreement = agreement;
    double error = over(d->truncation + d->rounding, a->size);
    if (!(error <= certificate->error) && !a->vanishes)
        certificate->error = error;
    certificate->exact &= d->exact;
    if (!d->exact && !(fabs(d->order - 2) <= fabs(certificate->order - 2)))
        certificate->order = d->order; /* the one farthest from 2 */
    certificate->step_exponent = d->step;
}

gck_status certificate_take(gck_certificate *certificate, const struct proof *proof)
{
    struct arena arena = {0};
    const struct graph *graph = proof->ladder->graph;
    size_t parameters = graph->wrt_count, groups = parameters > 1 ? parameters + 1 : parameters, count = 0;
    struct trial *trials = arena_alloc(&arena, 2 * groups, sizeof *trials);
    if (!trials)
        return GCK_NO_MEMORY;
    *certificate = (gck_certificate){.exact = true, .order = NAN};
    enum effort effort = effort_of(graph);
    for (size_t group = effort == EFFORT_JOINT ? groups - 1 : 0; group < groups; group++)
        for (int by_element = 0; by_element < (effort && group + 1 < groups ? 1 : 2); by_element++)
            trials[count++] = (struct trial){.proof = proof,
                                             .parameter = group,
                                             .by_element = by_element,
                                             .direction.strict = effort == EFFORT_JOINT};
    parallel_for(proof->workers, count, trial_take, trials);
    gck_status status = GCK_OK;
    for (size_t i = 0; i < count; i++) {
        if (!status)
            status = trial_raise(&trials[i]);
        if (!status && !trials[i].empty)
            summarize(certificate, &trials[i]);
        arena_free(&trials[i].arena);
    }
    arena_free(&arena);
    return status;
}
