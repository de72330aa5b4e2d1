/* An engine that is a process: started when it is needed, asked, ended when it misbehaves. */
#ifndef GCK_ENGINE_PROCESS_H
#define GCK_ENGINE_PROCESS_H
#include "engine/child.h"
#include "engine/request.h"

struct process_settings {
    char **argv;
    double start_timeout, timeout; /* seconds: until its hello came; for each answer */
    const volatile bool *stop;     /* raised to end early; may be NULL */
};

/* Zero-initialize; free with process_free(). Used by one thread at a time. */
struct process {
    struct child child;
    struct hello hello; /* once it runs */
    bool runs;
    struct text asked;  /* the id that it was asked for last, without a number */
    size_t times;       /* in a row */
    struct text line;   /* the request sent last */
    struct text answer; /* the line that came back; empty: none */
};

enum process_start {
    PROCESS_STARTED,
    PROCESS_FAILED,     /* it may be tried again; `why` says what happened */
    PROCESS_IMPOSSIBLE, /* there is no such program; `why` names it */
    PROCESS_STOPPED
};
/* Starts it and shakes hands. */
enum process_start process_start(struct process *process, const struct process_settings *settings,
                                 struct text *why);

/* Asks a process that runs; everything about it is in the answer, GCK_STOPPED too. When it crashed, hung or
 * broke the protocol, the answer is an error that says how, and it runs no longer. */
void process_ask(gck_answer *answer, struct process *process, const struct plan *plan,
                 const struct process_settings *settings);

/* Says what went wrong in an exchange (CHILD_LINE: nothing that is not in `why`), and ends the process. */
void process_give_up(struct process *process, enum child_event event, double seconds, struct text *why);

/* Says bye; process_free() then gives it so many seconds to end. */
enum { PROCESS_GRACE = 5 };
void process_bye(struct process *process);
void process_free(struct process *process, double seconds);

#endif
