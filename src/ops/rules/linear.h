/* Shape rules of the linear ops, and the matrices that a product is made of. */
#ifndef GCK_OPS_RULES_LINEAR_H
#define GCK_OPS_RULES_LINEAR_H
#include "ops/op.h"
#include "tensor/walk.h"

shape_rule rule_matmul; /* numpy.matmul; room for the gradient of a broadcast batch */
shape_rule rule_affine; /* x (..., D), W (D, H), b (H) or none */

/* matmul and affine: one element of a matrix changes one row or one column of y. */
d_touch_kernel d_matmul_touch;
m_touch_kernel m_matmul_touch;
r_touch_kernel r_matmul_touch;

/* One matrix in a tensor: element (i, j) is rows i + columns j elements behind its first. */
struct strides {
    ptrdiff_t rows, columns;
};

/* y = a b for every index of `batch`: y is m x n, a is m x k, b is k x n. */
struct product {
    size_t m, k, n;
    struct shape batch;
    struct view y_batch, a_batch, b_batch; /* first elements of the matrices, over the batch */
    unsigned a_repeated, b_repeated;       /* bits: batch axes along which a or b is broadcast */
    struct strides y, a, b;
};

/* The product that numpy.matmul(a, b) is, and y's shape; false when the sizes do not fit. Both have axes.
 * A batch of a's that meets a single b is taken as one tall matrix. */
bool product_of(struct product *product, struct shape *y, const struct shape *a, const struct shape *b);

/* da += dy b^T, or db += a^T dy: target (rows x columns) += left (rows x depth) right (depth x columns) for
 * every index of `outer`, each summed over `inner`, the batch axes along which the target is broadcast. */
struct product_gradient {
    size_t rows, depth, columns;
    struct shape outer, inner;
    struct view target_outer, left_outer, right_outer, left_inner, right_inner;
    struct strides left, right;
};
struct product_gradient gradient_of_a(const struct product *product);
struct product_gradient gradient_of_b(const struct product *product);

/* Elements of working room that adding the gradient takes: one row of the target for every inner index. */
size_t gradient_scratch(const struct product_gradient *gradient);

#endif
