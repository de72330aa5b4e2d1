/* Sketches: graphs as a list of rows that are easy to draw and to change, and the case files that they make. */
#ifndef GCK_CASE_SKETCH_H
#define GCK_CASE_SKETCH_H
#include "base/text.h"
#include "graph/graph.h"
#include "ops/recipes.h"

enum { SKETCH_MOST = 200 };

struct sketch_node {
    const struct op *op;      /* NULL: an input, of which these are given: */
    struct shape shape;       /* also of an op's result, once sketch_graph() has told */
    const double *numbers;    /* floats */
    const int64_t *integers;  /* or labels and indices */
    size_t inputs[CALL_MOST]; /* an op's; indices of earlier nodes */
    size_t arity;
    char attributes[ATTRIBUTES_TEXT]; /* "axes=[0, 1]; keepdims=true" */
};

/* Numbers live in an arena of the caller's. May be copied. */
struct sketch {
    struct sketch_node nodes[SKETCH_MOST];
    size_t count, output;
    const double *seed; /* of the output's shape */
};

/* Room for n numbers; NULL when memory fails. */
double *sketch_numbers(struct arena *arena, size_t n);

/* Builds the graph and fills in the shapes. GCK_BAD_CASE when an op refuses its arguments. The seed
 * may still be NULL. */
gck_status sketch_graph(struct graph *graph, struct sketch *sketch, struct arena *arena);

/* The values of all float nodes, as MPFR at 64 bits has them: the same on every machine; NULL for others.
 * *sound: whether all of them, and all gradients with a seed of ones, are finite and float32 gets their first
 * digits. */
gck_status sketch_values(double ***values, bool *sound, const struct graph *graph, struct arena *arena);

/* Drops the nodes that the output does not depend on. */
void sketch_prune(struct sketch *sketch);

/* How many nodes are ops. */
size_t sketch_ops(const struct sketch *sketch);

/* Appends the case file; the sketch has been through sketch_graph(). id, title and why are YAML's scalars:
 * plain words, or in quotes. */
void sketch_write(struct text *text, const struct sketch *sketch, const char *id, const char *title,
                  const char *why);

#endif
