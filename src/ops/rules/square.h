/* Shape rules of the ops on square matrices: inverse, solve, det, logdet, cholesky. */
#ifndef GCK_OPS_RULES_SQUARE_H
#define GCK_OPS_RULES_SQUARE_H
#include "ops/op.h"

shape_rule rule_inverse;  /* a (..., n, n); room for two matrices of one index of the batch */
shape_rule rule_solve;    /* a (..., n, n), b (..., n) or (..., n, m) */
shape_rule rule_det;      /* a (..., n, n), y (...) */
shape_rule rule_cholesky; /* as inverse */

enum { MOST_ORDER = 1024 }; /* rows of a matrix that is factored */

/* The square matrices of a tensor: `count` of n rows each, one behind the other. */
struct squares {
    size_t count, n;
};
struct squares squares_of(const struct shape *a);

#endif
