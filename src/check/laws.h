/* Laws: what holds for every right engine, whatever it computes. */
#ifndef GCK_CHECK_LAWS_H
#define GCK_CHECK_LAWS_H
#include "check/answer.h"
#include "check/reference.h"
#include "check/run.h"

/* Asks the engine again, up to MOST_ALONE + 6 times, and fills run->laws, in `results`. `first` is its answer
 * at this point. A law that is broken is tried on each gate alone, so that the op is named. The run's verdict
 * becomes `wrong` and its message says what is broken. Returns GCK_OK, GCK_NO_MEMORY, or what answer_ask() ends
 * with. */
gck_status laws_take(gck_run *run, struct arena *results, const struct subject *subject,
                     const struct reference *reference, const gck_answer *first,
                     const struct run_settings *settings);

enum { MOST_ALONE = 8 }; /* parameters that are asked for alone */

#endif
