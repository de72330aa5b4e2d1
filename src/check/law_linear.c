/* The law that the gradient is linear in the seed: what seeds a, b and a + b give, within what rounding
 * explains. An engine that loses digits breaks it too, by an amount that is another one beside the point. */
#include <math.h>

#include "check/beside.h"
#include "check/law.h"

enum { A, B, SUM, SEEDS };
enum { ROUNDS = 4 };

/* The engine's answer for one seed, and the budget there. */
struct asked {
    double *seed;
    gck_answer answer;
    struct reference reference;
    struct budget budget;
    bool given, has_answer, has_reference, has_budget;
};

/* The seeds' unit: a power of two of the size of the case's own seed. */
static double unit_of(const struct law_trial *trial)
{
    double largest = 0;
    int exponent;
    for (size_t i = 0; i < shape_count(&trial->graph->nodes[trial->graph->output].shape); i++)
        largest = fmax(largest, fabs(trial->binding->seed[i]));
    (void)frexp(isfinite(largest) && largest > 0 ? largest : 1, &exponent);
    return ldexp(1, exponent - 3);
}

static gck_status seeds_new(double *seeds[SEEDS], struct arena *arena, size_t count)
{
    for (int s = 0; s < SEEDS; s++)
        if (!(seeds[s] = arena_alloc(arena, count, sizeof *seeds[s])))
            return GCK_NO_MEMORY;
    return GCK_OK;
}

/* Small whole numbers of units: any dtype holds them and their sums. a and b have different signs, so that an
 * engine that takes |seed| or seed^2 is seen with a single number too. */
static gck_status draw_seeds(struct asked *asked, struct arena *arena, const struct law_trial *trial)
{
    static const double pairs[][2] = {{3, -1}, {3, -2}, {1, -3}, {2, -3}, {2, -1}, {1, -2}};
    size_t n = shape_count(&trial->graph->nodes[trial->graph->output].shape);
    struct random random = random_new(trial->seed, 9100);
    double *seeds[SEEDS], unit = unit_of(trial);
    gck_status status = seeds_new(seeds, arena, n);
    for (size_t i = 0; i < n && !status; i++) {
        uint64_t draw = random_next(&random);
        double signed_unit = draw & 1 ? -unit : unit;
        const double *pair = pairs[(draw >> 1) % (sizeof pairs / sizeof *pairs)];
        seeds[A][i] = signed_unit * pair[0];
        seeds[B][i] = signed_unit * pair[1];
        seeds[SUM][i] = signed_unit * (pair[0] + pair[1]);
    }
    for (int s = 0; s < SEEDS && !status; s++)
        asked[s].seed = seeds[s];
    return status;
}

/* Moves a and b by up to 1/16 of a unit, in steps of which the dtype holds the sum, too: products with whole
 * numbers round alike for many ulps of x around. What is off by g(a) g(b), say, stays nearly the same. */
static gck_status move_seeds(double *seeds[SEEDS], struct arena *arena, const struct asked *asked,
                             const struct law_trial *trial, struct random *random)
{
    size_t n = shape_count(&trial->graph->nodes[trial->graph->output].shape);
    int steps = dtype_formats[trial->binding->dtype].bits - 6; /* bits below the unit */
    gck_status status = seeds_new(seeds, arena, n);
    double step = ldexp(unit_of(trial), -steps);
    for (size_t i = 0; i < n && !status; i++) {
        for (int s = A; s <= B; s++) {
            double part = (double)(int64_t)random_next(random) * 0x1p-63;
            seeds[s][i] = asked[s].seed[i] + step * trunc(part * ldexp(1, steps - 4));
        }
        seeds[SUM][i] = seeds[A][i] + seeds[B][i];
    }
    return status;
}

static gck_status ask(struct asked *asked, struct law_finding *finding, const struct law_trial *trial,
                      struct binding *binding)
{
    struct branches compare = {0};
    *binding = *trial->binding;
    binding->seed = asked->seed;
    gck_status status = law_ask(&asked->answer, &asked->given, finding, trial, trial->graph, binding);
    asked->has_answer = !status;
    if (status || !asked->given)
        return status;
    status = reference_new(&asked->reference, trial->graph, binding, trial->bits, compare);
    asked->has_reference = !status;
    if (!status)
        status = budget_new(&asked->budget, &asked->reference, trial->seed, trial->engine->flushes_to_zero,
                            trial->workers);
    asked->has_budget = !status;
    return status;
}

