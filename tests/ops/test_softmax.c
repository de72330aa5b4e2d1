/* Softmax and its logarithms: large logits, masks of -inf, weights near 0 and 1. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

/* op(x) for n given numbers; the seed is drawn, or given. */
static void apply(struct build *build, const char *op, const double *x, size_t n, const double *seed)
{
    struct shape shape = {.rank = 1, .dim = {n}};
    build_start(build, 1);
    size_t input = build_numbers(build, shape, x);
    assert_int_not_equal(build_apply(build, op, "", &input, 1), NO_NODE);
    if (seed)
        build->graph.seed = (struct values){.doubles = seed};
}

static const char *const all[] = {"softmax", "log_softmax", "logsumexp"};

static void test_large_logits(void **state)
{
    (void)state;
    const double rows[][3] = {{1000, 999, 1001.5}, {-1000, -1001, -1003}, {1000, 0, -1000}, {40, 0, 0.5}};
    for (size_t i = 0; i < 4; i++)
        for (size_t op = 0; op < 3; op++) {
            struct build build;
            apply(&build, all[op], rows[i], 3, NULL);
            build_assert_accurate(&build, 8);
            build_free(&build);
        }
}

/* y (dy - sum y dy) of the class that has nearly all the weight: textbook forms leave no correct digit. */
static void test_gradient_of_a_dominant_class(void **state)
{
    (void)state;
    const double x[] = {0, 40, 1}, one_hot[] = {0, 1, 0};
    for (size_t op = 0; op < 2; op++) {
        struct build build;
        apply(&build, all[op], x, 3, one_hot);
        build_assert_accurate(&build, 8);
        double others = exp(-40) + exp(-39);
        build_assert_close(build_double(&build).gradient[0][1] / others, 1, 1e-15);
        build_free(&build);
    }
}

static void test_logsumexp_near_zero(void **state)
{
    (void)state;
    const double x[] = {-50, 0, -51};
    struct build build;
    apply(&build, "logsumexp", x, 3, NULL);
    build_assert_accurate(&build, 4);
    build_assert_close(build_double(&build).y[0] / (exp(-50) + exp(-51)), 1, 1e-15);
    build_free(&build);
}

static void test_masked_entries_have_no_weight(void **state)
{
    (void)state;
    const double x[] = {1, -INFINITY, 2, -INFINITY}, seed[] = {0.5, 0, -2, 0};
    for (size_t op = 0; op < 3; op++) {
        struct build build;
        apply(&build, all[op], x, 4, seed);
        struct build_result r = build_double(&build);
        assert_true(r.gradient[0][1] == 0 && r.gradient[0][3] == 0);
        assert_true(isfinite(r.y[0]) && isfinite(r.gradient[0][0]) && r.gradient[0][0] != 0);
        if (op < 2)
            assert_true(r.y[1] == (op ? -INFINITY : 0));
        build_assert_accurate(&build, 8);
        build_free(&build);
    }
}

static void test_nothing_but_masked_entries(void **state)
{
    (void)state;
    const double x[] = {-INFINITY, -INFINITY}, seed[] = {1, 1};
    for (size_t op = 0; op < 3; op++) {
        struct build build;
        apply(&build, all[op], x, 2, seed);
        struct build_result r = build_double(&build);
        assert_true(op == 2 ? r.y[0] == -INFINITY : isnan(r.y[0]) && isnan(r.y[1]));
        assert_true(isnan(r.gradient[0][0]) && isnan(r.gradient[0][1]));
        build_assert_scalars_agree(&build);
        build_free(&build);
    }
}

static void test_infinite_and_nan_entries(void **state)
{
    (void)state;
    const double rows[][2] = {{INFINITY, 1}, {NAN, 1}, {1, NAN}};
    for (size_t i = 0; i < 3; i++)
        for (size_t op = 0; op < 3; op++) {
            struct build build;
            apply(&build, all[op], rows[i], 2, NULL);
            struct build_result r = build_double(&build);
            assert_true(op == 2 && i == 0 ? r.y[0] == INFINITY : isnan(r.y[0]));
            build_assert_scalars_agree(&build);
            build_free(&build);
        }
}

/* Each axis is summed on its own: the weights along it sum to 1, for any strides. */
static void test_axes(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 7);
    assert_int_not_equal(build_op(&build, "softmax", "[2, 3, 4]", "axis=-2", -3, 3), NO_NODE);
    struct build_result r = build_double(&build);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 4; k++)
            build_assert_close(r.y[12 * i + k] + r.y[12 * i + 4 + k] + r.y[12 * i + 8 + k], 1, 1e-15);
    build_free(&build);
}

/* In float16, 4096 equal weights of 1/4096: a sum in float16 would stop at 2048. */
static void test_half_formats_sum_in_float32(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    assert_int_not_equal(build_op(&build, "softmax", "[4096]", "", 0, 0), NO_NODE);
    m_context half = m_context_dtype(FLOAT16);
    assert_true(build_mpfr_in(&build, &half).y[4095] == 0x1p-12);
    build_free(&build);
}

static void test_logsumexp_shapes(void **state)
{
    (void)state;
    const char *const attributes[] = {"axis=1", "axis=1; keepdims=true"};
    const char *const shapes[] = {"[2, 4]", "[2, 1, 4]"};
    for (size_t i = 0; i < 2; i++) {
        struct build build;
        build_start(&build, 1);
        long node = build_op(&build, "logsumexp", "[2, 3, 4]", attributes[i], -3, 3);
        assert_int_not_equal(node, NO_NODE);
        struct shape expected = build_shape(shapes[i]);
        assert_true(shape_equal(&build.graph.nodes[node].shape, &expected));
        build_free(&build);
    }
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("softmax", "[2, 3]", "axis=2",
                         "softmax: axis = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("log_softmax", "[]", "", "log_softmax: axis = -1, but x0 is a scalar and has no axes");
    build_assert_refused("logsumexp", "[2, 0]", "",
                         "logsumexp: axis 1 of x0 with shape [2, 0] has no elements");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_large_logits),
        cmocka_unit_test(test_gradient_of_a_dominant_class),
        cmocka_unit_test(test_logsumexp_near_zero),
        cmocka_unit_test(test_masked_entries_have_no_weight),
        cmocka_unit_test(test_nothing_but_masked_entries),
        cmocka_unit_test(test_infinite_and_nan_entries),
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_half_formats_sum_in_float32),
        cmocka_unit_test(test_logsumexp_shapes),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
