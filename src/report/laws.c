/* Laws of engines, for people. */
#include "report/laws.h"

#include <stdio.h>
#include <string.h>

static void count_op(struct text *ops, const char *op)
{
    char padded[64];
    snprintf(padded, sizeof padded, " %s ", op);
    if (ops->data && strstr(ops->data, padded))
        return;
    text_add(ops, "%s", ops->size ? padded + 1 : padded);
}

void laws_count(struct law_tally *tally, const gck_result *result)
{
    for (size_t i = 0; i < result->run_count; i++)
        for (size_t k = 0; k < result->runs[i].law_count; k++) {
            const gck_law_check *check = &result->runs[i].laws[k];
            tally->runs[check->law] += check->checked;
            tally->broken[check->law] += check->broken;
            if (check->broken)
                count_op(&tally->ops[check->law], check->op ? check->op : "(only together)");
        }
}

void laws_sum_up(struct text *text, const struct law_tally *tally)
{
    for (int law = 0; law < GCK_LAWS; law++) {
        if (!tally->runs[law])
            continue;
        text_add(text, "law %-16s  holds in %zu of %zu runs", gck_law_name((gck_law)law),
                 tally->runs[law] - tally->broken[law], tally->runs[law]);
        if (tally->broken[law] && tally->ops[law].data)
            text_add(text, "; broken by:%.*s", (int)tally->ops[law].size - 1, tally->ops[law].data);
        text_add(text, "\n");
    }
}

void laws_free(struct law_tally *tally)
{
    for (int law = 0; law < GCK_LAWS; law++)
        text_free(&tally->ops[law]);
}

void laws_describe(struct text *text, const gck_run *run)
{
    const char *separator = "";
    for (size_t i = 0; i < run->law_count; i++) {
        const gck_law_check *check = &run->laws[i];
        if (!check->checked)
            continue;
        text_add(text, "%s%s %s", separator, gck_law_name(check->law), check->broken ? "is broken" : "holds");
        if (check->op)
            text_add(text, " (%s)", check->op);
        separator = ", ";
    }
    text_add(text, "%s", *separator ? "" : "none could be checked");
}

bool laws_alone(const gck_run *run)
{
    bool broken = false;
    gck_verdict worst =
        run->value.verdict > run->certificate.verdict ? run->value.verdict : run->certificate.verdict;
    for (size_t i = 0; i < run->law_count; i++)
        broken |= run->laws[i].broken;
    for (size_t t = 0; t < run->tensor_count; t++)
        worst = run->tensors[t].verdict > worst ? run->tensors[t].verdict : worst;
    return broken && gck_verdict_passes(worst);
}

bool laws_alike(const gck_run *a, const gck_run *b)
{
    bool alike = a->law_count == b->law_count;
    for (size_t i = 0; alike && i < a->law_count; i++)
        alike = a->laws[i].broken == b->laws[i].broken;
    return alike;
}
