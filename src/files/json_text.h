/* JSON as programs write it: strict, but for the bare tokens NaN, Infinity and -Infinity. */
#ifndef GCK_FILES_JSON_TEXT_H
#define GCK_FILES_JSON_TEXT_H
#include <jansson.h>

#include "base/text.h"

/* Parses one document; whole numbers become real ones. The bare tokens become the strings "nan", "inf" and
 * "-inf". Nesting is bounded; names that come twice are refused. NULL: `why` says what is wrong, and in which
 * line unless `line` is NULL; errno is ENOMEM when memory failed, and else 0. */
json_t *json_text_read(const char *bytes, size_t size, int *line, struct text *why);

/* Adds a value as JSON (flags as for json_dumps(), which leaves out what memory fails for, without a word); the
 * text fails with memory. NULL: the text fails. */
void json_text_add(struct text *text, const json_t *value, size_t flags);

/* A number, or one of those strings in any case; false when the item is neither. */
bool json_number_read(double *x, const json_t *item);

#endif
