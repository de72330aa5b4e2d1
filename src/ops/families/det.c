/* The determinant. Its gradient is the adjugate, which a singular matrix has too; so nothing is divided by the
 * last pivot, and rows and columns are exchanged, which brings the smallest pivots to the end (complete
 * pivoting; Golub and Van Loan, Matrix Computations, 3.4.8). */
#include "ops/families/lu.h"
#include "ops/rules/square.h"

/* The element of the rows and columns from j on with the largest |x|; the first at a tie. */
static size_t R(largest_from)(const R(element) * a, size_t j, size_t n, const R(context) * c)
{
    LOCAL(largest, c);
    LOCAL(size, c);
    size_t found = j * n + j;
    R(abs)(largest, a + found, c);
    for (size_t i = j; i < n; i++)
        for (size_t k = j; k < n; k++) {
            R(abs)(size, a + i * n + k, c);
            if (R(less)(largest, size)) {
                R(set)(largest, size, c);
                found = i * n + k;
            }
        }
    return found;
}

static void R(exchange_columns)(R(element) * a, size_t i, size_t j, size_t n, const R(context) * c)
{
    LOCAL(t, c);
    for (size_t k = 0; i != j && k < n; k++) {
        R(set)(t, a + k * n + i, c);
        R(set)(a + k * n + i, a + k * n + j, c);
        R(set)(a + k * n + j, t, c);
    }
}

/* The rows below j minus their multiple of row j; nothing is left to do where the largest element is 0. */
static void R(eliminate)(R(element) * a, size_t j, size_t n, const R(context) * c)
{
    LOCAL(t, c);
    const R(element) *pivot = a + j * n + j;
    for (size_t i = j + 1; i < n && !R(is_zero)(pivot); i++) {
        R(element) *multiple = a + i * n + j;
        R(div)(multiple, multiple, pivot, c);
        for (size_t k = j + 1; k < n; k++) {
            R(mul)(t, multiple, a + j * n + k, c);
            R(sub)(a + i * n + k, a + i * n + k, t, c);
        }
    }
}

/* a becomes L and U of its rows and columns exchanged. The rows of b (n x m) are exchanged likewise; column i
 * of U was column columns[i] of a. Returns the sign of the exchanges. */
static int R(factor)(R(element) * a, R(element) * b, unsigned short *columns, size_t n, size_t m,
                     const R(context) * c)
{
    int sign = 1;
    for (size_t j = 0; j < n; j++)
        columns[j] = (unsigned short)j;
    for (size_t j = 0; j < n; j++) {
        size_t pivot = R(largest_from)(a, j, n, c), row = pivot / n, column = pivot % n;
        unsigned short moved = columns[j];
        columns[j] = columns[column];
        columns[column] = moved;
        R(exchange_rows)(a, j, row, n, c);
        R(exchange_rows)(b, j, row, m, c);
        R(exchange_columns)(a, j, column, n, c);
        sign = (row == j) == (column == j) ? sign : -sign;
        R(eliminate)(a, j, n, c);
    }
    return sign;
}

/* r = sign times the first `count` pivots: the large ones, which come first, by turns with the small ones, so
 * that it leaves the range only when it must. */
static void R(product)(R(element) * r, const R(element) * a, size_t n, size_t count, int sign,
                       const R(context) * c)
{
    LOCAL(one, c);
    LOCAL(size, c);
    size_t front = 0, back = count;
    R(set_si)(one, 1, c);
    R(set_si)(r, sign, c);
    while (front < back) {
        R(abs)(size, r, c);
        size_t next = R(less)(one, size) ? --back : front++;
        R(mul)(r, r, a + next * (n + 1), c);
    }
}

/* y = the product of the pivots */
void R(det_forward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    unsigned short columns[MOST_ORDER];
    for (size_t i = 0; i < s.count; i++) {
        for (size_t j = 0; j < s.n * s.n; j++)
            R(set)(k->scratch + j, k->x[0] + i * s.n * s.n + j, c);
        int sign = R(factor)(k->scratch, NULL, columns, s.n, 0, c);
        R(product)(k->y + i, k->scratch, s.n, s.n, sign, c);
    }
}

/* b = u U^-1 b, where u is the last pivot: no division by it. */
static void R(backward_scaled)(const R(element) * a, R(element) * b, size_t n, const R(context) * c)
{
    LOCAL(t, c);
    const R(element) *last = a + n * n - 1;
    for (size_t i = n - 1; i-- > 0;)
        for (size_t k = 0; k < n; k++) {
            R(element) *x = b + i * n + k;
            R(dot)(t, a + i * n + i + 1, 1, x + n, (ptrdiff_t)n, n - 1 - i, c);
            R(mul)(x, x, last, c);
            R(sub)(x, x, t, c);
            R(div)(x, x, a + i * n + i, c);
        }
}

/* da += dy adj(a)^T for one matrix. With two pivots of 0 the adjugate is 0. */
static void R(add_adjugate)(R(element) * dx, const R(element) * dy, R(element) * a, size_t n,
                            const R(context) * c)
{
    unsigned short columns[MOST_ORDER];
    R(element) *b = a + n * n;
    LOCAL(others, c);
    LOCAL(t, c);
    R(identity)(b, n, c);
    int sign = R(factor)(a, b, columns, n, n, c);
    if (n > 1 && R(is_zero)(a + (n - 1) * (n + 1) - n - 1))
        return;
    R(lu_forward)(a, b, n, n, c);
    R(backward_scaled)(a, b, n, c);
    R(product)(others, a, n, n - 1, sign, c);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            R(element) *to = dx + j * n + columns[i];
            R(mul)(t, others, b + i * n + j, c);
            R(mul)(t, t, dy, c);
            R(add)(to, to, t, c);
        }
}

/* da += dy adj(a)^T */
void R(det_backward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    for (size_t i = 0; i < s.count && s.n > 0; i++) {
        for (size_t j = 0; j < s.n * s.n; j++)
            R(set)(k->scratch + j, k->x[0] + i * s.n * s.n + j, c);
        R(add_adjugate)(k->dx[0] + i * s.n * s.n, k->dy + i, k->scratch, s.n, c);
    }
}
