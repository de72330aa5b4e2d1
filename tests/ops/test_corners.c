/* Corners of the activations and choosing gates: what each op's row promises at them, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

enum { COUNT = 5 };

struct corner {
    const char *op, *attributes;
    double x[COUNT], y[COUNT], dx[COUNT]; /* seed 1 */
};

static const struct corner corners[] = {
    {"sign", "", {0, -0.0, 3, -2, NAN}, {0, 0, 1, -1, NAN}, {0, 0, 0, 0, 0}},
    {"clamp", "min=-1; max=2", {-1, 2, -1.5, 3, NAN}, {-1, 2, -1, 2, NAN}, {1, 1, 0, 0, 1}},
    {"clamp", "min=0", {-INFINITY, 0, INFINITY, 1, -1}, {0, 0, INFINITY, 1, 0}, {0, 1, 1, 1, 0}},
    {"clamp", "max=0", {-INFINITY, 0, INFINITY, 1, -1}, {-INFINITY, 0, 0, 0, -1}, {1, 1, 0, 0, 1}},
    {"hardtanh", "", {-1, 1, 0.5, -9, NAN}, {-1, 1, 0.5, -1, NAN}, {0, 0, 1, 0, 0}},
    {"relu6", "", {0, 6, 3, -1, INFINITY}, {0, 6, 3, 0, 6}, {0, 0, 1, 0, 0}},
    {"hardswish", "", {-3, 3, -1.5, -9, 5}, {0, 3, -0.375, 0, 5}, {0, 1, 0, 0, 1}},
    {"softshrink", "", {0.5, -0.5, 1.5, -1.5, NAN}, {0, 0, 1, -1, NAN}, {0, 0, 1, 1, 0}},
    {"softshrink", "lambd=0", {0, 1, -1, 0, 2}, {0, 1, -1, 0, 2}, {0, 1, 1, 0, 1}},
    {"hardshrink", "", {0.5, -0.5, 1.5, -1.5, NAN}, {0, 0, 1.5, -1.5, NAN}, {0, 0, 1, 1, 0}},
    {"threshold",
     "threshold=1; value=-7",
     {1, 2, 0.5, NAN, INFINITY},
     {-7, 2, -7, NAN, INFINITY},
     {0, 1, 0, 0, 1}},
    {"elu", "alpha=0.25", {0, 2, -INFINITY, INFINITY, NAN}, {0, 2, -0.25, INFINITY, NAN}, {0.25, 1, 0, 1, NAN}},
    {"celu", "alpha=0.25", {0, 2, -INFINITY, INFINITY, NAN}, {0, 2, -0.25, INFINITY, NAN}, {1, 1, 0, 1, NAN}},
    {"softplus",
     "",
     {20, 21, 800, -800, NAN},
     {20.000000002061153, 21, 800, 0, NAN},
     {0.99999999793884631, 1, 1, 0, NAN}},
    {"softsign", "", {0, -1, 1, 3, -3}, {0, -0.5, 0.5, 0.75, -0.75}, {1, 0.25, 0.25, 0.0625, 0.0625}},
    {"log_sigmoid", "", {INFINITY, -INFINITY, -800, 800, NAN}, {0, -INFINITY, -800, 0, NAN}, {0, 1, 1, 0, NAN}},
    {"erf", "", {INFINITY, -INFINITY, 40, -1e200, NAN}, {1, -1, 1, -1, NAN}, {0, 0, 0, 0, NAN}},
    {"atan",
     "",
     {0, 1e200, -1e300, INFINITY, NAN},
     {0, 0x1.921fb54442d18p+0, -0x1.921fb54442d18p+0, 0x1.921fb54442d18p+0, NAN},
     {1, 0, 0, 0, NAN}},
    {"gelu", "", {0, 50, -50, 1e200, NAN}, {0, 50, 0, 1e200, NAN}, {0.5, 1, 0, 1, NAN}},
    {"gelu", "approximate=tanh", {0, 50, -50, 1e200, NAN}, {0, 50, 0, 1e200, NAN}, {0.5, 1, 0, 1, NAN}},
    {"tanhshrink", "", {0, -0.0, 1e300, NAN, 40}, {0, 0, 1e300, NAN, 39}, {0, 0, 1, NAN, 1}},
    {"lgamma",
     "",
     {1, 2, 0, -3, NAN},
     {0, 0, INFINITY, INFINITY, NAN},
     {-0.57721566490153286, 0.42278433509846714, -INFINITY, NAN, NAN}},
    {"asin",
     "",
     {1, -1, 2, 0, NAN},
     {0x1.921fb54442d18p+0, -0x1.921fb54442d18p+0, NAN, 0, NAN},
     {INFINITY, INFINITY, NAN, 1, NAN}},
    {"acosh", "", {1, 0.5, -2, NAN, INFINITY}, {0, NAN, NAN, NAN, INFINITY}, {INFINITY, NAN, NAN, NAN, 0}},
};

