/* gradcheck: checks analytic gradients against numerical ones, in double and in arbitrary precision.
 *
 * Three ways in:
 *   - gck_check_function()   your own f(x) and grad f(x) in double: a black box.
 *   - gck_case_load(), gck_check()   a case file, judged by the full reference (MPFR).
 *   - gck_engine             your autodiff code as a callback, run on cases.
 *
 * The library never prints, exits or changes process-wide state. Every function may be called from
 * several threads at once on different objects. Pointers returned from an object live as long as it. */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GCK_VERSION "0.1.0"

#if defined _WIN32 || !defined __GNUC__
#define GCK_API
#define GCK_MUST_USE
#else
#define GCK_API __attribute__((visibility("default")))
#define GCK_MUST_USE __attribute__((warn_unused_result))
#endif

/* ---- status ------------------------------------------------------------------------------- */

/* Whether a call did its work. A wrong gradient is a successful check with a bad verdict, never a
 * status. */
typedef enum gck_status {
    GCK_OK = 0,
    GCK_NO_MEMORY, /* an allocation failed */
    GCK_BAD_USAGE, /* an argument or option is out of its range */
    GCK_BAD_CASE,  /* the case file is wrong; the errors say where */
    GCK_IO,        /* a file could not be read or written */
    GCK_ENGINE,    /* the engine could not be run */
    GCK_STOPPED    /* the caller's stop flag was raised */
} gck_status;

GCK_API const char *gck_status_name(gck_status status);

/* "0.1.0". */
GCK_API const char *gck_version(void);

/* ---- verdicts ----------------------------------------------------------------------------- */

/* How an element, a tensor or a case was judged, mildest first. */
typedef enum gck_verdict {
    GCK_VERDICT_OK = 0,       /* within the rounding error a correct engine is entitled to */
    GCK_VERDICT_KINK,         /* at a corner; an admissible one-sided or generalized gradient */
    GCK_VERDICT_UNSUPPORTED,  /* the engine does not have the op; skipped */
    GCK_VERDICT_INCONCLUSIVE, /* could not be decided; fails unless allowed */
    GCK_VERDICT_INACCURATE,   /* right formula, digits lost; fails unless allowed */
    GCK_VERDICT_NONFINITE,    /* NaN or an infinity that the gradient is not */
    GCK_VERDICT_WRONG,        /* a steady error: a wrong formula */
    GCK_VERDICT_MISSING,      /* no gradient came back */
    GCK_VERDICT_ERROR         /* the engine failed */
} gck_verdict;
enum { GCK_VERDICTS = GCK_VERDICT_ERROR + 1 };

/* "ok", "kink", ... */
GCK_API const char *gck_verdict_name(gck_verdict verdict);

/* ---- cases ---------------------------------------------------------------------------------- */

/* A case file: a graph, its inputs, what is expected. Immutable once loaded; may be checked by several
 * threads at once. */
typedef struct gck_case gck_case;

/* A problem in a file, at line and column (from 1; 0: the whole file). */
typedef struct gck_error {
    gck_status status;
    const char *file;
    size_t line, column;
    const char *message;
} gck_error;

/* Problems in the order found. Free with gck_errors_free(). */
typedef struct gck_errors gck_errors;
GCK_API size_t gck_errors_count(const gck_errors *errors);
GCK_API gck_error gck_errors_get(const gck_errors *errors, size_t i);
GCK_API void gck_errors_free(gck_errors *errors);

/* Reads a case file. On failure *out is NULL and *errors (if errors is not NULL) says where and what to
 * do; the caller frees both. Files of tensors that the case names are read, below its own folder only. */
GCK_API GCK_MUST_USE gck_status gck_case_load(gck_case **out, const char *path, gck_errors **errors);
/* The same, and they may lie anywhere. For cases that you trust. */
GCK_API GCK_MUST_USE gck_status gck_case_load_trusted(gck_case **out, const char *path, gck_errors **errors);
/* As gck_case_load() from memory; `name` stands for the path, also that of the folder. */
GCK_API GCK_MUST_USE gck_status gck_case_parse(gck_case **out, const char *name, const char *bytes, size_t size,
                                               gck_errors **errors);
