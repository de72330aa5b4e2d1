/* TAP 14: test points, directives, diagnostics, the plan, and how a run ends that could not be carried out. */
#include "sample.h"

static char out[65536];

static void show(const struct sample *s, const struct report_settings *settings, const gck_error *problem)
{
    sample_report(out, sizeof out, "tap", s, settings, problem);
}

static void test_passed(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    show(&s, &settings, NULL);
    assert_string_equal(out, "TAP version 14\nok 1 - group/sample@float64\nok 2 - group/sample@float32\n"
                             "ok 3 - group/sample@expect\n1..3\n");
}

static void test_wrong(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 1);
    s.runs[1].guilty_line = 7;
    s.runs[1].guilty_node = "q\n...\nok 9";
    show(&s, &settings, NULL);
    assert_contains(out,
                    "ok 1 - group/sample@float64\nnot ok 2 - group/sample@float32\n  ---\n  verdict: wrong\n"
                    "  text: |\n    float32: wrong\n      x  gradient -8, reference -4: off by 4 ");
    assert_contains(out, "    in cases/sample.yaml:7\n  ...\nok 3 - group/sample@expect\n1..3\n");
    assert_contains(out, "is q?...?ok 9 (mul)\n");
}

static void test_directives(void **state)
{
    (void)state;
    struct sample s;
    struct baseline baseline;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    s.runs[1].verdict = GCK_VERDICT_UNSUPPORTED;
    s.runs[1].message = "no conv2d";
    sample_baseline(&baseline, &settings, &s, "group/sample@float64 wrong # a factor\nno/such wrong\n");
    show(&s, &settings, NULL);
    assert_contains(out, "not ok 1 - group/sample@float64 # TODO listed as wrong in known.txt:1: a factor\n"
                         "ok 2 - group/sample@float32 # SKIP no conv2d\nok 3 - group/sample@expect\n"
                         "not ok 4 - no/such\n  ---\n  verdict: stale\n  text: |\n"
                         "    known.txt:2: no/such: no case has this id; delete this line\n  ...\n1..4\n");
    baseline_free(&baseline);
    settings.baseline = NULL;
    sample_init(&s);
    sample_baseline(&baseline, &settings, &s, "group/sample@float64 wrong\n");
    show(&s, &settings, NULL);
    assert_contains(out, "not ok 1 - group/sample@float64\n  ---\n  verdict: ok\n  text: |\n"
                         "    float64: ok: it passes, but it is listed as wrong in known.txt:1\n");
    baseline_free(&baseline);
}

static void test_problem(void **state)
{
    (void)state;
    gck_error problem = {GCK_BAD_CASE, "dir/bad\033.yaml", 3, 7, "a \"quoted\"\n#thing"};
    struct report_settings settings = sample_settings("run");
    show(NULL, &settings, &problem);
    assert_string_equal(out,
                        "TAP version 14\n# dir/bad?.yaml:3:7: a \"quoted\"?#thing\n"
                        "Bail out! dir/bad?.yaml:3:7: a \"quoted\"?#thing\n1..0 # SKIP nothing was checked\n");
}

static void test_endings(void **state)
{
    (void)state;
    struct report_settings settings = sample_settings("run");
    struct report report = {.settings = &settings};
    struct tally tally = {.cases = 9, .done = 2, .interrupted = true};
    assert_int_equal(tap_init(&report), GCK_OK);
    tap_end(&report, &tally);
    assert_contains(report.text.data, "\nBail out! interrupted: 2 of 9 cases were checked\n");
    text_clear(&report.text);
    tally = (struct tally){.cases = 9, .done = 2, .failed_fast = true};
    tap_end(&report, &tally);
    assert_contains(report.text.data, "# stopped at the first failure: 2 of 9 cases were checked\n");
    assert_lacks(report.text.data, "Bail out!");
    tap_free(&report);
    text_free(&report.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passed),  cmocka_unit_test(test_wrong),   cmocka_unit_test(test_directives),
        cmocka_unit_test(test_problem), cmocka_unit_test(test_endings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
