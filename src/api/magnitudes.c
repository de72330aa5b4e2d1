/* Magnitudes: one element off by 1e-1 ... 1e-15, judged like any other answer. */
#include "api/magnitudes.h"

#include <math.h>

#include "api/case_handle.h"
#include "engine/builtin.h"

/* The smooth element with the largest gradient; false when there is none. */
static bool choose(struct magnitude *m, struct nudge *nudge, const gck_run *run, const struct graph *graph)
{
    double largest = 0;
    for (size_t k = 0; k < run->tensor_count; k++)
        for (size_t i = 0; i < run->tensors[k].count; i++) {
            gck_element e = gck_tensor_element(&run->tensors[k], i);
            if (e.verdict != GCK_VERDICT_OK || e.corner || e.zero || !(fabs(e.reference) > largest) ||
                !isfinite(e.reference))
                continue;
            largest = fabs(e.reference);
            m->parameter = graph->nodes[graph->wrt[k]].name;
            m->index = nudge->index = i;
            m->budget = e.budget / largest;
            nudge->node = graph->wrt[k];
        }
    return largest > 0;
}

gck_status magnitude_take(struct magnitude *m, const gck_case *c, gck_dtype dtype, const gck_options *options)
{
    const struct graph *graph = &c->file->graph;
    struct nudge nudge = {.graph = graph};
    gck_options o = *options;
    o.exhaustive = 0;
    struct arena results = {0};
    gck_engine engine = {.name = "built-in", .grad = builtin_grad};
    gck_run run;
    *m = (struct magnitude){0};
    gck_status status = trial_run_take(&run, &results, c, dtype, &engine, false, &o);
    if (status == GCK_BAD_CASE) { /* the dtype does not hold its numbers */
        arena_free(&results);
        return GCK_OK;
    }
    m->checked = !status && gck_verdict_passes(run.verdict) && choose(m, &nudge, &run, graph);
    arena_free(&results);
    engine = nudge_engine(&nudge);
    for (int k = 1; k <= MAGNITUDES && m->checked && !status && !(options->stop && *options->stop); k++) {
        nudge.part = pow(10, -k);
        status = trial_run_take(&run, &results, c, dtype, &engine, false, &o);
        if (!status && !gck_verdict_passes(run.verdict)) {
            m->irregular |= m->caught != k - 1;
            m->misjudged |= run.verdict != GCK_VERDICT_WRONG;
            m->caught = k;
        }
        arena_free(&results);
        if (k >= m->caught + 3) /* two more that pass: the end */
            break;
    }
    return status;
}