/* Element `at` of the gradient in a node: by how much it is off, here and at points beside. */
struct violation {
    size_t node, at;
    double off, allowed, beside[BESIDE_REQUESTS];
    bool noise;
};

struct violations {
    struct violation *list; /* room for every element */
    size_t count;
};

/* g(a) + g(b) - g(a + b); NaN when one is missing. */
static double residue(const gck_answer *const answers[SEEDS], size_t node, size_t at)
{
    const double *g[SEEDS];
    for (int s = 0; s < SEEDS; s++)
        if (!(g[s] = answer_gradient(answers[s], node)))
            return NAN;
    return g[A][at] + g[B][at] - g[SUM][at];
}

/* What the three budgets and the last bits of the numbers themselves explain. */
static double allowance(const struct asked *asked, enum dtype dtype, size_t node, size_t at)
{
    double u = ldexp(1, -dtype_formats[dtype].bits), allowed = 0;
    for (int s = 0; s < SEEDS; s++)
        allowed +=
            asked[s].budget.gradient[node][at] + 4 * u * fabs(answer_gradient(&asked[s].answer, node)[at]);
    return allowed;
}

/* Lists what is off. Where a number or the reference is not finite, nothing is said. */
static void compare(struct violations *found, const struct asked *asked, const struct law_trial *trial)
{
    const gck_answer *const answers[] = {&asked[A].answer, &asked[B].answer, &asked[SUM].answer};
    found->count = 0;
    for (size_t k = 0; k < trial->graph->wrt_count; k++) {
        size_t node = trial->graph->wrt[k];
        for (size_t i = 0; i < shape_count(&trial->graph->nodes[node].shape); i++) {
            struct violation v = {.node = node, .at = i, .off = fabs(residue(answers, node, i))};
            if (!isfinite(v.off))
                continue;
            v.allowed = allowance(asked, trial->binding->dtype, node, i);
            if (v.off > v.allowed)
                found->list[found->count++] = v;
        }
    }
}

/* Budgets are measured better before anything is said: see budget_widen(). */
static gck_status compare_well(struct violations *found, struct asked *asked, const struct law_trial *trial)
{
    gck_status status = GCK_OK;
    compare(found, asked, trial);
    for (int s = 0; s < SEEDS && found->count && !status; s++)
        status = budget_widen(&asked[s].budget, &asked[s].reference, trial->seed,
                              trial->engine->flushes_to_zero, trial->workers);
    if (found->count && !status)
        compare(found, asked, trial);
    return status;
}

/* Asks for three seeds beside the three, at one point beside this one. */
static gck_status ask_beside(struct violations *found, struct decisions *decisions, int number,
                             const struct asked *asked, const struct law_trial *trial,
                             struct beside_range range, struct random *random)
{
    struct arena arena = {0};
    struct binding binding;
    struct reference reference;
    gck_answer answers[SEEDS];
    const gck_answer *const all[] = {&answers[A], &answers[B], &answers[SUM]};
    double *seeds[SEEDS];
    int count = 0;
    gck_status status = beside_new(&binding, &reference, &arena, &asked[SUM].reference, range, random);
    if (!status) {
        *decisions = reference.decisions;
        reference.decisions = (struct decisions){0};
        reference_free(&reference);
    }
    if (!status)
        status = move_seeds(seeds, &arena, asked, trial, random);
    for (; count < SEEDS && !status; count += !status) {
        binding.seed = seeds[count];
        status = answer_ask(&answers[count], trial->engine, trial->id, trial->graph, &binding);
    }
    for (size_t i = 0; i < found->count && !status; i++)
        found->list[i].beside[number] = residue(all, found->list[i].node, found->list[i].at);
    for (int s = 0; s < count; s++)
        answer_free(&answers[s]);
    arena_free(&arena);
    return status;
}

