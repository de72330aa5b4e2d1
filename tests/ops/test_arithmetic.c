/* Arithmetic gates, those that choose, and elementary functions: the lecture's examples, ties, corners, tails.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

/* op(a, b), or op(a) where b is NULL, for n pairs of numbers, with ones as the seed. */
static struct build_result apply(struct build *build, const char *op, const char *attributes, const double *a,
                                 const double *b, size_t n)
{
    static const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct shape shape = {.rank = 1, .dim = {n}};
    build_start(build, 1);
    size_t inputs[2] = {build_numbers(build, shape, a)};
    if (b)
        inputs[1] = build_numbers(build, shape, b);
    assert_int_not_equal(build_apply(build, op, attributes, inputs, b ? 2 : 1), NO_NODE);
    build->graph.seed = (struct values){.doubles = ones};
    return build_double(build);
}

static void assert_numbers(const double *given, const double *expected, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!build_same(given[i], expected[i]))
            fail_msg("at %zu: %g is not %g", i, given[i], expected[i]);
}

/* (x + y) z at (-2, 5, -4): -12, with gradients -4, -4, 3. */
static void test_the_first_graph_of_the_lecture(void **state)
{
    (void)state;
    static const double one = 1;
    const double numbers[] = {-2, 5, -4};
    struct build build;
    build_start(&build, 1);
    size_t x[3];
    for (size_t i = 0; i < 3; i++)
        x[i] = build_numbers(&build, build_shape("[]"), &numbers[i]);
    size_t q = (size_t)build_apply(&build, "add", "", x, 2), pair[] = {q, x[2]};
    build_apply(&build, "mul", "", pair, 2);
    build.graph.seed = (struct values){.doubles = &one};
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == -12);
    assert_true(*r.gradient[x[0]] == -4 && *r.gradient[x[1]] == -4 && *r.gradient[x[2]] == 3);
    build_free(&build);
}

/* A broadcast argument gets the sum over its copies: (2,) with (3, 1) makes (3, 2). */
static void test_broadcast_gradients_are_summed(void **state)
{
    (void)state;
    static const double seed[] = {1, 2, 3, 4, 5, 6};
    const double a[] = {1, 2}, b[] = {10, 20, 30};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {build_numbers(&build, build_shape("[2]"), a),
                       build_numbers(&build, build_shape("[3, 1]"), b)};
    const char *const ops[] = {"add", "sub", "mul"};
    const double da[][2] = {{9, 12}, {9, 12}, {10 + 60 + 150, 20 + 80 + 180}};
    const double db[][3] = {{3, 7, 11}, {-3, -7, -11}, {5, 11, 17}};
    for (size_t i = 0; i < 3; i++) {
        build_apply(&build, ops[i], "", inputs, 2);
        build.graph.seed = (struct values){.doubles = seed};
        struct build_result r = build_double(&build);
        assert_int_equal(r.y_count, 6);
        assert_numbers(r.gradient[inputs[0]], da[i], 2);
        assert_numbers(r.gradient[inputs[1]], db[i], 3);
    }
    build_free(&build);
}

static void test_max_and_min_route(void **state)
{
    (void)state;
    const double a[] = {1, 5, 2, NAN, 0}, b[] = {3, -5, 2, 1, NAN};
    const char *const ties[] = {"", "ties=first", "ties=second"};
    for (size_t i = 0; i < 3; i++) {
        struct build build;
        double first = i == 0 ? 0.5 : i == 1, second = 1 - first;
        struct build_result r = apply(&build, "max", ties[i], a, b, 5);
        assert_numbers(r.y, (double[]){3, 5, 2, NAN, NAN}, 5);
        assert_numbers(r.gradient[0], (double[]){0, 1, first}, 3);
        assert_numbers(r.gradient[1], (double[]){1, 0, second}, 3);
        build_assert_scalars_agree(&build);
        build_free(&build);
        r = apply(&build, "min", ties[i], a, b, 5);
        assert_numbers(r.y, (double[]){1, -5, 2, NAN, NAN}, 5);
        assert_numbers(r.gradient[0], (double[]){1, 0, first}, 3);
        assert_numbers(r.gradient[1], (double[]){0, 1, second}, 3);
        build_assert_scalars_agree(&build);
        build_free(&build);
    }
}

