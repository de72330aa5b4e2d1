/* Attention and recurrent cells: closed forms, masks, saturated gates, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

static const double ones[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

/* Equal keys share the weight: y is the mean of the values that are seen. */
static void test_equal_keys(void **state)
{
    (void)state;
    const double q[] = {1, 2, 3, 4}, k[] = {1, 1, 1, 1, 1, 1}, v[] = {3, 6, 12};
    const int64_t mask[] = {1, 0, 1, 0, 1, 1};
    const char *const attributes[] = {"", "causal=true", ""};
    const double y[][2] = {{7, 7}, {3, 4.5}, {7.5, 9}};
    const double dv[][3] = {{2.0 / 3, 2.0 / 3, 2.0 / 3}, {1.5, 0.5, 0}, {0.5, 0.5, 1}};
    for (size_t i = 0; i < 3; i++) {
        struct build build;
        build_start(&build, 1);
        size_t inputs[4] = {build_numbers(&build, build_shape("[2, 2]"), q),
                            build_numbers(&build, build_shape("[3, 2]"), k),
                            build_numbers(&build, build_shape("[3, 1]"), v)};
        inputs[3] = build_given_integers(&build, build_shape("[2, 3]"), mask);
        size_t arity = i == 2 ? 4 : 3;
        assert_int_not_equal(build_apply(&build, "scaled_dot_product_attention", attributes[i], inputs, arity),
                             NO_NODE);
        build.graph.seed = (struct values){.doubles = ones};
        struct build_result r = build_double(&build);
        for (size_t j = 0; j < 2; j++)
            build_assert_close(r.y[j], y[i][j], 1e-15);
        for (size_t j = 0; j < 3; j++)
            build_assert_close(r.gradient[inputs[2]][j], dv[i][j], 1e-15);
        build_free(&build);
    }
}

/* A key that is not seen may hold anything: nothing of it goes on. */
static void test_unseen_keys_get_nothing(void **state)
{
    (void)state;
    const int64_t mask[] = {1, 0, 1};
    struct build build;
    build_start(&build, 2);
    size_t inputs[] = {build_input(&build, build_shape("[2, 2]"), -2, 2),
                       build_input(&build, build_shape("[3, 2]"), -2, 2),
                       build_input(&build, build_shape("[3, 2]"), -2, 2),
                       build_given_integers(&build, build_shape("[3]"), mask)};
    assert_int_not_equal(build_apply(&build, "scaled_dot_product_attention", "", inputs, 4), NO_NODE);
    struct build_result r = build_double(&build);
    for (size_t j = 2; j < 4; j++)
        assert_true(r.gradient[inputs[1]][j] == 0 && r.gradient[inputs[2]][j] == 0);
    assert_true(r.gradient[inputs[1]][0] != 0 && r.gradient[inputs[2]][4] != 0);
    build_free(&build);
}

static void test_rotation(void **state)
{
    (void)state;
    const double x[] = {3, 4, 1, 0};
    struct build build;
    build_start(&build, 1);
    size_t input = build_numbers(&build, build_shape("[2, 2]"), x);
    assert_int_not_equal(build_apply(&build, "rotary_embedding", "", &input, 1), NO_NODE);
    build.graph.seed = (struct values){.doubles = ones};
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 3 && r.y[1] == 4);
    build_assert_close(r.y[2], cos(1), 1e-15);
    build_assert_close(r.y[3], sin(1), 1e-15);
    build_assert_close(r.gradient[0][2], cos(1) + sin(1), 1e-15);
    build_assert_close(r.gradient[0][3], cos(1) - sin(1), 1e-15);
    build_free(&build);
}

