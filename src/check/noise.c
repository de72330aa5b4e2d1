/* The noise of a computed function from a difference table (More and Wild 2011). */
#include "check/noise.h"

#include <math.h>

enum noise_outcome noise_of_values(double *noise, const double values[NOISE_POINTS])
{
    double d[NOISE_POINTS], level[NOISE_POINTS] = {0}, gamma = 1, size = 0;
    int equal = 0, exponent;
    for (int i = 0; i < NOISE_POINTS; i++) {
        size = fmax(size, fabs(values[i]));
        equal += i > 0 && values[i] == values[i - 1];
    }
    frexp(size, &exponent);
    for (int i = 0; i < NOISE_POINTS; i++)
        d[i] = ldexp(values[i], -exponent); /* the squares of 1e-200 are in range then */
    for (int k = 1; k < NOISE_POINTS; k++) {
        double squares = 0;
        int count = NOISE_POINTS - k;
        for (int i = 0; i < count; i++) {
            d[i] = d[i + 1] - d[i];
            squares += d[i] * d[i];
        }
        gamma *= k / (2.0 * (2 * k - 1)); /* (k!)^2 / (2k)! */
        level[k] = sqrt(gamma * (squares / count));
    }
    *noise = ldexp(level[NOISE_POINTS - 1], exponent);
    if (2 * equal >= NOISE_POINTS - 1)
        return NOISE_TOO_CLOSE;
    /* Noise is where the level stops falling; the first such level has the most samples. */
    for (int k = 2; k + 2 < NOISE_POINTS; k++) {
        double most = fmax(level[k], fmax(level[k + 1], level[k + 2]));
        double least = fmin(level[k], fmin(level[k + 1], level[k + 2]));
        if (most <= 4 * least) {
            *noise = ldexp(level[k], exponent);
            return NOISE_FOUND;
        }
    }
    *noise = ldexp(fmax(level[NOISE_POINTS - 1], level[NOISE_POINTS - 2]), exponent);
    return NOISE_TOO_FAR;
}
