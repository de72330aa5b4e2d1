/* The tally: which exit status follows from what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report/tally.h"

static void add(struct tally *tally, gck_verdict verdict, bool passes)
{
    gck_run run = {.verdict = verdict};
    gck_result result = {.verdict = verdict, .runs = &run, .run_count = 1, .parameters = 5};
    tally_add(tally, &result, passes ? STANDING_PASSES : STANDING_FAILS);
}

static void test_counts(void **state)
{
    (void)state;
    struct tally tally = {0};
    add(&tally, GCK_VERDICT_OK, true);
    add(&tally, GCK_VERDICT_UNSUPPORTED, true);
    add(&tally, GCK_VERDICT_WRONG, false);
    assert_int_equal(tally.done, 3);
    assert_int_equal(tally.failed, 1);
    assert_int_equal(tally.checked, 2);
    assert_int_equal(tally.parameters, 10);
    assert_int_equal(tally.verdicts[GCK_VERDICT_WRONG], 1);
    assert_int_equal(tally_exit(&tally), TALLY_FAILED);
}

static void test_a_dtype_that_is_checked_counts(void **state)
{
    (void)state;
    struct tally tally = {0};
    gck_run runs[] = {{.verdict = GCK_VERDICT_OK}, {.verdict = GCK_VERDICT_UNSUPPORTED}};
    gck_result result = {.verdict = GCK_VERDICT_UNSUPPORTED, .runs = runs, .run_count = 2};
    tally_add(&tally, &result, STANDING_PASSES);
    assert_int_equal(tally_exit(&tally), TALLY_PASSED);
}

static void test_exit(void **state)
{
    (void)state;
    struct tally tally = {0};
    assert_int_equal(tally_exit(&tally), TALLY_NOTHING);
    add(&tally, GCK_VERDICT_UNSUPPORTED, true);
    assert_int_equal(tally_exit(&tally), TALLY_NOTHING);
    add(&tally, GCK_VERDICT_OK, true);
    assert_int_equal(tally_exit(&tally), TALLY_PASSED);
    add(&tally, GCK_VERDICT_INACCURATE, true);
    assert_int_equal(tally_exit(&tally), TALLY_PASSED);
    add(&tally, GCK_VERDICT_MISSING, false);
    assert_int_equal(tally_exit(&tally), TALLY_FAILED);
    tally.interrupted = true;
    assert_int_equal(tally_exit(&tally), TALLY_INTERRUPTED);
    tally.problems = 1;
    assert_int_equal(tally_exit(&tally), TALLY_USAGE);
    tally.engine_failed = true;
    assert_int_equal(tally_exit(&tally), TALLY_ENGINE);
}

static void test_known(void **state)
{
    (void)state;
    struct tally tally = {0};
    gck_run run = {.verdict = GCK_VERDICT_WRONG};
    gck_result result = {.verdict = GCK_VERDICT_WRONG, .runs = &run, .run_count = 1};
    tally_add(&tally, &result, STANDING_KNOWN);
    assert_int_equal(tally.failed, 0);
    assert_int_equal(tally.known, 1);
    assert_int_equal(tally.known_verdicts[GCK_VERDICT_WRONG], 1);
    assert_int_equal(tally_exit(&tally), TALLY_PASSED);
    tally.stale = 1;
    assert_int_equal(tally_exit(&tally), TALLY_FAILED);
    tally_add(&tally, &result, STANDING_FAILS);
    assert_int_equal(tally.failed, 1);
    tally.written = true; /* what fails is known from now on */
    assert_int_equal(tally_exit(&tally), TALLY_PASSED);
    tally.interrupted = true;
    assert_int_equal(tally_exit(&tally), TALLY_INTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_a_dtype_that_is_checked_counts),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_exit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
