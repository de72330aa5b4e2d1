/* Planted ops: a row of the table of ops whose backward has a bug. */
#ifndef GCK_ENGINE_PLANTED_H
#define GCK_ENGINE_PLANTED_H
#include "engine/mutant.h"
#include "ops/rules/normalization.h"

struct planted {
    struct op op; /* first: a node's op is one of these */
    const struct op *truth;
    const struct node *altered; /* what the backward takes the node for */
    enum bug bug;
    size_t argument;
    const struct case_bug *own; /* of BUG_OWN */
    bool *failed;               /* set when memory fails */
};

/* The node with other attributes, as BUG_AXIS and BUG_DEFAULTS have it: the next axis at which its arguments
 * give a result of the same shape; or none of the attributes that need not be given, or all but one of them
 * where the shape would be another one. False: there is no such node. */
bool node_altered(struct node *altered, struct arena *arena, const struct graph *graph, const struct node *node,
                  enum bug bug);

/* What an op divides the groups of its first argument by. */
enum divisor_kind {
    DIVISOR_VALUE,    /* its value: std, norm */
    DIVISOR_QUOTIENT, /* what makes x its value */
    DIVISOR_ROOT,     /* the root of the mean square, eps added inside */
    DIVISOR_DEVIATION /* the same of what is left without the mean */
};
struct divisor {
    enum divisor_kind kind;
    struct normalization groups; /* split and axes alone */
};

/* False: the op divides by no such thing. */
bool divisor_find(struct divisor *divisor, const struct node *node, const struct shape *x);

/* Multiplies the gradient of the first argument by it again; with `eps_outside`, divides by root + eps then. */
void d_divisor_undo(d_element *dx, const struct divisor *divisor, bool eps_outside, const d_call *call,
                    const d_context *context);
void m_divisor_undo(m_element *dx, const struct divisor *divisor, bool eps_outside, const m_call *call,
                    const m_context *context);

/* Puts what the case's bug gives for a call in place of the true gradients in dx, which it adds nothing to. */
gck_status d_own_backward(d_element *const *dx, const d_call *call, const struct case_bug *bug,
                          const d_context *context);
gck_status m_own_backward(m_element *const *dx, const m_call *call, const struct case_bug *bug,
                          const m_context *context);

d_kernel d_planted_backward;
m_kernel m_planted_backward;

/* How the gradients of all parameters differ. */
struct comparison {
    double slack;   /* no difference: up to that part of the number; */
    double noise;   /* up to that part of the largest gradient of any node */
    bool differs;   /* NaN is the same as NaN */
    bool nonfinite; /* where they differ there is a NaN or an infinity */
};

/* Compares graph b, which differs from a in the ops' backward alone, with a. */
gck_status d_planted_compare(struct comparison *comparison, const struct graph *a, const struct graph *b,
                             const struct binding *binding, const d_context *context);
gck_status m_planted_compare(struct comparison *comparison, const struct graph *a, const struct graph *b,
                             const struct binding *binding, const m_context *context);

#endif
