/* Hints: what the pattern of a wrong gradient suggests. */
#ifndef GCK_CHECK_HINT_H
#define GCK_CHECK_HINT_H
#include "check/judge.h"

/* *hint: one sentence about tensor k of a judged run, in the arena; NULL when the pattern tells nothing. GCK_OK
 * or GCK_NO_MEMORY. */
gck_status hint_for(const char **hint, const struct trial_run *run, size_t k, struct arena *arena) GCK_MUST_USE;

#endif
