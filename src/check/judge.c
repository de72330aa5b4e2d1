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

/* Whether g is zero beside its budget, and not just smaller than a budget too wide to tell: mathematically
 * zero, so that the reference holds nothing but its own rounding; or lost to underflow. */
static bool negligible(const struct judged *t, size_t i, const struct proof *proof)
{
    enum { UNDERFLOW_BITS = 10 };
    double size = m_size(t->reference + i), budget = t->budget[i], tiny = proof->budget->tiny;
    if (!isfinite(budget) || !(size <= budget))
        return false;
    int spare = proof->ladder->bits - dtype_formats[proof->ladder->binding->dtype].bits;
    return size <= ldexp(budget, -spare / 2) || (size <= 4 * tiny && budget <= ldexp(tiny, UNDERFLOW_BITS));
}

static void measure(struct judged *t, const struct proof *proof)
{
    m_context c = m_context_wide(53, FLOAT64);
    M_LOCAL(a, &c);
    bool smooth = false;
    t->largest = 0;
    t->zero = true;
    for (size_t i = 0; i < t->count; i++) {
        double size = m_size(t->reference + i);
        t->distance[i] = NAN;
        if (t->corner && t->corner[i])
            continue;
        if (isfinite(size))
            t->largest = fmax(t->largest, size);
        t->zero = t->zero && negligible(t, i, proof);
        smooth = true;
    }
    t->zero = t->zero && smooth;
    for (size_t i = 0; i < t->count && t->analytic; i++) {
        m_set_double(a, t->analytic[i], &c);
        t->distance[i] = m_distance(a, t->reference + i);
    }
}

/* A tensor that is zero within the budgets passes as zero only when all of the engine's numbers are. */
static void judge_tensor(struct judged *t, const struct proof *proof)
{
    enum dtype dtype = proof->ladder->binding->dtype;
    measure(t, proof);
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
}

gck_status judge(struct trial_run *run)
{
    for (size_t k = 0; k < run->count; k++)
        judge_tensor(&run->tensors[k], run->proof);
    gck_status status = judge_corners(run);
    return status ? status : judge_near_kinks(run);
}
