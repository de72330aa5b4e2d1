/* The error record: what went wrong and where. A reader collects several before it gives up. */
#ifndef GCK_BASE_ERRORS_H
#define GCK_BASE_ERRORS_H
#include <gradcheck.h>

#include "base/arena.h"

/* A place in a file; line and column count from 1, 0 means unknown. */
struct place {
    const char *file;
    size_t line, column;
};

struct error {
    gck_status status;
    const char *message; /* what was found, what was expected, what to do; no final newline */
    struct place place;
    struct error *next;
};

/* A list of errors in the order they were found. Zero-initialize; free with errors_free. */
struct errors {
    struct arena arena;
    struct place here; /* the place that errors_add() records */
    struct error *first, *last;
    size_t count;
};

/* Adds an error at errors->here. Returns `status`, so that a caller can `return errors_add(...)`; when
 * memory fails, GCK_NO_MEMORY. Control characters in the message are replaced by '?'. */
gck_status errors_add(struct errors *errors, gck_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void errors_free(struct errors *errors);

#endif
