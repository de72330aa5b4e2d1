/* flip, roll, tile, pad, diagonal, tril and triu of random shapes, by multi-indices of their own; what is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/moving.h"

enum { ROUNDS = 200, ROOM = MOVING_ROOM };

/* Numbers that go to an attribute: "name=[1, 2]". */
static void listed(char *text, const char *name, const long *numbers, size_t count)
{
    size_t used = strlen(text);
    used += (size_t)sprintf(text + used, "%s%s=[", used ? "; " : "", name);
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(text + used, i ? ", %ld" : "%ld", numbers[i]);
    sprintf(text + used, "]");
}

/* An index of `length` elements moved by a shift, periodically. */
static size_t wrapped(size_t i, long shift, size_t length)
{
    long moved = ((long)i - shift) % (long)length;
    return (size_t)(moved < 0 ? moved + (long)length : moved);
}

/* Where along its axis an element of y comes from; FROM_NOWHERE when it is none of x. `data` is the test's. */
typedef size_t axis_source(int axis, size_t i, const struct shape *x, const void *data);

/* Asserts that y has this shape, and that its element comes from x's, axis for axis; axes that y has more are
 * in front. */
static void assert_arranged(struct build *build, const char *op, const char *attributes, const struct shape *x,
                            const struct shape *y, axis_source *from, const void *data, double filling)
{
    size_t source[ROOM], at[MOST_RANK], input = build_input(build, *x, -1, 1);
    long node = build_apply(build, op, attributes, &input, 1);
    if (node == NO_NODE)
        fail_msg("%s: %s", attributes, build_error(build));
    assert_true(shape_equal(&build->graph.nodes[node].shape, y) && shape_count(y) <= ROOM);
    for (size_t i = 0; i < shape_count(y); i++) {
        bool copy = true;
        coordinates_of(at, y, i);
        for (int axis = 0; axis < x->rank; axis++) {
            at[axis] = from(axis, at[axis + y->rank - x->rank], x, data);
            copy = copy && at[axis] != FROM_NOWHERE;
        }
        source[i] = copy ? index_of(at, x) : FROM_NOWHERE;
    }
    assert_moved_into(build, input, source, filling);
}

struct turn {
    bool chosen[MOST_RANK];
    long shift[MOST_RANK];
};

/* Chooses axes, by numbers that may be negative; lists them. */
static size_t choose(struct turn *turn, long *axes, struct random *random, const struct shape *x)
{
    size_t count = 0;
    for (int i = 0; i < x->rank; i++) {
        turn->chosen[i] = random_below(random, 2);
        if (turn->chosen[i])
            axes[count++] = random_below(random, 2) ? i : i - x->rank;
    }
    return count;
}

static size_t flipped(int axis, size_t i, const struct shape *x, const void *data)
{
    const struct turn *turn = data;
    return turn->chosen[axis] ? x->dim[axis] - 1 - i : i;
}

static void flips_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        struct turn turn = {.chosen = {true, true, true, true}};
        char attributes[256] = "";
        long axes[MOST_RANK];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 4, 5);
        if (seed % 4)
            listed(attributes, "axes", axes, choose(&turn, axes, &build.random, &x));
        assert_arranged(&build, "flip", attributes, &x, &x, flipped, &turn, 0);
        build_free(&build);
    }
}

static size_t rolled(int axis, size_t i, const struct shape *x, const void *data)
{
    const struct turn *turn = data;
    return turn->chosen[axis] ? wrapped(i, turn->shift[axis], x->dim[axis]) : i;
}

static void rolls_along_axes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        struct turn turn = {{0}, {0}};
        char attributes[256] = "";
        long axes[MOST_RANK], shifts[MOST_RANK];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 4, 5);
        size_t count = choose(&turn, axes, &build.random, &x);
        for (size_t i = 0; i < count; i++) {
            shifts[i] = (long)random_below(&build.random, 25) - 12;
            turn.shift[axes[i] < 0 ? axes[i] + x.rank : axes[i]] = shifts[i];
        }
        listed(attributes, "shifts", shifts, count);
        listed(attributes, "axes", axes, count);
        assert_arranged(&build, "roll", attributes, &x, &x, rolled, &turn, 0);
        build_free(&build);
    }
}

