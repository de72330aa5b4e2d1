/* Special functions of doubles: lgamma without a global variable, and digamma. */
#include "real/special.h"

#include <math.h>
#include <stddef.h>

double special_lgamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* digamma near its positive root, where the other formulas cancel: the Taylor series there, its coefficients
 * psi^(n)(root) / n! from mpmath. |x - root| < 0.3 and the convergence radius 1.46 leave 0.21^24 of them. */
static double digamma_at_root(double x)
{
    static const double root = 1.4616321449683622, rest = 9.549995429965697e-17; /* their sum is the root */
    static const double coefficients[] = {
        0.96767224544762117043,     -0.44276316898359210609,    0.25849976095565101062,
        -0.1639427054424065275,     0.10782405069126236576,     -0.072199561256454710926,
        0.048804288164143107225,    -0.033161126474847359292,   0.02259764823221810466,
        -0.015424765904948959139,   0.010538791616612175388,    -0.007204534386356868241,
        0.0049267813957298534464,   -0.0033698016554393280828,  0.0023051263267349278369,
        -0.0015769367714301972593,  0.0010788252019162965807,   -0.00073807093899600512957,
        0.00050495326583460203518,  -0.00034546802510630769956, 0.00023635601564027052792,
        -0.00016170622091974803449, 0.00011063372768747410904,  -0.000075691795821950659192};
    double h = (x - root) - rest, s = 0;
    for (size_t n = sizeof coefficients / sizeof *coefficients; n-- > 0;)
        s = s * h + coefficients[n];
    return s * h;
}

/* log x - digamma(x) for x >= 10: 1 / (2x) + sum of B_2k / (2k x^2k). Of the alternating rest the first term
 * that is left out, 43867 / 14364 x^-18, is the bound: 3e-18 at 10. */
static long double below_logarithm(long double x)
{
    long double z = 1 / (x * x), s = 3617 / 8160.0L;
    s = 1 / 12.0L - z * s;
    s = 691 / 32760.0L - z * s;
    s = 1 / 132.0L - z * s;
    s = 1 / 240.0L - z * s;
    s = 1 / 252.0L - z * s;
    s = 1 / 120.0L - z * s;
    s = 1 / 12.0L - z * s;
    return 0.5L / x + z * s;
}

/* digamma for x > 0: moved up to 10 by digamma(x) = digamma(x + 1) - 1 / x, where the asymptotic series
 * holds. The sum cancels down to the result, which is what the wider type is for. */
static long double digamma_positive(long double x)
{
    long double s = 0;
    for (; x < 10; x++)
        s -= 1 / x;
    return s + (logl(x) - below_logarithm(x));
}

double special_digamma(double x)
{
    if (x == 0)
        return -1 / x;
    if (isnan(x) || isinf(x))
        return x > 0 ? x : NAN;
    if (x > 1.2 && x < 1.75)
        return digamma_at_root(x);
    if (x > 0)
        return (double)digamma_positive(x);
    long double rest = x - rint(x), pi = 3.14159265358979323846264338327950288L; /* rest is exact */
    if (rest == 0)
        return NAN;
    /* digamma(x) = digamma(1 - x) - pi / tan(pi x); the tangent has period 1 */
    return (double)(digamma_positive(1 - (long double)x) - pi / tanl(pi * rest));
}
