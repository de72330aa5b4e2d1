/* The slope of a black box along a line: extrapolated differences from both sides, with error bars. */
#ifndef GCK_CHECK_SLOPE_H
#define GCK_CHECK_SLOPE_H
#include <gradcheck.h>

#include "check/ridders.h"

/* A coordinate that moves as origin + weight t. */
struct move {
    size_t index;
    double weight; /* not 0 */
};

/* t -> f(origin with its moves). `x` is the caller's scratch copy of origin, equal to it between calls. */
struct line {
    gck_function *f;
    void *user;
    const double *origin;
    double *x;
    size_t n;
    const struct move *moves;
    size_t move_count;
    size_t calls; /* evaluations so far */
};

struct slope {
    struct estimate centered;       /* where f is finite on one side only: that side's estimate */
    struct estimate left, right;    /* one-sided derivatives; bar INFINITY where there is none */
    bool left_finite, right_finite; /* f was finite there at some step */
    bool kink;                      /* both sides settle, on different values */
    bool blurred;   /* the noise is far above rounding: corners nearer than it shows may be anywhere */
    double scale;   /* of t: what a step of relative size 1 would be */
    double largest; /* the largest |f| within the scale; beyond it |f| scale / step */
};

/* The standard deviation of the noise of f along the line, for slopes along other lines. */
double slope_noise(struct line *line, double scale);

/* Measures the slope at t = 0. Steps start near `scale` (> 0) and shrink until they can tell nothing more;
 * larger ones are tried where noise hides the slope. `noise` is what slope_noise() found along a line that
 * moves more of f, or 0. `claimed` is the slope to be judged: it decides how much effort is enough and whether
 * a flat stretch needs another look. Uses 25 to 250 evaluations. */
void slope_measure(struct slope *slope, struct line *line, double scale, double noise, double claimed);

#endif
