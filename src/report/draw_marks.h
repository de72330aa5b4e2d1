/* Marks: what a check found wrong, in words for the boxes of a drawing. */
#ifndef GCK_REPORT_DRAW_MARKS_H
#define GCK_REPORT_DRAW_MARKS_H
#include <gradcheck.h>

#include "base/text.h"

/* The run of the worst verdict, of these the first; NULL for no result. */
const gck_run *draw_marked_run(const gck_result *result);

/* Appends one line of text for each thing that is wrong with the node; nothing when all is well. run: or NULL.
 */
void draw_marks(struct text *text, const gck_run *run, const gck_step *step, bool output);

/* Appends a sentence on the whole: the verdict, and the gate that is wrong. */
void draw_verdict(struct text *text, const gck_result *result);

#endif