static void rolls_in_row_major_order(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[64] = "";
        size_t source[ROOM];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 3, 5);
        long shift = (long)random_below(&build.random, 99) - 49;
        size_t n = shape_count(&x), input = build_input(&build, x, -1, 1);
        listed(attributes, "shifts", &shift, 1);
        assert_int_not_equal(build_apply(&build, "roll", attributes, &input, 1), NO_NODE);
        for (size_t i = 0; i < n; i++)
            source[i] = wrapped(i, shift, n);
        assert_moved(&build, input, source);
        build_free(&build);
    }
    struct build build;
    build_start(&build, 1); /* a shift at the end of the range */
    assert_shape(&build, build_op(&build, "roll", "[3]", "shifts=-9223372036854775807", -1, 1), "[3]");
    assert_moved(&build, 0, (size_t[]){1, 2, 0});
    build_free(&build);
}

static size_t tiled(int axis, size_t i, const struct shape *x, const void *data)
{
    (void)data;
    return i % x->dim[axis];
}

static void tiles_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[256] = "";
        long reps[MOST_RANK];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 3, 4);
        size_t count = random_below(&build.random, 5);
        struct shape y = {.rank = x.rank > (int)count ? x.rank : (int)count};
        for (int back = 1; back <= y.rank; back++) {
            size_t times = 1 + random_below(&build.random, 3);
            if (random_below(&build.random, 24) == 0)
                times = 0;
            if (back <= (int)count)
                reps[(int)count - back] = (long)times;
            y.dim[y.rank - back] =
                (back <= x.rank ? x.dim[x.rank - back] : 1) * (back <= (int)count ? times : 1);
        }
        listed(attributes, "reps", reps, count);
        assert_arranged(&build, "tile", attributes, &x, &y, tiled, NULL, 0);
        build_free(&build);
    }
}

struct padding {
    char mode;
    long before[MOST_RANK], after[MOST_RANK];
};

/* Walks from x's edge into it and back, as a reflection does; stays at the edge, as a replication does. */
static size_t padded(int axis, size_t i, const struct shape *x, const void *data)
{
    const struct padding *padding = data;
    long at = (long)i - padding->before[axis], last = (long)x->dim[axis] - 1;
    if (at >= 0 && at <= last)
        return (size_t)at;
    long outside = at < 0 ? -at : at - last;
    if (padding->mode == 'c')
        return FROM_NOWHERE;
    long inside = padding->mode == 'r' ? outside : 0;
    return (size_t)(at < 0 ? inside : last - inside);
}

static void pads_of_random_shapes(void **state)
{
    (void)state;
    static const char *const modes[] = {"; mode=constant; value=-0.75", "; mode=reflect", "; mode=replicate",
                                        ""};
    static const char letters[] = {'c', 'r', 'e', 'c'};
    for (uint64_t seed = 0; seed < 2 * ROUNDS; seed++) {
        struct build build;
        struct padding padding = {.mode = letters[seed % 4]};
        char attributes[256] = "";
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 4, 4), y = x;
        for (int i = 0; i < x.rank; i++) {
            size_t most = padding.mode == 'c' ? 4 : padding.mode == 'r' ? x.dim[i] : x.dim[i] ? 5 : 1;
            padding.before[i] = most ? (long)random_below(&build.random, most) : 0;
            padding.after[i] = most && seed % 5 ? (long)random_below(&build.random, most) : 0;
            y.dim[i] += (size_t)(padding.before[i] + padding.after[i]);
        }
        listed(attributes, "before", padding.before, (size_t)x.rank);
        if (seed % 5)
            listed(attributes, "after", padding.after, (size_t)x.rank);
        strcat(attributes, modes[seed % 4]);
        assert_arranged(&build, "pad", attributes, &x, &y, padded, &padding, seed % 4 == 0 ? -0.75 : 0);
        build_free(&build);
    }
}

