/* The scalar `double`: matrices. The loops run over columns inside, so that the additions of one dot
 * keep their order while different dots share a vector instruction. */
#include "real/real_double.h"

enum { PANEL = 64 };

/* panel (n <= PANEL sums) = row i of a times columns j .. j + n of b. */
static void dots(double *restrict panel, d_matrix a, d_matrix b, size_t i, size_t j, size_t k, size_t n)
{
    const double *x = a.data + (ptrdiff_t)i * a.rows;
    const double *w = b.data + (ptrdiff_t)j * b.columns;
    for (size_t l = 0; l < n; l++)
        panel[l] = 0;
    if (b.columns == 1) {
        for (size_t t = 0; t < k; t++, w += b.rows) {
            double s = x[(ptrdiff_t)t * a.columns];
            for (size_t l = 0; l < n; l++)
                panel[l] += s * w[l];
        }
    } else {
        for (size_t t = 0; t < k; t++, w += b.rows) {
            double s = x[(ptrdiff_t)t * a.columns];
            for (size_t l = 0; l < n; l++)
                panel[l] += s * w[(ptrdiff_t)l * b.columns];
        }
    }
}

void d_matmul(double *restrict y, d_matrix a, d_matrix b, size_t m, size_t k, size_t n, const d_context *c)
{
    (void)c;
    double panel[PANEL];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j += PANEL) {
            size_t width = n - j < PANEL ? n - j : PANEL;
            dots(panel, a, b, i, j, k, width);
            for (size_t l = 0; l < width; l++)
                y[i * n + j + l] = panel[l];
        }
}

void d_matmul_add(double *restrict y, d_matrix a, d_matrix b, size_t m, size_t k, size_t n, const d_context *c)
{
    (void)c;
    double panel[PANEL];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j += PANEL) {
            size_t width = n - j < PANEL ? n - j : PANEL;
            dots(panel, a, b, i, j, k, width);
            for (size_t l = 0; l < width; l++)
                y[i * n + j + l] += panel[l];
        }
}
