/* Rotary position embedding. */
#include "ops/families/shared.h"

/* Turns every pair of `from` by its angle (back: by minus it): to = or += the result. Pair i of position t
 * turns by (t + offset) base^(-2 i / D). */
static void R(rotate)(R(element) * to, const R(element) * from, bool back, const R(call) * k,
                      const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    size_t d = shape->dim[shape->rank - 1], length = shape->dim[shape->rank - 2], half = d / 2;
    size_t rows = d ? shape_count(shape) / d : 0;
    bool interleaved = node_attribute(k->node, "interleaved")->integer;
    long offset = node_attribute(k->node, "offset")->integer;
    LOCAL(base, c);
    LOCAL(angle, c);
    LOCAL(cosine, c);
    LOCAL(sine, c);
    LOCAL(a, c);
    LOCAL(b, c);
    R(attribute)(base, k, "base", c);
    for (size_t t = 0; t < length; t++)
        for (size_t i = 0; i < half; i++) {
            R(set_si)(angle, -2 * (long)i, c);
            R(div_si)(angle, angle, (long)d, c);
            R(pow)(angle, base, angle, c);
            R(mul_si)(angle, angle, (long)t + offset, c);
            R(cos)(cosine, angle, c);
            R(sin)(sine, angle, c);
            if (back)
                R(neg)(sine, sine, c);
            size_t first = interleaved ? 2 * i : i, second = interleaved ? 2 * i + 1 : i + half;
            for (size_t row = t; row < rows; row += length) {
                const R(element) *x = from + row * d + first, *z = from + row * d + second;
                R(element) *u = to + row * d + first, *v = to + row * d + second;
                R(mul)(a, x, cosine, c);
                R(mul)(b, z, sine, c);
                R(sub)(a, a, b, c);
                if (back)
                    R(add)(u, u, a, c);
                else
                    R(set)(u, a, c);
                R(mul)(a, x, sine, c);
                R(mul)(b, z, cosine, c);
                R(add)(a, a, b, c);
                if (back)
                    R(add)(v, v, a, c);
                else
                    R(set)(v, a, c);
            }
        }
}

/* (y1, y2) = (x1 cos - x2 sin, x1 sin + x2 cos) for every pair */
void R(rotary_embedding_forward)(const R(call) * k, const R(context) * c)
{
    R(rotate)(k->y, k->x[0], false, k, c);
}

/* dx += dy turned back */
void R(rotary_embedding_backward)(const R(call) * k, const R(context) * c)
{
    R(rotate)(k->dx[0], k->dy, true, k, c);
}
