/* Facts under a table of `check`. */
#include "report/facts.h"

#include <math.h>
#include <stdlib.h>

#include "report/clean.h"
#include "report/describe.h"
#include "report/laws.h"
#include "report/number.h"

enum { MOST_NAMED = 6 };

/* A relative error from which on the lectures call a gradient suspicious. */
static const double DOUBTFUL = 1e-4;

void facts_label(struct text *text, const char *label)
{
    text_add(text, "%-*s", FACTS_INDENT, label);
}

static void add_value(struct text *text, const gck_run *run)
{
    const gck_tensor *value = &run->value;
    char number[NUMBER_TEXT], reference[NUMBER_TEXT], ulps[NUMBER_TEXT];
    if (!value->name || !value->count)
        return;
    facts_label(text, "value");
    describe_element(text, value, value->worst.index);
    number_shortest(number, value->worst.analytic, (enum dtype)run->dtype);
    number_shortest(reference, value->worst.reference, FLOAT64);
    text_add(text, " = %s, %s", number, gck_verdict_name(value->verdict));
    if (value->worst.analytic != value->worst.reference)
        text_add(text, " (reference %s, %s ulps away)", reference, number_ulps(ulps, value->worst.ulps));
    text_add(text, "\n");
}

/* Slopes at corners are mostly 0 and 1; whole numbers are shown as such. */
static const char *slope_text(char *text, double slope)
{
    if (isnan(slope))
        return "none";
    return slope == rint(slope) ? number_shortest(text, slope, FLOAT64) : number_digits(text, slope, 6);
}

static void add_corner(struct text *text, const gck_tensor *tensor, const gck_element *e, gck_dtype dtype)
{
    char left[NUMBER_TEXT], right[NUMBER_TEXT], chosen[NUMBER_TEXT];
    describe_element(text, tensor, e->index);
    number_shortest(chosen, e->analytic, (enum dtype)dtype);
    if (isfinite(e->left) && isfinite(e->right) && e->left == e->right)
        text_add(text, " sits on a tie whose sides cancel: slope %s on both sides; the engine's answer is %s\n",
                 slope_text(left, e->left), chosen);
    else if (describe_jump(e))
        text_add(text,
                 " is where the function jumps or is vertical: slope %s from the left, %s from the right; "
                 "the engine's answer is %s\n",
                 slope_text(left, e->left), slope_text(right, e->right), chosen);
    else
        text_add(text, " is on a corner: slope %s from the left, %s from the right; the engine chose %s\n",
                 slope_text(left, e->left), slope_text(right, e->right), chosen);
}

static void add_corners(struct text *text, const gck_run *run)
{
    size_t found = 0;
    for (size_t t = 0; t < run->tensor_count && found <= MOST_NAMED; t++) {
        const gck_tensor *tensor = &run->tensors[t];
        bool some = run->ties || tensor->counts[GCK_VERDICT_KINK] || (tensor->count && tensor->worst.corner);
        for (size_t i = 0; some && i < tensor->count && found <= MOST_NAMED; i++) {
            gck_element e = gck_tensor_element(tensor, i);
            if (!e.corner || ++found > MOST_NAMED)
                continue;
            if (found == 1)
                facts_label(text, "corners");
            else
                text_add(text, "%*s", FACTS_INDENT, "");
            add_corner(text, tensor, &e, run->dtype);
        }
    }
    if (found > MOST_NAMED)
        text_add(text, "%*sand more (-v shows every element)\n", FACTS_INDENT, "");
    if (run->ties) {
        facts_label(text, "ties");
        describe_count(text, run->ties, "comparison");
        text_add(text, " at equality in the reference (relu at 0, max of equal numbers)\n");
    }
}

/* Whether the element is right and yet its double difference is not what it is at more bits. */
static bool is_doubtful(const struct report_settings *settings, const gck_element *e)
{
    bool passes = report_passes(settings, e->verdict) && e->verdict != GCK_VERDICT_UNSUPPORTED;
    if (!e->checked || e->corner || !passes || !e->wide[0])
        return false;
    double wide = strtod(e->wide, NULL), size = fmax(fabs(e->numeric), fabs(wide));
    return e->numeric != wide && !(fabs(e->numeric - wide) <= DOUBTFUL * size);
}

struct doubts {
    struct text names;
    size_t count;
    bool outside; /* a difference is not even a number */
    double worst; /* relative error of the gradients against the wide differences */
};

