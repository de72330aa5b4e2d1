/* Wide numbers seen from outside: distances, sizes and texts, for the checker and its reports. */
#ifndef GCK_REAL_WIDE_H
#define GCK_REAL_WIDE_H
#include "real/real_mpfr.h"

/* |a - b| rounded up to double; 0 only when equal (tiny differences give the smallest subnormal). NaN if
 * either is NaN, infinity if they are different infinities or just one is infinite. */
double m_distance(mpfr_srcptr a, mpfr_srcptr b);

/* |a - b| / max(|a|, |b|), 0 when both are 0, NaN when one is not finite. */
double m_relative_error(mpfr_srcptr a, mpfr_srcptr b);
/* The same with a double. */
double m_relative_error_double(double a, mpfr_srcptr b);

/* |x| rounded up to double. */
double m_size(mpfr_srcptr x);

/* x 2^exponent for x >= 0, rounded up as sizes and distances are: a bound at 4096 bits, 2^-2048 of something,
 * is the smallest subnormal, where ldexp() gives 0, below which nothing but 0 is. */
double ldexp_up(double x, int exponent);

/* Exponent e of |x| = m 2^e, 1/2 <= m < 1; 0 for zero. x is finite. */
long m_exponent(mpfr_srcptr x);

/* `digits` significant decimal digits, trailing zeros kept; plain notation for moderate exponents. */
void m_text(char *text, size_t size, mpfr_srcptr x, int digits);

/* r = the decimal text or fraction "p/q"; false when it is neither. */
bool m_set_fraction(mpfr_ptr r, const char *text);

/* Frees what MPFR caches for this thread. */
void m_thread_ends(void);

#endif
