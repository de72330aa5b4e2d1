/* flatten, squeeze, unsqueeze, stack and split: shapes by hand, where elements go, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/moving.h"

enum { ROUNDS = 200, ROOM = MOVING_ROOM };

static const struct {
    const char *op, *x, *attributes, *y;
} made[] = {
    {"flatten", "[]", "", "[1]"},
    {"flatten", "[]", "start_axis=-1; end_axis=0", "[1]"},
    {"flatten", "[3]", "", "[3]"},
    {"flatten", "[2, 3, 4]", "", "[24]"},
    {"flatten", "[2, 3, 4]", "start_axis=1", "[2, 12]"},
    {"flatten", "[2, 3, 4]", "end_axis=1", "[6, 4]"},
    {"flatten", "[2, 3, 4]", "end_axis=0", "[2, 3, 4]"},
    {"flatten", "[2, 3, 1, 4]", "start_axis=-3; end_axis=-2", "[2, 3, 4]"},
    {"flatten", "[2, 0, 3]", "", "[0]"},
    {"squeeze", "[]", "", "[]"},
    {"squeeze", "[1, 3, 1]", "", "[3]"},
    {"squeeze", "[1, 1]", "", "[]"},
    {"squeeze", "[2, 3]", "", "[2, 3]"},
    {"squeeze", "[1, 3, 1]", "axes=0", "[3, 1]"},
    {"squeeze", "[1, 3, 1, 0]", "axes=[-2, 0]", "[3, 0]"},
    {"squeeze", "[1, 3]", "axes=[]", "[1, 3]"},
    {"unsqueeze", "[]", "axes=0", "[1]"},
    {"unsqueeze", "[]", "axes=[1, 0]", "[1, 1]"},
    {"unsqueeze", "[2, 3]", "axes=[-1, 0]", "[1, 2, 3, 1]"},
    {"unsqueeze", "[2, 3]", "axes=[1, 2]", "[2, 1, 1, 3]"},
    {"unsqueeze", "[2, 3]", "axes=-3", "[1, 2, 3]"},
    {"unsqueeze", "[2, 3]", "axes=[]", "[2, 3]"},
    {"split", "[5]", "sizes=[2, 3]; index=0", "[2]"},
    {"split", "[2, 5]", "sizes=[0, 4, 1]; index=1; axis=-1", "[2, 4]"},
    {"split", "[2, 5]", "sizes=[0, 4, 1]; index=0; axis=1", "[2, 0]"},
};

static void shapes_are_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        assert_shape_made(made[i].op, made[i].x, made[i].attributes, made[i].y);
}

/* Only the shape changes. */
static void elements_keep_their_order(void **state)
{
    (void)state;
    size_t same[ROOM];
    for (size_t i = 0; i < ROOM; i++)
        same[i] = i;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        struct build build;
        if (made[i].op[1] == 'p') /* a split */
            continue;
        build_start(&build, i);
        assert_int_not_equal(build_op(&build, made[i].op, made[i].x, made[i].attributes, -1, 1), NO_NODE);
        assert_moved(&build, 0, same);
        build_free(&build);
    }
}

static void splits_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[160];
        size_t source[ROOM], at[MOST_RANK], start = 0, taken = 0;
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 3, 4);
        x.dim[x.rank++] = 1 + random_below(&build.random, 4);
        int axis = (int)random_below(&build.random, (uint64_t)x.rank);
        size_t parts = 1 + random_below(&build.random, 4), index = random_below(&build.random, parts);
        size_t used =
            (size_t)sprintf(attributes, "index=%zu; axis=%d; sizes=[", index, seed % 2 ? axis : axis - x.rank);
        x.dim[axis] = 0;
        for (size_t i = 0; i < parts; i++) {
            size_t size = random_below(&build.random, 4);
            used += (size_t)sprintf(attributes + used, i ? ", %zu" : "%zu", size);
            if (i == index) {
                start = x.dim[axis];
                taken = size;
            }
            x.dim[axis] += size;
        }
        struct shape y = x;
        y.dim[axis] = taken;
        sprintf(attributes + used, "]");
        size_t input = build_input(&build, x, -1, 1);
        long node = build_apply(&build, "split", attributes, &input, 1);
        if (node == NO_NODE)
            fail_msg("%s: %s", attributes, build_error(&build));
        assert_true(shape_equal(&build.graph.nodes[node].shape, &y));
        for (size_t i = 0; i < shape_count(&y); i++) {
            coordinates_of(at, &y, i);
            at[axis] += start;
            source[i] = index_of(at, &x);
        }
        assert_moved(&build, input, source);
        build_free(&build);
    }
}