GCK_API void gck_case_free(gck_case *c);

GCK_API const char *gck_case_id(const gck_case *c);
GCK_API const char *gck_case_title(const gck_case *c);
GCK_API const char *gck_case_path(const gck_case *c);
GCK_API const char *gck_case_why(const gck_case *c);    /* NULL when the case does not say */
GCK_API const char *gck_case_source(const gck_case *c); /* likewise */
GCK_API bool gck_case_has_tag(const gck_case *c, const char *tag);
GCK_API size_t gck_case_parameters(const gck_case *c); /* elements of all parameters */

/* ---- engines: the code under test ------------------------------------------------------------ */

/* The engine's number format. */
typedef enum gck_dtype { GCK_FLOAT64, GCK_FLOAT32, GCK_FLOAT16, GCK_BFLOAT16 } gck_dtype;
enum { GCK_DTYPES = GCK_BFLOAT16 + 1 };
GCK_API const char *gck_dtype_name(gck_dtype dtype); /* "float64" */

/* One node of the graph, as an engine sees it. Nodes come in topological order. */
typedef struct gck_node {
    const char *name;
    const char *op; /* NULL: an input */
    size_t arity;
    const size_t *inputs; /* indices of earlier nodes */
    int rank;
    const size_t *dims;
    size_t count;            /* elements */
    const double *values;    /* float inputs: numbers of the request's dtype, row-major; else NULL */
    const int64_t *integers; /* integer inputs: labels, indices, masks; else NULL */
    bool wanted;             /* an input whose gradient is asked for */
} gck_node;

/* A request: compute the output, and the gradient of <seed, output> in every wanted node. */
typedef struct gck_request {
    const char *id;
    gck_dtype dtype;
    size_t node_count;
    const gck_node *nodes;
    size_t output;                 /* index of the output node */
    const double *seed;            /* upstream gradient, of the output's shape */
    const struct graph *graph;     /* private */
    const struct binding *binding; /* private */
} gck_request;

/* An attribute of a node as text ("[0, 1]", "mean", "0.01"; its default when the case does not give it) or
 * NULL when absent or unknown. The text lives in `buffer`, which has `size` bytes. */
GCK_API const char *gck_request_attribute(const gck_request *request, size_t node, const char *name,
                                          char *buffer, size_t size);

/* Where the engine puts its answer; every call copies. */
typedef struct gck_answer gck_answer;
/* The output's value, `count` numbers, row-major. */
GCK_API void gck_answer_value(gck_answer *answer, const double *value, size_t count);
/* The gradient in a node, with the shape the engine gave it. Inner nodes are welcome: they help to name the
 * gate that is wrong. */
GCK_API void gck_answer_gradient(gck_answer *answer, size_t node, const double *gradient, int rank,
                                 const size_t *dims);
/* The engine does not have this op (or attribute, rank, dtype): the case is skipped and counted. */
GCK_API void gck_answer_unsupported(gck_answer *answer, const char *what);
/* The engine failed: the case gets the verdict `error`. */
GCK_API void gck_answer_error(gck_answer *answer, const char *message);

/* Called from one thread at a time for one gck_check(). */
typedef void gck_engine_function(gck_answer *answer, const gck_request *request, void *user);

typedef struct gck_engine {
    const char *name;
    gck_engine_function *grad;
    void *user;
    bool flushes_to_zero; /* subnormal results become 0 */
    unsigned dtypes;      /* bits 1 << dtype: those that it has, and a case is run in no other; 0: all */
    bool once; /* it knows one answer a case, such as a file of gradients. It is not asked again beside the
                  point, so a small error counts as lost digits; it may leave out the value */
} gck_engine;

/* ---- checking a case ------------------------------------------------------------------------- */

/* What the classic double-precision column uses. */
typedef enum gck_method { GCK_CENTERED, GCK_FORWARD, GCK_RICHARDSON } gck_method;

