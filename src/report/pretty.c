/* Pretty, for people: lines of a run, the summary, and what failed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/clean.h"
#include "report/describe.h"
#include "report/kinds.h"
#include "report/laws.h"
#include "report/number.h"
#include "report/table.h"

enum { ID_LEAST = 20, ID_MOST = 48 };

/* Failing cases, described as they come and shown after the last line. */
struct pretty {
    struct text failures;
    struct law_tally laws;
    size_t results;
};

static bool is_run(const struct report *report)
{
    return report->settings->command[0] == 'r';
}

static size_t id_width(const struct report_settings *settings)
{
    size_t width = settings->id_width;
    return width < ID_LEAST ? ID_LEAST : width > ID_MOST ? ID_MOST : width;
}

/* The columns of a run, the same in every line. */
static struct table run_table(const struct report_settings *settings)
{
    return (struct table){.columns = 6,
                          .right = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 5,
                          .width = {id_width(settings), 10, 19, 21, 13, 8}};
}

static void add_header(struct report *report)
{
    struct table table = run_table(report->settings);
    char wide[48];
    snprintf(wide, sizeof wide, "rel. error (%d bits)", report->settings->options.bits);
    const char *const titles[] = {"case", "parameters", "rel. error (double)", wide, "verdict", "ms"};
    for (size_t i = 0; i < table.columns; i++)
        table_cell(&table, STYLE_BOLD, titles[i]);
    table_add_to(&report->text, &table, report->colour);
    table_free(&table);
}

gck_status pretty_init(struct report *report)
{
    report->state = calloc(1, sizeof(struct pretty));
    return report->state ? GCK_OK : GCK_NO_MEMORY;
}

/* The run that speaks for the case: the first with the worst verdict. */
static const gck_run *worst_run(const gck_result *result)
{
    const gck_run *worst = NULL;
    for (size_t i = 0; i < result->run_count; i++)
        if (!worst || result->runs[i].verdict > worst->verdict)
            worst = &result->runs[i];
    return worst;
}

/* A word in the parentheses behind a verdict. */
static void add_remark(struct text *text, size_t *count, const char *word)
{
    text_add(text, "%s%s", (*count)++ ? ", " : " (", word);
}

/* "wrong", "wrong (float32)" when other dtypes fared better, "wrong (expect)" when only an expectation did,
 * "wrong (known)" when the baseline says so and "ok (unexpected)" when it says otherwise. */
static void add_verdict(struct text *text, const struct report_settings *settings, const gck_result *result)
{
    size_t same = 0, remarks = 0;
    enum standing_kind stands = report_stands(settings, result);
    for (size_t i = 0; i < result->run_count; i++)
        same += result->runs[i].verdict == result->verdict;
    text_add(text, "%s", gck_verdict_name(result->verdict));
    for (size_t i = 0; i < result->run_count && same < result->run_count; i++)
        if (result->runs[i].verdict == result->verdict)
            add_remark(text, &remarks, gck_dtype_name(result->runs[i].dtype));
    if (!same)
        add_remark(text, &remarks, "expect");
    if (stands == STANDING_KNOWN)
        add_remark(text, &remarks, "known");
    for (size_t i = 0; i <= result->run_count; i++)
        if (report_standing(settings, result, i).kind == STANDING_UNEXPECTED) {
            add_remark(text, &remarks, "unexpected");
            break;
        }
    text_add(text, "%s", remarks ? ")" : "");
}

/* The style of a verdict: yellow when it is known, red when it passes against what is known. */
static enum style verdict_style(const struct report_settings *settings, const gck_result *result)
{
    enum standing_kind stands = report_stands(settings, result);
    bool passes = report_passes(settings, result->verdict);
    return stands == STANDING_KNOWN             ? STYLE_YELLOW
           : stands == STANDING_FAILS && passes ? STYLE_RED
                                                : style_of_verdict(result->verdict);
}

/* NaN is worse than any number. */
static void keep_worse(double *most, double error)
{
    if (isnan(error) || error > *most)
        *most = error;
}

/* The worst relative errors of a run, leaving out gradients that are zero: theirs mean nothing; and those that
 * did not come, or in another shape. -1: none. */
