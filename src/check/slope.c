/* The slope of a black box along a line: extrapolated differences from both sides, with error bars. */
#include "check/slope.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "check/noise.h"

/* Not a power of two, so that steps do not fall into step with a function of dyadic period. */
#define FIRST_STEP 0.37
#define STEP_RATIO 2.2
/* A bar is this many deviations of the noise: the deviation itself comes from a dozen values. */
#define NOISE_WIDTH 4.0
/* Steps at or below this part of the scale can hide in the flat stretches of float32 arithmetic. */
#define FINE_STEP 0x1p-20
/* A relative bar above this makes steps beyond the scale worth trying. */
#define COARSE_BAR 1e-7

struct samples {
    int count;
    double step[RIDDERS_ROWS], left[RIDDERS_ROWS], right[RIDDERS_ROWS]; /* steps fall */
};

struct ladder {
    struct line *line;
    struct slope *slope;
    double middle; /* f at t = 0 */
    double noise;  /* deviation */
    struct samples samples;
    struct ridders centered, left, right;
};

static double line_value(struct line *line, double t)
{
    for (size_t k = 0; k < line->move_count; k++)
        line->x[line->moves[k].index] = line->origin[line->moves[k].index] + line->moves[k].weight * t;
    double value = line->f(line->x, line->n, line->user);
    /* f may have cast the const away; every evaluation starts from the origin. */
    memcpy(line->x, line->origin, line->n * sizeof *line->x);
    line->calls++;
    return value;
}

static double line_size(const struct line *line)
{
    double size = 0;
    for (size_t k = 0; k < line->move_count; k++)
        size = fmax(size, fabs(line->origin[line->moves[k].index] / line->moves[k].weight));
    return size;
}

/* The step nearest to `step` for which origin + step and origin - step are exact: away from zero the spacing
 * is the coarser one, and what fits there fits towards zero. (Beyond twice the origin both are rounded,
 * which changes the quotient by an ulp.) */
static double exact_step(double size, double step)
{
    volatile double away = size + step;
    return away - size;
}

/* ---- noise ---- */

static enum noise_outcome noise_at(double *noise, struct ladder *l, double spacing)
{
    enum noise_outcome worst = NOISE_TOO_CLOSE;
    *noise = 0;
    /* Unequal spacings left and right: at an unlucky one every point rounds alike. */
    for (int side = -5; side <= 1; side += 6) {
        double values[NOISE_POINTS], level;
        bool finite = true;
        for (int i = 0; i < NOISE_POINTS; i++) { /* beside the point, which may be a corner or a jump */
            values[i] = line_value(l->line, side * (i + 1) * spacing);
            finite = finite && isfinite(values[i]);
        }
        enum noise_outcome outcome = finite ? noise_of_values(&level, values) : NOISE_TOO_CLOSE;
        if (outcome == NOISE_TOO_CLOSE)
            continue;
        *noise = fmax(*noise, level);
        worst = outcome == NOISE_TOO_FAR || worst == NOISE_TOO_FAR ? NOISE_TOO_FAR : NOISE_FOUND;
    }
    return worst;
}

/* Whether f is flat, on other levels, around most points at this spacing: the stairs of float32 arithmetic or
 * of cancellation. Beyond the corner of a unit that is switched off at the origin, it is not. */
static bool climbs_in_stairs(struct ladder *l, double spacing, double flat)
{
    int stairs = 0;
    for (int j = -3; j <= 3; j++)
        if (j != 0) {
            double t = 13.7 * j * spacing, far = line_value(l->line, t);
            stairs += far != l->middle && far == line_value(l->line, t + flat);
        }
    return stairs >= 3;
}

/* Stairs look smooth at a spacing of a whole number of stairs; not at three of them. */
static double noise_of_stairs(struct ladder *l, double noise, double spacing)
{
    const double wider[] = {2.3, 3.7, 9.1, 17.3};
    for (int k = 0; k < 4; k++) {
        double other;
        if (noise_at(&other, l, exact_step(line_size(l->line), spacing * wider[k])) == NOISE_FOUND)
            noise = fmax(noise, other);
    }
    return noise;
}

/* The deviation of f near the point, from points as close as the noise allows: between a spacing at which most
 * values are equal and one at which the shape of f dominates. Where f does not move at close spacing, that may
 * be a flat stretch or a stair; then it is as noisy as `elsewhere`, if that is known. */
