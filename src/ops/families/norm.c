/* norm: (sum |x|^p)^(1/p) for p = 1, 2, infinity or any p > 1, of elements of any size. */
#include "ops/families/groups.h"
#include "ops/rules/reductions.h"

/* largest = max |x| of a group; returns its exponent */
static int R(group_size)(R(element) * largest, const R(call) * k, const struct groups *groups,
                         const R(context) * c)
{
    R(set_si)(largest, 0, c);
    for (struct members m = members_of(groups); next_member(&m);)
        R(grow)(largest, k->x[0] + m.at, c);
    return R(exponent)(largest);
}

/* root = (sum |x / 2^e|^p)^(1/p), p = 2 where it is NULL */
static void R(find_root)(R(element) * root, const R(element) * p, int e, const R(call) * k,
                         const struct groups *groups, const R(context) * c)
{
    SUM(s, c);
    LOCAL(t, c);
    for (struct members m = members_of(groups); next_member(&m);) {
        R(abs)(t, k->x[0] + m.at, c);
        R(scale)(t, t, -e, c);
        if (p)
            R(pow)(t, t, p, c);
        else
            R(mul)(t, t, t, c);
        R(sum_add)(s, t, 0, 1, c);
    }
    R(sum_get)(root, s, c);
    if (p) {
        R(set_si)(t, 1, c);
        R(div)(t, t, p, c);
        R(pow)(root, root, t, c);
    } else {
        R(sqrt)(root, root, c);
    }
}

/* y = sum |x| */
static void R(norm_1)(R(element) * y, const R(call) * k, const struct groups *groups, const R(context) * c)
{
    SUM(s, c);
    LOCAL(t, c);
    for (struct members m = members_of(groups); next_member(&m);) {
        R(abs)(t, k->x[0] + m.at, c);
        R(sum_add)(s, t, 0, 1, c);
    }
    R(sum_get)(y, s, c);
}

/* Whether |x_i| is the largest so far (1), equal (0) or smaller (-1), NaN being the largest: one decision. */
static int R(size_order)(const R(element) * size, const R(element) * largest, const R(context) * c)
{
    int order = R(compare)(size, largest, c);
    int nan = R(is_nan)(size) - R(is_nan)(largest);
    return nan ? nan : order;
}

/* largest = max |x|, by decisions; marks in `among`, where that is given, who is among the largest, behind
 * *first, and returns how many they are. */
static size_t R(find_largest)(R(element) * largest, R(element) * among, size_t *first, const R(call) * k,
                              const struct groups *groups, const R(context) * c)
{
    size_t count = 0, i = 0;
    LOCAL(size, c);
    for (struct members m = members_of(groups); next_member(&m); i++) {
        R(abs)(size, k->x[0] + m.at, c);
        int order = i ? R(size_order)(size, largest, c) : 1;
        if (order > 0) {
            R(set)(largest, size, c);
            *first = i;
            count = 0;
        }
        count += order >= 0;
        if (among)
            R(set_si)(among + i, order >= 0, c);
    }
    return count;
}

/* y = (sum |x|^p)^(1/p), max |x| */
void R(norm_forward)(const R(call) * k, const R(context) * c)
{
    long ord = node_attribute(k->node, "ord")->integer;
    struct groups groups = groups_of(k);
    size_t first;
    LOCAL(p, c);
    LOCAL(t, c);
    if (ord == NORM_P)
        R(attribute)(p, k, "p", c);
    for (size_t o = 0; next_group(&groups); o++) {
        if (ord == NORM_1) {
            R(norm_1)(k->y + o, k, &groups, c);
        } else if (ord == NORM_INF) {
            R(find_largest)(k->y + o, NULL, &first, k, &groups, c);
        } else {
            int e = R(group_size)(t, k, &groups, c);
            R(find_root)(t, ord == NORM_P ? p : NULL, e, k, &groups, c);
            R(scale)(k->y + o, t, e, c);
        }
    }
}