static void diagonals_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attributes[128];
        size_t source[ROOM], at[MOST_RANK], from[MOST_RANK];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 2, 4), y = {0};
        x.dim[x.rank++] = random_below(&build.random, 6);
        x.dim[x.rank++] = random_below(&build.random, 6);
        int first = (int)random_below(&build.random, (uint64_t)x.rank);
        int second = (first + 1 + (int)random_below(&build.random, (uint64_t)x.rank - 1)) % x.rank;
        long offset = (long)random_below(&build.random, 11) - 5;
        sprintf(attributes, "offset=%ld; axis1=%d; axis2=%d", offset, seed % 2 ? first : first - x.rank,
                seed % 3 ? second : second - x.rank);
        for (int i = 0; i < x.rank; i++)
            if (i != first && i != second)
                y.dim[y.rank++] = x.dim[i];
        size_t row = offset < 0 ? (size_t)-offset : 0, column = offset < 0 ? 0 : (size_t)offset;
        while (row + y.dim[y.rank] < x.dim[first] && column + y.dim[y.rank] < x.dim[second])
            y.dim[y.rank]++;
        y.rank++;
        size_t input = build_input(&build, x, -1, 1);
        long node = build_apply(&build, "diagonal", attributes, &input, 1);
        assert_true(node != NO_NODE && shape_equal(&build.graph.nodes[node].shape, &y));
        for (size_t i = 0; i < shape_count(&y); i++) {
            int other = 0;
            coordinates_of(at, &y, i);
            for (int axis = 0; axis < x.rank; axis++)
                from[axis] = axis == first    ? row + at[y.rank - 1]
                             : axis == second ? column + at[y.rank - 1]
                                              : at[other++];
            source[i] = index_of(from, &x);
        }
        assert_moved(&build, input, source);
        build_free(&build);
    }
}

static void triangles_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32] = "";
        size_t source[ROOM], at[MOST_RANK];
        build_start(&build, seed);
        struct shape x = build_random_shape(&build.random, 2, 3);
        x.dim[x.rank++] = random_below(&build.random, 6);
        x.dim[x.rank++] = random_below(&build.random, 6);
        long k = seed % 5 ? (long)random_below(&build.random, 13) - 6 : 0;
        if (seed % 5)
            sprintf(attribute, "k=%ld", k);
        size_t input = build_input(&build, x, -1, 1);
        long node = build_apply(&build, seed % 2 ? "tril" : "triu", attribute, &input, 1);
        assert_true(node != NO_NODE && shape_equal(&build.graph.nodes[node].shape, &x));
        for (size_t i = 0; i < shape_count(&x); i++) {
            coordinates_of(at, &x, i);
            long above = (long)at[x.rank - 1] - (long)at[x.rank - 2];
            source[i] = (seed % 2 ? above <= k : above >= k) ? i : FROM_NOWHERE;
        }
        assert_moved(&build, input, source);
        build_free(&build);
    }
}

static void refusals_of_flip_and_roll(void **state)
{
    (void)state;
    build_assert_refused("flip", "[2, 3]", "axes=[0, -2]", "flip: axes names axis 0 twice");
    build_assert_refused("flip", "[2, 3]", "axes=2",
                         "flip: axes = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("flip", "[2, 3]", "axes=last",
                         "flip: axes = last; it must be a list of integers such as [0, 1]");
    build_assert_refused("roll", "[2, 3]", "",
                         "roll needs the attribute shifts: elements to shift by, one number an axis, negative "
                         "towards the beginning");
    build_assert_refused("roll", "[2, 3]", "shifts=[1, 2]; axes=0",
                         "roll: shifts lists 2 numbers and axes lists 1; they must be equally many");
    build_assert_refused(
        "roll", "[2, 3]", "shifts=[1, 2]",
        "roll: shifts lists 2 numbers without axes; one is needed, which rolls the elements in "
        "row-major order");
    build_assert_refused("roll", "[2, 3]", "shifts=[1, 2]; axes=[1, -1]", "roll: axes names axis 1 twice");
    build_assert_refused("roll", "[2, 3]", "shifts=1; axes=-3",
                         "roll: axes = -3 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("roll", "[2, 3]", "shifts=0.5",
                         "roll: shifts = 0.5; it must be a list of integers such as [0, 1]");
}

static void refusals_of_tile(void **state)
{
    (void)state;
    build_assert_refused("tile", "[2]", "",
                         "tile needs the attribute reps: copies along each axis, aligned at the last; more "
                         "numbers than axes add axes in front");
    build_assert_refused("tile", "[2]", "reps=[2, -1]", "tile: reps holds -1; it must be 0 or more");
    build_assert_refused("tile", "[2]", "reps=[1, 1, 1, 1, 1, 1, 1, 1, 2]",
                         "tile: reps lists 9 numbers; at most 8 axes are possible");
    build_assert_refused("tile", "[2]", "reps=9223372036854775807",
                         "tile: reps holds 9223372036854775807, too many for x0 with shape [2]");
    build_assert_refused(
        "tile", "[2]", "reps=[3000, 3000]",
        "tile: the result would have shape [3000, 6000]: more than 2097152 elements in the whole graph");
}

