/* Tests of the number formats: rounding and parsing, against hardware and against every half number. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <mpfr.h>

#include "base/random.h"
#include "real/dtype.h"

static void assert_same(double a, double b)
{
    if (isnan(b))
        assert_true(isnan(a));
    else
        assert_true(a == b && !signbit(a) == !signbit(b));
}

/* The double of random bits: every magnitude, infinities and NaN among them. */
static double any_double(struct random *random)
{
    uint64_t bits = random_next(random);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A double near the range of floats. */
static double near_float(struct random *random)
{
    double x = (double)(random_next(random) >> (11 + random_below(random, 40)));
    if (random_below(random, 2))
        x = -x;
    return ldexp(x, (int)random_below(random, 300) - 205);
}

static void test_float32_is_hardware(void **state)
{
    (void)state;
    struct random random = random_new(1, 0);
    for (int i = 0; i < 400000; i++) {
        double x = i % 2 ? any_double(&random) : near_float(&random);
        assert_same(dtype_round(FLOAT32, x), (double)(float)x);
        assert_same(dtype_round(FLOAT64, x), x);
    }
    const double edges[] = {
        0x1.ffffffp127, 0x1.fffffefffffffp127, 0x1p-150, 0x1.0000000000001p-150, -0x1p-150, 0.0,
        -0.0,           0x1.fffffep127,        0x1p128,  -0x1.ffffffp127,        0x3p-150};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        assert_same(dtype_round(FLOAT32, edges[i]), (double)(float)edges[i]);
}

/* The number with these bits in a 16-bit format with `fraction` stored bits. */
static double decode(uint32_t bits, int fraction, int bias)
{
    int exponent = (int)(bits >> fraction);
    double m = (double)(bits & ((1u << fraction) - 1));
    return exponent ? ldexp(m + (1 << fraction), exponent - bias - fraction) : ldexp(m, 1 - bias - fraction);
}

/* Every finite number, and what lies between it and the next one. */
static void every_half(enum dtype dtype, int fraction, int bias)
{
    uint32_t infinity = ((1u << (15 - fraction)) - 1) << fraction;
    assert_same(dtype_tiny(dtype), decode(1, fraction, bias));
    for (uint32_t i = 0; i < infinity; i++) {
        double low = decode(i, fraction, bias), next = decode(i + 1, fraction, bias);
        double high = i + 1 < infinity ? next : INFINITY, middle = (low + next) / 2;
        assert_same(dtype_round(dtype, low), low);
        assert_same(dtype_round(dtype, -low), -low);
        assert_same(dtype_round(dtype, middle), i % 2 ? high : low);
        assert_same(dtype_round(dtype, -middle), i % 2 ? -high : -low);
        assert_same(dtype_round(dtype, nextafter(middle, 0)), low);
        assert_same(dtype_round(dtype, nextafter(middle, INFINITY)), high);
        assert_same(dtype_ulp(dtype, low), next - low);
        assert_same(dtype_ulp(dtype, -middle), next - low);
    }
    assert_same(dtype_round(dtype, INFINITY), INFINITY);
    assert_same(dtype_round(dtype, -INFINITY), -INFINITY);
    assert_same(dtype_round(dtype, NAN), NAN);
    assert_same(dtype_round(dtype, -0x1p-1074), -0.0);
}

static void test_every_half(void **state)
{
    (void)state;
    every_half(FLOAT16, 10, 15);
    every_half(BFLOAT16, 7, 127);
}

static void test_ulp(void **state)
{
    (void)state;
    assert_same(dtype_ulp(FLOAT64, 1), 0x1p-52);
    assert_same(dtype_ulp(FLOAT64, -1.5), 0x1p-52);
    assert_same(dtype_ulp(FLOAT64, nextafter(1, 0)), 0x1p-53);
    assert_same(dtype_ulp(FLOAT64, 0), 0x1p-1074);
    assert_same(dtype_ulp(FLOAT64, 0x1p-1030), 0x1p-1074);
    assert_same(dtype_ulp(FLOAT32, 1), 0x1p-23);
    assert_same(dtype_ulp(FLOAT32, 0), 0x1p-149);
    assert_same(dtype_ulp(FLOAT16, INFINITY), INFINITY);
    assert_same(dtype_ulp(FLOAT16, NAN), INFINITY);
    assert_same(dtype_tiny(FLOAT64), 0x1p-1074);
    assert_same(dtype_tiny(FLOAT32), 0x1p-149);
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < DTYPES; i++)
        assert_int_equal(dtype_named(dtype_formats[i].name), i);
    assert_int_equal(dtype_named("float"), DTYPES);
    assert_int_equal(dtype_named(""), DTYPES);
}

static void assert_parses(enum dtype dtype, const char *text, double expected)
{
    double x = 42;
    assert_true(dtype_parse(&x, dtype, text));
    assert_same(x, expected);
}

