/* Losses of rows of classes: labels, one-hot and soft rows; published examples; dominant classes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

/* loss(x, labels), x of this shape, with ones as the seed; NO_NODE when it is refused. */
static long labelled(struct build *build, const char *op, const char *attributes, const char *shape,
                     const double *x, const char *label_shape, const int64_t *labels)
{
    static const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    build_start(build, 1);
    size_t inputs[2] = {build_numbers(build, build_shape(shape), x)};
    inputs[1] = build_given_integers(build, build_shape(label_shape), labels);
    long node = build_apply(build, op, attributes, inputs, 2);
    build->graph.seed = (struct values){.doubles = ones};
    return node;
}

/* loss(x, t) with rows of weights, both of this shape, with one as the seed. */
static void weighted(struct build *build, const char *op, const char *shape, const double *x, const double *t)
{
    static const double one = 1;
    build_start(build, 1);
    size_t inputs[2] = {build_numbers(build, build_shape(shape), x)};
    inputs[1] = build_numbers(build, build_shape(shape), t);
    assert_int_not_equal(build_apply(build, op, "", inputs, 2), NO_NODE);
    build->graph.seed = (struct values){.doubles = &one};
}

/* The worked example of Deep Learning from Scratch, chapter 4, without its 1e-7. */
static const double book[10] = {0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0};

static void test_cross_entropy_of_the_book(void **state)
{
    (void)state;
    const int64_t label = 2;
    struct build build;
    assert_int_not_equal(labelled(&build, "cross_entropy_error", "", "[10]", book, "[]", &label), NO_NODE);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 0.5108256237659907, 1e-15);
    for (size_t j = 0; j < 10; j++)
        build_assert_close(r.gradient[0][j], j == 2 ? -1 / 0.6 : 0, 1e-15);
    build_free(&build);
}

/* A one-hot row silences the probabilities of 0, whose logarithms are infinite. */
static void test_cross_entropy_of_one_hot_rows(void **state)
{
    (void)state;
    const double hot[10] = {[2] = 1};
    struct build build;
    weighted(&build, "cross_entropy_error", "[10]", book, hot);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 0.5108256237659907, 1e-15);
    for (size_t j = 0; j < 10; j++)
        build_assert_close(r.gradient[0][j], j == 2 ? -1 / 0.6 : 0, 1e-15);
    build_assert_close(r.gradient[1][0], -log(0.1), 1e-15);
    assert_true(r.gradient[1][3] == INFINITY); /* any weight on an impossible class costs infinitely much */
    build_free(&build);
}

static void test_cross_entropy_is_a_mean_over_the_batch(void **state)
{
    (void)state;
    const double p[] = {0.5, 0.25, 0.25, 0.125, 0.75, 0.125};
    const int64_t labels[] = {0, 2};
    struct build build;
    assert_int_not_equal(labelled(&build, "cross_entropy_error", "", "[2, 3]", p, "[2]", labels), NO_NODE);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], log(16) / 2, 1e-15);
    assert_true(r.gradient[0][0] == -1 && r.gradient[0][5] == -4 && r.gradient[0][4] == 0);
    build_free(&build);
}

static void test_softmax_cross_entropy_of_a_dominant_class(void **state)
{
    (void)state;
    const double x[] = {0, 40, 1}, hot[] = {0, 1, 0};
    const int64_t label = 1;
    struct build build;
    double others = exp(-40) + exp(-39);
    for (int rows = 0; rows < 2; rows++) {
        if (rows)
            weighted(&build, "softmax_cross_entropy", "[3]", x, hot);
        else
            assert_int_not_equal(labelled(&build, "softmax_cross_entropy", "", "[3]", x, "[1]", &label),
                                 NO_NODE);
        build_assert_accurate(&build, 8);
        struct build_result r = build_double(&build);
        build_assert_close(r.y[0] / others, 1, 1e-15);
        build_assert_close(r.gradient[0][1] / others, -1, 1e-15); /* p - 1 gives 0 */
        build_free(&build);
    }
}