typedef struct gck_options {
    int bits;        /* precision of the reference, 64 to 4096; 256 */
    int max_bits;    /* how far it may be raised; 4096 */
    unsigned dtypes; /* bit 1 << dtype; 0: what the case says */
    uint64_t seed;   /* of every random number of the check; 1 */
    long exhaustive; /* elements checked one by one: GCK_AUTO, GCK_ALL or a number a tensor */
    gck_method method;
    int jobs;                  /* threads; 1 */
    const gck_engine *engine;  /* NULL: the built-in one of each dtype */
    const volatile bool *stop; /* raised by the caller to end early; may be NULL */
    bool laws;                 /* also check the laws below; not for an engine with `once` */
} gck_options;
enum { GCK_AUTO = -1, GCK_ALL = -2 };
GCK_API gck_options gck_options_default(void);

/* One element of one tensor. Relative errors are |a - n| / max(|a|, |n|), 0 when both are 0. */
typedef struct gck_element {
    size_t index; /* flat, row-major */
    gck_verdict verdict;
    double analytic;        /* the engine's gradient; NaN when missing */
    double reference;       /* the reference gradient, rounded to double */
    double reference_error; /* relative error of `analytic` against the unrounded reference */
    double ulps;            /* |analytic - reference| in units in the last place of the dtype */
    double budget;          /* absolute error the dtype entitles a correct engine to */
    bool checked;           /* the differences below were taken for this very element */
    double numeric;         /* classic difference in double */
    double numeric_error;   /* relative error of `analytic` against it */
    char wide[48];          /* the difference at `bits`, decimal digits that are certain; "" when not taken */
    double wide_error;      /* relative error of `analytic` against it */
    double left, right;     /* one-sided differences at `bits`; infinite where they grow without bound */
    bool corner;            /* they settle and differ, or the element sits on a recorded tie */
    bool zero;              /* ok, and far below its budget: 0 but for rounding, so that neither `ulps` nor the
                             * relative errors say anything */
} gck_element;

/* A tensor: the gradient of one parameter, or the value of the output. */
typedef struct gck_tensor {
    const char *name;
    int rank;
    const size_t *dims;
    size_t count;
    gck_verdict verdict;         /* the worst of its elements */
    size_t counts[GCK_VERDICTS]; /* elements per verdict */
    size_t checked;              /* elements whose own differences were taken */
    gck_element worst;           /* the element with the worst verdict, then error / budget */
    double largest_numeric_error, largest_wide_error; /* over the checked elements */
    double largest_reference_error;                   /* over all elements */
    bool zero;                                        /* the gradient is zero within the budgets everywhere */
    const char *hint;                                 /* what the pattern of a failure suggests; NULL */
    const struct tensor_check *private_data;
} gck_tensor;

/* Element i < count. */
GCK_API gck_element gck_tensor_element(const gck_tensor *tensor, size_t i);

/* How far the reference gradient is proved: by centered differences along random dense directions at
 * `bits`, each parameter alone and all together. */
typedef struct gck_certificate {
    gck_verdict verdict; /* ok, inconclusive (not resolved at max_bits) or wrong (our own backward is) */
    double agreement;    /* worst |<g, v> - D| / sum |g_i v_i| */
    double error;        /* worst estimated error of D on the same scale */
    double order;        /* observed order of convergence, about 2; NaN when `exact` */
    bool exact;          /* the difference does not depend on the step: the function is linear along v */
    int bits;            /* precision that settled it */
    int step_exponent;   /* h = 2^step_exponent times the scale of the direction */
    size_t directions;   /* directional differences taken */
    size_t elements, of; /* elements checked one by one, of how many */
} gck_certificate;

/* What holds for every right engine, whatever it computes. */
typedef enum gck_law {
    GCK_LAW_DETERMINISTIC, /* the same request twice gives the same bits */
    GCK_LAW_ZERO_SEED,     /* a zero seed gives exact zeros */
    GCK_LAW_LINEAR,        /* the gradient is linear in the seed, within the rounding budgets */
    GCK_LAW_FEWER,         /* a parameter gets the same, within the budgets, when it alone is asked for */
    GCK_LAW_UNUSED         /* a parameter that the output does not depend on gets zeros */
} gck_law;
enum { GCK_LAWS = GCK_LAW_UNUSED + 1 };
/* "deterministic", "zero-seed", "linear", "fewer-parameters", "unused-parameter" */
GCK_API const char *gck_law_name(gck_law law);

