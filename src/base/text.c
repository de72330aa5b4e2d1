/* Text: a growing string, UTF-8, and the nearest name to a misspelt one. */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool text_reserve(struct text *text, size_t more)
{
    if (text->failed || more > SIZE_MAX / 2 - text->size)
        return !(text->failed = true);
    size_t needed = text->size + more + 1;
    if (needed <= text->room)
        return true;
    size_t room = text->room < 64 ? 64 : text->room;
    while (room < needed)
        room *= 2;
    char *data = realloc(text->data, room);
    if (!data)
        return !(text->failed = true);
    text->data = data;
    text->room = room;
    return true;
}

void text_bytes(struct text *text, const char *bytes, size_t size)
{
    if (!text_reserve(text, size))
        return;
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_add_list(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        text->failed = true;
    else if (text_reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->size, (size_t)length + 1, format, again);
        text->size += (size_t)length;
    }
    va_end(again);
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_add_list(text, format, arguments);
    va_end(arguments);
}

void text_clear(struct text *text)
{
    text->size = 0;
    if (text->data)
        text->data[0] = '\0';
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

/* RFC 3629, section 4. */
size_t text_utf8_sequence(const char *bytes, size_t left)
{
    const unsigned char *s = (const unsigned char *)bytes;
    unsigned char c = left ? s[0] : 0xff;
    if (c < 0x80)
        return 1;
    size_t length = c >= 0xc2 && c <= 0xdf ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
    if (!length || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool bad = (c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] > 0x9f) || (c == 0xf0 && s[1] < 0x90) ||
               (c == 0xf4 && s[1] > 0x8f);
    return bad ? 0 : length;
}

bool text_is_utf8(const char *bytes, size_t size, size_t *bad)
{
    for (size_t i = 0; i < size;) {
        size_t length = text_utf8_sequence(bytes + i, size - i);
        if (!length) {
            *bad = i;
            return false;
        }
        i += length;
    }
    return true;
}

enum { LONGEST_NAME = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance (Damerau-Levenshtein without repeated edits). */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][LONGEST_NAME + 1] = {0};
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *rotate = before;
        before = last;
        last = now;
        now = rotate;
    }
    return last[m];
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
    size_t n = strlen(suggestion->name), m = strlen(candidate);
    if (n > LONGEST_NAME || m > LONGEST_NAME)
        return;
    size_t distance = edit_distance(suggestion->name, n, candidate, m), longer = n > m ? n : m;
    /* About a letter in three: what is farther off than that is another word. */
    if (distance > least((longer + 1) / 3, 3) || distance >= longer)
        return;
    if (!suggestion->best || distance < suggestion->distance) {
        suggestion->best = candidate;
        suggestion->distance = distance;
    }
}
