/* Normalization: closed forms, groups of one and two, offsets, tiny numbers, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/build.h"

/* op(x) for n given numbers in a shape, with the given seed. */
static void apply(struct build *build, const char *op, const char *attributes, const char *shape,
                  const double *x, const double *seed)
{
    build_start(build, 1);
    size_t input = build_numbers(build, build_shape(shape), x);
    if (build_apply(build, op, attributes, &input, 1) == NO_NODE)
        fail_msg("%s", build_error(build));
    if (seed)
        build->graph.seed = (struct values){.doubles = seed};
}

/* x = +-1 with eps = 0 stays as it is; the gradient loses its mean and its part along x. */
static void test_closed_form(void **state)
{
    (void)state;
    const double x[] = {1, -1, 1, -1}, seed[] = {4, 0, 2, 2};
    const char *const ops[] = {"layer_norm", "instance_norm", "group_norm", "batch_norm"};
    const char *const shapes[] = {"[1, 4]", "[1, 1, 4]", "[1, 4]", "[4, 1]"};
    const char *const attributes[] = {"eps=0", "eps=0", "eps=0; groups=1", "eps=0"};
    for (size_t op = 0; op < 4; op++) {
        struct build build;
        apply(&build, ops[op], attributes[op], shapes[op], x, seed);
        struct build_result r = build_double(&build);
        const double dx[] = {1, -1, -1, 1};
        for (size_t i = 0; i < 4; i++) {
            assert_true(r.y[i] == x[i]);
            assert_true(r.gradient[0][i] == dx[i]);
        }
        build_free(&build);
    }
}

static void test_rms_closed_form(void **state)
{
    (void)state;
    const double x[] = {3, -4, 0, 0}, seed[] = {1, 0, 0, 5};
    struct build build;
    apply(&build, "rms_norm", "eps=0", "[4]", x, seed);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 1.2 && r.y[1] == -1.6 && r.y[2] == 0);
    build_assert_close(r.gradient[0][0], 0.4 * (1 - 0.36), 1e-15);
    build_assert_close(r.gradient[0][1], 0.4 * 0.48, 1e-15);
    build_assert_close(r.gradient[0][3], 2, 1e-15);
    build_free(&build);
}

/* One element is its own mean; two have eps / s^3 of the gradient left, which 1 - z^2 would lose. */
static void test_groups_without_freedom(void **state)
{
    (void)state;
    const double x[] = {3, 5}, seed[] = {1, 0};
    struct build build;
    apply(&build, "layer_norm", "", "[2, 1]", x, seed);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 0 && r.gradient[0][0] == 0);
    build_free(&build);
    apply(&build, "layer_norm", "eps=1e-9", "[2]", x, seed);
    build_assert_accurate(&build, 8);
    build_assert_close(build_double(&build).gradient[0][0] / 0.5e-9, pow(1 + 1e-9, -1.5), 1e-14);
    build_free(&build);
    apply(&build, "rms_norm", "eps=1e-9", "[1]", x, seed);
    build_assert_accurate(&build, 8);
    build_free(&build);
}

/* Numbers around 1e8: the rounded mean alone would be off by 1e-8 for all of them. */
static void test_offset(void **state)
{
    (void)state;
    const double x[] = {1e8 + 0.25, 1e8 - 0.5, 1e8 + 1, 1e8 - 1.25, 1e8 + 0.125};
    const char *const ops[] = {"layer_norm", "batch_norm"}, *const shapes[] = {"[1, 5]", "[5, 1]"};
    for (size_t op = 0; op < 2; op++) {
        struct build build;
        apply(&build, ops[op], "", shapes[op], x, NULL);
        build_assert_accurate(&build, 64);
        build_free(&build);
    }
}

