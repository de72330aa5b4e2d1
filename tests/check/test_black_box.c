/* gck_check_function(): right gradients pass, planted bugs are wrong, and what cannot be told is inconclusive.
 */
#include <float.h>
#include <gradcheck.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <gradcheck/cmocka.h>

/* What a planted bug does to a right partial: scale * it + shift. */
struct bug {
    double scale, shift;
};
static const struct bug none = {1, 0};

#define FUNCTION(name, value, slope)                                                                           \
    static double name(const double *at, size_t n, void *user)                                                 \
    {                                                                                                          \
        double x = at[0];                                                                                      \
        (void)x, (void)n, (void)user;                                                                          \
        return value;                                                                                          \
    }                                                                                                          \
    static void name##_gradient(double *gradient, const double *at, size_t n, void *user)                      \
    {                                                                                                          \
        const struct bug *bug = user;                                                                          \
        double x = at[0];                                                                                      \
        (void)x, (void)n;                                                                                      \
        gradient[0] = bug->scale * (slope) + bug->shift;                                                       \
    }

/* Noise in [-1, 1] from the bits of x. */
static double jitter(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits *= 0x9e3779b97f4a7c15u;
    bits ^= bits >> 29;
    bits *= 0xbf58476d1ce4e5b9u;
    bits ^= bits >> 32;
    return (double)(bits >> 11) * 0x1p-52 - 1;
}

FUNCTION(exponential, exp(x), exp(x))
FUNCTION(wave, sin(1e3 * x), 1e3 * cos(1e3 * x))
FUNCTION(inverse, 1 / x, -1 / x / x)
FUNCTION(root, sqrt(x), 0.5 / sqrt(x))
FUNCTION(cube, x *x *x, 3 * x * x)
FUNCTION(logarithm, log(x), 1 / x)
FUNCTION(square, x *x, 2 * x)
FUNCTION(constant, 3.5, 0)
FUNCTION(zero, 0, 0)
FUNCTION(cosine, cos(x), -sin(x))
FUNCTION(single, (double)(expf((float)x) * sinf((float)x)), exp(x) * (sin(x) + cos(x)))
FUNCTION(partly_single, x *x + (double)(0.1F * (float)x), 2 * x + 0.1)
FUNCTION(cancelling, (1e8 + x) - 1e8, 1)
FUNCTION(offset, 1e16 + x, 1)
FUNCTION(noisy, x *x *x + 1e-6 * jitter(x), 3 * x * x)
FUNCTION(relu, x > 0 ? x : 0, x > 0 ? 1 : 0)
FUNCTION(absolute, fabs(x), x > 0 ? 1 : 0)
FUNCTION(corner_on_slope, cosh(x) + 1e-6 * fabs(x), sinh(x) + 1e-6)
FUNCTION(near_corner, fmax(x - 1e-7, 0) + x, x > 1e-7 ? 2 : 1)
FUNCTION(jump, x > 0 ? 1.0 : 0.0, 0)
FUNCTION(root_of_cube, pow(fabs(x), 1.1) * (x < 0 ? -1 : 1), 0)
FUNCTION(sigmoid, 1 / (1 + exp(-x)), 1 / (1 + exp(-x)) / (1 + exp(x)))
FUNCTION(half_line, x < 0 ? NAN : 3 * x + x * x, 3 + 2 * x)
FUNCTION(nowhere, x == 2 ? 1 : NAN, 1)
FUNCTION(undefined, NAN, 1)

static gck_black_box check(gck_function *f, gck_gradient *grad, double x, struct bug bug)
{
    gck_black_box result;
    const double before = x;
    assert_int_equal(gck_check_function(&result, NULL, &x, 1, f, grad, &bug), GCK_OK);
    assert_memory_equal(&x, &before, sizeof x);
    assert_true(strlen(result.message) > 0);
    return result;
}

