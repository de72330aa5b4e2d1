/* Evaluations: a forward and a reverse sweep over a graph, in any scalar. An evaluation is a pure
 * function of (graph, binding, context) and owns its workspace, so that several run side by side. */
#ifndef GCK_GRAPH_EVALUATION_H
#define GCK_GRAPH_EVALUATION_H
#include "graph/binding.h"
#include "tensor/storage.h"

/* For each scalar:
 *
 * evaluation_new   values of all nodes (not yet computed), no gradients. The graph outlives it. The context
 *                  is copied; what it points to (noise, decisions) stays the caller's.
 * evaluation_vary  an evaluation of the same graph in which the nodes marked in `changes` start as copies of
 *                  base's values, to be perturbed, and only what depends on them is computed again; all other
 *                  values are base's. It records no decisions. base outlives it.
 * evaluation_bind  sets every input to the binding's numbers; not for varied evaluations, whose seed is base's.
 * evaluation_forward    computes every own node's value in order.
 * evaluation_forward_touched   the same in a varied evaluation when, since the last forward, only element
 *                  `index` of changed node `node` has changed: less work where ops know what that touches.
 * evaluation_restore    brings base's values back after evaluation_forward_touched, the moved element's too:
 *                  cheaper than computing them again.
 * evaluation_backward   sets the output's gradient to the seed (NULL: the binding's), then adds to every
 *                  node's gradient that depends on a float input. A second call adds the same again.
 * evaluation_clear zeroes all gradients.
 * evaluation_objective  r = <seed, output>, the scalar whose gradient backward computes.
 * evaluation_value, evaluation_gradient   a node's elements; the gradient is NULL where none is computed.
 *                  The value of an own input, or of a changed node, may be written. */
#define EVALUATION(s)                                                                                          \
    typedef struct s##_evaluation s##_evaluation;                                                              \
    gck_status s##_evaluation_new(s##_evaluation **e, const struct graph *graph, const s##_context *context);  \
    gck_status s##_evaluation_vary(s##_evaluation **e, const s##_evaluation *base, const bool *changes);       \
    void s##_evaluation_free(s##_evaluation *e);                                                               \
    void s##_evaluation_bind(s##_evaluation *e, const struct binding *binding);                                \
    void s##_evaluation_forward(s##_evaluation *e);                                                            \
    void s##_evaluation_forward_touched(s##_evaluation *e, size_t node, size_t index);                         \
    void s##_evaluation_restore(s##_evaluation *e);                                                            \
    gck_status s##_evaluation_backward(s##_evaluation *e, const s##_element *seed) GCK_MUST_USE;               \
    void s##_evaluation_clear(s##_evaluation *e);                                                              \
    void s##_evaluation_objective(s##_element *r, const s##_evaluation *e);                                    \
    s##_element *s##_evaluation_value(const s##_evaluation *e, size_t node);                                   \
    s##_element *s##_evaluation_gradient(const s##_evaluation *e, size_t node);                                \
    s##_context *s##_evaluation_context(s##_evaluation *e);
EVALUATION(d)
EVALUATION(m)
EVALUATION(r)
#undef EVALUATION

#endif
