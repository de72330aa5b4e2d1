/* upsample against weights computed element by element, the windows of adaptive pooling, and what is refused.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROOM = 1024, MOST = 16 };

/* How one axis is brought from `from` to `to` elements: a matrix of weights. */
struct axis {
    size_t from, to;
    double weight[MOST][MOST];
};

static struct axis axis_of(size_t from, size_t to, bool nearest, bool corners)
{
    struct axis axis = {.from = from, .to = to};
    for (size_t o = 0; o < to; o++) {
        double half = ((double)o + 0.5) * (double)from / (double)to - 0.5;
        double place = corners ? to > 1 ? (double)(o * (from - 1)) / (double)(to - 1) : 0 : half;
        if (nearest)
            place = floor((double)(o * from) / (double)to);
        for (size_t i = 0; i < from; i++) {
            double away = fabs(fmin(fmax(place, 0), (double)(from - 1)) - (double)i);
            axis.weight[o][i] = away < 1 ? 1 - away : 0;
        }
    }
    return axis;
}

static void check(struct axis rows, struct axis columns, const char *attributes)
{
    struct build build;
    char shape[64], text[160];
    snprintf(shape, sizeof shape, "[2, 1, %zu, %zu]", rows.from, columns.from);
    snprintf(text, sizeof text, "size=[%zu, %zu]%s", rows.to, columns.to, attributes);
    build_start(&build, 3);
    if (build_op(&build, "upsample", shape, text, -2, 2) == NO_NODE)
        fail_msg("%s", build_error(&build));
    struct build_result r = build_double(&build);
    size_t in = rows.from * columns.from, out = rows.to * columns.to;
    assert_int_equal(r.y_count, 2 * out);
    for (size_t plane = 0; plane < 2; plane++) {
        double y[ROOM] = {0}, dx[ROOM] = {0};
        for (size_t o = 0; o < out; o++)
            for (size_t i = 0; i < in; i++) {
                double w = rows.weight[o / columns.to][i / columns.from] *
                           columns.weight[o % columns.to][i % columns.from];
                y[o] += w * r.value[0][plane * in + i];
                dx[i] += w * r.seed[plane * out + o];
            }
        for (size_t o = 0; o < out; o++)
            build_assert_close(r.y[plane * out + o], y[o], 1e-14);
        for (size_t i = 0; i < in; i++)
            build_assert_close(r.gradient[0][plane * in + i], dx[i], 1e-14);
    }
    build_assert_scalars_agree(&build);
    build_assert_accumulates(&build);
    build_free(&build);
}

/* Every pair of sizes 1 .. 7, rows and columns that differ, in every mode. */
static void test_upsample_is_its_weights(void **state)
{
    (void)state;
    for (size_t from = 1; from <= 7; from++)
        for (size_t to = 1; to <= 7; to++) {
            size_t other = 1 + (from + 2 * to) % 5;
            check(axis_of(from, to, true, false), axis_of(other, from, true, false), "");
            check(axis_of(from, to, false, false), axis_of(other, from, false, false), "; mode=bilinear");
            check(axis_of(from, to, false, true), axis_of(other, from, false, true),
                  "; mode=bilinear; align_corners=true");
        }
}

static void test_scale_multiplies_the_sizes(void **state)
{
    (void)state;
    struct build build;
    build_start(&build, 1);
    long node = build_op(&build, "upsample", "[1, 2, 3, 4]", "scale=[2, 3]", -1, 1);
    assert_true(node != NO_NODE);
    assert_int_equal(build.graph.nodes[node].shape.dim[2], 6);
    assert_int_equal(build.graph.nodes[node].shape.dim[3], 12);
    build_free(&build);
}

/* 5 elements in 3 windows: 0 1 | 1 2 3 | 3 4. */
static void test_adaptive_windows(void **state)
{
    (void)state;
    const double x[] = {1, 4, 2, 4, -3};
    struct build build;
    build_start(&build, 1);
    size_t input = build_numbers(&build, build_shape("[1, 1, 5]"), x);
    assert_true(build_apply(&build, "adaptive_avg_pool1d", "size=3", &input, 1) != NO_NODE);
    struct build_result r = build_double(&build);
    assert_true(r.y_count == 3 && r.y[0] == 2.5 && r.y[1] == 10.0 / 3 && r.y[2] == 0.5);
    build_assert_close(r.gradient[0][1], r.seed[0] / 2 + r.seed[1] / 3, 1e-15);
    assert_true(r.gradient[0][2] == r.seed[1] / 3 && r.gradient[0][4] == r.seed[2] / 2);
    assert_true(build_apply(&build, "adaptive_max_pool1d", "size=3", &input, 1) != NO_NODE);
    r = build_double(&build);
    assert_true(r.y[0] == 4 && r.y[1] == 4 && r.y[2] == 4);
    assert_true(r.gradient[0][1] == r.seed[0] + r.seed[1]); /* the first of the two equal ones */
    assert_true(r.gradient[0][3] == r.seed[2] && r.gradient[0][2] == 0);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("upsample", "[2, 3, 4]", "scale=2",
                         "upsample: x0 has shape [2, 3, 4]; it must have shape [N, C, H, W]");
    build_assert_refused("upsample", "[1, 1, 0, 2]", "scale=2",
                         "upsample: axis 2 of x0 with shape [1, 1, 0, 2] has no elements");
    build_assert_refused("upsample", "[1, 1, 2, 2]", "",
                         "upsample: neither size nor scale is given; give one of them");
    build_assert_refused("upsample", "[1, 1, 2, 2]", "scale=2; size=4",
                         "upsample: both size and scale are given; give one of them");
    build_assert_refused("upsample", "[1, 1, 2, 2]", "size=[4, 4, 4]",
                         "upsample: size lists 3 numbers; it must list one, or two: for rows and for columns");
    build_assert_refused("upsample", "[1, 1, 2, 2]", "scale=0",
                         "upsample: scale holds 0; it must be 1 or more, up to 16777216");
    build_assert_refused("upsample", "[1, 1, 2, 2]", "scale=2; align_corners=true",
                         "upsample: align_corners = true, but mode = nearest has no places in between; use "
                         "mode = bilinear");
    build_assert_refused("upsample", "[1, 1, 2, 2]", "scale=2; mode=bicubic",
                         "upsample: mode = bicubic; it must be one of nearest, bilinear");
    build_assert_refused("adaptive_avg_pool1d", "[2, 3]", "size=2",
                         "adaptive_avg_pool1d: x0 has shape [2, 3]; it must have shape [N, C, L]");
    build_assert_refused("adaptive_max_pool2d", "[1, 1, 4, 4]", "size=[2, 0]",
                         "adaptive_max_pool2d: size holds 0; it must be 1 or more, up to 16777216");
    build_assert_refused("adaptive_max_pool1d", "[1, 1, 4]", "size=[2, 2]",
                         "adaptive_max_pool1d: size lists 2 numbers; it must list one");
    build_assert_refused("adaptive_avg_pool2d", "[1, 1, 4, 4]", "",
                         "adaptive_avg_pool2d needs the attribute size: windows along the axis; one number, or "
                         "one an axis");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upsample_is_its_weights),
        cmocka_unit_test(test_scale_multiplies_the_sizes),
        cmocka_unit_test(test_adaptive_windows),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
