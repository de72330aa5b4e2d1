/* A pool: processes of one engine, so that several cases can be checked side by side. */
#ifndef GCK_ENGINE_POOL_H
#define GCK_ENGINE_POOL_H
#include <gradcheck.h>

#include "base/errors.h"
#include "engine/recording.h"

struct pool;

struct pool_settings {
    const char *command;           /* split like a shell does, run without one */
    double start_timeout, timeout; /* seconds */
    int jobs;                      /* processes at most; started when they are needed */
    struct recorder *recorder;     /* what every exchange is written to, or NULL; outlives the pool */
    const volatile bool *stop;     /* raised to end early; may be NULL */
};

enum { ENGINE_START_SECONDS = 60, ENGINE_CASE_SECONDS = 30, ENGINE_STARTS = 3 };

/* Starts the first process. GCK_ENGINE when it cannot be run: not found, or ENGINE_STARTS starts failed;
 * GCK_STOPPED; the errors say why. The settings' command is copied. */
gck_status pool_new(struct pool **out, const struct pool_settings *settings, struct errors *errors);

/* The engine, for as many checks at a time as there are jobs. A process that crashes, hangs or breaks the
 * protocol is ended with its group; that check gets an error, the next one another process. When starts keep
 * failing, checks end with GCK_ENGINE and pool_failure() says why. */
const gck_engine *pool_engine(const struct pool *pool);

/* Which ops its hello lists, by their index in op_table: into ops[op_count], before anything is asked. False
 * when it has all of them, as far as one knows. */
bool pool_ops(bool *ops, const struct pool *pool);

/* Why no process can be started any longer; NULL while one can. */
const char *pool_failure(struct pool *pool);

/* Says bye to all, waits, and ends those that do not. No process is left. */
void pool_free(struct pool *pool);

#endif