typedef struct gck_law_check {
    gck_law law;
    bool checked; /* false: it says nothing here, or the engine does not support the request */
    bool broken;
    bool noise;          /* broken by lost digits alone: another amount beside the point */
    double spread;       /* the largest violation, an absolute number; 0 when it holds */
    const char *message; /* what broke it; NULL */
    const char *op;      /* that breaks it alone; NULL: not broken, or only by the whole graph */
} gck_law_check;

/* One case, one dtype, one engine. */
typedef struct gck_run {
    gck_dtype dtype;
    const char *engine;
    gck_verdict verdict;       /* the worst below */
    const char *message;       /* why, where no tensor says it ("the engine ..."); NULL */
    gck_tensor value;          /* the output */
    const gck_tensor *tensors; /* one per parameter */
    size_t tensor_count;
    gck_certificate certificate;
    const char *guilty_node, *guilty_op; /* where the first wrong gradient arises; NULL */
    size_t guilty_line;                  /* of that node in the case file; 0: unknown */
    const gck_law_check *laws;           /* one a law; broken ones make the run `wrong`, noise `inaccurate` */
    size_t law_count;                    /* 0: not asked for, or there were no gradients to judge */
    size_t ties;                         /* comparisons at equality in the reference */
    double numeric_error, wide_error;    /* worst relative errors over the checked elements */
    double forward_ms, backward_ms; /* of the engine when it is built in, else its answer time in backward_ms */
} gck_run;

/* What a case expects and did not get. */
typedef struct gck_mismatch {
    const char *what;             /* "value f", "grad W1[3, 2]", "equals losses/nll" */
    const char *expected, *found; /* decimal texts */
    size_t line, column;
} gck_mismatch;

typedef struct gck_result {
    const char *id, *title, *path;
    gck_verdict verdict; /* the worst run; `wrong` when an expectation is not met */
    const gck_run *runs;
    size_t run_count;
    const gck_mismatch *mismatches;
    size_t mismatch_count;
    size_t expectations; /* numbers compared with `expect` and `equals` */
    size_t parameters;   /* elements checked a dtype */
    uint64_t seed;
    double ms; /* wall time of the whole check */
} gck_result;

/* Checks a case. options: NULL for the defaults. The result is freed with gck_result_free() and does not
 * need the case any longer. A bad gradient is GCK_OK with a bad verdict. */
GCK_API GCK_MUST_USE gck_status gck_check(gck_result **out, const gck_case *c, const gck_options *options,
                                          gck_errors **errors);
GCK_API void gck_result_free(gck_result *result);

/* Whether a verdict passes a gate: ok, kink and unsupported do. */
GCK_API bool gck_verdict_passes(gck_verdict verdict);

/* ---- explaining a case ----------------------------------------------------------------------- */

/* A number of the reference. */
typedef struct gck_number {
    double value;  /* nearest double */
    char text[32]; /* 17 digits, also where a double over- or underflows */
} gck_number;

/* A tensor of them, row-major. */
typedef struct gck_numbers {
    int rank;
    const size_t *dims;
    size_t count;
    const double *values;
    const gck_number *numbers;    /* NULL when there are more than GCK_EXPLAIN_MOST */
    double norm, least, greatest; /* Euclidean norm, extremes; of what is finite */
} gck_numbers;
enum { GCK_EXPLAIN_MOST = 64 };

/* How derivatives compare with differences at `bits`, mildest first. */
typedef enum gck_agreement {
    GCK_AGREES,
    GCK_CORNER,    /* at a corner, a tie or the edge of the domain: a convention decides */
    GCK_UNDECIDED, /* the error of the difference is too large to say */
    GCK_DIFFERS
} gck_agreement;
GCK_API const char *gck_agreement_name(gck_agreement agreement); /* "ok", "corner", "undecided", "differs" */

