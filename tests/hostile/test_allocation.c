/* No memory, at every allocation in turn: the case of every op family's first example, read and checked; a
 * report in every format. The error is reported, nothing leaks, nothing crashes; and what succeeds in spite of
 * it has the result that it has with memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attempts.h"
#include "case/example.h"
#include "failing.h"
#include "ops/op.h"
#include "report/kinds.h"
#include "report/tally.h"

/* ---- a case, read and checked ---------------------------------------------------------------- */

struct checking {
    const char *text;
    gck_case *c;
    gck_result *result;
    gck_errors *errors;
    gck_status status;
    char *expected; /* the result with memory, as JSON */
};

static void perform_check(void *user)
{
    struct checking *x = user;
    gck_options options = gck_options_default();
    options.bits = 64;
    options.dtypes = 1u << GCK_FLOAT32;
    x->c = NULL;
    x->result = NULL;
    x->errors = NULL;
    x->status = gck_case_parse(&x->c, "example.yaml", x->text, strlen(x->text), &x->errors);
    if (x->status)
        return;
    x->status = gck_check(&x->result, x->c, &options, &x->errors);
}

/* The result as JSON, without times. */
static char *digest(const gck_result *result)
{
    const struct report_settings settings = {.command = "check", .verbose = true};
    struct report report = {.kind = &report_kinds[0], .settings = &settings};
    for (size_t i = 0; i < report_kind_count; i++)
        if (strcmp(report_kinds[i].name, "json") == 0)
            report.kind = &report_kinds[i];
    assert_int_equal(report.kind->init(&report), GCK_OK);
    report.kind->add(&report, result);
    report.kind->end(&report, &(struct tally){0});
    report.kind->free(&report);
    assert_false(report.text.failed);
    char *to = report.text.data;
    for (const char *s = report.text.data; *s;) {
        bool time = strncmp(s, "ms\": ", 5) == 0;
        for (size_t i = 0; i < (time ? 5u : 1u); i++)
            *to++ = *s++;
        if (time)
            s += strspn(s, "0123456789.e+-");
    }
    *to = '\0';
    return report.text.data;
}

static bool says_no_memory(const gck_errors *errors)
{
    for (size_t i = 0; i < gck_errors_count(errors); i++)
        if (gck_errors_get(errors, i).status == GCK_NO_MEMORY)
            return true;
    return false;
}

static enum outcome judge_check(void *user)
{
    struct checking *x = user;
    enum outcome outcome = SUCCEEDED;
    if (x->status)
        outcome = x->status == GCK_NO_MEMORY || says_no_memory(x->errors) ? REPORTED : SILENT;
    char *found = x->status ? NULL : digest(x->result);
    if (found && x->expected)
        outcome = strcmp(found, x->expected) == 0 ? SUCCEEDED : DIFFERENT;
    if (found && !x->expected)
        x->expected = found;
    else
        free(found);
    gck_result_free(x->result);
    gck_case_free(x->c);
    gck_errors_free(x->errors);
    return outcome;
}

static long check_text(const char *name, const char *text)
{
    struct checking checking = {.text = text};
    struct trial trial = {
        .name = name, .perform = perform_check, .judge = judge_check, .user = &checking, .stride = 1};
    long bad = fail_all(&trial);
    free(checking.expected);
    return bad;
}

static void test_families(void **state)
{
    (void)state;
    size_t families = 0;
    long bad = 0;
    for (size_t i = 0; i < op_count; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first &= strcmp(op_table[k].family, op_table[i].family) != 0;
        if (!first)
            continue;
        struct text text = {0};
        example_add(&text, &op_table[i]);
        assert_false(text.failed);
        bad += check_text(op_table[i].family, text.data);
        text_free(&text);
        families++;
    }
    assert_true(families > 10);
    assert_int_equal(bad, 0);
}

/* ---- reports --------------------------------------------------------------------------------- */

static char folder[64];