/* Asks at points so far away, and marks what is off by another amount there. */
static gck_status mark_noise(struct violations *found, const struct asked *asked, const struct law_trial *trial,
                             struct beside_range range, struct random *random)
{
    struct decisions decisions[BESIDE_REQUESTS] = {0};
    const struct decisions *all[BESIDE_REQUESTS];
    int chosen[BESIDE_REQUESTS];
    gck_status status = GCK_OK;
    for (int r = 0; r < BESIDE_REQUESTS && !status; r++) {
        all[r] = &decisions[r];
        status = ask_beside(found, &decisions[r], r, asked, trial, range, random);
    }
    int count = status ? 0 : beside_same_branches(chosen, all);
    for (size_t i = 0; i < found->count; i++) {
        struct violation *v = &found->list[i];
        double off[BESIDE_REQUESTS];
        for (int r = 0; r < count; r++)
            off[r] = v->beside[chosen[r]];
        v->noise |= beside_varies(off, count);
    }
    for (int r = 0; r < BESIDE_REQUESTS; r++)
        decisions_free(&decisions[r]);
    return status;
}

/* *noise: whether everything that is off is lost digits. Noise stays alike by chance now and then: the farther
 * points are drawn more than once. */
static gck_status tell_noise(bool *noise, struct violations *found, const struct asked *asked,
                             const struct law_trial *trial)
{
    enum dtype dtype = trial->binding->dtype;
    struct random random = random_new(trial->seed, 9200);
    gck_status status = GCK_OK;
    *noise = false;
    for (int round = 0; round < ROUNDS && !status && !*noise; round++) {
        struct beside_range range = {.reach = round ? beside_wide_reach(dtype) : jitter_reach(dtype)};
        status = mark_noise(found, asked, trial, range, &random);
        *noise = true;
        for (size_t i = 0; i < found->count; i++)
            *noise &= found->list[i].noise;
    }
    return status;
}

/* The first that is no lost digits, or else the first. */
static void describe(struct law_finding *finding, const struct violations *found, const struct asked *asked,
                     const struct law_trial *trial)
{
    const struct violation *shown = NULL;
    const double *g[SEEDS];
    for (size_t i = 0; i < found->count; i++) {
        finding->spread = fmax(finding->spread, found->list[i].off);
        if (!shown || (shown->noise && !found->list[i].noise))
            shown = &found->list[i];
    }
    for (int s = 0; s < SEEDS; s++)
        g[s] = answer_gradient(&asked[s].answer, shown->node);
    law_element(&finding->why, &trial->graph->nodes[shown->node], shown->at);
    text_add(&finding->why,
             " gets %.9g and %.9g for two seeds, and %.9g for their sum: off by %.3g, where rounding explains "
             "%.3g%s",
             g[A][shown->at], g[B][shown->at], g[SUM][shown->at], shown->off, shown->allowed,
             finding->noise ? "; beside the point by another amount" : "");
}

static gck_status judge(struct law_finding *finding, struct asked *asked, struct arena *arena,
                        const struct law_trial *trial)
{
    struct violations found = {0};
    size_t room = 0;
    for (size_t k = 0; k < trial->graph->wrt_count; k++)
        room += shape_count(&trial->graph->nodes[trial->graph->wrt[k]].shape);
    found.list = arena_alloc(arena, room, sizeof *found.list);
    gck_status status = found.list ? compare_well(&found, asked, trial) : GCK_NO_MEMORY;
    if (status || !found.count)
        return status;
    finding->broken = true;
    status = tell_noise(&finding->noise, &found, asked, trial);
    if (!status)
        describe(finding, &found, asked, trial);
    return status;
}

gck_status law_linear(struct law_finding *finding, const struct law_trial *trial)
{
    struct arena arena = {0};
    struct asked asked[SEEDS] = {0};
    struct binding bindings[SEEDS];
    gck_status status = draw_seeds(asked, &arena, trial);
    bool all = true;
    for (int s = 0; s < SEEDS && all && !status; s++) {
        status = ask(&asked[s], finding, trial, &bindings[s]);
        all = asked[s].given;
    }
    finding->checked = all || finding->broken;
    if (all && !status)
        status = judge(finding, asked, &arena, trial);
    for (int s = 0; s < SEEDS; s++) {
        if (asked[s].has_budget)
            budget_free(&asked[s].budget);
        if (asked[s].has_reference)
            reference_free(&asked[s].reference);
        if (asked[s].has_answer)
            answer_free(&asked[s].answer);
    }
    arena_free(&arena);
    return status;
}
