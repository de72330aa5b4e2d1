/* The checks of a result, one by one: a run a dtype, and what the case expects. Formats for machines list
 * these. */
#ifndef GCK_REPORT_CHECKS_H
#define GCK_REPORT_CHECKS_H
#include "report/report.h"

struct check {
    const char *name;   /* "float64", "expect" */
    const gck_run *run; /* NULL: what the case expects */
    gck_verdict verdict;
    struct standing standing;
};

/* How many a result has. */
size_t checks_count(const gck_result *result);
struct check checks_get(const struct report_settings *settings, const gck_result *result, size_t i);

/* Why the check fails: whole lines, without those of the result's other checks. */
void checks_describe(struct text *text, const struct report_settings *settings, const gck_result *result,
                     const struct check *check);

/* "listed as inaccurate<=10 in known.txt:12: why": of one whose failure is known. */
void checks_describe_known(struct text *text, const struct report_settings *settings,
                           const struct check *check);

#endif
