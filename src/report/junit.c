/* JUnit XML for continuous integration, as Jenkins and GitLab read it: one testsuite, a testcase a case and
 * dtype. */
#include <stdlib.h>
#include <string.h>

#include "report/checks.h"
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
    text_add(&junit->cases, "%s%s\" time=\"%.3f\">\n", *suffix ? "@" : "", suffix, ms / 1000);
    junit->cases.failed |= folder.failed;
    text_free(&folder);
}

static void end_case(struct junit *junit)
{
    text_add(&junit->cases, "  </testcase>\n");
}

/* <failure> or <error>, with text in its body. */
static void add_outcome(struct junit *junit, const char *element, const char *type, const char *body)
{
    text_add(&junit->cases, "    <%s type=\"%s\" message=\"%s\">\n", element, type, type);
    add_escaped(&junit->cases, body);
    text_add(&junit->cases, "</%s>\n", element);
}

static void add_skipped(struct junit *junit, const char *why)
{
    junit->skipped++;
    text_add(&junit->cases, "    <skipped message=\"");
    add_escaped(&junit->cases, why);
    text_add(&junit->cases, "\"/>\n");
}

static void add_check(struct report *report, const gck_result *result, const struct check *check)
{
    struct junit *junit = report->state;
    struct text text = {0};
    double ms = check->run ? result->ms / (double)result->run_count : 0;
    begin_case(junit, result->id, check->name, ms);
    if (check->standing.kind == STANDING_KNOWN) {
        checks_describe_known(&text, report->settings, check);
        add_skipped(junit, text.data);
    } else if (check->standing.kind != STANDING_PASSES) {
        bool error = check->verdict == GCK_VERDICT_ERROR;
        bool unexpected = check->standing.kind == STANDING_UNEXPECTED;
        checks_describe(&text, report->settings, result, check);
        junit->errors += error;
        junit->failures += !error;
        add_outcome(junit, error ? "error" : "failure",
                    unexpected ? "unexpected" : gck_verdict_name(check->verdict), text.data);
    } else if (check->verdict == GCK_VERDICT_UNSUPPORTED) {
        add_skipped(junit, check->run->message ? check->run->message : "unsupported");
    }
    junit->cases.failed |= text.failed;
    text_free(&text);
    end_case(junit);
}

void junit_add(struct report *report, const gck_result *result)
{
    for (size_t i = 0; i < checks_count(result); i++) {
        struct check check = checks_get(report->settings, result, i);
        add_check(report, result, &check);
    }
}

/* A line of the baseline that is about nothing. */
static void add_unmatched(struct report *report, const struct known *known)
{
    struct junit *junit = report->state;
    struct text text = {0};
    describe_stale(&text, report->settings->baseline, known);
    junit->failures++;
    begin_case(junit, known->id, check_name(known->check), 0);
    add_outcome(junit, "failure", "stale", text.data);
    junit->cases.failed |= text.failed;
    text_free(&text);
    end_case(junit);
}

void junit_problem(struct report *report, const gck_error *error)
{
    struct junit *junit = report->state;
    struct text body = {0};
    junit->errors++;
    begin_case(junit, error->file ? error->file : "gradcheck", "", 0);
    text_add(&body, "%s", error->file ? error->file : "gradcheck");
    if (error->file && error->line)
        text_add(&body, ":%zu:%zu", error->line, error->column);
    text_add(&body, ": %s", error->message);
    text_add(&junit->cases, "    <error type=\"%s\" message=\"", gck_status_name(error->status));
    add_escaped(&junit->cases, error->message);
    text_add(&junit->cases, "\">");
    add_escaped(&junit->cases, body.data);
    text_add(&junit->cases, "</error>\n");
    junit->cases.failed |= body.failed;
    text_free(&body);
    end_case(junit);
}

void junit_end(struct report *report, const struct tally *tally)
{
    struct junit *junit = report->state;
    struct text *text = &report->text;
    const struct baseline *b = report->settings->baseline;
    for (size_t i = 0; b && i < b->count; i++)
        if (b->lines[i].state == KNOWN_UNMATCHED)
            add_unmatched(report, &b->lines[i]);
    text_add(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text_add(text,
             "<testsuite name=\"gradcheck\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
             "time=\"%.3f\">\n",
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
