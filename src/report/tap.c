/* TAP 14: a test point a check, what is known as TODO, what is unsupported as SKIP. */
#include <stdlib.h>
#include <string.h>

#include "report/checks.h"
#include "report/clean.h"
#include "report/describe.h"
#include "report/kinds.h"

struct tap {
    size_t points;
    struct text bail; /* why the run could not be carried out; empty when it was */
};

gck_status tap_init(struct report *report)
{
    report->state = calloc(1, sizeof(struct tap));
    text_add(&report->text, "TAP version 14\n");
    return report->state ? GCK_OK : GCK_NO_MEMORY;
}

/* In a description `#` begins a directive. */
static void add_description(struct text *text, const char *description)
{
    struct text clean = {0};
    clean_add(&clean, description);
    for (const char *s = clean.size ? clean.data : ""; *s; s++)
        text_add(text, *s == '#' || *s == '\\' ? "\\%c" : "%c", *s);
    text->failed |= clean.failed;
    text_free(&clean);
}

static void begin_point(struct report *report, bool passes, const char *id, const char *check)
{
    struct tap *tap = report->state;
    text_add(&report->text, "%s %zu - ", passes ? "ok" : "not ok", ++tap->points);
    add_description(&report->text, id);
    text_add(&report->text, "%s%s", *check ? "@" : "", check);
}

/* The YAML block under a test point that fails: lines of text, four columns in. */
static void add_diagnostics(struct text *text, const char *verdict, struct text *lines)
{
    text_add(text, "  ---\n  verdict: %s\n  text: |\n", verdict);
    for (char *rest = lines->data, *line; rest && *rest && (line = strsep(&rest, "\n"));)
        text_add(text, "    %s\n", line);
    text_add(text, "  ...\n");
    text->failed |= lines->failed;
}

static void add_check(struct report *report, const gck_result *result, const struct check *check)
{
    struct text *text = &report->text, lines = {0};
    enum standing_kind kind = check->standing.kind;
    begin_point(report, kind == STANDING_PASSES, result->id, check->name);
    if (kind == STANDING_KNOWN) {
        text_add(text, " # TODO ");
        checks_describe_known(text, report->settings, check);
    } else if (kind == STANDING_PASSES && check->verdict == GCK_VERDICT_UNSUPPORTED) {
        text_add(text, " # SKIP ");
        clean_add(text, check->run->message ? check->run->message : "unsupported");
    }
    text_add(text, "\n");
    if (kind == STANDING_FAILS || kind == STANDING_UNEXPECTED) {
        checks_describe(&lines, report->settings, result, check);
        add_diagnostics(text, gck_verdict_name(check->verdict), &lines);
    }
    text_free(&lines);
}

void tap_add(struct report *report, const gck_result *result)
{
    for (size_t i = 0; i < checks_count(result); i++) {
        struct check check = checks_get(report->settings, result, i);
        add_check(report, result, &check);
    }
}

/* All of them as comments, the first again as the reason to bail out. */
void tap_problem(struct report *report, const gck_error *error)
{
    struct tap *tap = report->state;
    struct text line = {0};
    clean_add(&line, error->file ? error->file : "gradcheck");
    if (error->line)
        text_add(&line, ":%zu:%zu", error->line, error->column);
    text_add(&line, ": ");
    clean_add(&line, error->message);
    text_add(&report->text, "# %s\n", line.failed ? "" : line.data);
    if (!tap->bail.size)
        text_add(&tap->bail, "%s", line.failed ? "" : line.data);
    report->text.failed |= line.failed;
    text_free(&line);
}

static void add_stale(struct report *report, const struct known *known)
{
    struct text lines = {0};
    begin_point(report, false, known->id, check_name(known->check));
    text_add(&report->text, "\n");
    describe_stale(&lines, report->settings->baseline, known);
    add_diagnostics(&report->text, "stale", &lines);
    text_free(&lines);
}

void tap_end(struct report *report, const struct tally *tally)
{
    struct tap *tap = report->state;
    struct text *text = &report->text;
    const struct baseline *b = report->settings->baseline;
    for (size_t i = 0; b && i < b->count; i++)
        if (b->lines[i].state == KNOWN_UNMATCHED)
            add_stale(report, &b->lines[i]);
    if (tally->failed_fast && tally->done < tally->cases)
        text_add(text, "# stopped at the first failure: %zu of %zu cases were checked\n", tally->done,
                 tally->cases);
    if (tap->bail.size)
        text_add(text, "Bail out! %s\n", tap->bail.data);
    else if (tally->interrupted)
        text_add(text, "Bail out! interrupted: %zu of %zu cases were checked\n", tally->done, tally->cases);
    text_add(text, "1..%zu%s\n", tap->points, tap->points ? "" : " # SKIP nothing was checked");
    text->failed |= tap->bail.failed;
}

void tap_free(struct report *report)
{
    struct tap *tap = report->state;
    if (tap)
        text_free(&tap->bail);
    free(tap);
}