static void test_softmax_cross_entropy_of_large_scores(void **state)
{
    (void)state;
    const double x[] = {1000, -1000, 0, -1000, 1000, 0};
    const int64_t labels[] = {1, 1};
    struct build build;
    labelled(&build, "softmax_cross_entropy", "reduction=none", "[2, 3]", x, "[2]", labels);
    build_assert_accurate(&build, 4);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 2000 && r.y[1] == 0);
    assert_true(r.gradient[0][0] == 1 && r.gradient[0][1] == -1 && r.gradient[0][4] == 0);
    build_free(&build);
}

/* dx = softmax(x) sum(t) - t, also for weights that do not sum to 1. */
static void test_softmax_cross_entropy_of_soft_labels(void **state)
{
    (void)state;
    const double x[] = {0, log(3), log(4)}, t[] = {0.5, 0.25, 2};
    struct build build;
    weighted(&build, "softmax_cross_entropy", "[3]", x, t);
    build_assert_accurate(&build, 8);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 2.75 * log(8) - 0.25 * log(3) - 2 * log(4), 1e-15);
    build_assert_close(r.gradient[0][0], 2.75 / 8 - 0.5, 1e-15);
    build_assert_close(r.gradient[0][1], 2.75 * 3 / 8 - 0.25, 1e-15);
    build_assert_close(r.gradient[0][2], 2.75 / 2 - 2, 1e-15);
    build_assert_close(r.gradient[1][2], log(2), 1e-15);
    build_free(&build);
}

static void test_masked_scores(void **state)
{
    (void)state;
    const double x[] = {1, -INFINITY, 0}, t[] = {0.75, 0, 0.25};
    const int64_t label = 0, masked = 1;
    struct build build;
    labelled(&build, "softmax_cross_entropy", "", "[3]", x, "[]", &label);
    assert_true(build_double(&build).gradient[0][1] == 0 && isfinite(build_double(&build).y[0]));
    build_free(&build);
    weighted(&build, "softmax_cross_entropy", "[3]", x, t);
    assert_true(build_double(&build).gradient[0][1] == 0 && isfinite(build_double(&build).y[0]));
    build_assert_accurate(&build, 8);
    build_free(&build);
    labelled(&build, "softmax_cross_entropy", "", "[3]", x, "[]", &masked);
    assert_true(build_double(&build).y[0] == INFINITY && build_double(&build).gradient[0][1] == -1);
    build_free(&build);
}

/* softmax_cross_entropy is nll_loss after log_softmax. */
static void test_nll_after_log_softmax(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 5);
    size_t x = build_input(&build, build_shape("[4, 3]"), -2, 2),
           t = build_integers(&build, build_shape("[4]"), 3);
    size_t logs = (size_t)build_apply(&build, "log_softmax", "", &x, 1), pair[] = {logs, t}, direct[] = {x, t};
    static const double one = 1;
    build_apply(&build, "nll_loss", "", pair, 2);
    build.graph.seed = (struct values){.doubles = &one};
    struct build_result two = build_double(&build);
    build_apply(&build, "softmax_cross_entropy", "", direct, 2);
    build.graph.seed = (struct values){.doubles = &one};
    struct build_result whole = build_double(&build);
    build_assert_close(two.y[0], whole.y[0], 1e-15);
    for (size_t i = 0; i < 12; i++)
        build_assert_close(two.gradient[x][i], whole.gradient[x][i], 1e-15);
    build_free(&build);
}

/* The scores of CS231n's lecture 3: cat, car, frog; losses 2.9, 0, 12.9. */
static void test_hinge_of_the_lecture(void **state)
{
    (void)state;
    const double s[] = {3.2, 5.1, -1.7, 1.3, 4.9, 2.0, 2.2, 2.5, -3.1};
    const int64_t labels[] = {0, 1, 2};
    struct build build;
    labelled(&build, "hinge_loss", "reduction=none", "[3, 3]", s, "[3]", labels);
    struct build_result r = build_double(&build);
    const double losses[] = {2.9, 0, 12.9}, ds[] = {-1, 1, 0, 0, 0, 0, 1, 1, -2};
    for (size_t i = 0; i < 3; i++)
        build_assert_close(r.y[i], losses[i], 1e-14);
    for (size_t i = 0; i < 9; i++)
        assert_true(r.gradient[0][i] == ds[i]);
    build_assert_scalars_agree(&build);
    build_free(&build);
    labelled(&build, "hinge_loss", "", "[3, 3]", s, "[3]", labels);
    r = build_double(&build);
    build_assert_close(r.y[0], 15.8 / 3, 1e-14);
    build_assert_close(r.gradient[0][8], -2.0 / 3, 1e-15);
    build_free(&build);
}

