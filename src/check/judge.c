/* Judging elements against the budget. */
#include "check/judge.h"

#include <math.h>

#include "real/wide.h"

/* Whether |g| is beyond the dtype's range, so that an infinity is the right answer. */
static bool overflows(const m_element *g, enum dtype dtype)
{
    return isinf(dtype_round(dtype, m_to_double(g))) && m_is_finite(g);
}

static gck_verdict judge_element(const struct judged *t, size_t i, enum dtype dtype)
{
    double a = t->analytic[i], budget = t->budget[i];
    const m_element *g = t->reference + i;
    if (overflows(g, dtype) && isinf(a) && (a > 0) == (m_sign(g) > 0))
        return GCK_VERDICT_OK;
    if (!m_is_finite(g))
        return GCK_VERDICT_INCONCLUSIVE; /* no reference to judge by */
    if (!isfinite(a))
        return GCK_VERDICT_NONFINITE;
    if (!(t->distance[i] <= budget))
        return isfinite(budget) ? (gck_verdict)BEYOND : GCK_VERDICT_INCONCLUSIVE;
    if (t->zero || budget <= t->largest / 4)
        return GCK_VERDICT_OK;
    return GCK_VERDICT_INCONCLUSIVE; /* within a budget so wide that it says nothing */
}

/* How an element stands to zero. */
enum zero { ZERO_NOT, ZERO_UNDERFLOW, ZERO_NOISE };

/* UNDERFLOW: the dtype cannot hold it, and all that rounding may make of it is subnormal. NOISE:
 * mathematically zero as far as these bits can tell, for it is 2^-(spare bits/2) of the rounding in the dtype.
 * To be merely smaller than a wide budget is not enough. */
static enum zero zero_of(double size, double budget, const struct proof *proof, int bits)
{
    double tiny = proof->budget->tiny;
    int precision = dtype_formats[proof->ladder->binding->dtype].bits;
    if (!isfinite(budget) || !(size <= budget))
        return ZERO_NOT;
    if (size <= 4 * tiny && budget <= ldexp(tiny, precision - 1))
        return ZERO_UNDERFLOW;
    return size <= ldexp_up(budget, (precision - bits) / 2) ? ZERO_NOISE : ZERO_NOT;
}

/* Whether the budget is narrow beside what a derivative in a number of this size naturally is. */
static bool narrow(const struct judged *t, size_t i, const struct proof *proof)
{
    if (t->value)
        return false;
    int exponent = scale_exponent(proof->ladder->binding->values[t->node][i], 0);
    return ldexp(t->budget[i], exponent) <= reference_objective_size(&proof->ladder->levels[0]);
}

/* Whether all that is not on a corner is zero. Noise with a wide budget may be digits lost in the reference
 * too: the highest precision tells. */
static gck_status find_zero(struct judged *t, const struct proof *proof)
{
    struct ladder *ladder = proof->ladder;
    bool smooth = false, doubted = false;
    t->zero = false; /* it may have been judged with a narrower budget before */
    for (size_t i = 0; i < t->count; i++) {
        if (t->corner && t->corner[i])
            continue;
        enum zero zero = zero_of(m_size(t->reference + i), t->budget[i], proof, ladder->bits);
        if (zero == ZERO_NOT)
            return GCK_OK;
        doubted = doubted || (zero == ZERO_NOISE && !narrow(t, i, proof));
        smooth = true;
    }
    t->zero = smooth;
    if (!doubted)
        return GCK_OK;
    gck_status status = ladder_reach(ladder, proof->most_level);
    const struct reference *top = &ladder->levels[proof->most_level];
    for (size_t i = 0; i < t->count && !status; i++) {
        const m_element *g = (t->value ? reference_value(top, t->node) : reference_gradient(top, t->node)) + i;
        if (!(t->corner && t->corner[i]) && zero_of(m_size(g), t->budget[i], proof, top->bits) == ZERO_NOT)
            t->zero = false;
    }
    return status;
}

static void measure(struct judged *t)
{
    m_context c = m_context_wide(53, FLOAT64);
    M_LOCAL(a, &c);
    t->largest = 0;
    for (size_t i = 0; i < t->count; i++) {
        double size = m_size(t->reference + i);
        t->distance[i] = NAN;
        if (isfinite(size) && !(t->corner && t->corner[i]))
            t->largest = fmax(t->largest, size);
        if (!t->analytic)
            continue;
        m_set_double(a, t->analytic[i], &c);
        t->distance[i] = m_distance(a, t->reference + i);
    }
}

/* A tensor that is zero passes as zero only when all of the engine's numbers are within the budgets. */
static gck_status judge_tensor(struct judged *t, const struct proof *proof)
{
    enum dtype dtype = proof->ladder->binding->dtype;
    measure(t);
    gck_status status = find_zero(t, proof);
    for (size_t i = 0; i < t->count && t->zero && t->analytic; i++)
        t->zero = (t->corner && t->corner[i]) || t->distance[i] <= t->budget[i];
    for (size_t i = 0; i < t->count; i++) {
        if (!t->analytic)
            t->verdict[i] = GCK_VERDICT_MISSING;
        else if (t->corner && t->corner[i])
            t->verdict[i] = BEYOND; /* judge_corners() decides */
        else
            t->verdict[i] = (uint8_t)judge_element(t, i, dtype);
    }
    return status;
}

gck_status judge(struct trial_run *run)
{
    gck_status status = GCK_OK;
    for (size_t k = 0; k < run->count && !status; k++)
        status = judge_tensor(&run->tensors[k], run->proof);
    if (!status)
        status = judge_corners(run);
    return status ? status : judge_near_kinks(run);
}
