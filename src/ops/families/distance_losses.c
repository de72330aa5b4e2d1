/* Losses of one element at a time that grow like |x - t|, and the hinges of two classes. */
#include "ops/families/losses.h"

static size_t R(items)(const R(call) * k)
{
    return shape_count(k->shapes[0]);
}

static inline void R(minus)(R(element) * r, const R(call) * k, size_t i, R(item_loss) * item,
                            const R(context) * c)
{
    item(r, k, i, c);
    R(neg)(r, r, c);
}

/* r = the sign of r, 0 at 0: a decision; NaN stays NaN */
static inline void R(sign_of)(R(element) * r, const R(context) * c)
{
    LOCAL(zero, c);
    int sign = R(compare)(r, zero, c);
    if (!R(is_nan)(r))
        R(set_si)(r, sign, c);
}

/* r = |x - t| */
static inline void R(l1_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(sub)(r, k->x[0] + i, k->x[1] + i, c);
    R(abs)(r, r, c);
}

/* y = mean of |x - t| */
void R(l1_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(items)(k), R(l1_item), c);
}

static inline void R(l1_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(sub)(r, k->x[0] + i, k->x[1] + i, c);
    R(sign_of)(r, c);
}

static inline void R(l1_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(minus)(r, k, i, R(l1_to_x), c);
}

/* dx += dy sign(x - t) / n, dt -= the same */
void R(l1_loss_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(l1_to_x), c);
    R(loss_backward)(k, 1, R(l1_to_t), c);
}

/* r = z^2 / (2 beta) for z = |x - t| < beta, else z - beta / 2 */
static inline void R(smooth_l1_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(beta, c);
    R(attribute)(beta, k, "beta", c);
    R(l1_item)(r, k, i, c);
    if (R(less)(r, beta)) {
        R(mul)(r, r, r, c);
        R(div)(r, r, beta, c);
        R(scale)(r, r, -1, c);
    } else {
        R(scale)(beta, beta, -1, c);
        R(sub)(r, r, beta, c);
    }
}

/* y = mean of (x - t)^2 / (2 beta) or |x - t| - beta / 2 */
void R(smooth_l1_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(items)(k), R(smooth_l1_item), c);
}

/* (x - t) / beta, or sign(x - t) where |x - t| >= beta; without a corner, unless beta = 0 */
static inline void R(smooth_l1_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(beta, c);
    LOCAL(size, c);
    R(attribute)(beta, k, "beta", c);
    R(sub)(r, k->x[0] + i, k->x[1] + i, c);
    R(abs)(size, r, c);
    if (R(is_zero)(beta))
        R(sign_of)(r, c);
    else if (R(less)(size, beta) || R(is_nan)(size))
        R(div)(r, r, beta, c);
    else
        R(set_si)(r, R(sign)(r), c);
}

static inline void R(smooth_l1_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(minus)(r, k, i, R(smooth_l1_to_x), c);
}

/* dx += dy clamp((x - t) / beta, -1, 1) / n, dt -= the same */
void R(smooth_l1_loss_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(smooth_l1_to_x), c);
    R(loss_backward)(k, 1, R(smooth_l1_to_t), c);
}

/* r = z^2 / 2 for z = |x - t| < delta, else delta (z - delta / 2) */
static inline void R(huber_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(delta, c);
    LOCAL(half, c);
    R(attribute)(delta, k, "delta", c);
    R(l1_item)(r, k, i, c);
    if (R(less)(r, delta)) {
        R(mul)(r, r, r, c);
        R(scale)(r, r, -1, c);
    } else {
        R(scale)(half, delta, -1, c);
        R(sub)(r, r, half, c);
        R(mul)(r, r, delta, c);
    }
}

/* y = mean of (x - t)^2 / 2 or delta (|x - t| - delta / 2) */
void R(huber_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(items)(k), R(huber_item), c);
}

static inline void R(huber_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    LOCAL(delta, c);
    LOCAL(size, c);
    R(attribute)(delta, k, "delta", c);
    R(sub)(r, k->x[0] + i, k->x[1] + i, c);
    R(abs)(size, r, c);
    if (!R(less)(size, delta) && !R(is_nan)(size))
        R(mul_si)(r, delta, R(sign)(r), c);
}

static inline void R(huber_to_t)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(minus)(r, k, i, R(huber_to_x), c);
}

/* dx += dy clamp(x - t, -delta, delta) / n, dt -= the same */
void R(huber_loss_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(huber_to_x), c);
    R(loss_backward)(k, 1, R(huber_to_t), c);
}

/* z = margin - t x, x the argument 0 (binary_hinge_loss) or x1 - x2 (margin_ranking_loss), and whether it is
 * above 0: a decision; NaN counts, so that it is seen */
static inline bool R(inside)(R(element) * z, const R(call) * k, size_t i, const R(context) * c)
{
    bool pair = k->node->arity == 3;
    int64_t t = k->integers[pair ? 2 : 1][i];
    LOCAL(zero, c);
    LOCAL(margin, c);
    R(attribute)(margin, k, "margin", c);
    R(set)(z, k->x[0] + i, c);
    if (pair)
        R(sub)(z, z, k->x[1] + i, c);
    if (t > 0)
        R(sub)(z, margin, z, c);
    else
        R(add)(z, margin, z, c);
    return R(compare)(z, zero, c) > 0 || R(is_nan)(z);
}

/* r = max(0, z) */
static inline void R(inside_item)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    if (!R(inside)(r, k, i, c))
        R(set_si)(r, 0, c);
}

/* -t inside the margin, else 0 */
static inline void R(inside_to_x)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    bool inside = R(inside)(r, k, i, c);
    R(set_si)(r, inside ? -(long)k->integers[k->node->arity - 1][i] : 0, c);
}

static inline void R(inside_to_other)(R(element) * r, const R(call) * k, size_t i, const R(context) * c)
{
    R(minus)(r, k, i, R(inside_to_x), c);
}

/* y = mean of max(0, margin - t s) */
void R(binary_hinge_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(items)(k), R(inside_item), c);
}

/* ds -= dy t [inside] / n */
void R(binary_hinge_loss_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(inside_to_x), c);
}

/* y = mean of max(0, margin - t (x1 - x2)) */
void R(margin_ranking_loss_forward)(const R(call) * k, const R(context) * c)
{
    R(reduce)(k, R(items)(k), R(inside_item), c);
}

/* dx1 -= dy t [inside] / n, dx2 += the same */
void R(margin_ranking_loss_backward)(const R(call) * k, const R(context) * c)
{
    R(loss_backward)(k, 0, R(inside_to_x), c);
    R(loss_backward)(k, 1, R(inside_to_other), c);
}
