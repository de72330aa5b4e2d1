/* Ops of an engine's own: nobody here knows their formula, so that whatever needs one comes out as NaN. */
#include <math.h>

#include "ops/families/shared.h"
#include "ops/foreign.h"

void R(foreign_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    for (size_t i = 0; i < n; i++)
        R(set_double)(k->y + i, NAN, c);
}

void R(foreign_backward)(const R(call) * k, const R(context) * c)
{
    for (size_t a = 0; a < k->node->arity; a++) {
        size_t n = k->dx[a] ? shape_count(k->shapes[a]) : 0;
        for (size_t i = 0; i < n; i++)
            R(set_double)(k->dx[a] + i, NAN, c);
    }
}
