/* Gates that choose: abs, max, min; and pow with its corners. Comparisons are decisions of the context. */
#include "ops/families/shared.h"

/* y = |x| */
void R(abs_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(abs), c);
}

/* dx += dy sign(x), 0 at x = 0 */
void R(abs_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(zero, c);
    for (size_t i = 0; i < n; i++) {
        int sign = R(compare)(x + i, zero, c);
        if (sign > 0)
            R(add)(dx + i, dx + i, dy + i, c);
        else if (sign < 0)
            R(sub)(dx + i, dx + i, dy + i, c);
    }
}

static inline void R(larger)(R(element) * y, const R(element) * a, const R(element) * b, const R(context) * c)
{
    R(set)(y, R(is_nan)(b) || (!R(is_nan)(a) && R(compare)(a, b, c) < 0) ? b : a, c);
}

/* y = max(a, b); NaN if either is */
void R(max_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(larger), c);
}

static inline void R(smaller)(R(element) * y, const R(element) * a, const R(element) * b, const R(context) * c)
{
    R(set)(y, R(is_nan)(b) || (!R(is_nan)(a) && R(compare)(a, b, c) > 0) ? b : a, c);
}

/* y = min(a, b); NaN if either is */
void R(min_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(smaller), c);
}

enum { TIES_HALF, TIES_FIRST, TIES_SECOND };

/* t = dy where `order` (the outcome of comparing) says that the argument won, 0 where it lost; at a tie
 * what `ties` says. */
static inline void R(route)(R(element) * t, const R(element) * dy, int order, bool tie_wins, long ties,
                            const R(context) * c)
{
    if (order > 0 || (order == 0 && ties != TIES_HALF && tie_wins))
        R(set)(t, dy, c);
    else if (order == 0 && ties == TIES_HALF)
        R(scale)(t, dy, -1, c);
    else
        R(set_si)(t, 0, c);
}

/* The backward of max (sign = 1) and min (sign = -1): each argument gets dy where it was chosen. */
static void R(router_backward)(const R(call) * k, int sign, const R(context) * c)
{
    long ties = node_attribute(k->node, "ties")->integer;
    const struct shape *to = &k->node->shape;
    const struct view views[] = {view_of(to), view_expanded(k->shapes[0], to), view_expanded(k->shapes[1], to)};
    for (int argument = 0; argument < 2; argument++) {
        if (!k->dx[argument])
            continue;
        int side = argument ? -sign : sign;
        bool tie_wins = ties == (argument ? TIES_SECOND : TIES_FIRST);
        struct walk w = walk_over(to, 3, views);
        while (walk_next(&w))
            for (size_t i = 0; i < w.count; i++) {
                const R(element) *a = k->x[0] + w.offset[1] + (ptrdiff_t)i * w.step[1];
                const R(element) *b = k->x[1] + w.offset[2] + (ptrdiff_t)i * w.step[2];
                size_t at = (size_t)w.offset[0] + i;
                R(route)(k->scratch + at, k->dy + at, side * R(compare)(a, b, c), tie_wins, ties, c);
            }
        R(add_reduced)(k->dx[argument], k->shapes[argument], k->scratch, to, c);
    }
}

/* da += dy [a > b], db += dy [b > a] */
void R(max_backward)(const R(call) * k, const R(context) * c)
{
    R(router_backward)(k, 1, c);
}

/* da += dy [a < b], db += dy [b < a] */
void R(min_backward)(const R(call) * k, const R(context) * c)
{
    R(router_backward)(k, -1, c);
}

/* y = a^b */
void R(pow_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(pow), c);
}

/* b a^(b-1); 0 when b = 0 (never 0 times infinity) */
static inline void R(pow_to_a)(R(element) * t, const R(element) * dy, const R(element) * a,
                               const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)y;
    if (R(is_zero)(b)) {
        R(set_si)(t, 0, c);
        return;
    }
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(sub)(t, b, one, c);
    R(pow)(t, a, t, c);
    R(mul)(t, t, b, c);
    R(mul)(t, t, dy, c);
}

/* y log a; 0 when a = 0 and b >= 0 */
static inline void R(pow_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                               const R(element) * b, const R(element) * y, const R(context) * c)
{
    if (R(is_zero)(a) && R(sign)(b) >= 0) {
        R(set_si)(t, 0, c);
        return;
    }
    R(log)(t, a, c);
    R(mul)(t, t, y, c);
    R(mul)(t, t, dy, c);
}

/* da += dy b a^(b-1), db += dy y log a */
void R(pow_backward)(const R(call) * k, const R(context) * c)
{
    R(add_terms)(k, 0, R(pow_to_a), c);
    R(add_terms)(k, 1, R(pow_to_b), c);
}

/* y = sign(x): -1, 0, 1 */
void R(sign_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    const R(element) *restrict x = k->x[0];
    LOCAL(zero, c);
    for (size_t i = 0; i < n; i++) {
        R(set_si)(y + i, R(compare)(x + i, zero, c), c);
        if (R(is_nan)(x + i))
            R(set)(y + i, x + i, c);
    }
}

/* dx += 0 */
void R(sign_backward)(const R(call) * k, const R(context) * c)
{
    (void)k, (void)c;
}

/* A bound of clamp: its number, or false where there is none. */
static bool R(bound)(R(element) * bound, const R(call) * k, const char *name, const R(context) * c)
{
    if (!node_attribute(k->node, name)->given)
        return false;
    R(attribute)(bound, k, name, c);
    return true;
}

/* y = min(max(x, min), max); NaN stays NaN */
void R(clamp_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    const R(element) *restrict x = k->x[0];
    LOCAL(low, c);
    LOCAL(high, c);
    bool has_low = R(bound)(low, k, "min", c), has_high = R(bound)(high, k, "max", c);
    for (size_t i = 0; i < n; i++) {
        R(set)(y + i, x + i, c);
        if (has_low && R(compare)(x + i, low, c) < 0)
            R(set)(y + i, low, c);
        if (has_high && R(compare)(x + i, high, c) > 0)
            R(set)(y + i, high, c);
    }
}

/* dx += dy [min <= x <= max] */
void R(clamp_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(low, c);
    LOCAL(high, c);
    bool has_low = R(bound)(low, k, "min", c), has_high = R(bound)(high, k, "max", c);
    for (size_t i = 0; i < n; i++) {
        bool below = has_low && R(compare)(x + i, low, c) < 0;
        bool above = has_high && R(compare)(x + i, high, c) > 0;
        if (!below && !above)
            R(add)(dx + i, dx + i, dy + i, c);
    }
}
