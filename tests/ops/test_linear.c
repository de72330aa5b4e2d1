/* matmul and affine against one loop over all their products. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROUNDS = 400, ROOM = 4096 };

/* A tensor of matrices: a vector is one row (a) or one column (b). */
struct matrices {
    struct shape batch;
    size_t rows, columns;
};

static struct matrices matrices_of(const struct shape *shape, bool vector_is_row)
{
    struct matrices m = {.batch = *shape, .rows = 1, .columns = 1};
    if (shape->rank == 1)
        *(vector_is_row ? &m.columns : &m.rows) = shape->dim[0];
    else {
        m.rows = shape->dim[shape->rank - 2];
        m.columns = shape->dim[shape->rank - 1];
    }
    m.batch.rank = shape->rank > 2 ? shape->rank - 2 : 0;
    return m;
}

/* Number of the matrix of `own` that takes part in number `i` of the batch. */
static size_t broadcast_index(const struct shape *own, const struct shape *batch, size_t i)
{
    size_t index = 0, stride = 1;
    for (int back = 1; back <= own->rank; back++) {
        size_t size = batch->dim[batch->rank - back], coordinate = i % size;
        i /= size;
        index += own->dim[own->rank - back] == 1 ? 0 : coordinate * stride;
        stride *= own->dim[own->rank - back];
    }
    return index;
}

/* Every product a_ij b_jl once: into y, da and db. */
static void all_products(double *y, double *da, double *db, const struct shape *a_shape,
                         const struct shape *b_shape, const double *a, const double *b, const double *dy)
{
    struct matrices ma = matrices_of(a_shape, true), mb = matrices_of(b_shape, false);
    struct shape batch;
    assert_true(shape_broadcast(&batch, &ma.batch, &mb.batch));
    size_t m = ma.rows, k = ma.columns, n = mb.columns;
    for (size_t p = 0; p < shape_count(&batch); p++) {
        size_t at = broadcast_index(&ma.batch, &batch, p) * m * k;
        size_t bt = broadcast_index(&mb.batch, &batch, p) * k * n;
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < k; j++)
                for (size_t l = 0; l < n; l++) {
                    size_t ai = at + i * k + j, bi = bt + j * n + l, yi = (p * m + i) * n + l;
                    y[yi] += a[ai] * b[bi];
                    da[ai] += dy[yi] * b[bi];
                    db[bi] += dy[yi] * a[ai];
                }
    }
}

static void assert_all_close(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        build_assert_close(a[i], b[i], 1e-13);
}

/* The node's value and gradients are those of the loop; a and b may be one node. */
static void check_matmul(struct build *build, size_t a, size_t b)
{
    double y[ROOM] = {0}, da[ROOM] = {0}, db[ROOM] = {0};
    const struct node *nodes = build->graph.nodes;
    struct build_result r = build_double(build);
    size_t na = shape_count(&nodes[a].shape), nb = shape_count(&nodes[b].shape);
    assert_true(r.y_count <= ROOM && na <= ROOM && nb <= ROOM);
    all_products(y, da, db, &nodes[a].shape, &nodes[b].shape, r.value[a], r.value[b], r.seed);
    for (size_t i = 0; a == b && i < na; i++)
        db[i] = da[i] += db[i];
    assert_all_close(r.y, y, r.y_count);
    assert_all_close(r.gradient[a], da, na);
    assert_all_close(r.gradient[b], db, nb);
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
}

/* Shapes that fit: vectors now and then, batches of rank 0 .. 2 with sizes 1 and missing axes. */
static void random_pair(struct shape *a, struct shape *b, struct random *random)
{
    size_t k = random_below(random, 20) ? 1 + random_below(random, 5) : 0;
    size_t m = random_below(random, 20) ? 1 + random_below(random, 4) : 0, n = 1 + random_below(random, 4);
    int rank = (int)random_below(random, 3);
    *a = *b = (struct shape){0};
    for (int i = 0; i < rank; i++) {
        size_t size = random_below(random, 20) ? 1 + random_below(random, 3) : 0;
        bool missing_a = a->rank == 0 && random_below(random, 4) == 0;
        bool missing_b = b->rank == 0 && random_below(random, 4) == 0;
        if (!missing_a)
            a->dim[a->rank++] = random_below(random, 3) ? size : 1;
        if (!missing_b)
            b->dim[b->rank++] = random_below(random, 3) ? size : 1;
    }
    if (a->rank || random_below(random, 4))
        a->dim[a->rank++] = m;
    a->dim[a->rank++] = k;
    bool matrix = b->rank || random_below(random, 4);
    b->dim[b->rank++] = k;
    if (matrix)
        b->dim[b->rank++] = n;
}

