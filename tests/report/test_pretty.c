/* Pretty: the line of `run`, the table of `check`, and what is said under them. */
#include <math.h>

#include "sample.h"

static char out[65536];

static void show(const char *command, const struct sample *s)
{
    struct report_settings settings = sample_settings(command);
    sample_report(out, sizeof out, "pretty", s, &settings, NULL);
}

static void test_run_line(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    show("run", &s);
    assert_contains(out,
                    "case                  parameters  rel. error (double)  rel. error (256 bits)  verdict");
    assert_contains(out, "group/sample                   7              5.1e-12                      0  ok  ");
    assert_contains(out, "   12.5\n\n1 case: 1 ok; 7 parameters; seed 1; 20.0 ms\n");
}

static void test_run_failure(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_break(&s, 1);
    s.result.path = "my cases/it's.yaml";
    show("run", &s);
    assert_contains(out, "  wrong (float32) ");
    assert_contains(
        out, "\ngroup/sample: wrong\n  float32: wrong\n"
             "    x  gradient -8, reference -4: off by 4 (4.5e15 ulps, 2.2e15 times the rounding budget)\n"
             "      hint: twice the reference\n"
             "    going backward, the first wrong gate is q (mul)\n"
             "  more: gradcheck check 'my cases/it'\\''s.yaml'\n");
    assert_contains(out, "\n1 case: 1 wrong; 7 parameters;");
}

static void test_the_same_failure_is_told_once(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_break(&s, 0);
    sample_break(&s, 1);
    show("run", &s);
    assert_contains(out, "  wrong  ");
    assert_contains(out, "\n  float32: wrong likewise\n");
}

static void test_quiet(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    struct report_settings settings = sample_settings("run");
    settings.quiet = true;
    sample_report(out, sizeof out, "pretty", &s, &settings, NULL);
    assert_string_equal(out, "1 case: 1 ok; 7 parameters; seed 1; 20.0 ms\n");
    sample_break(&s, 0);
    sample_report(out, sizeof out, "pretty", &s, &settings, NULL);
    assert_contains(out, "group/sample                   7 ");
}

static void test_allowed(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.runs[0].verdict = s.result.verdict = GCK_VERDICT_INACCURATE;
    struct report_settings settings = sample_settings("run");
    settings.allowed = 1u << GCK_VERDICT_INACCURATE;
    sample_report(out, sizeof out, "pretty", &s, &settings, NULL);
    assert_contains(out, "1 inaccurate (allowed);");
    assert_lacks(out, "more: gradcheck check");
}

static void test_mismatch(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.mismatch = (gck_mismatch){"grad x", "-5", "-4.000", 12, 5};
    s.result.mismatches = &s.mismatch;
    s.result.mismatch_count = 1;
    s.result.verdict = GCK_VERDICT_WRONG;
    show("run", &s);
    assert_contains(out, "  wrong (expect)");
    assert_contains(out, "  expected grad x = -5, found -4.000 (cases/sample.yaml:12:5)\n");
    show("check", &s);
    assert_contains(out, "expected     2 of 3 numbers met\n");
    assert_contains(out, "wrong: the gradients agree with each other, but not with what the case expects\n");
}

static void test_check_table(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    show("check", &s);
    assert_contains(
        out,
        "group/sample: a sample\ncases/sample.yaml\n\n"
        "parameter  analytic (double)  numeric (double)  rel. error  numeric (256 bits)  rel. error  ulps  "
        "verdict\n"
        "x          -4                 -3.99999999998    5.1e-12     -4.000000000000000  0           0     ok\n"
        "W[1, 2]    1.5                -                 -           -                   -           0     "
        "ok\n");
    assert_contains(out, "certificate  along 8 random directions the reference gradient agrees with centered "
                         "differences to 3.8e-51\n"
                         "             256 bits, step 2^-85; observed order of convergence 2.00 ");
    assert_contains(out, "             1 of 7 elements also checked one by one\n");
    assert_contains(out, "-            this element was not checked one by one");
    assert_contains(out, "time         forward 500 us, backward 1.50 ms (sample)\n");
    assert_contains(out, "float32: ok; x equals the reference, as all others do\n");
    assert_contains(out, "\nok: every gradient is right, to within the rounding of its number format\n");
}

static void test_check_verbose_and_picked(void **state)
{
    (void)state;
    struct sample s;
    struct pick picks[1];
    struct errors errors = {0};
    sample_init(&s);
    struct report_settings settings = sample_settings("check");
    settings.verbose = true;
    sample_report(out, sizeof out, "pretty", &s, &settings, NULL);
    assert_contains(out, "\nW[0, 0]    0.25 ");
    assert_contains(out, "\nW[1, 2]    1.5 ");
    assert_contains(out, "analytic (float32)");
    settings.verbose = false;
    settings.picks = picks;
    settings.pick_count = 1;
    assert_int_equal(pick_read(picks, "W[0,1:]", &errors), GCK_OK);
    sample_report(out, sizeof out, "pretty", &s, &settings, NULL);
    assert_contains(out, "\nW[0, 1]    0.5 ");
    assert_contains(out, "\nW[0, 2]    0.75 ");
    assert_lacks(out, "\nW[0, 0]");
    assert_lacks(out, "\nx  ");
}

