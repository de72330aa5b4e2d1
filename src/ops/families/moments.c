/* var, std and norm: deviations from the mean in two passes, squares scaled so that none over- or underflows.
 */
#include "ops/families/groups.h"
#include "ops/rules/reductions.h"

/* The mean of a group in two parts: `rest` is the mean of what is left when the rounded `mean` is taken off. */
static void R(center)(R(element) * mean, R(element) * rest, const R(call) * k, const struct groups *groups,
                      const R(context) * c)
{
    SUM(s, c);
    SUM(left, c);
    LOCAL(t, c);
    R(add_group)(s, k, groups, c);
    R(sum_get_mean)(mean, s, groups->count, c);
    for (struct members m = members_of(groups); next_member(&m);) {
        R(sub)(t, k->x[0] + m.at, mean, c);
        R(sum_add)(left, t, 0, 1, c);
    }
    R(sum_get_mean)(rest, left, groups->count, c);
}

/* d = (x - mean) - rest */
static inline void R(deviation)(R(element) * d, const R(element) * x, const R(element) * mean,
                                const R(element) * rest, const R(context) * c)
{
    R(sub)(d, x, mean, c);
    R(sub)(d, d, rest, c);
}

/* n - correction, which the rule made positive */
static size_t R(freedom)(const R(call) * k, const struct groups *groups)
{
    return groups->count - (size_t)node_attribute(k->node, "correction")->integer;
}

/* y = sum d^2 / (n - correction) */
void R(var_forward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    LOCAL(mean, c);
    LOCAL(rest, c);
    LOCAL(d, c);
    for (size_t o = 0; next_group(&groups); o++) {
        SUM(s, c);
        R(center)(mean, rest, k, &groups, c);
        for (struct members m = members_of(&groups); next_member(&m);) {
            R(deviation)(d, k->x[0] + m.at, mean, rest, c);
            R(mul)(d, d, d, c);
            R(sum_add)(s, d, 0, 1, c);
        }
        R(sum_get_mean)(k->y + o, s, R(freedom)(k, &groups), c);
    }
}

/* dx += dy 2 d / (n - correction): the deviations sum to 0, so the mean's own share is nothing */
void R(var_backward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    LOCAL(mean, c);
    LOCAL(rest, c);
    LOCAL(d, c);
    for (size_t o = 0; next_group(&groups); o++) {
        R(center)(mean, rest, k, &groups, c);
        for (struct members m = members_of(&groups); next_member(&m);) {
            R(deviation)(d, k->x[0] + m.at, mean, rest, c);
            R(scale)(d, d, 1, c);
            R(div_si)(d, d, (long)R(freedom)(k, &groups), c);
            R(mul)(d, d, k->dy + o, c);
            R(add)(k->dx[0] + m.at, k->dx[0] + m.at, d, c);
        }
    }
}

/* One group's standard deviation, as root 2^e. */
struct R(spread) {
    R(element) * mean, *rest, *root, *largest;
    int e;
};

/* root = sqrt(sum (d / 2^e)^2 / (n - correction)); largest = max |d| */
static void R(find_spread)(struct R(spread) * spread, const R(call) * k, const struct groups *groups,
                           const R(context) * c)
{
    SUM(s, c);
    LOCAL(d, c);
    R(center)(spread->mean, spread->rest, k, groups, c);
    R(set_si)(spread->largest, 0, c);
    for (struct members m = members_of(groups); next_member(&m);) {
        R(deviation)(d, k->x[0] + m.at, spread->mean, spread->rest, c);
        R(grow)(spread->largest, d, c);
    }
    spread->e = R(exponent)(spread->largest);
    for (struct members m = members_of(groups); next_member(&m);) {
        R(deviation)(d, k->x[0] + m.at, spread->mean, spread->rest, c);
        R(scale)(d, d, -spread->e, c);
        R(mul)(d, d, d, c);
        R(sum_add)(s, d, 0, 1, c);
    }
    R(sum_get_mean)(spread->root, s, R(freedom)(k, groups), c);
    R(sqrt)(spread->root, spread->root, c);
}

#define SPREAD(name, c)                                                                                        \
    LOCAL(name##_mean, c);                                                                                     \
    LOCAL(name##_rest, c);                                                                                     \
    LOCAL(name##_root, c);                                                                                     \
    LOCAL(name##_largest, c);                                                                                  \
    struct R(spread) name = {name##_mean, name##_rest, name##_root, name##_largest, 0}

/* y = sqrt(sum d^2 / (n - correction)) */
void R(std_forward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    SPREAD(spread, c);
    for (size_t o = 0; next_group(&groups); o++) {
        R(find_spread)(&spread, k, &groups, c);
        R(scale)(k->y + o, spread.root, spread.e, c);
    }
}

/* A subgradient at a constant group of n > 1, for either way to resolve the tie: sign dy (n-1, -1, ..., -1) /
 * sqrt(n (n-1) (n - correction)). */
static void R(std_at_constant)(const R(call) * k, const struct groups *groups, const R(element) * dy, int sign,
                               const R(context) * c)
{
    long n = (long)groups->count, of_one = sign * (n - 1);
    LOCAL(t, c);
    LOCAL(length, c);
    R(set_si)(length, n, c);
    R(mul_si)(length, length, n - 1, c);
    R(mul_si)(length, length, (long)R(freedom)(k, groups), c);
    R(sqrt)(length, length, c);
    for (struct members m = members_of(groups); n > 1 && next_member(&m); of_one = -sign) {
        R(mul_si)(t, dy, of_one, c);
        R(div)(t, t, length, c);
        R(add)(k->dx[0] + m.at, k->dx[0] + m.at, t, c);
    }
}

/* dx += dy d / ((n - correction) y); 0 where all elements are equal */
void R(std_backward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    SPREAD(spread, c);
    LOCAL(zero, c);
    LOCAL(d, c);
    for (size_t o = 0; next_group(&groups); o++) {
        R(find_spread)(&spread, k, &groups, c);
        int sign = R(compare)(spread.largest, zero, c);
        if (sign && R(is_zero)(spread.largest))
            R(std_at_constant)(k, &groups, k->dy + o, sign, c);
        if (!sign || R(is_zero)(spread.largest))
            continue;
        for (struct members m = members_of(&groups); next_member(&m);) {
            R(deviation)(d, k->x[0] + m.at, spread.mean, spread.rest, c);
            R(scale)(d, d, -spread.e, c);
            R(div)(d, d, spread.root, c);
            R(div_si)(d, d, (long)R(freedom)(k, &groups), c);
            R(mul)(d, d, k->dy + o, c);
            R(add)(k->dx[0] + m.at, k->dx[0] + m.at, d, c);
        }
    }
}
