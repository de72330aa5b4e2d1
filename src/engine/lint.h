/* Lint: does a program speak the protocol of engines as it should? */
#ifndef GCK_ENGINE_LINT_H
#define GCK_ENGINE_LINT_H
#include "base/errors.h"
#include "base/text.h"

struct lint_settings {
    const char *command;
    double start_timeout, timeout; /* seconds */
    const volatile bool *stop;
};

/* Appends a line for everything that was tried, "ok    ..." or "WRONG ...: why", the hello at the beginning and
 * a summary at the end. *complaints is the number of the latter. GCK_ENGINE when it cannot be run. */
gck_status lint_engine(struct text *report, size_t *complaints, const struct lint_settings *settings,
                       struct errors *errors);

#endif
