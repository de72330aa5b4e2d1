/* Locating: the guilty gate in the middle of a chain, at branches, alone and through inner gradients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/engines.h"

/* Asserts that the check fails and names this node and op; NULL: names none. */
static void expect_guilty(const char *inputs, const char *graph, const struct broken *broken, const char *node,
                          const char *op)
{
    gck_engine engine = broken_engine(broken);
    gck_result *result = check_text(inputs, graph, "", &engine, NULL);
    const gck_run *run = &result->runs[0];
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    if (node) {
        assert_non_null(run->guilty_node);
        assert_string_equal(run->guilty_node, node);
        assert_string_equal(run->guilty_op, op);
    } else {
        assert_null(run->guilty_node);
    }
    gck_result_free(result);
}

static const char in[] = "{x: [[0.3, -1.7], [2.1, 0.4]], W: [[0.5, -1.2], [0.8, 0.25]], b: [0.1, -0.2]}";
static const char chain[] =
    "  - z = affine(x, W, b)\n  - a = tanh(z)\n  - s = sigmoid(a)\n  - q = s * s\n  - y = sum(q)";

static void every_gate_of_a_chain(void **state)
{
    (void)state;
    static const char *const gates[][2] = {
        {"z", "affine"}, {"a", "tanh"}, {"s", "sigmoid"}, {"q", "mul"}, {"y", "sum"}};
    for (size_t i = 0; i < 5; i++) {
        struct broken by_name = {.node = gates[i][0], .backward = broken_doubled};
        expect_guilty(in, chain, &by_name, gates[i][0], gates[i][1]);
        struct broken by_op = {.op = gates[i][1], .backward = broken_negated};
        expect_guilty(in, chain, &by_op, gates[i][0], gates[i][1]);
        struct broken silent = {.op = gates[i][1], .backward = broken_doubled, .leaves_only = true};
        expect_guilty(in, chain, &silent, gates[i][0], gates[i][1]);
    }
}

static void the_last_of_two_wrong_gates(void **state)
{
    (void)state;
    struct broken broken = {.op = "tanh", .backward = broken_doubled};
    expect_guilty("{x: [0.3, -0.7]}", "  - a = tanh(x)\n  - b = exp(a)\n  - c = tanh(b)\n  - y = sum(c)",
                  &broken, "c", "tanh");
}

static void an_argument_forgotten(void **state)
{
    (void)state;
    struct broken broken = {.op = "mul", .backward = broken_first_only};
    expect_guilty("{x: [0.3, -0.7], w: [2, 3]}", "  - a = x * w\n  - b = exp(a)\n  - y = sum(b)", &broken, "a",
                  "mul");
}

/* Every gate is right alone; where the value branches, one gradient overwrites the other. */
static void overwriting_at_a_branch(void **state)
{
    (void)state;
    static const char rows[] =
        "  - h = exp(x)\n  - a = tanh(h)\n  - b = sigmoid(h)\n  - c = a * b\n  - y = sum(c)";
    struct broken broken = {.op = "tanh", .backward = broken_overwrites};
    expect_guilty("{x: [0.3, -0.7]}", rows, &broken, "h", "the sum of its branches");
    broken.leaves_only = true; /* nothing to go by: no guess is better than a wrong one */
    expect_guilty("{x: [0.3, -0.7]}", rows, &broken, NULL, NULL);
    static const char square[] = "  - a = x * x\n  - b = a * x\n  - y = sum(b)";
    struct broken mul = {.node = "a", .backward = broken_overwrites};
    gck_engine engine = broken_engine(&mul);
    gck_result *result = check_text("{x: [0.3, -0.7]}", square, "", &engine, NULL);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    assert_non_null(result->runs[0].guilty_node);
    gck_result_free(result);
}

/* A gate that claims its derivatives is cut out with its formula, and only blamed for a claim of its own. */
static void a_claim_is_not_blamed_for_others(void **state)
{
    (void)state;
    static const char rows[] = "  - h = tanh(x)\n  - expr: s = 1 / (1 + exp(-h * w))\n"
                               "    claim: {h: s * (1 - s) * w, w: s * (1 - s) * h}\n  - y = sum(s)";
    struct broken broken = {.op = "tanh", .backward = broken_doubled};
    expect_guilty("{x: [0.3, -0.7], w: [2, 3]}", rows, &broken, "h", "tanh");
    broken = (struct broken){.op = "sum", .backward = broken_doubled};
    expect_guilty("{x: [0.3, -0.7], w: [2, 3]}", rows, &broken, "y", "sum");
    static const char wrong[] =
        "  - h = tanh(x)\n  - expr: s = 1 / (1 + exp(-h))\n    claim: s\n  - y = sum(s)";
    gck_result *result = check_text("{x: [0.3, -0.7]}", wrong, "", NULL, NULL);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    assert_string_equal(result->runs[0].guilty_node, "s");
    gck_result_free(result);
}

/* What a claim sends overwrites what another gate has sent: the formula's own nodes, which then get nothing,
 * are not to blame. */
static void overwriting_at_a_claim(void **state)
{
    (void)state;
    static const char rows[] = "  - h = tanh(x)\n  - expr: s = h * h * w\n    claim: {h: 2 * w * h, w: h * h}\n"
                               "  - z = exp(h)\n  - c = s * z\n  - y = sum(c)";
    struct broken broken = {.op = "expr", .backward = broken_overwrites};
    expect_guilty("{x: [0.3, -0.7], w: [2, 3]}", rows, &broken, "h", "the sum of its branches");
    static const char unclaimed[] =
        "  - h = tanh(x)\n  - s = h * h * w\n  - z = exp(h)\n  - c = s * z\n  - y = sum(c)";
    broken = (struct broken){.node = "s.1", .backward = broken_overwrites};
    expect_guilty("{x: [0.3, -0.7], w: [2, 3]}", unclaimed, &broken, "h", "the sum of its branches");
}

static void a_right_engine_has_no_guilty_gate(void **state)
{
    (void)state;
    gck_result *result = check_text(in, chain, "", NULL, NULL);
    assert_null(result->runs[0].guilty_node);
    assert_null(result->runs[0].guilty_op);
    gck_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_gate_of_a_chain),
        cmocka_unit_test(the_last_of_two_wrong_gates),
        cmocka_unit_test(an_argument_forgotten),
        cmocka_unit_test(overwriting_at_a_branch),
        cmocka_unit_test(a_claim_is_not_blamed_for_others),
        cmocka_unit_test(overwriting_at_a_claim),
        cmocka_unit_test(a_right_engine_has_no_guilty_gate),
    };
    return cmocka_run_group_tests_name("locate", tests, NULL, NULL);
}
