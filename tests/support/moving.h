/* For tests of ops that move elements: multi-indices, and what must come out when every element of y is taken
 * from one place. */
#ifndef GCK_TESTS_SUPPORT_MOVING_H
#define GCK_TESTS_SUPPORT_MOVING_H
#include "support/build.h"

enum { MOVING_ROOM = 1 << 14 };   /* elements of a tensor, at most */
#define FROM_NOWHERE ((size_t)-1) /* the source of an element that is no copy */

/* The multi-index of the flat index i, and back. */
void coordinates_of(size_t *at, const struct shape *shape, size_t i);
size_t index_of(const size_t *at, const struct shape *shape);

/* Asserts that y_i is element source[i] of the input x, or `filling`, that the gradient sums where elements
 * were copied, and that both scalars agree. */
void assert_moved_into(struct build *build, size_t x, const size_t *source, double filling);
void assert_moved(struct build *build, size_t x, const size_t *source);

/* Asserts that the node is there (fails with the message of its refusal) and has this shape. */
void assert_shape(const struct build *build, long node, const char *expected);
/* The same for an op on one new input. */
void assert_shape_made(const char *op, const char *x, const char *attributes, const char *expected);

#endif
