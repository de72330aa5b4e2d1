/* Filters: a program that is given all its input at once and whose whole output is taken. */
#ifndef GCK_ENGINE_FILTER_H
#define GCK_ENGINE_FILTER_H
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct filter {
    char *const *argv; /* found along PATH; no shell runs */
    double seconds;    /* it may take so long */
    size_t most;       /* and write so many bytes */
    const volatile bool *stop;
};

enum filter_end {
    FILTER_DONE,    /* it exited with status 0; its output, which is not empty, was appended to `out` */
    FILTER_MISSING, /* there is no such program */
    FILTER_FAILED,  /* `why` says how, one line */
    FILTER_STOPPED
};
/* No process is left. */
enum filter_end filter_run(struct text *out, struct text *why, const struct filter *filter, const char *input,
                           size_t size);

#endif
