/* Activations: both tails of sigmoid, the corner of relu and leaky_relu. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

/* op(x) for n given numbers, with ones as the seed. */
static void apply(struct build *build, const char *op, const char *attributes, const double *x, size_t n)
{
    static const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct shape shape = {.rank = 1, .dim = {n}};
    build_start(build, 1);
    size_t input = build_numbers(build, shape, x);
    assert_int_not_equal(build_apply(build, op, attributes, &input, 1), NO_NODE);
    build->graph.seed = (struct values){.doubles = ones};
}

static void test_sigmoid_is_accurate_in_both_tails(void **state)
{
    (void)state;
    const double x[] = {40, -40, 800, -800, 36.75, -700.5, 0x1p-60, 0};
    struct build build;
    apply(&build, "sigmoid", "", x, 8);
    build_assert_accurate(&build, 4);
    struct build_result r = build_double(&build);
    build_assert_close(r.gradient[0][0] * 0x1p57, 4.248354255291589e-18 * 0x1p57,
                       1e-15); /* y (1 - y) gives 0 */
    assert_true(r.y[2] == 1 && r.y[3] == 0 && r.y[7] == 0.5 && r.gradient[0][7] == 0.25);
    build_free(&build);
}

static void test_sigmoid_of_infinities(void **state)
{
    (void)state;
    const double x[] = {INFINITY, -INFINITY, NAN};
    struct build build;
    apply(&build, "sigmoid", "", x, 3);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 1 && r.y[1] == 0 && isnan(r.y[2]));
    assert_true(r.gradient[0][0] == 0 && r.gradient[0][1] == 0 && isnan(r.gradient[0][2]));
    build_assert_scalars_agree(&build);
    build_free(&build);
}

/* The sigmoid gate of CS231n's lecture 4: 1 -> 0.73, gradient 0.20. */
static void test_sigmoid_gate_of_the_lecture(void **state)
{
    (void)state;
    const double x[] = {1};
    struct build build;
    apply(&build, "sigmoid", "", x, 1);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 0.7310585786300049, 1e-15);
    build_assert_close(r.gradient[0][0], 0.19661193324148185, 1e-15);
    build_free(&build);
}

static void test_relu_at_its_corner(void **state)
{
    (void)state;
    const double x[] = {2, -3, 0, -0.0, NAN, INFINITY, 0x1p-1074};
    struct build build;
    apply(&build, "relu", "", x, 7);
    struct build_result r = build_double(&build);
    const double y[] = {2, 0, 0, 0, NAN, INFINITY, 0x1p-1074}, dx[] = {1, 0, 0, 0, 0, 1, 1};
    for (size_t i = 0; i < 7; i++) {
        assert_true(build_same(r.y[i], y[i]));
        assert_true(build_same(r.gradient[0][i], dx[i]));
    }
    build_assert_scalars_agree(&build);
    build_free(&build);
}

static void test_leaky_relu_at_its_corner(void **state)
{
    (void)state;
    const double x[] = {2, -4, 0, NAN, -INFINITY};
    struct build build;
    apply(&build, "leaky_relu", "slope=0.25", x, 5);
    struct build_result r = build_double(&build);
    const double y[] = {2, -1, 0, NAN, -INFINITY}, dx[] = {1, 0.25, 0.25, 0.25, 0.25};
    for (size_t i = 0; i < 5; i++) {
        assert_true(build_same(r.y[i], y[i]));
        assert_true(build_same(r.gradient[0][i], dx[i]));
    }
    build_assert_scalars_agree(&build);
    build_free(&build);
    apply(&build, "leaky_relu", "", x, 5);
    assert_true(build_double(&build).gradient[0][1] == 0.01);
    build_free(&build);
}

/* Which branch an equality takes is the context's to say, and it is told how many there were. */
static void test_ties_follow_the_context(void **state)
{
    (void)state;
    const double x[] = {0, 1, -1};
    struct build build;
    apply(&build, "relu", "", x, 3);
    for (int tie = -1; tie <= 1; tie += 2) {
        struct decisions decisions = {.mode = DECIDE_TIES, .tie = tie};
        d_context context = {.decisions = &decisions};
        struct build_result r = build_double_in(&build, &context);
        assert_int_equal(decisions.ties, 2); /* forward and backward */
        assert_true(r.y[0] == 0);
        assert_true(r.gradient[0][0] == (tie > 0));
        assert_true(r.gradient[0][1] == 1 && r.gradient[0][2] == 0);
    }
    build_free(&build);
}

/* A run that follows another's decisions stays on its branch, even where its own numbers say otherwise. */
static void test_replayed_branches(void **state)
{
    (void)state;
    const double positive[] = {1e-20, 3}, negative[] = {-1e-20, 3};
    struct decisions decisions = {0}, replayed;
    struct build build;
    apply(&build, "relu", "", positive, 2);
    d_context context = {.decisions = &decisions};
    build_double_in(&build, &context);
    build_free(&build);
    apply(&build, "relu", "", negative, 2);
    decisions_replay(&replayed, &decisions);
    m_context wide = m_context_wide(256, FLOAT64);
    wide.decisions = &replayed;
    struct build_result r = build_mpfr_in(&build, &wide);
    assert_true(r.y[0] == -1e-20 && r.gradient[0][0] == 1);
    assert_false(replayed.failed);
    build_free(&build);
    decisions_free(&decisions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sigmoid_is_accurate_in_both_tails),
        cmocka_unit_test(test_sigmoid_of_infinities),
        cmocka_unit_test(test_sigmoid_gate_of_the_lecture),
        cmocka_unit_test(test_relu_at_its_corner),
        cmocka_unit_test(test_leaky_relu_at_its_corner),
        cmocka_unit_test(test_ties_follow_the_context),
        cmocka_unit_test(test_replayed_branches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
