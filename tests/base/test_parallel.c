/* Parallel loops: every index once, bounded threads, nesting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/parallel.h"

enum { MOST = 5000 };

struct tally {
    atomic_int done[MOST];
    atomic_int running, most_running;
    struct workers *workers;
};
static atomic_int ended;

static void one_ended(void)
{
    atomic_fetch_add(&ended, 1);
}

static void count(void *user, size_t i)
{
    struct tally *tally = user;
    int running = atomic_fetch_add(&tally->running, 1) + 1, most = atomic_load(&tally->most_running);
    while (running > most && !atomic_compare_exchange_weak(&tally->most_running, &most, running))
        continue;
    atomic_fetch_add(&tally->done[i], 1);
    atomic_fetch_sub(&tally->running, 1);
}

static void every_index_once(void **state)
{
    (void)state;
    const size_t counts[] = {0, 1, 2, 7, 300, MOST};
    for (int jobs = 0; jobs <= 9; jobs++)
        for (int k = 0; k < 6; k++) {
            static struct tally tally;
            struct workers workers;
            workers_init(&workers, jobs ? jobs : 1, one_ended);
            for (size_t i = 0; i < MOST; i++)
                atomic_init(&tally.done[i], 0);
            atomic_init(&tally.most_running, 0);
            atomic_store(&ended, 0);
            parallel_for(jobs ? &workers : NULL, counts[k], count, &tally);
            for (size_t i = 0; i < MOST; i++)
                assert_int_equal(atomic_load(&tally.done[i]), i < counts[k]);
            assert_true(atomic_load(&tally.most_running) <= (jobs ? jobs : 1));
            assert_true(atomic_load(&ended) < (jobs ? jobs : 1)); /* the caller's own thread goes on */
            if (jobs)
                assert_int_equal(atomic_load(&workers.spare), jobs - 1); /* all given back */
        }
}

static void in_order(void *user, size_t i)
{
    size_t *next = user;
    assert_int_equal(i, *next);
    ++*next;
}

static void without_workers_in_order_here(void **state)
{
    (void)state;
    size_t next = 0;
    parallel_for(NULL, 100, in_order, &next);
    assert_int_equal(next, 100);
}

static void inner_count(void *user, size_t i)
{
    (void)i;
    atomic_fetch_add((atomic_int *)user, 1);
}

struct outer {
    struct workers *workers;
    atomic_int inner;
};

static void nest(void *user, size_t i)
{
    struct outer *outer = user;
    (void)i;
    parallel_for(outer->workers, 50, inner_count, &outer->inner);
}

static void loops_nest(void **state)
{
    (void)state;
    for (int jobs = 1; jobs < 6; jobs++) {
        struct workers workers;
        struct outer outer = {.workers = &workers};
        workers_init(&workers, jobs, NULL);
        parallel_for(&workers, 40, nest, &outer);
        assert_int_equal(atomic_load(&outer.inner), 40 * 50);
        assert_int_equal(atomic_load(&workers.spare), jobs - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_once),
        cmocka_unit_test(without_workers_in_order_here),
        cmocka_unit_test(loops_nest),
    };
    return cmocka_run_group_tests_name("parallel", tests, NULL, NULL);
}
