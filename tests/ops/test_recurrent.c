/* Recurrent layers over a sequence: closed forms, directions and layers, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

static const double ones[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

/* Adds the op on inputs of these shapes, each filled with one number, behind x = 1, 2, 3; the seed is 1s. */
static struct build_result run(struct build *build, const char *op, const char *attributes, size_t count,
                               const char *const *shapes, const double *fills)
{
    const double x[] = {1, 2, 3};
    size_t inputs[12];
    build_start(build, 1);
    inputs[0] = build_numbers(build, build_shape("[3, 1, 1]"), x);
    for (size_t i = 0; i < count; i++) {
        double numbers[16];
        for (size_t j = 0; j < 16; j++)
            numbers[j] = fills[i];
        inputs[i + 1] = build_numbers(build, build_shape(shapes[i]), numbers);
    }
    if (build_apply(build, op, attributes, inputs, count + 1) == NO_NODE)
        fail_msg("%s", build_error(build));
    build->graph.seed = (struct values){.doubles = ones};
    return build_double(build);
}

/* With weights of 1 and relu a layer sums what came before: x_1 is in three outputs, x_3 in one. */
static void test_sums(void **state)
{
    (void)state;
    const char *const shapes[] = {"[1, 1, 1]", "[1, 1]", "[1, 1]", "[1]", "[1]"};
    const double fills[] = {10, 1, 1, 0.25, 0.25}, y[] = {11.5, 14, 17.5}, dx[] = {3, 2, 1};
    struct build build;
    struct build_result r = run(&build, "rnn", "nonlinearity=relu", 5, shapes, fills);
    for (size_t i = 0; i < 3; i++)
        assert_true(r.y[i] == y[i] && r.gradient[0][i] == dx[i]);
    assert_true(r.gradient[1][0] == 3);                          /* h0 */
    assert_true(r.gradient[2][0] == 3 * 1 + 2 * 2 + 1 * 3);      /* W_ih: each x times its uses */
    assert_true(r.gradient[3][0] == 3 * 10 + 2 * 11.5 + 1 * 14); /* W_hh: each state before a step */
    assert_true(r.gradient[4][0] == 6 && r.gradient[5][0] == 6); /* biases */
    build_free(&build);
}

