/* builtin:reordered computes other numbers than the built-in engine, and right ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine/builtin.h"
#include "engine/otherwise.h"
#include "support/recipes.h"

enum { CALLS = 40 };

struct sums {
    size_t same, other;
};

/* Compares every gradient with the true one, within `slack` of 1 and of the largest of the tensor, and with
 * that of double. */
static void compare(struct sums *sums, struct build *build, double slack)
{
    struct build_result truth = build_mpfr(build, 256), ours = build_double(build);
    struct graph graph;
    struct binding binding;
    r_evaluation *e;
    r_context context = {.dtype = FLOAT64};
    assert_int_equal(otherwise_graph(&graph, &build->arena, &build->graph), GCK_OK);
    assert_int_equal(binding_new(&binding, &build->arena, &graph, FLOAT64, &build->errors), GCK_OK);
    assert_int_equal(r_evaluation_new(&e, &graph, &context), GCK_OK);
    r_evaluation_bind(e, &binding);
    r_evaluation_forward(e);
    assert_int_equal(r_evaluation_backward(e, NULL), GCK_OK);
    for (size_t i = 0; i < graph.count; i++) {
        const r_element *g = r_evaluation_gradient(e, i);
        size_t n = g ? shape_count(&graph.nodes[i].shape) : 0;
        double largest = 1;
        for (size_t k = 0; k < n; k++)
            largest = fmax(largest, fabs(truth.gradient[i][k]));
        for (size_t k = 0; k < n; k++) {
            double a = r_to_double(g + k);
            if (!(fabs(a - truth.gradient[i][k]) <= slack * largest))
                fail_msg("%s: gradient %zu of node %zu is %.17g, not %.17g", graph.nodes[graph.output].op->name,
                         k, i, a, truth.gradient[i][k]);
            a == ours.gradient[i][k] ? sums->same++ : sums->other++;
        }
    }
    r_evaluation_free(e);
}

static struct sums compare_calls(const char *op)
{
    struct sums sums = {0};
    for (uint64_t seed = 1; seed <= CALLS; seed++) {
        struct build build;
        build_start(&build, seed);
        struct drawn drawn = recipe_draw_call(&build, recipe_named(op));
        recipe_apply(&build, &drawn);
        compare(&sums, &build, 1e-12);
        build_free(&build);
    }
    return sums;
}

static void test_every_op(void **state)
{
    (void)state;
    struct sums all = {0};
    for (size_t i = 0; i < op_count; i++) {
        struct sums sums = compare_calls(op_table[i].name);
        all.same += sums.same;
        all.other += sums.other;
    }
    assert_true(10 * all.other > all.same); /* many ops are exact */
}

static void test_other_formulas(void **state)
{
    (void)state;
    static const char *const ops[] = {"sigmoid", "tanh", "softmax", "matmul", "div", "layer_norm"};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (compare_calls(ops[i]).other == 0)
            fail_msg("%s gives what double gives", ops[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_op),
        cmocka_unit_test(test_other_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