static void refusals_of_pad(void **state)
{
    (void)state;
    build_assert_refused("pad", "[2]", "", "pad needs before or after: how many elements to add to each axis");
    build_assert_refused("pad", "[2, 3]", "before=1",
                         "pad: before lists 1 number; x0 with shape [2, 3] needs 2, one an axis");
    build_assert_refused("pad", "[2]", "before=1; after=[1, 2]",
                         "pad: after lists 2 numbers; x0 with shape [2] needs 1, one an axis");
    build_assert_refused("pad", "[2]", "before=-1",
                         "pad: before holds -1; it must be 0 or more, up to 2147483647");
    build_assert_refused("pad", "[2]", "after=9223372036854775807",
                         "pad: after holds 9223372036854775807; it must be 0 or more, up to 2147483647");
    build_assert_refused("pad", "[2]", "before=1; mode=circular",
                         "pad: mode = circular; it must be one of constant, reflect, replicate");
    build_assert_refused("pad", "[2]", "before=1; mode=reflect; value=1",
                         "pad: value = 1 goes with mode = constant only");
    build_assert_refused("pad", "[2]", "before=1; value=x", "pad: value = x; it must be a finite number");
    build_assert_refused("pad", "[3, 2]", "after=[2, 2]; mode=reflect",
                         "pad: mode = reflect cannot add 2 along axis 1 of x0 with shape [3, 2]; before "
                         "and after must be less than the size, 2");
    build_assert_refused("pad", "[0]", "before=1; mode=reflect",
                         "pad: mode = reflect cannot add 1 along axis 0 of x0 with shape [0]; before and after "
                         "must be less than the size, 0");
    build_assert_refused("pad", "[2, 0]", "before=[1, 1]; mode=replicate",
                         "pad: axis 1 of x0 with shape [2, 0] has no element to replicate");
    build_assert_refused(
        "pad", "[2]", "before=2147483647",
        "pad: the result would have shape [2147483649]: more than 2097152 elements in the whole graph");
}

static void refusals_of_matrices(void **state)
{
    (void)state;
    build_assert_refused("diagonal", "[3]", "", "diagonal: x0 has shape [3]; two axes at least are needed");
    build_assert_refused("diagonal", "[2, 3]", "axis1=1",
                         "diagonal: axis1 and axis2 are both axis 1 of x0 with shape [2, 3]");
    build_assert_refused("diagonal", "[2, 3]", "axis1=-3",
                         "diagonal: axis1 = -3 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("diagonal", "[2, 3]", "axis2=2",
                         "diagonal: axis2 = 2 is outside -2 .. 1, the axes of x0 with shape [2, 3]");
    build_assert_refused("diagonal", "[2, 3]", "offset=1.5", "diagonal: offset = 1.5; it must be an integer");
    build_assert_refused("tril", "[3]", "", "tril: x0 has shape [3]; a matrix is needed, or a stack of them");
    build_assert_refused("triu", "[]", "k=1", "triu: x0 has shape []; a matrix is needed, or a stack of them");
    build_assert_refused("triu", "[2, 2]", "k=all", "triu: k = all; it must be an integer");
    assert_shape_made("diagonal", "[2, 3]", "offset=2147483647", "[0]");
    assert_shape_made("diagonal", "[2, 3]", "offset=-2147483647", "[0]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flips_of_random_shapes),     cmocka_unit_test(rolls_along_axes),
        cmocka_unit_test(rolls_in_row_major_order),   cmocka_unit_test(tiles_of_random_shapes),
        cmocka_unit_test(pads_of_random_shapes),      cmocka_unit_test(diagonals_of_random_shapes),
        cmocka_unit_test(triangles_of_random_shapes), cmocka_unit_test(refusals_of_flip_and_roll),
        cmocka_unit_test(refusals_of_tile),           cmocka_unit_test(refusals_of_pad),
        cmocka_unit_test(refusals_of_matrices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
