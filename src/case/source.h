/* Sources: the bytes of a case file, and where in them a value's characters stand. */
#ifndef GCK_CASE_SOURCE_H
#define GCK_CASE_SOURCE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/errors.h"

struct source {
    const char *path, *bytes;
    size_t size;
    const uint32_t *lines; /* offset of each line's first byte */
    size_t line_count;
};

/* Prepares the bytes, which stay the caller's; sizes are below 4 GB. `path` and the table of lines are
 * kept in the arena. GCK_NO_MEMORY or GCK_OK. */
gck_status source_open(struct source *source, const char *path, const char *bytes, size_t size,
                       struct arena *arena) GCK_MUST_USE;

/* Line and column (in characters) of a byte. */
struct place source_place(const struct source *source, size_t offset);

/* A character of the source: line and column from 0, and the offset of its first byte. */
struct mark {
    size_t line, column, offset;
};

/* Moves the mark to that place. Moving forward along a line costs what lies between, so that a file which is
 * one long line, as programs write JSON, takes no square time. */
void mark_move(struct mark *mark, const struct source *source, size_t line, size_t column);

/* Length of the line break at s: \n, \r\n, \r and the Unicode ones that YAML knows; 0: none. */
size_t source_break(const char *s, const char *end);

enum style { STYLE_PLAIN, STYLE_SINGLE, STYLE_DOUBLE, STYLE_LITERAL, STYLE_FOLDED };

/* Follows a scalar through the source, character by character, past quotes, escapes, folded lines and
 * indentation. Moves forward only. */
struct trace {
    const struct source *source;
    enum style style;
    const char *text, *at;
    size_t offset; /* in text */
    unsigned line, column;
};

/* Starts at the scalar that begins at the mark. */
void trace_start(struct trace *trace, const struct source *source, enum style style, const char *text,
                 const struct mark *mark);
/* The place of text[offset]; offset must not be below that of an earlier call. */
struct place trace_to(struct trace *trace, size_t offset);

#endif
