/* Activations that cut a part of the numbers off, and prelu, whose slope is an argument. */
#include "ops/families/pointwise.h"

/* 1 where x > bound, -1 where x < -bound, else 0: two decisions */
static inline int R(outside)(const R(element) * x, const R(element) * bound, const R(context) * c)
{
    LOCAL(low, c);
    R(neg)(low, bound, c);
    int above = R(compare)(x, bound, c) > 0, below = R(compare)(x, low, c) < 0;
    return above ? 1 : -below;
}

static inline void R(softshrink_of)(R(element) * y, const R(element) * x, const R(element) * lambd,
                                    const R(element) * unused, const R(context) * c)
{
    (void)unused;
    int side = R(outside)(x, lambd, c);
    if (side > 0)
        R(sub)(y, x, lambd, c);
    else if (side < 0)
        R(add)(y, x, lambd, c);
    else if (R(is_nan)(x))
        R(set)(y, x, c);
    else
        R(set_si)(y, 0, c);
}

static inline void R(shrink_slope)(R(element) * r, const R(element) * x, const R(element) * lambd,
                                   const R(element) * unused, const R(context) * c)
{
    (void)unused;
    R(set_si)(r, R(outside)(x, lambd, c) != 0, c);
}

/* dx += dy [|x| > lambd] */
static void R(add_shrink_slopes)(const R(call) * k, const R(context) * c)
{
    LOCAL(lambd, c);
    R(attribute)(lambd, k, "lambd", c);
    R(add_shaped)(k, R(shrink_slope), lambd, NULL, c);
}

/* y = x - lambd above lambd, x + lambd below -lambd, 0 between */
void R(softshrink_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(lambd, c);
    R(attribute)(lambd, k, "lambd", c);
    R(each_shaped)(k, R(softshrink_of), lambd, NULL, c);
}

/* dx += dy [|x| > lambd] */
void R(softshrink_backward)(const R(call) * k, const R(context) * c)
{
    R(add_shrink_slopes)(k, c);
}

static inline void R(hardshrink_of)(R(element) * y, const R(element) * x, const R(element) * lambd,
                                    const R(element) * unused, const R(context) * c)
{
    (void)unused;
    if (R(outside)(x, lambd, c) || R(is_nan)(x))
        R(set)(y, x, c);
    else
        R(set_si)(y, 0, c);
}

/* y = x where |x| > lambd, else 0 */
void R(hardshrink_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(lambd, c);
    R(attribute)(lambd, k, "lambd", c);
    R(each_shaped)(k, R(hardshrink_of), lambd, NULL, c);
}

/* dx += dy [|x| > lambd] */
void R(hardshrink_backward)(const R(call) * k, const R(context) * c)
{
    R(add_shrink_slopes)(k, c);
}

static inline void R(threshold_of)(R(element) * y, const R(element) * x, const R(element) * threshold,
                                   const R(element) * value, const R(context) * c)
{
    bool passes = R(compare)(x, threshold, c) > 0 || R(is_nan)(x);
    R(set)(y, passes ? x : value, c);
}

static inline void R(threshold_slope)(R(element) * r, const R(element) * x, const R(element) * threshold,
                                      const R(element) * unused, const R(context) * c)
{
    (void)unused;
    R(set_si)(r, R(compare)(x, threshold, c) > 0, c);
}

/* y = x if x > threshold else value */
void R(threshold_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(threshold, c);
    LOCAL(value, c);
    R(attribute)(threshold, k, "threshold", c);
    R(attribute)(value, k, "value", c);
    R(each_shaped)(k, R(threshold_of), threshold, value, c);
}

/* dx += dy [x > threshold] */
void R(threshold_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(threshold, c);
    R(attribute)(threshold, k, "threshold", c);
    R(add_shaped)(k, R(threshold_slope), threshold, NULL, c);
}

/* The weights as they broadcast to x: one a channel, axis 1, or a single one. */
static struct shape R(weight_shape)(const R(call) * k)
{
    struct shape shape = {0};
    size_t count = shape_count(k->shapes[1]);
    if (count == 1)
        return shape;
    shape.rank = k->node->shape.rank - 1;
    shape.dim[0] = count;
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = 1;
    return shape;
}

static struct walk R(walk_weighted)(const R(call) * k)
{
    struct shape weight = R(weight_shape)(k);
    const struct shape *to = &k->node->shape;
    const struct view views[] = {view_of(to), view_expanded(&weight, to)};
    return walk_over(to, 2, views);
}

/* y = x if x > 0 else w x */
void R(prelu_forward)(const R(call) * k, const R(context) * c)
{
    struct walk w = R(walk_weighted)(k);
    LOCAL(zero, c);
    while (walk_next(&w))
        for (size_t i = 0; i < w.count; i++) {
            const R(element) *x = k->x[0] + w.offset[0] + i;
            if (R(compare)(x, zero, c) > 0)
                R(set)(k->y + w.offset[0] + i, x, c);
            else
                R(mul)(k->y + w.offset[0] + i, x, k->x[1] + w.offset[1] + (ptrdiff_t)i * w.step[1], c);
        }
}

/* scratch = dy times the slope in x (argument 0) or in the weight (1) */
static void R(prelu_terms)(const R(call) * k, int argument, const R(context) * c)
{
    struct walk w = R(walk_weighted)(k);
    LOCAL(zero, c);
    while (walk_next(&w))
        for (size_t i = 0; i < w.count; i++) {
            size_t at = (size_t)w.offset[0] + i;
            const R(element) *x = k->x[0] + at, *weight = k->x[1] + w.offset[1] + (ptrdiff_t)i * w.step[1];
            bool positive = R(compare)(x, zero, c) > 0;
            if (!positive)
                R(mul)(k->scratch + at, k->dy + at, argument ? x : weight, c);
            else
                R(set)(k->scratch + at, argument ? zero : k->dy + at, c);
        }
}

/* dx += dy (1 if x > 0 else w), dw += sum of dy x over the channel's x <= 0 */
void R(prelu_backward)(const R(call) * k, const R(context) * c)
{
    struct shape weight = R(weight_shape)(k);
    const struct shape *to = &k->node->shape;
    for (int argument = 0; argument < 2; argument++)
        if (k->dx[argument]) {
            R(prelu_terms)(k, argument, c);
            R(add_reduced)(k->dx[argument], argument ? &weight : to, k->scratch, to, c);
        }
}
