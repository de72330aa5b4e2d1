/* Building graphs: what is refused, in which words; names; dependence. */
#include "graph/graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

static void inputs_and_names(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    size_t first = build_input(&build, build_shape("[2]"), -1, 1);
    size_t second = build_input(&build, build_shape("[]"), -1, 1);
    long y = build_apply(&build, "neg", "", &first, 1);
    assert_int_equal(graph_find(&build.graph, "x0"), first);
    assert_int_equal(graph_find(&build.graph, "x1"), second);
    assert_int_equal(graph_find(&build.graph, "x"), NO_NODE);
    assert_true(build.graph.nodes[y].inner && !build.graph.nodes[first].inner);
    assert_null(build.graph.nodes[y].name);
    assert_int_equal(graph_apply(&build.graph, "x0", op_named("neg"), &second, 1, NULL, 0, &build.errors), 3);
    assert_int_equal(graph_find(&build.graph, "x0"), 3); /* the latest of that name */
    build_free(&build);
}

static void nodes_outlive_growth(void **state)
{
    (void)state;
    struct build build;
    char name[16];
    struct shape scalar = {0};
    build_start(&build, 1);
    size_t last = build_input(&build, scalar, -1, 1);
    for (int i = 1; i < 200; i++) {
        snprintf(name, sizeof name, "n%d", i);
        long node = graph_apply(&build.graph, arena_text(&build.arena, name, strlen(name)), op_named("add"),
                                (size_t[]){last, 0}, 2, NULL, 0, &build.errors);
        assert_int_equal(node, i);
        last = (size_t)node;
    }
    for (size_t i = 1; i < 200; i++) {
        snprintf(name, sizeof name, "n%zu", i);
        assert_int_equal(graph_find(&build.graph, name), i);
        assert_int_equal(build.graph.nodes[i].inputs[0], i - 1);
        assert_int_equal(build.graph.nodes[i].inputs[1], 0);
    }
    build_free(&build);
}

static void refused_arity_and_attributes(void **state)
{
    (void)state;
    build_assert_refused("neg", "[2] [2]", "", "neg takes 1 argument (x), not 2");
    build_assert_refused("add", "[2]", "", "add takes 2 arguments (a b), not 1");
    build_assert_refused("affine", "[2]", "", "affine takes 2 to 3 arguments (x W b), not 1");
    build_assert_refused("concat", "", "", "concat takes at least 1 argument (x...), not 0");
    build_assert_refused("sum", "[2]", "axis=0", "sum has no attribute axis: did you mean axes?");
    build_assert_refused("sum", "[2]", "reduction=mean",
                         "sum has no attribute reduction; it has: axes, keepdims");
    build_assert_refused("neg", "[2]", "axes=0", "neg has no attribute axes; it has none");
    build_assert_refused("sum", "[2]", "axes=0; axes=0", "sum: attribute axes is given twice");
    build_assert_refused("sum", "[2]", "axes=[0",
                         "sum: axes = [0; it must be a list of integers such as [0, 1]");
    build_assert_refused("sum", "[2]", "axes=0.5",
                         "sum: axes = 0.5; it must be a list of integers such as [0, 1]");
    build_assert_refused("sum", "[2]", "axes=99999999999999999999",
                         "sum: axes = 99999999999999999999; it must be a list of integers such as [0, 1]");
    build_assert_refused("concat", "[2]", "axis=one", "concat: axis = one; it must be an integer");
    build_assert_refused("rotary_embedding", "[2, 2]", "offset=9223372036854775807",
                         "rotary_embedding: offset = 9223372036854775807; it must be an integer below 2^31");
}

static void every_error_is_reported(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    assert_int_equal(build_op(&build, "sum", "[2] [3]", "axes=x; keepdims=1; size=2", -1, 1), NO_NODE);
    assert_int_equal(build.errors.count, 4);
    assert_int_equal(build.graph.count, 2); /* the inputs alone */
    build_free(&build);
}

static void refused_kinds(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    size_t labels = build_integers(&build, build_shape("[2]"), 3);
    assert_int_equal(build_apply(&build, "neg", "", &labels, 1), NO_NODE);
    assert_string_equal(build_error(&build),
                        "neg: argument 1, x0, holds integers; numbers of a float dtype are needed");
    build_free(&build);
}

