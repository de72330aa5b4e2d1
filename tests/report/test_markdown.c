/* Markdown: a heading that tells the outcome, tables of what failed and what is known, and nothing that breaks
 * them. */
#include "sample.h"

static char out[65536];

static void show(const struct sample *s, const struct report_settings *settings, const gck_error *problem)
{
    sample_report(out, sizeof out, "markdown", s, settings, problem);
}

static void test_passed(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    show(&s, &settings, NULL);
    assert_string_equal(out, "### gradcheck: 1 case passed\n\n1 ok; seed 1\n");
}

static void test_failed(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    s.runs[0].guilty_node = "a|b<c>`d`\n";
    s.result.id = "group/sa_mple";
    show(&s, &settings, NULL);
    assert_contains(out, "### gradcheck: 1 of 1 cases failed\n\n1 wrong; seed 1\n\nFailures\n\n"
                         "| case | check | verdict | |\n|---|---|---|---|\n"
                         "| group/sa\\_mple | float64 | wrong | the first wrong gate is "
                         "a\\|b\\<c\\>\\`d\\`? (mul) |\n");
    assert_contains(
        out, "\n<details><summary>group/sa\\_mple</summary>\n\n    float64: wrong\n      x  gradient -8");
    assert_contains(out, "\n\n</details>\n");
}

static void test_known(void **state)
{
    (void)state;
    struct sample s;
    struct baseline baseline;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    sample_baseline(&baseline, &settings, &s, "group/sample@float64 wrong # a factor\n");
    show(&s, &settings, NULL);
    assert_string_equal(out,
                        "### gradcheck: 1 case passed\n\n1 wrong; 1 known to fail; seed 1\n\nKnown failures\n\n"
                        "| case | check | verdict | |\n|---|---|---|---|\n"
                        "| group/sample | float64 | wrong | listed as wrong in known.txt:1: a factor |\n");
    baseline_free(&baseline);
    sample_baseline(&baseline, &settings, &s, "group/sample@float64 wrong\ngroup/sample@float32 wrong\n");
    show(&s, &settings, NULL);
    assert_contains(out, "### gradcheck: 1 of 1 cases failed\n");
    assert_contains(out,
                    "| group/sample | float32 | ok | it passes, but it is listed as wrong in known.txt:2 |\n");
    assert_contains(out, "\nLines of the baseline that must go:\n\n"
                         "* known.txt:2: group/sample\\@float32: it is ok now; delete this line\n");
    baseline_free(&baseline);
}

static void test_problem(void **state)
{
    (void)state;
    gck_error problem = {GCK_BAD_CASE, "a_b.yaml", 3, 7, "unknown op *x*"};
    struct report_settings settings = sample_settings("run");
    show(NULL, &settings, &problem);
    assert_contains(out, "* a\\_b.yaml:3:7: unknown op \\*x\\*\n");
}

static void test_headings(void **state)
{
    (void)state;
    const struct {
        struct tally tally;
        const char *heading;
    } rows[] = {
        {{.problems = 1, .interrupted = true}, "the run could not be carried out"},
        {{.engine_failed = true}, "the run could not be carried out"},
        {{.cases = 9, .done = 2, .interrupted = true}, "interrupted after 2 of 9 cases"},
        {{.done = 2}, "nothing was checked"},
        {{.done = 9, .checked = 9, .failed = 3}, "3 of 9 cases failed"},
        {{.done = 9, .checked = 9}, "gradcheck: 9 cases passed"},
    };
    struct report_settings settings = sample_settings("run");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report report = {.settings = &settings};
        assert_int_equal(markdown_init(&report), GCK_OK);
        markdown_end(&report, &rows[i].tally);
        assert_contains(report.text.data, rows[i].heading);
        markdown_free(&report);
        text_free(&report.text);
    }
}

/* A long table ends, and says so; the numbers are for the first. */
static void test_long(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    struct report report = {.settings = &settings};
    struct tally tally = {.cases = 250, .done = 250, .failed = 250, .checked = 250};
    sample_init(&s);
    sample_break(&s, 0);
    assert_int_equal(markdown_init(&report), GCK_OK);
    for (int i = 0; i < 250; i++)
        markdown_add(&report, &s.result);
    markdown_end(&report, &tally);
    assert_contains(report.text.data, "\nand 50 more\n");
    size_t details = 0;
    for (const char *at = report.text.data; (at = strstr(at, "<details>")) != NULL; at++)
        details++;
    assert_int_equal(details, 20);
    markdown_free(&report);
    text_free(&report.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passed),  cmocka_unit_test(test_failed),   cmocka_unit_test(test_known),
        cmocka_unit_test(test_problem), cmocka_unit_test(test_headings), cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
