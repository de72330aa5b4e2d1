/* Shape rules that several ops share: what they accept, and every word of what they say otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

static void assert_shape(const char *op, const char *shapes, const char *attributes, const char *expected)
{
    struct build build;
    char text[SHAPE_TEXT];
    build_start(&build, 1);
    long node = build_op(&build, op, shapes, attributes, 1, 2);
    if (node == NO_NODE)
        fail_msg("%s(%s) was refused: %s", op, shapes, build_error(&build));
    assert_string_equal(shape_text(text, &build.graph.nodes[node].shape), expected);
    build_free(&build);
}

static void test_broadcasting(void **state)
{
    (void)state;
    assert_shape("add", "[] []", "", "[]");
    assert_shape("add", "[2, 3] [3]", "", "[2, 3]");
    assert_shape("mul", "[2, 1] [3]", "", "[2, 3]");
    assert_shape("sub", "[4, 1, 3] [2, 1]", "", "[4, 2, 3]");
    assert_shape("div", "[0] [1]", "", "[0]");
    assert_shape("pow", "[1, 1, 1, 1, 1, 1, 1, 2] [2]", "", "[1, 1, 1, 1, 1, 1, 1, 2]");
    build_assert_refused(
        "max", "[2, 3] [2]", "",
        "max: the shapes [2, 3] of x0 and [2] of x1 do not broadcast (aligned at the last axis, "
        "sizes must be equal or 1)");
    build_assert_refused("add", "[0] [2]", "",
                         "add: the shapes [0] of x0 and [2] of x1 do not broadcast (aligned at the last axis, "
                         "sizes must be equal or 1)");
}

static void test_one_shape(void **state)
{
    (void)state;
    assert_shape("add_n", "[2, 3] [2, 3] [2, 3]", "", "[2, 3]");
    assert_shape("neg", "[2, 0, 3]", "", "[2, 0, 3]");
    build_assert_refused("add_n", "[2, 3] [2, 3] [3]", "",
                         "add_n: all arguments must have one shape, but x0 is [2, 3] and x2 is [3]");
}

static void test_axes(void **state)
{
    (void)state;
    assert_shape("sum", "[2, 3, 4]", "axes=[0, -1]", "[3]");
    assert_shape("sum", "[2, 3, 4]", "axes=1", "[2, 4]");
    assert_shape("sum", "[2, 3, 4]", "axes=[]", "[2, 3, 4]");
    assert_shape("sum", "[2, 3, 4]", "", "[]");
    build_assert_refused("sum", "[2, 3]", "axes=[0, -2]", "sum: axes names axis 0 twice");
    build_assert_refused("sum", "[2, 3]", "axes=[2]",
                         "sum: axes = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("sum", "[2, 3]", "axes=[-3]",
                         "sum: axes = -3 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("sum", "[]", "axes=[0]", "sum: axes = 0, but x0 is a scalar and has no axes");
}

static void test_one_axis(void **state)
{
    (void)state;
    assert_shape("softmax", "[2, 3]", "axis=-2", "[2, 3]");
    assert_shape("logsumexp", "[2, 3]", "axis=0", "[3]");
    build_assert_refused("softmax", "[2, 3]", "axis=-3",
                         "softmax: axis = -3 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
}

static void test_arity_and_attributes(void **state)
{
    (void)state;
    build_assert_refused("add", "[2]", "", "add takes 2 arguments (a b), not 1");
    build_assert_refused("relu", "[2]", "slope=1", "relu has no attribute slope; it has none");
    build_assert_refused("leaky_relu", "[2]", "slop=1",
                         "leaky_relu has no attribute slop: did you mean slope?");
    build_assert_refused("leaky_relu", "[2]", "slope=steep",
                         "leaky_relu: slope = steep; it must be a finite number");
    build_assert_refused("max", "[2] [2]", "ties=third",
                         "max: ties = third; it must be one of half, first, second");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broadcasting),
        cmocka_unit_test(test_one_shape),
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_one_axis),
        cmocka_unit_test(test_arity_and_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
