/* Planted ops: a row of the table of ops whose backward has a bug. */
#ifndef GCK_ENGINE_PLANTED_H
#define GCK_ENGINE_PLANTED_H
#include "engine/mutant.h"

struct planted {
    struct op op; /* first: a node's op is one of these */
    const struct op *truth;
    enum bug bug;
    size_t argument;
    const struct case_bug *own; /* of BUG_OWN */
    bool *failed;               /* set when memory fails */
};

/* Puts what the case's bug gives for a call in place of the true gradients in dx, which it adds nothing to. */
gck_status d_own_backward(d_element *const *dx, const d_call *call, const struct case_bug *bug,
                          const d_context *context);
gck_status m_own_backward(m_element *const *dx, const m_call *call, const struct case_bug *bug,
                          const m_context *context);

d_kernel d_planted_backward;
m_kernel m_planted_backward;

/* Whether both graphs, which differ in the ops' backward alone, give all parameters the same gradients: up to a
 * relative difference of `slack`, or to the part `noise` of the largest gradient that any node has. NaN is the
 * same as NaN. */
gck_status d_planted_same(bool *same, const struct graph *a, const struct graph *b,
                          const struct binding *binding, double slack, double noise, const d_context *context);
gck_status m_planted_same(bool *same, const struct graph *a, const struct graph *b,
                          const struct binding *binding, double slack, double noise, const m_context *context);

#endif
