/* Decimals: shortest, and read back as the same double. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "engine/decimal.h"

static void writes(double x, const char *wanted)
{
    char text[DECIMAL_TEXT];
    size_t size = decimal_write(text, x);
    assert_int_equal(size, strlen(wanted));
    assert_string_equal(text, wanted);
}

static void known_numbers(void **state)
{
    (void)state;
    writes(0, "0");
    writes(-0.0, "-0.0");
    writes(-12, "-12");
    writes(0.1, "0.1");
    writes(0.1 + 0.2, "0.30000000000000004");
    writes((double)0.1f, "0.10000000149011612");
    writes(1e15, "1e+15");
    writes(123456789012345, "123456789012345");
    writes(5e-324, "5e-324");
    writes(DBL_MAX, "1.7976931348623157e+308");
    writes(NAN, "\"nan\"");
    writes(INFINITY, "\"inf\"");
    writes(-INFINITY, "\"-inf\"");
}

/* Digits between the first and the last that is not 0. */
static size_t significant(const char *text)
{
    size_t digits = 0, zeros = 0;
    for (const char *s = text; *s && *s != 'e'; s++) {
        if (*s < '0' || *s > '9' || (*s == '0' && digits == 0))
            continue;
        zeros = *s == '0' ? zeros + 1 : 0;
        digits++;
    }
    return digits - zeros;
}

/* Any bit pattern comes back, and no shorter text does. */
static void comes_back(void **state)
{
    struct random random = random_new(7, 1);
    char text[DECIMAL_TEXT], shortest[DECIMAL_TEXT];
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t pattern = random_next(&random);
        double x, back;
        if (i % 3 == 0) /* few digits */
            x = (double)(pattern % 100000) / 1000;
        else if (i % 3 == 1) /* subnormal */
            pattern >>= 12 + pattern % 52, memcpy(&x, &pattern, sizeof x);
        else
            memcpy(&x, &pattern, sizeof x);
        if (!isfinite(x) || x == 0)
            continue;
        size_t size = decimal_write(text, x);
        assert_int_equal(size, strlen(text));
        back = strtod(text, NULL);
        assert_memory_equal(&back, &x, sizeof x);
        int digits = 0;
        do
            snprintf(shortest, sizeof shortest, "%.*e", digits++, x);
        while (strtod(shortest, NULL) != x);
        assert_int_equal(significant(text), significant(shortest));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_numbers), cmocka_unit_test(comes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
