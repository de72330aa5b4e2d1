/* Pools: whoever checks borrows a process, and starts it where none runs. */
#include "engine/pool.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "check/answer.h"
#include "engine/process.h"
#include "engine/words.h"
#include "ops/op.h"

struct member {
    struct process process;
    bool taken;
};

struct pool {
    gck_engine engine;
    struct arena arena;
    struct process_settings settings;
    struct recorder *recorder;
    pthread_mutex_t lock;
    pthread_cond_t given_back;
    struct member *members;
    size_t count;
    int failed_starts; /* in a row, over all processes */
    bool hopeless;     /* set once; it will not start */
    char *failure;     /* why; NULL: no memory to say so */
};

/* A process for one request: one that runs, if there is one. */
static struct member *borrow(struct pool *pool)
{
    struct member *chosen = NULL;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        for (size_t i = 0; i < pool->count; i++) {
            struct member *m = &pool->members[i];
            if (!m->taken && (!chosen || (m->process.runs && !chosen->process.runs)))
                chosen = m;
        }
        if (chosen)
            break;
        pthread_cond_wait(&pool->given_back, &pool->lock);
    }
    chosen->taken = true;
    pthread_mutex_unlock(&pool->lock);
    return chosen;
}

static void give_back(struct pool *pool, struct member *member)
{
    pthread_mutex_lock(&pool->lock);
    member->taken = false;
    pthread_cond_signal(&pool->given_back);
    pthread_mutex_unlock(&pool->lock);
}

const char *pool_failure(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const char *failure = pool->failure ? pool->failure : "out of memory";
    bool hopeless = pool->hopeless;
    pthread_mutex_unlock(&pool->lock);
    return hopeless ? failure : NULL;
}

/* Counts a start; whether to try again. */
static bool hope_remains(struct pool *pool, enum process_start started, const struct text *why)
{
    pthread_mutex_lock(&pool->lock);
    pool->failed_starts = started == PROCESS_STARTED ? 0 : pool->failed_starts + 1;
    if (!pool->hopeless && (started == PROCESS_IMPOSSIBLE || pool->failed_starts >= ENGINE_STARTS)) {
        pool->hopeless = true;
        pool->failure = why->data ? strdup(why->data) : NULL;
    }
    bool hope = !pool->hopeless;
    pthread_mutex_unlock(&pool->lock);
    return hope;
}

/* GCK_OK once the process runs. */
static gck_status ensure_running(struct pool *pool, struct process *process)
{
    while (!process->runs) {
        struct text why = {0};
        if (pool_failure(pool))
            return GCK_ENGINE;
        enum process_start started = process_start(process, &pool->settings, &why);
        bool hope = started == PROCESS_STOPPED || hope_remains(pool, started, &why);
        text_free(&why);
        if (started == PROCESS_STOPPED || !hope)
            return hope ? GCK_STOPPED : GCK_ENGINE;
    }
    return GCK_OK;
}

static void record(struct pool *pool, const struct process *process, const gck_answer *answer)
{
    if (!pool->recorder || answer->fatal || !process->line.size)
        return;
    if (process->answer.size)
        recorder_exchange(pool->recorder, process->line.data, process->answer.data);
    else
        recorder_failure(pool->recorder, process->line.data, answer->message);
}

static void ask(struct pool *pool, struct process *process, gck_answer *answer, const gck_request *request)
{
    struct arena arena = {0};
    struct plan plan;
    struct text what = {0};
    if (!plan_new(&plan, &arena, request)) {
        answer->no_memory = true;
    } else if (plan_refused(&what, &plan, &process->hello)) {
        gck_answer_unsupported(answer, what.data);
    } else {
        process_ask(answer, process, &plan, &pool->settings);
        record(pool, process, answer);
    }
    text_free(&what);
    arena_free(&arena);
}

static void pool_grad(gck_answer *answer, const gck_request *request, void *user)
{
    struct pool *pool = user;
    struct member *member = borrow(pool);
    answer->fatal = ensure_running(pool, &member->process);
    if (!answer->fatal)
        ask(pool, &member->process, answer, request);
    give_back(pool, member);
}

static gck_status start_first(struct pool *pool, struct errors *errors)
{
    struct member *first = borrow(pool);
    gck_status status = ensure_running(pool, &first->process);
    const struct hello *hello = &first->process.hello;
    if (status == GCK_ENGINE)
        (void)errors_add(errors, status, "the engine could not be run: %s", pool_failure(pool));
    if (!status) {
        const char *name = arena_text(&pool->arena, hello->name, strlen(hello->name));
        pool->engine = (gck_engine){.name = name ? name : "engine",
                                    .grad = pool_grad,
                                    .user = pool,
                                    .flushes_to_zero = hello->flushes_to_zero,
                                    .dtypes = hello->dtypes};
        if (pool->recorder)
            recorder_exchange(pool->recorder, hello_request, first->process.child.received.data);
    }
    give_back(pool, first);
    return status;
}

gck_status pool_new(struct pool **out, const struct pool_settings *settings, struct errors *errors)
{
    struct pool *pool = calloc(1, sizeof *pool);
    *out = NULL;
    if (!pool)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->given_back, NULL);
    pool->settings =
        (struct process_settings){NULL, settings->start_timeout, settings->timeout, settings->stop};
    pool->recorder = settings->recorder;
    pool->count = settings->jobs > 0 ? (size_t)settings->jobs : 1;
    pool->members = calloc(pool->count, sizeof *pool->members);
    gck_status status = pool->members ? GCK_OK : errors_add(errors, GCK_NO_MEMORY, "out of memory");
    if (!status)
        status = words_split(&pool->settings.argv, &pool->arena, settings->command, errors);
    if (!status)
        status = start_first(pool, errors);
    if (status)
        pool_free(pool);
    else
        *out = pool;
    return status;
}

const gck_engine *pool_engine(const struct pool *pool)
{
    return &pool->engine;
}

bool pool_ops(bool *ops, const struct pool *pool)
{
    const struct hello *hello = NULL;
    bool some = false;
    for (size_t i = 0; i < pool->count && !hello; i++)
        hello = pool->members[i].process.runs ? &pool->members[i].process.hello : NULL;
    for (size_t i = 0; i < op_count; i++) {
        bool user = op_is_user(&op_table[i]);
        ops[i] = !user && (!hello || hello_has_op(hello, op_table[i].name));
        some |= !user && !ops[i];
    }
    return some;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; i < pool->count && pool->members; i++)
        process_bye(&pool->members[i].process);
    /* Together they have the grace of one; whoever presses Ctrl-C does not want to wait for any. */
    bool stopped = pool->settings.stop && __atomic_load_n(pool->settings.stop, __ATOMIC_RELAXED);
    double end = now_ms() + 1e3 * (stopped ? 1 : PROCESS_GRACE);
    for (size_t i = 0; i < pool->count && pool->members; i++)
        process_free(&pool->members[i].process, fmax(end - now_ms(), 0) / 1e3);
    free(pool->members);
    free(pool->failure);
    pthread_cond_destroy(&pool->given_back);
    pthread_mutex_destroy(&pool->lock);
    arena_free(&pool->arena);
    free(pool);
}
