/* Differences: their error estimates against closed forms, the observed order, and how sides are told apart. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "real/wide.h"
#include "support/proving.h"

static const int precisions[] = {64, 128, 256, 512};

/* A function of x with its derivative, as formulas of the case language. */
struct closed {
    const char *y, *derivative, *x;
    double order; /* 2; 0: not looked at, rounding hides it */
};

/* The derivative in four times the precision, at the same x. */
static void exactly(m_element *r, const struct closed *f, int bits)
{
    struct proving p;
    char inputs[64], graph[128];
    snprintf(inputs, sizeof inputs, "{x: %s}", f->x);
    snprintf(graph, sizeof graph, "  - y = %s", f->derivative);
    proving_new(&p, inputs, graph, "", FLOAT64, 4 * bits, 0);
    m_context c = m_context_wide(4 * bits, FLOAT64);
    m_set(r, reference_value(&p.ladder.levels[0], p.file->graph.output), &c);
    proving_free(&p);
}

static void check_closed(const struct closed *f, int bits)
{
    struct proving p;
    char inputs[64], graph[128];
    snprintf(inputs, sizeof inputs, "{x: %s}", f->x);
    snprintf(graph, sizeof graph, "  - y = %s", f->y);
    proving_new(&p, inputs, graph, "", FLOAT64, bits, 0);
    double x = p.binding.values[p.file->graph.wrt[0]][0];
    int scale = scale_exponent(x, 0);
    struct difference d = proving_difference(&p, 0, ldexp(1, scale));
    m_context c = m_context_wide(4 * bits, FLOAT64);
    M_LOCAL(truth, &c);
    exactly(truth, f, bits);
    m_scale(truth, truth, scale, &c);
    double error = m_distance(d.numeric, truth), estimate = d.truncation + d.rounding;
    if (!(error <= estimate))
        fail_msg("%s at %s, %d bits: error %g, estimate %g", f->y, f->x, bits, error, estimate);
    /* and it is an estimate, not just a bound: within the rounding of the difference, which the step balances
     */
    double size = m_size(truth), natural = ldexp(size, -bits / 3 + 24);
    if (bits >= 128 && !(estimate <= fmax(natural, 0x1p40 * error)))
        fail_msg("%s at %s, %d bits: estimate %g of %g, error %g", f->y, f->x, bits, estimate, size, error);
    if (f->order > 0 && bits >= 128 && !(fabs(d.order - f->order) < 0.05))
        fail_msg("%s at %s, %d bits: order %g", f->y, f->x, bits, d.order);
    assert_int_equal(d.side, SIDE_SMOOTH);
    if (d.exact && f->order > 0 && bits >= 128)
        fail_msg("%s at %s, %d bits: no order is seen", f->y, f->x, bits);
    proving_free(&p);
}

static void estimates_cover_the_error(void **state)
{
    (void)state;
    static const struct closed functions[] = {
        {"exp(x)", "exp(x)", "1.3", 2},
        {"exp(x)", "exp(x)", "-20.7", 2},
        {"sin(10000 * x)", "10000 * cos(10000 * x)", "1.1", 2},
        {"1 / x", "-1 / x ** 2", "0.7", 2},
        {"1 / x", "-1 / x ** 2", "1e-30", 2},
        {"1 / x", "-1 / x ** 2", "3e20", 2},
        {"sqrt(x)", "0.5 / sqrt(x)", "1e-12", 2},
        {"sqrt(x)", "0.5 / sqrt(x)", "2.3", 2},
        {"x ** 3", "3 * x ** 2", "1.7", 2},
        {"x ** 3", "3 * x ** 2", "1e-9", 2},
        {"log(x)", "1 / x", "1e-7", 2},
        {"tanh(x)", "1 - tanh(x) ** 2", "0.4", 2},
        {"(1 - cos(x)) / x ** 2", "sin(x) / x ** 2 - 2 * (1 - cos(x)) / x ** 3", "0.01", 0},
        {"(1 - cos(x)) / x ** 2", "sin(x) / x ** 2 - 2 * (1 - cos(x)) / x ** 3", "1.0", 2},
        {"x ** 2 + 1e8", "2 * x", "0.3", 0},
        {"x - sin(x)", "1 - cos(x)", "0.001", 2},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        for (int k = 0; k < 4; k++)
            if (precisions[k] > 64 || functions[i].order > 0)
                check_closed(&functions[i], precisions[k]);
}

/* The difference of y(x) along x at 256 bits. */
static struct difference along(struct proving *p, const char *y, const char *x)
{
    char inputs[64], graph[128];
    snprintf(inputs, sizeof inputs, "{x: %s}", x);
    snprintf(graph, sizeof graph, "  - y = %s", y);
    proving_new(p, inputs, graph, "", FLOAT64, 256, 0);
    return proving_difference(p, 0, 1);
}

static void linear_functions_are_exact(void **state)
{
    (void)state;
    static const char *const functions[] = {"3 * x + 1", "x - 1e6", "-x / 3", "x + x"};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        struct proving p;
        struct difference d = along(&p, functions[i], "0.7");
        assert_true(d.exact);
        assert_false(d.flat);
        assert_true(isnan(d.order));
        assert_true(d.truncation + d.rounding < 1e-40);
        proving_free(&p);
    }
    struct proving p;
    struct difference d = along(&p, "2 * x ** 2", "0.7"); /* even: no truncation, but not linear one-sidedly */
    assert_true(d.truncation + d.rounding < 1e-40);
    proving_free(&p);
    d = along(&p, "x ** 3", "0.7");
    assert_false(d.exact);
    proving_free(&p);
}

