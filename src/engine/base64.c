/* Base64: three bytes to four characters. */
#include "engine/base64.h"

#include <string.h>

#include "real/pattern.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Bytes on their way to characters. */
struct encoder {
    struct text *text;
    unsigned char pending[3];
    int count;
};

static void flush(struct encoder *e)
{
    const unsigned char *p = e->pending;
    char four[4] = {alphabet[p[0] >> 2], alphabet[(p[0] & 3) << 4 | p[1] >> 4],
                    alphabet[(p[1] & 15) << 2 | p[2] >> 6], alphabet[p[2] & 63]};
    for (int i = e->count + 1; i < 4; i++)
        four[i] = '=';
    if (e->count)
        text_bytes(e->text, four, 4);
    memset(e->pending, 0, sizeof e->pending);
    e->count = 0;
}

static void encode(struct encoder *e, uint64_t pattern, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        e->pending[e->count++] = (unsigned char)(pattern >> 8 * i);
        if (e->count == 3)
            flush(e);
    }
}

void base64_floats(struct text *text, enum dtype dtype, const double *numbers, size_t count)
{
    struct encoder e = {.text = text};
    for (size_t i = 0; i < count; i++)
        encode(&e, pattern_of(dtype, numbers[i]), pattern_width(dtype));
    flush(&e);
}

void base64_integers(struct text *text, const int64_t *numbers, size_t count)
{
    struct encoder e = {.text = text};
    for (size_t i = 0; i < count; i++)
        encode(&e, (uint64_t)numbers[i], 8);
    flush(&e);
}

void base64_bools(struct text *text, const int64_t *numbers, size_t count)
{
    struct encoder e = {.text = text};
    for (size_t i = 0; i < count; i++)
        encode(&e, numbers[i] != 0, 1);
    flush(&e);
}

void base64_bytes(struct text *text, const char *bytes, size_t size)
{
    struct encoder e = {.text = text};
    for (size_t i = 0; i < size; i++)
        encode(&e, (unsigned char)bytes[i], 1);
    flush(&e);
}

/* 0 .. 63, or -1. */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_read(double *numbers, enum dtype dtype, size_t count, const char *text, size_t size)
{
    size_t width = pattern_width(dtype), bytes = count * width, padding = (3 - bytes % 3) % 3;
    if (size != (bytes + 2) / 3 * 4 || (padding && strspn(text + size - padding, "=") != padding))
        return false;
    uint64_t bits = 0, pattern = 0;
    size_t read = 0;
    int held = 0;
    for (size_t i = 0; i < size - padding; i++) {
        int d = digit(text[i]);
        if (d < 0)
            return false;
        bits = (bits << 6 | (uint64_t)d) & 0xffff;
        held += 6;
        if (held < 8 || read == bytes)
            continue;
        held -= 8;
        pattern |= (bits >> held & 0xff) << 8 * (read % width);
        if (++read % width == 0) {
            numbers[read / width - 1] = pattern_number(dtype, pattern);
            pattern = 0;
        }
    }
    return read == bytes;
}

bool base64_read_bytes(char *bytes, size_t *count, const char *text, size_t size)
{
    size_t padding =
        size >= 2 ? (size_t)(text[size - 1] == '=') + (text[size - 1] == '=' && text[size - 2] == '=') : 0;
    uint32_t bits = 0;
    *count = 0;
    for (size_t i = 0; i < size - padding; i++) {
        int d = digit(text[i]);
        if (d < 0)
            return false;
        bits = bits << 6 | (uint32_t)d;
        if (i % 4)
            bytes[(*count)++] = (char)(unsigned char)(bits >> (6 - 2 * (i % 4)));
    }
    return size % 4 == 0;
}
