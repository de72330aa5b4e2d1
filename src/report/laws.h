/* What is said of the laws of engines: under a case, and summed up by op under a run. */
#ifndef GCK_REPORT_LAWS_H
#define GCK_REPORT_LAWS_H
#include <gradcheck.h>

#include "base/text.h"

struct law_tally {
    size_t runs[GCK_LAWS], broken[GCK_LAWS]; /* a case in a dtype each */
    struct text ops[GCK_LAWS];               /* that break the law, each once: " relu add " */
};

/* Counts the laws of all runs of a result. */
void laws_count(struct law_tally *tally, const gck_result *result);
/* "laws: deterministic in 12 of 12 runs; ..."; nothing when none was checked. */
void laws_sum_up(struct text *text, const struct law_tally *tally);
void laws_free(struct law_tally *tally);

/* "deterministic, linear hold; zero-seed broken (relu)": the laws of one run. */
void laws_describe(struct text *text, const gck_run *run);

/* Whether the run fails for a law alone: its gradients pass. */
bool laws_alone(const gck_run *run);
/* Whether two runs break the same laws. */
bool laws_alike(const gck_run *a, const gck_run *b);

#endif
