/* The checks of a result. */
#include "report/checks.h"

#include "report/clean.h"
#include "report/describe.h"

size_t checks_count(const gck_result *result)
{
    return result->run_count + (result->expectations || result->mismatch_count);
}

struct check checks_get(const struct report_settings *settings, const gck_result *result, size_t i)
{
    const gck_run *run = i < result->run_count ? &result->runs[i] : NULL;
    return (struct check){.name = check_name(run ? (int)run->dtype : CHECK_EXPECT),
                          .run = run,
                          .verdict = run                      ? run->verdict
                                     : result->mismatch_count ? GCK_VERDICT_WRONG
                                                              : GCK_VERDICT_OK,
                          .standing = report_standing(settings, result, i)};
}

void checks_describe(struct text *text, const struct report_settings *settings, const gck_result *result,
                     const struct check *check)
{
    gck_result one = *result;
    one.runs = check->run;
    one.run_count = check->run ? 1 : 0;
    if (check->run)
        one.mismatch_count = one.expectations = 0;
    describe_failures(text, settings, &one, 0);
    text_add(text, "in ");
    clean_add(text, result->path);
    if (check->run && check->run->guilty_line)
        text_add(text, ":%zu", check->run->guilty_line);
    text_add(text, "\n");
}

void checks_describe_known(struct text *text, const struct report_settings *settings, const struct check *check)
{
    const struct known *known = check->standing.known;
    text_add(text, "listed as ");
    describe_known(text, settings->baseline, known);
    if (known->why) {
        text_add(text, ": ");
        clean_add(text, known->why);
    }
}
