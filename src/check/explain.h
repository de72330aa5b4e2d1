/* Explaining: every node of a graph with the numbers that a lecturer writes beside it. */
#ifndef GCK_CHECK_EXPLAIN_H
#define GCK_CHECK_EXPLAIN_H
#include "base/errors.h"
#include "graph/graph.h"

struct explain_settings {
    int bits, max_bits;
    uint64_t seed;    /* of directions */
    bool values_only; /* no differences, no Jacobians, no claims */
    const volatile bool *stop;
};

/* Walks the graph at its inputs' exact decimals. All but id and title is filled; everything lives in `results`.
 */
gck_status explain_take(gck_explanation *explanation, struct arena *results, const struct graph *graph,
                        const struct explain_settings *settings, struct errors *errors);

#endif
