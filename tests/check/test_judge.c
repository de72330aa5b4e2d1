/* The verdict table: every row by an engine with that bug. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/judge.h"
#include "support/engines.h"
#include "support/proving.h"

static const char inputs[] =
    "{x: [[0.3, -1.7], [2.1, 0.4], [-0.9, 1.3]], W: [[0.5, -1.2], [0.8, 0.25]], b: [0.1, -0.2]}";
static const char graph[] = "  - z = affine(x, W, b)\n  - a = tanh(z)\n  - q = a * a\n  - y = sum(q)";

static void planted_bugs(void **state)
{
    (void)state;
    static const struct {
        gck_verdict wanted;
        struct planted planted;
    } bugs[] = {
        {GCK_VERDICT_OK, {.plant = PLANT_NOTHING}},
        {GCK_VERDICT_OK, {.plant = PLANT_RELATIVE, .node = "W", .amount = 1e-16}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_FACTOR, .node = "W", .amount = 2}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_FACTOR, .node = "b", .amount = -1}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_TRANSPOSED, .node = "W"}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_RELATIVE, .node = "W", .index = 2, .amount = 1e-12}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_RELATIVE, .node = "x", .index = 5, .amount = -1e-12}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_ALL, .node = "x", .amount = 1e-9}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_ALL, .node = "x", .amount = 6e-8}}, /* a constant in float32 */
        {GCK_VERDICT_WRONG, {.plant = PLANT_ZEROS, .node = "b"}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_NULL, .node = "b"}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_SHIFTED, .node = "x"}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_LAST_ROW, .node = "x", .amount = 1e-10}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_SHAPE, .node = "b"}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_VALUE, .amount = 1e-12}},
        {GCK_VERDICT_WRONG, {.plant = PLANT_SHORT_VALUE}},
        {GCK_VERDICT_INACCURATE, {.plant = PLANT_ERRATIC, .node = "W", .amount = 1e-9}},
        {GCK_VERDICT_NONFINITE, {.plant = PLANT_SET, .node = "W", .index = 3, .amount = NAN}},
        {GCK_VERDICT_NONFINITE, {.plant = PLANT_SET, .node = "x", .index = 0, .amount = INFINITY}},
        {GCK_VERDICT_NONFINITE, {.plant = PLANT_VALUE, .amount = NAN}},
        {GCK_VERDICT_MISSING, {.plant = PLANT_MISSING, .node = "b"}},
        {GCK_VERDICT_MISSING, {.plant = PLANT_NO_VALUE}},
        {GCK_VERDICT_UNSUPPORTED, {.plant = PLANT_UNSUPPORTED}},
        {GCK_VERDICT_ERROR, {.plant = PLANT_ERROR}},
    };
    for (size_t i = 0; i < sizeof bugs / sizeof *bugs; i++) {
        gck_verdict found = verdict_of(inputs, graph, "", bugs[i].planted);
        if (found != bugs[i].wanted)
            fail_msg("bug %zu: %s, not %s", i, gck_verdict_name(found), gck_verdict_name(bugs[i].wanted));
    }
}

/* At 4096 bits, where bounds of 2^-2048 of something are below every double: what is zero is so, what is smooth
 * has no corner. */
static void bounds_below_all_doubles(void **state)
{
    (void)state;
    static const char x[] = "{x: [0.3, -1.2, 2.5]}", zero[] = "  - y = log1p(logsumexp(log_softmax(x)))";
    static const struct planted right = {.plant = PLANT_NOTHING},
                                wrong = {.plant = PLANT_SET, .node = "x", .index = 1, .amount = 1e-9};
    assert_int_equal(verdict_of(x, zero, "", right), GCK_VERDICT_OK);
    assert_int_equal(verdict_of(x, zero, "", wrong), GCK_VERDICT_WRONG);
    assert_int_equal(verdict_of("{x: 0}", "  - y = elu(x)", "limits: {bits: 2200}\n", right), GCK_VERDICT_OK);
    assert_int_equal(verdict_of("{x: 0}", "  - y = relu(x)", "limits: {bits: 2200}\n", right),
                     GCK_VERDICT_KINK);
}

/* A loss scaled by 1e-6, or 1e-30, hides nothing. */
static void tiny_losses(void **state)
{
    (void)state;
    const char *const scales[] = {"  - y = 1e-6 * s", "  - y = 1e-30 * s", "  - y = 1e30 * s"};
    for (int i = 0; i < 3; i++) {
        char rows[256] = "  - z = affine(x, W, b)\n  - a = tanh(z)\n  - s = sum(a)\n";
        strcat(rows, scales[i]);
        assert_verdict(verdict_of(inputs, rows, "", (struct planted){.plant = PLANT_NOTHING}), GCK_VERDICT_OK);
        assert_verdict(
            verdict_of(inputs, rows, "",
                       (struct planted){.plant = PLANT_RELATIVE, .node = "W", .index = 1, .amount = 1e-12}),
            GCK_VERDICT_WRONG);
        assert_verdict(verdict_of(inputs, rows, "", (struct planted){.plant = PLANT_ZEROS, .node = "x"}),
                       GCK_VERDICT_WRONG);
    }
}