static void test_hinge_at_its_corner(void **state)
{
    (void)state;
    const double s[] = {1.5, 1, 0.5, NAN};
    const int64_t label = 0;
    struct build build;
    labelled(&build, "hinge_loss", "margin=0.5", "[3]", s, "[]", &label); /* 1 - 1.5 + 0.5 = 0 */
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.gradient[0][0] == 0 && r.gradient[0][1] == 0);
    struct decisions decisions = {.mode = DECIDE_TIES, .tie = 1};
    d_context context = {.decisions = &decisions};
    r = build_double_in(&build, &context);
    assert_true(r.y[0] == 0 && r.gradient[0][0] == -1 && r.gradient[0][1] == 1);
    assert_int_equal(decisions.ties, 2);
    build_free(&build);
    labelled(&build, "hinge_loss", "", "[4]", s, "[]", &label);
    assert_true(isnan(build_double(&build).y[0]));
    build_free(&build);
}

static void assert_refused(const char *op, const char *shape, const char *label_shape, const int64_t *labels,
                           const char *message)
{
    static const double zeros[16];
    struct build build;
    assert_int_equal(labelled(&build, op, "", shape, zeros, label_shape, labels), NO_NODE);
    assert_string_equal(build_error(&build), message);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused("softmax_cross_entropy", "[3, 4]", "[3]", (int64_t[]){0, 4, 3},
                   "softmax_cross_entropy: x1[1] is the label 4; x0 with shape [3, 4] has classes 0 .. 3");
    assert_refused("hinge_loss", "[4]", "[]", (int64_t[]){-1},
                   "hinge_loss: x1 is the label -1; x0 with shape [4] has classes 0 .. 3");
    assert_refused("nll_loss", "[3, 4]", "[4]", (int64_t[]){0, 0, 0, 0},
                   "nll_loss: the labels x1 have shape [4]; they must have shape [3], one for every row of x0");
    assert_refused(
        "cross_entropy_error", "[2, 2, 2]", "[2]", (int64_t[]){0, 0},
        "cross_entropy_error: x0 has shape [2, 2, 2]; it must be (N, C), a row of C >= 1 classes for "
        "every sample, or (C) for one sample");
    assert_refused("softmax_cross_entropy", "[0, 3]", "[0]", (int64_t[]){0},
                   "softmax_cross_entropy: x0 with shape [0, 3] has nothing to take the mean of");
    build_assert_refused(
        "softmax_cross_entropy", "[2, 3] [3]", "",
        "softmax_cross_entropy: the weights x1 have shape [3]; they must have the shape of x0, "
        "[2, 3] (labels are given as integers)");
    build_assert_refused(
        "nll_loss", "[2, 3] [2]", "",
        "nll_loss: argument 2, x1, must hold integers: give it as {dtype: int64, data: [...]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cross_entropy_of_the_book),
        cmocka_unit_test(test_cross_entropy_of_one_hot_rows),
        cmocka_unit_test(test_cross_entropy_is_a_mean_over_the_batch),
        cmocka_unit_test(test_softmax_cross_entropy_of_a_dominant_class),
        cmocka_unit_test(test_softmax_cross_entropy_of_large_scores),
        cmocka_unit_test(test_softmax_cross_entropy_of_soft_labels),
        cmocka_unit_test(test_masked_scores),
        cmocka_unit_test(test_nll_after_log_softmax),
        cmocka_unit_test(test_hinge_of_the_lecture),
        cmocka_unit_test(test_hinge_at_its_corner),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
