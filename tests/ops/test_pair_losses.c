/* Losses of pairs of tensors: closed forms, both sides of every corner, near-parallel rows, and what is
 * refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

static const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};

/* loss(x, t) for n pairs of numbers, with ones as the seed. */
static void apply(struct build *build, const char *op, const char *attributes, const double *x, const double *t,
                  size_t n)
{
    struct shape shape = {.rank = 1, .dim = {n}};
    build_start(build, 1);
    size_t inputs[2] = {build_numbers(build, shape, x)};
    inputs[1] = build_numbers(build, shape, t);
    if (build_apply(build, op, attributes, inputs, 2) == NO_NODE)
        fail_msg("%s", build_error(build));
    build->graph.seed = (struct values){.doubles = ones};
}

static void test_absolute_errors(void **state)
{
    (void)state;
    const double x[] = {0, 0.25, -0.5, 3, -4}, t[5] = {0};
    struct build build;
    const char *const ops[] = {"l1_loss", "smooth_l1_loss", "smooth_l1_loss", "huber_loss"};
    const char *const attributes[] = {"reduction=none", "beta=0.5; reduction=none", "beta=0; reduction=none",
                                      "delta=0.5; reduction=none"};
    const double y[][5] = {{0, 0.25, 0.5, 3, 4},
                           {0, 0.0625, 0.25, 2.75, 3.75},
                           {0, 0.25, 0.5, 3, 4},
                           {0, 0.03125, 0.125, 1.375, 1.875}};
    const double dx[][5] = {
        {0, 1, -1, 1, -1}, {0, 0.5, -1, 1, -1}, {0, 1, -1, 1, -1}, {0, 0.25, -0.5, 0.5, -0.5}};
    for (size_t op = 0; op < 4; op++) {
        apply(&build, ops[op], attributes[op], x, t, 5);
        struct build_result r = build_double(&build);
        for (size_t i = 0; i < 5; i++) {
            assert_true(r.y[i] == y[op][i]);
            assert_true(r.gradient[0][i] == dx[op][i]);
            assert_true(r.gradient[1][i] == -dx[op][i]);
        }
        build_free(&build);
    }
}

static void test_nan_is_seen(void **state)
{
    (void)state;
    const double x[] = {NAN}, t[] = {0};
    const char *const ops[] = {"l1_loss", "smooth_l1_loss", "huber_loss"};
    for (size_t op = 0; op < 3; op++) {
        struct build build;
        apply(&build, ops[op], "", x, t, 1);
        struct build_result r = build_double(&build);
        assert_true(isnan(r.y[0]) && isnan(r.gradient[0][0]));
        build_assert_scalars_agree(&build);
        build_free(&build);
    }
}

static void test_kl_div(void **state)
{
    (void)state;
    const double x[] = {-1, -2, -INFINITY}, t[] = {1, 0.5, 0};
    struct build build;
    apply(&build, "kl_div", "reduction=none", x, t, 3);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 1 && r.y[2] == 0);
    build_assert_close(r.y[1], 0.5 * (log(0.5) + 2), 1e-15);
    assert_true(r.gradient[0][0] == -1 && r.gradient[0][1] == -0.5 && r.gradient[0][2] == 0);
    assert_true(r.gradient[1][0] == 2);
    build_free(&build);
    build_start(&build, 1);
    size_t rows[] = {build_input(&build, build_shape("[2, 3]"), -3, 0),
                     build_input(&build, build_shape("[2, 3]"), 0.1, 1)};
    build_apply(&build, "kl_div", "reduction=batchmean", rows, 2);
    double by_batch = build_double(&build).y[0];
    build_apply(&build, "kl_div", "", rows, 2);
    build_assert_close(build_double(&build).y[0] * 3, by_batch, 1e-15);
    build_free(&build);
}

static void test_poisson_and_gaussian(void **state)
{
    (void)state;
    const double x[] = {0, -800, 2}, t[] = {3, 0, 1};
    struct build build;
    apply(&build, "poisson_nll", "reduction=none", x, t, 3);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 1 && r.y[1] == 0 && r.gradient[0][0] == -2 && r.gradient[1][2] == -2);
    build_assert_accurate(&build, 8);
    build_free(&build);
    const double rates[] = {1, 4, 2}, counts[] = {1, 2, 0};
    apply(&build, "poisson_nll", "reduction=none; log_input=false; eps=0", rates, counts, 3);
    r = build_double(&build);
    assert_true(r.y[0] == 1 && r.y[2] == 2 && r.gradient[0][0] == 0 && r.gradient[0][1] == 0.5);
    build_assert_accurate(&build, 8);
    build_free(&build);
    const double mean[] = {3, 1, 2}, at[] = {1, 1, 0}, var[] = {4, 0.5, 0.25};
    build_start(&build, 1);
    size_t inputs[] = {build_numbers(&build, build_shape("[3]"), mean),
                       build_numbers(&build, build_shape("[3]"), at),
                       build_numbers(&build, build_shape("[3]"), var)};
    build_apply(&build, "gaussian_nll", "reduction=none; eps=0.5", inputs, 3);
    build.graph.seed = (struct values){.doubles = ones};
    r = build_double(&build);
    build_assert_close(r.y[0], (log(4) + 1) / 2, 1e-15);
    assert_true(r.gradient[0][0] == 0.5 && r.gradient[1][0] == -0.5 && r.gradient[2][0] == 0);
    assert_true(r.gradient[0][2] == 4 && r.gradient[2][1] == 0 && r.gradient[2][2] == 0); /* clamped to eps */
    build_free(&build);
}

