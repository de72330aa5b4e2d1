/* HTML: what a page says of results, in words and in classes, and how large it may be. */
#include <math.h>

#include "report/html_case.h"
#include "sample.h"

static char out[1 << 20];

static void show(const struct sample *s, const struct report_settings *settings, const gck_error *problem)
{
    sample_report(out, sizeof out, "html", s, settings, problem);
}

static void passing_cases_are_folded(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    settings.cases = 100;
    sample_init(&s);
    show(&s, &settings, NULL);
    assert_contains(out, "<title>gradcheck: 1 case passed</title>");
    assert_contains(out, "<tr data-verdict=\"ok\" data-standing=\"passes\"><th scope=\"row\">"
                         "<a href=\"#case/group/sample\">group/sample</a> <small>a sample</small></th>");
    assert_contains(out, "<details class=\"case\"><summary><h3>group/sample</h3>");
    assert_contains(out, "id=\"case/group/sample\"");
    assert_contains(out, "<th scope=\"colgroup\" colspan=\"3\">float32, sample</th>");
    assert_contains(out, "<th scope=\"row\">W <small>2 x 3</small></th>");
    assert_contains(out, "agrees with centered differences to 3.8e-51");
    assert_contains(out, "maps, pictures and blind spots are there for the cases that fail.");
    assert_lacks(out, "Errors of <code>W</code>");
    settings.cases = 1;
    show(&s, &settings, NULL);
    assert_contains(out, "Errors of <code>W</code> in ulps: 6 ok</caption>");
    assert_lacks(out, "So that the page stays small");
    assert_contains(out, "<details class=\"case\" open>");
}

static void failing_cases_are_open(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    settings.cases = 100;
    sample_init(&s);
    sample_break(&s, 0);
    s.verdicts[4] = GCK_VERDICT_NONFINITE;
    s.analytic[4] = s.distance[4] = s.error[4] = NAN;
    s.verdicts[2] = GCK_VERDICT_WRONG;
    s.distance[2] = 1e-12;
    s.runs[0].tensors = s.tensors[0];
    show(&s, &settings, NULL);
    assert_contains(out, "<title>gradcheck: 1 of 1 cases failed</title>");
    assert_contains(out, "<details class=\"case\" open><summary><h3>group/sample</h3>");
    assert_contains(out, "<b class=\"bad\">wrong</b>: the error is steady");
    assert_contains(out, "going backward, the first wrong gate is q (mul)");
    assert_contains(out, "hint: twice the reference");
    assert_contains(out, "<td class=\"m6\">!nan<span class=\"unseen\"> nonfinite</span></td>");
    assert_contains(out, "<span class=\"unseen\"> wrong</span></td>");
    assert_contains(out, "<th scope=\"row\">no number</th>");
    assert_contains(out, "<option value=\"fails\">what fails</option>");
}

static void text_stays_text(void **state)
{
    (void)state;
    struct sample s;
    struct report_settings settings = sample_settings("run");
    gck_error problem = {GCK_BAD_CASE, "<a>.yaml", 3, 7, "unknown op <script>\x1b[31m"};
    sample_init(&s);
    sample_break(&s, 1);
    s.result.title = "</title><script>alert(\"1\")</script>&amp;\x01\x7f\xff'";
    s.result.path = "cases/<b>.yaml";
    s.tensors[0][1].name = s.tensors[1][1].name = "<i>\"W\"</i>";
    s.runs[0].engine = s.runs[1].engine = "<u>";
    s.runs[1].guilty_node = "<q>";
    show(&s, &settings, &problem);
    assert_contains(
        out, "<small>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;???&#39;</small>");
    assert_contains(out, "<li><code>&lt;a&gt;.yaml:3:7</code>: unknown op &lt;script&gt;?[31m</li>");
    assert_contains(out, "first wrong gate is &lt;q&gt; (mul)");
    assert_lacks(out, "<script>alert");
    assert_lacks(out, "<b>");
    assert_lacks(out, "<i>");
    assert_lacks(out, "<u>");
    assert_lacks(out, "<q>");
    assert_lacks(out, "\x1b");
}

static void known_failures_are_said(void **state)
{
    (void)state;
    struct sample s;
    struct baseline baseline;
    struct report_settings settings = sample_settings("run");
    sample_init(&s);
    sample_break(&s, 0);
    sample_baseline(&baseline, &settings, &s, "group/sample@float64 wrong # a <factor>\n");
    show(&s, &settings, NULL);
    assert_contains(out, "<title>gradcheck: 1 case passed</title>");
    assert_contains(out, "data-standing=\"known\"");
    assert_contains(out, "float64: listed as wrong in known.txt:1: a &lt;factor&gt;");
    baseline_free(&baseline);
}

/* Thousands of failures: pictures for the first, parts while there is room, a row for all, and below 5 MB. */
static void a_page_has_limits(void **state)
{
    (void)state;
    enum { CASES = 3000 };
    struct sample s;
    struct report_settings settings = sample_settings("run");
    struct report report = {.settings = &settings};
    struct tally tally = {.cases = CASES, .done = CASES, .failed = CASES, .checked = CASES};
    char id[32];
    settings.cases = CASES;
    sample_init(&s);
    sample_break(&s, 0);
    s.result.id = id;
    assert_int_equal(html_report_init(&report), GCK_OK);
    for (int i = 0; i < CASES; i++) {
        snprintf(id, sizeof id, "group/sample-%04d", i);
        html_report_add(&report, &s.result);
    }
    html_report_end(&report, &tally);
    assert_false(report.text.failed);
    assert_in_range(report.text.size, 4000000, 5000000);
    assert_contains(report.text.data, "are there for the first 8 of 3000 cases that fail");
    assert_contains(report.text.data, " cases are a row of the table alone: the page is full.");
    assert_contains(report.text.data, "<th scope=\"row\">group/sample-2999 <small>");
    size_t maps = 0;
    for (const char *at = report.text.data; (at = strstr(at, "<table class=\"map\">")) != NULL; at++)
        maps++;
    assert_int_equal(maps, 16); /* two runs each */
    html_report_free(&report);
    text_free(&report.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passing_cases_are_folded), cmocka_unit_test(failing_cases_are_open),
        cmocka_unit_test(text_stays_text),          cmocka_unit_test(known_failures_are_said),
        cmocka_unit_test(a_page_has_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
