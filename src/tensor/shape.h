/* Shapes of tensors: row-major, rank 0 (a scalar) to 8. No scalars here. */
#ifndef GCK_TENSOR_SHAPE_H
#define GCK_TENSOR_SHAPE_H
#include <stdbool.h>
#include <stddef.h>

enum { MOST_RANK = 8, SHAPE_TEXT = 192 };

struct shape {
    int rank;
    size_t dim[MOST_RANK];
};

/* Number of elements; 1 for a scalar. The product must be known to fit. */
size_t shape_count(const struct shape *shape);
/* The same for any dims: false when the count is above `limit`, sizes of 0 counted as 1 (so that
 * the strides and the reductions of an empty tensor are bounded too). */
bool shape_count_within(size_t *count, const struct shape *shape, size_t limit);

bool shape_equal(const struct shape *a, const struct shape *b);

/* NumPy's rule: align at the last axis; equal, or one of them 1. False when they do not broadcast. */
bool shape_broadcast(struct shape *out, const struct shape *a, const struct shape *b);
/* Whether `from` broadcasts to exactly `to`. */
bool shape_expands(const struct shape *from, const struct shape *to);

/* What is left when the axes (bits) are reduced: 1 in their place, or nothing. */
struct shape shape_reduced(const struct shape *shape, unsigned axes, bool keepdims);

/* An axis given as -rank .. rank-1 brought to 0 .. rank-1; false outside. */
bool shape_axis(int *axis, const struct shape *shape, long given);

/* "[2, 3]", "[]" for a scalar, into text (SHAPE_TEXT bytes); returns text. */
const char *shape_text(char *text, const struct shape *shape);
/* "[1, 2]": the multi-index of the flat `index`, "" for a scalar. */
const char *shape_index_text(char *text, const struct shape *shape, size_t index);

#endif
