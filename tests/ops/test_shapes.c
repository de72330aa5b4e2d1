/* Ops that move elements: where each element of y comes from, by multi-indices of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/moving.h"

enum { ROUNDS = 200, ROOM = MOVING_ROOM };

static void repeats_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[128];
        size_t source[ROOM], n = 0, at[MOST_RANK], times[8];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 3, 5), y;
        x.dim[x.rank++] = 1 + random_below(&build.random, 4);
        int axis = (int)random_below(&build.random, (uint64_t)x.rank);
        size_t used = (size_t)snprintf(attributes, sizeof attributes, "axis=%d; repeats=[",
                                       seed % 2 ? axis : axis - x.rank);
        size_t listed = seed % 3 ? 1 : x.dim[axis], total = 0;
        for (size_t i = 0; i < x.dim[axis]; i++) {
            times[i] = i < listed ? random_below(&build.random, 4) : times[0];
            total += times[i];
            if (i < listed)
                used += (size_t)snprintf(attributes + used, sizeof attributes - used, i ? ", %zu" : "%zu",
                                         times[i]);
        }
        if (listed == 1 && x.dim[axis] == 0)
            used += (size_t)snprintf(attributes + used, sizeof attributes - used, "3");
        snprintf(attributes + used, sizeof attributes - used, "]");
        size_t input = build_input(&build, x, -1, 1);
        long node = build_apply(&build, "repeat", attributes, &input, 1);
        if (node == NO_NODE)
            fail_msg("%s: %s", attributes, build_error(&build));
        y = x;
        y.dim[axis] = total;
        assert_true(shape_equal(&build.graph.nodes[node].shape, &y));
        for (; n < shape_count(&y); n++) { /* find whose copy index at[axis] is */
            coordinates_of(at, &y, n);
            size_t own = 0, copies = times[0];
            for (; copies <= at[axis]; copies += times[own])
                own++;
            at[axis] = own;
            source[n] = index_of(at, &x);
        }
        assert_moved(&build, input, source);
        build_free(&build);
    }
}

static void repeat_without_an_axis(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    assert_shape(&build, build_op(&build, "repeat", "[]", "repeats=3", -1, 1), "[3]");
    assert_moved(&build, 0, (size_t[]){0, 0, 0});
    build_free(&build);
    build_start(&build, 1);
    assert_shape(&build, build_op(&build, "repeat", "[2]", "repeats=[2, 1]", -1, 1), "[3]");
    assert_moved(&build, 0, (size_t[]){0, 0, 1});
    build_free(&build);
    assert_shape_made("repeat", "[2]", "repeats=0", "[0]");
}

/* The teaching pair: repeat forward is sum backward, and the other way round. */
static void repeat_and_sum_are_transposes(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    build_op(&build, "repeat", "[1, 8]", "repeats=7; axis=0", -1, 1);
    struct build_result repeat = build_double(&build);
    size_t seed = build_numbers(&build, build_shape("[7, 8]"), repeat.seed);
    build_apply(&build, "sum", "axes=0; keepdims=true", &seed, 1);
    build.graph.seed = (struct values){.doubles = repeat.value[0]};
    struct build_result sum = build_double(&build);
    assert_memory_equal(sum.y, repeat.gradient[0], 8 * sizeof *sum.y);
    assert_memory_equal(sum.gradient[seed], repeat.y, 56 * sizeof *sum.y);
    build_free(&build);
}

static void expansions_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[128];
        size_t source[ROOM], at[MOST_RANK];
        build_start(&build, seed);
        struct shape y = build_random_shape(&build.random, 4, 5), x = {0};
        int missing = (int)random_below(&build.random, (uint64_t)y.rank + 1);
        size_t used = (size_t)snprintf(attributes, sizeof attributes, "shape=[");
        for (int i = 0; i < y.rank; i++) {
            bool kept = random_below(&build.random, 2);
            if (i >= missing)
                x.dim[x.rank++] = kept ? y.dim[i] : 1;
            long shown = i >= missing && kept && random_below(&build.random, 2) ? -1 : (long)y.dim[i];
            used += (size_t)snprintf(attributes + used, sizeof attributes - used, i ? ", %ld" : "%ld", shown);
        }
        snprintf(attributes + used, sizeof attributes - used, "]");
        size_t input = build_input(&build, x, -1, 1);
        long node = build_apply(&build, "expand", attributes, &input, 1);
        assert_true(node != NO_NODE && shape_equal(&build.graph.nodes[node].shape, &y));
        for (size_t i = 0; i < shape_count(&y); i++) {
            coordinates_of(at, &y, i);
            for (int axis = 0; axis < x.rank; axis++)
                at[axis] = x.dim[axis] == 1 ? 0 : at[axis + missing];
            source[i] = index_of(at, &x);
        }
        assert_moved(&build, input, source);
        build_free(&build);
    }
}

