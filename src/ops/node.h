/* Nodes: an op applied to earlier nodes, or an input. */
#ifndef GCK_OPS_NODE_H
#define GCK_OPS_NODE_H
#include <stdint.h>

#include "base/errors.h"
#include "tensor/shape.h"

enum kind {
    KIND_FLOAT,
    KIND_INTEGER, /* labels and indices: never differentiated */
    KIND_BOOL     /* masks, stored as integers 0 and 1 */
};

/* The numbers of an input as the case gives them, row-major: exactly one array is set. */
struct values {
    const char *const *texts; /* decimal texts, rounded to a dtype when bound */
    const double *doubles;    /* generated or read from a file: exact as they are */
    const int64_t *integers;  /* KIND_INTEGER, KIND_BOOL */
};

enum { MOST_ATTRIBUTES = 8 };

/* An attribute as given, or its default. */
struct attribute {
    bool given;
    long integer; /* ATTRIBUTE_INTEGER, ATTRIBUTE_BOOL, index of an ATTRIBUTE_CHOICE */
    const char *
        text; /* ATTRIBUTE_REAL: decimal text, rounded to the dtype when used; ATTRIBUTE_TEXT: without quotes */
    const long *list; /* ATTRIBUTE_INTEGERS */
    size_t count;
};

struct op;

struct node {
    const char *name;
    struct place place;
    const struct op *op; /* NULL: an input */
    size_t arity;
    const size_t *inputs; /* indices of earlier nodes */
    struct shape shape;   /* of the value and of its gradient */
    enum kind kind;
    struct attribute attributes[MOST_ATTRIBUTES]; /* in the order of op->attributes */
    struct values values;                         /* inputs only */
    bool literal; /* a number in a formula: an input without a name of its own */
    bool inner;   /* an unnamed step of a formula */
    /* set by the op's shape rule */
    unsigned axes;  /* bits: the axes that the op works along */
    int axis;       /* the one axis of ops that take one */
    size_t terms;   /* products summed for one element of y, for estimates of time; 0 counts as 1 */
    size_t scratch; /* elements of working room that forward or backward needs */
    size_t places;  /* positions of working room that they need */
};

#endif
