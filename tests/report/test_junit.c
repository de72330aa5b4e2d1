/* JUnit: counts, outcomes, and nothing that breaks XML. */
#include "sample.h"

static char out[65536];

static void show(const struct sample *s, unsigned allowed, const gck_error *problem)
{
    struct report_settings settings = sample_settings("run");
    settings.allowed = allowed;
    sample_report(out, sizeof out, "junit", s, &settings, problem);
}

static void test_passed(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    show(&s, 0, NULL);
    assert_string_equal(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuite name=\"gradcheck\" tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"0\" "
        "time=\"0.020\">\n"
        "  <testcase classname=\"gradcheck.group\" name=\"sample@float64\" time=\"0.006\">\n  </testcase>\n"
        "  <testcase classname=\"gradcheck.group\" name=\"sample@float32\" time=\"0.006\">\n  </testcase>\n"
        "  <testcase classname=\"gradcheck.group\" name=\"sample@expect\" time=\"0.000\">\n  </testcase>\n"
        "</testsuite>\n");
}

static void test_wrong_is_a_failure(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    sample_break(&s, 0);
    s.runs[0].guilty_node = "a<b>&\"c'\033\x01";
    show(&s, 0, NULL);
    assert_contains(out, "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\"");
    assert_contains(
        out, "<failure type=\"wrong\" message=\"wrong\">\nfloat64: wrong\n  x  gradient -8, reference -4:");
    assert_contains(
        out, "the first wrong gate is a&lt;b&gt;&amp;&quot;c&#39;?? (mul)\nin cases/sample.yaml\n</failure>\n");
    assert_lacks(out, "\033");
}

static void test_error_and_skipped(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.runs[0].verdict = s.result.verdict = GCK_VERDICT_ERROR;
    s.runs[0].message = "it <crashed>";
    s.runs[1].verdict = GCK_VERDICT_UNSUPPORTED;
    s.runs[1].message = "no \"conv2d\"";
    show(&s, 0, NULL);
    assert_contains(out, "failures=\"0\" errors=\"1\" skipped=\"1\"");
    assert_contains(out, "<error type=\"error\" message=\"error\">\nfloat64: error: it &lt;crashed&gt;\nin "
                         "cases/sample.yaml\n</error>");
    assert_contains(out, "<skipped message=\"no &quot;conv2d&quot;\"/>");
}

static void test_allowed(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.runs[0].verdict = s.result.verdict = GCK_VERDICT_INCONCLUSIVE;
    show(&s, 0, NULL);
    assert_contains(out, "failures=\"1\"");
    show(&s, 1u << GCK_VERDICT_INCONCLUSIVE, NULL);
    assert_contains(out, "failures=\"0\"");
}

static void test_expectation(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s);
    s.mismatch = (gck_mismatch){"value f", "1", "2", 3, 4};
    s.result.mismatches = &s.mismatch;
    s.result.mismatch_count = 1;
    s.result.verdict = GCK_VERDICT_WRONG;
    show(&s, 0, NULL);
    assert_contains(out, "failures=\"1\"");
    assert_contains(out,
                    "name=\"sample@expect\" time=\"0.000\">\n    <failure type=\"wrong\" message=\"wrong\">\n"
                    "expected value f = 1, found 2 (cases/sample.yaml:3:4)\nin cases/sample.yaml\n</failure>");
}

/* A baseline of one text, as a run about the sample leaves it. */
static void test_known(void **state)
{
    (void)state;
    struct sample s;
    struct baseline baseline;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    sample_baseline(&baseline, &settings, &s,
                    "group/sample@float64  wrong  # a <factor>\ngroup/sample@float32  wrong\nno/such  wrong\n");
    sample_report(out, sizeof out, "junit", &s, &settings, NULL);
    assert_contains(out, "tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\"");
    assert_contains(out, "<skipped message=\"listed as wrong in known.txt:1: a &lt;factor&gt;\"/>");
    assert_contains(out, "<failure type=\"unexpected\" message=\"unexpected\">\n"
                         "float32: ok: it passes, but it is listed as wrong in known.txt:2\n");
    assert_contains(out, "<testcase classname=\"gradcheck.no\" name=\"such\" time=\"0.000\">\n"
                         "    <failure type=\"stale\" message=\"stale\">\n"
                         "known.txt:3: no/such: no case has this id; delete this line</failure>");
    baseline_free(&baseline);
}

static void test_problem(void **state)
{
    (void)state;
    gck_error problem = {GCK_BAD_CASE, "dir/bad.yaml", 3, 7, "a \"quoted\" <thing>"};
    show(NULL, 0, &problem);
    assert_contains(out, "tests=\"1\" failures=\"0\" errors=\"1\"");
    assert_contains(out, "<error type=\"bad case\" message=\"a &quot;quoted&quot; &lt;thing&gt;\">"
                         "dir/bad.yaml:3:7: a &quot;quoted&quot; &lt;thing&gt;</error>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passed),
        cmocka_unit_test(test_wrong_is_a_failure),
        cmocka_unit_test(test_error_and_skipped),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_expectation),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
