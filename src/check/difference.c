/* Differences in MPFR: moving the inputs, evaluating, and estimating the error of the quotient. */
#include "check/difference.h"

#include <float.h>
#include <math.h>

#include "real/wide.h"

gck_status mover_new(struct mover *mover, const struct ladder *ladder, int level, const bool *moves)
{
    *mover = (struct mover){.reference = &ladder->levels[level], .guard = &ladder->guards[level]};
    gck_status status = m_evaluation_vary(&mover->narrow, mover->reference->evaluation, moves);
    if (!status)
        status = m_evaluation_vary(&mover->wide, mover->guard->evaluation, moves);
    if (status) {
        mover_free(mover);
        return status;
    }
    return GCK_OK;
}

gck_status mover_new_single(struct mover *mover, const struct ladder *ladder, int level, const bool *moves)
{
    gck_status status = mover_new(mover, ladder, level, moves);
    if (!status) { /* from here on only what an element touches is computed again */
        m_evaluation_forward(mover->narrow);
        m_evaluation_forward(mover->wide);
    }
    return status;
}

void mover_free(struct mover *mover)
{
    m_evaluation_free(mover->narrow);
    m_evaluation_free(mover->wide);
    mover->narrow = mover->wide = NULL;
}

/* y = x + v 2^exponent */
static void move(m_element *y, const m_element *x, double v, int exponent, const m_context *c)
{
    M_LOCAL(t, c);
    double moved = ldexp(v, exponent); /* exact unless it is subnormal */
    m_set_double(t, fabs(moved) >= DBL_MIN ? moved : v, c);
    if (fabs(moved) < DBL_MIN)
        m_scale(t, t, exponent, c);
    m_add(y, x, t, c);
}

/* r = f(x + sign 2^exponent v); the moved inputs stay where they are put. */
static void objective_at(m_element *r, m_evaluation *e, const struct reference *base,
                         const struct direction *direction, int sign, int exponent)
{
    const m_context *c = m_evaluation_context(e);
    const struct graph *graph = base->graph;
    if (direction->single) {
        m_element *y = m_evaluation_value(e, direction->node) + direction->index;
        move(y, reference_value(base, direction->node) + direction->index, sign * direction->length, exponent,
             c);
    }
    for (size_t i = 0; !direction->single && i < graph->count; i++) {
        if (!direction->v[i])
            continue;
        size_t n = shape_count(&graph->nodes[i].shape);
        m_element *y = m_evaluation_value(e, i);
        const m_element *x = reference_value(base, i);
        for (size_t k = 0; k < n; k++)
            move(y + k, x + k, sign * direction->v[i][k], exponent, c);
    }
    if (direction->single)
        m_evaluation_forward_touched(e, direction->node, direction->index);
    else
        m_evaluation_forward(e);
    m_evaluation_objective(r, e);
}

gck_status difference_new(struct difference *difference, struct arena *arena, int bits)
{
    m_context c = m_context_wide(bits, FLOAT64);
    m_element *room = m_elements(arena, 3, &c);
    *difference = (struct difference){.numeric = room, .left = room + 1, .right = room + 2};
    return room ? GCK_OK : GCK_NO_MEMORY;
}

/* r = (a - b) 2^-exponent */
static void quotient(m_element *r, const m_element *a, const m_element *b, int exponent, const m_context *c)
{
    m_sub(r, a, b, c);
    m_scale(r, r, -exponent, c);
}

/* H, H/2, h. */
enum { COARSE, HALF, FINE, STEPS };

/* What the gap between the sides does from H/2 to h, as a power of the step: 1 for a smooth function, 0 at a
 * corner, -1/2 for a vertical tangent, -1 at a jump. */
static enum side side_of(const double gap[STEPS], double noise, int halvings)
{
    for (int i = 0; i < STEPS; i++)
        if (!isfinite(gap[i]))
            return SIDE_EDGE;
    if (gap[FINE] <= noise)
        return SIDE_SMOOTH;
    double power = -log2(gap[FINE] / gap[HALF]) / halvings;
    return power > 0.25 ? SIDE_SMOOTH : power > -0.2 ? SIDE_KINK : SIDE_STEEP;
}

/* Whether a one-sided quotient grows without bound: at a jump or a vertical tangent. Where the function is odd
 * about x, as sign is about 0, both sides do it alike and there is no gap to tell. */
static bool grows(const double quotient[STEPS], double noise, int halvings)
{
    double power = log2(fabs(quotient[FINE] / quotient[HALF])) / halvings;
    return fabs(quotient[FINE]) > noise && power > 0.2;
}

/* How far a quotient at h is from its limit when it changed by `early` from H to h and by `late` from H/2 to h.
 * A slower decay than seen is allowed for, one faster than `order` is not trusted. */
static double truncation_of(double early, double late, double order, double noise, int halvings)
{
    double seen = log2(early / late);
    if (early <= noise || late <= noise) /* already at H/2 the truncation is below the rounding */
        return ldexp(noise, -halvings);
    return isfinite(seen) ? late * exp2(-halvings * fmin(fmax(seen - 0.1, 0), order)) : INFINITY;
}

/* Whether a one-sided quotient approaches a limit: from H/2 to h it changes about as much as from H to H/2, or
 * as roots do, not without bound. */
