/* Hints: telling patterns in the numbers of a wrong gradient. */
#include "check/hint.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where hints are kept. */
struct hinting {
    struct arena *arena;
    bool no_memory;
};

static const char *say(struct hinting *hinting, const char *format, ...)
{
    char buffer[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    const char *hint = arena_text(hinting->arena, buffer, strlen(buffer));
    hinting->no_memory |= !hint;
    return hint;
}

static bool fails(const struct judged *t, size_t i)
{
    return t->verdict[i] >= GCK_VERDICT_INACCURATE;
}

/* Whether a_i matches `expected` within the budget and the dtype's rounding. */
static bool near(const struct judged *t, size_t i, double a, double expected)
{
    return fabs(a - expected) <= t->budget[i] + 8 * 0x1p-53 * fabs(expected) + fabs(expected) * 1e-6;
}

static double g_at(const struct judged *t, size_t i)
{
    return m_to_double(t->reference + i);
}

/* The constant ratio a / g, or NaN. */
static double ratio_of(const struct judged *t)
{
    double ratio = NAN;
    for (size_t i = 0; i < t->count; i++) {
        double g = g_at(t, i);
        if (fabs(g) <= t->budget[i])
            continue;
        double own = t->analytic[i] / g;
        if (isnan(ratio))
            ratio = own;
        if (!(fabs(own - ratio) <= 1e-6 * fabs(ratio) + 2 * t->budget[i] / fabs(g)))
            return NAN;
    }
    return ratio;
}

static const char *ratio_hint(const struct judged *t, const struct shape *shape, struct hinting *hinting)
{
    double ratio = ratio_of(t), factor = log2(fabs(ratio));
    const char *who = t->count == 1 ? "it" : "every element";
    if (isnan(ratio) || ratio == 0 || fabs(ratio - 1) < 1e-5)
        return NULL;
    if (fabs(ratio + 1) < 1e-5)
        return say(hinting, "%s has the opposite sign: a minus is missing or doubled", who);
    for (int axis = 0; axis <= shape->rank; axis++) {
        double n = axis < shape->rank ? (double)shape->dim[axis] : (double)t->count;
        if (n > 2 && fabs(ratio - n) < 1e-5 * n)
            return say(hinting,
                       "every element is %g times the reference, the size of %s: a mean's 1/%g is missing", n,
                       axis < shape->rank ? "one of its axes" : "the tensor", n);
        if (n > 2 && fabs(ratio * n - 1) < 1e-5)
            return say(
                hinting,
                "every element is 1/%g of the reference, %g being the size of %s: divided once too often", n, n,
                axis < shape->rank ? "one of its axes" : "the tensor");
    }
    if (t->count == 1 &&
        fabs(factor - round(factor)) > 1e-5) /* one number is always some multiple of another */
        return NULL;
    return say(hinting, "%s is %.6g times the reference: a constant factor is wrong", who, ratio);
}

static bool transposed(const struct judged *t, const struct shape *shape)
{
    if (shape->rank != 2 || shape->dim[0] != shape->dim[1] || shape->dim[0] < 2)
        return false;
    size_t n = shape->dim[0];
    for (size_t i = 0; i < t->count; i++)
        if (!near(t, i, t->analytic[i], g_at(t, i % n * n + i / n)))
            return false;
    return true;
}

static bool shifted(const struct judged *t)
{
    if (t->count < 4)
        return false;
    for (size_t i = 1; i < t->count; i++)
        if (!near(t, i, t->analytic[i], g_at(t, i - 1)))
            return false;
    return true;
}

static const char *twin(const struct trial_run *run, const struct judged *t, const struct graph *graph,
                        struct hinting *hinting)
{
    for (size_t k = 0; k < run->count; k++) {
        const struct judged *other = &run->tensors[k];
        if (other == t || other->value || other->count != t->count)
            continue;
        bool same = true;
        for (size_t i = 0; i < t->count && same; i++)
            same = near(t, i, t->analytic[i], g_at(other, i));
        if (same)
            return say(hinting, "it equals the gradient of %s: the two may be swapped",
                       graph->nodes[other->node].name);
    }
    return NULL;
}

/* Where the failing elements are, when they are few or in one place. */
static const char *place_hint(const struct judged *t, const struct shape *shape, const double *x,
                              struct hinting *hinting)
{
    size_t failing = 0, negative = 0, last_row = 0, corners = 0,
           row = shape->rank > 1 ? t->count / shape->dim[0] : 0, negatives = 0;
    for (size_t i = 0; i < t->count; i++) {
        bool minus = x && x[i] < 0;
        negatives += minus;
        if (!fails(t, i))
            continue;
        failing++;
        negative += minus;
        corners += t->corner && t->corner[i];
        last_row += row && i >= t->count - row;
    }
    if (failing == corners)
        return say(hinting, "off only where the function has a corner or a tie");
    if (failing == t->count)
        return NULL;
    if (failing == last_row && row && shape->dim[0] > 1)
        return say(hinting, "only the last row (index %zu of axis 0) is off", shape->dim[0] - 1);
    if (negatives && failing == negatives && negative == failing && negatives < t->count)
        return say(hinting, "off exactly where the parameter is negative");
    if (failing == 1 && t->count > 1)
        return say(hinting, "only this element of %zu is off", t->count);
    return NULL;
}

/* Whether an element is off by more than the patterns below are matched to: the last digits fit any pattern
 * that the reference itself has. */
static bool off(const struct judged *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (!near(t, i, t->analytic[i], g_at(t, i)))
            return true;
    return false;
}

static const char *pattern_hint(const struct trial_run *run, const struct judged *t, const struct shape *shape,
                                struct hinting *hinting)
{
    const char *hint = ratio_hint(t, shape, hinting);
    if (!hint && transposed(t, shape))
        hint = say(hinting, "it is the transpose of the reference");
    if (!hint && !t->value)
        hint = twin(run, t, run->proof->ladder->graph, hinting);
    if (!hint && shifted(t))
        hint = say(hinting, "it is the reference shifted by one element");
    return hint;
}

static const char *find(const struct trial_run *run, size_t k, struct hinting *hinting)
{
    const struct judged *t = &run->tensors[k];
    const struct graph *graph = run->proof->ladder->graph;
    const struct shape *shape = &graph->nodes[t->node].shape;
    bool any = false, zeros = true, nonzero = false;
    for (size_t i = 0; i < t->count && t->analytic; i++) {
        any |= fails(t, i);
        zeros &= t->analytic[i] == 0;
        nonzero |= fabs(g_at(t, i)) > t->budget[i];
    }
    if (!any)
        return NULL;
    if (zeros && nonzero)
        return t->value
                   ? NULL
                   : say(hinting, "all zeros: no gradient arrives here (detached, overwritten or never added)");
    const char *hint = off(t) ? pattern_hint(run, t, shape, hinting) : NULL;
    if (!hint)
        hint = place_hint(t, shape, t->value ? NULL : run->proof->ladder->binding->values[t->node], hinting);
    return hint;
}

gck_status hint_for(const char **hint, const struct trial_run *run, size_t k, struct arena *arena)
{
    struct hinting hinting = {.arena = arena};
    *hint = find(run, k, &hinting);
    return hinting.no_memory ? GCK_NO_MEMORY : GCK_OK;
}
