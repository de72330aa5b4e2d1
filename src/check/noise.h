/* The noise of a computed function: how much its values jitter between neighbouring points. */
#ifndef GCK_CHECK_NOISE_H
#define GCK_CHECK_NOISE_H

enum { NOISE_POINTS = 7 };

enum noise_outcome {
    NOISE_FOUND,
    NOISE_TOO_CLOSE, /* most values are equal: try a wider spacing */
    NOISE_TOO_FAR    /* the function's own shape dominates: try a narrower spacing */
};

/* Standard deviation of the noise in values at equidistant points, from a difference table (ECnoise,
 * More and Wild 2011): differences of order k kill the smooth part, and noise of deviation s gives them the
 * mean square s^2 (2k)! / (k!)^2. *noise is an upper estimate where the outcome is NOISE_TOO_FAR. The
 * values must be finite. */
enum noise_outcome noise_of_values(double *noise, const double values[NOISE_POINTS]);

#endif
