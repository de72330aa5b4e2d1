/* The Euclidean norm of one slice, safe from overflow and underflow. */
#ifndef GCK_OPS_FAMILIES_SLICE_NORM_H
#define GCK_OPS_FAMILIES_SLICE_NORM_H
#include "ops/families/shared.h"

/* A power of two near the slice's largest number where its squares could leave the range of double, else 0. */
static inline int R(slice_exponent)(const R(element) * x, const struct lanes *lanes)
{
    double largest = 0;
    int exponent;
    for (size_t j = 0; j < lanes->length; j++)
        largest = fmax(largest, fabs(R(to_double)(x + (ptrdiff_t)j * lanes->step)));
    if (!isfinite(largest) || largest == 0)
        return 0;
    frexp(largest, &exponent);
    return exponent > 400 || exponent < -400 ? exponent : 0;
}

/* norm = |x| of one slice; tiny and huge numbers are scaled by a power of two first, so that their squares
 * neither vanish nor overflow. `room` holds one slice. */
static inline void R(slice_norm)(R(element) * norm, R(element) * room, const R(element) * x,
                                 const struct lanes *lanes, const R(context) * c)
{
    int exponent = R(slice_exponent)(x, lanes);
    for (size_t j = 0; j < lanes->length; j++)
        R(scale)(room + j, x + (ptrdiff_t)j * lanes->step, -exponent, c);
    R(dot)(norm, room, 1, room, 1, lanes->length, c);
    R(sqrt)(norm, norm, c);
    R(scale)(norm, norm, exponent, c);
}

/* The divisor max(norm, eps); whether it is the norm: a decision */
static inline bool R(divisor)(R(element) * r, R(element) * room, const R(element) * x, const R(element) * eps,
                              const struct lanes *lanes, const R(context) * c)
{
    R(slice_norm)(r, room, x, lanes, c);
    bool own = R(compare)(r, eps, c) > 0 || R(is_nan)(r);
    if (!own)
        R(set)(r, eps, c);
    return own;
}

#endif
