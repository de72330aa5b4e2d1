/* The shape rule of upsample, and which elements of x an element of y takes. */
#ifndef GCK_OPS_RULES_UPSAMPLE_H
#define GCK_OPS_RULES_UPSAMPLE_H
#include "ops/op.h"

shape_rule rule_upsample; /* x (N, C, H, W) */

/* One axis: from elements of x to those of y. */
struct sampling {
    size_t from, to;
    bool nearest, corners;
};
struct sampling sampling_of(const struct node *node, const struct shape *x, int axis);

/* What an element of y takes: x[first] (parts - part) / parts + x[first + 1] part / parts, the second only
 * where part > 0. */
struct sample {
    size_t first, part, parts;
};
struct sample sample_at(const struct sampling *s, size_t o);

/* The elements of y that take of x[i]: count of them, from first on. With i rising, `first` starts as the
 * first of i - 1, and as 0 for i = 0. */
struct takers {
    size_t first, count;
};
struct takers takers_of(const struct sampling *s, size_t i, size_t first);

#endif
