/* A unit test for your own gradient, with cmocka: the function here is log(1 + exp(x)) summed over x.
 *
 * Build:  cc test_mine_cmocka.c $(pkg-config --cflags --libs gradcheck cmocka) -lm */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gradcheck/cmocka.h> /* after cmocka.h */

static double softplus(const double *x, size_t n, void *user)
{
    (void)user;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fmax(x[i], 0) + log1p(exp(-fabs(x[i])));
    return sum;
}

static void softplus_gradient(double *gradient, const double *x, size_t n, void *user)
{
    (void)user;
    for (size_t i = 0; i < n; i++)
        gradient[i] = 1 / (1 + exp(-x[i]));
}

static void softplus_gradient_is_right(void **state)
{
    (void)state;
    const double x[] = {-3, -0.1, 0, 0.7, 12};
    assert_gradient(softplus, softplus_gradient, x, sizeof x / sizeof *x, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(softplus_gradient_is_right)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
