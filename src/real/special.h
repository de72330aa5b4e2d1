/* Special functions of doubles that the C library lacks, or gives with a side effect. */
#ifndef GCK_REAL_SPECIAL_H
#define GCK_REAL_SPECIAL_H

/* log |gamma(x)|, without touching the C library's global sign. Infinite at 0, -1, -2, ... */
double special_lgamma(double x);

/* The derivative of log |gamma(x)|. Error for x > 0: at most 3 ulp. For x < 0, where there is a root in every
 * unit: at most 2 ulp, plus 4 times what half an ulp of x changes it by; where long double is wider than double
 * that second part is a hundredth. digamma(+-0) is an infinity of the other sign; NaN at -1, -2, ... and at
 * -inf, as MPFR's. */
double special_digamma(double x);

#endif
