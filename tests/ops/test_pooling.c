/* Pooling against loops over every window; ties, ragged windows, padding; what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROOM = 1024 };

struct numbers {
    long kernel[2], stride[2], padding[2], dilation[2];
    bool ceil, include, largest;
};

/* The number of windows along an axis: all that begin inside x or the padding in front of it, and end inside
 * the padding behind it, or (ceil) whose predecessor ends before that. */
static long windows(long size, const struct numbers *v, int axis)
{
    long extent = (v->kernel[axis] - 1) * v->dilation[axis] + 1, count = 0, end = size + v->padding[axis];
    for (long at = -v->padding[axis];; at += v->stride[axis], count++) {
        bool whole = at + extent <= end, more = v->ceil && at - v->stride[axis] + extent < end;
        if (!whole && (!more || at >= size))
            return count;
    }
}

/* y and dx of one plane, element by element. */
static void plane_loop(double *y, double *dx, const double *x, const double *dy, const long *size,
                       const struct numbers *v)
{
    long rows = windows(size[0], v, 0), columns = windows(size[1], v, 1);
    for (long i = 0; i < rows; i++)
        for (long j = 0; j < columns; j++, y++, dy++) {
            long inside[64] = {0}, count = 0, padded = 0;
            for (long p = 0; p < v->kernel[0]; p++)
                for (long q = 0; q < v->kernel[1]; q++) {
                    long row = i * v->stride[0] - v->padding[0] + p * v->dilation[0];
                    long column = j * v->stride[1] - v->padding[1] + q * v->dilation[1];
                    padded += row < size[0] + v->padding[0] && column < size[1] + v->padding[1];
                    if (row >= 0 && column >= 0 && row < size[0] && column < size[1])
                        inside[count++] = row * size[1] + column;
                }
            long largest = inside[0];
            double total = 0;
            for (long n = 0; n < count; n++) {
                total += x[inside[n]];
                largest = x[inside[n]] > x[largest] ? inside[n] : largest;
            }
            double divisor = (double)(v->include ? padded : count);
            *y = v->largest ? x[largest] : total / divisor;
            for (long n = 0; n < count; n++)
                if (!v->largest || inside[n] == largest)
                    dx[inside[n]] += v->largest ? *dy : *dy / divisor;
        }
}

static void check(const char *op, const char *shape, const char *attributes, struct numbers v)
{
    struct build build;
    build_start(&build, 5);
    long node = build_op(&build, op, shape, attributes, -2, 2);
    if (node == NO_NODE)
        fail_msg("%s", build_error(&build));
    struct build_result r = build_double(&build);
    const struct shape *x = &build.graph.nodes[0].shape, *to = &build.graph.nodes[node].shape;
    bool flat = x->rank == 3;
    const long size[] = {flat ? 1 : (long)x->dim[2], (long)x->dim[x->rank - 1]};
    size_t out = (size_t)(windows(size[0], &v, 0) * windows(size[1], &v, 1)), in = (size_t)(size[0] * size[1]);
    assert_int_equal(to->dim[to->rank - 1], windows(size[1], &v, 1));
    assert_int_equal(r.y_count, x->dim[0] * x->dim[1] * out);
    for (size_t p = 0; p < x->dim[0] * x->dim[1]; p++) {
        double y[ROOM], dx[ROOM] = {0};
        plane_loop(y, dx, r.value[0] + p * in, r.seed + p * out, size, &v);
        for (size_t i = 0; i < out; i++)
            build_assert_close(r.y[p * out + i], y[i], 1e-14);
        for (size_t i = 0; i < in; i++)
            build_assert_close(r.gradient[0][p * in + i], dx[i], 1e-14);
    }
    build_assert_scalars_agree(&build);
    build_assert_accumulates(&build);
    build_free(&build);
}

/* Every stride, padding, dilation and both modes on sizes 1 .. 7, two axes that differ. */
static void test_pools_are_the_loop(void **state)
{
    (void)state;
    size_t checked = 0;
    for (unsigned bits = 0; bits < 3 * 3 * 2 * 2 * 2 * 5; bits++) {
        long kernel = 1 + (long)(bits % 3), stride = 1 + (long)(bits / 3 % 3);
        bool padded = bits / 9 % 2, include = bits / 36 % 2, ceil = bits / 18 % 2;
        long size = 3 + (long)(bits / 72);
        struct numbers v = {{kernel, 2}, {stride, 2}, {padded ? kernel / 2 : 0, 1}, {1, 1}, ceil,
                            include,     false};
        char shape[64], text[160], more[64];
        snprintf(shape, sizeof shape, "[2, 2, %ld, %ld]", size, size + 1);
        snprintf(text, sizeof text, "kernel=[%ld, 2]; stride=[%ld, 2]; padding=[%ld, 1]; ceil_mode=%s", kernel,
                 stride, v.padding[0], ceil ? "true" : "false");
        v.largest = true;
        check("max_pool2d", shape, text, v);
        v.largest = false;
        snprintf(more, sizeof more, "; count_include_pad=%s", include ? "true" : "false");
        strcat(text, more);
        check("avg_pool2d", shape, text, v);
        checked++;
    }
    assert_int_equal(checked, 360);
}

