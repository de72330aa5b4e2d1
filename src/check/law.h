/* One law at a time: an engine, a graph, a binding, and what the engine has answered there. */
#ifndef GCK_CHECK_LAW_H
#define GCK_CHECK_LAW_H
#include "base/parallel.h"
#include "base/text.h"
#include "check/answer.h"

/* What a law is tried on. */
struct law_trial {
    const gck_engine *engine;
    const char *id;
    const struct graph *graph;
    const struct binding *binding;
    const gck_answer *first; /* given, at this graph and binding */
    int bits;
    uint64_t seed;
    struct workers *workers;
};

struct law_finding {
    bool checked; /* false: this law says nothing here */
    bool broken;
    bool noise;    /* every violation is another one beside the point: lost digits */
    double spread; /* largest violation */
    struct text why;
};

/* Tries the law. finding->why is to be freed. */
gck_status law_try(struct law_finding *finding, const struct law_trial *trial, gck_law law);

/* The gradient is linear in the seed, within the rounding budgets: see law_linear.c. */
gck_status law_linear(struct law_finding *finding, const struct law_trial *trial);

/* Asks at another graph or binding. *given: whether gradients came; an engine that fails breaks the law. The
 * answer is to be freed when GCK_OK is returned. */
gck_status law_ask(gck_answer *answer, bool *given, struct law_finding *finding, const struct law_trial *trial,
                   const struct graph *graph, const struct binding *binding);

/* "W[2, 3]" */
void law_element(struct text *text, const struct node *node, size_t index);

#endif
