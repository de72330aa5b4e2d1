/* What an op divides the groups of its first argument by; compiled once per scalar. */
#include "engine/planted.h"
#include "ops/families/groups.h"
#include "ops/kernels.h"

/* s = x / y at the group's largest |x|; eps where all are 0 */
static void R(quotient)(R(element) * s, const R(call) * k, const struct groups *groups, const R(context) * c)
{
    double most = 0;
    R(attribute)(s, k, "eps", c);
    for (struct members m = members_of(groups); next_member(&m);) {
        double size = fabs(R(to_double)(k->x[0] + m.at));
        if (!(size > most))
            continue;
        most = size;
        R(div)(s, k->x[0] + m.at, k->y + m.at, c);
    }
}

/* s = the mean of (x - mean)^2, or of x^2 where it is not `centered` */
static void R(mean_square)(R(element) * s, bool centered, const R(call) * k, const struct groups *groups,
                           const R(context) * c)
{
    SUM(sum, c);
    SUM(squares, c);
    LOCAL(mean, c);
    LOCAL(t, c);
    for (struct members m = members_of(groups); centered && next_member(&m);)
        R(sum_add)(sum, k->x[0] + m.at, 0, 1, c);
    if (centered)
        R(sum_get_mean)(mean, sum, groups->count, c);
    for (struct members m = members_of(groups); next_member(&m);) {
        R(sub)(t, k->x[0] + m.at, mean, c);
        R(mul)(t, t, t, c);
        R(sum_add)(squares, t, 0, 1, c);
    }
    R(sum_get_mean)(s, squares, groups->count, c);
}

/* s = sqrt(mean square + eps) */
static void R(root)(R(element) * s, bool centered, const R(call) * k, const struct groups *groups,
                    const R(context) * c)
{
    LOCAL(eps, c);
    R(mean_square)(s, centered, k, groups, c);
    R(attribute)(eps, k, "eps", c);
    R(add)(s, s, eps, c);
    R(sqrt)(s, s, c);
}

/* s = sqrt(mean square) + eps, of l2_normalize sqrt(sum of squares) + eps */
static void R(root_and_eps)(R(element) * s, enum divisor_kind kind, const R(call) * k,
                            const struct groups *groups, const R(context) * c)
{
    LOCAL(eps, c);
    R(mean_square)(s, kind == DIVISOR_DEVIATION, k, groups, c);
    if (kind == DIVISOR_QUOTIENT)
        R(mul_si)(s, s, (long)groups->count, c);
    R(sqrt)(s, s, c);
    R(attribute)(eps, k, "eps", c);
    R(add)(s, s, eps, c);
}

void R(divisor_undo)(R(element) * dx, const struct divisor *divisor, bool eps_outside, const R(call) * k,
                     const R(context) * c)
{
    struct groups groups = {.split = reduction_of(&divisor->groups.split, divisor->groups.axes)};
    groups.walk = walk_over(&groups.split.outer, 1, &groups.split.outer_view);
    groups.count = shape_count(&groups.split.inner);
    LOCAL(s, c);
    LOCAL(t, c);
    for (size_t o = 0; next_group(&groups); o++) {
        if (divisor->kind == DIVISOR_VALUE)
            R(set)(s, k->y + o, c);
        else if (divisor->kind == DIVISOR_QUOTIENT)
            R(quotient)(s, k, &groups, c);
        else
            R(root)(s, divisor->kind == DIVISOR_DEVIATION, k, &groups, c);
        if (eps_outside) {
            R(root_and_eps)(t, divisor->kind, k, &groups, c);
            R(div)(s, s, t, c);
        }
        for (struct members m = members_of(&groups); next_member(&m);)
            R(mul)(dx + m.at, dx + m.at, s, c);
    }
}
