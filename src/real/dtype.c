/* The number formats: rounding a double or a decimal text to them. */
#include "real/dtype.h"

#include <errno.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>
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

/* -1, 0, 1 as the decimal text is below, at or above x (finite). */
static int compare_text(const char *text, double x)
{
    mpfr_t wide, t;
    mpfr_init2(wide, 53);
    mpfr_set_d(wide, x, MPFR_RNDN);
    mpfr_init2(t, 64);
    int ternary = mpfr_strtofr(t, text, NULL, 10, MPFR_RNDN);
    int order = mpfr_cmp(t, wide);
    if (order == 0)
        order = ternary > 0 ? -1 : ternary < 0; /* t was rounded up: the text lies below */
    mpfr_clear(t);
    mpfr_clear(wide);
    return order;
}

bool dtype_parse(double *x, enum dtype dtype, const char *text)
{
    char *end;
    if (strspn(text, "+-.0123456789eE") != strlen(text) && strcmp(text, "inf") != 0 &&
        strcmp(text, "-inf") != 0 && strcmp(text, "nan") != 0)
        return false;
    int saved = errno;
    double nearest = strtod(text, &end);
    errno = saved;
    if (end == text || *end)
        return false;
    if (dtype != FLOAT64 && isfinite(nearest) && nearest != 0) {
        /* Rounding twice can go wrong only from a double that is a tie of the narrow format. */
        int place = last_place(dtype, nearest);
        double scaled = ldexp(nearest, -place);
        if (scaled - floor(scaled) == 0.5) {
            int order = compare_text(text, nearest);
            if (order)
                nearest = nextafter(nearest, order > 0 ? INFINITY : -INFINITY);
        }
    }
    *x = dtype_round(dtype, nearest);
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
