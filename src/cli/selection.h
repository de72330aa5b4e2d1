/* The cases that a command works on: found, read, filtered. */
#ifndef GCK_CLI_SELECTION_H
#define GCK_CLI_SELECTION_H
#include "cli/arguments.h"

/* Zero-initialize; free with selection_free. */
struct selection {
    gck_case **cases; /* owned; in the order of the paths */
    bool *wanted;     /* room for a flag a case */
    size_t count;
    size_t found;    /* case files below the paths */
    size_t matching; /* of those, cases that filters and tags leave; what a shard is a part of */
    size_t id_width;
};

struct earlier;

/* Reads every case file below the paths. All problems, duplicate ids too, are added to `errors`; there is
 * nothing to check unless there are none. */
void selection_read(struct selection *selection, const struct arguments *arguments, struct errors *errors);
/* The cases of arguments->recording instead. */
void selection_recorded(struct selection *selection, const struct arguments *arguments, struct errors *errors);
/* Leaves the cases that filters and tags match, of these those of the shard. Which shard a case is in follows
 * from the ids alone. */
void selection_filter(struct selection *selection, const struct arguments *arguments);
/* Leaves the cases that failed earlier. */
void selection_keep_failed(struct selection *selection, const struct earlier *earlier);
void selection_free(struct selection *selection);

/* Copies errors of the public interface. */
void errors_take(struct errors *errors, gck_errors *from);

#endif