/* A constant seed is all mean: nothing of it reaches x. */
static void test_constant_seed(void **state)
{
    (void)state;
    const double x[] = {0.1, 0.7, -1.3, 2.9, 0.3, 1}, seed[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    struct build build;
    apply(&build, "layer_norm", "", "[2, 3]", x, seed);
    struct build_result r = build_double(&build);
    for (size_t i = 0; i < 6; i++)
        assert_true(fabs(r.gradient[0][i]) < 1e-16);
    build_free(&build);
}

/* Nothing is special about groups that lie in memory in another order: channels first or last. */
static void test_batch_norm_is_layer_norm_transposed(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 3);
    size_t x = build_input(&build, build_shape("[4, 3]"), -2, 2);
    size_t t = (size_t)build_apply(&build, "transpose", "", &x, 1);
    size_t n = (size_t)build_apply(&build, "layer_norm", "", &t, 1);
    build_apply(&build, "transpose", "", &n, 1);
    static const double seed[12] = {1, -2, 0.5, 3, 0.25, -1, 2, -0.75, 1.5, 0, -3, 1};
    build.graph.seed = (struct values){.doubles = seed};
    struct build_result a = build_double(&build);
    assert_int_not_equal(build_apply(&build, "batch_norm", "", &x, 1), NO_NODE);
    build.graph.seed = (struct values){.doubles = seed};
    struct build_result b = build_double(&build);
    for (size_t i = 0; i < 12; i++) {
        build_assert_close(a.y[i], b.y[i], 1e-15);
        build_assert_close(a.gradient[x][i], b.gradient[x][i], 1e-15);
    }
    build_free(&build);
}

static void test_l2_normalize(void **state)
{
    (void)state;
    const double x[] = {3, -4}, tiny[] = {3e-200, -4e-200}, huge[] = {3e200, -4e200}, seed[] = {1, 0};
    const double *const rows[] = {x, tiny, huge};
    const double unit[] = {1, 1e-200, 1e200};
    for (size_t i = 0; i < 3; i++) {
        struct build build;
        apply(&build, "l2_normalize", "eps=0", "[2]", rows[i], seed);
        struct build_result r = build_double(&build);
        build_assert_close(r.y[0], 0.6, 1e-15);
        build_assert_close(r.y[1], -0.8, 1e-15);
        build_assert_close(r.gradient[0][0] * unit[i], 0.64 / 5, 1e-15);
        build_assert_close(r.gradient[0][1] * unit[i], 0.48 / 5, 1e-15);
        build_free(&build);
    }
    struct build build;
    apply(&build, "l2_normalize", "eps=5", "[2]", x, seed); /* exactly as long: the constant divides */
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0.6 && r.gradient[0][0] == 0.2 && r.gradient[0][1] == 0);
    build_free(&build);
}

static void test_local_response_norm(void **state)
{
    (void)state;
    const double x[] = {1, 2, -2}, seed[] = {1, 0, 0};
    struct build build;
    apply(&build, "local_response_norm", "size=2; alpha=2; beta=1; k=1", "[1, 3]", x, seed);
    struct build_result r = build_double(&build); /* windows {0}, {0, 1}, {1, 2} */
    build_assert_close(r.y[0], 1.0 / 2, 1e-15);
    build_assert_close(r.y[1], 2.0 / 6, 1e-15);
    build_assert_close(r.y[2], -2.0 / 9, 1e-15);
    build_assert_close(r.gradient[0][0], 0, 1e-15); /* 1/2 - 2 / 4 */
    assert_true(r.gradient[0][1] == 0 && r.gradient[0][2] == 0);
    build_free(&build);
}

static void test_dropped_elements_are_gone(void **state)
{
    (void)state;
    const double x[] = {INFINITY, 3};
    const int64_t mask[] = {0, 1};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {build_numbers(&build, build_shape("[2]"), x),
                       build_given_integers(&build, build_shape("[2]"), mask)};
    assert_int_not_equal(build_apply(&build, "dropout", "p=0.75", inputs, 2), NO_NODE);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 12 && r.gradient[0][0] == 0 && r.gradient[0][1] == 4 * r.seed[1]);
    build_free(&build);
}

