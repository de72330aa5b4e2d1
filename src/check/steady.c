/* Steady or erratic: errors of an engine at three jittered points. */
#include "check/steady.h"

#include <math.h>

#include "real/wide.h"

enum { REQUESTS = 3, UNCONFIRMED = 1000, ROUNDS = 6 };

/* The engine's errors at one jittered point: a - g and (a - g) / g per tensor and element; NULL where no answer
 * came. */
struct errors_beside {
    double **error, **relative;
};

/* The engine's numbers for a tensor: the output's value or a gradient of the right shape. */
static const double *given(const gck_answer *answer, const struct judged *t)
{
    if (answer->state != ANSWER_GIVEN)
        return NULL;
    return t->value ? answer->value : answer_gradient(answer, t->node);
}

static gck_status compare(struct errors_beside *beside, struct trial_run *run, const gck_answer *answer,
                          const struct reference *reference)
{
    m_context c = m_context_wide(reference->bits, FLOAT64);
    M_LOCAL(a, &c);
    beside->error = arena_alloc(run->arena, run->count, sizeof *beside->error);
    beside->relative = arena_alloc(run->arena, run->count, sizeof *beside->relative);
    if (!beside->error || !beside->relative)
        return GCK_NO_MEMORY;
    for (size_t k = 0; k < run->count; k++) {
        const struct judged *t = &run->tensors[k];
        const double *numbers = given(answer, t);
        const m_element *g =
            t->value ? reference_value(reference, t->node) : reference_gradient(reference, t->node);
        beside->error[k] = numbers ? arena_alloc(run->arena, t->count, sizeof **beside->error) : NULL;
        beside->relative[k] = numbers ? arena_alloc(run->arena, t->count, sizeof **beside->relative) : NULL;
        if (numbers && (!beside->error[k] || !beside->relative[k]))
            return GCK_NO_MEMORY;
        for (size_t i = 0; numbers && i < t->count; i++) {
            if (t->verdict[i] != BEYOND)
                continue;
            m_set_double(a, numbers[i], &c);
            m_sub(a, a, g + i, &c);
            beside->error[k][i] = m_to_double(a);
            double gradient = m_to_double(g + i); /* beside none the error counts as it is */
            beside->relative[k][i] = beside->error[k][i] / (gradient == 0 ? 1 : gradient);
        }
    }
    return GCK_OK;
}

/* A jittered point inside the domain, and the reference there; the last one tried when none is. */
static gck_status point_beside(struct binding *binding, struct reference *reference, struct arena *arena,
                               const struct proof *proof, double reach, struct random *random)
{
    const struct ladder *ladder = proof->ladder;
    struct branches compare_again = {0};
    for (int try = 0;; try++) {
        gck_status status = binding_copy(binding, arena, ladder->graph, ladder->binding);
        if (status)
            return status;
        binding_jitter(binding, ladder->graph, reach, try, random);
        status = reference_new(reference, ladder->graph, binding, ladder->bits, compare_again);
        if (status || try + 1 == JITTER_TRIES ||
            budget_inside_domain(reference->evaluation, &ladder->levels[0]))
            return status;
        reference_free(reference);
    }
}

static gck_status ask_beside(struct errors_beside *beside, struct trial_run *run, const gck_engine *engine,
                             double reach, int number)
{
    const struct proof *proof = run->proof;
    struct random random = random_new(proof->seed, 9000 + (uint64_t)number);
    struct arena arena = {0};
    struct binding binding;
    struct reference reference;
    gck_answer answer;
    gck_status status = point_beside(&binding, &reference, &arena, proof, reach, &random);
    if (!status) {
        status = answer_ask(&answer, engine, run->subject->id, proof->ladder->graph, &binding);
        if (!status) {
            status = compare(beside, run, &answer, &reference);
            answer_free(&answer);
        }
        reference_free(&reference);
    }
    arena_free(&arena);
    return status;
}

/* Whether numbers change sign or by more than half. */
static bool varies(const double e[REQUESTS])
{
    double least = INFINITY, most = 0;
    int signs = 0;
    for (int r = 0; r < REQUESTS; r++) {
        if (!isfinite(e[r]))
            return false;
        signs |= e[r] > 0 ? 1 : e[r] < 0 ? 2 : 3;
        least = fmin(least, fabs(e[r]));
        most = fmax(most, fabs(e[r]));
    }
    return signs == 3 || least < most / 2;
}