/* The second direction sums what comes later, and its states stand beside the first one's. */
static void test_directions(void **state)
{
    (void)state;
    const char *const shapes[] = {"[2, 1, 1]", "[1, 1]", "[1, 1]", "[1, 1]", "[1, 1]"};
    const double fills[] = {10, 1, 1, 1, 1}, y[] = {11, 16, 13, 15, 16, 13};
    struct build build;
    struct build_result r = run(&build, "rnn", "nonlinearity=relu; bidirectional=true", 5, shapes, fills);
    assert_int_equal(r.y_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_true(r.y[i] == y[i]);
    for (size_t i = 0; i < 3; i++)
        assert_true(r.gradient[0][i] == 4);
    assert_true(r.gradient[1][0] == 3 && r.gradient[1][1] == 3);
    assert_true(r.gradient[4][0] == 1 * 1 + 2 * 2 + 3 * 3); /* W_ih of the way back */
    build_free(&build);
}

/* A layer on a layer sums the sums. */
static void test_layers(void **state)
{
    (void)state;
    const char *const shapes[] = {"[1, 1]", "[1, 1]", "[1, 1]", "[1, 1]"};
    const double fills[] = {1, 1, 1, 1}, y[] = {1, 4, 10}, dx[] = {6, 3, 1};
    struct build build;
    struct build_result r = run(&build, "rnn", "nonlinearity=relu; layers=2", 4, shapes, fills);
    for (size_t i = 0; i < 3; i++)
        assert_true(r.y[i] == y[i] && r.gradient[0][i] == dx[i]);
    assert_true(r.gradient[3][0] == 3 * 1 + 2 * 3 + 1 * 6); /* the upper W_ih reads the lower states */
    build_free(&build);
}

/* Without weights all gates are 1/2 and candidates 0: c halves at each step, and so does a GRU's h. */
static void test_without_weights(void **state)
{
    (void)state;
    const char *const lstm[] = {"[1, 1, 1]", "[1, 1, 1]", "[4, 1]", "[4, 1]"};
    const char *const gru[] = {"[1, 1, 1]", "[3, 1]", "[3, 1]"};
    const double fills[] = {0.5, 2, 0, 0}, halves[] = {4, 0, 0};
    struct build build;
    struct build_result r = run(&build, "lstm", "", 4, lstm, fills);
    double dc = 0;
    for (size_t i = 0; i < 3; i++) {
        double c = ldexp(1, -(int)i), t = tanh(c);
        build_assert_close(r.y[i], t / 2, 1e-15);
        dc += ldexp((1 - t * t) / 2, -1 - (int)i);
    }
    assert_true(r.gradient[1][0] == 0);
    build_assert_close(r.gradient[2][0], dc, 1e-15);
    build_free(&build);
    r = run(&build, "gru", "", 3, gru, halves);
    assert_true(r.y[0] == 2 && r.y[1] == 1 && r.y[2] == 0.5);
    assert_true(r.gradient[1][0] == 0.875);
    build_free(&build);
}

static void test_refused(void **state)
{
    (void)state;
    build_assert_refused("rnn", "[3, 2] [2, 2] [2, 2]", "",
                         "rnn: x0 has shape [3, 2]; it must be (T, N, I), T at least 1");
    build_assert_refused("rnn", "[0, 1, 2] [2, 2] [2, 2]", "",
                         "rnn: x0 has shape [0, 1, 2]; it must be (T, N, I), T at least 1");
    build_assert_refused("gru", "[3, 1, 2] [3, 2] [3, 1]", "layers=0", "gru: layers = 0; it must be 1 to 1000");
    build_assert_refused("lstm", "[3, 1, 2] [4, 2] [4, 1] [4]", "",
                         "lstm: 1 layer takes 2 weights behind x, or 4 with biases, not 3");
    build_assert_refused("lstm", "[3, 1, 2] [1, 1, 1] [1, 1, 1] [4, 2]", "",
                         "lstm: 1 layer takes 2 weights behind x, h0 and c0, or 4 with biases, not 1");
    build_assert_refused(
        "gru", "[3, 1, 2] [1, 1, 1] [3, 2] [3, 1]", "layers=2; bidirectional=true",
        "gru: 2 layers in both directions take 8 weights behind x and h0, or 16 with biases, not 2");
    build_assert_refused("rnn", "[3, 1, 2] [2, 2] [2]", "", "rnn: x2 has shape [2]; it must be (H, H)");
    build_assert_refused("lstm", "[3, 1, 2] [8, 2] [8]", "", "lstm: x2 has shape [8]; it must be (4 H, H)");
    build_assert_refused("gru", "[3, 1, 2] [6, 2] [8]", "", "gru: x2 has shape [8]; it must be (3 H, H)");
    build_assert_refused("rnn", "[3, 1, 2] [2, 3] [2, 2]", "",
                         "rnn: x1 has shape [2, 3]; it must have shape [2, 2]");
    build_assert_refused("gru", "[3, 1, 2] [2, 1, 2] [6, 2] [6, 2]", "",
                         "gru: x1 has shape [2, 1, 2]; it must have shape [1, 1, 2]");
    build_assert_refused("lstm", "[3, 1, 2] [1, 1, 2] [1, 2, 2] [8, 2] [8, 2]", "",
                         "lstm: x2 has shape [1, 2, 2]; it must have shape [1, 1, 2]");
    build_assert_refused("lstm", "[3, 1, 2] [8, 2] [8, 2] [8] [2]", "",
                         "lstm: x4 has shape [2]; it must have shape [8]");
    build_assert_refused("rnn", "[3, 1, 2] [1, 2] [1, 1] [1, 2] [1, 1] [1, 1] [1, 1] [1, 2] [1, 1]",
                         "layers=2; bidirectional=true", "rnn: x5 has shape [1, 1]; it must have shape [1, 2]");
    build_assert_refused("rnn", "[3, 1, 2] [2, 2] [2, 2]", "nonlinearity=sigmoid",
                         "rnn: nonlinearity = sigmoid; it must be one of tanh, relu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),    cmocka_unit_test(test_directions),
        cmocka_unit_test(test_layers),  cmocka_unit_test(test_without_weights),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