/* Derivatives beside differences: each beside its own, or all at once along a random direction. */
typedef struct gck_numeric {
    bool taken;              /* false: there is nothing to compare */
    gck_agreement agreement; /* the worst */
    double distance;         /* largest |a - n| / max(|a|, |n|) */
    size_t count;            /* differences; 0: along a direction */
    const gck_number *numbers;
    const double *left, *right;  /* one-sided differences; NULL unless some of them is at a corner */
    gck_number along, predicted; /* along a direction v: the difference, and <gradient, v> */
} gck_numeric;

/* A gate's derivative by one of its inputs: an output element a row, an input element a column. */
typedef struct gck_jacobian {
    size_t rows, columns;
    const gck_number *entries; /* row-major; NULL when there are more than GCK_EXPLAIN_MOST */
    gck_numeric numeric;   /* of all its entries; of the columns mixed by a random seed where there are none */
    const char *symbol;    /* as a formula in the graph's names, "z" for d(q z)/dq; NULL: no short one */
    const char *structure; /* what it looks like and why nobody forms it; NULL for a single number */
    bool diagonal;         /* square, and nothing off the diagonal */
    uint64_t nonzeros;     /* entries that are not zero, or may be (when `at_most`) */
    bool at_most;
    double bytes; /* that forming it in float64 would take */
} gck_jacobian;

/* What a gate sends to one of its inputs: one term of the sum that is the input's gradient. */
typedef struct gck_contribution {
    size_t from, to;      /* steps: the gate, the input */
    const char *argument; /* what the op calls the input: "a" */
    gck_jacobian local;
    gck_numbers product; /* local gradient, transposed, times the gate's upstream gradient */
    gck_numeric numeric; /* of the product: differences of the gate alone times the upstream gradient */
} gck_contribution;

/* A derivative that the case claims for a formula, beside the true one. */
typedef struct gck_claim {
    const char *variable;
    gck_agreement agreement;         /* claim against truth */
    double distance;                 /* largest relative error of the claim */
    gck_numbers claimed;             /* of the claim's shape */
    const gck_number *given, *truth; /* per element of the formula; NULL when there are more than
                                        GCK_EXPLAIN_MOST */
    gck_numeric numeric;             /* of the truth */
    size_t count;                    /* elements of the formula */
} gck_claim;

/* One node. */
typedef struct gck_step {
    const char *name;
    const char *op;            /* NULL: an input */
    const char *row;           /* "f = mul(q, z)"; NULL for an input */
    const char *role;          /* "switches: ..."; NULL when there is no short word for it */
    const char *formula;       /* the op's: "y = a b ;  da += dy b, db += dy a" */
    const char *convention;    /* the op\'s at corners, ties and edges; NULL where there are none */
    const char *const *inputs; /* names of the arguments in `row` */
    size_t input_count;
    bool literal;   /* a number in a formula */
    bool parameter; /* the case checks its gradient */
    bool reached;   /* has a gradient: what follows is filled */
    gck_numbers value;
    gck_numbers gradient;          /* of <seed, output> in this node: the sum of what it receives */
    gck_numeric numeric;           /* of that sum, on the whole graph */
    const gck_contribution *sends; /* one an argument that has a gradient */
    size_t send_count;
    const gck_contribution *const *receives; /* from its consumers, last in the graph first */
    size_t receive_count; /* 0 for the output, which receives the seed, unless it is also used */
    const gck_claim *claims;
    size_t claim_count;
} gck_step;

/* A case walked through: the nodes that its output needs, in the order of the backward pass. */
typedef struct gck_explanation {
    const char *id, *title;
    const char *objective; /* what is differentiated: "f", or "<seed, f>" when f has several elements or
                              its seed is not 1 */
    int bits;
    const gck_step *steps; /* steps[0] is the output */
    size_t step_count;
    gck_numbers seed;
    gck_agreement agreement; /* the worst of all; differs when a claim is wrong */
} gck_explanation;
enum { GCK_EXPLAIN_PARTS = 4000 }; /* most nodes and edges together */

/* Explains a case, computed with the reference at its exact decimals. GCK_BAD_CASE: it has more than
 * GCK_EXPLAIN_PARTS nodes and edges. options: NULL for the defaults; bits, seed and stop count. Free with
 * gck_explanation_free(); it does not need the case any longer. */