static double noise_near(struct ladder *l, double elsewhere)
{
    double size = line_size(l->line), scale = l->slope->scale;
    double least = fmax(scale * 2e-13, 8 * DBL_EPSILON * size);
    double spacing = least, close = 0, far = INFINITY, bound = INFINITY, noise;
    for (int tries = 0; tries < 7 && spacing >= least * 1e-5 && spacing <= scale; tries++) {
        double exact = exact_step(size, spacing);
        enum noise_outcome outcome = noise_at(&noise, l, exact);
        if (outcome == NOISE_FOUND && close == 0)
            return noise;
        if (outcome == NOISE_FOUND)
            return climbs_in_stairs(l, exact, 0.02 * close) ? noise_of_stairs(l, noise, exact) : 0;
        if (outcome == NOISE_TOO_CLOSE && elsewhere > 0)
            return elsewhere;
        if (outcome == NOISE_TOO_CLOSE) {
            close = spacing;
            spacing = isfinite(far) ? sqrt(close * far) : spacing * 5e3;
        } else {
            far = spacing;
            bound = noise;
            spacing = close > 0 ? sqrt(close * far) : spacing * 0.004;
            if (spacing < 4 * DBL_EPSILON * size)
                break;
        }
    }
    return isfinite(bound) ? bound : 0;
}

/* ---- the ladder of steps ---- */

static bool sample(struct ladder *l, int at, double step)
{
    struct samples *s = &l->samples;
    double within = fmin(1, l->slope->scale / step);
    s->step[at] = step;
    s->left[at] = line_value(l->line, -step);
    s->right[at] = line_value(l->line, step);
    if (isfinite(s->left[at]))
        l->slope->largest = fmax(l->slope->largest, fabs(s->left[at]) * within);
    if (isfinite(s->right[at]))
        l->slope->largest = fmax(l->slope->largest, fabs(s->right[at]) * within);
    return isfinite(s->left[at]) || isfinite(s->right[at]);
}

static void one_sided(struct ridders *table, bool *finite, double step, double rise, double error)
{
    *finite = true;
    (void)ridders_add(table, step, rise / step, 2 * error / step);
}

/* The error of f at sample k: the measured noise, but never less than the rounding of f's value, nor than what
 * rounding x once does to it (in f(3 x + 2), say, where an unlucky spacing shows no noise). */
static double sample_error(const struct ladder *l, int k)
{
    double left = l->samples.left[k], right = l->samples.right[k], step = l->samples.step[k];
    double size = fabs(l->middle), rise = 0;
    if (isfinite(left)) {
        size = fmax(size, fabs(left));
        rise = fabs(l->middle - left);
    }
    if (isfinite(right)) {
        size = fmax(size, fabs(right));
        rise = fmax(rise, fabs(l->middle - right));
    }
    size = fmax(size, rise / step * line_size(l->line));
    if (size == 0 && l->noise == 0)
        return 0;
    return NOISE_WIDTH * fmax(l->noise, fmax(size * (DBL_EPSILON / 2), DBL_TRUE_MIN));
}

/* Adds sample k to the tables. */
static void feed(struct ladder *l, int k)
{
    double h = l->samples.step[k], left = l->samples.left[k], right = l->samples.right[k];
    double error = sample_error(l, k);
    if (isfinite(left))
        one_sided(&l->left, &l->slope->left_finite, h, l->middle - left, error);
    if (isfinite(right))
        one_sided(&l->right, &l->slope->right_finite, h, right - l->middle, error);
    if (isfinite(left) && isfinite(right))
        (void)ridders_add(&l->centered, h, (right / 2 - left / 2) / h, error / h);
}

static void feed_all(struct ladder *l, double noise)
{
    l->noise = noise;
    ridders_init(&l->centered, 2);
    ridders_init(&l->left, 1);
    ridders_init(&l->right, 1);
    for (int k = 0; k < l->samples.count; k++)
        feed(l, k);
}

/* Reads the tables off into the slope. */
static void conclude(struct ladder *l)
{
    struct slope *s = l->slope;
    s->left = ridders_best(&l->left);
    s->right = ridders_best(&l->right);
    s->centered = ridders_best(&l->centered);
    s->kink = fabs(s->right.value - s->left.value) > 2 * (s->right.bar + s->left.bar);
    if (!s->left_finite && s->right_finite)
        s->centered = s->right;
    if (!s->right_finite && s->left_finite)
        s->centered = s->left;
}

/* The steepest secant to the last sample on this side. */
static double steepness(const struct ridders *t)
{
    return t->rows > 0 ? fabs(t->value[t->rows - 1][0]) : 0;
}

static bool enough(struct ladder *l, double claimed)
{
    struct slope *s = l->slope;
    conclude(l);
    double negligible = 0x1p-36 * fmax(steepness(&l->left), steepness(&l->right));
    bool left = ridders_settled(&l->left, negligible);
    bool right = ridders_settled(&l->right, negligible);
    if (!s->left_finite || !s->right_finite)
        return left || right;
    if (!ridders_settled(&l->centered, negligible))
        return false;
    /* Could the point be a corner? Then the sides must be known well too. */
    double gap = fabs(s->right.value - s->left.value), bars = s->right.bar + s->left.bar;
    bool smooth = gap <= bars && !(fabs(claimed - s->centered.value) > s->centered.bar);
    return smooth || (left && right);
}