/* The next number of the format above x >= 0. */
static double next_above(enum dtype dtype, double x)
{
    return x + dtype_ulp(dtype, x);
}

/* Texts exactly at, just below and just above the middle of two neighbours. */
static void check_middle(enum dtype dtype, double low)
{
    static char tie[2000], text[2000];
    double high = next_above(dtype, low);
    bool even = fmod(low / dtype_ulp(dtype, low), 2) == 0;
    if (high >= ldexp(1, dtype_formats[dtype].emax))
        return;
    mpfr_t middle;
    mpfr_init2(middle, 64);
    mpfr_set_d(middle, low, MPFR_RNDN);
    mpfr_add_d(middle, middle, high, MPFR_RNDN);
    mpfr_div_ui(middle, middle, 2, MPFR_RNDN);
    mpfr_snprintf(tie, sizeof tie, "%.1100Re", middle);
    mpfr_clear(middle);
    assert_parses(dtype, tie, even ? low : high);
    int digits = (int)(strchr(tie, 'e') - tie);
    const char *exponent = tie + digits;
    snprintf(text, sizeof text, "%.*s1%s", digits, tie, exponent);
    assert_parses(dtype, text, high);
    snprintf(text, sizeof text, "-%.*s1%s", digits, tie, exponent);
    assert_parses(dtype, text, -high);
    int last = digits - 1;
    while (tie[last] == '0')
        last--;
    if (tie[last] == '.')
        last--;
    tie[last]--;
    snprintf(text, sizeof text, "%.*s%s%s%s", last + 1, tie, last ? "" : ".", "999999999999999999999999999999",
             exponent);
    assert_parses(dtype, text, low);
}

static void test_parse_rounds_once(void **state)
{
    (void)state;
    struct random random = random_new(2, 0);
    for (int dtype = 0; dtype < DTYPES; dtype++)
        for (int i = 0; i < 1500; i++) {
            const struct dtype_format *format = &dtype_formats[dtype];
            uint64_t range = (uint64_t)(format->emax - format->emin);
            double x = ldexp((double)(random_next(&random) >> 11) * 0x1p-53,
                             format->emin + (int)random_below(&random, range));
            check_middle((enum dtype)dtype, fabs(dtype_round((enum dtype)dtype, x)));
        }
}

static void test_parse_is_strtod(void **state)
{
    (void)state;
    struct random random = random_new(3, 0);
    for (int i = 0; i < 20000; i++) {
        char text[64];
        snprintf(text, sizeof text, "%.*e", (int)random_below(&random, 25), any_double(&random));
        if (strchr(text, 'n'))
            continue; /* nan, inf */
        assert_parses(FLOAT64, text, strtod(text, NULL));
        assert_parses(FLOAT32, text, (double)strtof(text, NULL));
    }
}

static void test_parse_words_and_edges(void **state)
{
    (void)state;
    assert_parses(FLOAT64, "inf", INFINITY);
    assert_parses(FLOAT16, "-inf", -INFINITY);
    assert_parses(FLOAT32, "nan", NAN);
    assert_parses(FLOAT64, "-0", -0.0);
    assert_parses(BFLOAT16, "+.5E1", 5);
    assert_parses(FLOAT64, "7.", 7);
    assert_parses(FLOAT64, "1e999", INFINITY);
    assert_parses(FLOAT64, "-1e99999999999999999999", -INFINITY);
    assert_parses(FLOAT64, "-1e-99999999999999999999", -0.0);
    assert_parses(FLOAT64, "1.7976931348623158e308", 0x1.fffffffffffffp1023);
    assert_parses(FLOAT64, "1.7976931348623159e308", INFINITY);
    assert_parses(FLOAT64, "5e-324", 0x1p-1074);
    assert_parses(FLOAT64, "2e-324", 0);
    assert_parses(FLOAT16, "65504", 65504);
    assert_parses(FLOAT16, "65519.99999999999999999999999", 65504);
    assert_parses(FLOAT16, "65520", INFINITY);
}

static void test_parse_rejects(void **state)
{
    (void)state;
    const char *const texts[] = {"",      "abc",      "1.5x",   " 1",  "1 ",  "0x10", "1e",
                                 "--1",   "infinity", "nan(1)", "1,5", ".",   "-",    "e5",
                                 "1.2.3", "+inf",     "Inf",    "1e+", "1-2", "@inf@"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double x = 42;
        assert_false(dtype_parse(&x, FLOAT64, texts[i]));
        assert_false(dtype_parse(&x, FLOAT16, texts[i]));
        assert_same(x, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_float32_is_hardware),
        cmocka_unit_test(test_every_half),
        cmocka_unit_test(test_ulp),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_parse_rounds_once),
        cmocka_unit_test(test_parse_is_strtod),
        cmocka_unit_test(test_parse_words_and_edges),
        cmocka_unit_test(test_parse_rejects),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
