/* expr: a formula of the user's, with or without claimed derivatives in place of the true ones. */
#include "ops/families/shared.h"

/* y as the formula's graph made it */
void R(expr_forward)(const R(call) * k, const R(context) * c)
{
    R(each)(k, R(set), c);
}

/* dx += sum over the broadcast axes of dy d: argument x and the one behind it, its claimed d */
static void R(expr_claim)(const R(call) * k, size_t x, const R(context) * c)
{
    const struct shape *to = &k->node->shape;
    const struct view views[] = {view_of(to), view_expanded(k->shapes[x + 1], to)};
    struct walk w = walk_over(to, 2, views);
    while (walk_next(&w)) {
        R(element) *restrict t = k->scratch + w.offset[0];
        const R(element) *dy = k->dy + w.offset[0], *d = k->x[x + 1] + w.offset[1];
        for (size_t i = 0; i < w.count; i++)
            R(mul)(t + i, dy + i, d + (ptrdiff_t)i * w.step[1], c);
    }
    R(add_reduced)(k->dx[x], k->shapes[x], k->scratch, to, c);
}

/* dy to the formula, through whose graph it goes on; when claims are followed, dy d_i to each x_i instead */
void R(expr_backward)(const R(call) * k, const R(context) * c)
{
    if (!c->claims || k->node->arity == 1) {
        if (k->dx[0])
            R(add_reduced)(k->dx[0], k->shapes[0], k->dy, &k->node->shape, c);
        return;
    }
    for (size_t x = 1; x < k->node->arity; x += 2)
        if (k->dx[x])
            R(expr_claim)(k, x, c);
}
