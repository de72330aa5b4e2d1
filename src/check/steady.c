/* Steady or erratic: errors of an engine at three jittered points. */
#include "check/steady.h"

#include <math.h>
#include <string.h>

#include "check/beside.h"
#include "real/wide.h"

enum { REQUESTS = BESIDE_REQUESTS, UNCONFIRMED = 1000, ROUNDS = 6 };

/* The engine's errors at one jittered point: a - g and (a - g) / g per tensor and element, and g; NULL where no
 * answer came. */
struct errors_beside {
    double **error, **relative, **gradient;
    struct decisions decisions; /* the branches that the reference took there */
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
    beside->gradient = arena_alloc(run->arena, run->count, sizeof *beside->gradient);
    if (!beside->error || !beside->relative || !beside->gradient)
        return GCK_NO_MEMORY;
    for (size_t k = 0; k < run->count; k++) {
        const struct judged *t = &run->tensors[k];
        const double *numbers = given(answer, t);
        const m_element *g =
            t->value ? reference_value(reference, t->node) : reference_gradient(reference, t->node);
        beside->error[k] = numbers ? arena_alloc(run->arena, t->count, sizeof **beside->error) : NULL;
        beside->relative[k] = numbers ? arena_alloc(run->arena, t->count, sizeof **beside->relative) : NULL;
        beside->gradient[k] = numbers ? arena_alloc(run->arena, t->count, sizeof **beside->gradient) : NULL;
        if (numbers && (!beside->error[k] || !beside->relative[k] || !beside->gradient[k]))
            return GCK_NO_MEMORY;
        for (size_t i = 0; numbers && i < t->count; i++) {
            if (t->verdict[i] != BEYOND)
                continue;
            m_set_double(a, numbers[i], &c);
            m_sub(a, a, g + i, &c);
            beside->error[k][i] = m_to_double(a);
            double gradient = m_to_double(g + i); /* beside none the error counts as it is */
            beside->relative[k][i] = beside->error[k][i] / (gradient == 0 ? 1 : gradient);
            beside->gradient[k][i] = gradient;
        }
    }
    return GCK_OK;
}

static gck_status ask_beside(struct errors_beside *beside, struct trial_run *run, const gck_engine *engine,
                             struct beside_range range, int number)
{
    const struct proof *proof = run->proof;
    struct random random = random_new(proof->seed, 9000 + (uint64_t)number);
    struct arena arena = {0};
    struct binding binding;
    struct reference reference;
    gck_answer answer;
    gck_status status = beside_new(&binding, &reference, &arena, &proof->ladder->levels[0], range, &random);
    if (!status) {
        status = answer_ask(&answer, engine, run->subject->id, proof->ladder->graph, &binding);
        if (!status) {
            status = compare(beside, run, &answer, &reference);
            answer_free(&answer);
        }
        beside->decisions = reference.decisions;
        reference.decisions = (struct decisions){0};
        reference_free(&reference);
    }
    arena_free(&arena);
    return status;
}

/* Whether errors are as here, or not there at all. */
static bool all_or_nothing(const double *error, int count, double here)
{
    double little = fabs(here) / 1024;
    for (int r = 0; r < count; r++)
        if (!(fabs(error[r]) <= little || fabs(error[r] - here) <= little))
            return false;
    return true;
}

/* Whether the engine takes a branch that it should not, or not always: the errors are as large as the gradient,
 * and all there or not at all, absolutely or beside the gradient. */
static bool wrong_branch(const double *error, const double *relative, int count, const struct judged *t,
                         size_t i)
{
    double gradient = m_to_double(t->reference + i), here = t->analytic[i] - gradient;
    if (!(fabs(here) >= fabs(gradient) / 16 && fabs(here) <= fabs(gradient) * 16))
        return false; /* or it is 0 but for rounding */
    return all_or_nothing(error, count, here) || all_or_nothing(relative, count, here / gradient);
}

/* Whether the errors of element i of tensor k are noise, absolutely and beside the gradient. One that all but
 * vanishes beside the point is a wrong branch at this very point, not noise. */
