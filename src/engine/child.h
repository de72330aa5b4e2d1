/* Child processes: a program in a process group of its own, spoken to line by line with deadlines. */
#ifndef GCK_ENGINE_CHILD_H
#define GCK_ENGINE_CHILD_H
#include <sys/types.h>

#include "base/text.h"

enum { CHILD_TAIL = 2048 };

/* Zero-initialize. */
struct child {
    pid_t pid;             /* 0: none runs; also the number of its process group */
    int in, out, err;      /* our ends of its pipes */
    struct text received;  /* a line and what came behind it */
    size_t line;           /* length of the line in `received`, its end of line left out */
    char tail[CHILD_TAIL]; /* the last that it wrote on standard error */
    size_t tail_size;
};

/* Starts the program (found along PATH) with GRADCHECK_PROTOCOL=1 in its environment. Returns 0 or errno. */
int child_start(struct child *child, char **argv);

enum child_event {
    CHILD_LINE,     /* child->received holds a line, NUL-terminated */
    CHILD_EARLY,    /* it had written something before it was asked: child->received */
    CHILD_TIMEOUT,  /* nothing in time */
    CHILD_CLOSED,   /* it ended, or closed its standard output: child->received holds half a line, or none */
    CHILD_DEAF,     /* it closed its standard input */
    CHILD_TOO_LONG, /* the line is longer than `most` bytes; the rest was not read */
    CHILD_STOPPED,  /* *stop was raised */
    CHILD_NO_MEMORY
};

/* Sends a line (with its end of line) and waits for one. `seconds` bound the whole exchange. stop: may be NULL.
 * SIGPIPE reaches nobody. */
enum child_event child_ask(struct child *child, const char *request, size_t size, size_t most, double seconds,
                           const volatile bool *stop);

/* Sends all of `input`, closes the child's input and takes all that it writes, until it closes its output:
 * CHILD_CLOSED, and child->received holds it. Any other event says why not; CHILD_DEAF does not stop it. */
enum child_event child_filter(struct child *child, const char *input, size_t size, size_t most, double seconds,
                              const volatile bool *stop);

/* Sends a last line, as far as the pipe takes it, and closes its input. */
void child_tell(struct child *child, const char *line);

/* Closes its input, gives it `grace` seconds to end by itself, then ends its whole process group, first
 * politely. No process is left. Appends how it ended, if it did by itself: "exited with status 1", "was killed
 * by signal 9 (KILL)". `received` and `tail` stay, the tail whole. */
void child_end(struct child *child, double grace, struct text *how);

/* Frees what is left once the child has ended. */
void child_free(struct child *child);

#endif
