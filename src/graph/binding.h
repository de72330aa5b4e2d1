/* Bindings: the numbers that an evaluation starts from, an input's texts rounded to a dtype once. */
#ifndef GCK_GRAPH_BINDING_H
#define GCK_GRAPH_BINDING_H
#include "graph/graph.h"
#include "real/dtype.h"

struct binding {
    enum dtype dtype;
    bool exact;      /* decimals at full precision where the evaluation is wide enough; `values` nearest */
    double **values; /* per node; NULL unless a float input */
    double *seed;    /* of the output's shape */
};

/* Binds every float input and the seed to numbers of the dtype, in the arena. Adds an error for a number
 * that overflows the dtype. */
gck_status binding_new(struct binding *binding, struct arena *arena, const struct graph *graph,
                       enum dtype dtype, struct errors *errors);

/* A copy that shares nothing with `from`, to be changed. */
gck_status binding_copy(struct binding *binding, struct arena *arena, const struct graph *graph,
                        const struct binding *from);

#endif
