/* Base64: bit patterns of the dtypes, three bytes to four characters. */
#include "engine/base64.h"

#include <math.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_width(enum dtype dtype)
{
    return dtype == FLOAT64 ? 8 : dtype == FLOAT32 ? 4 : 2;
}

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

/* Sign, exponent and fraction of the half formats, x being a number of the dtype. */
static uint64_t half_pattern(enum dtype dtype, double x)
{
    int fraction = dtype == FLOAT16 ? 10 : 7, bias = dtype == FLOAT16 ? 15 : 127;
    uint64_t sign = signbit(x) ? 0x8000 : 0, top = dtype == FLOAT16 ? 0x7c00 : 0x7f80;
    if (!isfinite(x))
        return sign | top | (isnan(x) ? (uint64_t)1 << (fraction - 1) : 0);
    int e;
    double m = frexp(fabs(x), &e); /* 1/2 <= m < 1 */
    if (m == 0)
        return sign;
    int stored = e - 1 + bias;
    if (stored <= 0)
        return sign | (uint64_t)ldexp(fabs(x), bias - 1 + fraction);
    return sign | (uint64_t)stored << fraction | (uint64_t)ldexp(2 * m - 1, fraction);
}

static double half_number(enum dtype dtype, uint64_t pattern)
{
    int fraction = dtype == FLOAT16 ? 10 : 7, bias = dtype == FLOAT16 ? 15 : 127;
    int top = dtype == FLOAT16 ? 31 : 255, stored = (int)(pattern >> fraction) & top;
    double m = (double)(pattern & (((uint64_t)1 << fraction) - 1)), x;
    if (stored == top)
        x = m == 0 ? INFINITY : NAN;
    else
        x = stored ? ldexp(m + ldexp(1, fraction), stored - bias - fraction) : ldexp(m, 1 - bias - fraction);
    return pattern & 0x8000 ? -x : x;
}

static uint64_t pattern_of(enum dtype dtype, double x)
{
    uint64_t wide;
    uint32_t narrow;
    float single = (float)x;
    memcpy(&wide, &x, sizeof wide);
    memcpy(&narrow, &single, sizeof narrow);
    return dtype == FLOAT64 ? wide : dtype == FLOAT32 ? narrow : half_pattern(dtype, x);
}

static double number_of(enum dtype dtype, uint64_t pattern)
{
    double wide;
    float single;
    uint32_t narrow = (uint32_t)pattern;
    memcpy(&wide, &pattern, sizeof wide);
    memcpy(&single, &narrow, sizeof single);
    return dtype == FLOAT64 ? wide : dtype == FLOAT32 ? (double)single : half_number(dtype, pattern);
}

void base64_floats(struct text *text, enum dtype dtype, const double *numbers, size_t count)
{
    struct encoder e = {.text = text};
    for (size_t i = 0; i < count; i++)
        encode(&e, pattern_of(dtype, numbers[i]), base64_width(dtype));
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
    size_t width = base64_width(dtype), bytes = count * width, padding = (3 - bytes % 3) % 3;
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
            numbers[read / width - 1] = number_of(dtype, pattern);
            pattern = 0;
        }
    }
    return read == bytes;
}