/* 1 - tanh^2 and s (1 - s) of large sums, which the rounded tanh and s do not hold any more. */
static void test_saturated_cells(void **state)
{
    (void)state;
    const double x[] = {20}, h[] = {0.5}, u[] = {1.5, -1.25, 0.75, 2}, w[] = {0.5, 1, -0.5, 0.25};
    const char *const ops[] = {"rnn_cell", "gru_cell", "lstm_cell", "lstm_cell"};
    const char *const attributes[] = {"", "", "output=c", "output=h"};
    const char *const shapes[] = {"[1, 1]", "[3, 1]", "[4, 1]", "[4, 1]"};
    for (size_t op = 0; op < 4; op++) {
        struct build build;
        build_start(&build, 1);
        size_t inputs[5], arity = 0;
        inputs[arity++] = build_numbers(&build, build_shape("[1, 1]"), x);
        inputs[arity++] = build_numbers(&build, build_shape("[1, 1]"), h);
        if (op >= 2)
            inputs[arity++] = build_numbers(&build, build_shape("[1, 1]"), h);
        inputs[arity++] = build_numbers(&build, build_shape(shapes[op]), u);
        inputs[arity++] = build_numbers(&build, build_shape(shapes[op]), w);
        assert_int_not_equal(build_apply(&build, ops[op], attributes[op], inputs, arity), NO_NODE);
        build.graph.seed = (struct values){.doubles = ones};
        build_assert_accurate(&build, 64);
        build_free(&build);
    }
}

/* Without weights all gates are 1/2 and candidates 0. */
static void test_cells_without_weights(void **state)
{
    (void)state;
    const char *const ops[] = {"rnn_cell", "gru_cell"};
    const double zero[16] = {0}, h[] = {0.5, -3};
    for (size_t op = 0; op < 2; op++) {
        struct build build;
        build_start(&build, 1);
        size_t inputs[] = {build_input(&build, build_shape("[1, 3]"), -1, 1),
                           build_numbers(&build, build_shape("[1, 2]"), h),
                           build_numbers(&build, build_shape(op ? "[6, 3]" : "[2, 3]"), (double[18]){0}),
                           build_numbers(&build, build_shape(op ? "[6, 2]" : "[2, 2]"), zero)};
        assert_int_not_equal(build_apply(&build, ops[op], "", inputs, 4), NO_NODE);
        build.graph.seed = (struct values){.doubles = ones};
        struct build_result r = build_double(&build);
        assert_true(r.y[0] == (op ? 0.25 : 0) && r.y[1] == (op ? -1.5 : 0));
        assert_true(r.gradient[1][0] == (op ? 0.5 : 0));
        build_free(&build);
    }
}

/* With W_in of zeros all scores are equal; values of the bias alone go through W_out to every query. */
static void test_heads_of_a_mean(void **state)
{
    (void)state;
    const double zero[48] = {0}, in[12] = {5, 5, 5, 5, 7, 7, 7, 7, 1, 2, 3, 4};
    const double out[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1}, b[4] = {0, 0, 0, 10};
    struct build build;
    build_start(&build, 1);
    size_t inputs[] = {
        build_input(&build, build_shape("[2, 4]"), -1, 1), build_input(&build, build_shape("[3, 4]"), -1, 1),
        build_input(&build, build_shape("[3, 4]"), -1, 1), build_numbers(&build, build_shape("[12, 4]"), zero),
        build_numbers(&build, build_shape("[12]"), in),    build_numbers(&build, build_shape("[4, 4]"), out),
        build_numbers(&build, build_shape("[4]"), b)};
    assert_int_not_equal(build_apply(&build, "multi_head_attention", "heads=2", inputs, 7), NO_NODE);
    build.graph.seed = (struct values){.doubles = ones};
    struct build_result r = build_double(&build);
    for (size_t i = 0; i < 8; i++)
        build_assert_close(r.y[i], i % 4 < 3 ? (double)(i % 4 + 1) : 20, 1e-15);
    for (size_t i = 0; i < 12; i++) /* of b_in: queries and keys get nothing, values what W_out takes of them */
        build_assert_close(r.gradient[inputs[4]][i], i < 8 ? 0 : i < 11 ? 4 : 2, 1e-15);
    build_free(&build);
}

