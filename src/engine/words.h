/* Command lines: split into words as a shell would, without a shell. */
#ifndef GCK_ENGINE_WORDS_H
#define GCK_ENGINE_WORDS_H
#include "base/errors.h"

/* Splits at blanks; '...', "..." and \ quote. Nothing is expanded. *argv, in the arena, ends with NULL.
 * Adds an error when a quote is open or there is no word. */
gck_status words_split(char ***argv, struct arena *arena, const char *command, struct errors *errors);

#endif