static void test_double_difference_is_off(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.checked[0].numeric = -3;
    s.checked[0].numeric_error = 0.25;
    s.tensors[0][0].worst = s.checked[0];
    show("check", &s);
    assert_contains(out, "note         x: the double difference is the one that is off.\n");
    s.checked[0].numeric = s.checked[0].numeric_error = NAN;
    s.tensors[0][0].worst = s.checked[0];
    show("check", &s);
    assert_contains(out, "x: the double difference is the one that is off; its step leaves the domain");
    s.checked[0].verdict = GCK_VERDICT_WRONG;
    show("check", &s);
    assert_lacks(out, "the double difference is the one");
}

static void test_corner(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.checked[0] = (gck_element){.verdict = GCK_VERDICT_KINK,
                                 .analytic = 0,
                                 .checked = true,
                                 .corner = true,
                                 .numeric = 0.5,
                                 .wide = "0.5",
                                 .left = 0,
                                 .right = 1};
    s.tensors[0][0].worst = s.checked[0];
    s.tensors[0][0].verdict = s.runs[0].verdict = s.result.verdict = GCK_VERDICT_KINK;
    s.tensors[0][0].counts[GCK_VERDICT_KINK] = 1;
    s.runs[0].ties = 1;
    show("check", &s);
    assert_contains(
        out, "corners      x is on a corner: slope 0 from the left, 1 from the right; the engine chose 0\n");
    assert_contains(out, "ties         1 comparison at equality in the reference");
    assert_contains(out, "\nkink: right; at a corner");
}

static void test_zero(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.tensors[0][0].zero = true;
    s.tensors[0][0].worst.analytic = 1e-17;
    s.tensors[0][0].largest_numeric_error = 1;
    show("check", &s);
    assert_contains(out, "note         x: this gradient is zero");
    show("run", &s);
    assert_contains(out, "group/sample                   7                    -                      -  ok");
}

static void test_missing_and_nonfinite(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_break(&s, 0);
    s.tensors[0][0].verdict = s.tensors[0][0].worst.verdict = s.runs[0].verdict = GCK_VERDICT_MISSING;
    s.tensors[0][0].worst.analytic = s.tensors[0][0].worst.ulps = NAN;
    show("check", &s);
    assert_contains(
        out, "\nx          none               -3.99999999998    -           -4.000000000000000  -           -");
    assert_contains(out, "x  no gradient came back; the reference is -4\n");
    s.tensors[0][0].verdict = s.tensors[0][0].worst.verdict = s.runs[0].verdict = GCK_VERDICT_NONFINITE;
    show("check", &s);
    assert_contains(out, "x  gradient nan, reference -4\n");
}

static void test_engine_message(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    for (int r = 0; r < 2; r++) {
        s.runs[r].verdict = s.result.verdict = GCK_VERDICT_ERROR;
        s.runs[r].message = "the engine said \033[2J";
        s.runs[r].tensor_count = 0;
    }
    show("run", &s);
    assert_contains(out, "  float64: error: the engine said ?[2J\n");
    assert_contains(out, "group/sample                   7                    -                      -  error");
}

static void test_certificates(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    gck_certificate *c = &s.runs[0].certificate;
    c->exact = true;
    c->agreement = 0;
    show("check", &s);
    assert_contains(out, "the reference gradient equals centered differences\n");
    assert_contains(out, "step 2^-85; the same at every step");
    c->agreement = 1;
    show("check", &s);
    assert_contains(out, "where it is zero, to far below any rounding\n");
    c->verdict = s.runs[0].verdict = s.result.verdict = GCK_VERDICT_INCONCLUSIVE;
    c->error = 0.5;
    show("check", &s);
    assert_contains(
        out, "the reference could not be confirmed: it agrees with differences to 1, they are sure to 0.5");
    c->verdict = s.runs[0].verdict = s.result.verdict = GCK_VERDICT_WRONG;
    show("check", &s);
    assert_contains(out, "gradcheck's own reference disagrees with differences, by 1: please report this case");
}

static void test_endings(void **state)
{
    (void)state;
    struct report_settings settings = sample_settings("run");
    struct errors errors = {0};
    struct report *report;
    bool broken;
    struct tally tally = {.cases = 9, .done = 2, .checked = 2, .verdicts = {2}, .interrupted = true};
    char path[] = "/tmp/gck-pretty-XXXXXX";
    close(mkstemp(path));
    struct output output = {&report_kinds[0], path, false};
    assert_int_equal(report_open(&report, &output, false, &settings, &errors), GCK_OK);
    report->kind->end(report, &tally);
    assert_contains(report->text.data, "interrupted: 2 of 9 cases were checked\n");
    text_clear(&report->text);
    tally = (struct tally){.cases = 9, .done = 2, .failed = 1, .checked = 2, .failed_fast = true};
    report->kind->end(report, &tally);
    assert_contains(report->text.data, "stopped at the first failure: 2 of 9 cases were checked\n");
    text_clear(&report->text);
    tally = (struct tally){.cases = 2, .done = 2};
    report->kind->end(report, &tally);
    assert_contains(report->text.data, "nothing was checked: the engine supports none of the cases\n");
    assert_int_equal(report_close(report, &broken, &errors), GCK_OK);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_line),
        cmocka_unit_test(test_run_failure),
        cmocka_unit_test(test_the_same_failure_is_told_once),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_mismatch),
        cmocka_unit_test(test_check_table),
        cmocka_unit_test(test_check_verbose_and_picked),
        cmocka_unit_test(test_double_difference_is_off),
        cmocka_unit_test(test_corner),
        cmocka_unit_test(test_zero),
        cmocka_unit_test(test_missing_and_nonfinite),
        cmocka_unit_test(test_engine_message),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_endings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
