/* Products, and running sums and products along an axis. No y / x: a factor may be zero. */
#include "ops/families/groups.h"

/* y = the product of every group, in order */
void R(prod_forward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    for (size_t o = 0; next_group(&groups); o++) {
        R(set_si)(k->y + o, 1, c);
        for (struct members m = members_of(&groups); next_member(&m);)
            R(mul)(k->y + o, k->y + o, k->x[0] + m.at, c);
    }
}

/* after[i] = the product of the group's elements behind its i-th */
static void R(products_behind)(R(element) * after, const R(call) * k, const struct groups *groups,
                               const R(context) * c)
{
    LOCAL(product, c);
    LOCAL(x, c);
    size_t i = 0;
    for (struct members m = members_of(groups); next_member(&m); i++)
        R(set)(after + i, k->x[0] + m.at, c);
    R(set_si)(product, 1, c);
    while (i-- > 0) {
        R(set)(x, after + i, c);
        R(set)(after + i, product, c);
        R(mul)(product, product, x, c);
    }
}

/* dx_i += dy (product of those in front of x_i) (product of those behind it) */
void R(prod_backward)(const R(call) * k, const R(context) * c)
{
    struct groups groups = groups_of(k);
    LOCAL(before, c);
    LOCAL(t, c);
    for (size_t o = 0; next_group(&groups); o++) {
        R(products_behind)(k->scratch, k, &groups, c);
        R(set_si)(before, 1, c);
        struct members m = members_of(&groups);
        for (size_t i = 0; next_member(&m); i++) {
            R(mul)(t, before, k->scratch + i, c);
            R(mul)(t, t, k->dy + o, c);
            R(mul)(before, before, k->x[0] + m.at, c);
            R(add)(k->dx[0] + m.at, k->dx[0] + m.at, t, c);
        }
    }
}

/* y_i = x_0 + ... + x_i, one accumulator a lane */
void R(cumsum_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        SUM(s, c);
        for (size_t i = 0; i < lanes.length; i++, at += (size_t)lanes.step) {
            R(sum_add)(s, k->x[0] + at, 0, 1, c);
            R(sum_get)(k->y + at, s, c);
        }
    }
}

/* dx_i += dy_i + ... + dy_last */
void R(cumsum_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    LOCAL(t, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l) + lanes.length * (size_t)lanes.step;
        SUM(s, c);
        for (size_t i = lanes.length; i-- > 0;) {
            at -= (size_t)lanes.step;
            R(sum_add)(s, k->dy + at, 0, 1, c);
            R(sum_get)(t, s, c);
            R(add)(k->dx[0] + at, k->dx[0] + at, t, c);
        }
    }
}

/* y_i = x_0 ... x_i */
void R(cumprod_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    size_t step = (size_t)lanes.step;
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        for (size_t i = 0; i < lanes.length; i++, at += step)
            if (i)
                R(mul)(k->y + at, k->y + at - step, k->x[0] + at, c);
            else
                R(set)(k->y + at, k->x[0] + at, c);
    }
}

/* dx_i += y_(i-1) s_i with s_i = dy_i + x_(i+1) s_(i+1): Horner's scheme from the end */
void R(cumprod_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = lanes_along(k->shapes[0], k->node->axis);
    size_t step = (size_t)lanes.step;
    LOCAL(s, c);
    LOCAL(t, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l) + lanes.length * step;
        R(set_si)(s, 0, c);
        for (size_t i = lanes.length; i-- > 0;) {
            at -= step;
            if (i + 1 < lanes.length)
                R(mul)(s, s, k->x[0] + at + step, c);
            R(add)(s, s, k->dy + at, c);
            R(set)(t, s, c);
            if (i)
                R(mul)(t, t, k->y + at - step, c);
            R(add)(k->dx[0] + at, k->dx[0] + at, t, c);
        }
    }
}
