/* Allocation that fails on demand: every malloc, calloc, realloc and strdup of the process, libraries included.
 * Under a sanitizer, which has an allocator of its own, those of our own code alone. */
#ifndef GCK_TESTS_HOSTILE_FAILING_H
#define GCK_TESTS_HOSTILE_FAILING_H
#include <stdbool.h>
#include <stddef.h>

/* Counts allocations from 1 on, and lets number `at` fail; with `onward` every later one too. 0: none fails.
 * `shows`: prints where. */
void failing_start(long at, bool onward, int shows);
/* Ends that; how many allocations there were. */
long failing_stop(void);
/* In between: nothing fails, is counted or noted. */
void failing_pause(bool paused);
/* Blocks that were allocated between start and stop and are still there. */
size_t failing_left(void);
/* GMP and MPFR end the program where memory fails them, by contract: what they allocate never fails, and is not
 * counted. To be called first. */
void failing_spare_gmp(void);
/* jansson's buffer for the token that it reads: where that cannot grow, jansson 2.14 leaves characters out, and
 * then reads on behind the token. */
void failing_spare_tokens(void);
/* libzip 1.7 leaks where memory fails it while it opens a member. */
void failing_spare_libzip(void);

#endif