static void reshapes(void **state)
{
    (void)state;
    size_t same[24];
    for (size_t i = 0; i < 24; i++)
        same[i] = i;
    static const char *const shapes[] = {"[24]", "[4, 6]", "[2, 1, 12, 1]"};
    for (int i = 0; i < 3; i++) {
        struct build build;
        char attribute[64];
        snprintf(attribute, sizeof attribute, "shape=%s", shapes[i]);
        build_start(&build, 1);
        assert_shape(&build, build_op(&build, "reshape", "[2, 3, 4]", attribute, -1, 1), shapes[i]);
        assert_moved(&build, 0, same);
        build_free(&build);
    }
    assert_shape_made("reshape", "[2, 3, 4]", "shape=-1", "[24]");
    assert_shape_made("reshape", "[2, 3, 4]", "shape=[4, -1, 2]", "[4, 3, 2]");
    assert_shape_made("reshape", "[1]", "shape=[]", "[]");
    assert_shape_made("reshape", "[]", "shape=[1, -1]", "[1, 1]");
    assert_shape_made("reshape", "[0, 3]", "shape=[5, 0]", "[5, 0]");
    assert_shape_made("reshape", "[0, 3]", "shape=[5, -1]", "[5, 0]");
}

static void transposes_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[64] = "";
        size_t source[ROOM], at[MOST_RANK], from[MOST_RANK], used = 0;
        int axes[MOST_RANK];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 4, 5), y = {.rank = x.rank};
        for (int i = 0; i < x.rank; i++)
            axes[i] = x.rank - 1 - i;
        for (int i = x.rank; seed % 4 && i-- > 1;) {
            int k = (int)random_below(&build.random, (uint64_t)i + 1), kept = axes[i];
            axes[i] = axes[k];
            axes[k] = kept;
        }
        for (int i = 0; seed % 4 && i < x.rank; i++)
            used += (size_t)snprintf(attributes + used, sizeof attributes - used, i ? ", %d" : "axes=[%d",
                                     random_below(&build.random, 2) ? axes[i] : axes[i] - x.rank);
        if (used)
            snprintf(attributes + used, sizeof attributes - used, "]");
        for (int i = 0; i < x.rank; i++)
            y.dim[i] = x.dim[axes[i]];
        size_t input = build_input(&build, x, -1, 1);
        long node = build_apply(&build, "transpose", attributes, &input, 1);
        assert_true(node != NO_NODE && shape_equal(&build.graph.nodes[node].shape, &y));
        for (size_t i = 0; i < shape_count(&y); i++) {
            coordinates_of(at, &y, i);
            for (int axis = 0; axis < x.rank; axis++)
                from[axes[axis]] = at[axis];
            source[i] = index_of(from, &x);
        }
        assert_moved(&build, input, source);
        build_free(&build);
    }
}

