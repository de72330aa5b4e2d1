/* Tests of decisions: recording, replaying, ties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "real/decisions.h"

enum { MANY = 1000 };

static int outcome_of(size_t i)
{
    return (int)(i * 7 % 3) - 1;
}

static void record(struct decisions *decisions, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(decisions_take(decisions, outcome_of(i)), outcome_of(i));
}

static void test_records(void **state)
{
    (void)state;
    struct decisions decisions = {0};
    record(&decisions, MANY);
    assert_int_equal(decisions.count, MANY);
    assert_int_equal(decisions.ties, MANY / 3);
    assert_false(decisions.failed);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(decisions.outcomes[i], outcome_of(i));
    decisions_free(&decisions);
    assert_null(decisions.outcomes);
    assert_int_equal(decisions.count, 0);
    decisions_free(&decisions);
}

static void test_replays_whatever_is_compared(void **state)
{
    (void)state;
    struct decisions recorded = {0}, replay;
    record(&recorded, MANY);
    decisions_replay(&replay, &recorded);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(decisions_take(&replay, -outcome_of(i)), outcome_of(i));
    assert_false(replay.failed);
    assert_int_equal(replay.ties, 0);
    decisions_free(&replay); /* leaves the record alone */
    assert_int_equal(recorded.outcomes[MANY - 1], outcome_of(MANY - 1));
    decisions_free(&recorded);
}

static void test_replay_past_the_end_fails(void **state)
{
    (void)state;
    struct decisions recorded = {0}, replay;
    record(&recorded, 2);
    decisions_replay(&replay, &recorded);
    decisions_take(&replay, 0);
    decisions_take(&replay, 0);
    assert_false(replay.failed);
    assert_int_equal(decisions_take(&replay, 1), 1);
    assert_true(replay.failed);
    decisions_free(&recorded);
}

static void test_ties_go_one_way(void **state)
{
    (void)state;
    for (int tie = -1; tie <= 1; tie += 2) {
        struct decisions decisions = {.mode = DECIDE_TIES, .tie = tie};
        assert_int_equal(decisions_take(&decisions, 0), tie);
        assert_int_equal(decisions_take(&decisions, 1), 1);
        assert_int_equal(decisions_take(&decisions, -1), -1);
        assert_int_equal(decisions_take(&decisions, 0), tie);
        assert_int_equal(decisions.ties, 2);
        decisions_free(&decisions);
    }
}

static void test_equality(void **state)
{
    (void)state;
    struct decisions a = {0}, b = {0}, none = {0};
    assert_true(decisions_equal(&a, &none));
    record(&a, 100);
    record(&b, 99);
    assert_false(decisions_equal(&a, &b));
    decisions_take(&b, outcome_of(99));
    assert_true(decisions_equal(&a, &b));
    decisions_take(&a, 1);
    decisions_take(&b, 0);
    assert_false(decisions_equal(&a, &b));
    assert_false(decisions_equal(&a, &none));
    decisions_free(&a);
    decisions_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_replays_whatever_is_compared),
        cmocka_unit_test(test_replay_past_the_end_fails),
        cmocka_unit_test(test_ties_go_one_way),
        cmocka_unit_test(test_equality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
