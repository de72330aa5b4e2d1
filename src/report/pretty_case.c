/* One case for people: a table an engine's run, and under it what the numbers rest on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/clean.h"
#include "report/describe.h"
#include "report/facts.h"
#include "report/kinds.h"
#include "report/laws.h"
#include "report/number.h"

enum { WIDE_DIGITS = 16 };

static const char *format_name(gck_dtype dtype)
{
    return dtype == GCK_FLOAT64 ? "double" : gck_dtype_name(dtype);
}

static void add_titles(struct table *table, const struct report_settings *settings, const gck_run *run)
{
    int bits = run->certificate.bits;
    char analytic[48], wide[48];
    snprintf(analytic, sizeof analytic, "analytic (%s)", format_name(run->dtype));
    snprintf(wide, sizeof wide, "numeric (%d bits)", bits ? bits : settings->options.bits);
    const char *const titles[] = {"parameter",  analytic, "numeric (double)", "rel. error", wide,
                                  "rel. error", "ulps",   "verdict"};
    for (size_t i = 0; i < table->columns; i++)
        table_cell(table, STYLE_BOLD, titles[i]);
}

/* "ok", "wrong (3 of 50)" when the row stands for a tensor. */
static void add_verdict(struct table *table, const gck_tensor *tensor, const gck_element *e, bool folded)
{
    struct text text = {0};
    size_t same = tensor->counts[tensor->verdict];
    text_add(&text, "%s", gck_verdict_name(e->verdict));
    if (folded && same < tensor->count)
        text_add(&text, " (%zu of %zu)", same, tensor->count);
    table_text(table, style_of_verdict(e->verdict), &text);
    text_free(&text);
}

static void add_row(struct table *table, const gck_tensor *tensor, const gck_element *e, gck_dtype dtype,
                    bool folded)
{
    char number[NUMBER_TEXT];
    struct text name = {0};
    describe_element(&name, tensor, e->index);
    table_text(table, STYLE_PLAIN, &name);
    text_free(&name);
    bool missing = e->verdict == GCK_VERDICT_MISSING, none = missing || describe_misshapen(tensor),
         wide = e->checked && e->wide[0];
    enum style style = style_of_verdict(e->verdict) == STYLE_RED ? STYLE_RED : STYLE_PLAIN;
    table_cell(table, style,
               missing                      ? "none"
               : describe_misshapen(tensor) ? "other shape"
                                            : number_shortest(number, e->analytic, (enum dtype)dtype));
    table_cell(table, STYLE_PLAIN,
               e->checked ? number_certain(number, e->numeric, wide ? strtod(e->wide, NULL) : e->reference)
                          : "-");
    table_cell(table, STYLE_PLAIN, e->checked && !none ? number_error(number, e->numeric_error) : "-");
    table_cell(table, STYLE_PLAIN, wide ? number_decimal(number, e->wide, WIDE_DIGITS) : "-");
    table_cell(table, STYLE_PLAIN, wide && !none ? number_error(number, e->wide_error) : "-");
    bool digits = !isnan(e->ulps) && !tensor->zero && !e->zero;
    table_cell(table, STYLE_PLAIN, digits ? number_ulps(number, e->ulps) : "-");
    add_verdict(table, tensor, e, folded);
}

static void add_picked(struct table *table, const struct report_settings *settings, const gck_run *run)
{
    for (size_t p = 0; p < settings->pick_count; p++)
        for (size_t t = 0; t < run->tensor_count; t++) {
            const gck_tensor *tensor = &run->tensors[t];
            const struct pick *pick = &settings->picks[p];
            for (size_t i = 0; pick_fits(pick, tensor) && i < tensor->count; i++)
                if (pick_has(pick, tensor, i)) {
                    gck_element e = gck_tensor_element(tensor, i);
                    add_row(table, tensor, &e, run->dtype, false);
                }
        }
}

static void add_tensors(struct table *table, const struct report_settings *settings, const gck_run *run)
{
    for (size_t t = 0; t < run->tensor_count; t++) {
        const gck_tensor *tensor = &run->tensors[t];
        if (!settings->verbose && tensor->count)
            add_row(table, tensor, &tensor->worst, run->dtype, tensor->count > 1);
        for (size_t i = 0; settings->verbose && i < tensor->count; i++) {
            gck_element e = gck_tensor_element(tensor, i);
            add_row(table, tensor, &e, run->dtype, false);
        }
    }
}

void pretty_table(struct table *table, const struct report_settings *settings, const gck_run *run)
{
    *table = (struct table){.columns = 8};
    add_titles(table, settings, run);
    if (settings->pick_count)
        add_picked(table, settings, run);
    else
        add_tensors(table, settings, run);
}

static void add_table(struct text *text, const struct report_settings *settings, const gck_run *run,
                      bool colour)
{
    struct table table;
    pretty_table(&table, settings, run);
    table_add_to(text, &table, colour);
    table_free(&table);
}