static void test_softmin_is_softmax_of_the_negative(void **state)
{
    (void)state;
    const double x[] = {0, -40, 1}, seed[] = {0, 1, 0};
    struct build build;
    apply(&build, "softmin", "", "[3]", x, seed);
    build_assert_accurate(&build, 8);
    build_assert_close(build_double(&build).gradient[0][1] / (exp(-40) + exp(-41)), -1, 1e-15);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("layer_norm", "[2, 3]", "axis=2",
                         "layer_norm: axis = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("layer_norm", "[]", "", "layer_norm: axis = -1, but x0 is a scalar and has no axes");
    build_assert_refused(
        "layer_norm", "[2, 3] [2]", "",
        "layer_norm: x1 has shape [2]; it must have shape [3], for x0 with shape [2, 3] and axis = -1");
    build_assert_refused(
        "rms_norm", "[2, 3] [3]", "axis=0",
        "rms_norm: x1 has shape [3]; it must have shape [2, 3], for x0 with shape [2, 3] and axis = 0");
    build_assert_refused("layer_norm", "[2, 0]", "",
                         "layer_norm: x0 with shape [2, 0] has no elements to normalize over");
    build_assert_refused("layer_norm", "[2]", "eps=-1", "layer_norm: eps = -1; it must be 0 or more");
    build_assert_refused("l2_normalize", "[2]", "eps=-1", "l2_normalize: eps = -1; it must be 0 or more");
    build_assert_refused("l2_normalize", "[2, 0]", "",
                         "l2_normalize: axis 1 of x0 with shape [2, 0] has no elements");
    build_assert_refused("softmin", "[]", "", "softmin: axis = -1, but x0 is a scalar and has no axes");
    build_assert_refused("batch_norm", "[3]", "",
                         "batch_norm: x0 has shape [3]; it must be (N, C) or (N, C, ...)");
    build_assert_refused("batch_norm", "[0, 3]", "",
                         "batch_norm: x0 with shape [0, 3] has no elements to normalize over");
    build_assert_refused("batch_norm", "[2, 3] [3] [2]", "",
                         "batch_norm: x2 has shape [2]; it must have shape [3], for x0 with shape [2, 3]");
    build_assert_refused(
        "batch_norm", "[2, 3] [3] [3] [3] [3]", "",
        "batch_norm: training = true normalizes by the batch's own mean and variance and takes 1 "
        "to 3 arguments (x gamma beta), not 5; a given mean and var need training = false");
    build_assert_refused("batch_norm", "[2, 3] [3] [3]", "training=false",
                         "batch_norm: training = false takes 5 arguments (x gamma beta mean var), not 3");
    build_assert_refused("group_norm", "[2, 3]", "groups=2",
                         "group_norm: groups = 2; it must divide the 3 channels of x0 (its axis 1)");
    build_assert_refused("group_norm", "[2, 3]", "groups=0",
                         "group_norm: groups = 0; it must divide the 3 channels of x0 (its axis 1)");
    build_assert_refused("group_norm", "[2, 3]", "",
                         "group_norm needs the attribute groups: number of groups; it divides the channels");
    build_assert_refused("group_norm", "[6]", "groups=2",
                         "group_norm: x0 has shape [6]; it must be (N, C) or (N, C, ...)");
    build_assert_refused("instance_norm", "[2, 3]", "",
                         "instance_norm: x0 has shape [2, 3]; it must be (N, C, L) or (N, C, ...)");
    build_assert_refused("instance_norm", "[2, 0, 3]", "", "instance_norm: x0 has no channels (its axis 1)");
    build_assert_refused("local_response_norm", "[2, 3]", "size=0",
                         "local_response_norm: size = 0; it must be 1 or more");
    build_assert_refused("local_response_norm", "[2]", "size=3",
                         "local_response_norm: x0 has shape [2]; it must be (N, C) or (N, C, ...)");
}

static void refuse_mask(const char *shape, const char *attributes, const int64_t *mask, const char *message)
{
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {build_input(&build, build_shape("[2, 2]"), -1, 1),
                       build_given_integers(&build, build_shape(shape), mask)};
    assert_int_equal(build_apply(&build, "dropout", attributes, inputs, 2), NO_NODE);
    assert_string_equal(build_error(&build), message);
    build_free(&build);
}

static void test_refused_masks(void **state)
{
    (void)state;
    const int64_t mask[] = {0, 2, 1};
    refuse_mask("[3]", "", mask,
                "dropout: the mask x1 has shape [3]; it must broadcast to the shape of x0, [2, 2]");
    refuse_mask("[2]", "", mask, "dropout: x1[1] is 2; a mask holds 0 (dropped) and 1 (kept)");
    refuse_mask("[1]", "p=1", mask, "dropout: p = 1; it must be at least 0 and below 1");
    refuse_mask("[1]", "p=-0.5", mask, "dropout: p = -0.5; it must be at least 0 and below 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_form),
        cmocka_unit_test(test_rms_closed_form),
        cmocka_unit_test(test_groups_without_freedom),
        cmocka_unit_test(test_offset),
        cmocka_unit_test(test_constant_seed),
        cmocka_unit_test(test_batch_norm_is_layer_norm_transposed),
        cmocka_unit_test(test_l2_normalize),
        cmocka_unit_test(test_local_response_norm),
        cmocka_unit_test(test_dropped_elements_are_gone),
        cmocka_unit_test(test_softmin_is_softmax_of_the_negative),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
