/* Stored numbers: one table of types. */
#include "files/stored.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "real/pattern.h"

enum nature { FLOAT, SIGNED, UNSIGNED, TRUTH, DECIMAL };

static const struct {
    const char *name;
    size_t width;
    enum nature nature;
} rows[STORED_TYPES] = {
    [STORED_FLOAT64] = {"float64", 8, FLOAT},  [STORED_FLOAT32] = {"float32", 4, FLOAT},
    [STORED_FLOAT16] = {"float16", 2, FLOAT},  [STORED_BFLOAT16] = {"bfloat16", 2, FLOAT},
    [STORED_INT64] = {"int64", 8, SIGNED},     [STORED_INT32] = {"int32", 4, SIGNED},
    [STORED_INT16] = {"int16", 2, SIGNED},     [STORED_INT8] = {"int8", 1, SIGNED},
    [STORED_UINT64] = {"uint64", 8, UNSIGNED}, [STORED_UINT32] = {"uint32", 4, UNSIGNED},
    [STORED_UINT16] = {"uint16", 2, UNSIGNED}, [STORED_UINT8] = {"uint8", 1, UNSIGNED},
    [STORED_BOOL] = {"bool", 1, TRUTH},        [STORED_NUMBER] = {"decimal numbers", 0, DECIMAL},
};

const char *stored_name(enum stored_type type)
{
    return rows[type].name;
}

enum stored_type stored_named(const char *name)
{
    int i = 0;
    while (i < STORED_NUMBER && strcmp(name, rows[i].name) != 0)
        i++;
    return i < STORED_NUMBER ? (enum stored_type)i : STORED_TYPES;
}

size_t stored_width(enum stored_type type)
{
    return rows[type].width;
}

bool stored_is_float(enum stored_type type)
{
    return rows[type].nature == FLOAT;
}

bool stored_is_integer(enum stored_type type)
{
    return rows[type].nature == SIGNED || rows[type].nature == UNSIGNED;
}

static uint64_t load(const unsigned char *bytes, size_t width, bool big_endian)
{
    uint64_t pattern = 0;
    for (size_t i = 0; i < width; i++)
        pattern = pattern << 8 | bytes[big_endian ? i : width - 1 - i];
    return pattern;
}

bool stored_integer(int64_t *n, enum stored_type type, const unsigned char *bytes, bool big_endian,
                    struct text *why)
{
    size_t width = rows[type].width;
    uint64_t pattern = load(bytes, width, big_endian);
    if (rows[type].nature == TRUTH && pattern > 1) {
        text_add(why, "a bool is 0 or 1, not %" PRIu64, pattern);
        return false;
    }
    if (rows[type].nature == UNSIGNED && pattern > INT64_MAX) {
        text_add(why, "%" PRIu64 " is no integer of 64 bits with a sign", pattern);
        return false;
    }
    uint64_t sign = (uint64_t)1 << (8 * width - 1);
    if (rows[type].nature == SIGNED && pattern & sign)
        pattern |= ~(sign - 1);
    memcpy(n, &pattern, sizeof pattern);
    return true;
}

bool stored_double(double *x, enum stored_type type, const unsigned char *bytes, bool big_endian,
                   struct text *why)
{
    int64_t n;
    if (rows[type].nature == FLOAT) {
        *x = pattern_number((enum dtype)type, load(bytes, rows[type].width, big_endian));
        return true;
    }
    if (!stored_integer(&n, type, bytes, big_endian, why))
        return false;
    *x = (double)n;
    if (fabs(*x) < 0x1p63 && (int64_t)*x == n)
        return true;
    text_add(why, "%" PRId64 " is no float64", n);
    return false;
}

bool stored_whole(int64_t *n, double x, struct text *why)
{
    bool whole = fabs(x) <= 0x1p53 && x == trunc(x);
    if (whole)
        *n = (int64_t)x;
    else
        text_add(why, "%.17g is no whole number up to 2^53", x);
    return whole;
}
