/* GitHub annotations: where they point, what is escaped, and that the tenth says how many more there are. */
#include "sample.h"

static char out[65536];

static void show(const struct sample *s, const struct report_settings *settings, const gck_error *problem)
{
    sample_report(out, sizeof out, "github", s, settings, problem);
}

static void test_passed(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    show(&s, &settings, NULL);
    assert_string_equal(out, "");
}

static void test_wrong(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    s.runs[0].guilty_line = 12;
    s.runs[0].guilty_node = "50% a,b:c\r\n::error::x";
    s.result.path = "cases/50%,a:b.yaml";
    show(&s, &settings, NULL);
    assert_contains(
        out, "::error file=cases/50%25%2Ca%3Ab.yaml,line=12,title=group/sample is wrong::float64: wrong%0A"
             "  x  gradient -8, reference -4: off by 4 (4.5e15 ulps, 2.2e15 times the rounding budget)%0A"
             "    hint: twice the reference%0A"
             "  going backward, the first wrong gate is 50%25 a,b:c??::error::x (mul)\n");
    assert_ptr_equal(strchr(out, '\n') + 1, out + strlen(out));
    s.runs[0].guilty_line = 0;
    show(&s, &settings, NULL);
    assert_contains(out, ".yaml,line=1,title=");
}

static void test_expectation(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    s.mismatch = (gck_mismatch){"value f", "1", "2", 3, 4};
    s.result.mismatches = &s.mismatch;
    s.result.mismatch_count = 1;
    s.result.verdict = GCK_VERDICT_WRONG;
    show(&s, &settings, NULL);
    assert_string_equal(out, "::error file=cases/sample.yaml,line=3,title=group/sample is wrong::"
                             "expected value f = 1, found 2 (cases/sample.yaml:3:4)\n");
}

static void test_baseline(void **state)
{
    (void)state;
    struct sample s;
    struct baseline baseline;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    sample_baseline(&baseline, &settings, &s, "group/sample@float64 wrong\ngroup/sample@float32 wrong\n");
    show(&s, &settings, NULL);
    assert_string_equal(out, "::error file=known.txt,line=2,title=this line must go::"
                             "known.txt:2: group/sample@float32: it is ok now; delete this line\n");
    baseline_free(&baseline);
}

static void test_problem(void **state)
{
    (void)state;
    gck_error problem = {GCK_BAD_CASE, "bad.yaml", 3, 7, "unknown op"};
    gck_error engine = {GCK_ENGINE, NULL, 0, 0, "not found: 100%"};
    struct report_settings settings = sample_settings("run");
    show(NULL, &settings, &problem);
    assert_string_equal(out, "::error file=bad.yaml,line=3,col=7,title=bad case::unknown op\n");
    show(NULL, &settings, &engine);
    assert_string_equal(out, "::error title=engine::not found: 100%25\n");
}

/* `count` failing cases. */
static size_t lines_for(size_t count)
{
    struct sample s;
    struct report_settings settings = sample_settings("run");
    struct report report = {.settings = &settings};
    struct tally tally = {.cases = count, .done = count, .failed = count};
    sample_init(&s);
    sample_break(&s, 0);
    assert_int_equal(github_init(&report), GCK_OK);
    for (size_t i = 0; i < count; i++)
        github_add(&report, &s.result);
    github_end(&report, &tally);
    assert_true(report.text.size < sizeof out);
    memcpy(out, report.text.data, report.text.size + 1);
    size_t lines = 0;
    for (const char *c = out; *c; c++)
        lines += *c == '\n';
    github_free(&report);
    text_free(&report.text);
    return lines;
}

static void test_no_more_than_ten(void **state)
{
    (void)state;
    assert_int_equal(lines_for(9), 9);
    assert_int_equal(lines_for(10), 10);
    assert_lacks(out, "more");
    assert_int_equal(lines_for(11), 10);
    assert_contains(out, "::error title=gradcheck::and 2 more, in the log and in the summary\n");
    assert_int_equal(lines_for(100), 10);
    assert_contains(out, "and 91 more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passed),      cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_expectation), cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_problem),     cmocka_unit_test(test_no_more_than_ten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
