/* Locating: which gate's backward is wrong. */
#ifndef GCK_CHECK_LOCATE_H
#define GCK_CHECK_LOCATE_H
#include "check/answer.h"
#include "check/run.h"

/* Checks every gate alone, in the order of the backward pass: its recorded inputs, a random seed into it, the
 * same engine. Names the first that fails in run->guilty_node and guilty_op. When each is right alone, the
 * engine's gradients of inner nodes are compared: the first that is wrong while all that it feeds are right. */
gck_status locate(gck_run *run, struct arena *results, const struct subject *subject,
                  const struct reference *reference, const struct budget *budget, const gck_answer *answer,
                  const struct run_settings *settings);

#endif
