/* Losses of one element at a time, and regularization. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

/* loss(x, t) for n pairs of numbers, with ones as the seed. */
static void apply(struct build *build, const char *op, const char *attributes, const double *x, const double *t,
                  size_t n)
{
    static const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct shape shape = {.rank = 1, .dim = {n}};
    build_start(build, 1);
    size_t inputs[2] = {build_numbers(build, shape, x)};
    if (t)
        inputs[1] = build_numbers(build, shape, t);
    assert_int_not_equal(build_apply(build, op, attributes, inputs, t ? 2 : 1), NO_NODE);
    build->graph.seed = (struct values){.doubles = ones};
}

static void test_mse(void **state)
{
    (void)state;
    const double x[] = {1, 2, 4}, t[] = {0, 4, 4};
    const char *const reductions[] = {"", "reduction=mean", "reduction=sum"};
    for (size_t i = 0; i < 3; i++) {
        struct build build;
        apply(&build, "mse_loss", reductions[i], x, t, 3);
        struct build_result r = build_double(&build);
        double n = i < 2 ? 3 : 1;
        assert_int_equal(r.y_count, 1);
        build_assert_close(r.y[0], 5 / n, 1e-15);
        build_assert_close(r.gradient[0][0], 2 / n, 1e-15);
        build_assert_close(r.gradient[1][1], 4 / n, 1e-15);
        assert_true(r.gradient[0][2] == 0);
        build_free(&build);
    }
    struct build build;
    apply(&build, "mse_loss", "reduction=none", x, t, 3);
    struct build_result r = build_double(&build);
    assert_int_equal(r.y_count, 3);
    assert_true(r.y[0] == 1 && r.y[1] == 4 && r.y[2] == 0 && r.gradient[0][1] == -4);
    build_free(&build);
}

/* Where t is 0 or 1 the other logarithm is silent, even when it is infinite. */
static void test_bce_at_certainty(void **state)
{
    (void)state;
    const double p[] = {0, 1, 0x1p-70, 0.25}, t[] = {0, 1, 0, 1};
    struct build build;
    apply(&build, "bce_loss", "reduction=none", p, t, 4);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 0);
    assert_true(r.y[2] == 0x1p-70); /* log(1 - p) gives 0 */
    assert_true(r.gradient[0][0] == 1 && r.gradient[0][1] == -1 && r.gradient[0][2] == 1);
    assert_true(r.gradient[0][3] == -4);
    build_free(&build);
}

/* log((1 - p) / p) near 1/2, and the tails. */
static void test_bce_is_accurate(void **state)
{
    (void)state;
    const double p[] = {0.5 + 0x1.2345p-20, 0.4999, 0.5, 0.25, 0x1.8p-1, 0x1p-80, 1 - 0x1p-50, 0.3};
    const double t[] = {0.25, 0.5, 0.5, 1, 0.9, 0.5, 0.125, 0.3};
    struct build build;
    apply(&build, "bce_loss", "reduction=none", p, t, 8);
    build_assert_accurate(&build, 8);
    build_free(&build);
}

static void test_bce_with_logits_is_accurate(void **state)
{
    (void)state;
    const double x[] = {1000, -1000, 1000, -1000, 40, -40, 0, 37.5};
    const double t[] = {1, 0, 0, 1, 1, 0, 0.25, 0.75};
    struct build build;
    apply(&build, "bce_with_logits", "reduction=none", x, t, 8);
    build_assert_accurate(&build, 4);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 0 && r.y[2] == 1000 && r.y[3] == 1000);
    build_assert_close(r.y[4] / exp(-40), 1, 1e-15);
    build_assert_close(r.gradient[0][4] / exp(-40), -1, 1e-15); /* sigmoid(x) - 1 gives 0 */
    build_assert_close(r.gradient[0][5] / exp(-40), 1, 1e-15);
    assert_true(r.gradient[1][4] == -40);
    build_free(&build);
}

static void test_bce_with_logits_of_infinities(void **state)
{
    (void)state;
    const double x[] = {INFINITY, -INFINITY, INFINITY, NAN}, t[] = {1, 0, 0, 1};
    struct build build;
    apply(&build, "bce_with_logits", "reduction=none", x, t, 4);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 0 && r.y[2] == INFINITY && isnan(r.y[3]));
    assert_true(r.gradient[0][0] == 0 && r.gradient[0][1] == 0 && r.gradient[0][2] == 1);
    build_free(&build);
}

static void test_regularization(void **state)
{
    (void)state;
    const double w[] = {3, -4, 0};
    struct build build;
    apply(&build, "l2_regularization", "strength=0.5", w, NULL, 3);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 6.25); /* 0.5 / 2 times 25 */
    assert_true(r.gradient[0][0] == 1.5 && r.gradient[0][1] == -2 && r.gradient[0][2] == 0);
    build_free(&build);
    apply(&build, "l1_regularization", "strength=0.5", w, NULL, 3);
    r = build_double(&build);
    assert_true(r.y[0] == 3.5);
    assert_true(r.gradient[0][0] == 0.5 && r.gradient[0][1] == -0.5 && r.gradient[0][2] == 0);
    build_free(&build);
}

/* A decimal strength is 0.1 of the dtype, or the decimal itself where the reference is exact. */
static void test_strength_is_rounded_as_asked(void **state)
{
    (void)state;
    const double w[] = {1};
    struct build build;
    apply(&build, "l1_regularization", "strength=0.1", w, NULL, 1);
    m_context single = m_context_dtype(FLOAT32);
    assert_true(build_double(&build).y[0] == 0.1);
    assert_true(build_mpfr_in(&build, &single).y[0] == (double)0.1f);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("mse_loss", "[2, 3] [3]", "",
                         "mse_loss: all arguments must have one shape, but x0 is [2, 3] and x1 is [3]");
    build_assert_refused("bce_loss", "[0] [0]", "",
                         "bce_loss: x0 with shape [0] has nothing to take the mean of");
    build_assert_refused("bce_with_logits", "[2] [2]", "reduction=avg",
                         "bce_with_logits: reduction = avg; it must be one of mean, sum, none");
    build_assert_refused("l2_regularization", "[2]", "",
                         "l2_regularization needs the attribute strength: factor of the penalty, often called "
                         "lambda");
    build_assert_refused("l1_regularization", "[2]", "strength=inf",
                         "l1_regularization: strength = inf; it must be a finite number");
}

/* A sum of no losses is 0. */
static void test_sum_of_nothing(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    assert_int_not_equal(build_op(&build, "mse_loss", "[0, 2] [0, 2]", "reduction=sum", -1, 1), NO_NODE);
    assert_true(build_double(&build).y[0] == 0);
    build_free(&build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mse),
        cmocka_unit_test(test_bce_at_certainty),
        cmocka_unit_test(test_bce_is_accurate),
        cmocka_unit_test(test_bce_with_logits_is_accurate),
        cmocka_unit_test(test_bce_with_logits_of_infinities),
        cmocka_unit_test(test_regularization),
        cmocka_unit_test(test_strength_is_rounded_as_asked),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_sum_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
