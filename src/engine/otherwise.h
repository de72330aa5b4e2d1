/* Other formulas for builtin:reordered. */
#ifndef GCK_ENGINE_OTHERWISE_H
#define GCK_ENGINE_OTHERWISE_H
#include "graph/graph.h"

/* A copy of the graph, in the arena, whose ops store rounded numbers, and compute by other formulas where there
 * are some. */
gck_status otherwise_graph(struct graph *other, struct arena *arena, const struct graph *graph);

#endif
