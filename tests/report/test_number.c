/* Numbers: as many digits as mean something. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "report/number.h"

static void test_shortest(void **state)
{
    (void)state;
    static const struct {
        double x;
        enum dtype dtype;
        const char *text;
    } table[] = {
        {-4, FLOAT64, "-4"},
        {0.1, FLOAT64, "0.1"},
        {1.0 / 3, FLOAT64, "0.3333333333333333"},
        {0.1f, FLOAT32, "0.1"},
        {0.1f, FLOAT64, "0.10000000149011612"},
        {0.1, FLOAT32, "0.1"}, /* not a float32: as a float64 */
        {100000, FLOAT64, "100000"},
        {1e15, FLOAT64, "1e15"},
        {1e-4, FLOAT64, "0.0001"},
        {1e-5, FLOAT64, "1e-5"},
        {1.5e-6, FLOAT64, "1.5e-6"},
        {-1.5e300, FLOAT64, "-1.5e300"},
        {5e-324, FLOAT64, "5e-324"},
        {-0.0, FLOAT64, "0"},
        {INFINITY, FLOAT64, "inf"},
        {-INFINITY, FLOAT64, "-inf"},
        {NAN, FLOAT64, "nan"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[NUMBER_TEXT];
        assert_string_equal(number_shortest(text, table[i].x, table[i].dtype), table[i].text);
    }
}

static void test_shortest_comes_back(void **state)
{
    (void)state;
    struct random random = random_new(1, 1);
    for (int i = 0; i < 20000; i++) {
        char text[NUMBER_TEXT];
        double x = ldexp((double)(int64_t)random_next(&random), (int)random_below(&random, 2000) - 1030), back;
        enum dtype dtype = (enum dtype)random_below(&random, DTYPES);
        x = dtype_round(dtype, x);
        number_shortest(text, x, dtype);
        assert_true(dtype_parse(&back, dtype, text));
        assert_true(back == x);
    }
}

static void test_certain(void **state)
{
    (void)state;
    char text[NUMBER_TEXT];
    assert_string_equal(number_certain(text, -3.99999999998123, -4), "-3.99999999998");
    assert_string_equal(number_certain(text, 3.00000000002, 3), "3.00000000002");
    assert_string_equal(number_certain(text, 3, 3), "3");
    assert_string_equal(number_certain(text, 0.1234567, 0.2), "0.12");
    assert_string_equal(number_certain(text, 123456, 1), "1.2e5");
    assert_string_equal(number_certain(text, 0.5, NAN), "0.50");
    assert_string_equal(number_certain(text, 0, 1), "0");
    assert_string_equal(number_certain(text, NAN, 1), "nan");
}

static void test_decimal(void **state)
{
    (void)state;
    static const struct {
        const char *decimal;
        int digits;
        const char *text;
    } table[] = {
        {"-4.00000000000000000000", 16, "-4.000000000000000"},
        {"-4.000000", 16, "-4.000000"},
        {"0.19661193324148188", 4, "0.1966"},
        {"0.19665", 4, "0.1967"},
        {"9.9996", 4, "10.00"},
        {"-0.000012345678", 3, "-1.23e-5"},
        {"1.2345e-20", 3, "1.23e-20"},
        {"9.99e+99", 2, "1.0e100"},
        {"123456", 3, "1.23e5"},
        {"0", 16, "0"},
        {"0.000", 16, "0"},
        {"nan", 16, "nan"},
        {"-inf", 16, "-inf"},
        {"1e5x", 16, "1e5x"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[NUMBER_TEXT];
        assert_string_equal(number_decimal(text, table[i].decimal, table[i].digits), table[i].text);
    }
}

static void test_errors_and_ulps(void **state)
{
    (void)state;
    char text[NUMBER_TEXT];
    assert_string_equal(number_error(text, 5.12e-12), "5.1e-12");
    assert_string_equal(number_error(text, 1.96e-7), "2.0e-7");
    assert_string_equal(number_error(text, 0), "0");
    assert_string_equal(number_error(text, 0.3333), "0.33");
    assert_string_equal(number_error(text, 1), "1");
    assert_string_equal(number_error(text, 4.5e15), "4.5e15");
    assert_string_equal(number_error(text, INFINITY), "inf");
    assert_string_equal(number_ulps(text, 38), "38");
    assert_string_equal(number_ulps(text, 0.059), "0.059");
    assert_string_equal(number_ulps(text, 1234), "1.2e3");
    assert_string_equal(number_ulps(text, NAN), "nan");
}

static void test_times(void **state)
{
    (void)state;
    char text[NUMBER_TEXT];
    assert_string_equal(number_ms(text, 0.0421), "0.042");
    assert_string_equal(number_ms(text, 9.996), "10.0");
    assert_string_equal(number_ms(text, 12345.6), "12346");
    assert_string_equal(number_time(text, 0.00031), "310 ns");
    assert_string_equal(number_time(text, 0.0042), "4.20 us");
    assert_string_equal(number_time(text, 0.9999), "1.00 ms");
    assert_string_equal(number_time(text, 21115), "21.1 s");
    assert_string_equal(number_time(text, 0), "0 ns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shortest),        cmocka_unit_test(test_shortest_comes_back),
        cmocka_unit_test(test_certain),         cmocka_unit_test(test_decimal),
        cmocka_unit_test(test_errors_and_ulps), cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
