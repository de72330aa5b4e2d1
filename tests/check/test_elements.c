/* Differences of single elements: which are taken, and what they say. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "real/wide.h"
#include "support/proving.h"

static struct element_checks take(struct proving *p, long exhaustive)
{
    struct element_checks checks;
    struct element_choice choice = {exhaustive, GCK_CENTERED};
    assert_int_equal(elements_take(&checks, &p->proof, choice), GCK_OK);
    return checks;
}

static void line(struct proving *p, size_t count)
{
    char in[128];
    snprintf(in, sizeof in, "{x: {shape: [%zu], fill: uniform, low: 1, high: 2, seed: 3}}", count);
    proving_new(p, in, "  - q = x * x\n  - y = sum(q)", "", FLOAT64, 128, 1);
}

static void all_or_as_many_as_asked_for(void **state)
{
    (void)state;
    struct proving p;
    line(&p, 199);
    const long asked[] = {0, 1, 7, 100, 198, 199, 500, GCK_ALL, GCK_AUTO};
    const size_t got[] = {0, 1, 7, 100, 198, 199, 199, 199, 199};
    for (int k = 0; k < 9; k++) {
        struct element_checks checks = take(&p, asked[k]);
        const struct element_list *list = &checks.parameters[0];
        assert_int_equal(list->count, got[k]);
        for (size_t i = 0; i < list->count; i++) {
            const struct element_check *c = &list->items[i];
            assert_true(c->index < 199 && (i == 0 || c->index > list->items[i - 1].index));
            assert_true(c->resolved && c->agrees && c->side == SIDE_SMOOTH);
            assert_ptr_equal(elements_find(&checks, 0, c->index), c);
        }
        elements_free(&checks);
    }
    proving_free(&p);
}

/* A sample reaches from the first elements to the last, whatever the numbers. */
static void samples_are_spread(void **state)
{
    (void)state;
    const size_t counts[] = {199, 100, 101, 150};
    for (int k = 0; k < 4; k++) {
        struct proving p;
        line(&p, counts[k]);
        struct element_checks checks = take(&p, 100);
        const struct element_list *list = &checks.parameters[0];
        assert_int_equal(list->count, 100);
        assert_true(list->items[0].index <= 1);
        assert_true(list->items[99].index >= counts[k] - 2);
        for (size_t i = 1; i < 100; i++)
            assert_true(list->items[i].index - list->items[i - 1].index <= 4);
        elements_free(&checks);
        proving_free(&p);
    }
}

static void corners_are_sampled_first(void **state)
{
    (void)state;
    struct proving p;
    proving_new(
        &p,
        "{x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 0, 22, 23, 24, 0, 26]}",
        "  - r = relu(x)\n  - y = sum(r)", "", FLOAT64, 128, 0);
    struct element_checks checks = take(&p, 5);
    assert_non_null(elements_find(&checks, 0, 20));
    assert_non_null(elements_find(&checks, 0, 24));
    assert_int_equal(elements_find(&checks, 0, 20)->side, SIDE_KINK);
    assert_in_range(checks.parameters[0].count, 4, 5);
    elements_free(&checks);
    proving_free(&p);
}

static void equal_seeds_choose_equally(void **state)
{
    (void)state;
    struct proving p;
    line(&p, 1000);
    struct element_checks a = take(&p, 20), b = take(&p, 20);
    p.proof.seed = 2;
    struct element_checks c = take(&p, 20);
    size_t differ = 0;
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(a.parameters[0].items[i].index, b.parameters[0].items[i].index);
        differ += a.parameters[0].items[i].index != c.parameters[0].items[i].index;
    }
    assert_true(differ > 10);
    elements_free(&a);
    elements_free(&b);
    elements_free(&c);
    proving_free(&p);
}

/* A step of the tensor's size would leave the domain of sqrt(1e-20); one of 1 would cross abs' corner. */
static void steps_suit_the_element(void **state)
{
    (void)state;
    struct proving p;
    proving_new(&p, "{x: [1e-20, 1, 1e15], w: [1, 1, 1]}", "  - r = sqrt(x)\n  - s = r * w\n  - y = sum(s)",
                "wrt: [x]", FLOAT64, 256, 2);
    struct element_checks checks = take(&p, GCK_ALL);
    for (size_t i = 0; i < 3; i++) {
        const struct element_check *c = &checks.parameters[0].items[i];
        double x = p.binding.values[p.file->graph.wrt[0]][i], exact = 0.5 / sqrt(x);
        assert_true(c->side == SIDE_SMOOTH && c->resolved && c->agrees);
        assert_true(fabs(m_to_double(c->numeric) - exact) <= 1e-15 * exact);
        assert_true(c->error < 1e-30 * exact);
    }
    elements_free(&checks);
    proving_free(&p);
}

/* Ripples look like corners to the coarse steps of 64 bits. */
static void ripples_are_no_corners(void **state)
{
    (void)state;
    static const char *const rows[] = {"  - y = x + 1e-10 * sin(1000000 * x)", "  - y = sin(100000000 * x)"};
    for (int k = 0; k < 2; k++) {
        struct proving p;
        proving_new(&p, "{x: 0.7}", rows[k], "", FLOAT64, 64, 4);
        struct element_checks checks = take(&p, GCK_ALL);
        const struct element_check *c = &checks.parameters[0].items[0];
        assert_int_equal(c->side, SIDE_SMOOTH);
        assert_true(c->resolved && c->agrees);
        elements_free(&checks);
        proving_free(&p);
    }
    struct proving p; /* a corner without a tie stays one */
    proving_new(&p, "{x: 0}", "  - s = x * x\n  - y = sqrt(s + 0 * x)", "", FLOAT64, 64, 4);
    struct element_checks checks = take(&p, GCK_ALL);
    assert_int_equal(checks.parameters[0].items[0].side, SIDE_KINK);
    elements_free(&checks);
    proving_free(&p);
}

static void one_more_element(void **state)
{
    (void)state;
    struct proving p;
    line(&p, 50);
    struct element_checks checks = take(&p, 0);
    struct element_check one;
    assert_null(elements_find(&checks, 0, 31));
    assert_int_equal(element_take(&one, &checks, &p.proof, 0, 31, GCK_CENTERED), GCK_OK);
    double x = p.binding.values[p.file->graph.wrt[0]][31];
    assert_int_equal(one.index, 31);
    assert_true(one.resolved && one.agrees);
    assert_true(fabs(m_to_double(one.numeric) - 2 * x) <= 1e-15 * x);
    assert_true(fabs(one.classic - 2 * x) <= 1e-8 * x);
    elements_free(&checks);
    proving_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_or_as_many_as_asked_for),
        cmocka_unit_test(samples_are_spread),
        cmocka_unit_test(corners_are_sampled_first),
        cmocka_unit_test(equal_seeds_choose_equally),
        cmocka_unit_test(steps_suit_the_element),
        cmocka_unit_test(ripples_are_no_corners),
        cmocka_unit_test(one_more_element),
    };
    return cmocka_run_group_tests_name("elements", tests, NULL, NULL);
}