static void stacks_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32];
        size_t inputs[4], arity = 1 + seed % 4, at[MOST_RANK];
        double dx[3][ROOM / 8] = {{0}};
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 3, 4), y = {.rank = x.rank + 1};
        int axis = (int)random_below(&build.random, (uint64_t)y.rank);
        for (int i = 0; i < y.rank; i++)
            y.dim[i] = i == axis ? arity : x.dim[i - (i > axis)];
        for (size_t i = 0; i < arity; i++)
            inputs[i] = i == 3 ? inputs[0] : build_input(&build, x, -1, 1); /* the first one twice */
        sprintf(attribute, "axis=%d", seed % 2 ? axis : axis - y.rank);
        long node = build_apply(&build, "stack", axis == 0 && seed % 3 ? "" : attribute, inputs, arity);
        assert_true(node != NO_NODE && shape_equal(&build.graph.nodes[node].shape, &y));
        struct build_result r = build_double(&build);
        for (size_t i = 0; i < r.y_count; i++) {
            coordinates_of(at, &y, i);
            size_t which = at[axis];
            for (int k = axis; k < x.rank; k++)
                at[k] = at[k + 1];
            assert_true(build_same(r.y[i], r.value[inputs[which]][index_of(at, &x)]));
            dx[which % 3][index_of(at, &x)] += r.seed[i];
        }
        for (size_t i = 0; i < arity && i < 3; i++)
            for (size_t k = 0; k < shape_count(&x); k++)
                assert_true(build_same(r.gradient[inputs[i]][k], dx[i][k]));
        build_assert_scalars_agree(&build);
        build_assert_accumulates(&build);
        build_free(&build);
    }
}

static void refusals_of_shapes(void **state)
{
    (void)state;
    build_assert_refused("flatten", "[2, 3]", "start_axis=2",
                         "flatten: start_axis = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("flatten", "[2, 3]", "end_axis=-3",
                         "flatten: end_axis = -3 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused(
        "flatten", "[2, 3, 4]", "start_axis=-1; end_axis=1",
        "flatten: start_axis = -1 is behind end_axis = 1; it must be in front of it, or the same");
    build_assert_refused("flatten", "[]", "start_axis=1",
                         "flatten: start_axis = 1 is outside -1 .. 0, the axes of x0 with shape []");
    build_assert_refused(
        "squeeze", "[1, 3]", "axes=[0, 1]",
        "squeeze: axis 1 of x0 with shape [1, 3] has size 3; only axes of size 1 can be dropped");
    build_assert_refused("squeeze", "[1, 3]", "axes=[0, -2]", "squeeze: axes names axis 0 twice");
    build_assert_refused("squeeze", "[1, 3]", "axes=2",
                         "squeeze: axes = 2 is outside -2 .. 1, the axes of x0 with shape [1, 3]");
    build_assert_refused(
        "unsqueeze", "[2]", "",
        "unsqueeze needs the attribute axes: where the new axes are in y, negative from its last");
    build_assert_refused(
        "unsqueeze", "[2]", "axes=[0, 3]",
        "unsqueeze: axes = 3 is outside -3 .. 2, the axes of the result: 2 more than x0 with shape [2] has");
    build_assert_refused("unsqueeze", "[2]", "axes=[0, -3]", "unsqueeze: axes names axis 0 twice");
    build_assert_refused(
        "unsqueeze", "[1, 1, 1, 1, 1, 1, 1]", "axes=[0, 1]",
        "unsqueeze: 2 axes more than the 7 of x0 with shape [1, 1, 1, 1, 1, 1, 1]; at most 8 are "
        "possible");
}

static void refusals_of_parts(void **state)
{
    (void)state;
    build_assert_refused("stack", "[2, 3] [2]", "",
                         "stack: all arguments must have one shape, but x0 is [2, 3] and x1 is [2]");
    build_assert_refused(
        "stack", "[2] [2]", "axis=2",
        "stack: axis = 2 is outside -2 .. 1, the axes of the result: 1 more than x0 with shape [2] has");
    build_assert_refused("stack", "[1, 1, 1, 1, 1, 1, 1, 1]", "",
                         "stack: x0 with shape [1, 1, 1, 1, 1, 1, 1, 1] has 8 axes already, the most possible");
    build_assert_refused("split", "[5]", "sizes=[2, 3]", "split needs the attribute index: which part, from 0");
    build_assert_refused(
        "split", "[5]", "index=0",
        "split needs the attribute sizes: the parts' sizes along the axis; they add up to the axis");
    build_assert_refused("split", "[5, 2]", "sizes=[2, 2]; index=0",
                         "split: sizes adds up to less than 5, the size of axis 0 of x0 with shape [5, 2]");
    build_assert_refused("split", "[5]", "sizes=[2, 9223372036854775807]; index=0",
                         "split: sizes adds up to more than 5, the size of axis 0 of x0 with shape [5]");
    build_assert_refused("split", "[5]", "sizes=[-1, 6]; index=0",
                         "split: sizes holds -1; a size is 0 or more");
    build_assert_refused("split", "[5]", "sizes=[2, 3]; index=2",
                         "split: index = 2, but sizes lists 2 parts, counted from 0");
    build_assert_refused("split", "[5]", "sizes=[5]; index=-1",
                         "split: index = -1, but sizes lists 1 part, counted from 0");
    build_assert_refused("split", "[5]", "sizes=[5]; index=0; axis=1",
                         "split: axis = 1 is outside -1 .. 0, the axes of x0 with shape [5]");
    build_assert_refused("split", "[]", "sizes=[1]; index=0",
                         "split: axis = 0, but x0 is a scalar and has no axes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_made),         cmocka_unit_test(elements_keep_their_order),
        cmocka_unit_test(splits_of_random_shapes), cmocka_unit_test(stacks_of_random_shapes),
        cmocka_unit_test(refusals_of_shapes),      cmocka_unit_test(refusals_of_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