static void expect_at(gck_verdict verdict, gck_function *f, gck_gradient *grad, double x, struct bug bug,
                      int line)
{
    gck_black_box result = check(f, grad, x, bug);
    if (result.verdict == verdict)
        return;
    print_error("x = %g: expected %s, got %s\n", x, gck_verdict_name(verdict), result.message);
    _fail(__FILE__, line);
}
#define expect(verdict, name, x, ...)                                                                          \
    expect_at(GCK_VERDICT_##verdict, name, name##_gradient, x, (struct bug){__VA_ARGS__}, __LINE__)

static void given(double *gradient, const double *x, size_t n, void *user)
{
    (void)x;
    memcpy(gradient, user, n * sizeof *gradient);
}

static gck_verdict judge(gck_function *f, const double *x, size_t n, double *gradient)
{
    gck_black_box r;
    assert_int_equal(gck_check_function(&r, NULL, x, n, f, given, gradient), GCK_OK);
    return r.verdict;
}

static void smooth_functions_over_magnitudes(void **state)
{
    (void)state;
    for (double x = 1e-8; x < 2e8; x *= 10) {
        const double bugs[] = {0, -1, 0.5, 2, 1.1, 1 - 1e-2, 1 + 1e-4, 1 + 1e-6};
        expect(OK, inverse, x, 1, 0);
        expect(OK, root, x, 1, 0);
        expect(OK, cube, x, 1, 0);
        expect(OK, logarithm, x, 1, 0);
        expect(OK, square, -x, 1, 0);
        expect(OK, wave, x, 1, 0);
        expect(OK, exponential, x < 1e3 ? x : 1 / x, 1, 0);
        expect(OK, exponential, x < 100 ? -x : -700, 1, 0);
        for (size_t k = 0; k < sizeof bugs / sizeof *bugs; k++) {
            expect(WRONG, inverse, x, bugs[k], 0);
            expect(WRONG, root, x, bugs[k], 0);
            expect(WRONG, cube, x, bugs[k], 0);
            expect(WRONG, logarithm, x, bugs[k], 0);
            expect(WRONG, square, -x, bugs[k], 0);
        }
        expect(WRONG, exponential, x < 100 ? -x : -700, 1 + 1e-4, 0);
        expect(WRONG, wave, x, 1.1, 0);
    }
    expect(WRONG, exponential, 1, 1 + 1e-6, 0);
    expect(WRONG, wave, 1, 1 + 1e-6, 0);
    expect(OK, root, 1e-300, 1, 0);
}

static void noise_is_measured(void **state)
{
    (void)state;
    for (double x = 0.25; x < 4; x *= 1.01) {
        expect(OK, single, x, 1, 0);
        expect(WRONG, single, x, 1.1, 0);
        expect(OK, noisy, x, 1, 0);
        expect(WRONG, noisy, x, 1.1, 0);
        expect(OK, cancelling, x, 1, 0);
        expect(WRONG, cancelling, x, 1.001, 0);
    }
    expect(OK, cancelling, 1e-3, 1, 0);
    expect(OK, cancelling, 1e6, 1, 0);
    expect(WRONG, offset, 1, 2, 0); /* 1e16 + x: only a step of 1000 shows anything */
    expect(WRONG, offset, 1, 0, 0);
    expect(OK, offset, 1e5, 1, 0);
}

/* A gradient that is right must not be wrong, and one that is not must not pass, where nobody can tell. */
static void what_cannot_be_told_is_inconclusive(void **state)
{
    (void)state;
    expect(INCONCLUSIVE, offset, 1, 1, 0);
    expect(INCONCLUSIVE, cancelling, 1e-8, 1, 0); /* a point on a stair wider than x */
    expect(INCONCLUSIVE, cancelling, 1e-8, 2, 0);
    expect(INCONCLUSIVE, partly_single, 0.7, 1, 0); /* flat stretches: is the slope 1.4 or 1.5? */
    expect(INCONCLUSIVE, partly_single, 0.7, 1, -0.1);
    expect(INCONCLUSIVE, sigmoid, 40, 1, 0); /* 4e-18 beside 1 */
    expect(INCONCLUSIVE, sigmoid, 40, 2, 0);
    expect(WRONG, sigmoid, 40, 1, 1e-3);
    expect(INCONCLUSIVE, jump, 0, 1, 0);
    expect(INCONCLUSIVE, jump, 0, 1, 1);
    expect(INCONCLUSIVE, root_of_cube, 0, 1, 0); /* x^1.1: the quotient falls like h^0.1 */
    expect(INCONCLUSIVE, nowhere, 2, 1, 0);
    expect(INCONCLUSIVE, undefined, 2, 1, 0);
}

static void zero_gradients(void **state)
{
    (void)state;
    expect(OK, constant, 0, 1, 0);
    expect(OK, constant, 7, 1, 0);
    expect(OK, zero, 7, 1, 0);
    expect(OK, square, 0, 1, 0);
    expect(OK, cosine, 0, 1, 0);
    expect(OK, noisy, 0, 1, 0);
    expect(OK, jump, 1, 1, 0);
    expect(OK, relu, -1, 1, 0);
    expect(WRONG, constant, 7, 1, 1e-3);
    expect(WRONG, zero, 7, 1, 1e-300);
    expect(WRONG, square, 0, 1, 1e-6);
    expect(WRONG, cosine, 0, 1, 1e-6);
    expect(WRONG, relu, -1, 1, 1);
    expect(WRONG, relu, 1, 0, 0);
}

static void corners(void **state)
{
    (void)state;
    expect(KINK, relu, 0, 1, 0);
    expect(KINK, relu, 0, 0, 1);
    expect(KINK, relu, 0, 0, 0.5);
    expect(WRONG, relu, 0, 0, 1.001);
    expect(WRONG, relu, 0, 0, -0.001);
    expect(KINK, absolute, 0, 0, -1);
    expect(KINK, absolute, 0, 1, 0);
    expect(WRONG, absolute, 0, 0, -2);
    expect(KINK, corner_on_slope, 0, 1, 0);
    expect(WRONG, corner_on_slope, 0, 1.1, 0);
    expect(OK, near_corner, 0, 1, 0);
    expect(WRONG, near_corner, 0, 2, 0);
    expect(OK, near_corner, 2e-7, 1, 0);

    gck_black_box r = check(relu, relu_gradient, 0, none);
    assert_true(fabs(r.worst_partial.left) < 1e-9);
    assert_true(fabs(r.worst_partial.right - 1) < 1e-9);
}

static void edge_of_the_domain(void **state)
{
    (void)state;
    expect(OK, half_line, 0, 1, 0);
    expect(WRONG, half_line, 0, 1.1, 0);
    expect(NONFINITE, root, 0, 1, 0);
    assert_int_equal(judge(root, &(double){0}, 1, &(double){0}), GCK_VERDICT_INCONCLUSIVE);
}

static void nonfinite_gradients(void **state)
{
    (void)state;
    const double bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; k++) {
        expect(NONFINITE, cube, 1, 0, bad[k]);
        expect(NONFINITE, zero, 1, 0, bad[k]);
        expect(NONFINITE, relu, 0, 0, bad[k]);
        expect(NONFINITE, undefined, 1, 0, bad[k]);
    }
}

