/* Planted ops: a row of the table of ops whose backward has a bug. */
#ifndef GCK_ENGINE_PLANTED_H
#define GCK_ENGINE_PLANTED_H
#include "engine/mutant.h"

struct planted {
    struct op op; /* first: a node's op is one of these */
    const struct op *truth;
    enum bug bug;
    size_t argument;
    bool *failed; /* set when memory fails */
};

d_kernel d_planted_backward;
m_kernel m_planted_backward;

/* Whether both graphs, which differ in the ops' backward alone, give all parameters the same gradients, up to a
 * relative difference of `slack`; 0: bit for bit. NaN is the same as NaN. */
gck_status d_planted_same(bool *same, const struct graph *a, const struct graph *b,
                          const struct binding *binding, double slack, const d_context *context);
gck_status m_planted_same(bool *same, const struct graph *a, const struct graph *b,
                          const struct binding *binding, double slack, const m_context *context);

#endif
