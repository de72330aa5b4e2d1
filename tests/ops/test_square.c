/* inverse, solve, det, logdet and cholesky: closed forms, singular matrices, accuracy beside what half an ulp
 * of the inputs changes, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

/* The op on one square matrix; the graph's node 0 is the matrix. */
static struct build_result apply(struct build *build, const char *op, const char *shape, const double *a)
{
    build_start(build, 7);
    size_t input = build_numbers(build, build_shape(shape), a);
    if (build_apply(build, op, "", &input, 1) == NO_NODE)
        fail_msg("%s", build_error(build));
    return build_double(build);
}

static void assert_numbers(const double *x, const double *expected, size_t n)
{
    for (size_t i = 0; i < n; i++)
        build_assert_close(x[i], expected[i], 1e-15);
}

/* da = -y^T dy y^T, element by element. */
static void test_inverse(void **state)
{
    (void)state;
    struct build build;
    struct build_result r = apply(&build, "inverse", "[2, 2]", (double[]){4, 7, 2, 6});
    assert_numbers(r.y, (double[]){0.6, -0.7, -0.2, 0.4}, 4);
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++) {
            double sum = 0;
            for (size_t k = 0; k < 4; k++)
                sum -= r.y[k / 2 * 2 + i] * r.seed[k] * r.y[j * 2 + k % 2];
            build_assert_close(r.gradient[0][i * 2 + j], sum, 1e-15);
        }
    build_assert_accumulates(&build);
    build_free(&build);
    r = apply(&build, "inverse", "[3, 3]", (double[]){0, 0, 2, 4, 0, 0, 0, -8, 0});
    assert_numbers(r.y, (double[]){0, 0.25, 0, 0, 0, -0.125, 0.5, 0, 0}, 9);
    build_free(&build);
}

static void test_solve(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 3);
    size_t inputs[] = {build_numbers(&build, build_shape("[2, 2]"), (double[]){0, 2, 4, 1}),
                       build_numbers(&build, build_shape("[2]"), (double[]){6, 5})};
    assert_true(build_apply(&build, "solve", "", inputs, 2) != NO_NODE);
    struct build_result r = build_double(&build);
    assert_numbers(r.y, (double[]){0.5, 3}, 2);
    double g[] = {r.seed[1] / 2 - r.seed[0] / 8, r.seed[0] / 4}; /* a^T g = dy */
    assert_numbers(r.gradient[1], g, 2);
    assert_numbers(r.gradient[0], (double[]){-g[0] / 2, -3 * g[0], -g[1] / 2, -3 * g[1]}, 4);
    build_assert_accumulates(&build);
    build_free(&build);
}

static void test_det(void **state)
{
    (void)state;
    struct build build;
    struct build_result r = apply(&build, "det", "[2, 2]", (double[]){3, 5, -2, 4});
    assert_true(r.y[0] == 22);
    assert_numbers(r.gradient[0], (double[]){4 * r.seed[0], 2 * r.seed[0], -5 * r.seed[0], 3 * r.seed[0]}, 4);
    build_assert_accumulates(&build);
    build_free(&build);
    /* three exchanges */
    r = apply(&build, "det", "[4, 4]", (double[]){0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 5, 7, 0, 0, 0});
    assert_true(r.y[0] == -210);
    assert_true(r.gradient[0][1] == -105 * r.seed[0] && r.gradient[0][12] == -30 * r.seed[0]);
    build_free(&build);
    r = apply(&build, "det", "[0, 0]", (double[]){0});
    assert_true(r.y_count == 1 && r.y[0] == 1);
    build_free(&build);
}

/* The gradient of a determinant needs no inverse: rank n - 1 has cofactors, rank n - 2 has none. */
static void test_det_of_singular_matrices(void **state)
{
    (void)state;
    struct build build;
    struct build_result r = apply(&build, "det", "[2, 2]", (double[]){1, 2, 2, 4});
    double s = r.seed[0];
    assert_true(r.y[0] == 0);
    assert_numbers(r.gradient[0], (double[]){4 * s, -2 * s, -2 * s, s}, 4);
    build_free(&build);
    r = apply(&build, "det", "[3, 3]", (double[]){0, 0, 1, 0, 0, 3, 0, 2, 4});
    s = r.seed[0];
    assert_numbers(r.gradient[0], (double[]){-6 * s, 0, 0, 2 * s, 0, 0, 0, 0, 0}, 9);
    build_free(&build);
    for (size_t rank = 0; rank < 2; rank++) {
        r = apply(&build, "det", "[3, 3]", (double[]){0, 0, 0, 0, (double)rank, 0, 0, 0, 0});
        for (size_t i = 0; i < 9; i++)
            assert_true(r.gradient[0][i] == 0);
        build_free(&build);
    }
}

