/* Random numbers: the published sequence, independent streams, even spread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

/* The first outputs of xoshiro256** from the state {1, 2, 3, 4}, computed by its authors' code. */
static void the_published_sequence(void **state)
{
    (void)state;
    struct random r = {.state = {1, 2, 3, 4}};
    static const uint64_t expected[] = {11520u, 0u, 1509978240u, 1215971899390074240u, 1216172134540287360u};
    for (int i = 0; i < 5; i++)
        assert_int_equal(random_next(&r), expected[i]);
    uint64_t x = 0; /* splitmix64 from 0 */
    assert_int_equal(random_splitmix(&x), 0xe220a8397b1dcdafu);
    assert_int_equal(random_splitmix(&x), 0x6e789e6aa1b965f4u);
}

static void streams_differ_and_repeat(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++)
        for (uint64_t stream = 0; stream < 5; stream++) {
            struct random a = random_new(seed, stream), b = random_new(seed, stream);
            struct random c = random_new(seed, stream + 1), d = random_new(seed + 1, stream);
            int same = 0;
            for (int i = 0; i < 100; i++) {
                uint64_t x = random_next(&a);
                assert_int_equal(x, random_next(&b));
                same += x == random_next(&c);
                same += x == random_next(&d);
            }
            assert_int_equal(same, 0);
        }
}

static void numbers_are_spread_evenly(void **state)
{
    (void)state;
    struct random r = random_new(7, 0);
    const uint64_t sizes[] = {1, 2, 3, 10, 1000};
    for (int k = 0; k < 5; k++) {
        uint64_t n = sizes[k];
        static int counts[1000];
        for (uint64_t i = 0; i < n; i++)
            counts[i] = 0;
        for (uint64_t i = 0; i < 400 * n; i++) {
            uint64_t x = random_below(&r, n);
            assert_true(x < n);
            counts[x]++;
        }
        for (uint64_t i = 0; i < n; i++)
            assert_in_range(counts[i], 300, 500); /* 5 standard deviations */
    }
    for (int i = 0; i < 1000; i++)
        assert_true(random_below(&r, (uint64_t)1 << 32) < (uint64_t)1 << 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_sequence),
        cmocka_unit_test(streams_differ_and_repeat),
        cmocka_unit_test(numbers_are_spread_evenly),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
