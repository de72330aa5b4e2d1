/* Elementary functions of two broadcast arguments. */
#include "ops/families/shared.h"

/* y = angle of the point (b, a) */
void R(atan2_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(atan2), c);
}

/* t = dy (x / h) / h with h = hypot(a, b): a^2 + b^2 would overflow, or underflow near the origin */
static inline void R(over_square)(R(element) * t, const R(element) * dy, const R(element) * x,
                                  const R(element) * a, const R(element) * b, const R(context) * c)
{
    LOCAL(h, c);
    R(hypot)(h, a, b, c);
    R(div)(t, x, h, c);
    R(mul)(t, t, dy, c);
    R(div)(t, t, h, c);
}

static inline void R(atan2_to_a)(R(element) * t, const R(element) * dy, const R(element) * a,
                                 const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)y;
    R(over_square)(t, dy, b, a, b, c);
}

static inline void R(atan2_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                                 const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)y;
    R(over_square)(t, dy, a, a, b, c);
    R(neg)(t, t, c);
}

/* da += dy b / (a^2 + b^2), db -= dy a / (a^2 + b^2) */
void R(atan2_backward)(const R(call) * k, const R(context) * c)
{
    R(add_terms)(k, 0, R(atan2_to_a), c);
    R(add_terms)(k, 1, R(atan2_to_b), c);
}

/* y = sqrt(a^2 + b^2) */
void R(hypot_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(hypot), c);
}

/* t = dy x / y; at the origin 0, or where a side is asked for the slope along the diagonal, 1 / sqrt 2 */
static inline void R(hypot_term)(R(element) * t, const R(element) * dy, const R(element) * x,
                                 const R(element) * y, const R(context) * c)
{
    LOCAL(zero, c);
    int side = R(compare)(y, zero, c);
    if (R(is_nan)(y)) {
        R(set)(t, y, c);
    } else if (side != 0 && !R(is_zero)(y)) {
        R(div)(t, x, y, c);
        R(mul)(t, t, dy, c);
    } else if (side != 0) {
        R(set_si)(t, 2, c);
        R(sqrt)(t, t, c);
        R(div)(t, dy, t, c);
        R(mul_si)(t, t, side, c);
    } else {
        R(set_si)(t, 0, c);
    }
}

static inline void R(hypot_to_a)(R(element) * t, const R(element) * dy, const R(element) * a,
                                 const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)b;
    R(hypot_term)(t, dy, a, y, c);
}

static inline void R(hypot_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                                 const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)a;
    R(hypot_term)(t, dy, b, y, c);
}

/* da += dy a / y, db += dy b / y */
void R(hypot_backward)(const R(call) * k, const R(context) * c)
{
    R(add_terms)(k, 0, R(hypot_to_a), c);
    R(add_terms)(k, 1, R(hypot_to_b), c);
}

/* y = m + log1p(e^-|a - b|), m the larger; an infinite m is the answer itself */
static inline void R(logaddexp_of)(R(element) * y, const R(element) * a, const R(element) * b,
                                   const R(context) * c)
{
    const R(element) *larger = R(less)(a, b) || R(is_nan)(b) ? b : a;
    LOCAL(t, c);
    R(sub)(t, a, b, c);
    R(abs)(t, t, c);
    R(neg)(t, t, c);
    R(exp)(t, t, c);
    R(log1p)(t, t, c);
    if (R(is_finite)(larger))
        R(add)(y, larger, t, c);
    else
        R(set)(y, larger, c);
}

/* y = log(e^a + e^b) */
void R(logaddexp_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(logaddexp_of), c);
}

/* t = dy / (1 + e^(b - a)), as e / (1 + e) with e = e^(a - b) where that is the smaller one */
static inline void R(logaddexp_to_a)(R(element) * t, const R(element) * dy, const R(element) * a,
                                     const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)y;
    LOCAL(e, c);
    LOCAL(one, c);
    LOCAL(sum, c);
    R(set_si)(one, 1, c);
    R(sub)(e, a, b, c);
    bool smaller = R(sign)(e) < 0;
    R(abs)(e, e, c);
    R(neg)(e, e, c);
    R(exp)(e, e, c);
    R(add)(sum, one, e, c);
    R(div)(t, smaller ? e : one, sum, c);
    R(mul)(t, t, dy, c);
}

static inline void R(logaddexp_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                                     const R(element) * b, const R(element) * y, const R(context) * c)
{
    R(logaddexp_to_a)(t, dy, b, a, y, c);
}

/* da += dy / (1 + e^(b - a)), db += dy / (1 + e^(a - b)) */
void R(logaddexp_backward)(const R(call) * k, const R(context) * c)
{
    R(add_terms)(k, 0, R(logaddexp_to_a), c);
    R(add_terms)(k, 1, R(logaddexp_to_b), c);
}

/* a log b; 0 when a = 0, whatever number b is (never 0 times infinity) */
static inline void R(xlogy_of)(R(element) * y, const R(element) * a, const R(element) * b, const R(context) * c)
{
    if (R(is_zero)(a) && !R(is_nan)(b)) {
        R(set_si)(y, 0, c);
        return;
    }
    LOCAL(t, c);
    R(log)(t, b, c);
    R(mul)(y, t, a, c);
}

/* y = a log b */
void R(xlogy_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(xlogy_of), c);
}

/* log b; 0 when a = 0 and b <= 0 */
static inline void R(xlogy_to_a)(R(element) * t, const R(element) * dy, const R(element) * a,
                                 const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)y;
    if (R(is_zero)(a) && R(sign)(b) <= 0 && !R(is_nan)(b)) {
        R(set_si)(t, 0, c);
        return;
    }
    R(log)(t, b, c);
    R(mul)(t, t, dy, c);
}

/* a / b; 0 when a = 0 */
static inline void R(xlogy_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                                 const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)y;
    if (R(is_zero)(a) && !R(is_nan)(b)) {
        R(set_si)(t, 0, c);
        return;
    }
    R(div)(t, a, b, c);
    R(mul)(t, t, dy, c);
}

/* da += dy log b, db += dy a / b */
void R(xlogy_backward)(const R(call) * k, const R(context) * c)
{
    R(add_terms)(k, 0, R(xlogy_to_a), c);
    R(add_terms)(k, 1, R(xlogy_to_b), c);
}
