/* linear, outer, dot and bilinear against one loop over all their products; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROOM = 256 };

/* The loop's results: y, and the gradients of the arguments in their order. */
struct loop {
    double y[ROOM], d[4][ROOM];
};

static struct build_result apply(struct build *build, const char *op, const char *shapes)
{
    build_start(build, 11);
    if (build_op(build, op, shapes, "", -2, 2) == NO_NODE)
        fail_msg("%s", build_error(build));
    build_assert_scalars_agree(build);
    build_assert_accumulates(build);
    return build_double(build);
}

static void assert_is_loop(struct build *build, const struct build_result *r, const struct loop *loop)
{
    for (size_t i = 0; i < r->y_count; i++)
        build_assert_close(r->y[i], loop->y[i], 1e-13);
    for (size_t k = 0; k + 1 < build->graph.count; k++)
        for (size_t i = 0; i < shape_count(&build->graph.nodes[k].shape); i++)
            build_assert_close(r->gradient[k][i], loop->d[k][i], 1e-13);
    build_free(build);
}

static void check_linear(const char *shapes, size_t n, size_t d, size_t h, bool bias)
{
    struct build build;
    struct build_result r = apply(&build, "linear", shapes);
    struct loop loop = {{0}, {{0}}};
    for (size_t i = 0; i < n; i++)
        for (size_t o = 0; o < h; o++) {
            size_t at = i * h + o;
            for (size_t j = 0; j < d; j++) {
                loop.y[at] += r.value[0][i * d + j] * r.value[1][o * d + j];
                loop.d[0][i * d + j] += r.seed[at] * r.value[1][o * d + j];
                loop.d[1][o * d + j] += r.seed[at] * r.value[0][i * d + j];
            }
            loop.y[at] += bias ? r.value[2][o] : 0;
            loop.d[2][o] += r.seed[at];
        }
    assert_is_loop(&build, &r, &loop);
}

static void test_linear(void **state)
{
    (void)state;
    check_linear("[4, 3] [2, 3] [2]", 4, 3, 2, true);
    check_linear("[3] [5, 3]", 1, 3, 5, false);
    check_linear("[2, 3, 2] [4, 2] [4]", 6, 2, 4, true);
}

/* dot is outer's sum over equal indices. */
static void check_product(const char *op, const char *shapes, size_t m, size_t n)
{
    struct build build;
    struct build_result r = apply(&build, op, shapes);
    struct loop loop = {{0}, {{0}}};
    bool inner = r.y_count == 1;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            size_t at = inner ? 0 : i * n + j;
            if (inner && i != j)
                continue;
            loop.y[at] += r.value[0][i] * r.value[1][j];
            loop.d[0][i] += r.seed[at] * r.value[1][j];
            loop.d[1][j] += r.seed[at] * r.value[0][i];
        }
    assert_is_loop(&build, &r, &loop);
}

static void test_outer_and_dot(void **state)
{
    (void)state;
    check_product("outer", "[3] [4]", 3, 4);
    check_product("outer", "[2, 2] [3, 1]", 4, 3);
    check_product("outer", "[] [3]", 1, 3);
    check_product("dot", "[6] [6]", 6, 6);
    check_product("dot", "[1] [1]", 1, 1);
}

static void check_bilinear(const char *shapes, size_t n, size_t d, size_t e, size_t h, bool bias)
{
    struct build build;
    struct build_result r = apply(&build, "bilinear", shapes);
    struct loop loop = {{0}, {{0}}};
    for (size_t s = 0; s < n; s++)
        for (size_t o = 0; o < h; o++) {
            size_t at = s * h + o;
            for (size_t i = 0; i < d; i++)
                for (size_t j = 0; j < e; j++) {
                    size_t w = (o * d + i) * e + j;
                    double x = r.value[0][s * d + i], z = r.value[1][s * e + j], W = r.value[2][w];
                    loop.y[at] += x * W * z;
                    loop.d[0][s * d + i] += r.seed[at] * W * z;
                    loop.d[1][s * e + j] += r.seed[at] * W * x;
                    loop.d[2][w] += r.seed[at] * x * z;
                }
            loop.y[at] += bias ? r.value[3][o] : 0;
            loop.d[3][o] += r.seed[at];
        }
    assert_is_loop(&build, &r, &loop);
}

static void test_bilinear(void **state)
{
    (void)state;
    check_bilinear("[4, 3] [4, 2] [5, 3, 2] [5]", 4, 3, 2, 5, true);
    check_bilinear("[2] [4] [1, 2, 4]", 1, 2, 4, 1, false);
    check_bilinear("[2, 2, 1] [2, 2, 3] [2, 1, 3] [2]", 4, 1, 3, 2, true);
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("linear", "[2, 3] [3]", "",
                         "linear: the weights x1 have shape [3]; they must have shape [H, D]");
    build_assert_refused("linear", "[] [2, 3]", "", "linear: x0 is a scalar; it must have at least one axis");
    build_assert_refused(
        "linear", "[2, 3] [3, 2]", "",
        "linear: x0 has shape [2, 3] and the weights x1 have shape [3, 2]; the last size of x0, "
        "3, must equal axis 1 of the weights, 2");
    build_assert_refused("linear", "[2, 3] [4, 3] [3]", "",
                         "linear: the bias x2 has shape [3]; it must have shape [4]");
    build_assert_refused("outer", "[1, 1, 1, 1, 1] [1, 1, 1, 1]", "",
                         "outer: x0 has 5 axes and x1 has 4; together at most 8 are possible");
    build_assert_refused("dot", "[2, 2] [2]", "",
                         "dot: x0 has shape [2, 2]; it must be a vector (matmul takes matrices)");
    build_assert_refused("dot", "[2] [3]", "",
                         "dot: x0 has shape [2] and x1 has shape [3]; they must be equally long");
    build_assert_refused(
        "bilinear", "[2, 3] [3, 2] [4, 3, 2]", "",
        "bilinear: x0 has shape [2, 3] and x1 has shape [3, 2]; the sizes before the last must "
        "be equal");
    build_assert_refused(
        "bilinear", "[2, 3] [2, 2] [4, 3, 3]", "",
        "bilinear: x1 has shape [2, 2] and the weights x2 have shape [4, 3, 3]; the last size of "
        "x1, 2, must equal axis 2 of the weights, 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_outer_and_dot),
        cmocka_unit_test(test_bilinear),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
