/* Activations with corners: pieces of straight lines and exponentials. Comparisons are decisions. */
#include "ops/families/pointwise.h"

/* -1 below `low`, 1 above `high`, 0 from one to the other, bounds included */
static inline int R(side_of)(const R(element) * x, const R(element) * low, const R(element) * high,
                             const R(context) * c)
{
    int below = R(compare)(x, low, c)<0, above = R(compare)(x, high, c)> 0;
    return above ? 1 : -below;
}

/* Whether low < x < high. */
static inline bool R(strictly_inside)(const R(element) * x, const R(element) * low, const R(element) * high,
                                      const R(context) * c)
{
    int from_low = R(compare)(x, low, c), from_high = R(compare)(x, high, c);
    return from_low > 0 && from_high < 0;
}

static inline void R(clip)(R(element) * y, const R(element) * x, const R(element) * low,
                           const R(element) * high, const R(context) * c)
{
    int side = R(side_of)(x, low, high, c);
    R(set)(y, side < 0 ? low : side > 0 ? high : x, c);
}

static inline void R(clip_slope)(R(element) * r, const R(element) * x, const R(element) * low,
                                 const R(element) * high, const R(context) * c)
{
    R(set_si)(r, R(strictly_inside)(x, low, high, c), c);
}

/* y = min(max(x, 0), 6) */
void R(relu6_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(zero, c);
    LOCAL(six, c);
    R(set_si)(six, 6, c);
    R(each_shaped)(k, R(clip), zero, six, c);
}

/* dx += dy [0 < x < 6] */
void R(relu6_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(zero, c);
    LOCAL(six, c);
    R(set_si)(six, 6, c);
    R(add_shaped)(k, R(clip_slope), zero, six, c);
}

/* y = min(max(x, min_val), max_val) */
void R(hardtanh_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(low, c);
    LOCAL(high, c);
    R(attribute)(low, k, "min_val", c);
    R(attribute)(high, k, "max_val", c);
    R(each_shaped)(k, R(clip), low, high, c);
}

/* dx += dy [min_val < x < max_val] */
void R(hardtanh_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(low, c);
    LOCAL(high, c);
    R(attribute)(low, k, "min_val", c);
    R(attribute)(high, k, "max_val", c);
    R(add_shaped)(k, R(clip_slope), low, high, c);
}

/* min(max(x + 3, 0), 6) / 6, its ends decided on x itself */
static inline void R(hard_gate)(R(element) * y, const R(element) * x, const R(element) * low,
                                const R(element) * high, const R(context) * c)
{
    int side = R(side_of)(x, low, high, c);
    if (side != 0) {
        R(set_si)(y, side > 0, c);
        return;
    }
    R(add)(y, x, high, c);
    R(div_si)(y, y, 6, c);
}

static inline void R(hard_gate_slope)(R(element) * r, const R(element) * x, const R(element) * low,
                                      const R(element) * high, const R(context) * c)
{
    R(set_si)(r, R(strictly_inside)(x, low, high, c), c);
    R(div_si)(r, r, 6, c);
}

/* y = min(max(x + 3, 0), 6) / 6 */
void R(hardsigmoid_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(low, c);
    LOCAL(high, c);
    R(set_si)(low, -3, c);
    R(set_si)(high, 3, c);
    R(each_shaped)(k, R(hard_gate), low, high, c);
}

/* dx += dy / 6 [-3 < x < 3] */
void R(hardsigmoid_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(low, c);
    LOCAL(high, c);
    R(set_si)(low, -3, c);
    R(set_si)(high, 3, c);
    R(add_shaped)(k, R(hard_gate_slope), low, high, c);
}

static inline void R(hardswish_of)(R(element) * y, const R(element) * x, const R(element) * low,
                                   const R(element) * high, const R(context) * c)
{
    LOCAL(gate, c);
    R(hard_gate)(gate, x, low, high, c);
    R(mul)(y, gate, x, c);
}

/* 0, (2x + 3) / 6, 1 */
static inline void R(hardswish_slope)(R(element) * r, const R(element) * x, const R(element) * low,
                                      const R(element) * high, const R(context) * c)
{
    int from_low = R(compare)(x, low, c), from_high = R(compare)(x, high, c);
    if (from_low <= 0 || from_high >= 0) {
        R(set_si)(r, from_high >= 0, c);
        return;
    }
    R(scale)(r, x, 1, c);
    R(add)(r, r, high, c);
    R(div_si)(r, r, 6, c);
}