static bool near(double a, double b)
{
    return build_same(a, b) || a == b || fabs(a - b) <= 1e-15 * fabs(b) || (b == 0 && fabs(a) < 1e-300);
}

static void test_corners(void **state)
{
    (void)state;
    static const double ones[COUNT] = {1, 1, 1, 1, 1};
    for (size_t k = 0; k < sizeof corners / sizeof *corners; k++) {
        const struct corner *corner = &corners[k];
        struct build build;
        build_start(&build, 1);
        size_t x = build_numbers(&build, (struct shape){.rank = 1, .dim = {COUNT}}, corner->x);
        assert_int_not_equal(build_apply(&build, corner->op, corner->attributes, &x, 1), NO_NODE);
        build.graph.seed = (struct values){.doubles = ones};
        struct build_result both[] = {build_double(&build), build_mpfr(&build, 53)};
        for (int scalar = 0; scalar < 2; scalar++)
            for (size_t i = 0; i < COUNT; i++)
                if (!near(both[scalar].y[i], corner->y[i]) || !near(both[scalar].gradient[0][i], corner->dx[i]))
                    fail_msg("%s(%g) %s: value %.17g, gradient %.17g in %s; %.17g and %.17g promised",
                             corner->op, corner->x[i], corner->attributes, both[scalar].y[i],
                             both[scalar].gradient[0][i], scalar ? "MPFR" : "double", corner->y[i],
                             corner->dx[i]);
        build_free(&build);
    }
}

struct pair_corner {
    const char *op;
    double a, b, y, da, db;
};

static void test_corners_of_pairs(void **state)
{
    (void)state;
    static const struct pair_corner pairs[] = {
        {"hypot", 0, 0, 0, 0, 0},
        {"hypot", 0, -2, 2, 0, -1},
        {"hypot", NAN, 1, NAN, NAN, NAN},
        {"atan2", 0, 0, 0, NAN, NAN},
        {"atan2", 0, -2, 0x1.921fb54442d18p+1, -0.5, 0},
        {"logaddexp", -INFINITY, 3, 3, 0, 1},
        {"logaddexp", -INFINITY, -INFINITY, -INFINITY, NAN, NAN},
        {"logaddexp", 800, -800, 800, 1, 0},
        {"xlogy", 0, 0, 0, 0, 0},
        {"xlogy", 0, INFINITY, 0, INFINITY, 0},
        {"xlogy", 0, 1, 0, 0, 0},
        {"xlogy", 2, 1, 0, 0, 2},
        {"xlogy", 0, NAN, NAN, NAN, NAN},
    };
    static const double one[] = {1};
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        struct build build;
        build_start(&build, 1);
        size_t inputs[] = {build_numbers(&build, (struct shape){0}, &pairs[k].a),
                           build_numbers(&build, (struct shape){0}, &pairs[k].b)};
        assert_int_not_equal(build_apply(&build, pairs[k].op, "", inputs, 2), NO_NODE);
        build.graph.seed = (struct values){.doubles = one};
        struct build_result both[] = {build_double(&build), build_mpfr(&build, 53)};
        for (int scalar = 0; scalar < 2; scalar++) {
            const struct build_result *r = &both[scalar];
            if (!near(*r->y, pairs[k].y) || !near(*r->gradient[0], pairs[k].da) ||
                !near(*r->gradient[1], pairs[k].db))
                fail_msg("%s(%g, %g): %.17g, gradients %.17g and %.17g", pairs[k].op, pairs[k].a, pairs[k].b,
                         *r->y, *r->gradient[0], *r->gradient[1]);
        }
        build_free(&build);
    }
}

/* Where hypot's tip is resolved to a side, its gradient is that along the diagonal: of length 1. */
static void test_the_tip_of_hypot_is_a_tie(void **state)
{
    (void)state;
    static const double zero[] = {0}, one[] = {1};
    for (int tie = -1; tie <= 1; tie += 2) {
        struct build build;
        struct decisions decisions = {.mode = DECIDE_TIES, .tie = tie};
        d_context context = {.decisions = &decisions};
        build_start(&build, 1);
        size_t inputs[] = {build_numbers(&build, (struct shape){0}, zero),
                           build_numbers(&build, (struct shape){0}, zero)};
        build_apply(&build, "hypot", "", inputs, 2);
        build.graph.seed = (struct values){.doubles = one};
        struct build_result r = build_double_in(&build, &context);
        assert_int_equal(decisions.ties, 2);
        build_assert_close(*r.gradient[0], tie * sqrt(0.5), 1e-15);
        build_assert_close(*r.gradient[1], tie * sqrt(0.5), 1e-15);
        build_free(&build);
    }
}

