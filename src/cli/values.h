/* Values of options: read, or refused with what the option takes. */
#ifndef GCK_CLI_VALUES_H
#define GCK_CLI_VALUES_H
#include "cli/cli.h"

/* As given on the command line of a command; `option` without its dashes. */
struct option_value {
    const char *command, *option;
    char *text;
};

/* Each is false after a message; then its results are not set. */
bool value_int(int *number, const struct option_value *value, int least, int most);
bool value_whole(uint64_t *number, const struct option_value *value);
/* More than 0. */
bool value_seconds(double *seconds, const struct option_value *value);
/* *index: which of the words. The message suggests the nearest one. */
bool value_word(int *index, const struct option_value *value, const char *const *words, int count);
/* "json" or "json=FILE": which of the words, and the file's name, within the text; NULL for standard output.
 * The text ends with the word then. */
bool value_format(int *index, const char **path, const struct option_value *value, const char *const *words,
                  int count);

#endif
