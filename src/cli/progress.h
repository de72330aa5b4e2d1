/* Progress on standard error, where that is a terminal and the run is long. */
#ifndef GCK_CLI_PROGRESS_H
#define GCK_CLI_PROGRESS_H
#include <stdbool.h>
#include <stddef.h>

struct progress {
    bool active;  /* standard error is a terminal */
    bool visible; /* there is a line to wipe */
    double start; /* ms */
    size_t total;
};

void progress_start(struct progress *progress, size_t total, bool wanted);
/* "12 of 48 cases, 1 failed, 34 s left", once half a second has passed. */
void progress_show(struct progress *progress, size_t done, size_t failed);
/* Wipes the line; before anything else is written to the terminal. */
void progress_wipe(struct progress *progress);

enum { PROGRESS_TEXT = 128 };
/* That line, in `text` (PROGRESS_TEXT bytes): after `ms` milliseconds `done` cases took, the rest will take as
 * long a case. */
const char *progress_text(char *text, size_t done, size_t total, size_t failed, double ms);

#endif
