/* The sweep against theory: slopes, where the branches meet, and functions that have only one of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "case/case_text.h"
#include "check/sweep.h"

struct taken {
    struct case_file *file;
    struct arena arena;
    struct errors errors;
    struct sweep sweep;
};

static void take(struct taken *t, const char *inputs, const char *graph, long node, size_t index)
{
    *t = (struct taken){.file = case_with(inputs, graph, "")};
    struct sweep_settings settings = {.node = node, .index = index};
    assert_int_equal(sweep_take(&t->sweep, &t->arena, &t->file->graph, &settings, &t->errors), GCK_OK);
}

static void drop(struct taken *t)
{
    arena_free(&t->arena);
    errors_free(&t->errors);
    case_free(t->file);
}

/* log2 of the error at h = 2^exponent */
static double level(const struct sweep_curve *c, gck_method method, int exponent)
{
    int stride = c->points[0].exponent - c->points[1].exponent;
    return log2(c->points[-exponent / stride].error[method]);
}

/* From h = 2^-8 to 2^-to the error falls like h^order. */
static void falls(const struct sweep_curve *c, gck_method method, int to, double order)
{
    double slope = (level(c, method, -8) - level(c, method, -to)) / (to - 8);
    assert_true(fabs(slope - order) < 0.02);
}

static void truncation_falls_with_the_order_of_the_method(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.7}", " - y = exp(x)", SWEEP_ANY, 0);
    for (int k = SWEEP_113; k < SWEEP_CURVES; k++) { /* the longer the line, the surer the slope */
        falls(&t.sweep.curves[k], GCK_CENTERED, 24, 2);
        falls(&t.sweep.curves[k], GCK_FORWARD, 32, 1);
        falls(&t.sweep.curves[k], GCK_RICHARDSON, 16, 4);
    }
    falls(&t.sweep.curves[SWEEP_512], GCK_CENTERED, 160, 2);
    falls(&t.sweep.curves[SWEEP_512], GCK_FORWARD, 240, 1);
    falls(&t.sweep.curves[SWEEP_512], GCK_RICHARDSON, 96, 4);
    drop(&t);
}

/* At every step the error is below theory's sum, some ulps of f allowed, and above it where truncation rules.
 */
static void theory_bounds_the_error(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.7}", " - y = exp(x)", SWEEP_ANY, 0);
    for (int k = 0; k < SWEEP_CURVES; k++)
        for (int m = 0; m < SWEEP_METHODS; m++)
            for (size_t i = 4; i < t.sweep.curves[k].count; i++) {
                const struct sweep_curve *c = &t.sweep.curves[k];
                struct sweep_theory theory =
                    sweep_theory(&t.sweep, (gck_method)m, c->bits, ldexp(1, c->points[i].exponent));
                double error = c->points[i].error[m];
                assert_true(error <= 1.2 * theory.truncation + 4 * theory.rounding + ldexp(4, -c->bits));
                if (theory.truncation > 100 * theory.rounding && theory.truncation > ldexp(100, -c->bits))
                    assert_true(error >= 0.8 * theory.truncation);
            }
    drop(&t);
}

static void the_best_step_is_where_the_branches_meet(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.7}", " - y = exp(x)", SWEEP_ANY, 0);
    assert_true(fabs(t.sweep.third - exp(0.7)) < 1e-15 * 4);
    assert_true(fabs(t.sweep.fifth - exp(0.7)) < 1e-15 * 4);
    assert_true(fabs(t.sweep.second - exp(0.7)) < 1e-15 * 4);
    for (int k = 0; k < SWEEP_CURVES; k++) {
        const struct sweep_curve *c = &t.sweep.curves[k];
        const struct sweep_point *best = &c->points[c->best[GCK_CENTERED]];
        double expected = cbrt(3 * ldexp(t.sweep.size, -c->bits) / fabs(t.sweep.third));
        assert_true(fabs(best->exponent - log2(expected)) <= 4);
        struct sweep_theory at = sweep_theory(&t.sweep, GCK_CENTERED, c->bits, expected);
        double error = best->error[GCK_CENTERED];
        assert_true(error < 10 * (at.truncation + at.rounding));
        assert_true(error > 1e-3 * (at.truncation + at.rounding));
    }
    drop(&t);
}

