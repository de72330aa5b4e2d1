/* The progress line: what is done, what failed, and how long the rest may take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cli/progress.h"

static void test_text(void **state)
{
    (void)state;
    char text[PROGRESS_TEXT];
    const struct {
        size_t done, total, failed;
        double ms;
        const char *text;
    } rows[] = {
        {0, 48, 0, 700, "0 of 48 cases, 0 failed"},
        {12, 48, 1, 3000, "12 of 48 cases, 1 failed, 9 s left"},
        {47, 48, 2, 4700, "47 of 48 cases, 2 failed, 0 s left"},
        {1, 2, 0, 99400, "1 of 2 cases, 0 failed, 99 s left"},
        {1, 2, 0, 120000, "1 of 2 cases, 0 failed, 2 min left"},
        {1, 2, 0, 99 * 60e3, "1 of 2 cases, 0 failed, 99 min left"},
        {1, 2, 0, 125 * 60e3, "1 of 2 cases, 0 failed, 2 h 5 min left"},
        {48, 48, 2, 4700, "48 of 48 cases, 2 failed"},
        {1, (size_t)-1, (size_t)-1, 1e300, NULL}, /* whatever it says, it fits */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_ptr_equal(progress_text(text, rows[i].done, rows[i].total, rows[i].failed, rows[i].ms), text);
        if (rows[i].text)
            assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
