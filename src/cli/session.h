/* A session: cases checked side by side, reported in order. What `run` and `check` share. */
#ifndef GCK_CLI_SESSION_H
#define GCK_CLI_SESSION_H
#include "cli/arguments.h"

/* Reads the cases, checks them and writes the reports; the exit status. */
int session_run(struct arguments *arguments);

#endif