/* dx += sign t */
static inline void R(add_signed)(R(element) * dx, int sign, const R(element) * t, const R(context) * c)
{
    if (sign > 0)
        R(add)(dx, dx, t, c);
    else if (sign < 0)
        R(sub)(dx, dx, t, c);
}

/* dx += dy sign(x), 0 at x = 0 */
static void R(norm_1_backward)(const R(call) * k, const struct groups *groups, const R(element) * dy,
                               const R(context) * c)
{
    LOCAL(zero, c);
    for (struct members m = members_of(groups); next_member(&m);)
        R(add_signed)(k->dx[0] + m.at, R(compare)(k->x[0] + m.at, zero, c), dy, c);
}

/* dx += dy sign(x) at the largest |x|, shared evenly among equal ones; 0 where all are 0 */
static void R(norm_inf_backward)(const R(call) * k, const struct groups *groups, const R(element) * dy,
                                 const R(context) * c)
{
    size_t first = 0, i = 0;
    LOCAL(largest, c);
    LOCAL(zero, c);
    LOCAL(share, c);
    size_t count = R(find_largest)(largest, k->scratch, &first, k, groups, c);
    int above = R(compare)(largest, zero, c);
    R(div_si)(share, dy, (long)count, c);
    for (struct members m = members_of(groups); next_member(&m); i++) {
        int sign = R(is_zero)(largest) ? above : R(sign)(k->x[0] + m.at);
        if (above && i >= first && !R(is_zero)(k->scratch + i))
            R(add_signed)(k->dx[0] + m.at, sign, share, c);
    }
}

/* A subgradient at x = 0, for either way to resolve the tie: sign dy (1, ..., 1) / n. */
static void R(norm_at_zero)(const R(call) * k, const struct groups *groups, const R(element) * dy, int sign,
                            const R(context) * c)
{
    LOCAL(t, c);
    R(div_si)(t, dy, (long)groups->count, c);
    for (struct members m = members_of(groups); next_member(&m);)
        R(add_signed)(k->dx[0] + m.at, sign, t, c);
}

/* dx += dy sign(x) (|x| / y)^(p-1), p = 2 where it is NULL; 0 where all are 0 */
static void R(norm_p_backward)(const R(call) * k, const R(element) * p, const struct groups *groups,
                               const R(element) * dy, const R(context) * c)
{
    LOCAL(root, c);
    LOCAL(t, c);
    LOCAL(power, c);
    LOCAL(one, c);
    LOCAL(zero, c);
    int e = R(group_size)(t, k, groups, c), above = R(compare)(t, zero, c);
    if (above && R(is_zero)(t))
        R(norm_at_zero)(k, groups, dy, above, c);
    if (!above || R(is_zero)(t))
        return;
    R(find_root)(root, p, e, k, groups, c);
    R(set_si)(one, 1, c);
    if (p)
        R(sub)(power, p, one, c);
    for (struct members m = members_of(groups); next_member(&m);) {
        R(abs)(t, k->x[0] + m.at, c);
        R(scale)(t, t, -e, c);
        R(div)(t, t, root, c);
        if (p)
            R(pow)(t, t, power, c);
        R(mul)(t, t, dy, c);
        R(add_signed)(k->dx[0] + m.at, R(sign)(k->x[0] + m.at), t, c);
    }
}

/* dx += dy sign(x) (|x| / y)^(p-1) */
void R(norm_backward)(const R(call) * k, const R(context) * c)
{
    long ord = node_attribute(k->node, "ord")->integer;
    struct groups groups = groups_of(k);
    LOCAL(p, c);
    if (ord == NORM_P)
        R(attribute)(p, k, "p", c);
    for (size_t o = 0; next_group(&groups); o++)
        if (ord == NORM_1)
            R(norm_1_backward)(k, &groups, k->dy + o, c);
        else if (ord == NORM_INF)
            R(norm_inf_backward)(k, &groups, k->dy + o, c);
        else
            R(norm_p_backward)(k, ord == NORM_P ? p : NULL, &groups, k->dy + o, c);
}