static void test_sequences_and_dilation(void **state)
{
    (void)state;
    struct numbers v = {{1, 3}, {1, 2}, {0, 2}, {1, 2}, false, false, true};
    check("max_pool1d", "[2, 3, 9]", "kernel=3; stride=2; padding=2; dilation=2", v);
    v = (struct numbers){{1, 2}, {1, 2}, {0, 0}, {1, 1}, true, true, false};
    check("avg_pool1d", "[1, 2, 5]", "kernel=2; ceil_mode=true", v);
    v = (struct numbers){{7, 7}, {3, 3}, {2, 2}, {1, 1}, false, true, false};
    check("avg_pool2d", "[1, 2, 16, 16]", "kernel=7; stride=3; padding=2", v);
    v = (struct numbers){{2, 2}, {1, 1}, {1, 0}, {3, 2}, false, true, true};
    check("max_pool2d", "[2, 1, 6, 6]", "kernel=2; stride=1; padding=[1, 0]; dilation=[3, 2]", v);
}

/* Width 5, kernel 2, stride 2: the last window holds one element and divides by one. */
static void test_ragged_window_divides_by_what_it_holds(void **state)
{
    (void)state;
    const double x[] = {1, 3, 5, 7, 11};
    struct build build;
    build_start(&build, 1);
    size_t input = build_numbers(&build, build_shape("[1, 1, 5]"), x);
    assert_true(build_apply(&build, "avg_pool1d", "kernel=2; ceil_mode=true", &input, 1) != NO_NODE);
    struct build_result r = build_double(&build);
    assert_int_equal(r.y_count, 3);
    assert_true(r.y[0] == 2 && r.y[1] == 6 && r.y[2] == 11);
    assert_true(r.gradient[0][4] == r.seed[2] && r.gradient[0][0] == r.seed[0] / 2);
    build_free(&build);
}

/* All equal, and a NaN: the first of the window gets all; a NaN is the largest. */
static void test_ties_and_nan(void **state)
{
    (void)state;
    const double equal[] = {2, 2, 2, 2}, seed[] = {3}, nan[] = {1, NAN, 5, NAN};
    struct build build;
    build_start(&build, 1);
    size_t input = build_numbers(&build, build_shape("[1, 1, 2, 2]"), equal);
    assert_true(build_apply(&build, "max_pool2d", "kernel=2", &input, 1) != NO_NODE);
    build.graph.seed = (struct values){.doubles = seed};
    struct build_result r = build_double(&build);
    assert_true(r.gradient[0][0] == 3 && r.gradient[0][1] == 0 && r.gradient[0][3] == 0);
    build_free(&build);
    build_start(&build, 1);
    input = build_numbers(&build, build_shape("[1, 1, 2, 2]"), nan);
    assert_true(build_apply(&build, "max_pool2d", "kernel=2", &input, 1) != NO_NODE);
    build.graph.seed = (struct values){.doubles = seed};
    r = build_double(&build);
    assert_true(isnan(r.y[0]) && r.gradient[0][1] == 3 && r.gradient[0][2] == 0);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("max_pool2d", "[1, 2, 3]", "kernel=2",
                         "max_pool2d: x0 has shape [1, 2, 3]; it must have shape [N, C, H, W]");
    build_assert_refused("max_pool2d", "[1, 1, 4, 4]", "kernel=0",
                         "max_pool2d: kernel holds 0; it must be 1 or more, up to 16777216");
    build_assert_refused("max_pool2d", "[1, 1, 4, 4]", "kernel=2; stride=[1, 0]",
                         "max_pool2d: stride holds 0; it must be 1 or more, up to 16777216");
    build_assert_refused(
        "avg_pool2d", "[1, 1, 4, 4]", "kernel=[2, 2, 2]",
        "avg_pool2d: kernel lists 3 numbers; it must list one, or two: for rows and for columns");
    build_assert_refused("avg_pool1d", "[1, 1, 4]", "kernel=3; padding=2",
                         "avg_pool1d: padding = 2 along axis 2; it must be at most 1, half of what the kernel "
                         "covers");
    build_assert_refused(
        "max_pool1d", "[1, 1, 4]", "kernel=5",
        "max_pool1d: the kernel covers 5 elements along axis 2 of x0 with shape [1, 1, 4]; with "
        "padding = 0 on both sides there are 4: a smaller kernel, less dilation or more padding would fit");
    build_assert_refused(
        "max_pool1d", "[1, 1, 1]", "kernel=2; dilation=4; padding=2",
        "max_pool1d: window 0 along axis 2 of x0 with shape [1, 1, 1] holds padding only; each "
        "must hold an element");
    build_assert_refused("global_average_pool", "[2, 3]", "",
                         "global_average_pool: x0 has shape [2, 3]; it must have shape [N, C, ...]");
    build_assert_refused("global_average_pool", "[2, 3, 0]", "",
                         "global_average_pool: axis 2 of x0 with shape [2, 3, 0] has no elements");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pools_are_the_loop),
        cmocka_unit_test(test_sequences_and_dilation),
        cmocka_unit_test(test_ragged_window_divides_by_what_it_holds),
        cmocka_unit_test(test_ties_and_nan),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
