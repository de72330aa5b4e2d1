/* Reductions to sums, means and extremes. */
#include "ops/families/groups.h"

/* y = the sum of every group, in sum precision */
void R(sum_forward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    for (size_t o = 0; next_group(&groups); o++) {
        SUM(s, c);
        R(add_group)(s, k, &groups, c);
        R(sum_get)(k->y + o, s, c);
    }
}

/* dx += t, copied along the reduced axes */
static void R(spread)(const R(call) * k, const R(element) * t, const R(context) * c)
{
    const struct shape *shape = k->shapes[0];
    const struct view views[] = {view_of(shape), view_reduced(shape, k->node->axes)};
    struct walk w = walk_over(shape, 2, views);
    while (walk_next(&w)) {
        R(element) *restrict dx = k->dx[0] + w.offset[0];
        const R(element) *restrict from = t + w.offset[1];
        for (size_t i = 0; i < w.count; i++)
            R(add)(dx + i, dx + i, from + (ptrdiff_t)i * w.step[1], c);
    }
}

/* dx += dy */
void R(sum_backward)(const R(call) * k, const R(context) * c)
{
    R(spread)(k, k->dy, c);
}

/* y = (sum of the group) / n */
void R(mean_forward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    for (size_t o = 0; next_group(&groups); o++) {
        SUM(s, c);
        R(add_group)(s, k, &groups, c);
        R(sum_get_mean)(k->y + o, s, groups.count, c);
    }
}

/* dx += dy / n */
void R(mean_backward)(const R(call) * k, const R(context) * c)
{
    long n = (long)groups_of(k).count;
    size_t m = shape_count(&k->node->shape);
    for (size_t i = 0; i < m; i++)
        R(div_si)(k->scratch + i, k->dy + i, n, c);
    R(spread)(k, k->scratch, c);
}

/* Whether x_i is more extreme than the most extreme so far (1), equal (0) or less (-1): one decision whatever
 * the values are, so that a replay stays in step. `sign` is 1 for a maximum, -1 for a minimum. NaN is more
 * extreme than any number. */
static int R(order)(const R(element) * x, const R(element) * extreme, int sign, const R(context) * c)
{
    int order = sign * R(compare)(x, extreme, c);
    int nan = R(is_nan)(x) - R(is_nan)(extreme);
    return nan ? nan : order;
}

/* y = the most extreme of every group, the first one at a tie */
static void R(extreme_forward)(const R(call) * k, int sign, const R(context) * c)
{
    struct groups groups = groups_of(k);
    for (size_t o = 0; next_group(&groups); o++) {
        const R(element) *first = k->x[0] + groups.at, *extreme = first;
        for (struct members m = members_of(&groups); next_member(&m);) {
            const R(element) *candidate = k->x[0] + m.at;
            if (candidate != first && R(order)(candidate, extreme, sign, c) > 0)
                extreme = candidate;
        }
        R(set)(k->y + o, extreme, c);
    }
}

enum { TIES_SHARE, TIES_FIRST, TIES_LAST };

/* What one group's comparisons say: its extremes are first .. last where shares[i] is 1. */
struct extremes {
    size_t first, last, count;
};

/* Repeats the comparisons of the forward pass and marks in `shares` who is among the extremes. */
static struct extremes R(find_extremes)(R(element) * shares, const R(call) * k, const struct groups *groups,
                                        int sign, const R(context) * c)
{
    struct extremes found = {.count = 1};
    const R(element) *extreme = NULL;
    struct members m = members_of(groups);
    for (size_t at = 0; next_member(&m); at++) {
        const R(element) *candidate = k->x[0] + m.at;
        int order = extreme ? R(order)(candidate, extreme, sign, c) : 1;
        R(set_si)(shares + at, order >= 0, c);
        if (order > 0) {
            extreme = candidate;
            found = (struct extremes){at, at, 1};
        } else if (order == 0) {
            found.last = at;
            found.count++;
        }
    }
    return found;
}

/* dx += dy at the extreme of every group; at a tie what `ties` says */
static void R(extreme_backward)(const R(call) * k, int sign, const R(context) * c)
{
    long ties = node_attribute(k->node, "ties")->integer;
    struct groups groups = groups_of(k);
    LOCAL(share, c);
    for (size_t o = 0; next_group(&groups); o++) {
        struct extremes found = R(find_extremes)(k->scratch, k, &groups, sign, c);
        if (ties != TIES_SHARE) {
            found.first = found.last = ties == TIES_FIRST ? found.first : found.last;
            found.count = 1;
        }
        R(div_si)(share, k->dy + o, (long)found.count, c);
        struct members m = members_of(&groups);
        for (size_t at = 0; next_member(&m); at++) {
            R(element) *to = k->dx[0] + m.at;
            if (at >= found.first && at <= found.last && !R(is_zero)(k->scratch + at))
                R(add)(to, to, share, c);
        }
    }
}

/* y = the largest of every group */
void R(amax_forward)(const R(call) * k, const R(context) * c)
{
    R(extreme_forward)(k, 1, c);
}

/* dx += dy at the largest */
void R(amax_backward)(const R(call) * k, const R(context) * c)
{
    R(extreme_backward)(k, 1, c);
}

/* y = the smallest of every group */
void R(amin_forward)(const R(call) * k, const R(context) * c)
{
    R(extreme_forward)(k, -1, c);
}

/* dx += dy at the smallest */
void R(amin_backward)(const R(call) * k, const R(context) * c)
{
    R(extreme_backward)(k, -1, c);
}
