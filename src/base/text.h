/* Text: a growing string, and the nearest name to a misspelt one. */
#ifndef GCK_BASE_TEXT_H
#define GCK_BASE_TEXT_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A growing NUL-terminated string. Zero-initialize; free with text_free. When memory fails, `failed`
 * is set and stays set, and what is there so far is kept. */
struct text {
    char *data; /* NULL while empty */
    size_t size, room;
    bool failed;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_list(struct text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
void text_bytes(struct text *text, const char *bytes, size_t size);
/* Drops the content, keeps the room. */
void text_clear(struct text *text);
void text_free(struct text *text);

/* Length of the well-formed UTF-8 sequence at the start of the bytes; 0 where there is none. */
size_t text_utf8_sequence(const char *bytes, size_t size);

/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms); otherwise *bad is the
 * offset of the first byte that is not. */
bool text_is_utf8(const char *bytes, size_t size, size_t *bad);

/* Keeps the candidate nearest to `name` (edit distance with transpositions). Start with
 * {.name = name}, offer every candidate, then take `best`: NULL when none is near enough to suggest. */
struct suggestion {
    const char *name, *best;
    size_t distance;
};
void suggestion_offer(struct suggestion *suggestion, const char *candidate);

#endif
