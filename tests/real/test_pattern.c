/* Bit patterns: all of the half formats, and known ones of the others. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "real/pattern.h"

static const struct {
    enum dtype dtype;
    uint64_t pattern;
    double number;
} known[] = {
    {FLOAT64, 0x3ff0000000000000, 1},
    {FLOAT64, 0x0000000000000001, 0x1p-1074},
    {FLOAT64, 0x7fefffffffffffff, 0x1.fffffffffffffp1023},
    {FLOAT64, 0xfff0000000000000, -INFINITY},
    {FLOAT32, 0xc0000000, -2},
    {FLOAT32, 0x00000001, 0x1p-149},
    {FLOAT32, 0x7f7fffff, 0x1.fffffep127},
    {FLOAT32, 0x7f800000, INFINITY},
    {FLOAT16, 0x3c00, 1},
    {FLOAT16, 0x0001, 0x1p-24},
    {FLOAT16, 0x03ff, 0x1.ff8p-15},
    {FLOAT16, 0x0400, 0x1p-14},
    {FLOAT16, 0x7bff, 65504},
    {FLOAT16, 0xfc00, -INFINITY},
    {BFLOAT16, 0x3f80, 1},
    {BFLOAT16, 0x0001, 0x1p-133},
    {BFLOAT16, 0x0080, 0x1p-126},
    {BFLOAT16, 0x7f7f, 0x1.fep127},
    {BFLOAT16, 0x8000, -0.0},
};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double x = pattern_number(known[i].dtype, known[i].pattern);
        assert_true(x == known[i].number && signbit(x) == signbit(known[i].number));
        assert_int_equal(pattern_of(known[i].dtype, x), known[i].pattern);
    }
}

/* Every pattern of 16 bits is a number of the dtype, and is found again; NaNs become one. */
static void test_halves(void **state)
{
    (void)state;
    for (enum dtype dtype = FLOAT16; dtype <= BFLOAT16; dtype++)
        for (uint64_t pattern = 0; pattern < 0x10000; pattern++) {
            double x = pattern_number(dtype, pattern);
            if (isnan(x)) {
                assert_true(isnan(pattern_number(dtype, pattern_of(dtype, x))));
                continue;
            }
            assert_true(dtype_round(dtype, x) == x);
            assert_int_equal(pattern_of(dtype, x), pattern);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