/* Another dtype that passes: one line instead of a table. */
static void add_compact(struct text *text, const gck_run *run, bool colour)
{
    double worst = -1;
    const gck_tensor *of = NULL;
    char number[NUMBER_TEXT];
    for (size_t t = 0; t < run->tensor_count; t++) {
        const gck_element *e = &run->tensors[t].worst;
        if (run->tensors[t].count && !run->tensors[t].zero && !e->zero && !e->corner && e->ulps > worst) {
            of = &run->tensors[t];
            worst = e->ulps;
        }
    }
    text_add(text, "%s: ", gck_dtype_name(run->dtype));
    style_add(text, colour, style_of_verdict(run->verdict), gck_verdict_name(run->verdict));
    if (run->message) {
        text_add(text, ": ");
        clean_add(text, run->message);
    }
    if (of) {
        text_add(text, "; ");
        describe_element(text, of, of->worst.index);
        if (worst == 0)
            text_add(text, " equals the reference, as all others do");
        else
            text_add(text, " is %s ulps from the reference", number_ulps(number, worst));
        double part = describe_distance(&of->worst) / of->worst.budget;
        if (worst > 0 && isfinite(part))
            text_add(text, ", %s %s its rounding budget", number_error(number, part),
                     part > 1 ? "times" : "of");
    }
    text_add(text, "\n");
}

/* `whole`: as a table; else as a line. */
static void add_run(struct text *text, const struct report_settings *settings, const gck_run *run, bool first,
                    bool whole, bool colour)
{
    if (!first)
        text_add(text, "\n");
    if (!whole || !run->tensor_count) {
        add_compact(text, run, colour);
        return;
    }
    add_table(text, settings, run, colour);
    text_add(text, "\n");
    facts_add(text, settings, run);
}

/* Whether a later run fails in a way that the first one does not. */
static bool is_news(const struct report_settings *settings, const gck_result *result, size_t i)
{
    gck_verdict verdict = result->runs[i].verdict;
    return !report_passes(settings, verdict) && verdict != result->runs[0].verdict;
}

static void add_heading(struct text *text, const gck_result *result, bool colour)
{
    style_add(text, colour, STYLE_BOLD, result->id);
    if (result->title) {
        text_add(text, ": ");
        clean_add(text, result->title);
    }
    text_add(text, "\n");
    style_add(text, colour, STYLE_DIM, result->path);
    text_add(text, "\n\n");
}

/* Whether every run that fails does so for a law alone. */
static bool for_laws_alone(const struct report_settings *settings, const gck_result *result)
{
    bool some = false;
    for (size_t i = 0; i < result->run_count; i++) {
        bool alone = laws_alone(&result->runs[i]);
        if (!alone && !report_passes(settings, result->runs[i].verdict))
            return false;
        some |= alone;
    }
    return some && !result->mismatch_count;
}

/* Whether all that is wrong is the shape of gradients, or the size of the value. */
static bool for_shapes_alone(const gck_result *result)
{
    bool some = false;
    for (size_t i = 0; i < result->run_count; i++) {
        const gck_run *run = &result->runs[i];
        for (size_t t = 0; t <= run->tensor_count; t++) {
            const gck_tensor *tensor = t < run->tensor_count ? &run->tensors[t] : &run->value;
            if (tensor->verdict == GCK_VERDICT_WRONG && !describe_misshapen(tensor))
                return false;
            some |= describe_misshapen(tensor);
        }
    }
    return some && !result->mismatch_count;
}

static void add_conclusion(struct text *text, const struct report_settings *settings, const gck_result *result,
                           bool colour)
{
    bool passes = report_passes(settings, result->verdict), expectations = result->mismatch_count > 0;
    for (size_t i = 0; i < result->run_count; i++)
        expectations &= report_passes(settings, result->runs[i].verdict);
    text_add(text, "\n");
    style_add(text, colour, style_of_verdict(result->verdict), gck_verdict_name(result->verdict));
    text_add(text, ": %s%s\n",
             expectations ? "the gradients agree with each other, but not with what the case expects"
             : for_laws_alone(settings, result)
                 ? "the gradients are right at this point, but the engine breaks a law of gradients"
             : result->verdict == GCK_VERDICT_WRONG && for_shapes_alone(result)
                 ? "what came has another shape than it should have"
                 : describe_verdict(result->verdict),
             passes && !gck_verdict_passes(result->verdict) ? " (allowed)" : "");
    if (!passes)
        describe_failures(text, settings, result, 2);
}

void pretty_case(struct text *text, const struct report_settings *settings, const gck_result *result,
                 bool colour)
{
    char number[NUMBER_TEXT];
    add_heading(text, result, colour);
    for (size_t i = 0; i < result->run_count; i++)
        add_run(text, settings, &result->runs[i], i == 0,
                i == 0 || settings->verbose || is_news(settings, result, i), colour);
    text_add(text, "\n");
    facts_label(text, "expected");
    if (result->expectations)
        text_add(text, "%zu of %zu numbers met\n",
                 result->expectations - (result->mismatch_count < result->expectations ? result->mismatch_count
                                                                                       : result->expectations),
                 result->expectations);
    else
        text_add(text, "the case gives no numbers of its own\n");
    facts_label(text, "seed");
    text_add(text, "%llu; %s in all\n", (unsigned long long)result->seed, number_time(number, result->ms));
    add_conclusion(text, settings, result, colour);
}
