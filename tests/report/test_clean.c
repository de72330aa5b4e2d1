/* Clean text, styles and tables: nothing from a file steers a terminal, and columns stay in line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/clean.h"
#include "report/table.h"

static void assert_clean(const char *from, const char *to)
{
    struct text text = {0};
    text_add(&text, "%s", "");
    clean_add(&text, from);
    assert_false(text.failed);
    assert_string_equal(text.data, to);
    text_free(&text);
}

static void test_controls(void **state)
{
    (void)state;
    assert_clean("plain", "plain");
    assert_clean(NULL, "");
    assert_clean("a\033[2Jb\r\n\tc\x7f", "a?[2Jb???c?");
    assert_clean("\xc2\x9b"
                 "31m",
                 "?31m"); /* C1: CSI in one character */
    assert_clean("a\xe2\x80\xae"
                 "b",
                 "a?b"); /* right-to-left override */
    assert_clean("a\xd8\x9c"
                 "b",
                 "a?b"); /* Arabic letter mark, which turns the direction too */
    assert_clean("a\xe2\x80\xa8"
                 "b",
                 "a?b");                                          /* line separator */
    assert_clean("\xc3\xa9\xea\xb0\x80", "\xc3\xa9\xea\xb0\x80"); /* letters stay */
    assert_clean("\xff\xc3(\xe2\x82", "?\?(?\?");                 /* not UTF-8 */
    assert_clean("\xed\xa0\x80", "???");                          /* a surrogate */
}

static void test_width(void **state)
{
    (void)state;
    assert_int_equal(clean_width("abc"), 3);
    assert_int_equal(clean_width("\xc3\xa9"), 1);
    assert_int_equal(clean_width("\xea\xb0\x80"), 2); /* Hangul */
    assert_int_equal(clean_width("e\xcc\x81"), 1);    /* combining accent */
    assert_int_equal(clean_width(""), 0);
}

static void test_styles(void **state)
{
    (void)state;
    struct text text = {0};
    style_add(&text, true, STYLE_RED, "w\033x");
    style_add(&text, true, STYLE_PLAIN, "p");
    style_add(&text, false, STYLE_RED, "q");
    assert_string_equal(text.data, "\033[31mw?x\033[0mpq");
    text_free(&text);
    for (int v = 0; v < GCK_VERDICTS; v++)
        if (style_of_verdict((gck_verdict)v) == STYLE_GREEN)
            assert_true(gck_verdict_passes((gck_verdict)v));
}

static void test_table(void **state)
{
    (void)state;
    struct table table = {.columns = 3, .right = 2, .indent = 1, .width = {0, 4}};
    static const char *const cells[] = {"name", "n", "verdict", "\xea\xb0\x80", "12345", "ok", "x", "1", ""};
    for (size_t i = 0; i < 9; i++)
        table_cell(&table, i == 5 ? STYLE_GREEN : STYLE_PLAIN, cells[i]);
    struct text text = {0};
    table_add_to(&text, &table, false);
    assert_string_equal(text.data, " name      n  verdict\n \xea\xb0\x80    12345  ok\n x         1\n");
    text_clear(&text);
    table_add_to(&text, &table, true);
    assert_non_null(strstr(text.data, "  \033[32mok\033[0m\n"));
    text_free(&text);
    table_free(&table);
}

static void test_table_grows(void **state)
{
    (void)state;
    struct table table = {.columns = 1};
    for (int i = 0; i < 1000; i++)
        table_cell(&table, STYLE_PLAIN, "x");
    struct text text = {0};
    table_add_to(&text, &table, false);
    assert_int_equal(text.size, 2000);
    text_free(&text);
    table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_controls), cmocka_unit_test(test_width),       cmocka_unit_test(test_styles),
        cmocka_unit_test(test_table),    cmocka_unit_test(test_table_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
