/* The noise estimate: right within a factor of 3 for noise on a smooth function, at any magnitude. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "check/noise.h"

static void finds_the_deviation(void **state)
{
    (void)state;
    struct random r = random_new(5, 0);
    const double sizes[] = {1e-250, 1e-6, 1, 1e250};
    for (int k = 0; k < 4; k++) {
        int near = 0, found = 0;
        for (int turn = 0; turn < 1000; turn++) {
            double values[NOISE_POINTS], noise;
            for (int i = 0; i < NOISE_POINTS; i++) {
                double uniform = (double)random_below(&r, 1u << 30) / (1u << 29) - 1; /* deviation 1/sqrt 3 */
                values[i] = sizes[k] * (5 + 0.01 * i + 1e-5 * i * i + 1e-4 * uniform);
            }
            if (noise_of_values(&noise, values) != NOISE_FOUND)
                continue;
            found++;
            double ratio = noise / (sizes[k] * 1e-4 / sqrt(3));
            near += ratio > 1.0 / 3 && ratio < 3;
        }
        assert_in_range(found, 800, 1000);
        assert_in_range(near, found * 95 / 100, found);
    }
}

static void tells_shape_from_noise(void **state)
{
    (void)state;
    double values[NOISE_POINTS], noise;
    for (int i = 0; i < NOISE_POINTS; i++)
        values[i] = exp(0.3 * i);
    assert_int_equal(noise_of_values(&noise, values), NOISE_TOO_FAR);
    for (int i = 0; i < NOISE_POINTS; i++)
        values[i] = i < 3 ? 1 : 2;
    assert_int_equal(noise_of_values(&noise, values), NOISE_TOO_CLOSE);
    for (int i = 0; i < NOISE_POINTS; i++)
        values[i] = 3.0 * i;
    assert_int_equal(noise_of_values(&noise, values), NOISE_FOUND);
    assert_true(noise == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_deviation),
        cmocka_unit_test(tells_shape_from_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
