/* Mutants: the built-in engine with one bug planted in the backward of one node. */
#ifndef GCK_ENGINE_MUTANT_H
#define GCK_ENGINE_MUTANT_H
#include "case/case.h"
#include "graph/evaluation.h"

/* The bugs; `argument` is the one whose gradient they spoil. */
enum bug {
    BUG_NONE,    /* the same machinery, and no bug */
    BUG_NEGATED, /* the gradients of all arguments, as the next two */
    BUG_DOUBLED,
    BUG_CONSTANT,     /* a constant kept in float32 */
    BUG_SEED_ONES,    /* the upstream gradient is taken for ones */
    BUG_LAST_OUTPUT,  /* the last element of the upstream gradient is forgotten */
    BUG_OPERANDS,     /* the saved values of the first two arguments are exchanged */
    BUG_EXCHANGED,    /* the argument gets its successor's gradient and the other way round */
    BUG_DETACHED,     /* no gradient */
    BUG_BRANCH,       /* what other gates sent to the argument is overwritten */
    BUG_TERMS,        /* of the terms that one element sums, the last overwrites the others */
    BUG_MEAN,         /* the mean of terms is taken for their sum */
    BUG_BATCH,        /* divided by the size of the first axis */
    BUG_TRANSPOSED,   /* the last two axes */
    BUG_SHIFTED,      /* by one element */
    BUG_LAST_ROW,     /* of the first axis: zero */
    BUG_LAST_COLUMN,  /* of the last axis: zero */
    BUG_LAST_ELEMENT, /* off by a part in 10^9 */
    BUG_OUTPUT_SAVED, /* the output stands where the argument's value should */
    BUG_HALF_LINE,    /* doubled where the argument is negative */
    BUG_BATCH_ONE,    /* doubled where the first axis has size 1 */
    BUG_THREE_AXES,   /* doubled where the argument has three axes or more */
    BUG_TIE,          /* doubled where the argument equals another number that it is compared with */
    BUG_UNMASKED,     /* the upstream gradient where the local one is zero */
    BUG_ABSOLUTE,     /* the sign is lost */
    BUG_UNGUARDED,    /* 0 / 0 where the argument is zero */
    BUG_UNSCALED,     /* the division by a standard deviation or a norm is forgotten */
    BUG_EPS,          /* eps is added to the root, not under it, or to the norm that it is the least of */
    BUG_AXIS,         /* another axis, or other axes */
    BUG_DEFAULTS,     /* the attributes are taken for their defaults */
    BUG_FLOAT32,      /* rounded to float32 */
    BUG_NOISE,        /* erratic digits: some parts in 10^9 */
    BUGS,
    BUG_OWN = BUGS /* one that the case brings along */
};

struct bug_row {
    const char *name, *doc;
    gck_verdict expected;
    gck_verdict also;   /* as right, where the bug turns into that at some inputs; else GCK_VERDICT_OK. Not
                         * `nonfinite`, which is right of every bug that makes such numbers. */
    const char *hidden; /* of inputs that cannot show it: "every upstream gradient is 1" */
    const char *advice; /* what to change: "give the case a `seed`" */
};
extern const struct bug_row bug_rows[BUGS];

struct mutant {
    const struct graph *graph;
    size_t node, argument;
    enum bug bug;
    const struct case_bug *own; /* BUG_OWN */
};

/* The mutant with the bug that a case brings along. */
struct mutant mutant_own(const struct graph *graph, const struct case_bug *bug);

const char *mutant_name(const struct mutant *mutant);

/* Whether the verdict is right for the mutant. `nonfinite`: see below; then that is a right verdict too. */
bool mutant_due(const struct mutant *mutant, gck_verdict verdict, bool nonfinite);

/* The next mutant of the graph, beginning with {graph}; false when there is none. Bugs that do not make sense
 * in a node (no second argument of that shape, a gradient that nothing waits for) are left out. `reached`:
 * flags from mutant_reached(). */
bool mutant_next(struct mutant *mutant, const bool *reached);

/* Marks the nodes whose backward can change the gradient of a parameter. */
gck_status mutant_reached(bool *reached, const struct graph *graph);

/* The node that is to be named: the one with the bug, or the argument where branches meet. */
size_t mutant_guilty(const struct mutant *mutant);

/* The engine, in every dtype; the mutant and its graph outlive it. It also plants the bug in the same gate cut
 * out of the graph. */
gck_engine mutant_engine(const struct mutant *mutant);

/* How the mutant's gradients of the parameters differ from the true ones. */
struct mutant_effect {
    bool wide; /* other numbers at so many bits, where a difference of 2^(56 - bits) of the largest gradient in
                * the   graph is rounding alone */
    bool narrow;    /* other numbers in the binding's dtype, where 4 u |g| is rounding alone */
    bool nonfinite; /* in the dtype: a NaN, or an infinity that is not the true one */
};
gck_status mutant_differs(struct mutant_effect *effect, const struct mutant *mutant,
                          const struct binding *binding, int bits);

/* The built-in engine, with one element of a node's gradient off by a part of it: times 1 + part, rounded to
 * the dtype. In other graphs than `graph` it is right. */
struct nudge {
    const struct graph *graph;
    size_t node, index;
    double part;
};
gck_engine nudge_engine(const struct nudge *nudge);

#endif
