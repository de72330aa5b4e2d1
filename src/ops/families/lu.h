/* Factoring matrices with exchanges of rows, and solving with the factors. Exchanges are no decisions: they
 * change the rounding of a result, not what it is. */
#ifndef GCK_OPS_FAMILIES_LU_H
#define GCK_OPS_FAMILIES_LU_H
#include "ops/kernels.h"

/* a (n x n) becomes L and U of its factors, L below the diagonal and with ones on it; before each step the row
 * with the largest |x| of the column moves up, and the rows of b (n x m) with it. Returns the sign of the
 * exchanges. */
int R(lu_factor)(R(element) * a, R(element) * b, size_t n, size_t m, const R(context) * c);

/* b = a^-1 b: a (n x n) is lost, b has n x m elements. A singular a gives infinities and NaN. */
void R(lu_solve)(R(element) * a, R(element) * b, size_t n, size_t m, const R(context) * c);

/* b = L^-1 b, with the ones on L's diagonal. */
void R(lu_forward)(const R(element) * a, R(element) * b, size_t n, size_t m, const R(context) * c);

void R(identity)(R(element) * a, size_t n, const R(context) * c);
void R(exchange_rows)(R(element) * a, size_t i, size_t j, size_t columns, const R(context) * c);

#endif