/* ---- many coordinates ---- */

static double maximum(const double *x, size_t n, void *user)
{
    double most = x[0];
    (void)user;
    for (size_t i = 1; i < n; i++)
        most = fmax(most, x[i]);
    return most;
}

static double difference(const double *x, size_t n, void *user)
{
    (void)n, (void)user;
    return fabs(x[0] - x[1]);
}

static void ties_are_checked_jointly(void **state)
{
    (void)state;
    const double tie[] = {0.7, 0.7, 0.2}, triple[] = {2, 2, 2};
    assert_int_equal(judge(maximum, tie, 3, (double[]){1, 0, 0}), GCK_VERDICT_KINK);
    assert_int_equal(judge(maximum, tie, 3, (double[]){0, 1, 0}), GCK_VERDICT_KINK);
    assert_int_equal(judge(maximum, tie, 3, (double[]){0.5, 0.5, 0}), GCK_VERDICT_KINK);
    assert_int_equal(judge(maximum, tie, 3, (double[]){1, 1, 0}), GCK_VERDICT_WRONG);
    assert_int_equal(judge(maximum, tie, 3, (double[]){0, 0, 0}), GCK_VERDICT_WRONG);
    assert_int_equal(judge(maximum, tie, 3, (double[]){0.5, 0.5, 0.1}), GCK_VERDICT_WRONG);
    assert_int_equal(judge(maximum, triple, 3, (double[]){1, 0, 0}), GCK_VERDICT_KINK);
    assert_int_equal(judge(maximum, triple, 3, (double[]){0.25, 0.25, 0.5}), GCK_VERDICT_KINK);
    assert_int_equal(judge(maximum, triple, 3, (double[]){1, 1, 1}), GCK_VERDICT_WRONG);
    assert_int_equal(judge(difference, tie, 2, (double[]){0.3, -0.3}), GCK_VERDICT_KINK);
    assert_int_equal(judge(difference, tie, 2, (double[]){0, 0}), GCK_VERDICT_KINK);
    assert_int_equal(judge(difference, tie, 2, (double[]){1, 1}), GCK_VERDICT_WRONG);
}

enum { MANY = 100 };

/* A sum of squares of mixed magnitudes; element `bad` of the gradient is multiplied by `factor`. */
struct weights {
    size_t bad;
    double factor;
};

static double squares(const double *x, size_t n, void *user)
{
    double sum = 0;
    (void)user;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - 0.1) * (x[i] - 0.1);
    return sum;
}

static void squares_gradient(double *gradient, const double *x, size_t n, void *user)
{
    const struct weights *w = user;
    for (size_t i = 0; i < n; i++)
        gradient[i] = 2 * (x[i] - 0.1) * (i == w->bad ? w->factor : 1);
}

