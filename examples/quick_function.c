/* The shortest check of a gradient of your own: f and grad, and nothing else. */
#include <gradcheck.h>
#include <math.h>
#include <stdio.h>

/* f(x, y) = sin(x) y^2 */
static double f(const double *x, size_t n, void *user)
{
    (void)n, (void)user;
    return sin(x[0]) * x[1] * x[1];
}

static void grad(double *g, const double *x, size_t n, void *user)
{
    (void)n, (void)user;
    g[0] = cos(x[0]) * x[1] * x[1];
    g[1] = 2 * sin(x[0]) * x[1];
}

int main(void)
{
    const double x[] = {0.4, -1.5};
    gck_black_box result;
    if (gck_check_function(&result, NULL, x, 2, f, grad, NULL))
        return 2; /* out of memory, or x is not finite */
    puts(result.message);
    return gck_verdict_passes(result.verdict) ? 0 : 1;
}
