/* LU factors by columns: every element is one dot and one subtraction (Crout's order; Golub and Van Loan,
 * Matrix Computations, 3.4). */
#include "ops/families/lu.h"

void R(identity)(R(element) * a, size_t n, const R(context) * c)
{
    for (size_t i = 0; i < n * n; i++)
        R(set_si)(a + i, i % (n + 1) == 0, c);
}

void R(exchange_rows)(R(element) * a, size_t i, size_t j, size_t columns, const R(context) * c)
{
    LOCAL(t, c);
    for (size_t k = 0; i != j && k < columns; k++) {
        R(set)(t, a + i * columns + k, c);
        R(set)(a + i * columns + k, a + j * columns + k, c);
        R(set)(a + j * columns + k, t, c);
    }
}

/* r -= sum of x[i dx] z[i dz] */
static void R(minus_dot)(R(element) * r, const R(element) * x, ptrdiff_t dx, const R(element) * z, ptrdiff_t dz,
                         size_t n, const R(context) * c)
{
    LOCAL(t, c);
    if (n == 0)
        return;
    R(dot)(t, x, dx, z, dz, n, c);
    R(sub)(r, r, t, c);
}

/* The row from j on with the largest |x| in column j; the first of them at a tie. */
static size_t R(largest_row)(const R(element) * a, size_t j, size_t n, const R(context) * c)
{
    LOCAL(largest, c);
    LOCAL(size, c);
    size_t found = j;
    R(abs)(largest, a + j * n + j, c);
    for (size_t i = j + 1; i < n; i++) {
        R(abs)(size, a + i * n + j, c);
        if (R(less)(largest, size)) {
            R(set)(largest, size, c);
            found = i;
        }
    }
    return found;
}

int R(lu_factor)(R(element) * a, R(element) * b, size_t n, size_t m, const R(context) * c)
{
    int sign = 1;
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++)
            R(minus_dot)(a + i * n + j, a + i * n, 1, a + j, (ptrdiff_t)n, i < j ? i : j, c);
        size_t pivot = R(largest_row)(a, j, n, c);
        R(exchange_rows)(a, j, pivot, n, c);
        R(exchange_rows)(b, j, pivot, m, c);
        sign = pivot == j ? sign : -sign;
        for (size_t i = j + 1; i < n; i++)
            R(div)(a + i * n + j, a + i * n + j, a + j * n + j, c);
    }
    return sign;
}

void R(lu_forward)(const R(element) * a, R(element) * b, size_t n, size_t m, const R(context) * c)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < m; k++)
            R(minus_dot)(b + i * m + k, a + i * n, 1, b + k, (ptrdiff_t)m, i, c);
}

void R(lu_solve)(R(element) * a, R(element) * b, size_t n, size_t m, const R(context) * c)
{
    R(lu_factor)(a, b, n, m, c);
    R(lu_forward)(a, b, n, m, c);
    for (size_t i = n; i-- > 0;)
        for (size_t k = 0; k < m; k++) {
            R(element) *x = b + i * m + k;
            R(minus_dot)(x, a + i * n + i + 1, 1, x + m, (ptrdiff_t)m, n - 1 - i, c);
            R(div)(x, x, a + i * n + i, c);
        }
}