static void worst_errors(double *numeric, double *wide, const gck_run *run)
{
    *numeric = *wide = -1;
    for (size_t t = 0; run && t < run->tensor_count; t++) {
        const gck_tensor *tensor = &run->tensors[t];
        bool zero = tensor->zero && tensor->verdict == GCK_VERDICT_OK;
        bool none = tensor->verdict == GCK_VERDICT_MISSING || describe_misshapen(tensor);
        if (!tensor->checked || zero || none)
            continue;
        keep_worse(numeric, tensor->largest_numeric_error);
        keep_worse(wide, tensor->largest_wide_error);
    }
}

static void add_error_cell(struct table *table, double error)
{
    char number[NUMBER_TEXT];
    table_cell(table, STYLE_PLAIN, error < 0 ? "-" : number_error(number, error));
}

static void add_line(struct report *report, const gck_result *result)
{
    struct table table = run_table(report->settings);
    struct text verdict = {0};
    char number[NUMBER_TEXT];
    const gck_run *run = worst_run(result);
    double numeric, wide;
    worst_errors(&numeric, &wide, run);
    table_cell(&table, STYLE_PLAIN, result->id);
    snprintf(number, sizeof number, "%zu", result->parameters);
    table_cell(&table, STYLE_PLAIN, number);
    add_error_cell(&table, numeric);
    add_error_cell(&table, wide);
    add_verdict(&verdict, report->settings, result);
    table_text(&table, verdict_style(report->settings, result), &verdict);
    table_cell(&table, STYLE_DIM, number_ms(number, result->ms));
    table_add_to(&report->text, &table, report->colour);
    text_free(&verdict);
    table_free(&table);
}

/* One line a dtype, for -v. */
static void add_runs(struct report *report, const gck_result *result)
{
    char first[NUMBER_TEXT], second[NUMBER_TEXT];
    struct text *text = &report->text;
    for (size_t i = 0; i < result->run_count; i++) {
        const gck_run *run = &result->runs[i];
        double numeric, wide;
        worst_errors(&numeric, &wide, run);
        text_add(text, "    %-9s ", gck_dtype_name(run->dtype));
        style_add(text, report->colour, style_of_verdict(run->verdict), gck_verdict_name(run->verdict));
        text_add(text, "; rel. error %s in double, %s at %d bits; certificate %s; ",
                 number_error(first, numeric < 0 ? 0 : numeric), number_error(second, wide < 0 ? 0 : wide),
                 run->certificate.bits, gck_verdict_name(run->certificate.verdict));
        clean_add(text, run->engine);
        text_add(text, " forward %s, backward %s\n", number_time(first, run->forward_ms),
                 number_time(second, run->backward_ms));
    }
}

/* A word as a shell takes it. */
static void add_quoted(struct text *text, const char *word)
{
    bool plain = *word != '\0';
    for (const char *s = word; *s; s++)
        plain =
            plain && ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
                      *s == '/' || *s == '.' || *s == '_' || *s == '-' || *s == '+' || *s == '@' || *s == ':');
    if (plain) {
        clean_add(text, word);
        return;
    }
    text_add(text, "'");
    for (const char *s = word; *s;) {
        const char *quote = s;
        while (*quote && *quote != '\'')
            quote++;
        struct text part = {0};
        text_bytes(&part, s, (size_t)(quote - s));
        clean_add(text, part.data);
        text_free(&part);
        if (*quote)
            text_add(text, "'\\''");
        s = quote + (*quote != 0);
    }
    text_add(text, "'");
}

static void remember_failure(struct report *report, const gck_result *result)
{
    struct pretty *pretty = report->state;
    struct text *text = &pretty->failures;
    text_add(text, "\n");
    style_add(text, report->colour, STYLE_BOLD, result->id);
    text_add(text, ": ");
    style_add(text, report->colour, verdict_style(report->settings, result), gck_verdict_name(result->verdict));
    text_add(text, "\n");
    describe_failures(text, report->settings, result, 2);
    if (report->settings->recording) {
        text_add(text, "  more: gradcheck judge ");
        add_quoted(text, report->settings->recording);
        text_add(text, " --filter ");
        add_quoted(text, result->id);
        text_add(text, " --format html=report.html\n");
        return;
    }
    text_add(text, "  more: gradcheck check ");
    for (size_t i = 0; i < report->settings->again_count; i++) {
        add_quoted(text, report->settings->again[i]);
        text_add(text, " ");
    }
    text_add(text, *result->path == '-' ? "-- " : "");
    add_quoted(text, result->path);
    text_add(text, "\n");
}