/* y = x min(max(x + 3, 0), 6) / 6 */
void R(hardswish_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(low, c);
    LOCAL(high, c);
    R(set_si)(low, -3, c);
    R(set_si)(high, 3, c);
    R(each_shaped)(k, R(hardswish_of), low, high, c);
}

/* dx += dy (0 if x <= -3, 1 if x >= 3, else (2x + 3) / 6) */
void R(hardswish_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(low, c);
    LOCAL(high, c);
    R(set_si)(low, -3, c);
    R(set_si)(high, 3, c);
    R(add_shaped)(k, R(hardswish_slope), low, high, c);
}

/* x, and alpha expm1(x / width) where x <= 0 */
static inline void R(elu_piece)(R(element) * y, const R(element) * x, const R(element) * alpha,
                                const R(element) * width, const R(context) * c)
{
    LOCAL(zero, c);
    if (R(compare)(x, zero, c) > 0) {
        R(set)(y, x, c);
        return;
    }
    R(div)(y, x, width, c);
    R(expm1)(y, y, c);
    R(mul)(y, y, alpha, c);
}

static inline void R(elu_piece_slope)(R(element) * r, const R(element) * x, const R(element) * slope,
                                      const R(element) * width, const R(context) * c)
{
    LOCAL(zero, c);
    if (R(compare)(x, zero, c) > 0) {
        R(set_si)(r, 1, c);
        return;
    }
    R(div)(r, x, width, c);
    R(exp)(r, r, c);
    R(mul)(r, r, slope, c);
}

/* y = x if x > 0 else alpha (e^x - 1) */
void R(elu_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(alpha, c);
    LOCAL(one, c);
    R(attribute)(alpha, k, "alpha", c);
    R(set_si)(one, 1, c);
    R(each_shaped)(k, R(elu_piece), alpha, one, c);
}

/* dx += dy (1 if x > 0 else alpha e^x) */
void R(elu_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(alpha, c);
    LOCAL(one, c);
    R(attribute)(alpha, k, "alpha", c);
    R(set_si)(one, 1, c);
    R(add_shaped)(k, R(elu_piece_slope), alpha, one, c);
}

/* y = x if x > 0 else alpha (e^(x / alpha) - 1) */
void R(celu_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(alpha, c);
    R(attribute)(alpha, k, "alpha", c);
    R(each_shaped)(k, R(elu_piece), alpha, alpha, c);
}

/* dx += dy (1 if x > 0 else e^(x / alpha)) */
void R(celu_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(alpha, c);
    LOCAL(one, c);
    R(attribute)(alpha, k, "alpha", c);
    R(set_si)(one, 1, c);
    R(add_shaped)(k, R(elu_piece_slope), one, alpha, c);
}

/* The two constants of selu, at which activations of mean 0 and variance 1 keep them. */
static inline void R(selu_constants)(R(element) * alpha, R(element) * scale, const R(context) * c)
{
    R(set_text)(alpha, "1.6732632423543772848170429916717", c);
    R(set_text)(scale, "1.0507009873554804934193349852946", c);
}

static inline void R(selu_of)(R(element) * y, const R(element) * x, const R(element) * alpha,
                              const R(element) * scale, const R(context) * c)
{
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(elu_piece)(y, x, alpha, one, c);
    R(mul)(y, y, scale, c);
}

static inline void R(selu_slope)(R(element) * r, const R(element) * x, const R(element) * alpha,
                                 const R(element) * scale, const R(context) * c)
{
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(elu_piece_slope)(r, x, alpha, one, c);
    R(mul)(r, r, scale, c);
}

/* y = scale (x if x > 0 else alpha (e^x - 1)) */
void R(selu_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(alpha, c);
    LOCAL(scale, c);
    R(selu_constants)(alpha, scale, c);
    R(each_shaped)(k, R(selu_of), alpha, scale, c);
}

/* dx += dy scale (1 if x > 0 else alpha e^x) */
void R(selu_backward)(const R(call) * k, const R(context) * c)
{
    LOCAL(alpha, c);
    LOCAL(scale, c);
    R(selu_constants)(alpha, scale, c);
    R(add_shaped)(k, R(selu_slope), alpha, scale, c);
}
