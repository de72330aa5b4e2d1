/* The engine of a session: a program, a recording of one, files of gradients, or what is built in. */
#ifndef GCK_CLI_ENGINES_H
#define GCK_CLI_ENGINES_H
#include "cli/selection.h"
#include "engine/gradient_file.h"

struct pool;
struct recorder;

/* Zero-initialize. */
struct engines {
    struct pool *pool;         /* NULL: no program */
    struct recorder *recorder; /* NULL: nothing is recorded */
    struct arena arena;
    struct gradient_file_settings grads; /* its path is NULL: no files */
};

/* Starts what the arguments name, for checks with settings->options.jobs, and puts it into *options. Adds
 * errors: GCK_ENGINE when the engine cannot be run. */
gck_status engines_open(struct engines *engines, gck_options *options, const struct arguments *arguments,
                        const struct selection *selection, struct errors *errors);

/* The engine of one case, where each has its own; puts it into *options. Called by several threads at once.
 * *file is freed when the case has been checked. */
gck_status engines_for(struct gradient_file **file, gck_options *options, const struct engines *engines,
                       const gck_case *c) GCK_MUST_USE;

/* Which ops the engine lists, as pool_ops(); NULL: all. */
const bool *engines_ops(bool *ops, const struct engines *engines);

/* Why the engine can no longer be run, or NULL. */
const char *engines_failure(const struct engines *engines);

/* Ends it; adds an error when the recording could not be written. */
void engines_close(struct engines *engines, struct errors *errors);

#endif
