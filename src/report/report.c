/* Reports: what all kinds share. */
#include "report/report.h"

#include <stdlib.h>

#include "report/kinds.h"

const struct report_kind report_kinds[] = {
    {"pretty", pretty_init, NULL, pretty_add, pretty_end, pretty_free},
    {"json", json_init, json_problem, json_add, json_end, json_free},
    {"junit", junit_init, junit_problem, junit_add, junit_end, junit_free},
};
const size_t report_kind_count = sizeof report_kinds / sizeof *report_kinds;

bool report_passes(const struct report_settings *settings, gck_verdict verdict)
{
    return gck_verdict_passes(verdict) || (settings->allowed >> verdict & 1);
}

gck_status report_open(struct report **out, const struct report_kind *kind, const char *path, bool colour,
                       const struct report_settings *settings, struct errors *errors)
{
    *out = NULL;
    struct report *report = calloc(1, sizeof *report);
    if (!report)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    report->settings = settings;
    report->colour = colour;
    gck_status status = sink_open(&report->sink, path, errors);
    if (status == GCK_OK) {
        report->kind = kind;
        status = kind->init(report);
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

bool report_add(struct report *report, const gck_result *result)
{
    report->kind->add(report, result);
    return sink_write(report->sink, &report->text);
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