/* Below u |x| the step is lost: f(x + h) is f(x), and the error is all of it. */
static void a_step_below_the_roundoff_gives_nothing(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.7}", " - y = exp(x)", SWEEP_ANY, 0);
    for (int k = 0; k < SWEEP_CURVES; k++)
        for (int m = 0; m < SWEEP_METHODS; m++)
            assert_true(t.sweep.curves[k].points[t.sweep.curves[k].count - 1].error[m] == 1);
    drop(&t);
}

static void the_defaults_are_taken_at_their_own_steps(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.7}", " - y = exp(x)", SWEEP_ANY, 0);
    for (int i = 0; i < SWEEP_DEFAULTS; i++) { /* at 256 bits nothing but truncation is left */
        double h = sweep_defaults[i].step, error = t.sweep.curves[SWEEP_256].defaults[i].error[GCK_CENTERED];
        assert_true(fabs(error / (h * h / 6) - 1) < 1e-9);
    }
    drop(&t);
}

static void the_derivative_is_proved(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.7}", " - y = exp(x)", SWEEP_ANY, 0);
    assert_int_equal(t.sweep.agreement, GCK_AGREES);
    assert_true(t.sweep.distance < 1e-100);
    drop(&t);
    take(&t, "{x: 0}", " - y = relu(x)", SWEEP_ANY, 0);
    assert_int_equal(t.sweep.agreement, GCK_CORNER);
    drop(&t);
}

static void a_linear_function_has_no_truncation(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.7, a: 3}", " - y = a * x", SWEEP_ANY, 0);
    assert_true(t.sweep.second == 0 && t.sweep.third == 0 && t.sweep.fifth == 0);
    assert_true(level(&t.sweep.curves[SWEEP_256], GCK_CENTERED, -4) < -240);
    drop(&t);
}

/* Without a choice: the first element with both branches, else with a derivative. */
static void an_element_worth_a_picture_is_found(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{a: 3, x: [0, 0.5]}", " - y = sum(a * x * x * x * x)", SWEEP_ANY, 0);
    assert_int_equal(t.sweep.node, 1);
    assert_int_equal(t.sweep.index, 1);
    drop(&t);
    take(&t, "{x: [0, 0.5]}", " - y = sum(x * x)", SWEEP_ANY, 0);
    assert_int_equal(t.sweep.index, 1);
    drop(&t);
    take(&t, "{x: [0.25, 0.5]}", " - y = sum(exp(x))", 0, 1);
    assert_true(t.sweep.x == 0.5);
    drop(&t);
}

/* At 24 bits the inputs are single's, and so is the derivative compared with: 0.1 does not cost accuracy. */
static void single_has_inputs_of_its_own(void **state)
{
    (void)state;
    struct taken t;
    take(&t, "{x: 0.1, a: 0.1}", " - y = a * x", 1, 0); /* dy/da = x */
    assert_true(t.sweep.curves[SWEEP_24].points[3].error[GCK_CENTERED] < 0x1p-20);
    drop(&t);
    take(&t, "{x: 1e300}", " - y = log(x)\ndtypes: [float64]", SWEEP_ANY, 0); /* beyond single's range */
    assert_true(t.sweep.x == 1e300);
    drop(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncation_falls_with_the_order_of_the_method),
        cmocka_unit_test(theory_bounds_the_error),
        cmocka_unit_test(the_best_step_is_where_the_branches_meet),
        cmocka_unit_test(a_step_below_the_roundoff_gives_nothing),
        cmocka_unit_test(the_defaults_are_taken_at_their_own_steps),
        cmocka_unit_test(the_derivative_is_proved),
        cmocka_unit_test(a_linear_function_has_no_truncation),
        cmocka_unit_test(an_element_worth_a_picture_is_found),
        cmocka_unit_test(single_has_inputs_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