/* A mask (..., heads, L, S) may differ from head to head. */
static void test_a_mask_for_each_head(void **state)
{
    (void)state;
    const double identity[4] = {1, 0, 0, 1}, x[4] = {0, 0, 6, 8};
    const double in[12] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1};
    const int64_t mask[] = {1, 0, 0, 1};
    struct build build;
    build_start(&build, 1);
    size_t q = build_numbers(&build, build_shape("[1, 2]"), x),
           k = build_numbers(&build, build_shape("[2, 2]"), x);
    size_t inputs[] = {q,
                       k,
                       k,
                       build_numbers(&build, build_shape("[6, 2]"), in),
                       build_numbers(&build, build_shape("[2, 2]"), identity),
                       build_given_integers(&build, build_shape("[2, 1, 2]"), mask)};
    assert_int_not_equal(build_apply(&build, "multi_head_attention", "heads=2", inputs, 6), NO_NODE);
    build.graph.seed = (struct values){.doubles = ones};
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == 0 && r.y[1] == 8); /* head 0 sees key 0, head 1 key 1 */
    assert_true(r.gradient[k][0] == 1 && r.gradient[k][1] == 0 && r.gradient[k][2] == 0 &&
                r.gradient[k][3] == 1);
    build_free(&build);
}

static void test_heads_refused(void **state)
{
    (void)state;
    const char *const op = "multi_head_attention", *const shapes = "[2, 4] [3, 4] [3, 4] [12, 4] [4, 4]";
    build_assert_refused(op, shapes, "heads=3",
                         "multi_head_attention: heads = 3; it must divide E, which is 4");
    build_assert_refused(op, shapes, "heads=0",
                         "multi_head_attention: heads = 0; it must divide E, which is 4");
    build_assert_refused(op, shapes, "",
                         "multi_head_attention needs the attribute heads: number of heads; divides E");
    build_assert_refused(
        op, "[2, 4] [3, 4] [3, 2] [12, 4] [4, 4]", "heads=2",
        "multi_head_attention: x0, x1 and x2 have shapes [2, 4], [3, 4] and [3, 2]; they must be "
        "(..., L, E), (..., S, E) and (..., S, E) with the same sizes in front, E and S at least 1");
    build_assert_refused(op, "[2, 4] [3, 4] [3, 4] [4, 12] [4, 4]", "heads=2",
                         "multi_head_attention: x3 has shape [4, 12]; it must have shape [12, 4]");
    build_assert_refused(op, "[2, 4] [3, 4] [3, 4] [12, 4] [12] [4, 4] [3]", "heads=2",
                         "multi_head_attention: x6 has shape [3]; it must have shape [4]");
    build_assert_refused(
        op, "[2, 4] [3, 4] [3, 4] [12, 4] [4, 4] [3, 2, 3]", "heads=2",
        "multi_head_attention: the mask x5 has shape [3, 2, 3]; it must broadcast to the scores, "
        "[2, 2, 3]");
}

