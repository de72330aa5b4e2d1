/* The scalar of builtin:reordered: right to a few ulps, and not what double gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "real/real_mpfr.h"
#include "real/real_reordered.h"

enum { POINTS = 2000, MOST_ULPS = 4 };

static double between(struct random *random, double low, double high)
{
    return low + (high - low) * ((double)(random_next(random) >> 11) * 0x1p-53);
}

typedef void reordered_verb(r_element *r, const r_element *a, const r_context *c);
typedef void wide_verb(mpfr_ptr r, mpfr_srcptr a, const m_context *c);

#define FUNCTION(name, low, high)                                                                              \
    {                                                                                                          \
#name, r_##name, m_##name, low, high                                                                   \
    }
static const struct function {
    const char *name;
    reordered_verb *verb;
    wide_verb *wide;
    double low, high;
} functions[] = {
    FUNCTION(exp, -80, 80),      FUNCTION(expm1, -3, 3),     FUNCTION(log, 0.01, 100),
    FUNCTION(log1p, -0.9, 3),    FUNCTION(log2, 0.01, 100),  FUNCTION(sin, -20, 20),
    FUNCTION(cos, -20, 20),      FUNCTION(tan, -1.5, 1.5),   FUNCTION(asin, -1, 1),
    FUNCTION(acos, -1, 1),       FUNCTION(atan, -20, 20),    FUNCTION(sinh, -80, 80),
    FUNCTION(sinh, -1, 1),       FUNCTION(cosh, -80, 80),    FUNCTION(tanh, -3, 3),
    FUNCTION(tanh, -0.01, 0.01), FUNCTION(asinh, -1e6, 1e6), FUNCTION(asinh, -0.5, 0.5),
    FUNCTION(acosh, 1, 1e6),     FUNCTION(acosh, 1, 1.5),    FUNCTION(atanh, -0.99, 0.99),
    FUNCTION(erf, -3, 3),        FUNCTION(erfc, -3, 5),      FUNCTION(sqrt, 0, 100),
};

static void assert_accurate(const struct function *f, enum dtype dtype)
{
    r_context c = {.dtype = dtype};
    m_context wide = m_context_wide(256, dtype);
    struct random random = random_new(7, dtype);
    M_LOCAL(x, &wide);
    M_LOCAL(y, &wide);
    for (int i = 0; i < POINTS; i++) {
        r_real a, r = {{0}};
        r_set_double(a, between(&random, f->low, f->high), &c);
        m_set_double(x, r_to_double(a), &wide);
        f->verb(r, a, &c);
        f->wide(y, x, &wide);
        double truth = dtype_round(dtype, m_to_double(y)), got = r_to_double(r);
        if (got != truth && !(fabs(got - truth) <= MOST_ULPS * dtype_ulp(dtype, truth)))
            fail_msg("%s(%a) in %s is %a, not %a", f->name, r_to_double(a), dtype_formats[dtype].name, got,
                     truth);
    }
}

static void test_functions_are_accurate(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        for (int dtype = 0; dtype < DTYPES; dtype++)
            assert_accurate(&functions[i], (enum dtype)dtype);
}

static void test_products_are_fused(void **state)
{
    (void)state;
    r_context c = {.dtype = FLOAT64};
    r_real x, square = {{0}}, rounded = {{0}}, rest = {{0}};
    r_set_double(x, 1 + 0x1p-30, &c);
    r_mul(square, x, x, &c);
    r_set(rounded, square, &c);
    r_sub(rest, square, rounded, &c);
    assert_true(r_to_double(rest) == 0x1p-60);
    r_sub(rest, rounded, square, &c);
    assert_true(r_to_double(rest) == -0x1p-60);
    r_one_minus(rest, square, &c);
    assert_true(r_to_double(rest) == -0x1p-29 - 0x1p-60);
}

static void test_sums_are_pairwise(void **state)
{
    (void)state;
    r_context c = {.dtype = FLOAT64};
    static const double terms[] = {0x1p53, 1, 1, 1, 1};
    r_element x[5] = {{0}}, one[1] = {{.value = 1}}, r[1] = {{0}};
    R_SUM(s, &c);
    for (size_t i = 0; i < 5; i++)
        r_set_double(x + i, terms[i], &c);
    r_sum_add(s, x, 1, 5, &c);
    r_sum_get(r, s, &c);
    assert_true(r_to_double(r) == 0x1p53 + 4); /* one by one in order it is 0x1p53 */
    r_dot(r, x, 1, one, 0, 5, &c);
    assert_true(r_to_double(r) == 0x1p53 + 4);
    R_SUM(none, &c);
    r_sum_get(r, none, &c);
    assert_true(r_to_double(r) == 0);
}

static void test_quotients_multiply_by_reciprocals(void **state)
{
    (void)state;
    r_context c = {.dtype = FLOAT64};
    assert_true(r_quotient(49, 49, &c) == 49 * (1.0 / 49));
    assert_true(r_quotient(1, 0, &c) == INFINITY);
    assert_true(r_quotient(0x1p-1040, 0x1p-1040, &c) == 1); /* the reciprocal overflows */
    assert_true(r_quotient(0x1p1023, 0x1p1023, &c) == 1);   /* it is subnormal */
    c.dtype = FLOAT16;
    assert_true(r_quotient(0x1p-20, 0x1p-20, &c) == 1);
}

static void test_half_formats_sum_in_float32(void **state)
{
    (void)state;
    r_context c = {.dtype = BFLOAT16};
    r_element x[1] = {{.value = 1}}, r[1] = {{0}};
    R_SUM(s, &c);
    for (int i = 0; i < 1000; i++)
        r_sum_add(s, x, 1, 1, &c);
    r_sum_get(r, s, &c);
    assert_true(r_to_double(r) == 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions_are_accurate),
        cmocka_unit_test(test_products_are_fused),
        cmocka_unit_test(test_sums_are_pairwise),
        cmocka_unit_test(test_quotients_multiply_by_reciprocals),
        cmocka_unit_test(test_half_formats_sum_in_float32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