/* op with rows x, z of this shape and signed labels. */
static long rows(struct build *build, const char *op, const char *attributes, const char *shape,
                 const double *x, const double *z, const char *label_shape, const int64_t *t)
{
    build_start(build, 1);
    size_t inputs[3] = {build_numbers(build, build_shape(shape), x)};
    inputs[1] = build_numbers(build, build_shape(shape), z);
    inputs[2] = build_given_integers(build, build_shape(label_shape), t);
    long node = build_apply(build, op, attributes, inputs, 3);
    build->graph.seed = (struct values){.doubles = ones};
    return node;
}

static void test_hinges(void **state)
{
    (void)state;
    const double x[] = {2, 0.5, -1, NAN}, z[] = {1, 1, -1, 0};
    const int64_t t[] = {1, -1, 1, 1};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {build_numbers(&build, build_shape("[4]"), x),
                       build_given_integers(&build, build_shape("[4]"), t)};
    build_apply(&build, "binary_hinge_loss", "reduction=none", inputs, 2);
    build.graph.seed = (struct values){.doubles = ones};
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 1.5 && r.y[2] == 2 && isnan(r.y[3]));
    assert_true(r.gradient[0][0] == 0 && r.gradient[0][1] == 1 && r.gradient[0][2] == -1);
    build_free(&build);
    rows(&build, "margin_ranking_loss", "margin=0.25; reduction=none", "[4]", x, z, "[4]", t);
    r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 0 && r.y[2] == 0.25 && isnan(r.y[3]));
    assert_true(r.gradient[0][2] == -1 && r.gradient[1][2] == 1 && r.gradient[0][0] == 0);
    build_free(&build);
}

static void test_cosine(void **state)
{
    (void)state;
    const double x[] = {3, 4, 1, 0}, z[] = {4, 3, 0, 2};
    const int64_t t[] = {1, -1};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {build_numbers(&build, build_shape("[2, 2]"), x),
                       build_numbers(&build, build_shape("[2, 2]"), z)};
    build_apply(&build, "cosine_similarity", "", inputs, 2);
    build.graph.seed = (struct values){.doubles = ones};
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0], 0.96, 1e-15);
    assert_true(r.y[1] == 0);
    build_assert_close(r.gradient[0][0], (0.8 - 0.6 * 0.96) / 5, 1e-15);
    build_assert_close(r.gradient[1][1], (0.8 - 0.6 * 0.96) / 5, 1e-15);
    assert_true(r.gradient[0][3] == 1 && r.gradient[1][2] == 0.5);
    build_free(&build);
    rows(&build, "cosine_embedding_loss", "reduction=none; margin=-0.5; eps=0", "[2, 2]", x, z, "[2]", t);
    r = build_double(&build);
    build_assert_close(r.y[0], 0.04, 1e-14);
    build_assert_close(r.y[1], 0.5, 1e-14);
    build_assert_close(r.gradient[0][0], -(0.8 - 0.6 * 0.96) / 5, 1e-13);
    build_assert_close(r.gradient[0][3], 1, 1e-11);
    build_free(&build);
}

/* 1 - cos of an angle of 1e-9 is 5e-19: a cosine rounded to a double leaves 0. */
static void test_nearly_parallel_rows(void **state)
{
    (void)state;
    const double x[] = {1, 1e-9}, z[] = {2, 0};
    const int64_t t[] = {1};
    struct build build;
    rows(&build, "cosine_embedding_loss", "eps=0", "[2]", x, z, "[]", t);
    struct build_result r = build_double(&build);
    build_assert_close(r.y[0] / 5e-19, 1, 1e-12);
    build_assert_close(r.gradient[1][1] / -0.5e-9, 1, 1e-12);
    build_free(&build);
}

