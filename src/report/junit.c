/* JUnit XML for continuous integration: one testsuite, a testcase a case and dtype. */
#include <stdlib.h>
#include <string.h>

#include "report/clean.h"
#include "report/describe.h"
#include "report/kinds.h"

/* Testcases, kept until the counts that stand before them are known. */
struct junit {
    struct text cases;
    size_t tests, failures, errors, skipped;
};

gck_status junit_init(struct report *report)
{
    report->state = calloc(1, sizeof(struct junit));
    return report->state ? GCK_OK : GCK_NO_MEMORY;
}

/* Clean, and escaped for both text and attributes. Lines stay lines in text. */
static void add_escaped(struct text *text, const char *from)
{
    for (const char *s = from ? from : ""; *s;) {
        size_t plain = strcspn(s, "&<>\"'\n");
        struct text part = {0};
        text_bytes(&part, s, plain);
        clean_add(text, part.data);
        text->failed |= part.failed;
        text_free(&part);
        s += plain;
        const char *as = *s == '&'    ? "&amp;"
                         : *s == '<'  ? "&lt;"
                         : *s == '>'  ? "&gt;"
                         : *s == '"'  ? "&quot;"
                         : *s == '\'' ? "&#39;"
                         : *s         ? "\n"
                                      : "";
        text_add(text, "%s", as);
        s += *s != '\0';
    }
}

static void begin_case(struct junit *junit, const char *id, const char *suffix, double ms)
{
    const char *slash = strrchr(id, '/');
    struct text folder = {0};
    text_bytes(&folder, id, slash ? (size_t)(slash - id) : 0);
    junit->tests++;
    text_add(&junit->cases, "  <testcase classname=\"gradcheck%s", slash ? "." : "");
    add_escaped(&junit->cases, folder.data);
    text_add(&junit->cases, "\" name=\"");
    add_escaped(&junit->cases, slash ? slash + 1 : id);
    text_add(&junit->cases, "%s%s\" time=\"%.6f\">\n", *suffix ? "@" : "", suffix, ms / 1000);
    junit->cases.failed |= folder.failed;
    text_free(&folder);
}

static void end_case(struct junit *junit)
{
    text_add(&junit->cases, "  </testcase>\n");
}

static void add_outcome(struct junit *junit, const char *element, gck_verdict verdict, const char *body)
{
    const char *name = gck_verdict_name(verdict);
    text_add(&junit->cases, "    <%s type=\"%s\" message=\"%s\">", element, name, name);
    add_escaped(&junit->cases, body);
    text_add(&junit->cases, "</%s>\n", element);
}

/* The failures of one engine's run alone. */
static void describe_one(struct text *text, const struct report_settings *settings, const gck_result *result,
                         const gck_run *run)
{
    gck_result one = *result;
    one.runs = run;
    one.run_count = run ? 1 : 0;
    if (run)
        one.mismatch_count = 0;
    text_add(text, "%s\n", "");
    describe_failures(text, settings, &one, 0);
}

static void add_run(struct report *report, const gck_result *result, const gck_run *run)
{
    struct junit *junit = report->state;
    begin_case(junit, result->id, gck_dtype_name(run->dtype), result->ms / (double)result->run_count);
    if (run->verdict == GCK_VERDICT_UNSUPPORTED) {
        junit->skipped++;
        text_add(&junit->cases, "    <skipped message=\"");
        add_escaped(&junit->cases, run->message ? run->message : "unsupported");
        text_add(&junit->cases, "\"/>\n");
    } else if (!report_passes(report->settings, run->verdict)) {
        struct text body = {0};
        bool error = run->verdict == GCK_VERDICT_ERROR;
        describe_one(&body, report->settings, result, run);
        junit->errors += error;
        junit->failures += !error;
        add_outcome(junit, error ? "error" : "failure", run->verdict, body.data);
        text_free(&body);
    }
    end_case(junit);
}

void junit_add(struct report *report, const gck_result *result)
{
    struct junit *junit = report->state;
    for (size_t i = 0; i < result->run_count; i++)
        add_run(report, result, &result->runs[i]);
    if (!result->expectations && !result->mismatch_count)
        return;
    begin_case(junit, result->id, "expect", 0);
    if (result->mismatch_count) {
        struct text body = {0};
        describe_one(&body, report->settings, result, NULL);
        junit->failures++;
        add_outcome(junit, "failure", GCK_VERDICT_WRONG, body.data);
        text_free(&body);
    }
    end_case(junit);
}

void junit_problem(struct report *report, const gck_error *error)
{
    struct junit *junit = report->state;
    struct text body = {0};
    junit->errors++;
    begin_case(junit, error->file ? error->file : "gradcheck", "", 0);
    text_add(&body, "%s:%zu:%zu: %s", error->file ? error->file : "", error->line, error->column,
             error->message);
    text_add(&junit->cases, "    <error type=\"%s\" message=\"", gck_status_name(error->status));
    add_escaped(&junit->cases, error->message);
    text_add(&junit->cases, "\">");
    add_escaped(&junit->cases, body.data);
    text_add(&junit->cases, "</error>\n");
    text_free(&body);
    end_case(junit);
}

void junit_end(struct report *report, const struct tally *tally)
{
    struct junit *junit = report->state;
    struct text *text = &report->text;
    text_add(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text_add(text,
             "<testsuite name=\"gradcheck\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
             "time=\"%.6f\">\n",
             junit->tests, junit->failures, junit->errors, junit->skipped, tally->ms / 1000);
    text_bytes(text, junit->cases.data ? junit->cases.data : "", junit->cases.size);
    text->failed |= junit->cases.failed;
    text_add(text, "</testsuite>\n");
}

void junit_free(struct report *report)
{
    struct junit *junit = report->state;
    if (junit)
        text_free(&junit->cases);
    free(junit);
}
