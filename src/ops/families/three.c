/* Gates of three broadcast arguments: fma multiplies and adds, where chooses. */
#include "ops/families/shared.h"

/* A walk over the three arguments as they are broadcast to y, whose elements come one after another. */
static struct walk R(walk_three)(const R(call) * k)
{
    const struct shape *to = &k->node->shape;
    const struct view views[] = {view_expanded(k->shapes[0], to), view_expanded(k->shapes[1], to),
                                 view_expanded(k->shapes[2], to)};
    return walk_over(to, 3, views);
}

/* Where argument j's element i of the current run is. */
static inline ptrdiff_t R(element_at)(const struct walk *w, int j, size_t i)
{
    return w->offset[j] + (ptrdiff_t)i * w->step[j];
}

/* y = a b + c, rounded once */
void R(fma_forward)(const R(call) * k, const R(context) * c)
{
    struct walk w = R(walk_three)(k);
    for (R(element) *y = k->y; walk_next(&w);)
        for (size_t i = 0; i < w.count; i++, y++)
            R(fma)
    (y, k->x[0] + R(element_at)(&w, 0, i), k->x[1] + R(element_at)(&w, 1, i), k->x[2] + R(element_at)(&w, 2, i),
     c);
}

/* d(argument) += dy times the other factor */
static void R(fma_to_factor)(const R(call) * k, int argument, int other, const R(context) * c)
{
    if (!k->dx[argument])
        return;
    struct walk w = R(walk_three)(k);
    for (size_t at = 0; walk_next(&w);)
        for (size_t i = 0; i < w.count; i++, at++)
            R(mul)(k->scratch + at, k->dy + at, k->x[other] + R(element_at)(&w, other, i), c);
    R(add_reduced)(k->dx[argument], k->shapes[argument], k->scratch, &k->node->shape, c);
}

/* da += dy b, db += dy a, dc += dy */
void R(fma_backward)(const R(call) * k, const R(context) * c)
{
    R(fma_to_factor)(k, 0, 1, c);
    R(fma_to_factor)(k, 1, 0, c);
    if (k->dx[2])
        R(add_reduced)(k->dx[2], k->shapes[2], k->dy, &k->node->shape, c);
}

/* y = condition ? a : b */
void R(where_forward)(const R(call) * k, const R(context) * c)
{
    struct walk w = R(walk_three)(k);
    for (R(element) *y = k->y; walk_next(&w);)
        for (size_t i = 0; i < w.count; i++, y++) {
            int chosen = k->integers[0][R(element_at)(&w, 0, i)] ? 1 : 2;
            R(set)(y, k->x[chosen] + R(element_at)(&w, chosen, i), c);
        }
}

/* da += condition ? dy : 0, db += condition ? 0 : dy; chosen, never multiplied by 0: an infinity or NaN in dy
 * stays on its side */
void R(where_backward)(const R(call) * k, const R(context) * c)
{
    for (int argument = 1; argument <= 2; argument++) {
        if (!k->dx[argument])
            continue;
        struct walk w = R(walk_three)(k);
        for (size_t at = 0; walk_next(&w);)
            for (size_t i = 0; i < w.count; i++, at++) {
                bool first = k->integers[0][R(element_at)(&w, 0, i)] != 0;
                if (first == (argument == 1))
                    R(set)(k->scratch + at, k->dy + at, c);
                else
                    R(set_si)(k->scratch + at, 0, c);
            }
        R(add_reduced)(k->dx[argument], k->shapes[argument], k->scratch, &k->node->shape, c);
    }
}
