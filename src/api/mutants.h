/* Trials of mutants: does the checker catch every bug that can be planted in a case? */
#ifndef GCK_API_MUTANTS_H
#define GCK_API_MUTANTS_H
#include <gradcheck.h>

#include "engine/mutant.h"

/* Mildest first; from TRIAL_MISJUDGED on it is the checker that failed. */
enum trial_outcome {
    TRIAL_CAUGHT,     /* with the verdict that is due, and the guilty node named */
    TRIAL_EQUIVALENT, /* the gradients are the same numbers at these inputs, at 256 bits or in the dtype */
    TRIAL_ADMISSIBLE, /* every difference sits on a corner and is allowed there */
    TRIAL_MISJUDGED,  /* caught with another verdict */
    TRIAL_MISPLACED,  /* caught, another node named, or none */
    TRIAL_SURVIVED,
    TRIAL_OUTCOMES
};
extern const char *const trial_outcome_names[TRIAL_OUTCOMES];

struct trial {
    struct mutant mutant;
    enum trial_outcome outcome;
    bool wide; /* of an equivalent mutant: the numbers differ at 256 bits, and only rounding makes them equal */
    bool nonfinite; /* the bug makes a NaN or an infinity */
    bool same;      /* the numbers are the same in the dtype; the next three are not set */
    gck_verdict verdict;
    const char *guilty; /* the node that was named; NULL: none */
    double error;       /* largest relative error over the parameters */
};

struct trials {
    struct arena arena;
    struct trial *items;
    size_t count;
    gck_result *truth; /* the case without a bug, in the same dtype */
};

/* Whether to try the mutant. */
typedef bool trial_filter(const struct mutant *mutant, const void *user);

/* Tries the mutants of the case in one dtype: all of them, or those that `wants` leaves (NULL: all).
 * options: NULL for the defaults; of these precision, seed and stop count. Free with trials_free(), before the
 * case, also after an error. */
gck_status trials_take(struct trials *trials, const gck_case *c, gck_dtype dtype, const gck_options *options,
                       trial_filter *wants, const void *user);
void trials_free(struct trials *trials);

/* Judges the engine in a case as any other; the run lives in `results`. */
gck_status trial_run_take(gck_run *run, struct arena *results, const gck_case *c, gck_dtype dtype,
                          const gck_engine *engine, bool locate, const gck_options *options);

#endif
