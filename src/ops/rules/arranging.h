/* Shape rules of flip, roll, tile, pad, diagonal, tril and triu, and where an element comes from. */
#ifndef GCK_OPS_RULES_ARRANGING_H
#define GCK_OPS_RULES_ARRANGING_H
#include "ops/op.h"
#include "tensor/walk.h"

shape_rule rule_flip;     /* sets node->axes */
shape_rule rule_roll;     /* shifts, axes */
shape_rule rule_tile;     /* repetitions; axes are added in front */
shape_rule rule_pad;      /* before, after, mode, value */
shape_rule rule_diagonal; /* offset and two axes; the diagonal becomes the last axis */
shape_rule rule_triangle; /* two axes at least */

#define PAD_CHOICES "constant reflect replicate"
enum { PAD_CONSTANT, PAD_REFLECT, PAD_REPLICATE };

enum arranging {
    ARRANGE_FLIP,
    ARRANGE_ROLL,
    ARRANGE_TILE,
    ARRANGE_CONSTANT,
    ARRANGE_REFLECT,
    ARRANGE_REPLICATE
};

/* One axis of an op that arranges every axis for itself: `from` elements of x become `to` of y. */
struct arranged_axis {
    enum arranging how;
    size_t from, to;
    size_t shift; /* elements of y in front of x's first; of a roll less than `from` */
};

/* All axes, x's shape filled up with axes of size 1 in front. */
struct arrangement {
    int rank;
    struct arranged_axis axis[MOST_RANK];
};
struct arrangement arrangement_of(const struct node *node, const struct shape *x);

enum { NO_SOURCE = -1 };
/* The index along x's axis that y's element i takes; NO_SOURCE where padding takes none. */
ptrdiff_t arranged_source(const struct arranged_axis *axis, size_t i);
/* How many elements of y take element j, and the n-th of them. */
size_t arranged_copies(const struct arranged_axis *axis, size_t j);
size_t arranged_copy(const struct arranged_axis *axis, size_t j, size_t n);

/* The argument x of a diagonal, seen over the node's shape. */
struct view diagonal_view(const struct node *diagonal, const struct shape *x);

#endif