static void test_logdet(void **state)
{
    (void)state;
    struct build build;
    struct build_result r = apply(&build, "logdet", "[2, 2]", (double[]){0, -2, 4, 1});
    build_assert_close(r.y[0], log(8), 1e-15);
    double s = r.seed[0];
    assert_numbers(r.gradient[0], (double[]){s / 8, -s / 2, s / 4, 0}, 4);
    build_free(&build);
    r = apply(&build, "logdet", "[3, 2, 2]", (double[]){1, 2, 3, 4, 1, 1, 1, 1, 1e300, 0, 0, 1e300});
    assert_true(isnan(r.y[0]) && r.y[1] == -INFINITY);
    build_assert_close(r.y[2], 600 * log(10), 1e-12);
    build_free(&build);
}

/* The symmetric part is factored, and the gradient is as symmetric. */
static void test_cholesky(void **state)
{
    (void)state;
    struct build build;
    for (int skew = 0; skew < 2; skew++) {
        struct build_result r = apply(&build, "cholesky", "[2, 2]", (double[]){4, 2 + skew, 2 - skew, 3});
        const double *s = r.seed, root = sqrt(2);
        assert_numbers(r.y, (double[]){2, 0, 1, root}, 4);
        /* y = (sqrt a, b / sqrt a, sqrt(c - b^2 / a)) of a = 4, b = 2, c = 3 */
        double a = s[0] / 4 - s[2] / 8 + s[3] / (8 * root), b = s[2] / 2 - s[3] / (2 * root);
        assert_numbers(r.gradient[0], (double[]){a, b / 2, b / 2, s[3] / (2 * root)}, 4);
        assert_true(r.gradient[0][1] == r.gradient[0][2]);
        build_free(&build);
    }
}

static void test_singular_matrices_are_not_finite(void **state)
{
    (void)state;
    struct build build;
    const char *const ops[] = {"inverse", "logdet", "cholesky"};
    for (size_t k = 0; k < 3; k++) {
        struct build_result r = apply(&build, ops[k], "[2, 2]", (double[]){1, 2, 2, 4});
        bool finite = true;
        for (size_t i = 0; i < r.y_count; i++)
            finite = finite && isfinite(r.y[i]);
        for (size_t i = 0; i < 4; i++)
            finite = finite && isfinite(r.gradient[0][i]);
        if (finite)
            fail_msg("%s of a singular matrix is finite, and so is its gradient", ops[k]);
        build_free(&build);
    }
    struct build_result r = apply(&build, "cholesky", "[2, 2]", (double[]){1, 2, 2, 1});
    assert_true(isnan(r.y[3]));
    build_free(&build);
}

static struct build_result apply_solve(struct build *build, const double *a, const double *b)
{
    build_start(build, 7);
    size_t inputs[] = {build_numbers(build, build_shape("[4, 4]"), a),
                       build_numbers(build, build_shape("[4]"), b)};
    assert_true(build_apply(build, "solve", "", inputs, 2) != NO_NODE);
    return build_double(build);
}

