/* Facts under a table of `check`. */
#include "report/facts.h"

#include <math.h>

#include "report/clean.h"
#include "report/describe.h"
#include "report/number.h"

enum { MOST_NAMED = 6 };

/* From here on PyTorch's and the lectures' checks would complain about the double difference. */
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

/* Whether the element is right and yet the double difference says otherwise. */
static bool is_doubtful(const struct report_settings *settings, const gck_element *e)
{
    return e->checked && !e->corner && report_passes(settings, e->verdict) &&
           e->verdict != GCK_VERDICT_UNSUPPORTED && !(e->numeric_error <= DOUBTFUL) &&
           e->wide_error <= DOUBTFUL;
}

static void add_doubtful(struct text *text, const struct report_settings *settings, const gck_run *run)
{
    size_t found = 0;
    struct text names = {0};
    bool outside = false;
    double worst = 0;
    for (size_t t = 0; t < run->tensor_count; t++)
        for (size_t i = 0; i < run->tensors[t].count; i++) {
            if (!run->tensors[t].checked || (run->tensors[t].largest_numeric_error <= DOUBTFUL))
                break;
            gck_element e = gck_tensor_element(&run->tensors[t], i);
            if (!is_doubtful(settings, &e) || ++found > MOST_NAMED)
                continue;
            text_add(&names, "%s", found > 1 ? ", " : "");
            describe_element(&names, &run->tensors[t], i);
            outside |= !isfinite(e.numeric);
            worst = fmax(worst, e.wide_error);
        }
    if (found) {
        char number[NUMBER_TEXT];
        facts_label(text, "note");
        text_add(text, "%s", names.failed ? "" : names.data);
        if (found > MOST_NAMED)
            text_add(text, " and %zu more", found - MOST_NAMED);
        text_add(text, ": the double difference is the one that is off%s.\n",
                 outside ? "; its step leaves the domain of the function" : "");
        text_add(text,
                 "%*sIn double its step is too coarse or its rounding too loud here; at %d bits the same\n",
                 FACTS_INDENT, "", run->certificate.bits);
        text_add(text, "%*sdifference agrees with the gradient %s%s.\n", FACTS_INDENT, "",
                 worst > 0 ? "to " : "exactly", worst > 0 ? number_error(number, worst) : "");
    }
    text_free(&names);
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

void facts_add(struct text *text, const struct report_settings *settings, const gck_run *run)
{
    add_value(text, run);
    facts_label(text, "certificate");
    describe_certificate(text, settings, run, FACTS_INDENT);
    add_corners(text, run);
    add_doubtful(text, settings, run);
    add_remarks(text, settings, run);
    facts_label(text, "time");
    char forward[NUMBER_TEXT], backward[NUMBER_TEXT];
    text_add(text, "forward %s, backward %s (", number_time(forward, run->forward_ms),
             number_time(backward, run->backward_ms));
    clean_add(text, run->engine);
    text_add(text, ")\n");
}
