/* gather, take, embedding, scatter_add and index_put of random shapes and indices, against loops over
 * multi-indices; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/moving.h"

enum { ROUNDS = 300, ROOM = 1 << 11 };

/* Where an index given as -size .. size - 1 leads. */
static size_t led(int64_t index, size_t size)
{
    return (size_t)(index < 0 ? index + (int64_t)size : index);
}

/* Random indices of an axis of `size`, negative ones too; a small axis has many duplicates. */
static size_t draw_indices(int64_t *indices, struct build *build, struct shape shape, size_t size)
{
    for (size_t i = 0; i < shape_count(&shape); i++)
        indices[i] = (int64_t)random_below(&build->random, 2 * size) - (int64_t)size;
    return build_given_integers(build, shape, indices);
}

/* A shape of rank 1 .. 3 without sizes of 0, and one of its axes, written as an attribute. */
static struct shape draw_shape(int *axis, char *attribute, struct random *random)
{
    struct shape x = build_random_shape(random, 2, 4);
    x.dim[x.rank++] = 1;
    for (int i = 0; i < x.rank; i++)
        x.dim[i] = 1 + random_below(random, 4);
    *axis = (int)random_below(random, (uint64_t)x.rank);
    sprintf(attribute, "axis=%d", random_below(random, 2) ? *axis : *axis - x.rank);
    return x;
}

static long apply(struct build *build, const char *op, const char *attributes, const size_t *inputs,
                  size_t arity)
{
    long node = build_apply(build, op, attributes, inputs, arity);
    if (node == NO_NODE)
        fail_msg("%s: %s", attributes, build_error(build));
    return node;
}

/* An index for gather or scatter_add: off the axis no larger than x. */
static struct shape draw_crossing(const struct shape *x, int axis, struct random *random)
{
    struct shape index = *x;
    for (int i = 0; i < x->rank; i++)
        index.dim[i] = random_below(random, (i == axis ? 5 : x->dim[i]) + 1);
    return index;
}

static void gathers(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32];
        int64_t indices[ROOM];
        size_t source[ROOM], at[MOST_RANK], inputs[2];
        int axis;
        build_start(&build, seed);
        struct shape x = draw_shape(&axis, attribute, &build.random);
        struct shape index = draw_crossing(&x, axis, &build.random);
        inputs[0] = build_input(&build, x, -1, 1);
        inputs[1] = draw_indices(indices, &build, index, x.dim[axis]);
        long node = apply(&build, "gather", axis == 0 && seed % 3 ? "" : attribute, inputs, 2);
        assert_true(shape_equal(&build.graph.nodes[node].shape, &index));
        for (size_t i = 0; i < shape_count(&index); i++) {
            coordinates_of(at, &index, i);
            at[axis] = led(indices[i], x.dim[axis]);
            source[i] = index_of(at, &x);
        }
        assert_moved(&build, inputs[0], source);
        build_free(&build);
    }
}

static void takes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32];
        int64_t indices[ROOM];
        size_t source[ROOM], at[MOST_RANK], from[MOST_RANK], inputs[2];
        int axis;
        build_start(&build, seed);
        struct shape x = draw_shape(&axis, attribute, &build.random), y = {0};
        struct shape index = build_random_shape(&build.random, 2, 3);
        for (int i = 0; i < axis; i++)
            y.dim[y.rank++] = x.dim[i];
        for (int i = 0; i < index.rank; i++)
            y.dim[y.rank++] = index.dim[i];
        for (int i = axis + 1; i < x.rank; i++)
            y.dim[y.rank++] = x.dim[i];
        inputs[0] = build_input(&build, x, -1, 1);
        inputs[1] = draw_indices(indices, &build, index, x.dim[axis]);
        long node = apply(&build, "take", attribute, inputs, 2);
        assert_true(shape_equal(&build.graph.nodes[node].shape, &y));
        for (size_t i = 0; i < shape_count(&y); i++) {
            coordinates_of(at, &y, i);
            for (int k = 0; k < x.rank; k++)
                if (k != axis)
                    from[k] = at[k < axis ? k : k + index.rank - 1];
            from[axis] = led(indices[index_of(at + axis, &index)], x.dim[axis]);
            source[i] = index_of(from, &x);
        }
        assert_moved(&build, inputs[0], source);
        build_free(&build);
    }
}