static bool erratic(const struct errors_beside *beside, const int *chosen, int count, bool up,
                    const struct judged *t, size_t k, size_t i)
{
    double error[REQUESTS], relative[REQUESTS], most = 0, low = INFINITY, high = -INFINITY;
    for (int r = 0; r < count; r++) {
        if (!beside[chosen[r]].error[k])
            return false;
        error[r] = beside[chosen[r]].error[k][i];
        relative[r] = beside[chosen[r]].relative[k][i];
        most = fmax(most, fabs(error[r]));
        low = fmin(low, beside[chosen[r]].gradient[k][i]);
        high = fmax(high, beside[chosen[r]].gradient[k][i]);
    }
    if (up && high - low > most / 16)
        return false; /* steep: it is the gradient that varies */
    return most > t->distance[i] / 1024 && beside_varies(error, count) && beside_varies(relative, count) &&
           !wrong_branch(error, relative, count, t, i);
}

/* Asks at points so far away; what is erratic there is settled. *alike: how many took the same branches. */
static gck_status settle_at(int *alike, struct trial_run *run, const gck_engine *engine,
                            struct beside_range range, int first)
{
    struct errors_beside beside[REQUESTS] = {0};
    const struct decisions *decisions[REQUESTS];
    int chosen[REQUESTS], asked = 0;
    gck_status status = GCK_OK;
    bool any = false;
    for (size_t k = 0; k < run->count && !any; k++)
        for (size_t i = 0; i < run->tensors[k].count && !any; i++)
            any = run->tensors[k].verdict[i] == BEYOND;
    for (; asked < REQUESTS && any && !status; asked++)
        status = ask_beside(&beside[asked], run, engine, range, first + asked);
    for (int r = 0; r < REQUESTS; r++)
        decisions[r] = &beside[r].decisions;
    int count = any && !status ? beside_same_branches(chosen, decisions) : 0;
    *alike = count;
    for (size_t k = 0; k < run->count && count; k++) {
        struct judged *t = &run->tensors[k];
        for (size_t i = 0; i < t->count; i++)
            if (t->verdict[i] == BEYOND && erratic(beside, chosen, count, range.up, t, k, i))
                t->verdict[i] = GCK_VERDICT_INACCURATE;
    }
    for (int r = 0; r < asked; r++)
        decisions_free(&beside[r].decisions);
    return status;
}

/* An engine that cannot be asked again: an error of some digits may be noise, and is given the benefit. */
static void settle_by_size(struct trial_run *run, enum dtype dtype)
{
    double part = sqrt(ldexp(1, -dtype_formats[dtype].bits));
    for (size_t k = 0; k < run->count; k++) {
        struct judged *t = &run->tensors[k];
        for (size_t i = 0; i < t->count; i++)
            if (t->verdict[i] == BEYOND && !(t->corner && t->corner[i]) &&
                t->distance[i] < fmax(part * m_size(t->reference + i), UNCONFIRMED * t->budget[i]))
                t->verdict[i] = GCK_VERDICT_INACCURATE;
    }
}

/* Whether to ask once more: three requests are few for noise, whose errors stay alike by chance in one of
 * sixteen. Beside errors that turned out as noise, or below the reach, the others may be noise too; and
 * requests that took different branches are fewer still. */
static bool undecided(const struct trial_run *run, double reach, bool split)
{
    bool noise = false, beyond = false, small = split;
    for (size_t k = 0; k < run->count; k++)
        for (size_t i = 0; i < run->tensors[k].count; i++) {
            const struct judged *t = &run->tensors[k];
            noise |= t->verdict[i] == GCK_VERDICT_INACCURATE;
            beyond |= t->verdict[i] == BEYOND;
            small |= t->verdict[i] == BEYOND && t->distance[i] < reach * m_size(t->reference + i);
        }
    return beyond && (small || noise);
}

