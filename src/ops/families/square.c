/* Inverse, solution of linear systems, logarithm of the determinant, and Cholesky's factor. */
#include "ops/rules/square.h"
#include "ops/families/lu.h"

static R(matrix) R(rows_of)(const R(element) * data, size_t length)
{
    return (R(matrix)){data, (ptrdiff_t)length, 1};
}

static R(matrix) R(columns_of)(const R(element) * data, size_t length)
{
    return (R(matrix)){data, 1, (ptrdiff_t)length};
}

static void R(copy)(R(element) * to, const R(element) * from, size_t count, const R(context) * c)
{
    for (size_t i = 0; i < count; i++)
        R(set)(to + i, from + i, c);
}

/* to = from^T */
static void R(copy_transposed)(R(element) * to, const R(element) * from, size_t n, const R(context) * c)
{
    for (size_t i = 0; i < n * n; i++)
        R(set)(to + i, from + i % n * n + i / n, c);
}

/* dx -= t */
static void R(subtract)(R(element) * dx, const R(element) * t, size_t count, const R(context) * c)
{
    for (size_t i = 0; i < count; i++)
        R(sub)(dx + i, dx + i, t + i, c);
}

/* y = a^-1 */
void R(inverse_forward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    size_t size = s.n * s.n;
    for (size_t at = 0; at < s.count * size; at += size) {
        R(copy)(k->scratch, k->x[0] + at, size, c);
        R(identity)(k->y + at, s.n, c);
        R(lu_solve)(k->scratch, k->y + at, s.n, s.n, c);
    }
}

/* da -= y^T dy y^T */
void R(inverse_backward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    size_t n = s.n, size = n * n;
    R(element) *left = k->scratch, *both = left + size;
    for (size_t at = 0; at < s.count * size; at += size) {
        R(matmul)(left, R(columns_of)(k->y + at, n), R(rows_of)(k->dy + at, n), n, n, n, c);
        R(matmul)(both, R(rows_of)(left, n), R(columns_of)(k->y + at, n), n, n, n, c);
        R(subtract)(k->dx[0] + at, both, size, c);
    }
}

/* The right sides of one matrix. */
static size_t sides_of(const struct shape *a, const struct shape *b)
{
    return b->rank == a->rank ? b->dim[b->rank - 1] : 1;
}

/* y = a^-1 b */
void R(solve_forward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    size_t n = s.n, m = sides_of(k->shapes[0], k->shapes[1]);
    for (size_t i = 0; i < s.count; i++) {
        R(element) *y = k->y + i * n * m;
        R(copy)(k->scratch, k->x[0] + i * n * n, n * n, c);
        R(copy)(y, k->x[1] + i * n * m, n * m, c);
        R(lu_solve)(k->scratch, y, n, m, c);
    }
}

/* g = a^-T dy ;  da -= g y^T, db += g */
void R(solve_backward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    size_t n = s.n, m = sides_of(k->shapes[0], k->shapes[1]);
    R(element) *a = k->scratch, *product = a + n * n, *g = product + n * n;
    for (size_t i = 0; i < s.count; i++) {
        R(copy_transposed)(a, k->x[0] + i * n * n, n, c);
        R(copy)(g, k->dy + i * n * m, n * m, c);
        R(lu_solve)(a, g, n, m, c);
        R(matmul)(product, R(rows_of)(g, m), R(columns_of)(k->y + i * n * m, m), n, m, n, c);
        if (k->dx[0])
            R(subtract)(k->dx[0] + i * n * n, product, n * n, c);
        for (size_t j = 0; j < n * m && k->dx[1]; j++)
            R(add)(k->dx[1] + i * n * m + j, k->dx[1] + i * n * m + j, g + j, c);
    }
}

/* y = sum of log |pivots|; NaN where their product is negative */
void R(logdet_forward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    LOCAL(t, c);
    for (size_t i = 0; i < s.count; i++) {
        R(copy)(k->scratch, k->x[0] + i * s.n * s.n, s.n * s.n, c);
        int sign = R(lu_factor)(k->scratch, NULL, s.n, 0, c);
        SUM(sum, c);
        for (size_t j = 0; j < s.n; j++) {
            const R(element) *pivot = k->scratch + j * (s.n + 1);
            sign *= R(is_nan)(pivot) ? 1 : R(sign)(pivot);
            R(abs)(t, pivot, c);
            R(log)(t, t, c);
            R(sum_add)(sum, t, 0, 1, c);
        }
        R(sum_get)(k->y + i, sum, c);
        if (sign < 0)
            R(set_double)(k->y + i, (double)NAN, c);
    }
}

/* da += dy a^-T */
void R(logdet_backward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    size_t size = s.n * s.n;
    R(element) *a = k->scratch, *inverse = a + size;
    LOCAL(t, c);
    for (size_t i = 0; i < s.count; i++) {
        R(element) *dx = k->dx[0] + i * size;
        R(copy_transposed)(a, k->x[0] + i * size, s.n, c);
        R(identity)(inverse, s.n, c);
        R(lu_solve)(a, inverse, s.n, s.n, c);
        for (size_t j = 0; j < size; j++) {
            R(mul)(t, inverse + j, k->dy + i, c);
            R(add)(dx + j, dx + j, t, c);
        }
    }
}