GCK_API GCK_MUST_USE gck_status gck_explain(gck_explanation **out, const gck_case *c,
                                            const gck_options *options, gck_errors **errors);
GCK_API void gck_explanation_free(gck_explanation *explanation);

/* ---- black boxes: f and grad f in double ---------------------------------------------------- */

/* Value of the function under test at x (n doubles). Must not keep x. */
typedef double gck_function(const double *x, size_t n, void *user);
/* Writes the n partial derivatives of the function at x into gradient. */
typedef void gck_gradient(double *gradient, const double *x, size_t n, void *user);

/* One coordinate's outcome. */
typedef struct gck_partial {
    double analytic;     /* what grad returned */
    double numeric;      /* extrapolated centered difference; one-sided at the edge of f's domain; else NaN */
    double error_bar;    /* estimated bound of the error of `numeric`: truncation plus measured noise */
    double left, right;  /* extrapolated one-sided differences; NaN where they do not settle */
    double step;         /* the smallest step that the estimate uses, in units of x */
    gck_verdict verdict; /* ok, kink, inconclusive, nonfinite or wrong */
} gck_partial;

/* What gck_check_function() found. Plain data. */
typedef struct gck_black_box {
    gck_verdict verdict;         /* the worst of all coordinates; n = 0 is inconclusive */
    size_t counts[GCK_VERDICTS]; /* coordinates per verdict */
    size_t below_noise; /* of those ok: too small to be seen, but the bar is narrow beside the largest */
    size_t worst;       /* index of the worst coordinate: worst verdict, then most error bars off */
    gck_partial worst_partial;
    size_t calls;      /* evaluations of f */
    char message[256]; /* one sentence for a test log */
} gck_black_box;

/* Compares grad with numeric differences of f at x, coordinate by coordinate. There is no tolerance to choose.
 *
 * Per coordinate the noise of f is measured (never only guessed as eps |f|, never taken as less), steps shrink
 * from the scale of x until they tell nothing more, and differences from both sides are extrapolated to step
 * zero with an error bar (Ridders). 20 to 250 evaluations of f a coordinate, typically 30. Then:
 *
 *   ok            grad is within the bar plus 4 ulps, and the bar is below 1/100 of the partial. A partial too
 *                 small for that passes where the bar is narrow beside the whole: zero (or mere rounding, which
 *                 changes when x is moved by some ulps) when bar * scale(x_i) is below 1/1000 of the largest
 *                 |f| seen or of the largest |partial * scale(x)|; anything else only by the latter, and
 *                 it is then counted in `below_noise`.
 *   kink          x sits on a corner: both one-sided derivatives settle and differ, and grad is between them.
 *                 Corners in several coordinates are also checked jointly: at max(x, y) with x = y, (1, 0) and
 *                 (1/2, 1/2) pass, (1, 1) is wrong.
 *   wrong         beyond ten bars, and no corner could explain it.
 *   nonfinite     grad is NaN or infinite, or did not write the element.
 *   inconclusive  everything else: between one bar and ten, a bar too wide to say anything, f not finite at x
 *                 or on both sides of it. Not a pass.
 *
 * scale(x_i) is the larger of |x_i| and the geometric mean of all nonzero |x_j| (1 where all are 0).
 * f must be deterministic up to noise, and is called with points up to 1000 scales away from x; it may return
 * NaN or an infinity outside its domain. x itself is never modified. `partials` is NULL or has room for n. f
 * and grad may be called from this thread only, in any order.
 *
 * Returns GCK_OK whatever the verdict, GCK_BAD_USAGE for a NULL result, f or grad, a NULL x with n > 0 or an x
 * that is not finite, GCK_NO_MEMORY. After an error *result has verdict `error` and says why (unless NULL). */
GCK_API GCK_MUST_USE gck_status gck_check_function(gck_black_box *result, gck_partial *partials,
                                                   const double *x, size_t n, gck_function *f,
                                                   gck_gradient *grad, void *user);

#ifdef __cplusplus
}
#endif
#endif