/* An infinite or NaN upstream gradient stays on the side that was chosen. */
static void test_where_chooses(void **state)
{
    (void)state;
    static const int64_t mask[] = {1, 0, -3};
    static const double a[] = {1, NAN, 3}, b[] = {INFINITY, 5, NAN}, seed[] = {2, INFINITY, NAN};
    struct shape three = {.rank = 1, .dim = {3}};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {build_given_integers(&build, three, mask), build_numbers(&build, three, a),
                       build_numbers(&build, three, b)};
    assert_int_not_equal(build_apply(&build, "where", "", inputs, 3), NO_NODE);
    build.graph.seed = (struct values){.doubles = seed};
    struct build_result r = build_double(&build);
    const double y[] = {1, 5, 3}, da[] = {2, 0, NAN}, db[] = {0, INFINITY, 0};
    for (size_t i = 0; i < 3; i++) {
        assert_true(build_same(r.y[i], y[i]));
        assert_true(build_same(r.gradient[1][i], da[i]) && build_same(r.gradient[2][i], db[i]));
    }
    build_assert_scalars_agree(&build);
    build_free(&build);
}

/* 2^54 - 1 - 2^54: the product rounded first would leave 0. */
static void test_fma_rounds_once(void **state)
{
    (void)state;
    static const double a[] = {0x1p27 + 1}, b[] = {0x1p27 - 1}, c[] = {-0x1p54};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {build_numbers(&build, (struct shape){0}, a), build_numbers(&build, (struct shape){0}, b),
                       build_numbers(&build, (struct shape){0}, c)};
    build_apply(&build, "fma", "", inputs, 3);
    assert_true(*build_double(&build).y == -1);
    build_assert_scalars_agree(&build);
    build_free(&build);
}

static void test_refusals(void **state)
{
    (void)state;
    build_assert_refused("clamp", "[2]", "", "clamp needs the attribute min, max, or both");
    build_assert_refused("clamp", "[2]", "min=2; max=1", "clamp: min = 2 is above max = 1");
    build_assert_refused("softplus", "[2]", "beta=0", "softplus: beta = 0; it must be positive");
    build_assert_refused("softplus", "[2]", "beta=-1", "softplus: beta = -1; it must be positive");
    build_assert_refused("celu", "[2]", "alpha=0", "celu: alpha = 0; it divides x and must not be 0");
    build_assert_refused("hardtanh", "[2]", "min_val=1", "hardtanh: min_val = 1 must be below max_val = 1");
    build_assert_refused("softshrink", "[2]", "lambd=-1", "softshrink: lambd = -1; it must not be negative");
    build_assert_refused("hardshrink", "[2]", "lambd=-1", "hardshrink: lambd = -1; it must not be negative");
    build_assert_refused("glu", "[2, 3]", "",
                         "glu: axis 1 of x0 with shape [2, 3] cannot be halved: its size is odd");
    build_assert_refused("glu", "[]", "", "glu: axis = -1, but x0 is a scalar and has no axes");
    build_assert_refused("prelu", "[2, 3] [2]", "",
                         "prelu: x1 has shape [2]; it must hold one weight, or one for each of the 3 channels "
                         "(axis 1) of x0 with shape [2, 3]");
    build_assert_refused("prelu", "[3] [3]", "",
                         "prelu: x1 has shape [3]; it must hold one weight, or one for each of the 1 channel "
                         "(axis 1) of x0 with shape [3]");
    build_assert_refused("fma", "[2] [3] [2]", "",
                         "fma: the shapes [2] of x0, [3] of x1 and [2] of x2 do not broadcast (aligned at the "
                         "last axis, sizes must be equal or 1)");
    build_assert_refused("where", "[2] [2] [2]", "",
                         "where: argument 1, x0, must hold integers: give it as {dtype: int64, data: [...]}");
    build_assert_refused("gelu", "[2]", "approximate=erf",
                         "gelu: approximate = erf; it must be one of none, tanh");
    build_assert_refused("threshold", "[2]", "value=1",
                         "threshold needs the attribute threshold: in the unit of x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corners),
        cmocka_unit_test(test_corners_of_pairs),
        cmocka_unit_test(test_the_tip_of_hypot_is_a_tie),
        cmocka_unit_test(test_where_chooses),
        cmocka_unit_test(test_fma_rounds_once),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
