/* How thorough a proof is, by what it is estimated to cost. Operations are counted, never time, so that every
 * machine chooses alike. */
#ifndef GCK_CHECK_EFFORT_H
#define GCK_CHECK_EFFORT_H
#include "graph/graph.h"

/* THOROUGH: each parameter along directions of its own in two scales, and all of them together. SPARING: each
 * in one scale only. JOINT: all together, to what the parameter that allows least allows; no sample of
 * elements. */
enum effort { EFFORT_THOROUGH, EFFORT_SPARING, EFFORT_JOINT };

enum effort effort_of(const struct graph *graph);

/* How many elements of a parameter are checked one by one: about 0.2 s of them for all parameters. GCK_OK or
 * GCK_NO_MEMORY. */
gck_status effort_elements(size_t *elements, const struct graph *graph, size_t node) GCK_MUST_USE;

#endif
