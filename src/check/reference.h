/* The reference: forward and backward in MPFR, with a record of every comparison's outcome. */
#ifndef GCK_CHECK_REFERENCE_H
#define GCK_CHECK_REFERENCE_H
#include "graph/evaluation.h"

struct reference {
    const struct graph *graph;
    const struct binding *binding;
    m_evaluation *evaluation; /* values, and (not in a guard) gradients of every node that has one */
    struct decisions decisions;
    int bits;
};

/* How comparisons are decided. */
struct branches {
    const struct decisions *follow; /* replay these; NULL: compare */
    int tie;                        /* an equality counts as -1 or 1; 0: as an equality, and is recorded */
    uint64_t beside; /* seed of a point beside the given one, by 2^-(3 bits / 4), where no tie holds;
                      * 0: the point itself */
};

/* Evaluates forward and, with gradients, backward. On failure nothing is to be freed. The graph and the binding
 * outlive it; it must not be moved in memory. */
gck_status reference_new(struct reference *reference, const struct graph *graph, const struct binding *binding,
                         int bits, struct branches branches);
void reference_free(struct reference *reference);

/* Element i of the gradient in a node; of its value. */
const m_element *reference_gradient(const struct reference *reference, size_t node);
const m_element *reference_value(const struct reference *reference, size_t node);

/* sum |seed_i y_i|: the size that derivatives along directions of the inputs' own size naturally have. */
double reference_objective_size(const struct reference *reference);

/* A reference and the same at more bits, made when first asked for: the rounding of a difference is
 * measured by taking it again with GUARD more, and what stays unresolved is tried at twice as many. Not for
 * several threads at once. */
enum { GUARD_BITS = 64, MOST_LEVELS = 7 };
struct ladder {
    const struct graph *graph;
    const struct binding *binding;
    int bits; /* of level 0; level k has bits 2^k */
    struct reference levels[MOST_LEVELS], guards[MOST_LEVELS];
};
/* Makes sure that levels[level] and guards[level] are there. */
gck_status ladder_reach(struct ladder *ladder, int level);
void ladder_free(struct ladder *ladder);

#endif