static void embeddings(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32] = "";
        int64_t indices[ROOM];
        size_t source[ROOM], inputs[2], silent = FROM_NOWHERE;
        build_start(&build, seed);
        size_t rows = 1 + random_below(&build.random, 4), width = 1 + random_below(&build.random, 3);
        struct shape index = build_random_shape(&build.random, 3, 3), y = index;
        y.dim[y.rank++] = width;
        if (seed % 3) {
            long padding = (long)random_below(&build.random, 2 * rows) - (long)rows;
            silent = led(padding, rows);
            sprintf(attribute, "padding_idx=%ld", padding);
        }
        inputs[0] = build_input(&build, (struct shape){2, {rows, width}}, -1, 1);
        inputs[1] = draw_indices(indices, &build, index, rows);
        long node = apply(&build, "embedding", attribute, inputs, 2);
        assert_true(shape_equal(&build.graph.nodes[node].shape, &y));
        for (size_t i = 0; i < shape_count(&y); i++) {
            size_t row = led(indices[i / width], rows);
            source[i] = row == silent ? FROM_NOWHERE : row * width + i % width;
        }
        assert_moved(&build, inputs[0], source);
        build_free(&build);
    }
}

/* What an op that puts src into x must give: y, and the gradients of x and src. */
struct put {
    double y[ROOM], dx[ROOM], dsrc[ROOM];
};

static void assert_put(struct build *build, const size_t *inputs, const struct put *put)
{
    struct build_result r = build_double(build);
    for (size_t i = 0; i < r.y_count; i++) {
        build_assert_close(r.y[i], put->y[i], 1e-14);
        build_assert_close(r.gradient[inputs[0]][i], put->dx[i], 1e-14);
    }
    for (size_t i = 0; i < shape_count(&build->graph.nodes[inputs[2]].shape); i++)
        build_assert_close(r.gradient[inputs[2]][i], put->dsrc[i], 1e-14);
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
}

static void scatters(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32];
        int64_t indices[ROOM];
        size_t at[MOST_RANK], inputs[3];
        struct put put = {{0}, {0}, {0}};
        int axis;
        build_start(&build, seed);
        struct shape x = draw_shape(&axis, attribute, &build.random);
        struct shape index = draw_crossing(&x, axis, &build.random), src = index;
        for (int i = 0; i < src.rank; i++)
            src.dim[i] += random_below(&build.random, 2);
        inputs[0] = build_input(&build, x, -1, 1);
        inputs[1] = draw_indices(indices, &build, index, x.dim[axis]);
        inputs[2] = build_input(&build, src, -1, 1);
        long node = apply(&build, "scatter_add", attribute, inputs, 3);
        assert_true(shape_equal(&build.graph.nodes[node].shape, &x));
        struct build_result r = build_double(&build);
        memcpy(put.y, r.value[inputs[0]], r.y_count * sizeof *put.y);
        memcpy(put.dx, r.seed, r.y_count * sizeof *put.dx);
        for (size_t i = 0; i < shape_count(&index); i++) {
            coordinates_of(at, &index, i);
            size_t from = index_of(at, &src);
            at[axis] = led(indices[i], x.dim[axis]);
            put.y[index_of(at, &x)] += r.value[inputs[2]][from];
            put.dsrc[from] = r.seed[index_of(at, &x)];
        }
        assert_put(&build, inputs, &put);
        build_free(&build);
    }
}

