/* Graphs: nodes in topological order, an output, the seed fed into it, and the parameters. */
#ifndef GCK_GRAPH_GRAPH_H
#define GCK_GRAPH_GRAPH_H
#include "ops/op.h"

enum { NO_NODE = -1 };

struct graph {
    struct arena *arena; /* owns everything below; outlives the graph */
    struct node *nodes;  /* every node's inputs come before it */
    size_t count, room;
    size_t elements; /* of all nodes */
    size_t output;
    struct values seed; /* upstream gradient, of the output's shape; none set: ones for one element */
    const size_t *wrt;  /* the parameters: float inputs whose gradient is checked */
    size_t wrt_count;
};

/* Largest graph that is built: nodes, and elements of all of them together, bounded before any allocation. An
 * element costs some 500 bytes while it is checked. */
enum { MOST_ELEMENTS = 1 << 21, MOST_NODES = 100000 };

/* Adds an input. `values` must hold as many numbers as the shape has elements and live as long as the
 * graph's arena. Returns the node's index, or NO_NODE after adding an error. */
long graph_input(struct graph *graph, const char *name, enum kind kind, const struct shape *shape,
                 struct values values, struct errors *errors);

/* One `name=value` as written in a case. */
struct attribute_text {
    const char *name, *value; /* "axes", "[0, 1]" */
    struct place place;
};

/* Adds op(inputs..., attributes...). Checks arity, kinds, attributes and shapes; every error found is
 * added at errors->here. Returns the node's index or NO_NODE. A node without a name (NULL) is marked as
 * an inner step; the case reader names such steps "f.1" and marks them itself. */
long graph_apply(struct graph *graph, const char *name, const struct op *op, const size_t *inputs, size_t arity,
                 const struct attribute_text *attributes, size_t attribute_count, struct errors *errors);

/* Index of the node of that name, or NO_NODE. */
long graph_find(const struct graph *graph, const char *name);

/* How many arguments all nodes have. */
size_t graph_edges(const struct graph *graph);

/* Marks in depends[i] (graph->count flags) whether node i depends on a node marked in `from`, itself
 * included. */
void graph_depends(bool *depends, const struct graph *graph, const bool *from);

/* Whether the backward of `node` sends a gradient to its argument k. A formula with claims sends all of it to
 * the formula's own nodes, or, where claims are followed, to its variables; never to the claims. */
bool graph_flows(const struct node *node, size_t k, bool claims_followed);

/* Marks the nodes that gradients of the output reach. */
void graph_live(bool *live, const struct graph *graph, bool claims_followed);

/* Scalar operations that evaluating the marked nodes (NULL: all) takes, roughly: the same on every machine. */
double graph_work(const struct graph *graph, const bool *marked);

#endif
