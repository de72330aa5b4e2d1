/* Random sketches: ops, shapes, attributes and numbers drawn from a seed, the same on every machine. */
#ifndef GCK_CASE_RANDOM_SKETCH_H
#define GCK_CASE_RANDOM_SKETCH_H
#include "case/sketch.h"

enum { RANDOM_LEAST_OPS = 2, RANDOM_MOST_OPS = 30 };

/* Draws sketch number `index` of a seed: 2 to 30 ops, every float node finite; less than 2 where those that may
 * be drawn do not go together. ops: which, by their index in op_table, one at least but for `expr`; NULL: all.
 * *redrawn: calls that were given up, for they left the domain or the range, or did not fit. GCK_NO_MEMORY when
 * memory fails. */
gck_status random_sketch(struct sketch *sketch, size_t *redrawn, struct arena *arena, uint64_t seed,
                         uint64_t index, const bool *ops);

#endif
