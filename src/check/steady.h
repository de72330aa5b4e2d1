/* Steady or erratic: tells a wrong formula from lost digits by asking again beside the point. */
#ifndef GCK_CHECK_STEADY_H
#define GCK_CHECK_STEADY_H
#include "check/judge.h"

/* Turns every BEYOND into GCK_VERDICT_INACCURATE, when over three requests at jittered inputs the error changes
 * sign or by more than half (a few ulps away, or else a wider way, and again where the error is below that, or
 * others are noise), or GCK_VERDICT_WRONG. An engine that has one answer only is not asked: its errors below
 * sqrt(u) |g| or 1000 budgets are GCK_VERDICT_INACCURATE. */
gck_status judge_steadiness(struct trial_run *run, const gck_engine *engine);

#endif
