/* The number formats: rounding a double or a decimal text to them. */
#include "real/dtype.h"

#include <math.h>
#include <mpfr.h>
#include <string.h>

const struct dtype_format dtype_formats[DTYPES] = {
    [FLOAT64] = {"float64", 53, 53, -1073, 1024},
    [FLOAT32] = {"float32", 24, 24, -148, 128},
    [FLOAT16] = {"float16", 11, 24, -23, 16},
    [BFLOAT16] = {"bfloat16", 8, 24, -132, 128},
};

/* Exponent of the last place of x. */
static int last_place(enum dtype dtype, double x)
{
    const struct dtype_format *format = &dtype_formats[dtype];
    int exponent = format->emin;
    if (x != 0)
        frexp(x, &exponent);
    int place = exponent - format->bits;
    return place < format->emin - 1 ? format->emin - 1 : place;
}

double dtype_round(enum dtype dtype, double x)
{
    const struct dtype_format *format = &dtype_formats[dtype];
    if (dtype == FLOAT64 || !isfinite(x) || x == 0)
        return x;
    int place = last_place(dtype, x);
    double rounded = ldexp(nearbyint(ldexp(x, -place)), place); /* |x| 2^-place < 2^bits: exact */
    return fabs(rounded) >= ldexp(1, format->emax) ? copysign(INFINITY, x) : rounded;
}

/* Independent of the locale, unlike strtod. The first rounding is to odd (towards zero, then the last bit
 * set when digits were lost): with two bits more than the format, rounding again cannot go wrong. */
bool dtype_parse(double *x, enum dtype dtype, const char *text)
{
    if (strspn(text, "+-.0123456789eE") != strlen(text) && strcmp(text, "inf") != 0 &&
        strcmp(text, "-inf") != 0 && strcmp(text, "nan") != 0)
        return false;
    mpfr_prec_t bits = dtype == FLOAT64 ? 64 : 53; /* 53: exact as a double, up to dtype_round */
    mp_limb_t limbs[64 / GMP_NUMB_BITS];
    mpfr_t t;
    char *end;
    mpfr_custom_init_set(t, MPFR_ZERO_KIND, 0, bits, limbs);
    bool inexact = mpfr_strtofr(t, text, &end, 10, MPFR_RNDZ) != 0;
    if (end == text || *end)
        return false;
    if (inexact && mpfr_regular_p(t))
        limbs[0] |= (mp_limb_t)1 << (64 - bits);
    *x = dtype_round(dtype, mpfr_get_d(t, MPFR_RNDN));
    return true;
}

double dtype_ulp(enum dtype dtype, double x)
{
    return isfinite(x) ? ldexp(1, last_place(dtype, x)) : INFINITY;
}

double dtype_tiny(enum dtype dtype)
{
    return ldexp(1, dtype_formats[dtype].emin - 1);
}

enum dtype dtype_named(const char *name)
{
    int i = 0;
    while (i < DTYPES && strcmp(name, dtype_formats[i].name) != 0)
        i++;
    return (enum dtype)i;
}
