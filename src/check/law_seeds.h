/* Seeds for the law of linearity: a, b and a + b, the sum without rounding. */
#ifndef GCK_CHECK_LAW_SEEDS_H
#define GCK_CHECK_LAW_SEEDS_H
#include "base/random.h"
#include "check/law.h"

enum { SEED_A, SEED_B, SEED_SUM, SEEDS };

struct law_seeds {
    double *of[SEEDS]; /* of the output's shape, in the arena */
};

/* Small whole numbers times a power of two, of the size of the case's own seed: any dtype holds them and their
 * sums. a and b have different signs, so that an engine that takes |seed| or seed^2 is seen with a single
 * number too. */
gck_status law_seeds_draw(struct law_seeds *seeds, struct arena *arena, const struct law_trial *trial);

/* `from` times one number within 1/16 of 1, without rounding. Products with whole numbers round alike for many
 * ulps of x around; with these they do not. What is off by g(a) g(b), say, or where |a| is largest, stays
 * nearly the same. */
gck_status law_seeds_scale(struct law_seeds *seeds, struct arena *arena, const struct law_seeds *from,
                           const struct law_trial *trial, struct random *random);

#endif
