/* Sentences about results, shared by the formats that people read. */
#ifndef GCK_REPORT_DESCRIBE_H
#define GCK_REPORT_DESCRIBE_H
#include "report/report.h"

/* Whether a tensor came with another shape than its parameter's: it has no numbers then, and its hint says so.
 */
bool describe_misshapen(const gck_tensor *tensor);

/* "W1[3, 2]", or the name alone for a scalar. */
void describe_element(struct text *text, const gck_tensor *tensor, size_t index);

/* "3 parameters", "1 parameter". */
void describe_count(struct text *text, size_t count, const char *noun);

/* "inaccurate<=10 in known.txt:12" */
void describe_known(struct text *text, const struct baseline *baseline, const struct known *known);

/* "known.txt:12: losses/nll@float64 is ok now: delete this line", without a line end. */
void describe_stale(struct text *text, const struct baseline *baseline, const struct known *known);

/* Why check i of a result passes unexpectedly, one sentence without a line end. */
void describe_unexpected(struct text *text, const struct report_settings *settings, const struct known *known);

/* Why the result fails, known failures aside: for every failing engine's run its tensors, the worst element's
 * numbers, the hint and the guilty gate; then the expectations that are not met. Whole lines, each begun with
 * `indent` blanks. */
void describe_failures(struct text *text, const struct report_settings *settings, const gck_result *result,
                       int indent);

/* The certificate in plain words, for one run. Whole lines; all but the first begun with `indent` blanks. */
void describe_certificate(struct text *text, const struct report_settings *settings, const gck_run *run,
                          int indent);

/* What came of a run: "3 of 12 cases failed". */
void describe_outcome(struct text *text, const struct tally *tally);

/* What a verdict means, half a sentence. */
const char *describe_verdict(gck_verdict verdict);

/* |analytic - reference| of an element. */
double describe_distance(const gck_element *element);

/* Whether the function jumps at the element, or is vertical: its differences grow without bound. */
bool describe_jump(const gck_element *element);

#endif
