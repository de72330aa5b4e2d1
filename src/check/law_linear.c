/* The law that the gradient is linear in the seed: what seeds a, b and a + b give, within what rounding
 * explains. An engine that loses digits breaks it too, by an amount that is another one beside the point. */
#include <math.h>

#include "check/beside.h"
#include "check/law_seeds.h"

enum { ROUNDS = 4 };

/* The engine's answer for one seed, and the budget there. */
struct asked {
    gck_answer answer;
    struct reference reference;
    struct budget budget;
    bool given, has_answer, has_reference, has_budget;
};

static gck_status ask(struct asked *asked, struct law_finding *finding, const struct law_trial *trial,
                      struct binding *binding, double *seed)
{
    struct branches compare = {0};
    *binding = *trial->binding;
    binding->seed = seed;
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
    return g[SEED_A][at] + g[SEED_B][at] - g[SEED_SUM][at];
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
    const gck_answer *const answers[] = {&asked[SEED_A].answer, &asked[SEED_B].answer, &asked[SEED_SUM].answer};
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

/* Asks for the three seeds, scaled, at one point beside this one. */
static gck_status ask_beside(struct violations *found, struct decisions *decisions, int number,
                             const struct asked *asked, const struct law_trial *trial,
                             struct beside_range range, struct random *random)
{
    struct arena arena = {0};
    struct binding binding;
    struct reference reference;
    gck_answer answers[SEEDS];
    const gck_answer *const all[] = {&answers[SEED_A], &answers[SEED_B], &answers[SEED_SUM]};
    struct law_seeds seeds,
        drawn = {{asked[SEED_A].reference.binding->seed, asked[SEED_B].reference.binding->seed,
                  asked[SEED_SUM].reference.binding->seed}};
    int count = 0;
    gck_status status = beside_new(&binding, &reference, &arena, &asked[SEED_SUM].reference, range, random);
    if (!status) {
        *decisions = reference.decisions;
        reference.decisions = (struct decisions){0};
        reference_free(&reference);
    }
    if (!status)
        status = law_seeds_scale(&seeds, &arena, &drawn, trial, random);
    for (; count < SEEDS && !status; count += !status) {
        binding.seed = seeds.of[count];
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
             g[SEED_A][shown->at], g[SEED_B][shown->at], g[SEED_SUM][shown->at], shown->off, shown->allowed,
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
    struct law_seeds seeds;
    gck_status status = law_seeds_draw(&seeds, &arena, trial);
    bool all = true;
    for (int s = 0; s < SEEDS && all && !status; s++) {
        status = ask(&asked[s], finding, trial, &bindings[s], seeds.of[s]);
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
