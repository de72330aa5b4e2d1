/* Markdown for the summary page of a CI job: what failed in a table, the numbers under it, what is known. */
#include <stdlib.h>
#include <string.h>

#include "report/checks.h"
#include "report/clean.h"
#include "report/describe.h"
#include "report/kinds.h"

/* A summary page has limits; the log and the other formats have everything. */
enum { MOST_ROWS = 200, MOST_DETAILS = 20 };

struct markdown {
    struct text failed, known, problems, details;
    size_t failed_rows, known_rows, detail_count;
};

gck_status markdown_init(struct report *report)
{
    report->state = calloc(1, sizeof(struct markdown));
    return report->state ? GCK_OK : GCK_NO_MEMORY;
}

/* Clean text in which no character has a meaning. */
static void add_plain(struct text *text, const char *from)
{
    struct text clean = {0};
    clean_add(&clean, from);
    for (const char *s = clean.size ? clean.data : ""; *s; s++) {
        if (strchr("\\`*_[]<>|~&$#@", *s))
            text_bytes(text, "\\", 1);
        text_bytes(text, s, 1);
    }
    text->failed |= clean.failed;
    text_free(&clean);
}

static void add_row(struct report *report, const gck_result *result, const struct check *check)
{
    struct markdown *markdown = report->state;
    bool known = check->standing.kind == STANDING_KNOWN;
    struct text *text = known ? &markdown->known : &markdown->failed, why = {0};
    size_t *rows = known ? &markdown->known_rows : &markdown->failed_rows;
    if (++*rows > MOST_ROWS)
        return;
    if (known)
        checks_describe_known(&why, report->settings, check);
    else if (check->standing.kind == STANDING_UNEXPECTED)
        describe_unexpected(&why, report->settings, check->standing.known);
    else if (check->run && check->run->guilty_node)
        text_add(&why, "the first wrong gate is %s (%s)", check->run->guilty_node, check->run->guilty_op);
    else if (check->run && check->run->message)
        text_add(&why, "%s", check->run->message);
    else if (!check->run)
        text_add(&why, "%zu of %zu numbers are not as expected", result->mismatch_count, result->expectations);
    text_add(text, "| ");
    add_plain(text, result->id);
    text_add(text, " | %s | %s | ", check->name, gck_verdict_name(check->verdict));
    add_plain(text, why.data);
    text_add(text, " |\n");
    text->failed |= why.failed;
    text_free(&why);
}

/* The numbers, as text that is taken as it is: four columns in. */
static void add_details(struct report *report, const gck_result *result)
{
    struct markdown *markdown = report->state;
    struct text *text = &markdown->details, lines = {0};
    if (markdown->detail_count++ >= MOST_DETAILS)
        return;
    describe_failures(&lines, report->settings, result, 0);
    text_add(text, "\n<details><summary>");
    add_plain(text, result->id);
    text_add(text, "</summary>\n\n");
    for (char *rest = lines.data, *line; rest && *rest && (line = strsep(&rest, "\n"));)
        text_add(text, "    %s\n", line);
    text_add(text, "\n</details>\n");
    text->failed |= lines.failed;
    text_free(&lines);
}

void markdown_add(struct report *report, const gck_result *result)
{
    for (size_t i = 0; i < checks_count(result); i++) {
        struct check check = checks_get(report->settings, result, i);
        if (check.standing.kind != STANDING_PASSES)
            add_row(report, result, &check);
    }
    if (report_stands(report->settings, result) == STANDING_FAILS)
        add_details(report, result);
}

void markdown_problem(struct report *report, const gck_error *error)
{
    struct markdown *markdown = report->state;
    struct text *text = &markdown->problems;
    text_add(text, "* ");
    add_plain(text, error->file ? error->file : "gradcheck");
    if (error->file && error->line)
        text_add(text, ":%zu:%zu", error->line, error->column);
    text_add(text, ": ");
    add_plain(text, error->message);
    text_add(text, "\n");
}

static void add_table(struct text *text, const char *title, const struct text *rows, size_t count)
{
    if (!count)
        return;
    text_add(text, "\n%s\n\n| case | check | verdict | |\n|---|---|---|---|\n", title);
    text_bytes(text, rows->data, rows->size);
    if (count > MOST_ROWS)
        text_add(text, "\nand %zu more\n", count - MOST_ROWS);
    text->failed |= rows->failed;
}

/* "12 ok, 2 wrong; 2 failures are known; seed 1" */
static void add_counts(struct report *report, const struct tally *tally)
{
    struct text *text = &report->text;
    const char *separator = "\n";
    for (int v = 0; v < GCK_VERDICTS; v++)
        if (tally->verdicts[v]) {
            text_add(text, "%s%zu %s", separator, tally->verdicts[v], gck_verdict_name((gck_verdict)v));
            separator = ", ";
        }
    if (!tally->done)
        return;
    if (tally->known)
        text_add(text, "; %zu known to fail", tally->known);
    if (report->settings->shards)
        text_add(text, "; shard %zu of %zu", report->settings->shard, report->settings->shards);
    text_add(text, "; seed %llu\n", (unsigned long long)report->settings->options.seed);
}

void markdown_end(struct report *report, const struct tally *tally)
{
    struct markdown *markdown = report->state;
    const struct baseline *b = report->settings->baseline;
    struct text *text = &report->text, line = {0};
    text_add(text, "### gradcheck: ");
    describe_outcome(text, tally);
    text_add(text, "\n");
    add_counts(report, tally);
    if (markdown->problems.size)
        text_add(text, "\n%s", markdown->problems.data);
    add_table(text, "Failures", &markdown->failed, markdown->failed_rows);
    if (markdown->details.size)
        text_bytes(text, markdown->details.data, markdown->details.size);
    text_add(text, "%s", tally->stale ? "\nLines of the baseline that must go:\n\n" : "");
    for (size_t i = 0; b && i < b->count; i++)
        if (b->lines[i].stale) {
            describe_stale(&line, b, &b->lines[i]);
            text_add(text, "* ");
            add_plain(text, line.data);
            text_add(text, "\n");
            text_clear(&line);
        }
    add_table(text, "Known failures", &markdown->known, markdown->known_rows);
    text->failed |= markdown->problems.failed || markdown->details.failed || line.failed;
    text_free(&line);
}

void markdown_free(struct report *report)
{
    struct markdown *markdown = report->state;
    if (markdown) {
        text_free(&markdown->failed);
        text_free(&markdown->known);
        text_free(&markdown->problems);
        text_free(&markdown->details);
    }
    free(markdown);
}