static void test_refused(void **state)
{
    (void)state;
    const char *const attention = "scaled_dot_product_attention";
    build_assert_refused(
        attention, "[2, 3] [4, 2] [4, 2]", "",
        "scaled_dot_product_attention: x0, x1 and x2 have shapes [2, 3], [4, 2] and [4, 2]; they must be "
        "(..., L, D), (..., S, D) and (..., S, E) with the same sizes in front, D and S at least 1");
    build_assert_refused(
        attention, "[2, 2, 2] [3, 4, 2] [3, 4, 2]", "",
        "scaled_dot_product_attention: x0, x1 and x2 have shapes [2, 2, 2], [3, 4, 2] and [3, 4, 2]; "
        "they must be (..., L, D), (..., S, D) and (..., S, E) with the same sizes in front, D and S at "
        "least 1");
    build_assert_refused(
        attention, "[2, 2] [3, 2] [3, 2] [3, 2]", "",
        "scaled_dot_product_attention: the mask x3 has shape [3, 2]; it must broadcast to the scores, "
        "[2, 3]");
    build_assert_refused("rotary_embedding", "[2, 3]", "",
                         "rotary_embedding: x0 has shape [2, 3]; it must be (..., T, D) with even D");
    build_assert_refused("rotary_embedding", "[2, 2]", "base=0",
                         "rotary_embedding: base = 0; it must be above 0");
    build_assert_refused("rnn_cell", "[3] [1, 2] [2, 3] [2, 2]", "",
                         "rnn_cell: x0 has shape [3]; it must be (N, I)");
    build_assert_refused("rnn_cell", "[1, 3] [2, 2] [2, 3] [2, 2]", "",
                         "rnn_cell: x1 has shape [2, 2]; it must have shape [1, 2]");
    build_assert_refused("gru_cell", "[1, 3] [1, 2] [6, 2] [6, 2]", "",
                         "gru_cell: x2 has shape [6, 2]; it must have shape [6, 3]");
    build_assert_refused("lstm_cell", "[1, 3] [1, 2] [1, 2] [8, 3] [6, 2]", "",
                         "lstm_cell: x4 has shape [6, 2]; it must have shape [8, 2]");
    build_assert_refused("lstm_cell", "[1, 3] [1, 2] [1, 2] [8, 3] [8, 2] [8] [2]", "",
                         "lstm_cell: x6 has shape [2]; it must have shape [8]");
    build_assert_refused("rnn_cell", "[1, 3] [1, 2] [2, 3] [2, 2] [2]", "",
                         "rnn_cell takes both biases or none, not one");
    build_assert_refused("rnn_cell", "[1, 3] [1, 2] [2, 3] [2, 2]", "nonlinearity=sigmoid",
                         "rnn_cell: nonlinearity = sigmoid; it must be one of tanh, relu");
    build_assert_refused("lstm_cell", "[1, 3] [1, 2] [1, 2] [8, 3] [8, 2]", "output=o",
                         "lstm_cell: output = o; it must be one of h, c");
}

static void test_masks_without_a_key(void **state)
{
    (void)state;
    const int64_t mask[] = {0, 1, 1, 1};
    const char *const attributes[] = {"causal=true", ""};
    for (size_t i = 0; i < 2; i++) { /* query 0 sees key 0 alone where it is causal */
        struct build build;
        build_start(&build, 1);
        size_t inputs[] = {build_input(&build, build_shape("[2, 2]"), -1, 1),
                           build_input(&build, build_shape("[2, 2]"), -1, 1),
                           build_input(&build, build_shape("[2, 2]"), -1, 1),
                           build_given_integers(&build, build_shape("[2, 2]"), mask)};
        long node = build_apply(&build, "scaled_dot_product_attention", attributes[i], inputs, 4);
        assert_true((node == NO_NODE) == (i == 0));
        if (i == 0)
            assert_string_equal(build_error(&build),
                                "scaled_dot_product_attention: the mask x3 leaves query [0] no key; "
                                "each needs at least one");
        build_free(&build);
    }
}

/* Where there are biases the sixth argument is W_out, which may not be a mask. */
static void test_a_mask_among_weights(void **state)
{
    (void)state;
    const int64_t mask[] = {1, 1, 1, 1};
    struct build build;
    build_start(&build, 1);
    size_t x = build_input(&build, build_shape("[2, 2]"), -1, 1);
    size_t inputs[] = {x,
                       x,
                       x,
                       build_input(&build, build_shape("[6, 2]"), -1, 1),
                       build_input(&build, build_shape("[6]"), -1, 1),
                       build_given_integers(&build, build_shape("[2, 2]"), mask),
                       build_input(&build, build_shape("[2]"), -1, 1)};
    assert_int_equal(build_apply(&build, "multi_head_attention", "heads=1", inputs, 7), NO_NODE);
    assert_string_equal(build_error(&build),
                        "multi_head_attention: the weights x3 hold integers; numbers of a float "
                        "dtype are needed");
    build_free(&build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_keys),
        cmocka_unit_test(test_unseen_keys_get_nothing),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_saturated_cells),
        cmocka_unit_test(test_cells_without_weights),
        cmocka_unit_test(test_heads_of_a_mean),
        cmocka_unit_test(test_a_mask_for_each_head),
        cmocka_unit_test(test_heads_refused),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_masks_without_a_key),
        cmocka_unit_test(test_a_mask_among_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
