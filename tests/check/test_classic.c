/* The classic differences in double: each method's error is what its order and rounding make of it. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/classic.h"
#include "support/proving.h"

static double difference(const char *in, const char *row, size_t index, gck_method method)
{
    struct proving p;
    struct classic classic;
    proving_new(&p, in, row, "", FLOAT64, 64, 0);
    assert_int_equal(classic_new(&classic, &p.file->graph, &p.binding), GCK_OK);
    assert_int_equal(classic_move(&classic, p.file->graph.wrt[0]), GCK_OK);
    double first = classic_difference(&classic, index, method);
    double again = classic_difference(&classic, index, method); /* everything is put back */
    assert_memory_equal(&first, &again, sizeof first);
    classic_free(&classic);
    proving_free(&p);
    return first;
}

static void errors_of_each_method(void **state)
{
    (void)state;
    const double exact = exp(1.25), methods[] = {1e-9, 1e-6, 1e-11};
    for (int m = GCK_CENTERED; m <= GCK_RICHARDSON; m++) {
        double error = fabs(difference("{x: 1.25}", "  - y = exp(x)", 0, (gck_method)m) - exact) / exact;
        assert_true(error < methods[m]);
        assert_true(m != GCK_FORWARD || error > 1e-10); /* first order: it cannot be better */
    }
}

static void steps_are_the_usual_ones(void **state)
{
    (void)state;
    double h = cbrt(DBL_EPSILON), x = 0.5;
    volatile double above = x + h, below = x - h;
    double expected = (above * above * above - below * below * below) / (above - below);
    double found = difference("{x: [7, 0.5]}", "  - q = x * x * x\n  - y = sum(q)", 1, GCK_CENTERED);
    assert_true(fabs(found - expected) < 1e-9);
    assert_true(fabs(found - 0.75 - h * h) < 1e-9); /* h^2 f''' / 6 */
}

static void large_numbers_get_large_steps(void **state)
{
    (void)state;
    double found = difference("{x: 1e8}", "  - y = x * x", 0, GCK_CENTERED);
    assert_true(fabs(found - 2e8) < 1e-2);
}

static void undefined_functions_give_nan(void **state)
{
    (void)state;
    assert_true(isnan(difference("{x: 1e-12}", "  - y = sqrt(x)", 0, GCK_CENTERED)));
    assert_true(isfinite(difference("{x: 1e-12}", "  - y = sqrt(x)", 0, GCK_FORWARD)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_of_each_method),
        cmocka_unit_test(steps_are_the_usual_ones),
        cmocka_unit_test(large_numbers_get_large_steps),
        cmocka_unit_test(undefined_functions_give_nan),
    };
    return cmocka_run_group_tests_name("classic", tests, NULL, NULL);
}
