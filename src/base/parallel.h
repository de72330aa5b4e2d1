/* Parallel loops on a bounded number of threads. */
#ifndef GCK_BASE_PARALLEL_H
#define GCK_BASE_PARALLEL_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* How many threads may still be started. Loops may nest: an inner loop takes what is left, and runs
 * alone when nothing is. */
struct workers {
    atomic_int spare;
    void (*thread_ends)(void); /* called last on every started thread; may be NULL */
    const volatile bool *stop; /* raised by the caller's signal handler or another thread; may be NULL */
};

/* As many jobs as anybody may ask for; one loop starts no more than a quarter of these threads. */
enum { MOST_JOBS = 1024 };

/* 1 <= jobs <= MOST_JOBS: the calling thread and jobs - 1 more. */
static inline void workers_init(struct workers *workers, int jobs, void (*thread_ends)(void))
{
    atomic_init(&workers->spare, jobs - 1);
    workers->thread_ends = thread_ends;
    workers->stop = NULL;
}

/* Whether the work is to end early; long loops ask. */
static inline bool workers_stopped(const struct workers *workers)
{
    return workers && workers->stop && __atomic_load_n(workers->stop, __ATOMIC_RELAXED);
}

/* Calls body(user, i) once for every i < n, in any order and on any thread, and waits for all.
 * workers: NULL runs them in order here. Threads that cannot be started are done without. */
void parallel_for(struct workers *workers, size_t n, void (*body)(void *user, size_t i), void *user);

#endif
