/* Reports: what all kinds share. */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>

#include "report/describe.h"
#include "report/kinds.h"

const struct report_kind report_kinds[] = {
    {"pretty", false, pretty_init, NULL, pretty_add, pretty_end, pretty_free},
    {"json", false, json_init, json_problem, json_add, json_end, json_free},
    {"junit", false, junit_init, junit_problem, junit_add, junit_end, junit_free},
    {"tap", false, tap_init, tap_problem, tap_add, tap_end, tap_free},
    {"github", true, github_init, github_problem, github_add, github_end, github_free},
    {"markdown", false, markdown_init, markdown_problem, markdown_add, markdown_end, markdown_free},
    {"html", false, html_report_init, html_report_problem, html_report_add, html_report_end, html_report_free},
};
const size_t report_kind_count = sizeof report_kinds / sizeof *report_kinds;

bool report_passes(const struct report_settings *settings, gck_verdict verdict)
{
    return gck_verdict_passes(verdict) || (settings->allowed >> verdict & 1);
}

double report_ratio(const gck_run *run)
{
    double ratio = NAN;
    for (size_t i = 0; i <= run->tensor_count; i++) {
        const gck_tensor *tensor = i < run->tensor_count ? &run->tensors[i] : &run->value;
        if (tensor->name && tensor->count && tensor->verdict == run->verdict)
            ratio = fmax(ratio, describe_distance(&tensor->worst) / tensor->worst.budget);
    }
    return ratio;
}

struct standing report_standing(const struct report_settings *settings, const gck_result *result, size_t i)
{
    const struct baseline *b = settings->baseline;
    if (i < result->run_count) {
        const gck_run *run = &result->runs[i];
        return baseline_standing(b, result->id, (int)run->dtype, run->verdict, b ? report_ratio(run) : NAN,
                                 report_passes(settings, run->verdict));
    }
    bool met = result->mismatch_count == 0;
    /* A case without expectations has no such check. */
    return baseline_standing(met && !result->expectations ? NULL : b, result->id, CHECK_EXPECT,
                             met ? GCK_VERDICT_OK : GCK_VERDICT_WRONG, NAN, met);
}

enum standing_kind report_stands(const struct report_settings *settings, const gck_result *result)
{
    enum standing_kind worst = STANDING_PASSES;
    for (size_t i = 0; i <= result->run_count; i++) {
        enum standing_kind kind = report_standing(settings, result, i).kind;
        kind = kind == STANDING_UNEXPECTED ? STANDING_FAILS : kind;
        worst = kind > worst ? kind : worst;
    }
    /* A case without any run passes nothing. */
    return result->run_count ? worst : STANDING_FAILS;
}

void report_note(struct baseline *baseline, const struct report_settings *settings, const gck_result *result)
{
    unsigned checks = 0, dtypes = settings->options.dtypes;
    unsigned selected = 1u << CHECK_EXPECT | (dtypes ? dtypes : (1u << GCK_DTYPES) - 1);
    for (size_t i = 0; i < result->run_count; i++) {
        const gck_run *run = &result->runs[i];
        checks |= 1u << run->dtype;
        baseline_note(baseline, result->id, (int)run->dtype, run->verdict, report_ratio(run),
                      report_standing(settings, result, i));
    }
    if (result->expectations || result->mismatch_count) {
        checks |= 1u << CHECK_EXPECT;
        baseline_note(baseline, result->id, CHECK_EXPECT,
                      result->mismatch_count ? GCK_VERDICT_WRONG : GCK_VERDICT_OK, NAN,
                      report_standing(settings, result, result->run_count));
    }
    baseline_checked(baseline, result->id, checks, selected);
}

gck_status report_open(struct report **out, const struct output *output, bool colour,
                       const struct report_settings *settings, struct errors *errors)
{
    *out = NULL;
    struct report *report = calloc(1, sizeof *report);
    if (!report)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    report->settings = settings;
    report->colour = colour;
    gck_status status = output->append ? sink_append(&report->sink, output->path, errors)
                                       : sink_open(&report->sink, output->path, errors);
    if (status == GCK_OK) {
        report->kind = output->kind;
        status = report->kind->init(report);
        if (status != GCK_OK)
            status = errors_add(errors, status, "out of memory");
    }
    if (status == GCK_OK) {
        *out = report;
        return GCK_OK;
    }
    bool broken;
    gck_status closed = report_close(report, &broken, errors);
    return closed == GCK_OK ? status : closed;
}

void report_problem(struct report *report, const gck_error *error)
{
    if (report->kind->problem)
        report->kind->problem(report, error);
}

bool report_add(struct report *report, const gck_result *result, const gck_case *c)
{
    report->c = c;
    report->kind->add(report, result);
    return sink_write(report->sink, &report->text);
}

bool report_broken(const struct report *report)
{
    return sink_broken(report->sink);
}

void report_end(struct report *report, const struct tally *tally)
{
    report->kind->end(report, tally);
    report->ended = sink_write(report->sink, &report->text);
}

gck_status report_close(struct report *report, bool *broken, struct errors *errors)
{
    *broken = false;
    if (!report)
        return GCK_OK;
    if (report->kind)
        report->kind->free(report);
    if (report->sink)
        *broken = sink_broken(report->sink);
    gck_status status = sink_close(report->sink, report->ended, errors);
    text_free(&report->text);
    free(report);
    return status;
}
