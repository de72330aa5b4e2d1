/* The number formats that an engine may compute in. Every one is a subset of float64. */
#ifndef GCK_REAL_DTYPE_H
#define GCK_REAL_DTYPE_H
#include <stdbool.h>

enum dtype { FLOAT64, FLOAT32, FLOAT16, BFLOAT16, DTYPES };

struct dtype_format {
    const char *name;
    int bits;       /* significand, with the hidden bit */
    int sum_bits;   /* significand of accumulators: half formats sum in float32, as hardware does */
    int emin, emax; /* exponents e of m 2^e, 1/2 <= m < 1: smallest subnormal, largest finite */
};

extern const struct dtype_format dtype_formats[DTYPES];

/* The number of this format nearest to x, ties to even; overflows to an infinity. */
double dtype_round(enum dtype dtype, double x);

/* The number nearest to the decimal text (one rounding, even for the narrow formats). False when the
 * text is not a decimal number ("-1.5e3", "inf", "nan" count as numbers). */
bool dtype_parse(double *x, enum dtype dtype, const char *text);

/* Unit in the last place of |x| in this format (the subnormal spacing near 0). */
double dtype_ulp(enum dtype dtype, double x);

/* Smallest subnormal. */
double dtype_tiny(enum dtype dtype);

/* The dtype named so, or DTYPES. */
enum dtype dtype_named(const char *name);

#endif
