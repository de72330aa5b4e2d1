/* Text: growing strings, UTF-8, suggestions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void strings_grow(void **state)
{
    (void)state;
    struct text text = {0};
    for (int i = 0; i < 1000; i++)
        text_add(&text, "%d,", i);
    assert_int_equal(text.size, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(strlen(text.data), text.size);
    assert_string_equal(text.data + text.size - 9, ",998,999,");
    size_t room = text.room;
    text_clear(&text);
    assert_string_equal(text.data, "");
    assert_int_equal(text.room, room);
    text_bytes(&text, "a\0b", 3);
    assert_int_equal(text.size, 3);
    assert_memory_equal(text.data, "a\0b", 4);
    text_free(&text);
    assert_null(text.data);
    text_clear(&text);
    assert_null(text.data);
}

static void failures_stick(void **state)
{
    (void)state;
    struct text text = {0};
    text_add(&text, "kept");
    text_bytes(&text, "", SIZE_MAX);
    assert_true(text.failed);
    text_add(&text, "more");
    assert_true(text.failed);
    assert_string_equal(text.data, "kept");
    text_free(&text);
    assert_false(text.failed);
}

static void well_formed_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        long bad; /* offset, or -1 when well formed */
    } texts[] = {
        {"", -1},
        {"plain", -1},
        {"\xc2\x80 \xdf\xbf", -1},
        {"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", -1},
        {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", -1},
        {"a\x80", 1},      /* a continuation alone */
        {"ab\xc0\xaf", 2}, /* overlong */
        {"\xc1\xbf", 0},
        {"\xe0\x9f\xbf", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xed\xa0\x80", 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"\xf5\x80\x80\x80", 0},
        {"ok\xe2\x82", 2}, /* cut short */
        {"ok\xf0\x9d\x9c", 2},
        {"\xc3(", 0},
        {"\xff", 0},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t bad = 999;
        bool good = text_is_utf8(texts[i].bytes, strlen(texts[i].bytes), &bad);
        assert_int_equal(good, texts[i].bad < 0);
        if (!good)
            assert_int_equal(bad, texts[i].bad);
    }
    size_t bad;
    assert_true(text_is_utf8("a\0b", 3, &bad));
}

static const char *nearest(const char *name)
{
    static const char *const candidates[] = {"matmul", "max",        "mean", "softmax", "log_softmax",
                                             "relu",   "leaky_relu", "x",    "cosh",    "int64"};
    struct suggestion s = {.name = name};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        suggestion_offer(&s, candidates[i]);
    return s.best;
}

static void near_names_are_suggested(void **state)
{
    (void)state;
    assert_string_equal(nearest("matmull"), "matmul");
    assert_string_equal(nearest("mamtul"), "matmul"); /* a transposition is one edit */
    assert_string_equal(nearest("sofmax"), "softmax");
    assert_string_equal(nearest("men"), "mean");
    assert_string_equal(nearest("rleu"), "relu");
    assert_string_equal(nearest("int32"), "int64");
    assert_null(nearest("convolution"));
    assert_null(nearest("nosuch")); /* three of six letters from cosh: another word */
    assert_null(nearest("tan"));
    assert_null(nearest("y"));
    assert_null(nearest("qq"));
    assert_null(nearest(""));
    char long_name[200];
    memset(long_name, 'm', sizeof long_name);
    long_name[199] = '\0';
    assert_null(nearest(long_name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_grow),
        cmocka_unit_test(failures_stick),
        cmocka_unit_test(well_formed_utf8),
        cmocka_unit_test(near_names_are_suggested),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
