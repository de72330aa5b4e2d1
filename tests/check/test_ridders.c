/* Extrapolation: converges, says how far off it is, and gives up on quotients that do not converge. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/ridders.h"

/* Feeds `rows` quotients 1 + factor h^order with steps 0.5, 0.25, ... */
static void fill(struct ridders *t, int power, int rows, double factor, double order, double noise)
{
    ridders_init(t, power);
    for (int i = 0; i < rows; i++) {
        double h = ldexp(1, -1 - i);
        assert_true(ridders_add(t, h, 1 + factor * pow(h, order), noise / h));
    }
}

static void removes_powers_of_the_step(void **state)
{
    (void)state;
    struct ridders t;
    for (int power = 1; power <= 2; power++) {
        fill(&t, power, 9, 3, power, 1e-16);
        struct estimate e = ridders_best(&t);
        assert_true(fabs(e.value - 1) <= e.bar);
        assert_true(e.bar < 1e-13);
        assert_true(ridders_settled(&t, 1e-12));
        fill(&t, power, 4, 3, power, 1e-16); /* two rows must follow an estimate */
        assert_false(ridders_settled(&t, 1e-12));
    }
}

static void slow_convergence_is_not_underestimated(void **state)
{
    (void)state;
    struct ridders t;
    const double orders[] = {0.1, 0.3, 0.5, 1, 1.5};
    for (int k = 0; k < 5; k++) {
        fill(&t, 2, 20, 1, orders[k], 0);
        struct estimate e = ridders_best(&t);
        assert_true(e.row >= 0);
        assert_true(fabs(e.value - 1) <= e.bar);
    }
}

static void divergence_has_no_estimate(void **state)
{
    (void)state;
    struct ridders t;
    fill(&t, 2, 20, 1, -0.5, 0);
    assert_true(ridders_best(&t).row < 0);
    assert_true(isinf(ridders_best(&t).bar));
    assert_false(ridders_settled(&t, 1e300));
}

static void noise_widens_the_bar(void **state)
{
    (void)state;
    struct ridders t;
    fill(&t, 2, 10, 0, 2, 1e-6);
    struct estimate e = ridders_best(&t);
    assert_true(e.bar >= 1e-6 / 0.5);
    assert_true(e.value == 1);
}

static void later_quotients_refute(void **state)
{
    (void)state;
    struct ridders t;
    fill(&t, 2, 6, 0, 2, 1e-16);
    assert_true(ridders_best(&t).bar < 1e-13);
    /* A corner, nearer than the steps so far. */
    for (int i = 6; i < 9; i++)
        assert_true(ridders_add(&t, ldexp(1, -1 - i), 2, 1e-16 * ldexp(1, 1 + i)));
    struct estimate e = ridders_best(&t);
    assert_true(e.row >= 7);
    assert_true(e.value == 2);
    assert_true(t.bar[5][2] >= 1);
}

static void steps_must_fall(void **state)
{
    (void)state;
    struct ridders t;
    fill(&t, 2, 3, 0, 2, 0);
    assert_false(ridders_add(&t, 0.125, 1, 0));
    assert_false(ridders_add(&t, NAN, 1, 0));
    assert_int_equal(t.rows, 3);
    ridders_init(&t, 2);
    for (int i = 0; i < RIDDERS_ROWS; i++)
        assert_true(ridders_add(&t, ldexp(1, -i), 1, 0));
    assert_false(ridders_add(&t, ldexp(1, -RIDDERS_ROWS), 1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(removes_powers_of_the_step), cmocka_unit_test(slow_convergence_is_not_underestimated),
        cmocka_unit_test(divergence_has_no_estimate), cmocka_unit_test(noise_widens_the_bar),
        cmocka_unit_test(later_quotients_refute),     cmocka_unit_test(steps_must_fall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
