/* Convolutions against one loop over all their products; bugs known from elsewhere; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

enum { ROOM = 8192 };

struct numbers {
    long stride[2], padding[2], dilation[2], groups;
};

/* A convolution's x or a transposed one's y is `image`, the other one is `map`. */
struct sides {
    const struct shape *image, *map, *w;
};

/* Every product that there is: where it reads and writes. */
struct term {
    size_t image, map, w;
};

/* Calls visit for every term of the convolution. */
static void for_terms(struct sides s, struct numbers v, void (*visit)(struct term, void *), void *data)
{
    size_t per_image = s.w->dim[1], per_map = s.w->dim[0] / (size_t)v.groups;
    const size_t *im = s.image->dim, *mp = s.map->dim, *wd = s.w->dim;
    for (size_t n = 0; n < mp[0]; n++)
        for (size_t m = 0; m < wd[0]; m++)
            for (size_t c = 0; c < per_image; c++)
                for (size_t i = 0; i < mp[2]; i++)
                    for (size_t j = 0; j < mp[3]; j++)
                        for (size_t p = 0; p < wd[2]; p++)
                            for (size_t q = 0; q < wd[3]; q++) {
                                long row = (long)i * v.stride[0] - v.padding[0] + (long)p * v.dilation[0];
                                long column = (long)j * v.stride[1] - v.padding[1] + (long)q * v.dilation[1];
                                size_t channel = m / per_map * per_image + c;
                                if (row < 0 || column < 0 || row >= (long)im[2] || column >= (long)im[3])
                                    continue;
                                struct term term;
                                term.image = ((n * im[1] + channel) * im[2] + (size_t)row) * im[3];
                                term.image += (size_t)column;
                                term.map = ((n * mp[1] + m) * mp[2] + i) * mp[3] + j;
                                term.w = ((m * per_image + c) * wd[2] + p) * wd[3] + q;
                                visit(term, data);
                            }
}

/* The loop's results, for a convolution (x is the image) or a transposed one (y is). */
struct loop {
    bool transposed;
    const double *x, *w, *dy;
    double y[ROOM], dx[ROOM], dw[ROOM];
};

static void add_term(struct term term, void *data)
{
    struct loop *l = data;
    size_t x = l->transposed ? term.map : term.image, y = l->transposed ? term.image : term.map;
    l->y[y] += l->x[x] * l->w[term.w];
    l->dx[x] += l->dy[y] * l->w[term.w];
    l->dw[term.w] += l->dy[y] * l->x[x];
}

static void assert_all_close(const double *a, const double *b, size_t n)
{
    assert_true(n <= ROOM);
    for (size_t i = 0; i < n; i++)
        build_assert_close(a[i], b[i], 1e-13);
}

/* Checks y, dx, dW and db of the op on shapes "x W b" against the loop. */
static void check(const char *op, const char *shapes, const char *attributes, struct numbers v)
{
    static struct loop loop;
    struct build build;
    build_start(&build, 7);
    long node = build_op(&build, op, shapes, attributes, -2, 2);
    if (node == NO_NODE)
        fail_msg("%s", build_error(&build));
    struct build_result r = build_double(&build);
    const struct node *nodes = build.graph.nodes;
    const struct shape *x = &nodes[0].shape, *w = &nodes[1].shape, *y = &nodes[node].shape;
    loop = (struct loop){.transposed = strcmp(op, "conv_transpose2d") == 0};
    loop.x = r.value[0];
    loop.w = r.value[1];
    loop.dy = r.seed;
    struct sides sides = loop.transposed ? (struct sides){y, x, w} : (struct sides){x, y, w};
    for_terms(sides, v, add_term, &loop);
    size_t size = y->dim[2] * y->dim[3], channels = y->dim[1];
    if (node > 2) {
        double db[ROOM] = {0};
        for (size_t i = 0; i < r.y_count; i++) {
            loop.y[i] += r.value[2][i / size % channels];
            db[i / size % channels] += r.seed[i];
        }
        assert_all_close(r.gradient[2], db, channels);
    }
    assert_all_close(r.y, loop.y, r.y_count);
    assert_all_close(r.gradient[0], loop.dx, shape_count(x));
    assert_all_close(r.gradient[1], loop.dw, shape_count(w));
    build_assert_scalars_agree(&build);
    build_assert_accumulates(&build);
    build_free(&build);
}

static const struct numbers simple = {{1, 1}, {0, 0}, {1, 1}, 1};