static const struct {
    size_t length;
    const char *attributes, *taken;
} python_slices[] = {
    /* list(range(length))[start:stop:step] as Python 3 answers */
    {0, "starts=2; stops=-1; steps=-3", ""},
    {0, "starts=0; steps=1", ""},
    {0, "starts=-1000000000000000000; steps=1", ""},
    {0, "starts=-1; stops=1; steps=-3", ""},
    {0, "starts=2; stops=-2; steps=-1000000000000000000", ""},
    {1, "starts=3; stops=-1000000000000000000; steps=-3", "0"},
    {1, "starts=1; stops=3; steps=1000000000000000000", ""},
    {1, "starts=1000000000000000000; stops=0; steps=-1000000000000000000", ""},
    {1, "starts=0; stops=1000000000000000000; steps=1", "0"},
    {1, "starts=-3; stops=-1000000000000000000; steps=-3", ""},
    {1, "starts=-2; stops=1; steps=2", "0"},
    {1, "starts=-3; stops=-1000000000000000000; steps=-2", ""},
    {1, "starts=-3; stops=0; steps=1000000000000000000", ""},
    {2, "starts=-1000000000000000000; stops=4; steps=1000000000000000000", "0"},
    {2, "starts=2; stops=0; steps=2", ""},
    {2, "stops=-2; steps=-1", "1"},
    {2, "starts=-3; stops=1000000000000000000; steps=3", "0"},
    {2, "starts=1; stops=3; steps=-1", ""},
    {3, "starts=-1; stops=4; steps=-3", ""},
    {3, "starts=4; stops=-3", ""},
    {3, "starts=1; stops=1000000000000000000; steps=2", "1"},
    {3, "starts=-4; stops=0; steps=-1000000000000000000", ""},
    {3, "starts=3; stops=4", ""},
    {3, "starts=0; stops=-5; steps=1000000000000000000", ""},
    {4, "starts=-1000000000000000000; stops=-2; steps=1", "01"},
    {4, "stops=-3; steps=-1000000000000000000", "3"},
    {4, "starts=-4; stops=4", "0123"},
    {4, "starts=4; stops=1000000000000000000; steps=1", ""},
    {4, "starts=-4; stops=1000000000000000000; steps=1000000000000000000", "0"},
    {4, "starts=-5; stops=-3; steps=1", "0"},
    {4, "starts=-2; steps=3", "2"},
    {4, "starts=4; stops=-3; steps=-1000000000000000000", "3"},
};

static void slices_of_a_vector(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof python_slices / sizeof *python_slices; i++) {
        struct build build;
        size_t source[8], n = strlen(python_slices[i].taken);
        build_start(&build, i);
        size_t x = build_input(&build, (struct shape){1, {python_slices[i].length}}, -1, 1);
        long y = build_apply(&build, "slice", python_slices[i].attributes, &x, 1);
        assert_int_not_equal(y, NO_NODE);
        if (build.graph.nodes[y].shape.dim[0] != n)
            fail_msg("%s of %zu elements: %zu", python_slices[i].attributes, python_slices[i].length,
                     build.graph.nodes[y].shape.dim[0]);
        for (size_t k = 0; k < n; k++)
            source[k] = (size_t)(python_slices[i].taken[k] - '0');
        assert_moved(&build, x, source);
        build_free(&build);
    }
}

static void slices_of_several_axes(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    assert_shape(&build,
                 build_op(&build, "slice", "[3, 2, 4]",
                          "starts=[3, -9]; stops=[0, -1]; steps=[-2, 2]; axes=[-1, 0]", -1, 1),
                 "[1, 2, 2]");
    assert_moved(&build, 0, (size_t[]){3, 1, 7, 5});
    build_free(&build);
    build_start(&build, 1);
    assert_shape(&build, build_op(&build, "slice", "[2, 2]", "steps=[-1, -1]", -1, 1), "[2, 2]");
    assert_moved(&build, 0, (size_t[]){3, 2, 1, 0});
    build_free(&build);
    assert_shape_made("slice", "[3, 4]", "stops=1", "[1, 4]");
    assert_shape_made("slice", "[3, 4]", "stops=-4; axes=1", "[3, 0]");
    assert_shape_made("slice", "[3, 4]", "starts=[]", "[3, 4]");
}

