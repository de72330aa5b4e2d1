/* The law that the gradient is linear in the seed: what seeds a, b and a + b give, within what rounding
 * explains. */
#include <math.h>

#include "check/budget.h"
#include "check/law.h"

enum { A, B, SUM, SEEDS };

/* The engine's answer for one seed, and the budget there. */
struct asked {
    double *seed;
    gck_answer answer;
    struct reference reference;
    struct budget budget;
    bool given, has_answer, has_reference, has_budget;
};

/* Small whole numbers times a power of two, of the size of the case's own seed: any dtype holds them and their
 * sums. a and b have different signs, so that an engine that takes |seed| or seed^2 is seen with a single
 * number too. */
static gck_status draw_seeds(struct asked *asked, struct arena *arena, const struct law_trial *trial)
{
    static const double pairs[][2] = {{3, -1}, {3, -2}, {1, -3}, {2, -3}, {2, -1}, {1, -2}};
    size_t n = shape_count(&trial->graph->nodes[trial->graph->output].shape);
    struct random random = random_new(trial->seed, 9100);
    double largest = 0;
    int exponent;
    for (int s = 0; s < SEEDS; s++) {
        asked[s].seed = arena_alloc(arena, n, sizeof *asked[s].seed);
        if (!asked[s].seed)
            return GCK_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(trial->binding->seed[i]));
    (void)frexp(isfinite(largest) && largest > 0 ? largest : 1, &exponent);
    for (size_t i = 0; i < n; i++) {
        uint64_t draw = random_next(&random);
        double unit = ldexp(draw & 1 ? -1 : 1, exponent - 3);
        const double *pair = pairs[(draw >> 1) % (sizeof pairs / sizeof *pairs)];
        asked[A].seed[i] = unit * pair[0];
        asked[B].seed[i] = unit * pair[1];
        asked[SUM].seed[i] = unit * (pair[0] + pair[1]);
    }
    return GCK_OK;
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

/* Beyond the three budgets and the last bits of the numbers themselves? Where a number or the reference is not
 * finite, nothing is said. */
static void compare(struct law_finding *finding, const struct asked *asked, const struct law_trial *trial,
                    size_t node)
{
    const double *g[SEEDS];
    double u = ldexp(1, -dtype_formats[trial->binding->dtype].bits);
    for (int s = 0; s < SEEDS; s++)
        if (!(g[s] = answer_gradient(&asked[s].answer, node)))
            return;
    for (size_t i = 0; i < shape_count(&trial->graph->nodes[node].shape); i++) {
        double off = fabs(g[A][i] + g[B][i] - g[SUM][i]), allowed = 0;
        for (int s = 0; s < SEEDS; s++)
            allowed += asked[s].budget.gradient[node][i] + 4 * u * fabs(g[s][i]);
        if (!isfinite(off) || isnan(allowed) || off <= allowed)
            continue;
        if (!finding->broken) {
            law_element(&finding->why, &trial->graph->nodes[node], i);
            text_add(&finding->why,
                     " gets %.9g and %.9g for two seeds, and %.9g for their sum: off by %.3g, where rounding "
                     "explains %.3g",
                     g[A][i], g[B][i], g[SUM][i], off, allowed);
        }
        finding->broken = true;
        finding->spread = fmax(finding->spread, off);
    }
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
    for (size_t k = 0; k < trial->graph->wrt_count && all && !status; k++)
        compare(finding, asked, trial, trial->graph->wrt[k]);
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
