/* Gates alone: part of a graph cut out, fed with the values that a reference recorded. */
#ifndef GCK_CHECK_GATE_H
#define GCK_CHECK_GATE_H
#include "check/reference.h"

/* A graph whose inputs are nodes of a larger one. The caller gives it a seed. */
struct gate {
    struct graph graph; /* float inputs that are no literals are its parameters; the output comes last */
    size_t *from;       /* per node: the node of the larger graph that it stands for */
};

/* Node `at` with its arguments as inputs: the reference's values, rounded to its dtype. An argument given twice
 * is one input, or two when `apart`. Lives in the arena, beside the larger graph. */
gck_status gate_alone(struct gate *gate, struct arena *arena, const struct reference *reference, size_t at,
                      bool apart);

/* Node `at` and all between it and the `leaves`, which become inputs: what `at` is as a function of them.
 * Inputs that are no leaves stay as they are; they are literals for the purpose of gradients. */
gck_status gate_between(struct gate *gate, struct arena *arena, const struct reference *reference, size_t at,
                        const size_t *leaves, size_t count);

/* A seed of signs and a few bits, so that every dtype holds it. */
gck_status gate_seed(struct gate *gate, uint64_t seed);

#endif
