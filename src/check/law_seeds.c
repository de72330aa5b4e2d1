/* Seeds for the law of linearity. */
#include "check/law_seeds.h"

#include <math.h>

/* A power of two of the size of the case's own seed. */
static double unit_of(const struct law_trial *trial)
{
    double largest = 0;
    int exponent;
    for (size_t i = 0; i < shape_count(&trial->graph->nodes[trial->graph->output].shape); i++)
        largest = fmax(largest, fabs(trial->binding->seed[i]));
    (void)frexp(isfinite(largest) && largest > 0 ? largest : 1, &exponent);
    return ldexp(1, exponent - 3);
}

static gck_status seeds_new(struct law_seeds *seeds, struct arena *arena, size_t count)
{
    for (int s = 0; s < SEEDS; s++)
        if (!(seeds->of[s] = arena_alloc(arena, count, sizeof *seeds->of[s])))
            return GCK_NO_MEMORY;
    return GCK_OK;
}

gck_status law_seeds_draw(struct law_seeds *seeds, struct arena *arena, const struct law_trial *trial)
{
    static const double pairs[][2] = {{3, -1}, {3, -2}, {1, -3}, {2, -3}, {2, -1}, {1, -2}};
    size_t n = shape_count(&trial->graph->nodes[trial->graph->output].shape);
    struct random random = random_new(trial->seed, 9100);
    double unit = unit_of(trial);
    gck_status status = seeds_new(seeds, arena, n);
    for (size_t i = 0; i < n && !status; i++) {
        uint64_t draw = random_next(&random);
        double signed_unit = draw & 1 ? -unit : unit;
        const double *pair = pairs[(draw >> 1) % (sizeof pairs / sizeof *pairs)];
        seeds->of[SEED_A][i] = signed_unit * pair[0];
        seeds->of[SEED_B][i] = signed_unit * pair[1];
        seeds->of[SEED_SUM][i] = signed_unit * (pair[0] + pair[1]);
    }
    return status;
}

gck_status law_seeds_scale(struct law_seeds *seeds, struct arena *arena, const struct law_seeds *from,
                           const struct law_trial *trial, struct random *random)
{
    size_t n = shape_count(&trial->graph->nodes[trial->graph->output].shape);
    int bits = dtype_formats[trial->binding->dtype].bits - 6; /* small whole numbers leave that many free */
    double part = (double)(int64_t)random_next(random) * 0x1p-63;
    double factor = 1 + ldexp(trunc(ldexp(part, bits - 4)), -bits);
    gck_status status = seeds_new(seeds, arena, n);
    for (int s = 0; s < SEEDS && !status; s++)
        for (size_t i = 0; i < n; i++)
            seeds->of[s][i] = from->of[s][i] * factor;
    return status;
}
