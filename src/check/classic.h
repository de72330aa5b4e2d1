/* The classic check: differences in double, as gradient checkers have always taken them. */
#ifndef GCK_CHECK_CLASSIC_H
#define GCK_CHECK_CLASSIC_H
#include "graph/evaluation.h"

/* Evaluates f(x) once, then again and again with one element of one parameter moved. */
struct classic {
    const struct graph *graph;
    const struct binding *binding;
    d_evaluation *base, *moved;
    size_t node; /* the node that `moved` moves */
    double here; /* f(x) */
};

gck_status classic_new(struct classic *classic, const struct graph *graph, const struct binding *binding);
/* Chooses the node whose elements move. */
gck_status classic_move(struct classic *classic, size_t node);
/* The difference in element `index` of that node. Steps: cbrt(eps) max(1, |x|) centered, sqrt(eps) max(1, |x|)
 * forward, eps^(1/5) max(1, |x|) for the two steps of Richardson; x + h and x - h are made representable
 * first. */
double classic_difference(struct classic *classic, size_t index, gck_method method);
void classic_free(struct classic *classic);

#endif
