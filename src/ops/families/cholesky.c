/* Cholesky's factor. */
#include "ops/kernels.h"
#include "ops/rules/square.h"

/* r = (r - t) / d */
static void R(reduce)(R(element) * r, const R(element) * t, const R(element) * d, const R(context) * c)
{
    R(sub)(r, r, t, c);
    R(div)(r, r, d, c);
}

/* y y^T = (a + a^T) / 2, row by row; sqrt makes a NaN where a is not positive definite */
static void R(factor)(R(element) * y, const R(element) * a, size_t n, const R(context) * c)
{
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            R(element) *to = y + i * n + j;
            R(set_si)(to, 0, c);
            if (j > i)
                continue;
            R(add)(to, a + i * n + j, a + j * n + i, c);
            R(scale)(to, to, -1, c);
            R(dot)(t, y + i * n, 1, y + j * n, 1, j, c);
            if (j < i) {
                R(reduce)(to, t, y + j * (n + 1), c);
            } else {
                R(sub)(to, to, t, c);
                R(sqrt)(to, to, c);
            }
        }
}

void R(cholesky_forward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    for (size_t i = 0; i < s.count; i++)
        R(factor)(k->y + i * s.n * s.n, k->x[0] + i * s.n * s.n, s.n, c);
}

/* g = the lower triangle of y^T dy, mirrored; what is above dy's diagonal does not count */
static void R(mirrored)(R(element) * g, const R(element) * y, const R(element) * dy, size_t n,
                        const R(context) * c)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            R(dot)
            (g + i * n + j, y + i * n + i, (ptrdiff_t)n, dy + i * n + j, (ptrdiff_t)n, n - i, c);
            R(set)(g + j * n + i, g + i * n + j, c);
        }
}

/* g = y^-T g y^-1, from the last row and column on */
static void R(between)(R(element) * g, const R(element) * y, size_t n, const R(context) * c)
{
    LOCAL(t, c);
    for (size_t i = n; i-- > 0;)
        for (size_t j = 0; j < n; j++) {
            R(element) *x = g + i * n + j;
            R(dot)(t, y + (i + 1) * n + i, (ptrdiff_t)n, x + n, (ptrdiff_t)n, n - 1 - i, c);
            R(reduce)(x, t, y + i * (n + 1), c);
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = n; j-- > 0;) {
            R(element) *x = g + i * n + j;
            R(dot)(t, x + 1, 1, y + (j + 1) * n + j, (ptrdiff_t)n, n - 1 - j, c);
            R(reduce)(x, t, y + j * (n + 1), c);
        }
}

/* da += half of y^-T g y^-1, the same on both sides of the diagonal */
void R(cholesky_backward)(const R(call) * k, const R(context) * c)
{
    struct squares s = squares_of(k->shapes[0]);
    size_t n = s.n, size = n * n;
    R(element) *g = k->scratch;
    LOCAL(half, c);
    for (size_t at = 0; at < s.count * size; at += size) {
        R(mirrored)(g, k->y + at, k->dy + at, n, c);
        R(between)(g, k->y + at, n, c);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                R(element) *dx = k->dx[0] + at + i * n + j;
                R(scale)(half, g + (i > j ? i * n + j : j * n + i), -1, c);
                R(add)(dx, dx, half, c);
            }
    }
}
