/* Marks in words: wrong parameters with the engine's number beside the true one, and the guilty gate. */
#include "report/draw_marks.h"

#include <string.h>

#include "report/describe.h"
#include "report/number.h"

enum { DIGITS = 4 };

const gck_run *draw_marked_run(const gck_result *result)
{
    const gck_run *worst = NULL;
    for (size_t r = 0; result && r < result->run_count; r++)
        if (!worst || result->runs[r].verdict > worst->verdict)
            worst = &result->runs[r];
    return worst;
}

/* Two numbers that differ, with as many digits as it takes to see that. */
static void add_pair(struct text *text, const char *format, double found, double right)
{
    char a[NUMBER_TEXT], b[NUMBER_TEXT];
    for (int digits = DIGITS; digits <= 17; digits++) {
        number_digits(a, found, digits);
        number_digits(b, right, digits);
        if (strcmp(a, b) != 0)
            break;
    }
    text_add(text, format, a, b);
}

static void mark_tensor(struct text *text, const gck_tensor *tensor, const char *what)
{
    if (gck_verdict_passes(tensor->verdict))
        return;
    const gck_element *worst = &tensor->worst;
    text_add(text, "%s%s", tensor->verdict == GCK_VERDICT_WRONG ? "wrong" : gck_verdict_name(tensor->verdict),
             what);
    if (tensor->verdict == GCK_VERDICT_MISSING || tensor->verdict == GCK_VERDICT_ERROR || !tensor->count) {
        text_add(text, "\n");
        return;
    }
    text_add(text, ": ");
    if (tensor->count > 1) {
        describe_element(text, tensor, worst->index);
        text_add(text, " is ");
    }
    add_pair(text, "%s, not %s\n", worst->analytic, worst->reference);
}

void draw_marks(struct text *text, const gck_run *run, const gck_step *step, bool output)
{
    if (!run || step->literal)
        return;
    if (run->guilty_node && strcmp(run->guilty_node, step->name) == 0)
        text_add(text, "going backward, wrong from here on\n");
    if (output)
        mark_tensor(text, &run->value, " value");
    for (size_t t = 0; t < run->tensor_count; t++)
        if (strcmp(run->tensors[t].name, step->name) == 0)
            mark_tensor(text, &run->tensors[t], " gradient");
}

void draw_verdict(struct text *text, const gck_result *result)
{
    const gck_run *run = draw_marked_run(result);
    if (!run)
        return;
    bool builtin = strncmp(run->engine, "builtin:", strlen("builtin:")) == 0;
    text_add(text, "%s%s%s: %s", builtin ? "" : run->engine, builtin ? "" : ", ", gck_dtype_name(run->dtype),
             gck_verdict_name(run->verdict));
    if (run->guilty_node)
        text_add(text, "; going backward, the first wrong gate is %s (%s)", run->guilty_node, run->guilty_op);
    else if (run->message)
        text_add(text, "; %s", run->message);
    if (result->mismatch_count)
        text_add(text, "; the case expects other numbers: %s is %s, not %s", result->mismatches[0].what,
                 result->mismatches[0].found, result->mismatches[0].expected);
}
