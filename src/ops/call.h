/* What a kernel is called with: the same for every scalar. */
#ifndef GCK_OPS_CALL_H
#define GCK_OPS_CALL_H
#include "ops/node.h"
#include "real/real_double.h"
#include "real/real_mpfr.h"
#include "real/real_reordered.h"

/* forward writes y; backward adds to every dx[k] that is not NULL. dx of two arguments may be the same
 * array (mul(x, x)), so they are never both `restrict`: one loop, or one call, an operand. */
#define CALL(scalar)                                                                                           \
    typedef struct scalar##_call {                                                                             \
        const struct node *node;                                                                               \
        const struct shape *const *shapes; /* of the arguments */                                              \
        const scalar##_element *const *x;  /* values of the arguments; NULL for integers */                    \
        const int64_t *const *integers;    /* values of integer arguments */                                   \
        scalar##_element *y;               /* the node's value */                                              \
        const scalar##_element *dy;        /* upstream gradient; backward only */                              \
        scalar##_element *const *dx;       /* gradients of the arguments; NULL: not wanted */                  \
        scalar##_element *scratch;         /* node->scratch elements of undefined content */                   \
        size_t *places;                    /* node->places positions of undefined content */                   \
    } scalar##_call;
CALL(d)
CALL(m)
CALL(r)
#undef CALL

#endif
