/* Numbers as JSON has them: the shortest decimal that is read back as the same double. */
#ifndef GCK_ENGINE_DECIMAL_H
#define GCK_ENGINE_DECIMAL_H
#include <stddef.h>

enum { DECIMAL_TEXT = 40 };

/* Writes x into text (DECIMAL_TEXT bytes), whatever the locale; returns its length. Not finite: "nan", "inf",
 * "-inf" with their quotes. */
size_t decimal_write(char *text, double x);

#endif
