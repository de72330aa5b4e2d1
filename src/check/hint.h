/* Hints: what the pattern of a wrong gradient suggests. */
#ifndef GCK_CHECK_HINT_H
#define GCK_CHECK_HINT_H
#include "check/judge.h"

/* One sentence about tensor k of a judged run, in the arena; NULL when the pattern tells nothing or memory
 * fails. */
const char *hint_for(const struct trial_run *run, size_t k, struct arena *arena);

#endif
