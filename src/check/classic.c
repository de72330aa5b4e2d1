/* The classic check: differences in double. */
#include "check/classic.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

gck_status classic_new(struct classic *classic, const struct graph *graph, const struct binding *binding)
{
    d_context context = {0};
    *classic = (struct classic){.graph = graph, .binding = binding};
    gck_status status = d_evaluation_new(&classic->base, graph, &context);
    if (status)
        return status;
    d_evaluation_bind(classic->base, binding);
    d_evaluation_forward(classic->base);
    d_evaluation_objective(&classic->here, classic->base);
    return GCK_OK;
}

gck_status classic_move(struct classic *classic, size_t node)
{
    bool *moves = calloc(classic->graph->count, sizeof *moves);
    if (!moves)
        return GCK_NO_MEMORY;
    moves[node] = true;
    d_evaluation_free(classic->moved);
    classic->node = node;
    gck_status status = d_evaluation_vary(&classic->moved, classic->base, moves);
    free(moves);
    if (!status)
        d_evaluation_forward(classic->moved);
    return status;
}

/* f with the element at `x`. */
static double objective_at(struct classic *classic, size_t index, double x)
{
    double f;
    d_evaluation_value(classic->moved, classic->node)[index] = x;
    d_evaluation_forward_touched(classic->moved, classic->node, index);
    d_evaluation_objective(&f, classic->moved);
    return f;
}

static double centered(struct classic *classic, size_t index, double x, double h)
{
    volatile double above = x + h, below = x - h;
    double f = objective_at(classic, index, above);
    return (f - objective_at(classic, index, below)) / (above - below);
}

double classic_difference(struct classic *classic, size_t index, gck_method method)
{
    double x = d_evaluation_value(classic->base, classic->node)[index], scale = fmax(1, fabs(x)), result = NAN;
    if (method == GCK_CENTERED) {
        result = centered(classic, index, x, cbrt(DBL_EPSILON) * scale);
    } else if (method == GCK_FORWARD) {
        volatile double above = x + sqrt(DBL_EPSILON) * scale;
        result = (objective_at(classic, index, above) - classic->here) / (above - x);
    } else {
        double h = pow(DBL_EPSILON, 0.2) * scale, wide = centered(classic, index, x, h);
        result = (4 * centered(classic, index, x, h / 2) - wide) / 3;
    }
    d_evaluation_restore(classic->moved);
    return result;
}

void classic_free(struct classic *classic)
{
    d_evaluation_free(classic->moved);
    d_evaluation_free(classic->base);
    *classic = (struct classic){0};
}
