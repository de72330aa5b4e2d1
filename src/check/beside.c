/* A point beside: moved inputs, and what an engine's errors there tell. */
#include "check/beside.h"

#include <math.h>
#include <string.h>

#include "check/difference.h"

/* Moves every number by a part that depends on the number and the seed alone. */
static void alike_jitter(struct binding *binding, const struct graph *graph, double reach, uint64_t seed)
{
    for (size_t i = 0; i < graph->count; i++)
        for (size_t k = 0;
             binding->values[i] && !graph->nodes[i].literal && k < shape_count(&graph->nodes[i].shape); k++) {
            double *x = &binding->values[i][k];
            uint64_t bits;
            memcpy(&bits, x, sizeof bits);
            struct random random = random_new(seed, bits);
            double part = (double)(int64_t)random_next(&random) * 0x1p-63;
            double moved = isfinite(*x) ? dtype_round(binding->dtype, *x + *x * reach * part) : *x;
            *x = isfinite(moved) ? moved : *x;
        }
}

static void zeros_jitter(struct binding *binding, const struct graph *graph, struct beside_range range,
                         struct random *random)
{
    double up = random_between(random, 0.5, 1);
    for (size_t p = 0; p < graph->wrt_count; p++) {
        double *x = binding->values[graph->wrt[p]];
        size_t n = shape_count(&graph->nodes[graph->wrt[p]].shape);
        double most = ldexp(range.reach, typical_exponent(x, n));
        for (size_t i = 0; i < n; i++)
            if (x[i] == 0)
                x[i] = dtype_round(binding->dtype, most * (range.up ? up : random_between(random, -1, 1)));
    }
}

gck_status beside_new(struct binding *binding, struct reference *reference, struct arena *arena,
                      const struct reference *at, struct beside_range range, struct random *random)
{
    struct branches compare_again = {0};
    for (int try = 0;; try++) {
        gck_status status = binding_copy(binding, arena, at->graph, at->binding);
        if (status)
            return status;
        if (range.alike)
            alike_jitter(binding, at->graph, range.reach, random_next(random));
        else
            binding_jitter(binding, at->graph, range.reach, try, random);
        if (range.zeros)
            zeros_jitter(binding, at->graph, range, random);
        status = reference_new(reference, at->graph, binding, at->bits, compare_again);
        if (status || try + 1 == JITTER_TRIES || budget_inside_domain(reference->evaluation, at))
            return status;
        reference_free(reference);
    }
}

bool beside_varies(const double *e, int count)
{
    double least = INFINITY, most = 0;
    int signs = 0;
    for (int r = 0; r < count; r++) {
        if (!isfinite(e[r]))
            return false;
        signs |= e[r] > 0 ? 1 : e[r] < 0 ? 2 : 3;
        least = fmin(least, fabs(e[r]));
        most = fmax(most, fabs(e[r]));
    }
    return count > 1 && (signs == 3 || least < most / 2);
}

int beside_same_branches(int chosen[BESIDE_REQUESTS], const struct decisions *const decisions[BESIDE_REQUESTS])
{
    int most = 0;
    for (int r = 0; r < BESIDE_REQUESTS; r++) {
        int same[BESIDE_REQUESTS], count = 0;
        for (int q = 0; q < BESIDE_REQUESTS; q++)
            if (decisions_equal(decisions[r], decisions[q]))
                same[count++] = q;
        if (count <= most)
            continue;
        most = count;
        memcpy(chosen, same, sizeof same);
    }
    return most;
}

double beside_wide_reach(enum dtype dtype)
{
    return ldexp(1, -dtype_formats[dtype].bits * 2 / 5);
}
