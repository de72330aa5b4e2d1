/* How thorough a proof is, by what it is estimated to cost. */
#include "check/effort.h"

#include <stdlib.h>

/* Differences a second: scalar operations at 256 bits of some 60 ns, 8 evaluations a difference. */
static const double WORK_PER_SECOND = 1 / 60e-9 / 8;
static const double SPARING_SECONDS = 0.5, JOINT_SECONDS = 2, ELEMENT_SECONDS = 0.2;

enum effort effort_of(const struct graph *graph)
{
    double directions = (double)(graph->wrt_count > 1 ? graph->wrt_count + 1 : graph->wrt_count);
    double seconds = (graph_work(graph, NULL) + 1) * directions / WORK_PER_SECOND;
    return seconds > JOINT_SECONDS         ? EFFORT_JOINT
           : 2 * seconds > SPARING_SECONDS ? EFFORT_SPARING
                                           : EFFORT_THOROUGH;
}

gck_status effort_elements(size_t *elements, const struct graph *graph, size_t node)
{
    size_t count = shape_count(&graph->nodes[node].shape);
    bool *marked = calloc(graph->count, sizeof *marked);
    if (!marked)
        return GCK_NO_MEMORY;
    marked[node] = true;
    graph_depends(marked, graph, marked);
    double seconds = (graph_work(graph, marked) + 1) / WORK_PER_SECOND;
    double most = ELEMENT_SECONDS / seconds / (double)graph->wrt_count;
    free(marked);
    if (most >= (double)count)
        *elements = count;
    else if (most < 1)
        *elements = effort_of(graph) != EFFORT_JOINT && count > 0;
    else
        *elements = (size_t)most;
    return GCK_OK;
}
