/* What a reduction works on: x is split into groups, one for every element of y, visited in y's order. */
#ifndef GCK_OPS_FAMILIES_GROUPS_H
#define GCK_OPS_FAMILIES_GROUPS_H
#include <math.h>

#include "ops/families/shared.h"

/* One group of x while groups are walked: `at` is its first element. */
struct groups {
    struct reduction split;
    struct walk walk;
    size_t i, count; /* count: elements of one group */
    ptrdiff_t at;
};

static inline struct groups groups_of(const R(call) * k)
{
    struct groups groups = {.split = reduction_of(k->shapes[0], k->node->axes)};
    groups.walk = walk_over(&groups.split.outer, 1, &groups.split.outer_view);
    groups.count = shape_count(&groups.split.inner);
    return groups;
}

/* Moves to the next group; false after the last. */
static inline bool next_group(struct groups *groups)
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

/* A walk over the group's elements, offsets from its first. */
static inline struct walk inside(const struct groups *groups)
{
    return walk_over(&groups->split.inner, 1, &groups->split.inner_view);
}

/* The elements of one group, one by one: each is at `at` in x. */
struct members {
    struct walk walk;
    size_t i;
    ptrdiff_t from, at;
};

static inline struct members members_of(const struct groups *groups)
{
    return (struct members){.walk = inside(groups), .from = groups->at};
}

/* Moves to the next element; false after the last. */
static inline bool next_member(struct members *members)
{
    struct walk *w = &members->walk;
    if (w->started && ++members->i < w->count) {
        members->at += w->step[0];
        return true;
    }
    members->i = 0;
    if (!walk_next(w))
        return false;
    members->at = members->from + w->offset[0];
    return true;
}

/* s += the group's elements */
static inline void R(add_group)(R(element) * s, const R(call) * k, const struct groups *groups,
                                const R(context) * c)
{
    const R(element) *x = k->x[0] + groups->at;
    struct walk w = inside(groups);
    while (walk_next(&w))
        R(sum_add)(s, x + w.offset[0], w.step[0], w.count, c);
}

/* largest = max(largest, |x|), as a step of a smooth formula */
static inline void R(grow)(R(element) * largest, const R(element) * x, const R(context) * c)
{
    LOCAL(size, c);
    R(abs)(size, x, c);
    if (R(less)(largest, size))
        R(set)(largest, size, c);
}

/* e with 2^(e-1) <= |x| < 2^e: numbers up to x, divided by 2^e, have squares that neither over- nor underflow
 * where it matters, and dividing is exact. 0 where x is 0, infinite or beyond double (MPFR's own range). */
static inline int R(exponent)(const R(element) * x)
{
    int e = 0;
    double size = R(to_double)(x);
    if (isfinite(size))
        frexp(size, &e);
    return e;
}

#endif