static bool settles(const double quotient[STEPS])
{
    double early = fabs(quotient[HALF] - quotient[COARSE]), late = fabs(quotient[FINE] - quotient[HALF]);
    return isfinite(late) && (late <= 8 * early || late <= 0x1p-40 * fabs(quotient[FINE]));
}

/* How far a one-sided quotient is from its limit: of first order where the function bends. */
static double side_error(const double quotient[STEPS], double noise, int halvings)
{
    double early = fabs(quotient[COARSE] - quotient[FINE]), late = fabs(quotient[HALF] - quotient[FINE]);
    return truncation_of(early, late, 1, noise + 0x1p-50 * fabs(quotient[FINE]), halvings) + ldexp(noise, -5);
}

/* What the differences at H and H/2 tell about the one at h. */
static void estimate(struct difference *difference, double early, double late, double noise, int halvings)
{
    double order = log2(early / late);
    difference->exact = early <= noise;
    difference->order = late > noise && isfinite(order) ? order : NAN;
    difference->truncation = truncation_of(early, late, 2, noise, halvings);
}

/* How far the one-sided quotients at h are from those with guard bits, `plus` and `minus` being f(x + h v) and
 * f(x - h v) there. Rounding that both have in common cancels in the centered difference, not against f(x). */
static double sides_rounding(const struct difference *difference, const m_element *plus, const m_element *minus,
                             const struct reference *reference, int exponent, const m_context *guard)
{
    M_LOCAL(here, guard);
    M_LOCAL(side, guard);
    m_evaluation_objective(here, reference->evaluation);
    quotient(side, plus, here, exponent, guard);
    double right = m_distance(side, difference->right);
    quotient(side, here, minus, exponent, guard);
    return fmax(right, m_distance(side, difference->left));
}

void difference_take(struct difference *difference, struct mover *mover, const struct direction *direction)
{
    const m_context *c = m_evaluation_context(mover->narrow), *guard = m_evaluation_context(mover->wide);
    int fine = step_for((int)c->bits), coarse = coarse_step_for((int)c->bits);
    const int exponents[STEPS] = {coarse, coarse - 1, fine};
    M_LOCAL(here, c);
    M_LOCAL(plus, c);
    M_LOCAL(minus, c);
    M_LOCAL(first, c);
    M_LOCAL(second, c);
    M_LOCAL(t, guard);
    M_LOCAL(u, guard);
    m_element *centered[STEPS] = {first, second, difference->numeric};
    double gap[STEPS], rise[STEPS], fall[STEPS];
    difference->flat = true;
    m_evaluation_objective(here, mover->reference->evaluation);
    for (int k = 0; k < STEPS; k++) {
        objective_at(plus, mover->narrow, mover->reference, direction, 1, exponents[k]);
        objective_at(minus, mover->narrow, mover->reference, direction, -1, exponents[k]);
        quotient(centered[k], plus, minus, exponents[k] + 1, c);
        quotient(difference->right, plus, here, exponents[k], c);
        quotient(difference->left, here, minus, exponents[k], c);
        gap[k] = m_distance(difference->right, difference->left);
        rise[k] = m_to_double(difference->right);
        fall[k] = m_to_double(difference->left);
        difference->flat &= m_is_zero(difference->right) && m_is_zero(difference->left);
    }
    if (direction->single) /* for the next element */
        m_evaluation_restore(mover->narrow);
    objective_at(t, mover->wide, mover->guard, direction, 1, fine);
    objective_at(u, mover->wide, mover->guard, direction, -1, fine);
    if (direction->single)
        m_evaluation_restore(mover->wide);
    double side_rounding = 4 * sides_rounding(difference, t, u, mover->guard, fine, guard);
    quotient(t, t, u, fine + 1, guard);
    difference->flat &= m_is_zero(t);
    difference->step = fine;
    difference->rounding = 4 * m_distance(t, difference->numeric);
    /* the rounding may happen to vanish at h alone: allow 2^8 ulps of f(x) too; doubles end at 2^-1074 */
    double ulps = ldexp(m_size(here), 8 - (int)c->bits - fine) + 0x1p-1060;
    double noise = 64 * difference->rounding + ulps;
    double side_noise = fmax(noise, 64 * side_rounding + ulps);
    side_noise = isfinite(side_noise) ? side_noise : ulps; /* one side may be undefined */
    double early = m_distance(first, difference->numeric), late = m_distance(second, difference->numeric);
    estimate(difference, early, late, noise, exponents[HALF] - fine);
    difference->settles = settles(rise) || settles(fall);
    difference->left_error = side_error(fall, side_noise, exponents[HALF] - fine);
    difference->right_error = side_error(rise, side_noise, exponents[HALF] - fine);
    difference->side = side_of(gap, side_noise, exponents[HALF] - fine);
    difference->left_grows = grows(fall, side_noise, exponents[HALF] - fine);
    difference->right_grows = grows(rise, side_noise, exponents[HALF] - fine);
    if (difference->side == SIDE_SMOOTH && difference->left_grows && difference->right_grows)
        difference->side = SIDE_STEEP;
}

int scale_exponent(double x, int otherwise)
{
    int exponent = otherwise + 1;
    if (x != 0 && isfinite(x))
        frexp(x, &exponent);
    return exponent - 1;
}

int typical_exponent(const double *x, size_t n)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0 && isfinite(x[i])) {
            sum += scale_exponent(x[i], 0);
            count++;
        }
    return count > 0 ? (int)lrint(sum / count) : 0;
}