static void find_doubts(struct doubts *doubts, const struct report_settings *settings, const gck_tensor *tensor)
{
    for (size_t i = 0; tensor->checked && !tensor->zero && i < tensor->count; i++) {
        gck_element e = gck_tensor_element(tensor, i);
        if (e.zero || !is_doubtful(settings, &e))
            continue;
        if (++doubts->count <= MOST_NAMED) {
            text_add(&doubts->names, "%s", doubts->count > 1 ? ", " : "");
            describe_element(&doubts->names, tensor, i);
        }
        doubts->outside |= !isfinite(e.numeric);
        doubts->worst = fmax(doubts->worst, e.wide_error);
    }
}

static void add_doubts(struct text *text, const struct report_settings *settings, const gck_run *run)
{
    struct doubts doubts = {0};
    char number[NUMBER_TEXT];
    for (size_t t = 0; t < run->tensor_count; t++)
        find_doubts(&doubts, settings, &run->tensors[t]);
    if (doubts.count && !doubts.names.failed) {
        facts_label(text, "note");
        text_add(text, "%s", doubts.names.data);
        if (doubts.count > MOST_NAMED)
            text_add(text, " and %zu more", doubts.count - MOST_NAMED);
        text_add(text, ": the double difference is the one that is off%s.\n",
                 doubts.outside ? "; its step leaves the domain of the function" : "");
        text_add(text,
                 "%*sIn double its step is too coarse or its rounding too loud here; at %d bits the same\n",
                 FACTS_INDENT, "", run->certificate.bits);
        text_add(text, "%*sdifference agrees with the gradient %s%s.\n", FACTS_INDENT, "",
                 doubts.worst > 0 ? "to " : "exactly",
                 doubts.worst > 0 ? number_error(number, doubts.worst) : "");
    }
    text->failed |= doubts.names.failed;
    text_free(&doubts.names);
}

/* Relative errors of zeros mean nothing. */
static void add_zeros(struct text *text, const gck_run *run)
{
    for (size_t t = 0; t < run->tensor_count; t++) {
        const gck_tensor *tensor = &run->tensors[t];
        if (!tensor->zero || tensor->verdict != GCK_VERDICT_OK || tensor->worst.analytic == 0)
            continue;
        facts_label(text, "note");
        clean_add(text, tensor->name);
        text_add(text,
                 ": this gradient is zero; what is seen is rounding, whose relative error means nothing\n");
    }
}

/* What "-" in the table and an uncommon difference mean. */
static void add_remarks(struct text *text, const struct report_settings *settings, const gck_run *run)
{
    bool unchecked = false;
    for (size_t t = 0; t < run->tensor_count; t++)
        unchecked |= run->tensors[t].count && !run->tensors[t].worst.checked;
    if (unchecked && !settings->verbose && !settings->pick_count) {
        facts_label(text, "-");
        text_add(text, "this element was not checked one by one; the certificate covers it "
                       "(--exhaustive all takes all)\n");
    }
    if (settings->options.method != GCK_CENTERED) {
        facts_label(text, "numeric");
        text_add(text, "in double by %s\n",
                 settings->options.method == GCK_FORWARD ? "forward differences"
                                                         : "Richardson extrapolation of centered differences");
    }
}

/* What the engine's answer was like, where no failure tells it below. */
static void add_note(struct text *text, const struct report_settings *settings, const gck_run *run)
{
    if (!run->message || !report_passes(settings, run->verdict))
        return;
    facts_label(text, "note");
    clean_add(text, run->message);
    text_add(text, "\n");
}

void facts_add(struct text *text, const struct report_settings *settings, const gck_run *run)
{
    add_value(text, run);
    facts_label(text, "certificate");
    describe_certificate(text, settings, run, FACTS_INDENT);
    add_corners(text, run);
    add_doubts(text, settings, run);
    add_zeros(text, run);
    add_remarks(text, settings, run);
    add_note(text, settings, run);
    if (run->law_count) {
        facts_label(text, "laws");
        laws_describe(text, run);
        text_add(text, "\n");
    }
    facts_label(text, "time");
    char forward[NUMBER_TEXT], backward[NUMBER_TEXT];
    if (run->forward_ms > 0) /* engines in another process need not say what the forward took */
        text_add(text, "forward %s, ", number_time(forward, run->forward_ms));
    text_add(text, "backward %s (", number_time(backward, run->backward_ms));
    clean_add(text, run->engine);
    text_add(text, ")\n");
}