static void test_conv2d_is_the_loop(void **state)
{
    (void)state;
    check("conv2d", "[2, 3, 5, 4] [2, 3, 3, 2] [2]", "", simple);
    check("conv2d", "[1, 1, 1, 1] [1, 1, 1, 1]", "", simple);
    check("conv2d", "[2, 2, 16, 16] [3, 2, 7, 7] [3]", "stride=3; padding=2",
          (struct numbers){{3, 3}, {2, 2}, {1, 1}, 1});
    check("conv2d", "[2, 4, 5, 7] [6, 2, 2, 3] [6]", "stride=[1, 2]; padding=[2, 0]; dilation=[3, 2]; groups=2",
          (struct numbers){{1, 2}, {2, 0}, {3, 2}, 2});
    check("conv2d", "[2, 3, 4, 4] [3, 1, 3, 3]", "groups=3; padding=1",
          (struct numbers){{1, 1}, {1, 1}, {1, 1}, 3});
    check("conv2d", "[1, 1, 2, 2] [1, 1, 2, 2] [1]", "padding=3; stride=5",
          (struct numbers){{5, 5}, {3, 3}, {1, 1}, 1});
}

static void test_conv_transpose2d_is_the_loop(void **state)
{
    (void)state;
    check("conv_transpose2d", "[2, 3, 3, 2] [3, 2, 2, 3] [2]", "", simple);
    check("conv_transpose2d", "[2, 2, 4, 4] [2, 3, 7, 7] [3]", "stride=3; padding=2; output_padding=1",
          (struct numbers){{3, 3}, {2, 2}, {1, 1}, 1});
    check("conv_transpose2d", "[2, 4, 3, 2] [4, 3, 2, 3] [6]",
          "stride=[1, 2]; padding=[2, 0]; dilation=[3, 2]; groups=2; output_padding=[2, 1]",
          (struct numbers){{1, 2}, {2, 0}, {3, 2}, 2});
    check("conv_transpose2d", "[1, 1, 2, 2] [1, 1, 1, 1]", "stride=4; output_padding=3",
          (struct numbers){{4, 4}, {0, 0}, {1, 1}, 1});
}

/* A convolution of sequences is one of images with one row. */
static void test_conv1d_is_conv2d_with_one_row(void **state)
{
    (void)state;
    const char *const attributes[][2] = {
        {"", ""},
        {"stride=2; padding=3; dilation=2", "stride=[1, 2]; padding=[0, 3]; dilation=[1, 2]"},
        {"stride=3; groups=2; padding=2", "stride=[1, 3]; groups=2; padding=[0, 2]"},
    };
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        struct build flat, tall;
        build_start(&flat, 3);
        build_start(&tall, 3);
        bool grouped = strstr(attributes[i][0], "groups");
        const char *one = grouped ? "[2, 4, 9] [6, 2, 3] [6]" : "[2, 2, 9] [3, 2, 3] [3]";
        const char *two = grouped ? "[2, 4, 1, 9] [6, 2, 1, 3] [6]" : "[2, 2, 1, 9] [3, 2, 1, 3] [3]";
        assert_true(build_op(&flat, "conv1d", one, attributes[i][0], -2, 2) != NO_NODE);
        assert_true(build_op(&tall, "conv2d", two, attributes[i][1], -2, 2) != NO_NODE);
        struct build_result a = build_double(&flat), b = build_double(&tall);
        assert_int_equal(a.y_count, b.y_count);
        for (size_t j = 0; j < a.y_count; j++)
            assert_true(a.y[j] == b.y[j]);
        for (size_t k = 0; k < 3; k++)
            for (size_t j = 0; j < shape_count(&flat.graph.nodes[k].shape); j++)
                assert_true(a.gradient[k][j] == b.gradient[k][j]);
        build_free(&flat);
        build_free(&tall);
    }
}