static void test_triplets(void **state)
{
    (void)state;
    const double a[] = {0, 0}, p[] = {3, -4}, n[] = {0, 2};
    const char *const attributes[] = {"eps=0", "eps=0; p=1", "eps=0; p=2.0", "eps=0; swap=true"};
    const double y[] = {4, 6, 4, 4};
    for (size_t i = 0; i < 4; i++) {
        struct build build;
        build_start(&build, 1);
        size_t inputs[] = {build_numbers(&build, build_shape("[2]"), a),
                           build_numbers(&build, build_shape("[2]"), p),
                           build_numbers(&build, build_shape("[2]"), n)};
        build_apply(&build, "triplet_margin_loss", attributes[i], inputs, 3);
        build.graph.seed = (struct values){.doubles = ones};
        struct build_result r = build_double(&build);
        build_assert_close(r.y[0], y[i], 1e-15);
        build_assert_close(r.gradient[1][0], i == 1 ? 1 : 0.6, 1e-15);
        build_assert_close(r.gradient[1][1], i == 1 ? -1 : -0.8, 1e-15);
        assert_true(r.gradient[2][0] == 0 && r.gradient[2][1] == -1);
        build_assert_close(r.gradient[0][1], i == 1 ? 2 : 1.8, 1e-15);
        build_free(&build);
    }
}

static void refuse_labels(const char *op, const char *shape, const char *label_shape, const char *attributes,
                          const int64_t *t, const char *message)
{
    const double numbers[8] = {0};
    struct build build;
    assert_int_equal(rows(&build, op, attributes, shape, numbers, numbers, label_shape, t), NO_NODE);
    assert_string_equal(build_error(&build), message);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    const int64_t t[] = {1, 0, 2};
    build_assert_refused("l1_loss", "[2] [3]", "",
                         "l1_loss: all arguments must have one shape, but x0 is [2] and x1 is [3]");
    build_assert_refused("smooth_l1_loss", "[2] [2]", "beta=-1",
                         "smooth_l1_loss: beta = -1; it must be at least 0");
    build_assert_refused("huber_loss", "[2] [2]", "delta=0", "huber_loss: delta = 0; it must be above 0");
    build_assert_refused("poisson_nll", "[2] [2]", "eps=-1", "poisson_nll: eps = -1; it must be at least 0");
    build_assert_refused("gaussian_nll", "[2] [2] [2]", "eps=-1",
                         "gaussian_nll: eps = -1; it must be at least 0");
    build_assert_refused("kl_div", "[] []", "reduction=batchmean",
                         "kl_div: reduction = batchmean divides by the size of axis 0, but x0 has shape []");
    build_assert_refused("kl_div", "[0] [0]", "", "kl_div: x0 with shape [0] has nothing to take the mean of");
    build_assert_refused("cosine_similarity", "[2, 3] [2, 3]", "axis=2",
                         "cosine_similarity: axis = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused(
        "cosine_similarity", "[2, 3] [3]", "",
        "cosine_similarity: all arguments must have one shape, but x0 is [2, 3] and x1 is [3]");
    build_assert_refused("cosine_similarity", "[2, 0] [2, 0]", "",
                         "cosine_similarity: axis 1 of x0 with shape [2, 0] has no elements");
    build_assert_refused("cosine_similarity", "[2] [2]", "eps=-1",
                         "cosine_similarity: eps = -1; it must be at least 0");
    build_assert_refused("triplet_margin_loss", "[2, 3] [2, 3] [3]", "",
                         "triplet_margin_loss: the rows must have one shape, but x0 is [2, 3] and x2 is [3]");
    build_assert_refused(
        "triplet_margin_loss", "[] [] []", "",
        "triplet_margin_loss: x0 has shape []; it must be (N, D), a row of D >= 1 numbers for every "
        "sample, or (D)");
    build_assert_refused("triplet_margin_loss", "[3] [3] [3]", "p=0.5",
                         "triplet_margin_loss: p = 0.5; it must be at least 1");
    build_assert_refused("triplet_margin_loss", "[3] [3] [3]", "eps=-1",
                         "triplet_margin_loss: eps = -1; it must be at least 0");
    refuse_labels("margin_ranking_loss", "[2]", "[2]", "", t,
                  "margin_ranking_loss: x2[1] is 0; labels are 1 and -1");
    refuse_labels("cosine_embedding_loss", "[2, 3]", "[2]", "", t,
                  "cosine_embedding_loss: x2[1] is 0; labels are 1 and -1");
    refuse_labels(
        "cosine_embedding_loss", "[2, 3]", "[3]", "", t,
        "cosine_embedding_loss: the labels x2 have shape [3]; they must have shape [2], one for every row of "
        "x0");
    refuse_labels("cosine_embedding_loss", "[3]", "[1]", "eps=-1", t,
                  "cosine_embedding_loss: eps = -1; it must be at least 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absolute_errors),
        cmocka_unit_test(test_nan_is_seen),
        cmocka_unit_test(test_kl_div),
        cmocka_unit_test(test_poisson_and_gaussian),
        cmocka_unit_test(test_hinges),
        cmocka_unit_test(test_cosine),
        cmocka_unit_test(test_nearly_parallel_rows),
        cmocka_unit_test(test_triplets),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