static void flat_functions_are_flat(void **state)
{
    (void)state;
    struct proving p;
    struct difference d = along(&p, "relu(x) + 1", "-0.5");
    assert_true(d.flat);
    assert_true(d.exact);
    proving_free(&p);
    d = along(&p, "1e-40 * x + 1", "-0.5");
    assert_false(d.flat);
    proving_free(&p);
}

/* A point, what its sides do, and the one-sided derivatives where there are any. */
struct cornered {
    const char *y, *x;
    enum side side;
    double left, right;
};

static void check_sides(const struct cornered *f)
{
    struct proving p;
    struct difference d = along(&p, f->y, f->x);
    if (d.side != f->side)
        fail_msg("%s at %s: side %d, not %d", f->y, f->x, (int)d.side, (int)f->side);
    if (f->side == SIDE_KINK || f->side == SIDE_SMOOTH) {
        if (!(fabs(m_to_double(d.left) - f->left) <= d.left_error) ||
            !(fabs(m_to_double(d.right) - f->right) <= d.right_error))
            fail_msg("%s: %g +- %g, %g +- %g", f->y, m_to_double(d.left), d.left_error, m_to_double(d.right),
                     d.right_error);
        assert_true(d.left_error < 1e-10 && d.right_error < 1e-10);
    }
    proving_free(&p);
}

static void sides_are_told_apart(void **state)
{
    (void)state;
    static const struct cornered corners[] = {
        {"relu(x)", "0", SIDE_KINK, 0, 1},
        {"abs(x)", "0", SIDE_KINK, -1, 1},
        {"max(x, 0.5)", "0.5", SIDE_KINK, 0, 1},
        {"abs(x) + x ** 2", "0", SIDE_KINK, -1, 1},
        {"exp(abs(x))", "0", SIDE_KINK, -1, 1},
        {"max(x, sin(2 * x))", "0", SIDE_KINK, 1, 2},
        {"relu(x) ** 2", "0", SIDE_SMOOTH, 0, 0},
        {"x * abs(x)", "0", SIDE_SMOOTH, 0, 0},
        {"relu(x) - relu(-x)", "0", SIDE_SMOOTH, 1, 1},
        {"relu(x)", "1e-7", SIDE_SMOOTH, 1, 1},
        {"abs(x)", "-1e-12", SIDE_SMOOTH, -1, -1},
        {"sqrt(abs(x))", "0", SIDE_STEEP, 0, 0},
        {"sqrt(relu(x))", "0", SIDE_STEEP, 0, 0},
        {"sqrt(x)", "0", SIDE_EDGE, 0, 0},
        {"x ** 1.5", "0", SIDE_EDGE, 0, 0},
        {"log(x + 1)", "-1", SIDE_EDGE, 0, 0},
    };
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
        check_sides(&corners[i]);
}

/* An elimination that loses digits and exchanges rows: the points on both sides, taken alike, share their
 * rounding, and the point in between has its own. That is no corner. */
static void rounding_on_both_sides_is_no_corner(void **state)
{
    (void)state;
    struct proving p;
    proving_new(&p, "{a: [[420, 210, 140, 105], [210, 140, 105, 84], [140, 105, 84, 70], [105, 84, 70, 60]]}",
                "  - y = det(a)", "", FLOAT64, 256, 0);
    for (size_t i = 0; i < 16; i++) {
        struct difference d = proving_difference(&p, i, 64);
        if (d.side != SIDE_SMOOTH)
            fail_msg("element %zu: side %d, not smooth", i, (int)d.side);
    }
    proving_free(&p);
}

static void edges_of_domains(void **state)
{
    (void)state;
    struct proving p;
    struct difference d = along(&p, "x ** 1.5", "0");
    assert_true(d.settles);
    assert_true(isinf(d.left_error));
    assert_true(m_to_double(d.right) <= d.right_error && d.right_error < 1e-9);
    proving_free(&p);
    d = along(&p, "sqrt(x)", "0");
    assert_false(d.settles);
    proving_free(&p);
}

static void exponents_of_scales(void **state)
{
    (void)state;
    const double tensor[] = {8, 0, 2, INFINITY, -4};
    assert_int_equal(scale_exponent(1, 9), 0);
    assert_int_equal(scale_exponent(-1.9, 9), 0);
    assert_int_equal(scale_exponent(0.25, 9), -2);
    assert_int_equal(scale_exponent(0, 9), 9);
    assert_int_equal(scale_exponent(INFINITY, 9), 9);
    assert_int_equal(typical_exponent(tensor, 5), 2);
    assert_int_equal(typical_exponent(tensor + 1, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_cover_the_error),
        cmocka_unit_test(linear_functions_are_exact),
        cmocka_unit_test(flat_functions_are_flat),
        cmocka_unit_test(sides_are_told_apart),
        cmocka_unit_test(rounding_on_both_sides_is_no_corner),
        cmocka_unit_test(edges_of_domains),
        cmocka_unit_test(exponents_of_scales),
    };
    return cmocka_run_group_tests_name("difference", tests, NULL, NULL);
}
