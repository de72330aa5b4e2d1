/* The engine of a session: a program, a recording of one, or what is built in. */
#ifndef GCK_CLI_ENGINES_H
#define GCK_CLI_ENGINES_H
#include "cli/selection.h"

struct pool;
struct recorder;

/* Zero-initialize. */
struct engines {
    struct pool *pool;         /* NULL: no program */
    struct recorder *recorder; /* NULL: nothing is recorded */
};

/* Starts what the arguments name, for checks with settings->options.jobs, and puts it into *options. Adds
 * errors: GCK_ENGINE when the engine cannot be run. */
gck_status engines_open(struct engines *engines, gck_options *options, const struct arguments *arguments,
                        const struct selection *selection, struct errors *errors);

/* Why the engine can no longer be run, or NULL. */
const char *engines_failure(const struct engines *engines);

/* Ends it; adds an error when the recording could not be written. */
void engines_close(struct engines *engines, struct errors *errors);

#endif