/* 16 wide, kernel 7, stride 3, padding 2: the last column of padding and nothing of x is left over. */
static void test_sizes(void **state)
{
    (void)state;
    const struct {
        const char *op, *shapes, *attributes, *y;
    } rows[] = {
        {"conv2d", "[1, 1, 16, 16] [1, 1, 7, 7]", "stride=3; padding=2", "[1, 1, 5, 5]"},
        {"conv2d", "[1, 1, 17, 18] [1, 1, 7, 7]", "stride=3; padding=2", "[1, 1, 5, 6]"},
        {"conv_transpose2d", "[1, 1, 5, 5] [1, 1, 7, 7]", "stride=3; padding=2", "[1, 1, 15, 15]"},
        {"conv_transpose2d", "[1, 1, 5, 5] [1, 1, 7, 7]", "stride=3; padding=2; output_padding=1",
         "[1, 1, 16, 16]"},
        {"conv1d", "[0, 2, 10] [4, 2, 3]", "dilation=4", "[0, 4, 2]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct build build;
        build_start(&build, 1);
        long node = build_op(&build, rows[i].op, rows[i].shapes, rows[i].attributes, -1, 1);
        char text[SHAPE_TEXT];
        assert_true(node != NO_NODE);
        assert_string_equal(shape_text(text, &build.graph.nodes[node].shape), rows[i].y);
        build_free(&build);
    }
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("conv2d", "[1, 2, 3] [1, 2, 3, 3]", "",
                         "conv2d: x0 has shape [1, 2, 3]; it must have shape [N, C, H, W]");
    build_assert_refused("conv2d", "[1, 2, 4, 4] [1, 3, 3, 3]", "",
                         "conv2d: x0 has shape [1, 2, 4, 4] and the weights x1 have shape [1, 3, 3, 3]; with "
                         "groups = 1 their axis 1 must be 2");
    build_assert_refused(
        "conv2d", "[1, 2, 4, 4] [1, 2, 3]", "",
        "conv2d: x1 has shape [1, 2, 3]; it must have shape [channels of y, C / groups, KH, KW]");
    build_assert_refused("conv2d", "[1, 3, 4, 4] [2, 1, 3, 3]", "groups=2",
                         "conv2d: groups = 2 does not divide the 3 channels of x0 with shape [1, 3, 4, 4]");
    build_assert_refused("conv2d", "[1, 2, 4, 4] [3, 1, 3, 3]", "groups=2",
                         "conv2d: groups = 2 does not divide the 3 channels of x1 with shape [3, 1, 3, 3]");
    build_assert_refused("conv2d", "[1, 2, 4, 4] [3, 1, 3, 3]", "groups=0",
                         "conv2d: groups = 0; it must be 1 or more");
    build_assert_refused("conv2d", "[1, 1, 4, 4] [1, 1, 3, 3]", "stride=0",
                         "conv2d: stride holds 0; it must be 1 or more, up to 16777216");
    build_assert_refused("conv2d", "[1, 1, 4, 4] [1, 1, 3, 3]", "padding=[0, -1]",
                         "conv2d: padding holds -1; it must be 0 or more, up to 16777216");
    build_assert_refused(
        "conv2d", "[1, 1, 4, 4] [1, 1, 3, 3]", "dilation=[1, 1, 1]",
        "conv2d: dilation lists 3 numbers; it must list one, or two: for rows and for columns");
    build_assert_refused("conv1d", "[1, 1, 4] [1, 1, 3]", "stride=[1, 1]",
                         "conv1d: stride lists 2 numbers; it must list one");
    build_assert_refused(
        "conv2d", "[1, 1, 4, 3] [1, 1, 3, 3]", "dilation=2; padding=[1, 0]",
        "conv2d: the kernel covers 5 elements along axis 3 of x0 with shape [1, 1, 4, 3]; with "
        "padding = 0 on both sides there are 3: a smaller kernel, less dilation or more padding would fit");
    build_assert_refused(
        "conv2d", "[1, 1, 4, 4] [2, 1, 3, 3] [3]", "",
        "conv2d: the bias x2 has shape [3]; it must have shape [2], one number a channel of y");
    build_assert_refused("conv2d", "[1, 0, 4, 4] [2, 0, 3, 3]", "",
                         "conv2d: axis 1 of x0 with shape [1, 0, 4, 4] has no elements");
    build_assert_refused("conv2d", "[1, 1, 4, 4] [0, 1, 3, 3]", "",
                         "conv2d: the weights x1 have no channels: axis 0 has size 0");
    build_assert_refused("conv_transpose2d", "[1, 2, 4, 4] [3, 1, 3, 3]", "",
                         "conv_transpose2d: x0 has shape [1, 2, 4, 4] and the weights x1 have shape "
                         "[3, 1, 3, 3]; the weights' axis 0 must be 2");
    build_assert_refused(
        "conv_transpose2d", "[1, 1, 4, 4] [1, 1, 3, 3]", "stride=2; output_padding=2",
        "conv_transpose2d: output_padding = 2; it must be less than stride = 2 or dilation = 1");
    build_assert_refused("conv_transpose2d", "[1, 1, 1, 2] [1, 1, 2, 2]", "padding=1",
                         "conv_transpose2d: padding = 1 takes away all of y along axis 2 of x0 with shape "
                         "[1, 1, 1, 2]: its size would be 0; it must be at least 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv2d_is_the_loop),
        cmocka_unit_test(test_conv_transpose2d_is_the_loop),
        cmocka_unit_test(test_conv1d_is_conv2d_with_one_row),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
