/* Walks and views against multi-indices. */
#include "tensor/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROUNDS = 500 };

static void coordinates_of(size_t *at, const struct shape *shape, size_t i)
{
    for (int axis = shape->rank; axis-- > 0; i /= shape->dim[axis])
        at[axis] = i % shape->dim[axis];
}

static ptrdiff_t offset_of(const struct view *view, const struct shape *shape, size_t i)
{
    size_t at[MOST_RANK];
    ptrdiff_t offset = view->offset;
    coordinates_of(at, shape, i);
    for (int axis = 0; axis < shape->rank; axis++)
        offset += (ptrdiff_t)at[axis] * view->stride[axis];
    return offset;
}

/* The walk visits every index once, in row-major order, every operand where its view has it. */
static size_t assert_walk(const struct shape *shape, int operands, const struct view *views)
{
    size_t i = 0, rows = 0;
    struct walk w = walk_over(shape, operands, views);
    while (walk_next(&w)) {
        rows++;
        for (size_t along = 0; along < w.count; along++, i++) {
            assert_true(i < shape_count(shape));
            for (int k = 0; k < operands; k++)
                assert_int_equal(w.offset[k] + (ptrdiff_t)along * w.step[k], offset_of(&views[k], shape, i));
        }
    }
    assert_int_equal(i, shape_count(shape));
    return rows;
}

static struct view random_view(struct random *random, const struct shape *shape)
{
    struct view view = {.offset = (ptrdiff_t)random_below(random, 50)};
    for (int i = 0; i < shape->rank; i++)
        view.stride[i] = (ptrdiff_t)random_below(random, 9) - 4;
    return view;
}

static void walks_of_random_views(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct random random = random_new(seed, 0);
        struct shape shape = build_random_shape(&random, 5, 4);
        struct view views[WALK_OPERANDS];
        for (int k = 0; k < WALK_OPERANDS; k++)
            views[k] = random_below(&random, 2) ? view_of(&shape) : random_view(&random, &shape);
        assert_walk(&shape, 1 + (int)random_below(&random, WALK_OPERANDS), views);
    }
}

static void even_axes_are_joined(void **state)
{
    (void)state;
    struct shape shape = build_shape("[2, 1, 3, 4]"), column = build_shape("[2, 1, 1, 1]");
    struct view views[] = {view_of(&shape), view_of(&shape), view_expanded(&column, &shape)};
    assert_int_equal(assert_walk(&shape, 2, views), 1);
    assert_int_equal(assert_walk(&shape, 3, views), 2); /* the last two axes for each of the first */
}

static void empty_walks(void **state)
{
    (void)state;
    static const char *const shapes[] = {"[0]", "[3, 0]", "[0, 3]", "[2, 0, 1]"};
    for (int i = 0; i < 4; i++) {
        struct shape shape = build_shape(shapes[i]);
        struct view view = view_of(&shape);
        assert_int_equal(assert_walk(&shape, 1, &view), 0);
    }
    struct shape scalar = build_shape("[]");
    struct view view = {.offset = 5};
    assert_int_equal(assert_walk(&scalar, 1, &view), 1);
}

static void expanded_views(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct random random = random_new(seed, 0);
        struct shape to = build_random_shape(&random, 4, 4), from = {0};
        int missing = (int)random_below(&random, (uint64_t)to.rank + 1);
        for (int i = missing; i < to.rank; i++)
            from.dim[from.rank++] = random_below(&random, 2) ? to.dim[i] : 1;
        struct view own = view_of(&from), seen = view_expanded(&from, &to);
        unsigned repeated = axes_expanded(&from, &to);
        for (size_t i = 0; i < shape_count(&to); i++) {
            size_t at[MOST_RANK];
            ptrdiff_t offset = 0;
            coordinates_of(at, &to, i);
            for (int axis = 0; axis < from.rank; axis++)
                offset += from.dim[axis] == 1 ? 0 : (ptrdiff_t)at[axis + missing] * own.stride[axis];
            assert_int_equal(offset_of(&seen, &to, i), offset);
        }
        for (int i = 0; i < to.rank; i++) {
            bool expanded = i < missing || from.dim[i - missing] != to.dim[i];
            assert_int_equal(repeated >> i & 1, expanded);
        }
    }
}

/* Outer and inner offsets together reach every element once, and a group's elements share their place in
 * what is left. */
static void reductions(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct random random = random_new(seed, 0);
        struct shape shape = build_random_shape(&random, 4, 4);
        unsigned axes = (unsigned)random_below(&random, (uint64_t)1 << shape.rank);
        struct reduction split = reduction_of(&shape, axes);
        struct view left = view_reduced(&shape, axes);
        size_t count = shape_count(&shape), seen[256] = {0};
        for (size_t o = 0; o < shape_count(&split.outer); o++)
            for (size_t i = 0; i < shape_count(&split.inner); i++) {
                ptrdiff_t at = offset_of(&split.outer_view, &split.outer, o) +
                               offset_of(&split.inner_view, &split.inner, i);
                assert_true(at >= 0 && (size_t)at < count);
                seen[at]++;
                assert_int_equal(offset_of(&left, &shape, (size_t)at), o);
            }
        for (size_t i = 0; i < count; i++)
            assert_int_equal(seen[i], 1);
    }
}

static void lanes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct random random = random_new(seed, 0);
        struct shape shape = build_random_shape(&random, 3, 4);
        shape.dim[shape.rank++] = 1 + random_below(&random, 4);
        int axis = (int)random_below(&random, (uint64_t)shape.rank);
        struct lanes along = lanes_along(&shape, axis);
        size_t count = shape_count(&shape), seen[256] = {0};
        assert_int_equal(along.length, shape.dim[axis]);
        for (size_t l = 0; l < along.count; l++)
            for (size_t i = 0; i < along.length; i++) {
                size_t at[MOST_RANK], flat = lane_offset(&along, l) + i * (size_t)along.step;
                assert_true(flat < count);
                seen[flat]++;
                coordinates_of(at, &shape, flat);
                assert_int_equal(at[axis], i);
            }
        for (size_t i = 0; i < count; i++)
            assert_int_equal(seen[i], 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_of_random_views),
        cmocka_unit_test(even_axes_are_joined),
        cmocka_unit_test(empty_walks),
        cmocka_unit_test(expanded_views),
        cmocka_unit_test(reductions),
        cmocka_unit_test(lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