static void matmul_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        struct shape shapes[2];
        build_start(&build, seed);
        random_pair(&shapes[0], &shapes[1], &build.random);
        size_t inputs[] = {build_input(&build, shapes[0], -1, 1), build_input(&build, shapes[1], -1, 1)};
        if (build_apply(&build, "matmul", "", inputs, 2) == NO_NODE)
            fail_msg("seed %d: %s", (int)seed, build_error(&build));
        check_matmul(&build, inputs[0], inputs[1]);
        build_free(&build);
    }
}

static void matmul_of_a_tensor_with_itself(void **state)
{
    (void)state;
    static const char *const shapes[] = {"[3]", "[1]", "[0]", "[4, 4]", "[2, 3, 3]", "[2, 1, 5, 5]"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct build build;
        build_start(&build, i);
        size_t x = build_input(&build, build_shape(shapes[i]), -1, 1);
        assert_int_not_equal(build_apply(&build, "matmul", "", (size_t[]){x, x}, 2), NO_NODE);
        check_matmul(&build, x, x);
        build_free(&build);
    }
}

static void assert_shape(const char *shapes, const char *expected)
{
    struct build build;
    char text[SHAPE_TEXT];
    build_start(&build, 1);
    long node = build_op(&build, "matmul", shapes, "", -1, 1);
    assert_int_not_equal(node, NO_NODE);
    assert_string_equal(shape_text(text, &build.graph.nodes[node].shape), expected);
    build_free(&build);
}

static void matmul_shapes(void **state)
{
    (void)state;
    assert_shape("[3] [3]", "[]");
    assert_shape("[3] [3, 4]", "[4]");
    assert_shape("[2, 3] [3]", "[2]");
    assert_shape("[2, 3] [3, 4]", "[2, 4]");
    assert_shape("[5, 2, 3] [3]", "[5, 2]");
    assert_shape("[3] [5, 3, 4]", "[5, 4]");
    assert_shape("[5, 1, 2, 3] [6, 3, 4]", "[5, 6, 2, 4]");
    assert_shape("[2, 0] [0, 4]", "[2, 4]");
}

/* A batch met by one matrix is one tall product: its gradient is one dot over batch and rows, rounded once
 * at the end where sums are wider than elements. */
static void gradients_of_a_batch_sum_in_sum_precision(void **state)
{
    (void)state;
    static const char *const shapes[] = {"[1, 2]", "[1, 1, 2]", "[2, 1, 1, 2]"};
    double a[64], ones[256];
    m_context half = m_context_dtype(BFLOAT16);
    for (int i = 0; i < 64; i++)
        a[i] = i ? 1 : 256; /* 256 + 1 is 256 in bfloat16 */
    for (int i = 0; i < 256; i++)
        ones[i] = 1;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct build build;
        build_start(&build, 1);
        struct shape shape = build_shape(shapes[i]);
        size_t inputs[] = {build_numbers(&build, build_shape("[64, 1, 1]"), a),
                           build_numbers(&build, shape, ones)};
        assert_int_not_equal(build_apply(&build, "matmul", "", inputs, 2), NO_NODE);
        build.graph.seed = (struct values){.doubles = ones};
        struct build_result r = build_mpfr_in(&build, &half);
        for (size_t j = 0; j < shape_count(&shape); j++)
            assert_true(r.gradient[inputs[1]][j] == 320); /* 256 + 63 = 319, to 8 bits */
        build_free(&build);
    }
}

static void check_affine(struct build *build, const size_t *inputs, size_t arity)
{
    double y[ROOM] = {0}, dx[ROOM] = {0}, dw[ROOM] = {0}, db[ROOM] = {0};
    const struct node *nodes = build->graph.nodes;
    struct build_result r = build_double(build);
    const struct shape *x = &nodes[inputs[0]].shape, *w = &nodes[inputs[1]].shape;
    struct shape rows = {.rank = 2, .dim = {x->dim[1] ? shape_count(x) / x->dim[1] : x->dim[0], x->dim[1]}};
    if (x->rank == 1)
        rows = *x;
    all_products(y, dx, dw, &rows, w, r.value[inputs[0]], r.value[inputs[1]], r.seed);
    for (size_t i = 0; arity > 2 && i < r.y_count; i++) {
        y[i] += r.value[inputs[2]][i % w->dim[1]];
        db[i % w->dim[1]] += r.seed[i];
    }
    assert_all_close(r.y, y, r.y_count);
    assert_all_close(r.gradient[inputs[0]], dx, shape_count(x));
    assert_all_close(r.gradient[inputs[1]], dw, shape_count(w));
    if (arity > 2)
        assert_all_close(r.gradient[inputs[2]], db, w->dim[1]);
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
}