static const gck_tensor *tensor_of(const gck_result *result, const char *name)
{
    for (size_t k = 0; k < result->runs[0].tensor_count; k++)
        if (strcmp(result->runs[0].tensors[k].name, name) == 0)
            return &result->runs[0].tensors[k];
    fail_msg("no tensor %s", name);
    return NULL;
}

static void counts_and_the_worst_element(void **state)
{
    (void)state;
    struct planted planted = {.plant = PLANT_RELATIVE, .node = "x", .index = 4, .amount = 1e-10};
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text(inputs, graph, "", &engine, NULL);
    const gck_tensor *x = tensor_of(result, "x"), *W = tensor_of(result, "W");
    assert_int_equal(x->counts[GCK_VERDICT_WRONG], 1);
    assert_int_equal(x->counts[GCK_VERDICT_OK], 5);
    assert_verdict(W->verdict, GCK_VERDICT_OK);
    assert_int_equal(x->worst.index, 4);
    assert_true(fabs(x->worst.reference_error / 1e-10 - 1) < 1e-4);
    assert_true(fabs(x->worst.wide_error / 1e-10 - 1) < 1e-4);
    assert_true(fabs(x->largest_reference_error / 1e-10 - 1) < 1e-4);
    assert_true(x->worst.checked);
    for (size_t i = 0; i < x->count; i++) {
        gck_element e = gck_tensor_element(x, i);
        assert_int_equal(e.index, i);
        assert_verdict(e.verdict, i == 4 ? GCK_VERDICT_WRONG : GCK_VERDICT_OK);
        assert_true(e.budget > 0);
        assert_int_equal(fabs(e.analytic - e.reference) <= e.budget, i != 4);
    }
    gck_result_free(result);
}

static void a_wrong_shape_says_both(void **state)
{
    (void)state;
    struct planted planted = {.plant = PLANT_SHAPE, .node = "b"};
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text(inputs, graph, "", &engine, NULL);
    assert_string_equal(tensor_of(result, "b")->hint, "the gradient has shape [2, 2], the parameter [2]");
    assert_int_equal(tensor_of(result, "b")->counts[GCK_VERDICT_WRONG], 2);
    gck_result_free(result);
    planted.plant = PLANT_SHORT_VALUE;
    result = check_text(inputs, graph, "", &engine, NULL);
    assert_string_equal(result->runs[0].value.hint, "the value has 2 elements, the output 1");
    gck_result_free(result);
}

static void messages_of_engines_are_kept(void **state)
{
    (void)state;
    struct planted planted = {.plant = PLANT_UNSUPPORTED};
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text(inputs, graph, "", &engine, NULL);
    assert_string_equal(result->runs[0].message, "no such op");
    gck_result_free(result);
    planted.plant = PLANT_ERROR;
    result = check_text(inputs, graph, "", &engine, NULL);
    assert_string_equal(result->runs[0].message, "broken pipe");
    gck_result_free(result);
}

static gck_verdict at_float16(const char *in, const char *rows, struct planted planted)
{
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT16;
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text(in, rows, "", &engine, &options);
    gck_verdict verdict = result->runs[0].tensors[0].verdict;
    gck_result_free(result);
    return verdict;
}

/* The gradient is 120,000 (or minus that): beyond float16. */
static void overflow_to_the_right_infinity(void **state)
{
    (void)state;
    static const char up[] = "  - a = x * w\n  - b = a * 40\n  - y = sum(b)";
    static const char in[] = "{x: 0.001, w: 3000}", minus[] = "{x: 0.001, w: -3000}";
    assert_verdict(at_float16(in, up, (struct planted){.plant = PLANT_NOTHING}), GCK_VERDICT_OK);
    assert_verdict(at_float16(in, up, (struct planted){.plant = PLANT_SET, .amount = INFINITY}),
                   GCK_VERDICT_OK);
    assert_verdict(at_float16(in, up, (struct planted){.plant = PLANT_SET, .amount = -INFINITY}),
                   GCK_VERDICT_NONFINITE);
    assert_verdict(at_float16(in, up, (struct planted){.plant = PLANT_SET, .amount = NAN}),
                   GCK_VERDICT_NONFINITE);
    assert_verdict(at_float16(minus, up, (struct planted){.plant = PLANT_SET, .amount = -INFINITY}),
                   GCK_VERDICT_OK);
    assert_verdict(at_float16(minus, up, (struct planted){.plant = PLANT_SET, .amount = INFINITY}),
                   GCK_VERDICT_NONFINITE);
    gck_verdict finite = at_float16(in, up, (struct planted){.plant = PLANT_SET, .amount = 12});
    assert_false(gck_verdict_passes(finite));
}

