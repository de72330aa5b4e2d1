/* Extrapolation of difference quotients to step zero, with an error bar (Ridders 1982). */
#include "check/ridders.h"

#include <math.h>

void ridders_init(struct ridders *table, int power)
{
    table->power = power;
    table->rows = 0;
}

/* Neville's scheme in step^power. Both noises may be fully correlated: they add by absolute weight. */
static void extrapolate(struct ridders *t, int i)
{
    for (int j = 1; j <= i && j < RIDDERS_COLUMNS; j++) {
        double ratio = t->step[i - j] / t->step[i];
        double q = t->power == 2 ? ratio * ratio : ratio;
        t->value[i][j] = t->value[i][j - 1] + (t->value[i][j - 1] - t->value[i - 1][j - 1]) / (q - 1);
        t->noise[i][j] = (q * t->noise[i][j - 1] + t->noise[i - 1][j - 1]) / (q - 1);
    }
}

/* The largest change towards the entry's neighbours, twice. For a smooth function this is the error of the
 * neighbours, far above the entry's own. Where convergence is slow (x^1.1 at 0: every extrapolation still
 * goes like a power of the step), the changes form a geometric series whose sum is what remains. */
static double truncation(const struct ridders *t, int i, int j)
{
    double now = t->value[i][j];
    double step = fabs(now - t->value[i - 1][j]);
    double before = fabs(t->value[i - 1][j] - t->value[i - 2][j]);
    double change = step;
    if (j > 0)
        change = fmax(change, fmax(fabs(now - t->value[i][j - 1]), fabs(now - t->value[i - 1][j - 1])));
    if (step <= t->noise[i][j] + t->noise[i - 1][j])
        return 2 * change;
    if (before <= step)
        return INFINITY; /* not converging */
    return 2 * change * fmax(1, step / (before - step));
}

/* A correct estimate explains every later quotient by its truncation, which falls with the step at least
 * linearly, and by noise. An estimate from steps far above the period of an oscillation, or from beyond a
 * kink, does not. */
static void contradict(struct ridders *t, int last)
{
    double seen = t->value[last][0];
    for (int i = 2; i < last; i++) {
        double shrink = t->step[last] / t->step[i];
        for (int j = 0; j + 2 <= i && j < RIDDERS_COLUMNS; j++) {
            double deviation = fabs(seen - t->value[i][j]);
            double allowed = fabs(t->value[i][0] - t->value[i][j]) * shrink + t->noise[last][0];
            if (deviation > t->bar[i][j] + allowed)
                t->bar[i][j] = deviation;
        }
    }
}

bool ridders_add(struct ridders *t, double step, double quotient, double noise)
{
    int i = t->rows;
    if (i == RIDDERS_ROWS || (i > 0 && !(step < 0.9 * t->step[i - 1])))
        return false;
    t->rows++;
    t->step[i] = step;
    t->value[i][0] = quotient;
    t->noise[i][0] = noise;
    extrapolate(t, i);
    for (int j = 0; j < RIDDERS_COLUMNS; j++) {
        t->bar[i][j] = INFINITY;
        if (j + 2 <= i) {
            double bar = truncation(t, i, j) + t->noise[i][j];
            t->bar[i][j] = isfinite(t->value[i][j]) && isfinite(bar) ? bar : INFINITY;
        }
    }
    contradict(t, i);
    return true;
}

static struct estimate best_until(const struct ridders *t, int rows)
{
    struct estimate best = {.value = NAN, .bar = INFINITY, .step = 0, .row = -1};
    for (int i = 2; i < rows; i++)
        for (int j = 0; j + 2 <= i && j < RIDDERS_COLUMNS; j++)
            if (t->bar[i][j] < best.bar)
                best = (struct estimate){t->value[i][j], t->bar[i][j], t->step[i], i};
    return best;
}

struct estimate ridders_best(const struct ridders *t)
{
    return best_until(t, t->rows);
}

bool ridders_settled(const struct ridders *t, double negligible)
{
    struct estimate older = best_until(t, t->rows - 2);
    return older.row >= 0 && (older.bar <= negligible || older.bar <= t->noise[t->rows - 1][0]);
}
