/* Base64: known bytes, and every dtype there and back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "engine/base64.h"

static void known_bytes(void **state)
{
    struct text text = {0};
    const double x[] = {1, -2};
    const int64_t n[] = {1, -1, 0};
    double back[2];
    (void)state;
    base64_floats(&text, FLOAT64, x, 2);
    assert_string_equal(text.data, "AAAAAAAA8D8AAAAAAAAAwA==");
    assert_true(base64_read(back, FLOAT64, 2, text.data, text.size));
    assert_memory_equal(back, x, sizeof x);
    text_clear(&text);
    base64_floats(&text, FLOAT32, x, 1);
    assert_string_equal(text.data, "AACAPw==");
    text_clear(&text);
    base64_floats(&text, FLOAT16, x, 2); /* 0x3c00, 0xc000 */
    assert_string_equal(text.data, "ADwAwA==");
    text_clear(&text);
    base64_floats(&text, BFLOAT16, x, 2); /* 0x3f80, 0xc000 */
    assert_string_equal(text.data, "gD8AwA==");
    text_clear(&text);
    base64_integers(&text, n, 2);
    assert_string_equal(text.data, "AQAAAAAAAAD//////////w==");
    text_clear(&text);
    base64_bools(&text, n, 3);
    assert_string_equal(text.data, "AQEA");
    text_free(&text);
}

static void any_bytes(void **state)
{
    (void)state;
    static const char *const texts[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"}; /* RFC 4648 */
    static const char *const bad[] = {"Z", "Zg=", "Zg", "Z===", "Zm9*", "=", "=m9v"};
    char back[16];
    size_t count;
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        struct text text = {0};
        base64_bytes(&text, "foobar", n);
        assert_int_equal(text.size, strlen(texts[n]));
        assert_memory_equal(text.size ? text.data : "", texts[n], text.size);
        assert_true(base64_read_bytes(back, &count, texts[n], strlen(texts[n])));
        assert_int_equal(count, n);
        assert_memory_equal(back, "foobar", n);
        text_free(&text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (base64_read_bytes(back, &count, bad[i], strlen(bad[i])))
            fail_msg("%s was taken for base64", bad[i]);
}

static void same(double a, double b)
{
    assert_true(isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b));
}

static void there_and_back(void **state)
{
    enum { MOST = 40 };
    struct random random = random_new(3, 1);
    static const double special[] = {0, -0.0, INFINITY, -INFINITY, NAN};
    (void)state;
    for (int round = 0; round < 2000; round++) {
        enum dtype dtype = (enum dtype)(round % DTYPES);
        double x[MOST], back[MOST];
        size_t count = (size_t)random_below(&random, MOST + 1);
        struct text text = {0};
        for (size_t i = 0; i < count; i++) {
            int range = dtype_formats[dtype].emax - dtype_formats[dtype].emin + 2;
            int e = dtype_formats[dtype].emin + (int)random_below(&random, (uint64_t)range);
            double m = (double)(random_next(&random) >> 11) * 0x1p-53 + 0.5;
            x[i] = dtype_round(dtype, ldexp(i % 2 ? m : -m, e));
            if (random_below(&random, 8) == 0)
                x[i] = special[random_below(&random, 5)];
        }
        base64_floats(&text, dtype, x, count);
        const char *data = text.data ? text.data : "";
        assert_true(base64_read(back, dtype, count, data, text.size));
        for (size_t i = 0; i < count; i++)
            same(x[i], back[i]);
        assert_false(base64_read(back, dtype, count + 1, data, text.size));
        text_free(&text);
    }
}

static void refuses(const char *text)
{
    double back[2];
    assert_false(base64_read(back, FLOAT64, 1, text, strlen(text)));
}

static void nonsense(void **state)
{
    (void)state;
    refuses("");
    refuses("AAAAAAAA8D8");
    refuses("AAAAAAAA8D8A");
    refuses("AAAA AAA8D8=");
    refuses("AAAA\xff"
            "AAA8D8=");
    refuses("AAAAAAAA8D==");
    refuses("AAAAAAAA8D8=AAAA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_bytes), cmocka_unit_test(any_bytes),
                                       cmocka_unit_test(there_and_back), cmocka_unit_test(nonsense)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
