/* Parallel loops: threads started for one loop take indices from a shared counter. */
#include "base/parallel.h"

#include <pthread.h>

enum { MOST_THREADS = MOST_JOBS / 4 };

struct loop {
    atomic_size_t next;
    size_t n;
    void (*body)(void *user, size_t i);
    void *user;
    void (*thread_ends)(void);
};

static void loop_work(struct loop *loop)
{
    for (size_t i; (i = atomic_fetch_add(&loop->next, 1)) < loop->n;)
        loop->body(loop->user, i);
}

static void *loop_thread(void *argument)
{
    struct loop *loop = argument;
    loop_work(loop);
    if (loop->thread_ends)
        loop->thread_ends();
    return NULL;
}

/* Takes up to `wanted` threads from the workers; returns how many. */
static int workers_take(struct workers *workers, int wanted)
{
    int spare = atomic_load(&workers->spare), taken;
    do
        taken = spare < wanted ? spare : wanted;
    while (taken > 0 && !atomic_compare_exchange_weak(&workers->spare, &spare, spare - taken));
    return taken > 0 ? taken : 0;
}

void parallel_for(struct workers *workers, size_t n, void (*body)(void *user, size_t i), void *user)
{
    struct loop loop = {
        .n = n, .body = body, .user = user, .thread_ends = workers ? workers->thread_ends : NULL};
    atomic_init(&loop.next, 0);
    int wanted = n > MOST_THREADS ? MOST_THREADS : (int)n - 1;
    int taken = workers && wanted > 0 ? workers_take(workers, wanted) : 0;
    pthread_t threads[MOST_THREADS];
    int started = 0;
    while (started < taken && !pthread_create(&threads[started], NULL, loop_thread, &loop))
        started++;
    loop_work(&loop);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (taken)
        atomic_fetch_add(&workers->spare, taken);
}
