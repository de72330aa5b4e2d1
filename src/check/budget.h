/* The rounding budget: how much error a correct engine of a dtype is entitled to, measured by running the
 * same backward at that precision with every operation rounded, at the point and beside it. */
#ifndef GCK_CHECK_BUDGET_H
#define GCK_CHECK_BUDGET_H
#include "base/parallel.h"
#include "check/reference.h"

enum {
    BUDGET_AT_POINT = 4,
    BUDGET_JITTERED = 2,
    BUDGET_RUNS = BUDGET_AT_POINT + BUDGET_JITTERED,
    BUDGET_BRANCHES = 3, /* that a run may add */
    JITTER_ULPS = 4,
    BUDGET_AGAIN = 4, /* as often budget_widen() takes the runs */
    POINTS_BESIDE = 8 /* that ties are resolved at */
};

/* Gradients of the parameters where comparisons that rounding decides went another way, or ties to one side;
 * per node, NULL for the others. */
struct alternative {
    m_element **gradient;
};

struct budget {
    struct arena arena;
    double **gradient; /* per node with a gradient: absolute error allowed, an element */
    double *value;     /* for the output's elements */
    double tiny;       /* eta: what underflow may lose */
    struct alternative alternatives[BUDGET_RUNS * BUDGET_BRANCHES + 2 + POINTS_BESIDE];
    size_t alternative_count, first_tie; /* those from first_tie on resolve ties */
};

/* Measures the budget of dtype binding->dtype around `reference`. flushes: the engine flushes subnormals to
 * zero. seed: of the random roundings and jitters. */
gck_status budget_new(struct budget *budget, const struct reference *reference, uint64_t seed, bool flushes,
                      struct workers *workers);
void budget_free(struct budget *budget);

/* Widens it to the largest error of many more runs. Where rounding leaves an error of 0 or of a few units, as
 * after cancellation, all of the first runs are lucky at some element now and then. */
gck_status budget_widen(struct budget *budget, const struct reference *reference, uint64_t seed, bool flushes,
                        struct workers *workers);

/* Changes every float input that is not a literal to a number of the dtype at most `reach` |x| away, at random.
 * A point that leaves the domain is drawn again: `try` < JITTER_TRIES counts, and later tries move towards 0
 * only, away from it only, then only the parameters. */
void binding_jitter(struct binding *binding, const struct graph *graph, double reach, int try,
                    struct random *random);
/* The reach of the budget's own jitter: JITTER_ULPS u. */
double jitter_reach(enum dtype dtype);
enum { JITTER_TRIES = 8 };

/* Whether the evaluation is finite wherever the reference at the unmoved point is. */
bool budget_inside_domain(const m_evaluation *e, const struct reference *reference);

#endif