static void concats_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32];
        size_t inputs[4], arity = 1 + seed % 4, at[MOST_RANK], done = 0;
        build_start(&build, seed);
        struct shape shape = build_random_shape(&build.random, 3, 4), y;
        shape.dim[shape.rank++] = 1 + random_below(&build.random, 3);
        int axis = (int)random_below(&build.random, (uint64_t)shape.rank);
        y = shape;
        y.dim[axis] = 0;
        for (size_t i = 0; i < arity; i++) {
            shape.dim[axis] = random_below(&build.random, 4);
            inputs[i] = i == 3 ? inputs[0] : build_input(&build, shape, -1, 1); /* the first one twice */
            y.dim[axis] += build.graph.nodes[inputs[i]].shape.dim[axis];
        }
        snprintf(attribute, sizeof attribute, "axis=%d", seed % 2 ? axis : axis - shape.rank);
        long node = build_apply(&build, "concat", axis == 0 && seed % 3 ? "" : attribute, inputs, arity);
        assert_true(node != NO_NODE && shape_equal(&build.graph.nodes[node].shape, &y));
        struct build_result r = build_double(&build);
        double dx[4][ROOM / 8] = {{0}};
        for (size_t i = 0; i < arity; i++) {
            const struct shape *x = &build.graph.nodes[inputs[i]].shape;
            for (size_t k = 0; k < shape_count(x); k++) {
                coordinates_of(at, x, k);
                at[axis] += done;
                assert_true(build_same(r.y[index_of(at, &y)], r.value[inputs[i]][k]));
                dx[i == 3 ? 0 : i][k] += r.seed[index_of(at, &y)];
            }
            done += x->dim[axis];
        }
        for (size_t i = 0; i < arity && i < 3; i++)
            for (size_t k = 0; k < shape_count(&build.graph.nodes[inputs[i]].shape); k++)
                assert_true(build_same(r.gradient[inputs[i]][k], dx[i][k]));
        build_assert_scalars_agree(&build);
        build_assert_accumulates(&build);
        build_free(&build);
    }
}

static void refusals_of_copies(void **state)
{
    (void)state;
    build_assert_refused("repeat", "[2, 3]", "repeats=2",
                         "repeat: x0 has shape [2, 3]; say along which axis to repeat (to flatten it first, as "
                         "NumPy does without an axis, use reshape)");
    build_assert_refused("repeat", "[2, 3]", "repeats=2; axis=2",
                         "repeat: axis = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("repeat", "[]", "repeats=2; axis=0",
                         "repeat: axis = 0, but x0 is a scalar and has no axes");
    build_assert_refused("repeat", "[2]", "repeats=-1", "repeat: repeats = -1; it must be 0 or more");
    build_assert_refused(
        "repeat", "[2]", "repeats=[1, 2, 3]",
        "repeat: repeats lists 3 numbers, but axis 0 of x0 has size 2; give one number, or one for "
        "each");
    build_assert_refused("repeat", "[2]", "repeats=9223372036854775807",
                         "repeat: the result would have shape [18446744073709551614]: more than 2097152 "
                         "elements in the whole graph");
    build_assert_refused("repeat", "[3]", "repeats=9223372036854775807",
                         "repeat: the result would have shape [18446744073709551615]: more than 2097152 "
                         "elements in the whole graph");
    build_assert_refused("repeat", "[2]", "",
                         "repeat needs the attribute repeats: number of copies: one for all, or one for each "
                         "element");
    build_assert_refused(
        "expand", "[2, 3]", "shape=[2, 4]",
        "expand: x0 with shape [2, 3] does not broadcast to [2, 4] (aligned at the last axis, sizes "
        "must be equal or 1 in x0)");
    build_assert_refused(
        "expand", "[2, 3]", "shape=3",
        "expand: x0 with shape [2, 3] does not broadcast to [3] (aligned at the last axis, sizes "
        "must be equal or 1 in x0)");
    build_assert_refused("expand", "[3]", "shape=[-1, 3]",
                         "expand: the size of axis 0 is -1 (as in x0), but x0 with shape [3] has no such axis");
    build_assert_refused("expand", "[3]", "shape=[-2]", "expand: shape holds -2; a size is 0 or more, or -1");
    build_assert_refused("expand", "[3]", "shape=[1, 1, 1, 1, 1, 1, 1, 1, 3]",
                         "expand: shape has 9 axes; at most 8 are possible");
    build_assert_refused("expand", "[]", "shape=[9223372036854775807]",
                         "expand: the result would have shape [9223372036854775807]: more than 2097152 "
                         "elements in the whole graph");
}