/* max |a - b| */
static double apart(const double *a, const double *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

static double largest(const double *a, size_t n)
{
    double zero[64] = {0};
    return apart(a, zero, n);
}

/* A random matrix of order 4 whose last row is `lean` away from a multiple of its first. */
static void draw(double *a, double lean, bool positive, struct random *random)
{
    double b[16];
    for (size_t i = 0; i < 16; i++)
        b[i] = random_between(random, -1, 1);
    for (size_t j = 0; j < 4; j++)
        b[12 + j] = 0.7 * b[j] + lean * b[12 + j];
    memcpy(a, b, sizeof b);
    for (size_t i = 0; i < 16 && positive; i++) {
        a[i] = i % 5 == 0 ? lean * lean : 0;
        for (size_t k = 0; k < 4; k++)
            a[i] += b[i / 4 * 4 + k] * b[i % 4 * 4 + k];
    }
}

static void check_accuracy(const char *op, double lean, struct random *random)
{
    enum { MOVES = 6 };
    struct build build;
    double a[16], moved[16], by_value = 0, by_gradient = 0;
    draw(a, lean, strcmp(op, "logdet") == 0 || strcmp(op, "cholesky") == 0, random);
    struct build_result r = apply(&build, op, "[4, 4]", a), wide = build_mpfr(&build, 256);
    double value = apart(r.y, wide.y, r.y_count), gradient = apart(r.gradient[0], wide.gradient[0], 16);
    double last = 0x1p-50 * largest(wide.y, r.y_count), last_gradient = 0x1p-50 * largest(wide.gradient[0], 16);
    for (int k = 0; k < MOVES; k++) {
        struct build other;
        for (size_t i = 0; i < 16; i++)
            moved[i] = a[i] * (1 + (random_below(random, 2) ? 1 : -1) * 0x1p-52);
        apply(&other, op, "[4, 4]", moved);
        struct build_result m = build_mpfr(&other, 256);
        by_value = fmax(by_value, apart(m.y, wide.y, r.y_count) / 2);
        by_gradient = fmax(by_gradient, apart(m.gradient[0], wide.gradient[0], 16) / 2);
        build_free(&other);
    }
    if (!(value <= 8 * by_value + last) || !(gradient <= 8 * by_gradient + last_gradient))
        fail_msg("%s, lean %g: the value is off by %g (half an ulp of a: %g), the gradient by %g (%g)", op,
                 lean, value, by_value, gradient, by_gradient);
    build_free(&build);
}

static void test_accuracy(void **state)
{
    (void)state;
    const char *const ops[] = {"inverse", "det", "logdet", "cholesky"};
    struct random random = random_new(9, 1);
    for (size_t k = 0; k < 4; k++)
        for (int trial = 0; trial < 160; trial++)
            check_accuracy(ops[k], exp2(-(trial % 20)), &random);
}

/* solve's gradients, as inverse's: with respect to b a solution, with respect to a its product with y. */
static void test_accuracy_of_solve(void **state)
{
    (void)state;
    enum { MOVES = 6 };
    struct random random = random_new(4, 1);
    for (int trial = 0; trial < 160; trial++) {
        double a[16], b[4], by[3] = {0}, off[3], largest_of[3];
        struct build build, other;
        draw(a, exp2(-(trial % 20)), false, &random);
        for (size_t i = 0; i < 4; i++)
            b[i] = random_between(&random, -1, 1);
        struct build_result r = apply_solve(&build, a, b), wide = build_mpfr(&build, 256);
        const double *ours[] = {r.y, r.gradient[1], r.gradient[0]};
        const double *right[] = {wide.y, wide.gradient[1], wide.gradient[0]};
        for (size_t k = 0; k < 3; k++) {
            off[k] = apart(ours[k], right[k], k < 2 ? 4 : 16);
            largest_of[k] = largest(right[k], k < 2 ? 4 : 16);
        }
        for (int move = 0; move < MOVES; move++) {
            double moved[16];
            for (size_t i = 0; i < 16; i++)
                moved[i] = a[i] * (1 + (random_below(&random, 2) ? 1 : -1) * 0x1p-52);
            apply_solve(&other, moved, b);
            struct build_result m = build_mpfr(&other, 256);
            const double *there[] = {m.y, m.gradient[1], m.gradient[0]};
            for (size_t k = 0; k < 3; k++)
                by[k] = fmax(by[k], apart(there[k], right[k], k < 2 ? 4 : 16) / 2);
            build_free(&other);
        }
        for (size_t k = 0; k < 3; k++)
            if (!(off[k] <= 8 * by[k] + 0x1p-50 * largest_of[k]))
                fail_msg("solve, trial %d, %zu: off by %g; half an ulp of a: %g", trial, k, off[k], by[k]);
        build_free(&build);
    }
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused(
        "inverse", "[2, 3]", "",
        "inverse: x0 has shape [2, 3]; it must be a square matrix [n, n], or a batch [..., n, n]");
    build_assert_refused("det", "[3]", "",
                         "det: x0 has shape [3]; it must be a square matrix [n, n], or a batch [..., n, n]");
    build_assert_refused("logdet", "[]", "",
                         "logdet: x0 has shape []; it must be a square matrix [n, n], or a batch [..., n, n]");
    build_assert_refused("cholesky", "[0, 1025, 1025]", "",
                         "cholesky: x0 with shape [0, 1025, 1025] has 1025 rows; at most 1024 are possible");
    build_assert_refused(
        "solve", "[2, 3] [2]", "",
        "solve: x0 has shape [2, 3]; it must be a square matrix [n, n], or a batch [..., n, n]");
    const char *const others[] = {"[3]", "[3, 2]", "[]", "[1, 2, 2]"};
    for (size_t i = 0; i < 4; i++) {
        char shapes[64] = "[2, 2] ", message[256];
        strcat(shapes, others[i]);
        snprintf(message, sizeof message,
                 "solve: x0 has shape [2, 2] and x1 has shape %s; x1 must have shape [2], or one more axis for "
                 "several "
                 "right sides",
                 others[i]);
        build_assert_refused("solve", shapes, "", message);
    }
    build_assert_refused(
        "solve", "[3, 2, 2] [2, 1]", "",
        "solve: x0 has shape [3, 2, 2] and x1 has shape [2, 1]; x1 must have shape [3, 2], or one "
        "more axis for several right sides");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inverse),
        cmocka_unit_test(test_solve),
        cmocka_unit_test(test_det),
        cmocka_unit_test(test_det_of_singular_matrices),
        cmocka_unit_test(test_logdet),
        cmocka_unit_test(test_cholesky),
        cmocka_unit_test(test_singular_matrices_are_not_finite),
        cmocka_unit_test(test_accuracy),
        cmocka_unit_test(test_accuracy_of_solve),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