/* Row by row in order; who wrote an element last gets its gradient. */
static void index_puts(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        char attribute[32];
        int64_t indices[ROOM];
        size_t inputs[3], row = 1, writer[ROOM];
        struct put put = {{0}, {0}, {0}};
        int axis;
        bool accumulate = seed % 2;
        build_start(&build, seed);
        struct shape x = draw_shape(&axis, attribute, &build.random);
        struct shape index = build_random_shape(&build.random, 2, 3), src = index;
        for (int i = 1; i < x.rank; i++) {
            src.dim[src.rank++] = x.dim[i];
            row *= x.dim[i];
        }
        inputs[0] = build_input(&build, x, -1, 1);
        inputs[1] = draw_indices(indices, &build, index, x.dim[0]);
        inputs[2] = build_input(&build, src, -1, 1);
        apply(&build, "index_put",
              accumulate ? "accumulate=true"
              : seed % 4 ? "accumulate=false"
                         : "",
              inputs, 3);
        struct build_result r = build_double(&build);
        for (size_t i = 0; i < r.y_count; i++) {
            put.y[i] = r.value[inputs[0]][i];
            writer[i] = FROM_NOWHERE;
        }
        for (size_t i = 0; i < shape_count(&src); i++) {
            size_t to = led(indices[i / row], x.dim[0]) * row + i % row;
            put.y[to] = (accumulate ? put.y[to] : 0) + r.value[inputs[2]][i];
            put.dsrc[i] = r.seed[to];
            if (!accumulate && writer[to] != FROM_NOWHERE)
                put.dsrc[writer[to]] = 0;
            writer[to] = i;
        }
        for (size_t i = 0; i < r.y_count; i++)
            put.dx[i] = accumulate || writer[i] == FROM_NOWHERE ? r.seed[i] : 0;
        assert_put(&build, inputs, &put);
        build_free(&build);
    }
}

/* 1e16 + 1 - 1e16, one after the other, would be 0 in double. */
static void duplicates_are_added_in_one_sum(void **state)
{
    (void)state;
    struct build build;
    const int64_t zeros[3] = {0, 0, 0};
    const double seed[3] = {1e16, 1, -1e16}, nothing[1] = {0};
    size_t inputs[3];
    build_start(&build, 1);
    inputs[0] = build_numbers(&build, build_shape("[1]"), nothing);
    inputs[1] = build_given_integers(&build, build_shape("[3]"), zeros);
    inputs[2] = build_numbers(&build, build_shape("[3]"), seed);
    apply(&build, "gather", "", inputs, 2);
    build.graph.seed = (struct values){.doubles = seed};
    struct build_result r = build_mpfr(&build, 256);
    assert_true(r.gradient[inputs[0]][0] == 1);
    apply(&build, "scatter_add", "", inputs, 3);
    r = build_mpfr(&build, 256);
    assert_true(r.y[0] == 1);
    build_free(&build);
}

/* The message for indices of x with this shape; the third argument has the shape of the second. */
static void refused(const char *op, const char *attributes, const char *x, const char *index,
                    const int64_t *indices, const char *src, const char *message)
{
    struct build build;
    size_t inputs[3], arity = 2;
    build_start(&build, 1);
    inputs[0] = build_input(&build, build_shape(x), -1, 1);
    inputs[1] = build_given_integers(&build, build_shape(index), indices);
    if (src)
        inputs[arity++] = build_input(&build, build_shape(src), -1, 1);
    assert_true(build_apply(&build, op, attributes, inputs, arity) == NO_NODE);
    assert_string_equal(build_error(&build), message);
    build_free(&build);
}

static const int64_t good[4] = {0, 1, 0, 1}, far[4] = {0, 1, 3, 0}, low[4] = {-1, -4, 0, 0};

static void refusals_of_indices(void **state)
{
    (void)state;
    refused("gather", "", "[3, 2]", "[2, 2]", far, NULL,
            "gather: x1[1, 0] is 3; axis 0 of x0 with shape [3, 2] takes indices -3 .. 2");
    refused("gather", "axis=1", "[2, 3]", "[2, 2]", low, NULL,
            "gather: x1[0, 1] is -4; axis 1 of x0 with shape [2, 3] takes indices -3 .. 2");
    refused("take", "axis=-1", "[2, 3]", "[4]", far, NULL,
            "take: x1[2] is 3; axis 1 of x0 with shape [2, 3] takes indices -3 .. 2");
    refused("take", "", "[0, 3]", "[]", good, NULL,
            "take: x1 is 0, but axis 0 of x0 with shape [0, 3] holds nothing to index");
    refused("embedding", "", "[3, 2]", "[2, 2]", far, NULL,
            "embedding: x1[1, 0] is 3; axis 0 of x0 with shape [3, 2] takes indices -3 .. 2");
    refused("scatter_add", "", "[3]", "[4]", low, "[4]",
            "scatter_add: x1[1] is -4; axis 0 of x0 with shape [3] takes indices -3 .. 2");
    refused("index_put", "", "[3, 2]", "[3]", far, "[3, 2]",
            "index_put: x1[2] is 3; axis 0 of x0 with shape [3, 2] takes indices -3 .. 2");
    build_assert_refused("take", "[3] [2]", "",
                         "take: argument 2, x1, must hold integers: give it as {dtype: int64, data: [...]}");
}

