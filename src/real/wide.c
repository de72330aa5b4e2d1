/* Wide numbers seen from outside. */
#include "real/wide.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORK_BITS = 64 };

#define WORK(x)                                                                                                \
    m_real x;                                                                                                  \
    mp_limb_t x##_limbs[(WORK_BITS + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS];                                      \
    mpfr_custom_init(x##_limbs, WORK_BITS);                                                                    \
    mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, WORK_BITS, x##_limbs)

double m_distance(mpfr_srcptr a, mpfr_srcptr b)
{
    if (mpfr_inf_p(a) && mpfr_inf_p(b) && mpfr_sgn(a) == mpfr_sgn(b))
        return 0;
    WORK(d);
    mpfr_sub(d, a, b, MPFR_RNDA);
    return fabs(mpfr_get_d(d, MPFR_RNDA));
}

double m_relative_error(mpfr_srcptr a, mpfr_srcptr b)
{
    if (!mpfr_number_p(a) || !mpfr_number_p(b))
        return NAN;
    if (mpfr_equal_p(a, b))
        return 0;
    WORK(d);
    WORK(size);
    mpfr_sub(d, a, b, MPFR_RNDA);
    mpfr_abs(size, mpfr_cmpabs(a, b) >= 0 ? a : b, MPFR_RNDZ);
    mpfr_div(d, d, size, MPFR_RNDA);
    return fabs(mpfr_get_d(d, MPFR_RNDN));
}

double m_relative_error_double(double a, mpfr_srcptr b)
{
    WORK(t);
    mpfr_set_d(t, a, MPFR_RNDN);
    return m_relative_error(t, b);
}

double m_size(mpfr_srcptr x)
{
    return fabs(mpfr_get_d(x, MPFR_RNDA));
}

double ldexp_up(double x, int exponent)
{
    double product = ldexp(x, exponent);
    return product == 0 && x > 0 ? 0x1p-1074 : product;
}

long m_exponent(mpfr_srcptr x)
{
    return mpfr_regular_p(x) ? (long)mpfr_get_exp(x) : 0;
}

void m_text(char *text, size_t size, mpfr_srcptr x, int digits)
{
    if (!mpfr_number_p(x)) {
        snprintf(text, size, "%s", mpfr_nan_p(x) ? "nan" : mpfr_sgn(x) > 0 ? "inf" : "-inf");
        return;
    }
    if (mpfr_zero_p(x)) {
        snprintf(text, size, "0");
        return;
    }
    char mantissa[128];
    mpfr_exp_t exponent;
    digits = digits < 2 ? 2 : digits > 120 ? 120 : digits;
    mpfr_get_str(mantissa, &exponent, 10, (size_t)digits, x, MPFR_RNDN);
    const char *sign = mantissa[0] == '-' ? "-" : "", *all = mantissa + (mantissa[0] == '-');
    long point = (long)exponent; /* the value is 0.DIGITS 10^point */
    if (point > 0 && point <= digits)
        snprintf(text, size, "%s%.*s%s%s", sign, (int)point, all, point < digits ? "." : "", all + point);
    else if (point <= 0 && point > -5)
        snprintf(text, size, "%s0.%.*s%s", sign, (int)-point, "00000", all);
    else
        snprintf(text, size, "%s%c.%se%+03ld", sign, all[0], all + 1, point - 1);
}

bool m_set_fraction(mpfr_ptr r, const char *text)
{
    const char *slash = strchr(text, '/');
    char *end;
    mpfr_strtofr(r, text, &end, 10, MPFR_RNDN);
    if (end == text || !slash)
        return end != text && *end == '\0';
    if (end != slash)
        return false;
    mpfr_t q;
    mpfr_init2(q, mpfr_get_prec(r));
    mpfr_strtofr(q, slash + 1, &end, 10, MPFR_RNDN);
    bool right = end != slash + 1 && *end == '\0' && !mpfr_zero_p(q);
    mpfr_div(r, r, q, MPFR_RNDN);
    mpfr_clear(q);
    return right;
}

void m_thread_ends(void)
{
    mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
}