static void one_element_of_a_hundred(void **state)
{
    (void)state;
    double x[MANY];
    gck_partial partials[MANY];
    gck_black_box r;
    for (size_t i = 0; i < MANY; i++)
        x[i] = sin((double)i * 1.7) * (i % 3 == 0 ? 3 : 0.5);
    struct weights w = {MANY, 1};
    assert_gradient(squares, squares_gradient, x, MANY, &w);
    w = (struct weights){37, 1 + 1e-4};
    assert_int_equal(gck_check_function(&r, partials, x, MANY, squares, squares_gradient, &w), GCK_OK);
    assert_int_equal(r.verdict, GCK_VERDICT_WRONG);
    assert_int_equal(r.worst, 37);
    assert_int_equal(r.counts[GCK_VERDICT_WRONG], 1);
    assert_int_equal(r.counts[GCK_VERDICT_OK], MANY - 1);
    assert_int_equal(partials[37].verdict, GCK_VERDICT_WRONG);
    assert_memory_equal(&partials[37], &r.worst_partial, sizeof r.worst_partial);
    assert_non_null(strstr(r.message, "partial 37"));
}

/* Data of size 1 and an L2 penalty of 1e-6: the penalty's gradient is far below the data's, and still seen. */
static double penalized(const double *w, size_t n, void *user)
{
    double dot = -1, penalty = 0;
    (void)user;
    for (size_t i = 0; i < n; i++) {
        dot += w[i] * (1 + (double)i);
        penalty += w[i] * w[i];
    }
    return dot * dot + 1e-6 * penalty;
}

static void penalized_gradient(double *gradient, const double *w, size_t n, void *user)
{
    double dot = -1;
    for (size_t i = 0; i < n; i++)
        dot += w[i] * (1 + (double)i);
    for (size_t i = 0; i < n; i++)
        gradient[i] = 2 * dot * (1 + (double)i) + *(double *)user * 1e-6 * w[i];
}

static void forgotten_factor_in_a_small_term(void **state)
{
    (void)state;
    const double w[] = {0.4, -0.7, 1.3};
    double factor = 2;
    gck_black_box r;
    assert_gradient(penalized, penalized_gradient, w, 3, &factor);
    for (factor = -2; factor < 2; factor++) {
        assert_int_equal(gck_check_function(&r, NULL, w, 3, penalized, penalized_gradient, &factor), GCK_OK);
        assert_int_equal(r.verdict, GCK_VERDICT_WRONG);
        assert_int_equal(r.counts[GCK_VERDICT_WRONG], 3);
    }
}

/* ---- partials too small to be seen ---- */

static double lopsided(const double *x, size_t n, void *user)
{
    (void)n, (void)user;
    return exp(x[0]) + 1e-25 * x[1];
}

static void below_the_noise(void **state)
{
    (void)state;
    const double x[] = {1, 1};
    gck_black_box r;
    double right[] = {exp(1), 1e-25}, none_there[] = {exp(1), 0}, seen[] = {exp(1), 1e-10};
    assert_int_equal(gck_check_function(&r, NULL, x, 2, lopsided, given, right), GCK_OK);
    assert_int_equal(r.verdict, GCK_VERDICT_OK);
    assert_int_equal(r.below_noise, 1);
    assert_int_equal(gck_check_function(&r, NULL, x, 2, lopsided, given, none_there), GCK_OK);
    assert_int_equal(r.verdict, GCK_VERDICT_OK);
    assert_int_equal(r.below_noise, 0);
    assert_int_equal(judge(lopsided, x, 2, seen), GCK_VERDICT_WRONG);
}

/* At its minimum f has a gradient of zero, which comes back as rounding. */
static double residuals(const double *x, size_t n, void *user)
{
    (void)n, (void)user;
    double r = x[0] * 3 - 0.3;
    return 1 + r * r;
}

static void residuals_gradient(double *gradient, const double *x, size_t n, void *user)
{
    (void)n, (void)user;
    gradient[0] = (x[0] * 3 - 0.3) * 6;
}

static void rounding_is_not_a_claim(void **state)
{
    (void)state;
    const double x = 0.1;
    double g;
    residuals_gradient(&g, &x, 1, NULL);
    assert_true(g != 0 && fabs(g) < 1e-15);
    assert_gradient(residuals, residuals_gradient, &x, 1, NULL);
    assert_int_equal(judge(residuals, &x, 1, &g), GCK_VERDICT_INCONCLUSIVE); /* steady: a claim of 1e-16 */
}