static void test_corners(void **state)
{
    (void)state;
    const double a[] = {0, -2, 3, -0.0};
    struct build build;
    struct build_result r = apply(&build, "abs", "", a, NULL, 4);
    assert_numbers(r.y, (double[]){0, 2, 3, 0}, 4);
    assert_numbers(r.gradient[0], (double[]){0, -1, 1, 0}, 4);
    build_free(&build);
    r = apply(&build, "sqrt", "", (double[]){4, 0, -1}, NULL, 3);
    assert_numbers(r.y, (double[]){2, 0, NAN}, 3);
    assert_numbers(r.gradient[0], (double[]){0.25, INFINITY, NAN}, 3);
    build_free(&build);
    r = apply(&build, "reciprocal", "", (double[]){4, 0}, NULL, 2);
    assert_numbers(r.y, (double[]){0.25, INFINITY}, 2);
    assert_numbers(r.gradient[0], (double[]){-0.0625, -INFINITY}, 2);
    build_free(&build);
}

static void test_pow_and_its_corners(void **state)
{
    (void)state;
    const double a[] = {2, 0, 0, -2, 5, 0}, b[] = {3, 2, 0, 3, 0, 1};
    struct build build;
    struct build_result r = apply(&build, "pow", "", a, b, 6);
    assert_numbers(r.y, (double[]){8, 0, 1, -8, 1, 0}, 6);
    assert_numbers(r.gradient[0], (double[]){12, 0, 0, 12, 0, 1}, 6);
    assert_numbers(r.gradient[1] + 1, (double[]){0, 0, NAN, log(5), 0}, 5);
    build_assert_close(r.gradient[1][0], 8 * log(2), 1e-15);
    build_free(&build);
}

/* dx = dy / b, db = -(dy / b) y: no square of b that overflows. */
static void test_div_of_extremes(void **state)
{
    (void)state;
    const double a[] = {1e200, 6}, b[] = {1e200, 3};
    struct build build;
    struct build_result r = apply(&build, "div", "", a, b, 2);
    assert_numbers(r.y, (double[]){1, 2}, 2);
    assert_numbers(r.gradient[1], (double[]){-1 / 1e200, -2 * (1 / 3.0)}, 2);
    build_free(&build);
}

/* 1 - tanh^2 has no correct digit at x = 20. */
static void test_elementary_tails(void **state)
{
    (void)state;
    const double x[] = {20, -20, 350, 0, 1e-10, 1};
    struct build build;
    struct build_result r = apply(&build, "tanh", "", x, NULL, 6);
    build_assert_accurate(&build, 4);
    build_assert_close(r.gradient[0][0] / (4 * exp(-40)), 1, 1e-15);
    assert_true(r.gradient[0][3] == 1);
    build_free(&build);
    const char *const others[] = {"exp", "sin", "cos"};
    for (size_t i = 0; i < 3; i++) {
        apply(&build, others[i], "", (double[]){1e4, -700, 0.5, 22}, NULL, 4);
        if (i) /* e^10000 is infinite in double alone */
            build_assert_accurate(&build, 4);
        build_free(&build);
    }
    r = apply(&build, "log", "", (double[]){1e-7, 0, -1}, NULL, 3);
    assert_numbers(r.y + 1, (double[]){-INFINITY, NAN}, 2);
    build_assert_close(r.gradient[0][0], 1e7, 1e-15);
    build_free(&build);
}

static void test_branches_add(void **state)
{
    (void)state;
    static const double one = 1;
    const double numbers[] = {3, 4};
    struct build build;
    build_start(&build, 1);
    size_t x = build_numbers(&build, build_shape("[]"), numbers),
           y = build_numbers(&build, build_shape("[]"), numbers + 1);
    size_t all[] = {x, y, x, x};
    build_apply(&build, "add_n", "", all, 4);
    build.graph.seed = (struct values){.doubles = &one};
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 13 && *r.gradient[x] == 3 && *r.gradient[y] == 1);
    build_free(&build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_graph_of_the_lecture),
        cmocka_unit_test(test_broadcast_gradients_are_summed),
        cmocka_unit_test(test_max_and_min_route),
        cmocka_unit_test(test_corners),
        cmocka_unit_test(test_pow_and_its_corners),
        cmocka_unit_test(test_div_of_extremes),
        cmocka_unit_test(test_elementary_tails),
        cmocka_unit_test(test_branches_add),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
