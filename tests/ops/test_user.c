/* expr: the true derivative through the formula, or the claimed one in its place. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

/* y = expr(x^2, x, claim) where the claim is 3x: wrong. Returns the node of x. */
static size_t wrong_square(struct build *build)
{
    static const double seed[] = {1, 10};
    const double numbers[] = {2, -3}, three = 3;
    build_start(build, 1);
    size_t x = build_numbers(build, build_shape("[2]"), numbers);
    size_t factor = build_numbers(build, build_shape("[]"), &three);
    size_t product[] = {x, factor};
    size_t y = (size_t)build_apply(build, "square", "", &x, 1);
    size_t claim = (size_t)build_apply(build, "mul", "", product, 2);
    size_t inputs[] = {y, x, claim};
    assert_int_not_equal(build_apply(build, "expr", "", inputs, 3), NO_NODE);
    build->graph.seed = (struct values){.doubles = seed};
    return x;
}

static void test_the_formula_is_differentiated(void **state)
{
    (void)state;
    struct build build;
    size_t x = wrong_square(&build);
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 4 && r.y[1] == 9);
    assert_true(r.gradient[x][0] == 4 && r.gradient[x][1] == -60);
    build_assert_scalars_agree(&build);
    build_free(&build);
}

static void test_claims_are_followed_when_asked(void **state)
{
    (void)state;
    struct build build;
    size_t x = wrong_square(&build);
    d_context ours = {.claims = true};
    m_context wide = m_context_wide(256, FLOAT64);
    wide.claims = true;
    struct build_result r[] = {build_double_in(&build, &ours), build_mpfr_in(&build, &wide)};
    for (size_t i = 0; i < 2; i++) {
        assert_true(r[i].y[0] == 4 && r[i].y[1] == 9);
        assert_true(r[i].gradient[x][0] == 6 && r[i].gradient[x][1] == -90);
    }
    build_free(&build);
}

/* Two variables, one of them broadcast, one claimed derivative a number: terms are summed over the broadcast.
 */
static void test_claims_of_broadcast_variables(void **state)
{
    (void)state;
    static const double seed[] = {1, 2, 3, 4, 5, 6};
    const double a[] = {1, 2, 3}, b[] = {10, 20}, half = 0.5;
    struct build build;
    build_start(&build, 1);
    size_t x = build_numbers(&build, build_shape("[3]"), a),
           z = build_numbers(&build, build_shape("[2, 1]"), b);
    size_t d = build_numbers(&build, build_shape("[]"), &half), pair[] = {x, z};
    size_t y = (size_t)build_apply(&build, "add", "", pair, 2), inputs[] = {y, x, d, z, x};
    assert_int_not_equal(build_apply(&build, "expr", "", inputs, 5), NO_NODE);
    build.graph.seed = (struct values){.doubles = seed};
    d_context context = {.claims = true};
    struct build_result r = build_double_in(&build, &context);
    const double dx[] = {2.5, 3.5, 4.5}, dz[] = {1 + 4 + 9, 4 + 10 + 18};
    for (size_t i = 0; i < 3; i++)
        assert_true(r.gradient[x][i] == dx[i]);
    for (size_t i = 0; i < 2; i++)
        assert_true(r.gradient[z][i] == dz[i]);
    build_free(&build);
}

/* Without a claim the flag changes nothing. */
static void test_formulas_without_claims(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    assert_int_not_equal(build_op(&build, "expr", "[2, 2]", "", -1, 1), NO_NODE);
    d_context context = {.claims = true};
    struct build_result r = build_double_in(&build, &context);
    for (size_t i = 0; i < 4; i++)
        assert_true(r.gradient[0][i] == r.seed[i]);
    build_free(&build);
}

/* expr(f, x, claim) where f is x itself: x gets what is claimed, alone. */
static void test_a_variable_that_is_the_formula(void **state)
{
    (void)state;
    struct build build;
    const double two = 2;
    build_start(&build, 1);
    size_t x = build_input(&build, build_shape("[3]"), -1, 1),
           d = build_numbers(&build, build_shape("[]"), &two);
    size_t inputs[] = {x, x, d};
    assert_int_not_equal(build_apply(&build, "expr", "", inputs, 3), NO_NODE);
    d_context context = {.claims = true};
    struct build_result claimed = build_double_in(&build, &context), real = build_double(&build);
    for (size_t i = 0; i < 3; i++) {
        assert_true(claimed.gradient[x][i] == 2 * claimed.seed[i]);
        assert_true(real.gradient[x][i] == real.seed[i]);
    }
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("expr", "[2] [2]", "",
                         "expr takes a formula and then pairs, a variable and its claimed derivative: x1 is "
                         "without one");
    build_assert_refused("expr", "[2] [2] [3]", "",
                         "expr: the shape [3] of x2, a claimed derivative, does not broadcast to the formula's "
                         "shape [2]");
    build_assert_refused(
        "expr", "[2] [4, 2] [2]", "",
        "expr: the shape [4, 2] of x1, a variable, does not broadcast to the formula's shape [2]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_formula_is_differentiated),
        cmocka_unit_test(test_claims_are_followed_when_asked),
        cmocka_unit_test(test_claims_of_broadcast_variables),
        cmocka_unit_test(test_formulas_without_claims),
        cmocka_unit_test(test_a_variable_that_is_the_formula),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