void pretty_add(struct report *report, const gck_result *result)
{
    struct pretty *pretty = report->state;
    const struct report_settings *settings = report->settings;
    bool passes = report_stands(settings, result) != STANDING_FAILS;
    laws_count(&pretty->laws, result);
    if (!is_run(report)) {
        if (!settings->quiet || !passes) {
            text_add(&report->text, "%s", pretty->results ? "\n" : "");
            pretty_case(&report->text, settings, result, report->colour);
            pretty->results++;
        }
        return;
    }
    if (!settings->quiet || !passes) {
        if (!pretty->results++)
            add_header(report);
        add_line(report, result);
        if (settings->verbose)
            add_runs(report, result);
    }
    if (!passes)
        remember_failure(report, result);
}

/* "12 ok, 1 wrong" */
static void add_counts(struct report *report, const struct tally *tally)
{
    const char *separator = "";
    for (int v = 0; v < GCK_VERDICTS; v++)
        if (tally->verdicts[v]) {
            char count[96], known[32];
            bool allowed = report->settings->allowed >> v & 1;
            snprintf(known, sizeof known, " (%zu known)", tally->known_verdicts[v]);
            snprintf(count, sizeof count, "%zu %s%s%s", tally->verdicts[v], gck_verdict_name((gck_verdict)v),
                     allowed ? " (allowed)" : "", tally->known_verdicts[v] ? known : "");
            text_add(&report->text, "%s", separator);
            style_add(&report->text, report->colour, style_of_verdict((gck_verdict)v), count);
            separator = ", ";
        }
}

static void add_summary(struct report *report, const struct tally *tally)
{
    struct text *text = &report->text;
    if (!tally->done)
        return;
    if (!report->settings->quiet || tally->failed)
        text_add(text, "\n");
    if (report->settings->shards)
        text_add(text, "shard %zu of %zu, ", report->settings->shard, report->settings->shards);
    describe_count(text, tally->done, "case");
    text_add(text, ": ");
    add_counts(report, tally);
    text_add(text, "; ");
    describe_count(text, tally->parameters, "parameter");
    char number[NUMBER_TEXT];
    text_add(text, "; seed %llu; %s\n", (unsigned long long)report->settings->options.seed,
             number_time(number, tally->ms));
}

/* The lines of the baseline that must go, or that it was written. */
static void add_baseline(struct report *report, const struct tally *tally)
{
    const struct baseline *b = report->settings->baseline;
    struct text *text = &report->text;
    if (!b)
        return;
    for (size_t i = 0; i < b->count && !tally->written; i++)
        if (b->lines[i].stale) {
            describe_stale(text, b, &b->lines[i]);
            text_add(text, "\n");
        }
    clean_add(text, b->path);
    text_add(text, ": ");
    if (tally->written) {
        text_add(text, "written, ");
        describe_count(text, tally->accepted, "known failure");
    } else {
        describe_count(text, b->count, "known failure");
        if (tally->stale)
            text_add(text, ", of which %zu must go", tally->stale);
    }
    text_add(text, "\n");
}

void pretty_end(struct report *report, const struct tally *tally)
{
    struct pretty *pretty = report->state;
    struct text *text = &report->text;
    if (pretty->failures.size)
        text_bytes(text, pretty->failures.data, pretty->failures.size);
    text->failed |= pretty->failures.failed;
    if (is_run(report) || tally->cases > 1)
        add_summary(report, tally);
    if (is_run(report) || tally->cases > 1)
        laws_sum_up(text, &pretty->laws);
    if (tally->done)
        add_baseline(report, tally);
    if (tally->interrupted)
        text_add(text, "interrupted: %zu of %zu cases were checked\n", tally->done, tally->cases);
    else if (tally->failed_fast && tally->done < tally->cases)
        text_add(text, "stopped at the first failure: %zu of %zu cases were checked\n", tally->done,
                 tally->cases);
    if (tally_exit(tally) == TALLY_NOTHING && tally->done)
        text_add(text, "nothing was checked: the engine supports none of the cases\n");
}

void pretty_free(struct report *report)
{
    struct pretty *pretty = report->state;
    if (pretty) {
        text_free(&pretty->failures);
        laws_free(&pretty->laws);
    }
    free(pretty);
}
