/* Arguments, once each option has been taken by itself. */
#ifndef GCK_CLI_ARGUMENTS_PARTS_H
#define GCK_CLI_ARGUMENTS_PARTS_H
#include "cli/arguments.h"

/* Whether the options go together; false after a message. */
bool arguments_agree(const struct arguments *arguments);

/* -o FILE of draw: its ending says the format, unless --format does; false after a message. */
bool arguments_find_drawing(struct arguments *arguments);

/* Adds what was not said: a report or sweep on standard output, a summary where GitHub wants one, and what a
 * reader of the report types to check again. */
void arguments_complete(struct arguments *arguments);

#endif
