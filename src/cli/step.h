/* Waiting for a key between pieces of output on a terminal. */
#ifndef GCK_CLI_STEP_H
#define GCK_CLI_STEP_H
#include "cli/cli.h"

enum step_key { STEP_NEXT, STEP_BACK, STEP_QUIT };

/* Whether somebody is there to press keys: standard input and output are terminals. */
bool step_possible(void);

/* Shows what the keys do and waits for one of them. The terminal is as before when it returns, whatever ended
 * the wait: STEP_QUIT also stands for the end of input and for a signal after interrupt_watch(). */
enum step_key step_wait(size_t at, size_t count, bool colour);

#endif