/* A budget as wide as the gradient cannot pass anything, a zero or the wrong sign least of all. */
static void budgets_that_mean_nothing(void **state)
{
    (void)state;
    static const char in[] = "{x: 0.0001}", rows[] = "  - y = (1 - cos(x)) / x ** 2";
    const double answers[] = {-8.3333333277777785e-06, 8.3e-6, 0, 4.4e-5, -1e-3};
    for (int i = 0; i < 5; i++)
        assert_verdict(verdict_of(in, rows, "", (struct planted){.plant = PLANT_SET, .amount = answers[i]}),
                       GCK_VERDICT_INCONCLUSIVE);
    assert_false(
        gck_verdict_passes(verdict_of(in, rows, "", (struct planted){.plant = PLANT_SET, .amount = 1e3})));
}

static void no_value_no_verdict(void **state)
{
    (void)state;
    const struct planted right = {.plant = PLANT_NOTHING};
    assert_verdict(verdict_of("{x: 0}", "  - y = x / x", "", right), GCK_VERDICT_INCONCLUSIVE); /* 0/0 */
    assert_verdict(verdict_of("{x: -1}", "  - y = sqrt(x)", "", right), GCK_VERDICT_INCONCLUSIVE);
    assert_verdict(verdict_of("{x: 0}", "  - y = 1 / x", "", right), GCK_VERDICT_INCONCLUSIVE);
}

static void empty_tensors_never_pass(void **state)
{
    (void)state;
    const struct planted right = {.plant = PLANT_NOTHING};
    assert_verdict(verdict_of("{x: {shape: [0, 3], fill: uniform, low: 0, high: 1, seed: 1}, w: 2}",
                              "  - s = sum(x)\n  - y = s + w", "", right),
                   GCK_VERDICT_INCONCLUSIVE);
}

static void names_and_gates(void **state)
{
    (void)state;
    const bool passes[] = {true, true, true, false, false, false, false, false, false};
    for (int v = 0; v < GCK_VERDICTS; v++) {
        assert_int_equal(gck_verdict_passes((gck_verdict)v), passes[v]);
        assert_string_not_equal(gck_verdict_name((gck_verdict)v), "unknown");
    }
}

/* A gradient that underflows is zero while its budget says so, and no longer when the budget has been widened.
 */
static void zero_is_judged_again(void **state)
{
    (void)state;
    struct proving p;
    proving_new(&p, "{x: 1}", "  - y = x * 1e-323", "", FLOAT64, 256, 0);
    const double analytic[] = {1e-323};
    double budget[] = {3e-323}, distance[1];
    uint8_t verdict[1];
    size_t node = proving_node(&p, "x");
    struct judged tensor = {.node = node,
                            .count = 1,
                            .analytic = analytic,
                            .reference = reference_gradient(&p.ladder.levels[0], node),
                            .budget = budget,
                            .distance = distance,
                            .verdict = verdict};
    const struct subject subject = {.id = "t", .graph = &p.file->graph};
    struct trial_run run = {
        .subject = &subject, .proof = &p.proof, .tensors = &tensor, .count = 1, .arena = &p.arena};
    assert_int_equal(judge(&run), GCK_OK);
    assert_true(tensor.zero);
    assert_verdict((gck_verdict)verdict[0], GCK_VERDICT_OK);
    budget[0] = 1e-300;
    assert_int_equal(judge(&run), GCK_OK);
    assert_false(tensor.zero);
    assert_verdict((gck_verdict)verdict[0], GCK_VERDICT_INCONCLUSIVE);
    proving_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_is_judged_again),
        cmocka_unit_test(planted_bugs),
        cmocka_unit_test(tiny_losses),
        cmocka_unit_test(bounds_below_all_doubles),
        cmocka_unit_test(counts_and_the_worst_element),
        cmocka_unit_test(a_wrong_shape_says_both),
        cmocka_unit_test(messages_of_engines_are_kept),
        cmocka_unit_test(overflow_to_the_right_infinity),
        cmocka_unit_test(budgets_that_mean_nothing),
        cmocka_unit_test(no_value_no_verdict),
        cmocka_unit_test(empty_tensors_never_pass),
        cmocka_unit_test(names_and_gates),
    };
    return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