static void affine_of_random_shapes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct build build;
        build_start(&build, seed);
        size_t n = random_below(&build.random, 5), d = random_below(&build.random, 6);
        size_t h = random_below(&build.random, 6), arity = 2 + seed % 2;
        struct shape x = {.rank = 2, .dim = {n, d}}, w = {.rank = 2, .dim = {d, h}},
                     b = {.rank = 1, .dim = {h}};
        if (seed % 5 == 0)
            x = (struct shape){.rank = 1, .dim = {d}};
        size_t inputs[] = {build_input(&build, x, -1, 1), build_input(&build, w, -1, 1),
                           build_input(&build, b, -1, 1)};
        if (build_apply(&build, "affine", "", inputs, arity) == NO_NODE)
            fail_msg("seed %d: %s", (int)seed, build_error(&build));
        check_affine(&build, inputs, arity);
        build_free(&build);
    }
}

/* affine is matmul and add, bit for bit; also with more axes in front, and x its own weights. */
static void affine_is_matmul_and_add(void **state)
{
    (void)state;
    static const char *const shapes[] = {"[4]", "[1, 4]", "[3, 4]", "[2, 3, 4]"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct build one, two;
        build_start(&one, i);
        build_start(&two, i);
        size_t inputs[3], twins[3];
        for (int k = 0; k < 3; k++) {
            struct shape shape = build_shape(k == 0 ? shapes[i] : k == 1 ? "[4, 3]" : "[3]");
            inputs[k] = build_input(&one, shape, -1, 1);
            twins[k] = build_input(&two, shape, -1, 1);
        }
        long y = build_apply(&one, "affine", "", inputs, 3);
        long product = build_apply(&two, "matmul", "", twins, 2);
        long sum = build_apply(&two, "add", "", (size_t[]){(size_t)product, twins[2]}, 2);
        assert_true(y != NO_NODE && sum != NO_NODE);
        two.graph.seed = one.graph.seed;
        struct build_result a = build_double(&one), b = build_double(&two);
        assert_memory_equal(a.y, b.y, a.y_count * sizeof *a.y);
        for (int k = 0; k < 3; k++)
            assert_memory_equal(a.gradient[inputs[k]], b.gradient[twins[k]],
                                shape_count(&one.graph.nodes[inputs[k]].shape) * sizeof *a.y);
        build_assert_scalars_agree(&one);
        build_free(&one);
        build_free(&two);
    }
}

static void affine_of_a_tensor_with_itself(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 5);
    size_t x = build_input(&build, build_shape("[4, 4]"), -1, 1);
    assert_int_not_equal(build_apply(&build, "affine", "", (size_t[]){x, x}, 2), NO_NODE);
    check_matmul(&build, x, x);
    build_free(&build);
}

static void refusals(void **state)
{
    (void)state;
    build_assert_refused("matmul", "[] [3]", "",
                         "matmul: x0 is a scalar; both arguments need at least one axis (use mul)");
    build_assert_refused("matmul", "[3] []", "",
                         "matmul: x1 is a scalar; both arguments need at least one axis (use mul)");
    build_assert_refused(
        "matmul", "[2, 3] [4, 5]", "",
        "matmul: x0 has shape [2, 3] and x1 has shape [4, 5]; the last size of x0, 3, must equal "
        "the last but one of x1, 4");
    build_assert_refused(
        "matmul", "[2, 3] [2]", "",
        "matmul: x0 has shape [2, 3] and x1 has shape [2]; the last size of x0, 3, must equal the "
        "size of x1, 2");
    build_assert_refused("matmul", "[2, 4, 3] [5, 3, 4]", "",
                         "matmul: x0 has shape [2, 4, 3] and x1 has shape [5, 3, 4]; the sizes before the last "
                         "two, the batch, must be equal or 1");
    build_assert_refused("matmul", "[2, 3]", "", "matmul takes 2 arguments (a b), not 1");
    build_assert_refused("affine", "[] [3, 2]", "", "affine: x0 is a scalar; it must have shape [N, D] or [D]");
    build_assert_refused("affine", "[2, 3] [3]", "",
                         "affine: the weights x1 have shape [3]; they must have shape [D, H]");
    build_assert_refused(
        "affine", "[2, 3] [2, 3] [3]", "",
        "affine: x0 has shape [2, 3] and x1 has shape [2, 3]; the last size of x0, 3, must equal "
        "the last but one of x1, 2");
    build_assert_refused(
        "affine", "[2, 3] [3, 4] [1, 4]", "",
        "affine: the bias x2 has shape [1, 4] and the weights x1 have shape [3, 4]; the bias must "
        "have shape [4]");
    build_assert_refused(
        "affine", "[2, 3] [3, 4] [3]", "",
        "affine: the bias x2 has shape [3] and the weights x1 have shape [3, 4]; the bias must "
        "have shape [4]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matmul_of_random_shapes),
        cmocka_unit_test(matmul_of_a_tensor_with_itself),
        cmocka_unit_test(matmul_shapes),
        cmocka_unit_test(gradients_of_a_batch_sum_in_sum_precision),
        cmocka_unit_test(affine_of_random_shapes),
        cmocka_unit_test(affine_is_matmul_and_add),
        cmocka_unit_test(affine_of_a_tensor_with_itself),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
