/* Messages: one line of JSON, as engines write it. */
#ifndef GCK_ENGINE_MESSAGE_H
#define GCK_ENGINE_MESSAGE_H
#include <jansson.h>

#include "base/text.h"

/* Parses a line that is one JSON object. The bare tokens NaN, Infinity and -Infinity become strings. NULL:
 * `why` quotes its first bytes and says what is wrong and what to do; errno is ENOMEM when memory failed, and
 * else 0. Nesting is bounded; names that come twice are refused. */
json_t *message_read(const char *line, size_t size, struct text *why);

/* Appends at most the first 60 bytes in quotes, in printable characters. */
void message_quote(struct text *text, const char *bytes, size_t size);

/* Appends a JSON string with its quotes. */
void message_string(struct text *text, const char *string);

#endif
