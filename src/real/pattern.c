/* Patterns: IEEE 754 for float64, float32 and float16; bfloat16 is the upper half of a float32. */
#include "real/pattern.h"

#include <math.h>
#include <string.h>

size_t pattern_width(enum dtype dtype)
{
    return dtype == FLOAT64 ? 8 : dtype == FLOAT32 ? 4 : 2;
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

uint64_t pattern_of(enum dtype dtype, double x)
{
    uint64_t wide;
    uint32_t narrow;
    float single = (float)x;
    memcpy(&wide, &x, sizeof wide);
    memcpy(&narrow, &single, sizeof narrow);
    return dtype == FLOAT64 ? wide : dtype == FLOAT32 ? narrow : half_pattern(dtype, x);
}

double pattern_number(enum dtype dtype, uint64_t pattern)
{
    double wide;
    float single;
    uint32_t narrow = (uint32_t)pattern;
    memcpy(&wide, &pattern, sizeof wide);
    memcpy(&single, &narrow, sizeof single);
    return dtype == FLOAT64 ? wide : dtype == FLOAT32 ? (double)single : half_number(dtype, pattern);
}
