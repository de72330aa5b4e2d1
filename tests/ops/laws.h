/* What holds for every op, whatever it computes: each law asserts it for one call, in one scalar. */
#ifndef GCK_TESTS_OPS_LAWS_H
#define GCK_TESTS_OPS_LAWS_H
#include "support/recipes.h"

/* The op of `drawn` has been applied: it is the graph's output.
 *
 * law_room      forward and backward stay inside the arrays they are given: y, each dx, and the scratch that
 *               the op's rule asked for; forward writes every element of y. A gradient has its parameter's
 * shape. law_seed      the gradient is linear in the seed, exactly so for factors 2^k; a zero seed gives zeros;
 * a second backward adds the same again. `digits` are the scalar's bits. law_uses      a value used k times, k
 * = 1 .. 12, gets the sum of k gradients. law_alias     op(x, x), for each pair of arguments that one tensor
 * can fill: x gets the sum of what two tensors with the same numbers get, bit for bit. Returns the number of
 * pairs. */
#define LAWS(s)                                                                                                \
    void s##_law_room(struct build *build, const s##_context *c);                                              \
    void s##_law_seed(struct build *build, const s##_context *c, int digits);                                  \
    void s##_law_uses(struct build *build, const struct drawn *drawn, const s##_context *c);                   \
    size_t s##_law_alias(struct build *build, const struct drawn *drawn, const s##_context *c);                \
    void s##_law_touch(struct build *build, const struct drawn *drawn, const s##_context *c);
LAWS(d)
LAWS(m)
#undef LAWS

#endif
