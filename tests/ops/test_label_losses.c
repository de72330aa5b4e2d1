/* Weights, ignored labels and smoothing of the losses on labels and logits: closed forms, and what is refused.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

/* loss(x, labels, w); w NULL: none. NO_NODE when it is refused. */
static long labelled(struct build *build, const char *op, const char *attributes, const char *shape,
                     const double *x, const char *label_shape, const int64_t *labels, const char *weight_shape,
                     const double *w)
{
    static const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    build_start(build, 1);
    size_t inputs[3] = {build_numbers(build, build_shape(shape), x)};
    inputs[1] = build_given_integers(build, build_shape(label_shape), labels);
    if (w)
        inputs[2] = build_numbers(build, build_shape(weight_shape), w);
    long node = build_apply(build, op, attributes, inputs, w ? 3 : 2);
    build->graph.seed = (struct values){.doubles = ones};
    return node;
}

static const double logs[] = {-1, -2, -3, -4, -5, -6};
static const double weights[] = {1, 2, 4};

static void test_weighted_mean(void **state)
{
    (void)state;
    const int64_t labels[] = {1, 2};
    struct build build;
    labelled(&build, "nll_loss", "", "[2, 3]", logs, "[2]", labels, "[3]", weights);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 28.0 / 6, 1e-15); /* (2 2 + 4 6) / (2 + 4) */
    build_assert_close(r.gradient[0][1], -2.0 / 6, 1e-15);
    build_assert_close(r.gradient[0][5], -4.0 / 6, 1e-15);
    build_assert_close(r.gradient[2][1], (2 - 28.0 / 6) / 6, 1e-15);
    assert_true(r.gradient[0][0] == 0 && r.gradient[2][0] == 0);
    build_free(&build);
}

/* An ignored sample changes nothing but the count. */
static void test_ignored_samples_do_not_count(void **state)
{
    (void)state;
    const int64_t labels[] = {1, -7};
    const char *const ops[] = {"nll_loss", "softmax_cross_entropy", "softmax_cross_entropy"};
    const char *const with[] = {"ignore_index=-7", "ignore_index=-7", "ignore_index=-7; label_smoothing=0.5"};
    const char *const without[] = {"", "", "label_smoothing=0.5"};
    for (size_t op = 0; op < 3; op++) {
        struct build both, one;
        assert_int_not_equal(labelled(&both, ops[op], with[op], "[2, 3]", logs, "[2]", labels, NULL, NULL),
                             NO_NODE);
        assert_int_not_equal(labelled(&one, ops[op], without[op], "[1, 3]", logs, "[1]", labels, NULL, NULL),
                             NO_NODE);
        struct build_result a = build_double(&both), b = build_double(&one);
        assert_true(a.y[0] == b.y[0]);
        for (size_t j = 0; j < 3; j++)
            assert_true(a.gradient[0][j] == b.gradient[0][j] && a.gradient[0][3 + j] == 0);
        build_free(&both);
        build_free(&one);
    }
}

static void test_smoothing(void **state)
{
    (void)state;
    const double x[] = {0, log(2), 0};
    const int64_t label = 0;
    struct build build; /* targets 3/4, 1/8, 1/8 of softmax 1/4, 1/2, 1/4 */
    labelled(&build, "softmax_cross_entropy", "label_smoothing=0.375", "[3]", x, "[]", &label, NULL, NULL);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 15.0 / 8 * log(2), 1e-15);
    build_assert_close(r.gradient[0][0], -0.5, 1e-15);
    build_assert_close(r.gradient[0][1], 0.375, 1e-15);
    build_assert_close(r.gradient[0][2], 0.125, 1e-15);
    build_assert_accurate(&build, 16);
    build_free(&build);
}

static void test_weights_of_logits(void **state)
{
    (void)state;
    const double x[] = {0, 0}, t[] = {1, 0}, w[] = {2}, p[] = {3};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {
        build_numbers(&build, build_shape("[2]"), x), build_numbers(&build, build_shape("[2]"), t),
        build_numbers(&build, build_shape("[1]"), w), build_numbers(&build, build_shape("[]"), p)};
    assert_int_not_equal(build_apply(&build, "bce_with_logits", "reduction=sum", inputs, 4), NO_NODE);
    static const double one = 1;
    build.graph.seed = (struct values){.doubles = &one};
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 8 * log(2), 1e-15);
    assert_true(r.gradient[0][0] == -3 && r.gradient[0][1] == 1);
    build_assert_close(r.gradient[1][0], 4 * log(2), 1e-15);
    build_assert_close(r.gradient[2][0], 4 * log(2), 1e-15);
    build_assert_close(r.gradient[3][0], 2 * log(2), 1e-15);
    build_free(&build);
}

static void refuse(const char *op, const char *attributes, const int64_t *labels, const char *weight_shape,
                   const char *message)
{
    struct build build;
    assert_int_equal(labelled(&build, op, attributes, "[2, 3]", logs, "[2]", labels, weight_shape,
                              weight_shape ? weights : NULL),
                     NO_NODE);
    assert_string_equal(build_error(&build), message);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    const int64_t labels[] = {1, 1}, outside[] = {1, -7};
    refuse("nll_loss", "", labels, "[2]",
           "nll_loss: the class weights x2 have shape [2]; they must have shape [3]");
    refuse("softmax_cross_entropy", "", labels, "[1, 3]",
           "softmax_cross_entropy: the class weights x2 have shape [1, 3]; they must have shape [3]");
    refuse("nll_loss", "ignore_index=1", labels, NULL,
           "nll_loss: all labels of x1 are ignore_index = 1; there is no mean of none");
    refuse("nll_loss", "ignore_index=0", outside, NULL,
           "nll_loss: x1[1] is the label -7; x0 with shape [2, 3] has classes 0 .. 2");
    refuse("softmax_cross_entropy", "label_smoothing=1.5", labels, NULL,
           "softmax_cross_entropy: label_smoothing = 1.5; it must be from 0 to 1");
    refuse("softmax_cross_entropy", "label_smoothing=-0.5", labels, NULL,
           "softmax_cross_entropy: label_smoothing = -0.5; it must be from 0 to 1");
    build_assert_refused(
        "softmax_cross_entropy", "[2, 3] [2, 3]", "ignore_index=1",
        "softmax_cross_entropy: ignore_index needs labels as integers, but x1 holds weights of the "
        "classes");
    build_assert_refused(
        "bce_with_logits", "[2, 3] [2, 3] [2]", "",
        "bce_with_logits: the weight x2 has shape [2]; it must broadcast to the shape of x0, [2, 3]");
    build_assert_refused(
        "bce_with_logits", "[2] [2] [2] [2, 2]", "",
        "bce_with_logits: the pos_weight x3 has shape [2, 2]; it must broadcast to the shape of x0, "
        "[2]");
    build_assert_refused("bce_with_logits", "[2] [3]", "",
                         "bce_with_logits: all arguments must have one shape, but x0 is [2] and x1 is [3]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weighted_mean), cmocka_unit_test(test_ignored_samples_do_not_count),
        cmocka_unit_test(test_smoothing),     cmocka_unit_test(test_weights_of_logits),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