/* Times away: a number is one 0, however many digits it has, and blanks before it are one. */
static char *without_times(char *text)
{
    char *to = text;
    for (const char *s = text; s && *s; s++) {
        char c = strchr("0123456789.", *s) ? '0' : *s;
        if (to == text || to[-1] != c || (c != '0' && c != ' '))
            *to++ = c;
    }
    if (text)
        *to = '\0';
    return text;
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gck-allocation-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    return chdir(SOURCE_DIR);
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"r"};
    (void)state;
    int status = chdir(folder);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)remove(names[i]);
    return status || chdir(SOURCE_DIR) || rmdir(folder);
}

/* A report of two results and a problem, into a file. */
struct reporting {
    const struct report_kind *kind;
    const gck_result *results[2];
    struct errors errors;
    gck_status status;
    bool written;
    char *expected;
};

static void prepare_report(void *user)
{
    (void)user;
    unlink("r");
    setenv("PATH", "/nowhere", 1); /* pictures in HTML, which gnuplot draws, are left out when they fail */
}

static void perform_report(void *user)
{
    struct reporting *x = user;
    const struct report_settings settings = {.command = "check", .verbose = true};
    const struct output output = {.kind = x->kind, .path = "r"};
    const struct tally tally = {.cases = 3, .done = 2, .failed = 1, .problems = 1};
    const gck_error problem = {GCK_BAD_CASE, "c.yaml", 3, 4, "it cannot be read"};
    struct report *report;
    bool broken;
    x->errors = (struct errors){0};
    x->written = true;
    x->status = report_open(&report, &output, false, &settings, &x->errors);
    if (x->status)
        return;
    for (int i = 0; i < 2; i++)
        x->written &= report_add(report, x->results[i], NULL);
    report_problem(report, &problem);
    report_end(report, &tally);
    x->status = report_close(report, &broken, &x->errors);
}

static enum outcome judge_report(void *user)
{
    struct reporting *x = user;
    char *found = without_times(read_text("r"));
    enum outcome outcome = x->errors.count ? REPORTED : SILENT;
    if (!x->status && x->written)
        outcome = !x->expected || (found && strcmp(found, x->expected) == 0) ? SUCCEEDED : DIFFERENT;
    else if (found)
        outcome = DIFFERENT; /* half a file */
    if (!x->expected)
        x->expected = found, found = NULL;
    free(found);
    errors_free(&x->errors);
    return outcome;
}

static void test_formats(void **state)
{
    (void)state;
    struct checking right = {.text = "gradcheck: 1\nid: t/a\ntitle: a\ninputs: {x: [3, 1], y: 2}\n"
                                     "graph: [f = sum(x * y)]\noutput: f\n"
                                     "expect: {value: {f: 9}, by: closed-form}\n"};
    struct checking wrong = {.text = "gradcheck: 1\nid: t/b\ninputs: {x: [3, 1]}\ngraph:\n"
                                     "  - expr: h = x ** 2\n    claim: x\n  - f = sum(h)\noutput: f\n"};
    long bad = 0;
    perform_check(&right);
    perform_check(&wrong);
    assert_true(right.result && wrong.result);
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < report_kind_count; i++) {
        struct reporting reporting = {.kind = &report_kinds[i], .results = {right.result, wrong.result}};
        struct trial trial = {report_kinds[i].name, prepare_report, perform_report,
                              judge_report,         &reporting,     1};
        bad += fail_all(&trial);
        free(reporting.expected);
    }
    assert_int_equal(chdir(SOURCE_DIR), 0);
    (void)judge_check(&right);
    (void)judge_check(&wrong);
    free(right.expected);
    free(wrong.expected);
    assert_int_equal(bad, 0);
}

int main(void)
{
    static char buffer[BUFSIZ];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer); /* else the first run that prints would not free one */
    failing_spare_gmp();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families),
        cmocka_unit_test_setup_teardown(test_formats, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
