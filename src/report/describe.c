/* Sentences about results: elements, failures. */
#include "report/describe.h"

#include <math.h>

#include "report/clean.h"
#include "report/laws.h"
#include "report/number.h"
#include "tensor/shape.h"

enum { MOST_TENSORS = 5, MOST_MISMATCHES = 10 };

void describe_element(struct text *text, const gck_tensor *tensor, size_t index)
{
    struct shape shape = {.rank = tensor->rank};
    char buffer[SHAPE_TEXT];
    for (int i = 0; i < tensor->rank; i++)
        shape.dim[i] = tensor->dims[i];
    clean_add(text, tensor->name);
    text_add(text, "%s", shape_index_text(buffer, &shape, index));
}

bool describe_misshapen(const gck_tensor *tensor)
{
    return tensor->verdict == GCK_VERDICT_WRONG && tensor->hint && isnan(tensor->worst.analytic);
}

void describe_count(struct text *text, size_t count, const char *noun)
{
    text_add(text, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

const char *describe_verdict(gck_verdict verdict)
{
    switch (verdict) {
    case GCK_VERDICT_OK:
        return "every gradient is right, to within the rounding of its number format";
    case GCK_VERDICT_KINK:
        return "right; at a corner the engine's choice is one of those that are allowed";
    case GCK_VERDICT_UNSUPPORTED:
        return "the engine or the dtype lacks what the case needs; nothing is said about it";
    case GCK_VERDICT_INCONCLUSIVE:
        return "could not be decided, which is no pass";
    case GCK_VERDICT_INACCURATE:
        return "the formula is right but digits are lost";
    case GCK_VERDICT_NONFINITE:
        return "NaN or an infinity where the gradient is a number";
    case GCK_VERDICT_WRONG:
        return "the error is steady, as from a wrong formula, and no rounding explains it";
    case GCK_VERDICT_MISSING:
        return "no gradient came back";
    case GCK_VERDICT_ERROR:
        return "the engine failed, or its file of gradients cannot be used";
    }
    return "";
}

void describe_outcome(struct text *text, const struct tally *tally)
{
    if (tally->problems || tally->engine_failed)
        text_add(text, "the run could not be carried out");
    else if (tally->interrupted)
        text_add(text, "interrupted after %zu of %zu cases", tally->done, tally->cases);
    else if (tally_exit(tally) == TALLY_NOTHING)
        text_add(text, "nothing was checked");
    else if (tally->failed)
        text_add(text, "%zu of %zu cases failed", tally->failed, tally->done);
    else {
        describe_count(text, tally->done, "case");
        text_add(text, " passed");
    }
}

double describe_distance(const gck_element *element)
{
    return element->reference_error * fmax(fabs(element->analytic), fabs(element->reference));
}

bool describe_jump(const gck_element *element)
{
    return element->corner && (isinf(element->left) || isinf(element->right));
}

/* "gradient 4, reference 2: off by 2 (9.0e15 ulps, 5.6e14 times the rounding budget)" */
static void add_numbers(struct text *text, const gck_element *e, gck_dtype dtype, const char *what)
{
    char a[NUMBER_TEXT], r[NUMBER_TEXT], d[NUMBER_TEXT], u[NUMBER_TEXT], b[NUMBER_TEXT];
    number_shortest(a, e->analytic, (enum dtype)dtype);
    number_shortest(r, e->reference, FLOAT64);
    double distance = describe_distance(e);
    number_error(d, distance);
    if (e->verdict == GCK_VERDICT_MISSING)
        text_add(text, "no %s came back; the reference is %s", what, r);
    else if (!isfinite(e->analytic) || !isfinite(distance))
        text_add(text, "%s %s, reference %s", what, a, r);
    else if (e->verdict == GCK_VERDICT_INCONCLUSIVE && describe_jump(e))
        text_add(text, "%s %s, reference %s, but the function jumps or is vertical here: there is no slope",
                 what, a, r);
    else if (e->verdict == GCK_VERDICT_INCONCLUSIVE)
        text_add(text, "%s %s, reference %s: off by %s, but %s's own rounding may be as much as %s", what, a, r,
                 d, gck_dtype_name(dtype), number_error(b, e->budget));
    else {
        text_add(text, "%s %s, reference %s: off by %s (%s ulps", what, a, r, d, number_ulps(u, e->ulps));
        if (e->budget > 0)
            text_add(text, ", %s times the rounding budget", number_error(b, distance / e->budget));
        text_add(text, ")");
    }
}

static void describe_tensor(struct text *text, const gck_tensor *tensor, const gck_run *run, int indent)
{
    const char *what = tensor == &run->value ? "value" : "gradient";
    text_add(text, "%*s", indent, "");
    if (describe_misshapen(tensor) || !tensor->count) {
        clean_add(text, tensor->name);
        text_add(text, "  ");
        clean_add(text, tensor->count ? tensor->hint : "has no elements: there is nothing to check");
        text_add(text, "\n");
        return;
    }
    describe_element(text, tensor, tensor->worst.index);
    text_add(text, "  ");
    add_numbers(text, &tensor->worst, run->dtype, what);
    text_add(text, "\n");
    size_t bad = tensor->counts[tensor->verdict];
    if (tensor->count > 1)
        text_add(text, "%*s%zu of %zu elements %s\n", indent + 2, "", bad, tensor->count,
                 gck_verdict_name(tensor->verdict));
    if (tensor->hint) {
        text_add(text, "%*shint: ", indent + 2, "");
        clean_add(text, tensor->hint);
        text_add(text, "\n");
    }
}

void describe_known(struct text *text, const struct baseline *baseline, const struct known *known)
{
    char most[NUMBER_TEXT];
    text_add(text, "%s", gck_verdict_name(known->verdict));
    if (isfinite(known->most))
        text_add(text, "<=%s", number_shortest(most, known->most, FLOAT64));
    text_add(text, " in ");
    clean_add(text, baseline->path);
    text_add(text, ":%zu", known->line);
}

void describe_stale(struct text *text, const struct baseline *baseline, const struct known *known)
{
    clean_add(text, baseline->path);
    text_add(text, ":%zu: %s%s%s: %s; delete this line", known->line, known->id,
             known->check == CHECK_ALL ? "" : "@", check_name(known->check), known->stale);
}

void describe_unexpected(struct text *text, const struct report_settings *settings, const struct known *known)
{
    text_add(text, "it passes, but it is listed as ");
    describe_known(text, settings->baseline, known);
}

static void describe_run(struct text *text, const struct report_settings *settings, const gck_run *run,
                         const struct known *known, int indent)
{
    text_add(text, "%*s%s: %s", indent, "", gck_dtype_name(run->dtype), gck_verdict_name(run->verdict));
    if (run->message) {
        text_add(text, ": ");
        clean_add(text, run->message);
    }
    text_add(text, "\n");
    if (known) {
        char ratio[NUMBER_TEXT];
        text_add(text, "%*slisted as ", indent + 2, "");
        describe_known(text, settings->baseline, known);
        if (run->verdict == known->verdict)
            text_add(text, ", and %s times the budget now", number_error(ratio, report_ratio(run)));
        text_add(text, "\n");
    }
    if (!report_passes(settings, run->certificate.verdict)) {
        text_add(text, "%*s", indent + 2, "");
        describe_certificate(text, settings, run, indent + 2);
    }
    size_t shown = 0, failing = 0;
    if (run->value.name && !report_passes(settings, run->value.verdict))
        describe_tensor(text, &run->value, run, indent + 2);
    for (size_t i = 0; i < run->tensor_count; i++) {
        const gck_tensor *tensor = &run->tensors[i];
        if (report_passes(settings, tensor->verdict))
            continue;
        failing++;
        if (shown < MOST_TENSORS) {
            describe_tensor(text, tensor, run, indent + 2);
            shown++;
        }
    }
    if (failing > shown)
        text_add(text, "%*sand %zu more\n", indent + 2, "", failing - shown);
    if (run->guilty_node) {
        text_add(text, "%*sgoing backward, the first wrong gate is ", indent + 2, "");
        clean_add(text, run->guilty_node);
        text_add(text, " (");
        clean_add(text, run->guilty_op);
        text_add(text, ")\n");
    }
}

/* Whether a run fails as the first does: the same verdict for the same tensors. */
static bool is_repeated(const gck_result *result, size_t i)
{
    const gck_run *first = &result->runs[0], *run = &result->runs[i];
    bool same = i > 0 && run->verdict == first->verdict && run->tensor_count == first->tensor_count &&
                run->tensor_count > 0 && laws_alike(first, run);
    for (size_t t = 0; same && t < run->tensor_count; t++)
        same = run->tensors[t].verdict == first->tensors[t].verdict;
    return same;
}

static void describe_mismatch(struct text *text, const gck_result *result, const gck_mismatch *mismatch,
                              int indent)
{
    text_add(text, "%*sexpected ", indent, "");
    clean_add(text, mismatch->what);
    text_add(text, " = ");
    clean_add(text, mismatch->expected);
    text_add(text, ", found ");
    clean_add(text, mismatch->found);
    if (mismatch->line) {
        text_add(text, " (");
        clean_add(text, result->path);
        text_add(text, ":%zu:%zu)", mismatch->line, mismatch->column);
    }
    text_add(text, "\n");
}

/* What run i does wrong, if it does. */
static void describe_check(struct text *text, const struct report_settings *settings, const gck_result *result,
                           size_t i, int indent)
{
    const gck_run *run = &result->runs[i];
    struct standing standing = report_standing(settings, result, i);
    bool first_shown = report_standing(settings, result, 0).kind == STANDING_FAILS;
    if (standing.kind == STANDING_UNEXPECTED) {
        text_add(text, "%*s%s: %s: ", indent, "", gck_dtype_name(run->dtype), gck_verdict_name(run->verdict));
        describe_unexpected(text, settings, standing.known);
        text_add(text, "\n");
    } else if (standing.kind == STANDING_FAILS && !standing.known && first_shown && is_repeated(result, i))
        text_add(text, "%*s%s: %s likewise\n", indent, "", gck_dtype_name(run->dtype),
                 gck_verdict_name(run->verdict));
    else if (standing.kind == STANDING_FAILS)
        describe_run(text, settings, run, standing.known, indent);
}

void describe_failures(struct text *text, const struct report_settings *settings, const gck_result *result,
                       int indent)
{
    for (size_t i = 0; i < result->run_count; i++)
        describe_check(text, settings, result, i, indent);
    struct standing expected = report_standing(settings, result, result->run_count);
    if (expected.kind == STANDING_UNEXPECTED) {
        text_add(text, "%*sexpectations: ", indent, "");
        describe_unexpected(text, settings, expected.known);
        text_add(text, "\n");
    }
    if (expected.kind != STANDING_FAILS)
        return;
    for (size_t i = 0; i < result->mismatch_count && i < MOST_MISMATCHES; i++)
        describe_mismatch(text, result, &result->mismatches[i], indent);
    if (result->mismatch_count > MOST_MISMATCHES)
        text_add(text, "%*sand %zu more expectations\n", indent, "", result->mismatch_count - MOST_MISMATCHES);
}

/* The size that an agreement must have on its own; above it a gradient is zero and only noise is compared. */
static double certain_agreement(const gck_certificate *c)
{
    return ldexp(1, -c->bits / 2);
}

static void add_agreement(struct text *text, const struct report_settings *settings, const gck_certificate *c,
                          int indent)
{
    char agreement[NUMBER_TEXT], error[NUMBER_TEXT];
    number_error(agreement, c->agreement);
    number_error(error, c->error);
    if (!c->directions && c->bits) /* differences were taken, and of the engine's own values */
        text_add(text, "there is no reference; %zu element%s compared one by one\n", c->elements,
                 c->elements == 1 ? " was" : "s were");
    else if (!c->directions)
        text_add(text, "no differences along directions were taken\n");
    else if (c->verdict == GCK_VERDICT_INCONCLUSIVE)
        text_add(
            text,
            "the reference could not be confirmed: it agrees with differences to %s, they are sure to %s\n",
            agreement, error);
    else if (!report_passes(settings, c->verdict))
        text_add(text, "gradcheck's own reference disagrees with differences, by %s: please report this case\n",
                 agreement);
    else if (c->agreement == 0)
        text_add(text, "along %zu random directions the reference gradient equals centered differences\n",
                 c->directions);
    else if (c->agreement > certain_agreement(c))
        text_add(text,
                 "along %zu random directions the reference gradient agrees with centered differences;\n"
                 "%*swhere it is zero, to far below any rounding\n",
                 c->directions, indent, "");
    else
        text_add(text,
                 "along %zu random directions the reference gradient agrees with centered differences to %s\n",
                 c->directions, agreement);
}

void describe_certificate(struct text *text, const struct report_settings *settings, const gck_run *run,
                          int indent)
{
    const gck_certificate *c = &run->certificate;
    char order[NUMBER_TEXT];
    add_agreement(text, settings, c, indent);
    if (!c->directions)
        return;
    text_add(text, "%*s%d bits, step 2^%d; ", indent, "", c->bits, c->step_exponent);
    if (c->exact)
        text_add(text, "the same at every step: the function is linear along these directions\n");
    else if (isnan(c->order))
        text_add(text, "order of convergence not observed\n");
    else
        text_add(text, "observed order of convergence %s (a smooth function has 2)\n",
                 number_digits(order, c->order, 3));
    text_add(text, "%*s%zu of %zu element%s also checked one by one\n", indent, "", c->elements, c->of,
             c->of == 1 ? "" : "s");
}
