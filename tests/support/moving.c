/* For tests of ops that move elements. */
#include "support/moving.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void coordinates_of(size_t *at, const struct shape *shape, size_t i)
{
    for (int axis = shape->rank; axis-- > 0; i /= shape->dim[axis])
        at[axis] = i % shape->dim[axis];
}

size_t index_of(const size_t *at, const struct shape *shape)
{
    size_t i = 0;
    for (int axis = 0; axis < shape->rank; axis++)
        i = i * shape->dim[axis] + at[axis];
    return i;
}

void assert_moved_into(struct build *build, size_t x, const size_t *source, double filling)
{
    double dx[MOVING_ROOM] = {0};
    struct build_result r = build_double(build);
    size_t n = shape_count(&build->graph.nodes[x].shape);
    assert_true(n <= MOVING_ROOM);
    for (size_t i = 0; i < r.y_count; i++) {
        assert_true(source[i] < n || source[i] == FROM_NOWHERE);
        double expected = source[i] == FROM_NOWHERE ? filling : r.value[x][source[i]];
        if (!build_same(r.y[i], expected))
            fail_msg("element %zu is %g, expected %g", i, r.y[i], expected);
        if (source[i] != FROM_NOWHERE)
            dx[source[i]] += r.seed[i];
    }
    for (size_t i = 0; i < n; i++)
        build_assert_close(r.gradient[x][i], dx[i], 1e-14);
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
}

void assert_moved(struct build *build, size_t x, const size_t *source)
{
    assert_moved_into(build, x, source, 0);
}

void assert_shape(const struct build *build, long node, const char *expected)
{
    char text[SHAPE_TEXT];
    if (node == NO_NODE)
        fail_msg("%s", build_error(build));
    assert_string_equal(shape_text(text, &build->graph.nodes[node].shape), expected);
}

void assert_shape_made(const char *op, const char *x, const char *attributes, const char *expected)
{
    struct build build;
    build_start(&build, 1);
    assert_shape(&build, build_op(&build, op, x, attributes, -1, 1), expected);
    build_free(&build);
}