static void refusals_of_shapes(void **state)
{
    (void)state;
    refused("gather", "", "[3, 2]", "[2]", good, NULL,
            "gather: x0 with shape [3, 2] and x1 with shape [2] must have equally many axes");
    refused(
        "gather", "", "[3, 1]", "[2, 2]", good, NULL,
        "gather: x1 with shape [2, 2] is larger along axis 1 than x0 with shape [3, 1]; it may be as large, "
        "or smaller");
    refused("gather", "axis=2", "[3, 2]", "[2, 2]", good, NULL,
            "gather: axis = 2 is outside -2 .. 1, the axes of x0 with shape [3, 2]");
    refused("gather", "", "[]", "[]", good, NULL, "gather: axis = 0, but x0 is a scalar and has no axes");
    refused("take", "axis=-3", "[3, 2]", "[2]", good, NULL,
            "take: axis = -3 is outside -2 .. 1, the axes of x0 with shape [3, 2]");
    refused(
        "take", "", "[2, 1, 1, 1, 1, 1, 1, 1]", "[2, 2]", good, NULL,
        "take: axis 0 of x0 with shape [2, 1, 1, 1, 1, 1, 1, 1] replaced by the axes of x1 with shape [2, 2] "
        "makes 9 axes; at most 8 are possible");
    refused("embedding", "", "[3]", "[2]", good, NULL,
            "embedding: x0 has shape [3]; it must be (V, D), a row for each of V words");
    refused("embedding", "padding_idx=3", "[3, 2]", "[2]", good, NULL,
            "embedding: padding_idx = 3 is outside -3 .. 2, the rows of x0 with shape [3, 2]");
    refused("embedding", "padding_idx=-4", "[3, 2]", "[2]", good, NULL,
            "embedding: padding_idx = -4 is outside -3 .. 2, the rows of x0 with shape [3, 2]");
    refused("scatter_add", "", "[3, 2]", "[2, 2]", good, "[2]",
            "scatter_add: x0 with shape [3, 2] and x2 with shape [2] must have equally many axes");
    refused("scatter_add", "axis=1", "[1, 2]", "[2, 2]", good, "[2, 2]",
            "scatter_add: x1 with shape [2, 2] is larger along axis 0 than x0 with shape [1, 2]; it may be as "
            "large, or smaller");
    refused("scatter_add", "", "[3, 2]", "[2, 2]", good, "[2, 1]",
            "scatter_add: x1 with shape [2, 2] is larger along axis 1 than x2 with shape [2, 1]; it may be as "
            "large, or smaller");
    refused("index_put", "", "[]", "[]", good, "[]", "index_put: x0 is a scalar and has no rows");
    refused("index_put", "", "[3, 2]", "[2]", good, "[2]",
            "index_put: x2 has shape [2]; it must have shape [2, 2], a row of x0 for every index");
    refused("index_put", "accumulate=2", "[3]", "[2]", good, "[2]",
            "index_put: accumulate = 2; it must be true or false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gathers),
        cmocka_unit_test(takes),
        cmocka_unit_test(embeddings),
        cmocka_unit_test(scatters),
        cmocka_unit_test(index_puts),
        cmocka_unit_test(duplicates_are_added_in_one_sum),
        cmocka_unit_test(refusals_of_indices),
        cmocka_unit_test(refusals_of_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