static void descend(struct ladder *l, double claimed)
{
    double size = line_size(l->line), scale = l->slope->scale, step = FIRST_STEP * scale;
    double last = fmax(8 * DBL_EPSILON * size, scale * 0x1p-50);
    struct samples *s = &l->samples;
    for (; s->count < RIDDERS_ROWS && step >= last; step /= STEP_RATIO) {
        double exact = exact_step(size, step);
        if (!isfinite(exact) || exact <= 0)
            continue;
        (void)sample(l, s->count, exact);
        feed(l, s->count++);
        if (enough(l, claimed))
            return;
    }
}

/* Steps above the first one: where f moves by less than its noise, only a larger step can show more. */
static void ascend(struct ladder *l)
{
    struct samples *s = &l->samples;
    struct slope before = *l->slope;
    double size = line_size(l->line), end = fmax(1, 0x1p10 * l->slope->scale);
    while (s->count > 0 && s->count < RIDDERS_ROWS && s->step[0] * STEP_RATIO <= end) {
        double step = exact_step(size, s->step[0] * STEP_RATIO);
        if (!isfinite(step))
            break;
        size_t bytes = (size_t)s->count * sizeof *s->step;
        memmove(s->step + 1, s->step, bytes);
        memmove(s->left + 1, s->left, bytes);
        memmove(s->right + 1, s->right, bytes);
        s->count++;
        if (!sample(l, 0, step))
            break;
    }
    feed_all(l, l->noise);
    conclude(l);
    /* Steps that cross corners settle too, on an average of what lies beyond. */
    double change = fabs(l->slope->centered.value - before.centered.value);
    if (!(change <= before.centered.bar)) {
        before.largest = l->slope->largest;
        *l->slope = before;
    } else if (l->slope->blurred) {
        l->slope->left = before.left;
        l->slope->right = before.right;
    }
}

/* A slope found only with very fine steps may be that of a flat stretch of float32 arithmetic inside f, whose
 * jitter shows at wider spacing only. If coarser steps give another slope with that jitter as the noise, nobody
 * can say which is meant. (A coarse slope of zero beside a fine one that is not is an oscillation.) */
static void distrust_fine_steps(struct ladder *l)
{
    struct slope *s = l->slope;
    if (s->centered.row < 0 || s->centered.step > FINE_STEP * s->scale)
        return;
    double coarse, fine = l->noise;
    if (noise_at(&coarse, l, exact_step(line_size(l->line), FINE_STEP * s->scale)) == NOISE_TOO_CLOSE ||
        coarse <= 16 * fine)
        return;
    struct slope first = *s;
    feed_all(l, coarse);
    conclude(l);
    struct estimate rough = s->centered;
    *s = first;
    double conflict = fabs(rough.value - first.centered.value);
    if (rough.row >= 0 && conflict > rough.bar + first.centered.bar && 4 * rough.bar < fabs(rough.value))
        s->centered.bar = conflict;
}

/* Where f does not move at all it may still climb in stairs wider than the steps, (1e8 + x) - 1e8 at 1e-9: then
 * it is flat at farther points too, on other levels. A unit that is merely switched off is not. */
static void distrust_flatness(struct ladder *l)
{
    struct slope *s = l->slope;
    const struct samples *t = &l->samples;
    int first = t->count;
    while (first > 0 && t->left[first - 1] == l->middle && t->right[first - 1] == l->middle)
        first--;
    if (first == t->count || s->centered.step > t->step[first])
        return;
    double far = 0.6 * t->step[first];
    if (!climbs_in_stairs(l, far, 0.06 * t->step[first]))
        return;
    double rise =
        fmax(fabs(line_value(l->line, 12 * far) - l->middle), fabs(line_value(l->line, -12 * far) - l->middle));
    double steepest = rise / (12 * far);
    s->centered.bar = fmax(s->centered.bar, 2 * steepest);
    s->left.bar = fmax(s->left.bar, 2 * steepest);
    s->right.bar = fmax(s->right.bar, 2 * steepest);
}

double slope_noise(struct line *line, double scale)
{
    struct slope slope = {.scale = scale};
    struct ladder l = {.line = line, .slope = &slope};
    l.middle = line_value(line, 0);
    return isfinite(l.middle) ? noise_near(&l, 0) : 0;
}

void slope_measure(struct slope *slope, struct line *line, double scale, double noise, double claimed)
{
    struct ladder l = {.line = line, .slope = slope};
    *slope = (struct slope){.scale = scale};
    l.samples.count = 0;
    l.middle = line_value(line, 0);
    struct estimate none = {.value = NAN, .bar = INFINITY, .row = -1};
    slope->centered = slope->left = slope->right = none;
    if (!isfinite(l.middle))
        return;
    slope->largest = fabs(l.middle);
    feed_all(&l, noise_near(&l, noise));
    descend(&l, claimed);
    conclude(&l);
    slope->blurred = l.noise > 0x1p-44 * slope->largest;
    double bar = slope->centered.bar;
    if (!slope->kink && isfinite(bar) && bar > COARSE_BAR * fmax(fabs(slope->centered.value), fabs(claimed)))
        ascend(&l);
    distrust_fine_steps(&l);
    if (fabs(claimed - slope->centered.value) > slope->centered.bar)
        distrust_flatness(&l);
}
