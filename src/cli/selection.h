/* The cases that a command works on: found, read, filtered. */
#ifndef GCK_CLI_SELECTION_H
#define GCK_CLI_SELECTION_H
#include "cli/arguments.h"

/* Zero-initialize; free with selection_free. */
struct selection {
    gck_case **cases; /* owned; in the order of the paths */
    size_t count;     /* those that filters and tags left */
    size_t found;     /* case files below the paths */
    size_t id_width;
};

/* Reads every case file below the paths, even those that a filter leaves out. All problems, duplicate ids too,
 * are added to `errors`; there is nothing to check unless there are none. */
void selection_read(struct selection *selection, const struct arguments *arguments, struct errors *errors);
/* The cases of arguments->recording instead. */
void selection_recorded(struct selection *selection, const struct arguments *arguments, struct errors *errors);
void selection_free(struct selection *selection);

/* Copies errors of the public interface. */
void errors_take(struct errors *errors, gck_errors *from);

#endif
