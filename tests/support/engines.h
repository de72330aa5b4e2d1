/* Engines for tests: the built-in gradient with one bug planted in its answer or in one of its gates, and
 * checks of a case in a string with them. */
#ifndef GCK_TESTS_SUPPORT_ENGINES_H
#define GCK_TESTS_SUPPORT_ENGINES_H
#include "check/answer.h"
#include "ops/op.h"

enum plant {
    PLANT_NOTHING,
    PLANT_FACTOR,      /* every element times `amount` */
    PLANT_RELATIVE,    /* element `index` times 1 + amount */
    PLANT_ALL,         /* every element times 1 + amount */
    PLANT_SET,         /* element `index` becomes `amount` */
    PLANT_LIST,        /* the first elements become list[0 .. count) */
    PLANT_ADD,         /* element `index` plus amount */
    PLANT_ZEROS,       /* all 0 */
    PLANT_MISSING,     /* no gradient comes */
    PLANT_SHAPE,       /* comes with shape [count, 2], padded */
    PLANT_NULL,        /* comes as a null pointer */
    PLANT_TRANSPOSED,  /* of a square matrix */
    PLANT_SHIFTED,     /* by one element */
    PLANT_LAST_ROW,    /* the last row times 1 + amount */
    PLANT_SWAPPED,     /* with the gradient of the node `other` */
    PLANT_ERRATIC,     /* every element times 1 + amount r, r in [-1, 1) from the inputs' bits */
    PLANT_VALUE,       /* the output's value times 1 + amount */
    PLANT_NO_VALUE,    /* the output's value does not come */
    PLANT_SHORT_VALUE, /* or with one number too many */
    PLANT_UNSUPPORTED, /* "no such op" */
    PLANT_ERROR        /* "broken pipe" */
};

struct planted {
    enum plant plant;
    double amount;
    size_t index;
    const char *node; /* whose gradient; NULL: the first that is wanted */
    const char *other;
    const double *list;
    size_t count;
};

/* The built-in gradient, then the bug. `planted` outlives the engine. */
gck_engine planted_engine(const struct planted *planted);

/* Wrong backward kernels. Each calls the right one. */
void broken_doubled(const d_call *call, const d_context *c);    /* upstream gradient times 2 */
void broken_negated(const d_call *call, const d_context *c);    /* times -1 */
void broken_overwrites(const d_call *call, const d_context *c); /* = where += is due */
void broken_first_only(const d_call *call, const d_context *c); /* nothing for the other arguments */

/* The gradient in double with one gate's backward replaced: the node of that name, or every node of the op. */
struct broken {
    const char *node, *op; /* one of them; the other NULL */
    d_kernel *backward;
    bool leaves_only; /* gives no gradients of inner nodes */
};
gck_engine broken_engine(const struct broken *broken);

/* Checks a case given as text ("inputs", graph rows, further lines; the output is y) with an engine, or the
 * built-in ones when NULL. The caller frees the result. */
gck_result *check_text(const char *inputs, const char *graph, const char *more, const gck_engine *engine,
                       const gck_options *options);
/* The same with float64 alone and a planted bug; returns the verdict. */
gck_verdict verdict_of(const char *inputs, const char *graph, const char *more, struct planted planted);

/* Asserts a verdict by its name, which a failing test shows. */
#define assert_verdict(found, wanted) assert_string_equal(gck_verdict_name(found), gck_verdict_name(wanted))

#endif