static void refusals_of_moves(void **state)
{
    (void)state;
    build_assert_refused("reshape", "[2, 3]", "shape=[4, -1]",
                         "reshape: the 6 elements of x0 with shape [2, 3] do not make the shape [4, -1]");
    build_assert_refused("reshape", "[2, 3]", "shape=[]",
                         "reshape: the 6 elements of x0 with shape [2, 3] do not make the shape []");
    build_assert_refused("reshape", "[2, 3]", "shape=[4294967296, 4294967296, 4294967296]",
                         "reshape: the 6 elements of x0 with shape [2, 3] do not make the shape [4294967296, "
                         "4294967296, 4294967296]");
    build_assert_refused("reshape", "[0, 3]", "shape=[0, -1]",
                         "reshape: the 0 elements of x0 with shape [0, 3] do not make the shape [0, -1]");
    build_assert_refused("reshape", "[6]", "shape=[-1, 2, -1]",
                         "reshape: shape = [-1, 2, -1]; only one size can be -1 (worked out)");
    build_assert_refused("reshape", "[6]", "shape=[-3, 2]",
                         "reshape: shape holds -3; a size is 0 or more, or -1");
    build_assert_refused(
        "transpose", "[2, 3]", "axes=[0]",
        "transpose: axes lists 1 of the 2 axes of x0 with shape [2, 3]; it must list each once");
    build_assert_refused("transpose", "[2, 3]", "axes=[0, -2]", "transpose: axes names axis 0 twice");
    build_assert_refused("transpose", "[2, 3]", "axes=[0, 2]",
                         "transpose: axes = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused(
        "concat", "[2, 3] [2, 4]", "",
        "concat: x0 has shape [2, 3] and x1 has shape [2, 4]; they may differ along axis 0 only");
    build_assert_refused(
        "concat", "[2, 3] [2, 3, 1]", "axis=1",
        "concat: x0 has shape [2, 3] and x1 has shape [2, 3, 1]; they may differ along axis 1 only");
    build_assert_refused("concat", "[] []", "", "concat: axis = 0, but x0 is a scalar and has no axes");
    build_assert_refused("concat", "[2]", "axis=1",
                         "concat: axis = 1 is outside -1 .. 0, the axes of x0 with shape [2]");
}

static void refusals_of_slices(void **state)
{
    (void)state;
    build_assert_refused("slice", "[2, 3]", "",
                         "slice needs starts, stops or steps: nothing says what to take");
    build_assert_refused("slice", "[2, 3]", "axes=0",
                         "slice needs starts, stops or steps: nothing says what to take");
    build_assert_refused("slice", "[2, 3]", "starts=[0, 1]; axes=0",
                         "slice: starts lists 2 numbers and axes lists 1; they must be equally many");
    build_assert_refused("slice", "[2, 3]", "stops=1; steps=[1, 1]",
                         "slice: stops lists 1 numbers and steps lists 2; they must be equally many");
    build_assert_refused("slice", "[2, 3]", "steps=[1, 0]",
                         "slice: steps = 0 would never end; give 1 or more, or -1 or less");
    build_assert_refused("slice", "[2, 3]", "starts=[0, 0, 0]",
                         "slice: 3 slices for the 2 axes of x0 with shape [2, 3]");
    build_assert_refused("slice", "[2, 3]", "starts=0; axes=2",
                         "slice: axes = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("slice", "[2, 3]", "starts=[0, 0]; axes=[1, -1]", "slice: axes names axis 1 twice");
    build_assert_refused("slice", "[]", "starts=0", "slice: 1 slices for the 0 axes of x0 with shape []");
    build_assert_refused("slice", "[2]", "starts=one",
                         "slice: starts = one; it must be a list of integers such as [0, 1]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_of_random_shapes),
        cmocka_unit_test(repeat_without_an_axis),
        cmocka_unit_test(repeat_and_sum_are_transposes),
        cmocka_unit_test(expansions_of_random_shapes),
        cmocka_unit_test(reshapes),
        cmocka_unit_test(transposes_of_random_shapes),
        cmocka_unit_test(slices_of_a_vector),
        cmocka_unit_test(slices_of_several_axes),
        cmocka_unit_test(concats_of_random_shapes),
        cmocka_unit_test(refusals_of_copies),
        cmocka_unit_test(refusals_of_moves),
        cmocka_unit_test(refusals_of_slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