static void refused_sizes(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    struct shape huge = {2, {(size_t)1 << 40, (size_t)1 << 40}};
    assert_int_equal(graph_input(&build.graph, "x", KIND_FLOAT, &huge, (struct values){0}, &build.errors),
                     NO_NODE);
    assert_string_equal(build_error(&build), "x would have shape [1099511627776, 1099511627776]: more than "
                                             "2097152 elements in the whole graph");
    build_free(&build);
    /* an outer product of two vectors that fit */
    build_start(&build, 1);
    size_t column = build_input(&build, build_shape("[10000, 1]"), -1, 1);
    size_t row = build_input(&build, build_shape("[10000]"), -1, 1);
    assert_int_equal(build_apply(&build, "mul", "", (size_t[]){column, row}, 2), NO_NODE);
    assert_string_equal(
        build_error(&build),
        "mul: the result would have shape [10000, 10000]: more than 2097152 elements in the whole graph");
    assert_int_equal(build.errors.first->status, GCK_BAD_CASE);
    build_free(&build);
}

static void errors_carry_their_place(void **state)
{
    (void)state;
    struct build build;
    struct attribute_text keep = {.name = "keep", .value = "1", .place = {"case.yaml", 7, 9}};
    build_start(&build, 1);
    size_t x = build_input(&build, build_shape("[2]"), -1, 1);
    build.errors.here = (struct place){"case.yaml", 3, 5};
    assert_int_equal(graph_apply(&build.graph, "y", op_named("sum"), &x, 1, &keep, 1, &build.errors), NO_NODE);
    assert_int_equal(build.errors.first->place.line, 7);
    assert_int_equal(build.errors.here.line, 3);
    assert_int_equal(graph_apply(&build.graph, "y", op_named("add"), &x, 1, NULL, 0, &build.errors), NO_NODE);
    assert_int_equal(build.errors.last->place.line, 3);
    long y = graph_apply(&build.graph, "y", op_named("neg"), &x, 1, NULL, 0, &build.errors);
    assert_int_equal(build.graph.nodes[y].place.column, 5);
    build_free(&build);
}

/* a -> c = a + b -> d = c c, e = neg b */
static void dependence(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    size_t a = build_input(&build, build_shape("[2]"), -1, 1),
           b = build_input(&build, build_shape("[2]"), -1, 1);
    size_t c = (size_t)build_apply(&build, "add", "", (size_t[]){a, b}, 2);
    size_t d = (size_t)build_apply(&build, "mul", "", (size_t[]){c, c}, 2);
    size_t e = (size_t)build_apply(&build, "neg", "", &b, 1);
    static const bool expected[5][5] = {
        [0] = {true, false, true, true, false},   [1] = {false, true, true, true, true},
        [2] = {false, false, true, true, false},  [3] = {false, false, false, true, false},
        [4] = {false, false, false, false, true},
    };
    assert_true(a == 0 && b == 1 && c == 2 && d == 3 && e == 4);
    for (int i = 0; i < 5; i++) {
        bool from[5] = {false}, depends[5];
        from[i] = true;
        graph_depends(depends, &build.graph, from);
        assert_memory_equal(depends, expected[i], sizeof depends);
        graph_depends(from, &build.graph, from); /* in place */
        assert_memory_equal(from, expected[i], sizeof from);
    }
    build_free(&build);
}

/* Products and the elements touched, of the marked nodes alone. */
static void work(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    size_t x = build_input(&build, build_shape("[2, 3]"), -1, 1),
           w = build_input(&build, build_shape("[3, 4]"), -1, 1);
    size_t y = (size_t)build_apply(&build, "matmul", "", (size_t[]){x, w}, 2);
    assert_int_not_equal(build_apply(&build, "sum", "", &y, 1), NO_NODE);
    assert_true(graph_work(&build.graph, (bool[]){true, true, true, true}) == 8 * 3 + 8 + 8);
    assert_true(graph_work(&build.graph, (bool[]){true, true, false, true}) == 8);
    assert_true(graph_work(&build.graph, (bool[]){true, true, false, false}) == 0);
    build_free(&build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_and_names),
        cmocka_unit_test(nodes_outlive_growth),
        cmocka_unit_test(every_error_is_reported),
        cmocka_unit_test(refused_arity_and_attributes),
        cmocka_unit_test(refused_kinds),
        cmocka_unit_test(refused_sizes),
        cmocka_unit_test(dependence),
        cmocka_unit_test(work),
        cmocka_unit_test(errors_carry_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