/* ---- the call itself ---- */

static void forgetful_gradient(double *gradient, const double *x, size_t n, void *user)
{
    (void)n, (void)user;
    gradient[0] = 2 * (x[0] - 0.1);
}

static void usage(void **state)
{
    (void)state;
    const double x[] = {1, 2}, bad[] = {1, NAN}, worse[] = {INFINITY, 1};
    struct weights w = {MANY, 1};
    gck_black_box r;
    assert_int_equal(gck_check_function(NULL, NULL, x, 2, squares, squares_gradient, &w), GCK_BAD_USAGE);
    assert_int_equal(gck_check_function(&r, NULL, NULL, 2, squares, squares_gradient, &w), GCK_BAD_USAGE);
    assert_int_equal(r.verdict, GCK_VERDICT_ERROR);
    assert_int_equal(gck_check_function(&r, NULL, x, 2, NULL, squares_gradient, &w), GCK_BAD_USAGE);
    assert_int_equal(gck_check_function(&r, NULL, x, 2, squares, NULL, &w), GCK_BAD_USAGE);
    assert_int_equal(gck_check_function(&r, NULL, bad, 2, squares, squares_gradient, &w), GCK_BAD_USAGE);
    assert_int_equal(gck_check_function(&r, NULL, worse, 2, squares, squares_gradient, &w), GCK_BAD_USAGE);
    assert_int_equal(gck_check_function(&r, NULL, x, SIZE_MAX / 2, squares, squares_gradient, &w),
                     GCK_NO_MEMORY);
    assert_int_equal(r.verdict, GCK_VERDICT_ERROR);

    assert_int_equal(gck_check_function(&r, NULL, NULL, 0, squares, squares_gradient, &w), GCK_OK);
    assert_int_equal(r.verdict, GCK_VERDICT_INCONCLUSIVE);
    assert_int_equal(gck_check_function(&r, NULL, x, 2, squares, forgetful_gradient, NULL), GCK_OK);
    assert_int_equal(r.verdict, GCK_VERDICT_NONFINITE);
    assert_int_equal(r.worst, 1);
}

static size_t evaluations;

static double counting(const double *x, size_t n, void *user)
{
    evaluations++;
    double value = squares(x, n, user);
    ((double *)(uintptr_t)x)[0] = 99; /* a rude callback: it writes into its scratch copy */
    return value;
}

static void callbacks_cannot_change_x(void **state)
{
    (void)state;
    double x[] = {0.5, 2, -3};
    const double before[] = {0.5, 2, -3};
    struct weights w = {MANY, 1};
    gck_black_box r;
    evaluations = 0;
    assert_int_equal(gck_check_function(&r, NULL, x, 3, counting, squares_gradient, &w), GCK_OK);
    assert_int_equal(r.verdict, GCK_VERDICT_OK);
    assert_memory_equal(x, before, sizeof x);
    assert_int_equal(r.calls, evaluations);
    assert_in_range(r.calls, 3, 3 * 60);
}

static void names(void **state)
{
    (void)state;
    const char *verdicts[] = {"ok",        "kink",  "unsupported", "inconclusive", "inaccurate",
                              "nonfinite", "wrong", "missing",     "error"};
    for (int v = 0; v < GCK_VERDICTS; v++)
        assert_string_equal(gck_verdict_name((gck_verdict)v), verdicts[v]);
    for (int s = GCK_OK; s <= GCK_STOPPED; s++)
        assert_string_not_equal(gck_status_name((gck_status)s), "unknown");
    assert_string_equal(gck_status_name(GCK_OK), "ok");
    assert_string_equal(gck_status_name((gck_status)1000), "unknown");
    assert_string_equal(gck_verdict_name((gck_verdict)1000), "unknown");
    assert_string_equal(gck_version(), GCK_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smooth_functions_over_magnitudes),
        cmocka_unit_test(noise_is_measured),
        cmocka_unit_test(what_cannot_be_told_is_inconclusive),
        cmocka_unit_test(zero_gradients),
        cmocka_unit_test(corners),
        cmocka_unit_test(edge_of_the_domain),
        cmocka_unit_test(nonfinite_gradients),
        cmocka_unit_test(ties_are_checked_jointly),
        cmocka_unit_test(one_element_of_a_hundred),
        cmocka_unit_test(forgotten_factor_in_a_small_term),
        cmocka_unit_test(below_the_noise),
        cmocka_unit_test(rounding_is_not_a_claim),
        cmocka_unit_test(usage),
        cmocka_unit_test(callbacks_cannot_change_x),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
