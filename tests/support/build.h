/* Small graphs for tests: built from op names, shapes and attribute texts, filled with seeded random
 * numbers, evaluated forward and backward in either scalar. Nothing here fails quietly: what a test did not
 * ask for (no memory, a refused input) is an assertion. */
#ifndef GCK_TESTS_SUPPORT_BUILD_H
#define GCK_TESTS_SUPPORT_BUILD_H
#include "base/random.h"
#include "graph/evaluation.h"
#include "ops/recipes.h"

enum { BUILD_MOST = 160 }; /* nodes of one graph */

struct build {
    struct arena arena;
    struct errors errors;
    struct graph graph;
    struct random random;
};

/* A graph without nodes; numbers come from `seed`. */
void build_start(struct build *build, uint64_t seed);
void build_free(struct build *build);

/* "[2, 3]" as a shape; "[]" is a scalar. */
struct shape build_shape(const char *text);
/* A shape of random rank 0 .. most_rank with sizes 0 .. most_size; a size of 0 is rare. */
struct shape build_random_shape(struct random *random, int most_rank, size_t most_size);

/* Each adds an input and returns its node: random numbers, given numbers (copied), random integers
 * 0 .. below - 1, given integers. */
size_t build_input(struct build *build, struct shape shape, double low, double high);
size_t build_numbers(struct build *build, struct shape shape, const double *numbers);
size_t build_integers(struct build *build, struct shape shape, size_t below);
size_t build_given_integers(struct build *build, struct shape shape, const int64_t *integers);

/* Adds op(inputs) with attributes such as "axes=[0, 1]; keepdims=true" ("" for none), makes it the output
 * and gives it a random seed in [-1, 1). Returns its node, or NO_NODE when it was refused: build_error says
 * why. */
long build_apply(struct build *build, const char *op, const char *attributes, const size_t *inputs,
                 size_t arity);

/* All at once: one new float input for every shape in "[2, 3] [3, 4]", and the op on them. */
long build_op(struct build *build, const char *op, const char *shapes, const char *attributes, double low,
              double high);

/* The first error's message, or "". */
const char *build_error(const struct build *build);

/* What an evaluation gave, as doubles in the build's arena. */
struct build_result {
    double *y, *seed;             /* output and seed; y_count elements */
    double *value[BUILD_MOST];    /* per node; NULL for integers */
    double *gradient[BUILD_MOST]; /* per node; NULL where none is computed */
    size_t y_count;
};

/* Binds the inputs and the seed as float64, and runs forward and backward in double. */
struct build_result build_double(struct build *build);
/* The same in MPFR at so many bits, to nearest, in MPFR's own range. */
struct build_result build_mpfr(struct build *build, long bits);
/* The same with contexts of the caller's (decisions, noise, ranges). */
struct build_result build_double_in(struct build *build, const d_context *context);
struct build_result build_mpfr_in(struct build *build, const m_context *context);

/* The same number: bit for bit, any NaN equal to any other. */
bool build_same(double a, double b);
/* Asserts that every value and gradient is the same number in double and in MPFR at 53 bits. */
void build_assert_scalars_agree(struct build *build);
/* Asserts that every value and gradient in double is within `ulps` ulp of the one at 256 bits. */
void build_assert_accurate(struct build *build, double ulps);
/* Asserts that a second backward pass adds the same again to every input's gradient (to the last bits, where
 * a gradient is added in parts). */
void build_assert_accumulates(struct build *build);
/* Asserts |a - b| <= tolerance max(1, |a|, |b|); NaN equals NaN. */
void build_assert_close(double a, double b, double tolerance);
/* Asserts that applying the op to inputs of these shapes is refused with exactly this message (an argument
 * is called x0, x1, ... there). */
void build_assert_refused(const char *op, const char *shapes, const char *attributes, const char *message);

#endif
