/* Annotations as GitHub Actions reads them from a log: an error at the file and line of what failed. */
#include <stdlib.h>
#include <string.h>

#include "report/checks.h"
#include "report/clean.h"
#include "report/describe.h"
#include "report/kinds.h"

/* GitHub shows no more of one step. */
enum { MOST_ANNOTATIONS = 10 };

struct github {
    size_t count;
    struct text first; /* all but the last that can be shown */
    struct text last;  /* the last: shown when no more come */
};

gck_status github_init(struct report *report)
{
    report->state = calloc(1, sizeof(struct github));
    return report->state ? GCK_OK : GCK_NO_MEMORY;
}

/* Clean and escaped; a property (not the message) ends at `,` and `:`. Lines stay lines in a message. */
static void add_escaped(struct text *text, const char *from, bool property)
{
    struct text clean = {0};
    for (const char *s = from ? from : ""; *s;) {
        struct text line = {0};
        size_t size = strcspn(s, "\n");
        text_bytes(&line, s, size);
        clean_add(&clean, line.data);
        clean.failed |= line.failed;
        text_free(&line);
        s += size;
        if (*s && *++s) /* none behind the last line */
            text_bytes(&clean, "\n", 1);
    }
    for (const char *s = clean.size ? clean.data : ""; *s; s++) {
        if (*s == '%' || *s == '\n' || (property && (*s == ',' || *s == ':')))
            text_add(text, "%%%02X", (unsigned)*s);
        else
            text_bytes(text, s, 1);
    }
    text->failed |= clean.failed;
    text_free(&clean);
}

/* file: NULL when there is none; line, column: 0 likewise. */
static void annotate(struct github *github, const char *file, size_t line, size_t column, const char *title,
                     const char *message)
{
    struct text *text = github->count + 1 < MOST_ANNOTATIONS ? &github->first : &github->last;
    if (github->count++ >= MOST_ANNOTATIONS)
        return;
    text_add(text, "::error ");
    if (file) {
        text_add(text, "file=");
        add_escaped(text, file, true);
        text_add(text, ",line=%zu,", line ? line : 1);
        if (column)
            text_add(text, "col=%zu,", column);
    }
    text_add(text, "title=");
    add_escaped(text, title, true);
    text_add(text, "::");
    add_escaped(text, message, false);
    text_add(text, "\n");
}

/* Where to look: the gate that is wrong, an expectation that is not met, or the top of the file. */
static size_t line_of(const struct report_settings *settings, const gck_result *result)
{
    size_t line = 0;
    for (size_t i = checks_count(result); i-- > 0;) {
        struct check check = checks_get(settings, result, i);
        if (check.standing.kind != STANDING_FAILS)
            continue;
        if (check.run && check.run->guilty_line)
            line = check.run->guilty_line;
        else if (!check.run && result->mismatch_count)
            line = result->mismatches[0].line;
    }
    return line;
}

void github_add(struct report *report, const gck_result *result)
{
    bool fails = false;
    for (size_t i = 0; i < checks_count(result); i++)
        fails |= checks_get(report->settings, result, i).standing.kind == STANDING_FAILS;
    if (!fails) /* what passes unexpectedly is shown in the baseline */
        return;
    struct text title = {0}, message = {0};
    text_add(&title, "%s is %s", result->id, gck_verdict_name(result->verdict));
    describe_failures(&message, report->settings, result, 0);
    annotate(report->state, result->path, line_of(report->settings, result), 0, title.data, message.data);
    report->text.failed |= title.failed || message.failed;
    text_free(&title);
    text_free(&message);
}

void github_problem(struct report *report, const gck_error *error)
{
    annotate(report->state, error->file, error->line, error->column, gck_status_name(error->status),
             error->message);
}

void github_end(struct report *report, const struct tally *tally)
{
    struct github *github = report->state;
    const struct baseline *b = report->settings->baseline;
    struct text *text = &report->text, message = {0};
    for (size_t i = 0; b && i < b->count && !tally->written; i++) {
        if (!b->lines[i].stale)
            continue;
        describe_stale(&message, b, &b->lines[i]);
        annotate(github, b->path, b->lines[i].line, 0, "this line must go", message.data);
        text_clear(&message);
    }
    if (tally->interrupted) {
        text_add(&message, "%zu of %zu cases were checked", tally->done, tally->cases);
        annotate(github, NULL, 0, 0, "interrupted", message.data);
    }
    text_bytes(text, github->first.size ? github->first.data : "", github->first.size);
    if (github->count > MOST_ANNOTATIONS)
        text_add(text, "::error title=gradcheck::and %zu more, in the log and in the summary\n",
                 github->count - MOST_ANNOTATIONS + 1);
    else
        text_bytes(text, github->last.size ? github->last.data : "", github->last.size);
    text->failed |= github->first.failed || github->last.failed || message.failed;
    text_free(&message);
}

void github_free(struct report *report)
{
    struct github *github = report->state;
    if (github) {
        text_free(&github->first);
        text_free(&github->last);
    }
    free(github);
}
