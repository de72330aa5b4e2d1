/* Reductions: x is split into groups, one for every element of y; groups are visited in y's order. */
#include "ops/families/shared.h"

/* One group of x while groups are walked: `at` is its first element. */
struct groups {
    struct reduction split;
    struct walk walk;
    size_t i, count; /* count: elements of one group */
    ptrdiff_t at;
};

static struct groups groups_of(const R(call) * k)
{
    struct groups groups = {.split = reduction_of(k->shapes[0], k->node->axes)};
    groups.walk = walk_over(&groups.split.outer, 1, &groups.split.outer_view);
    groups.count = shape_count(&groups.split.inner);
    return groups;
}

/* Moves to the next group; false after the last. */
static bool next_group(struct groups *groups)
{
    struct walk *w = &groups->walk;
    if (w->started && ++groups->i < w->count) {
        groups->at += w->step[0];
        return true;
    }
    groups->i = 0;
    if (!walk_next(w))
        return false;
    groups->at = w->offset[0];
    return true;
}

static struct walk inside(const struct groups *groups)
{
    return walk_over(&groups->split.inner, 1, &groups->split.inner_view);
}

/* s += the group's elements */
static void R(add_group)(R(element) * s, const R(call) * k, const struct groups *groups, const R(context) * c)
{
    const R(element) *x = k->x[0] + groups->at;
    struct walk w = inside(groups);
    while (walk_next(&w))
        R(sum_add)(s, x + w.offset[0], w.step[0], w.count, c);
}

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

/* Whether x_i is larger than the largest so far (1), equal (0) or smaller (-1): one decision whatever the
 * values are, so that a replay stays in step. NaN is larger than any number. */
static int R(order)(const R(element) * x, const R(element) * largest, const R(context) * c)
{
    int order = R(compare)(x, largest, c);
    int nan = R(is_nan)(x) - R(is_nan)(largest);
    return nan ? nan : order;
}

/* y = the largest of every group, the first one at a tie */
void R(amax_forward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    for (size_t o = 0; next_group(&groups); o++) {
        const R(element) *x = k->x[0] + groups.at, *largest = x;
        struct walk w = inside(&groups);
        while (walk_next(&w))
            for (size_t i = 0; i < w.count; i++) {
                const R(element) *candidate = x + w.offset[0] + (ptrdiff_t)i * w.step[0];
                if (candidate != x && R(order)(candidate, largest, c) > 0)
                    largest = candidate;
            }
        R(set)(k->y + o, largest, c);
    }
}

enum { TIES_SHARE, TIES_FIRST, TIES_LAST };

/* What one group's comparisons say: its largest elements are first .. last where shares[i] is 1. */
struct largest {
    size_t first, last, count;
};

/* Repeats the comparisons of the forward pass and marks in `shares` who is among the largest. */
static struct largest R(find_largest)(R(element) * shares, const R(element) * x, const struct groups *groups,
                                      const R(context) * c)
{
    struct largest found = {.count = 1};
    const R(element) *largest = x;
    struct walk w = inside(groups);
    for (size_t at = 0; walk_next(&w);)
        for (size_t i = 0; i < w.count; i++, at++) {
            const R(element) *candidate = x + w.offset[0] + (ptrdiff_t)i * w.step[0];
            int order = at ? R(order)(candidate, largest, c) : 1;
            R(set_si)(shares + at, order >= 0, c);
            if (order > 0) {
                largest = candidate;
                found = (struct largest){at, at, 1};
            } else if (order == 0) {
                found.last = at;
                found.count++;
            }
        }
    return found;
}

/* dx += dy at the largest element of every group; at a tie what `ties` says */
void R(amax_backward)(const R(call) * k, const R(context) * c)
{
    long ties = node_attribute(k->node, "ties")->integer;
    struct groups groups = groups_of(k);
    LOCAL(share, c);
    for (size_t o = 0; next_group(&groups); o++) {
        struct largest found = R(find_largest)(k->scratch, k->x[0] + groups.at, &groups, c);
        if (ties != TIES_SHARE) {
            found.first = found.last = ties == TIES_FIRST ? found.first : found.last;
            found.count = 1;
        }
        R(div_si)(share, k->dy + o, (long)found.count, c);
        R(element) *dx = k->dx[0] + groups.at;
        struct walk w = inside(&groups);
        for (size_t at = 0; walk_next(&w);)
            for (size_t i = 0; i < w.count; i++, at++) {
                R(element) *to = dx + w.offset[0] + (ptrdiff_t)i * w.step[0];
                if (at >= found.first && at <= found.last && !R(is_zero)(k->scratch + at))
                    R(add)(to, to, share, c);
            }
    }
}