/* Whether the errors of element i of tensor k are noise, absolutely and beside the gradient. `here` is the
 * error at the point itself: one that all but vanishes beside it is a wrong branch at this very point, not
 * noise. */
static bool erratic(const struct errors_beside *beside, size_t k, size_t i, double here)
{
    double error[REQUESTS], relative[REQUESTS], most = 0;
    for (int r = 0; r < REQUESTS; r++) {
        if (!beside[r].error[k])
            return false;
        error[r] = beside[r].error[k][i];
        relative[r] = beside[r].relative[k][i];
        most = fmax(most, fabs(error[r]));
    }
    return most > here / 1024 && varies(error) && varies(relative);
}

/* Asks at points so far away; what is erratic there is settled. */
static gck_status settle_at(struct trial_run *run, const gck_engine *engine, double reach, int first)
{
    struct errors_beside beside[REQUESTS];
    gck_status status = GCK_OK;
    bool any = false;
    for (size_t k = 0; k < run->count && !any; k++)
        for (size_t i = 0; i < run->tensors[k].count && !any; i++)
            any = run->tensors[k].verdict[i] == BEYOND;
    for (int r = 0; r < REQUESTS && any && !status; r++)
        status = ask_beside(&beside[r], run, engine, reach, first + r);
    for (size_t k = 0; k < run->count && any && !status; k++) {
        struct judged *t = &run->tensors[k];
        for (size_t i = 0; i < t->count; i++)
            if (t->verdict[i] == BEYOND && erratic(beside, k, i, t->distance[i]))
                t->verdict[i] = GCK_VERDICT_INACCURATE;
    }
    return status;
}

/* An engine that cannot be asked again: an error of some digits may be noise, and is given the benefit. */
static void settle_by_size(struct trial_run *run, enum dtype dtype)
{
    double part = sqrt(ldexp(1, -dtype_formats[dtype].bits));
    for (size_t k = 0; k < run->count; k++) {
        struct judged *t = &run->tensors[k];
        for (size_t i = 0; i < t->count; i++)
            if (t->verdict[i] == BEYOND &&
                t->distance[i] < fmax(part * m_size(t->reference + i), UNCONFIRMED * t->budget[i]))
                t->verdict[i] = GCK_VERDICT_INACCURATE;
    }
}

/* Whether to ask once more: three requests are few for noise, whose errors stay alike by chance in one of
 * sixteen. Beside errors that turned out as noise, or below the reach, the others may be noise too. */
static bool undecided(const struct trial_run *run, double reach)
{
    bool noise = false, beyond = false, small = false;
    for (size_t k = 0; k < run->count; k++)
        for (size_t i = 0; i < run->tensors[k].count; i++) {
            const struct judged *t = &run->tensors[k];
            noise |= t->verdict[i] == GCK_VERDICT_INACCURATE;
            beyond |= t->verdict[i] == BEYOND;
            small |= t->verdict[i] == BEYOND && t->distance[i] < reach * m_size(t->reference + i);
        }
    return small || (noise && beyond);
}

gck_status judge_steadiness(struct trial_run *run, const gck_engine *engine)
{
    enum dtype dtype = run->proof->ladder->binding->dtype;
    if (engine->once)
        settle_by_size(run, dtype);
    gck_status status = engine->once ? GCK_OK : settle_at(run, engine, jitter_reach(dtype), 0);
    /* where a function saturates, its rounded value and so the error is the same for many ulps around */
    double wide = ldexp(1, -dtype_formats[dtype].bits * 2 / 5);
    if (!status && !engine->once)
        status = settle_at(run, engine, wide, REQUESTS);
    for (int round = 2; round < ROUNDS && !status && !engine->once && undecided(run, wide); round++)
        status = settle_at(run, engine, wide, REQUESTS * round);
    for (size_t k = 0; k < run->count && !status; k++)
        for (size_t i = 0; i < run->tensors[k].count; i++)
            if (run->tensors[k].verdict[i] == BEYOND)
                run->tensors[k].verdict[i] = GCK_VERDICT_WRONG;
    return status;
}
