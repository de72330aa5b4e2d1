/* What is checked: a graph with what its case expects and allows. */
#ifndef GCK_CHECK_SUBJECT_H
#define GCK_CHECK_SUBJECT_H
#include "graph/graph.h"

/* A tensor that the case expects: decimal texts or fractions ("1/3"), row-major, of the node's shape. */
struct expected {
    size_t node;
    bool gradient; /* of the output in the node; else the node's value */
    const char *const *texts;
    struct place place;
};

/* Which answers are admissible at a corner, where the derivative does not exist or is infinite. */
struct kink_rule {
    size_t parameter;   /* node */
    long element;       /* flat index, or -1 for every element on a corner ("at: x" against "at: x[3]") */
    const char *choice; /* a name for the convention: "relu-at-zero" */
    const char *const *allowed; /* decimal texts, "inf" and "-inf" too: the gradient's admissible values */
    size_t allowed_count;
};

/* How many elements a case wants checked one by one, or a number of them. */
enum { EXHAUSTIVE_AUTO = GCK_AUTO, EXHAUSTIVE_ALL = GCK_ALL };

struct subject {
    const char *id;
    const struct graph *graph;
    const struct kink_rule *kinks;
    size_t kink_count;
};

#endif
