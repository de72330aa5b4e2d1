/* Special functions of doubles against MPFR's, at their stated errors. */
#include "real/special.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "real/real_mpfr.h"
#include "real/wide.h"

/* digamma(x) to a double's worth of more bits in `exact`; how far the double function is from it. */
static double digamma_error(double *exact, double x)
{
    m_context c = m_context_wide(128, FLOAT64);
    M_LOCAL(y, &c);
    M_LOCAL(ours, &c);
    m_set_double(y, x, &c);
    m_digamma(y, y, &c);
    m_set_double(ours, special_digamma(x), &c);
    *exact = m_to_double(y);
    return m_distance(y, ours);
}

static void assert_digamma(double x)
{
    double exact, allowed, error = digamma_error(&exact, x);
    if (x > 0) {
        allowed = 3 * dtype_ulp(FLOAT64, exact);
    } else { /* what half an ulp of x changes, from the slope over 8 ulp */
        double beside, step = 8 * dtype_ulp(FLOAT64, x);
        digamma_error(&beside, x + step);
        allowed = 2 * dtype_ulp(FLOAT64, exact) + 4 * fabs(beside - exact) / 16;
    }
    if (!(error <= allowed))
        fail_msg("digamma(%.17g) is off by %g, %g is allowed", x, error, allowed);
}

static void test_digamma_keeps_its_bound(void **state)
{
    (void)state;
    struct random random = random_new(5, 0);
    for (int i = 0; i < 4000; i++) {
        double u = (double)(random_next(&random) >> 11) * 0x1p-53;
        assert_digamma(20 * u + 0x1p-60);
        assert_digamma(1.2 + 0.55 * u);
        assert_digamma(1.4616321449683622 + (u - 0.5) * 1e-9);
        assert_digamma(exp(600 * u - 300));
        assert_digamma(-20 * u - 0x1p-60);
        assert_digamma(-0.504083008264455 + (u - 0.5) * 1e-6);
        assert_digamma(-exp(30 * u - 25));
    }
}

static void test_digamma_at_its_poles(void **state)
{
    (void)state;
    assert_true(special_digamma(0.0) == -INFINITY && special_digamma(-0.0) == INFINITY);
    assert_true(isnan(special_digamma(-1)) && isnan(special_digamma(-1e300)));
    assert_true(isnan(special_digamma(NAN)) && isnan(special_digamma(-INFINITY)));
    assert_true(special_digamma(INFINITY) == INFINITY);
}

/* Euler's constant, and the half: -gamma - 2 log 2. */
static void test_digamma_of_known_numbers(void **state)
{
    (void)state;
    assert_true(fabs(special_digamma(1) + 0.57721566490153286) <= 2.3e-16);
    assert_true(fabs(special_digamma(0.5) + 1.96351002602142348) <= 4.5e-16);
}

static void test_lgamma_leaves_signgam_alone(void **state)
{
    (void)state;
    signgam = 7;
    assert_true(fabs(special_lgamma(-0.5) - 1.2655121234846454) <= 4.5e-16);
    assert_true(special_lgamma(1) == 0 && special_lgamma(2) == 0 && isinf(special_lgamma(-3)));
    assert_int_equal(signgam, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digamma_keeps_its_bound),
        cmocka_unit_test(test_digamma_at_its_poles),
        cmocka_unit_test(test_digamma_of_known_numbers),
        cmocka_unit_test(test_lgamma_leaves_signgam_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