/* Sets whether a parameter has an element that is exactly zero, and whether there is a corner. */
static void find_zeros(bool *zeros, bool *corners, const struct trial_run *run)
{
    const struct proof *proof = run->proof;
    *zeros = *corners = false;
    const struct graph *graph = proof->ladder->graph;
    for (size_t p = 0; p < graph->wrt_count; p++) {
        const double *x = proof->ladder->binding->values[graph->wrt[p]];
        for (size_t i = 0; i < shape_count(&graph->nodes[graph->wrt[p]].shape); i++) {
            *zeros |= x[i] == 0;
            *corners |= proof->corners[graph->wrt[p]][i];
        }
    }
}

/* Asks beside the point, nearby, farther away, and with zeros moved, while anything is open. */
static gck_status settle_by_asking(struct trial_run *run, const gck_engine *engine)
{
    enum dtype dtype = run->proof->ladder->binding->dtype;
    double near = jitter_reach(dtype), wide = beside_wide_reach(dtype);
    bool ties = run->proof->ladder->levels[0].decisions.ties > 0;
    struct beside_range range = {.reach = near};
    int alike = 0;
    gck_status status = settle_at(&alike, run, engine, range, 0);
    range.reach = wide;
    if (!status)
        status = settle_at(&alike, run, engine, range, REQUESTS);
    for (int round = 2; round < ROUNDS && !status && undecided(run, wide, alike < REQUESTS); round++) {
        range.alike = ties && round % 2 == 0;
        range.reach =
            alike < 2 && !range.alike ? near : wide; /* among many branches some change farther away */
        status = settle_at(&alike, run, engine, range, REQUESTS * round);
    }
    find_zeros(&range.zeros, &range.up, run);
    range.reach = range.up ? near : wide;
    range.alike = false;
    if (!status && range.zeros)
        status = settle_at(&alike, run, engine, range, REQUESTS * ROUNDS);
    return status;
}

/* Whether element i is what the reference itself gives on a corner: then only the others there can have failed
 * the joint test. */
static bool dragged_along(const struct judged *t, size_t i)
{
    return t->corner && t->corner[i] && t->distance[i] <= t->budget[i];
}

/* Among very many noisy elements a few stay alike by chance in every round: no larger than the others', their
 * errors are noise too. */
static void settle_few(struct judged *t)
{
    enum { MANY = 10000 };
    size_t noisy = 0, open = 0;
    double most = 0;
    for (size_t i = 0; i < t->count; i++) {
        noisy += t->verdict[i] == GCK_VERDICT_INACCURATE;
        open += t->verdict[i] == BEYOND;
        if (t->verdict[i] == GCK_VERDICT_INACCURATE)
            most = fmax(most, t->distance[i] / m_size(t->reference + i));
    }
    for (size_t i = 0; i < t->count && noisy >= MANY * open; i++)
        if (t->verdict[i] == BEYOND && t->distance[i] <= most * m_size(t->reference + i))
            t->verdict[i] = GCK_VERDICT_INACCURATE;
}

/* What is still open is steady, and so wrong; beside noise on corners, the elements that it drags along are
 * not. */
static void settle_rest(struct trial_run *run)
{
    bool noise = false;
    for (size_t k = 0; k < run->count; k++)
        settle_few(&run->tensors[k]);
    for (size_t k = 0; k < run->count; k++)
        for (size_t i = 0; i < run->tensors[k].count; i++) {
            const struct judged *t = &run->tensors[k];
            noise |= t->corner && t->corner[i] && t->verdict[i] == GCK_VERDICT_INACCURATE;
        }
    for (size_t k = 0; k < run->count; k++)
        for (size_t i = 0; i < run->tensors[k].count; i++) {
            struct judged *t = &run->tensors[k];
            if (t->verdict[i] == BEYOND)
                t->verdict[i] = noise && dragged_along(t, i) ? GCK_VERDICT_INACCURATE : GCK_VERDICT_WRONG;
        }
}

gck_status judge_steadiness(struct trial_run *run, const gck_engine *engine)
{
    gck_status status = GCK_OK;
    if (engine->once)
        settle_by_size(run, run->proof->ladder->binding->dtype);
    else
        status = settle_by_asking(run, engine);
    if (!status)
        settle_rest(run);
    return status;
}
