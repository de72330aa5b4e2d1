/* Hand-made results for tests of the report layer: a scalar x, a matrix W of 2 by 3, one or two dtypes. */
#ifndef GCK_TESTS_REPORT_SAMPLE_H
#define GCK_TESTS_REPORT_SAMPLE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "check/outcome.h"
#include "report/kinds.h"

enum { SAMPLE_W = 6 };

struct sample {
    double analytic[SAMPLE_W], reference[SAMPLE_W], error[SAMPLE_W], distance[SAMPLE_W], budget[SAMPLE_W];
    uint8_t verdicts[SAMPLE_W];
    bool corners[SAMPLE_W];
    size_t dims[2];
    gck_element checked[1];
    struct tensor_check scalar, matrix;
    gck_tensor tensors[2][2];
    gck_run runs[2];
    gck_mismatch mismatch;
    gck_result result;
};

static inline gck_element sample_x(void)
{
    return (gck_element){.analytic = -4,
                         .reference = -4,
                         .budget = 1.8e-15,
                         .checked = true,
                         .numeric = -3.99999999998,
                         .numeric_error = 5.1e-12,
                         .wide = "-4.00000000000000000000",
                         .left = -4,
                         .right = -4};
}

/* All is well; change what the test is about. Two runs: float64 and float32. */
static inline void sample_init(struct sample *s)
{
    *s = (struct sample){.dims = {2, 3}};
    s->checked[0] = sample_x();
    for (int i = 0; i < SAMPLE_W; i++) {
        s->analytic[i] = s->reference[i] = 0.25 * (i + 1);
        s->budget[i] = 1e-15;
    }
    s->scalar = (struct tensor_check){.checked = s->checked, .checked_count = 1};
    s->matrix.analytic = s->analytic;
    s->matrix.reference = s->reference;
    s->matrix.reference_error = s->error;
    s->matrix.distance = s->distance;
    s->matrix.budget = s->budget;
    s->matrix.verdict = s->verdicts;
    s->matrix.corner = s->corners;
    gck_tensor x = {.name = "x", .count = 1, .checked = 1, .worst = sample_x(), .private_data = &s->scalar};
    gck_tensor w = {.name = "W", .rank = 2, .dims = s->dims, .count = SAMPLE_W, .private_data = &s->matrix};
    x.counts[GCK_VERDICT_OK] = 1;
    x.largest_numeric_error = 5.1e-12;
    w.counts[GCK_VERDICT_OK] = SAMPLE_W;
    w.worst = gck_tensor_element(&w, 5);
    gck_tensor value = {.name = "f", .count = 1, .private_data = &s->matrix};
    value.worst = gck_tensor_element(&value, 0);
    value.counts[GCK_VERDICT_OK] = 1;
    for (int r = 0; r < 2; r++) {
        s->tensors[r][0] = x;
        s->tensors[r][1] = w;
        s->runs[r] = (gck_run){.dtype = r ? GCK_FLOAT32 : GCK_FLOAT64,
                               .engine = "sample",
                               .value = value,
                               .tensors = s->tensors[r],
                               .tensor_count = 2,
                               .numeric_error = 5.1e-12,
                               .forward_ms = 0.5,
                               .backward_ms = 1.5};
        s->runs[r].certificate = (gck_certificate){.agreement = 3.8e-51,
                                                   .order = 2,
                                                   .bits = 256,
                                                   .step_exponent = -85,
                                                   .directions = 8,
                                                   .elements = 1,
                                                   .of = 7};
    }
    s->result = (gck_result){.id = "group/sample",
                             .title = "a sample",
                             .path = "cases/sample.yaml",
                             .runs = s->runs,
                             .run_count = 2,
                             .parameters = 7,
                             .expectations = 3,
                             .seed = 1,
                             .ms = 12.5};
}

/* Run r finds x wrong, by a factor of 2. */
static inline void sample_break(struct sample *s, int r)
{
    gck_tensor *x = &s->tensors[r][0];
    x->worst.analytic = -8;
    x->worst.reference_error = 0.5;
    x->worst.ulps = 4.5e15;
    x->worst.verdict = x->verdict = GCK_VERDICT_WRONG;
    x->counts[GCK_VERDICT_OK] = 0;
    x->counts[GCK_VERDICT_WRONG] = 1;
    x->hint = "twice the reference";
    s->runs[r].verdict = s->result.verdict = GCK_VERDICT_WRONG;
    s->runs[r].guilty_node = "q";
    s->runs[r].guilty_op = "mul";
}

static inline struct report_settings sample_settings(const char *command)
{
    return (struct report_settings){.command = command, .options = gck_options_default(), .id_width = 12};
}

/* Reads a baseline from `text` into the settings, and notes the sample in it as a run of nothing else would. */
static inline void sample_baseline(struct baseline *baseline, struct report_settings *settings,
                                   const struct sample *s, const char *text)
{
    struct errors errors = {0};
    *baseline = (struct baseline){0};
    assert_int_equal(baseline_parse(baseline, "known.txt", text, strlen(text), &errors), GCK_OK);
    baseline_found(baseline, s->result.id);
    baseline_unmatched(baseline, &s->result.id, 1);
    settings->baseline = baseline;
    report_note(baseline, settings, &s->result);
}

/* The settings' allowed verdicts decide what passes. */
static inline struct tally sample_tally(const struct sample *s, const struct report_settings *settings)
{
    struct tally tally = {.cases = 1, .ms = 20};
    tally_add(&tally, &s->result, report_stands(settings, &s->result));
    tally.stale = baseline_stale(settings->baseline);
    return tally;
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static inline void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" is in:\n%s", part, text);
}

/* What a report of this kind writes about the sample, in `buffer`. */
static inline void sample_report(char *buffer, size_t size, const char *kind, const struct sample *s,
                                 const struct report_settings *settings, const gck_error *problem)
{
    char path[] = "/tmp/gck-report-XXXXXX";
    struct errors errors = {0};
    struct report *report;
    bool broken;
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    size_t k = 0;
    while (strcmp(report_kinds[k].name, kind) != 0)
        k++;
    struct output output = {&report_kinds[k], path, false};
    assert_int_equal(report_open(&report, &output, false, settings, &errors), GCK_OK);
    if (problem)
        report_problem(report, problem);
    struct tally tally = {0};
    if (s) {
        assert_true(report_add(report, &s->result, NULL));
        tally = sample_tally(s, settings);
    }
    report_end(report, &tally);
    assert_int_equal(report_close(report, &broken, &errors), GCK_OK);
    assert_int_equal(errors.count, 0);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t got = fread(buffer, 1, size - 1, file);
    buffer[got] = '\0';
    assert_true(got < size - 1);
    fclose(file);
    unlink(path);
}

#endif
