/* Arithmetic gates: y has the broadcast shape of its arguments. */
#include "ops/families/shared.h"

/* y = a + b */
void R(add_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(add), c);
}

/* da += dy, db += dy */
void R(add_backward)(const R(call) * k, const R(context) * c)
{
    for (int i = 0; i < 2; i++)
        if (k->dx[i])
            R(add_reduced)(k->dx[i], k->shapes[i], k->dy, &k->node->shape, c);
}

/* y = a - b */
void R(sub_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(sub), c);
}

static inline void R(sub_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                               const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)a, (void)b, (void)y;
    R(neg)(t, dy, c);
}

/* da += dy, db -= dy */
void R(sub_backward)(const R(call) * k, const R(context) * c)
{
    if (k->dx[0])
        R(add_reduced)(k->dx[0], k->shapes[0], k->dy, &k->node->shape, c);
    R(add_terms)(k, 1, R(sub_to_b), c);
}

/* y = a b */
void R(mul_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(mul), c);
}

static inline void R(mul_to_a)(R(element) * t, const R(element) * dy, const R(element) * a,
                               const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)a, (void)y;
    R(mul)(t, dy, b, c);
}

static inline void R(mul_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                               const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)b, (void)y;
    R(mul)(t, dy, a, c);
}

/* da += dy b, db += dy a */
void R(mul_backward)(const R(call) * k, const R(context) * c)
{
    R(add_terms)(k, 0, R(mul_to_a), c);
    R(add_terms)(k, 1, R(mul_to_b), c);
}

/* y = a / b */
void R(div_forward)(const R(call) * k, const R(context) * c)
{
    R(each_pair)(k, R(div), c);
}

static inline void R(div_to_a)(R(element) * t, const R(element) * dy, const R(element) * a,
                               const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)a, (void)y;
    R(div)(t, dy, b, c);
}

static inline void R(div_to_b)(R(element) * t, const R(element) * dy, const R(element) * a,
                               const R(element) * b, const R(element) * y, const R(context) * c)
{
    (void)a;
    R(div)(t, dy, b, c);
    R(mul)(t, t, y, c);
    R(neg)(t, t, c);
}

/* da += dy / b, db -= (dy / b) y */
void R(div_backward)(const R(call) * k, const R(context) * c)
{
    R(add_terms)(k, 0, R(div_to_a), c);
    R(add_terms)(k, 1, R(div_to_b), c);
}

/* y = -x */
void R(neg_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(neg), c);
}

/* dx -= dy */
void R(neg_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy;
    for (size_t i = 0; i < n; i++)
        R(sub)(dx + i, dx + i, dy + i, c);
}

/* y = 1 / x */
void R(reciprocal_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    const R(element) *restrict x = k->x[0];
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    for (size_t i = 0; i < n; i++)
        R(div)(y + i, one, x + i, c);
}

/* dx -= dy y^2 */
void R(reciprocal_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict y = k->y;
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(mul)(t, dy + i, y + i, c);
        R(mul)(t, t, y + i, c);
        R(sub)(dx + i, dx + i, t, c);
    }
}

static inline void R(square_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    R(mul)(y, x, x, c);
}

/* y = x^2 */
void R(square_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(square_of), c);
}

/* dx += dy 2x */
void R(square_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0];
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(scale)(t, x + i, 1, c);
        R(mul)(t, t, dy + i, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* y = sqrt x */
void R(sqrt_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(sqrt), c);
}

/* dx += dy / (2y) */
void R(sqrt_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict y = k->y;
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(scale)(t, y + i, 1, c);
        R(div)(t, dy + i, t, c);
        R(add)(dx + i, dx + i, t, c);
    }
}

/* y = sum of the arguments */
void R(add_n_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict y = k->y;
    for (size_t i = 0; i < n; i++)
        R(set)(y + i, k->x[0] + i, c);
    for (size_t j = 1; j < k->node->arity; j++) {
        const R(element) *x = k->x[j];
        for (size_t i = 0; i < n; i++)
            R(add)(y + i, y + i, x + i, c);
    }
}

/* dx_j += dy */
void R(add_n_backward)(const R(call) * k, const R(context) * c)
{
    for (size_t j = 0; j < k->node->arity; j++)
        if (k->dx[j])
            R(add_reduced)(k->dx[j], k->shapes[j], k->dy, &k->node->shape, c);
}

static inline void R(rsqrt_of)(R(element) * y, const R(element) * x, const R(context) * c)
{
    LOCAL(one, c);
    R(set_si)(one, 1, c);
    R(sqrt)(y, x, c);
    R(div)(y, one, y, c);
}

/* y = 1 / sqrt x */
void R(rsqrt_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(rsqrt_of), c);
}

/* dx -= dy y / (2x): y^3 / 2, in an order that underflows only where it must */
void R(rsqrt_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    R(element) *restrict dx = k->dx[0];
    const R(element) *restrict dy = k->dy, *restrict x = k->x[0], *restrict y = k->y;
    LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        R(scale)(t, y + i, -1, c);
        R(div)(t, t, x + i, c);
        R(mul)(t, t, dy + i, c);
        R(sub)(dx + i, dx + i, t, c);
    }
}
