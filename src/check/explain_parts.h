/* The parts of an explanation; explain.h has the whole. */
#ifndef GCK_CHECK_EXPLAIN_PARTS_H
#define GCK_CHECK_EXPLAIN_PARTS_H
#include "base/text.h"
#include "check/gate.h"
#include "check/numeric.h"

/* What all parts of one explanation share. */
struct explaining {
    struct arena *results;
    struct ladder *ladder; /* of the whole graph; level 0 is reached */
    size_t *step;          /* per node: its step */
    bool *live;            /* nodes that the output needs */
    uint64_t seed;
    bool values_only;
    int most_level;
    const volatile bool *stop;
};

/* Whether gradients flow from the node at `at` to its argument k. */
bool explain_flows(const struct explaining *e, size_t at, size_t k);

/* Copies a tensor of the reference. */
gck_status explain_numbers(gck_numbers *numbers, struct arena *results, const struct shape *shape,
                           const m_element *x);

/* Keeps a text that was built; NULL when memory fails. Frees it. */
const char *explain_keep(struct arena *results, struct text *text);

/* Fills step->sends: one for every argument of the gate that gradients flow to. */
gck_status explain_gate(gck_step *step, const struct explaining *e, size_t at);

/* Fills step->claims for an `expr` that has some. */
gck_status explain_claims(gck_step *step, const struct explaining *e, size_t at);

/* A gate alone at the values of the whole graph's reference, all their bits. */
struct trial_gate {
    struct arena arena;
    struct gate gate;
    struct binding binding;
    struct ladder ladder;
};
/* Evaluates trial->gate, which has its seed, forward and backward. Free with trial_gate_free() in any case. */
gck_status trial_gate_run(struct trial_gate *trial, const struct ladder *whole);
void trial_gate_free(struct trial_gate *trial);

/* What the op calls its argument k: "a", "x3". NULL when memory fails. */
const char *explain_argument(struct arena *results, const struct node *node, size_t k);

/* The local gradient of argument k as a formula in the graph's names, read off the op's own formula ("da += dy
 * b" gives "z" when b is z). NULL when that does not give one; sets *failed when memory fails. */
const char *explain_symbol(struct arena *results, const struct graph *graph, size_t at, size_t k, bool *failed);

/* What a Jacobian looks like: fills structure, nonzeros, diagonal. `ones` is the gradient in argument k for a
 * seed of ones: the sums of the Jacobian's columns. */
gck_status explain_structure(gck_jacobian *jacobian, struct arena *results, const struct graph *graph,
                             size_t at, size_t k, const m_element *ones);

#endif
