/* How thorough a proof is, by what it is estimated to cost. */
#include "check/effort.h"

#include <stdlib.h>

/* Differences a second: scalar operations at 256 bits of some 60 ns, 8 evaluations a difference. */
static const double WORK_PER_SECOND = 1 / 60e-9 / 8;
static const double SPARING_SECONDS = 0.5, JOINT_SECONDS = 2, ELEMENT_SECONDS = 0.2;

/* The work of all that depends on `node`, or of everything (node < 0); huge when there is no memory. */
static double work_of(const struct graph *graph, long node)
{
    bool *marked = calloc(graph->count, sizeof *marked), *from = calloc(graph->count, sizeof *from);
    double work = WORK_PER_SECOND * JOINT_SECONDS;
    for (size_t i = 0; from && i < graph->count; i++)
        from[i] = node < 0 || (size_t)node == i;
    if (marked && from) {
        graph_depends(marked, graph, from);
        work = graph_work(graph, marked) + 1;
    }
    free(marked);
    free(from);
    return work;
}

enum effort effort_of(const struct graph *graph)
{
    double directions = (double)(graph->wrt_count > 1 ? graph->wrt_count + 1 : graph->wrt_count);
    double seconds = work_of(graph, -1) * directions / WORK_PER_SECOND;
    return seconds > JOINT_SECONDS         ? EFFORT_JOINT
           : 2 * seconds > SPARING_SECONDS ? EFFORT_SPARING
                                           : EFFORT_THOROUGH;
}

size_t effort_elements(const struct graph *graph, size_t node)
{
    size_t count = shape_count(&graph->nodes[node].shape);
    double seconds = work_of(graph, (long)node) / WORK_PER_SECOND;
    double most = ELEMENT_SECONDS / seconds / (double)graph->wrt_count;
    if (most >= (double)count)
        return count;
    if (most < 1)
        return effort_of(graph) != EFFORT_JOINT && count > 0;
    return (size_t)most;
}
