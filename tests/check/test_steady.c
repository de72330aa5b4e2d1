/* Steady or erratic: lost digits are told from a wrong formula. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/engines.h"

static const char in[] = "{x: [0.3, -1.7, 2.1, 0.4], w: [1.5, 0.2, -0.7, 1.1]}";
static const char rows[] = "  - p = x * w\n  - t = tanh(p)\n  - y = sum(t)";

static void noise_is_inaccurate(void **state)
{
    (void)state;
    const double sizes[] = {1e-13, 1e-9, 1e-4, 0.3};
    for (int i = 0; i < 4; i++)
        assert_verdict(verdict_of(in, rows, "", (struct planted){.plant = PLANT_ERRATIC, .amount = sizes[i]}),
                       GCK_VERDICT_INACCURATE);
}

static void a_steady_error_is_wrong_however_small(void **state)
{
    (void)state;
    const double sizes[] = {1e-13, 1e-12, 1e-9, -1e-9, 1e-4, 0.3, 100};
    for (int i = 0; i < 7; i++) {
        assert_verdict(verdict_of(in, rows, "", (struct planted){.plant = PLANT_ALL, .amount = sizes[i]}),
                       GCK_VERDICT_WRONG);
        assert_verdict(
            verdict_of(in, rows, "", (struct planted){.plant = PLANT_ADD, .index = 2, .amount = sizes[i]}),
            GCK_VERDICT_WRONG);
    }
}

/* 1 - y^2 at y = tanh(9) loses half of its digits, and loses the same ones for hundreds of ulps around. */
static void naive_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const double *factor = user;
    double t = tanh(request->nodes[0].values[0]), g = *factor * (1 - t * t);
    gck_answer_value(answer, &t, 1);
    gck_answer_gradient(answer, 0, &g, 0, NULL);
}

static void saturation_is_not_a_wrong_formula(void **state)
{
    (void)state;
    double factor = 1;
    gck_engine engine = {.name = "naive", .grad = naive_grad, .user = &factor};
    const char *const points[] = {"{x: 9}", "{x: -9.3}", "{x: 11}"};
    for (int i = 0; i < 3; i++) {
        factor = 1;
        gck_result *result = check_text(points[i], "  - y = tanh(x)", "", &engine, NULL);
        if (result->verdict != GCK_VERDICT_INACCURATE)
            fail_msg("%s: %s", points[i], gck_verdict_name(result->verdict));
        gck_result_free(result);
        factor = 1.001; /* still seen beneath the noise */
        result = check_text(points[i], "  - y = tanh(x)", "", &engine, NULL);
        assert_verdict(result->verdict, GCK_VERDICT_WRONG);
        gck_result_free(result);
    }
}

/* Right everywhere but at one very point: a wrong branch, not noise. */
static void special_grad(gck_answer *answer, const gck_request *request, void *user)
{
    (void)user;
    double x = request->nodes[0].values[0], y = exp(x), g = x == 0.5 ? 0 : y;
    gck_answer_value(answer, &y, 1);
    gck_answer_gradient(answer, 0, &g, 0, NULL);
}

static void wrong_at_this_point_alone(void **state)
{
    (void)state;
    gck_engine engine = {.name = "special", .grad = special_grad};
    gck_result *result = check_text("{x: 0.5}", "  - y = exp(x)", "", &engine, NULL);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    gck_result_free(result);
    result = check_text("{x: 0.25}", "  - y = exp(x)", "", &engine, NULL);
    assert_verdict(result->verdict, GCK_VERDICT_OK);
    gck_result_free(result);
}

/* Answers the first request and refuses the others. */
static void tired_grad(gck_answer *answer, const gck_request *request, void *user)
{
    int *requests = user;
    double x = request->nodes[0].values[0], y = exp(x), g = 2 * y;
    if (++*requests > 1) {
        gck_answer_error(answer, "tired");
        return;
    }
    gck_answer_value(answer, &y, 1);
    gck_answer_gradient(answer, 0, &g, 0, NULL);
}

static void no_second_answer_is_no_excuse(void **state)
{
    (void)state;
    int requests = 0;
    gck_engine engine = {.name = "tired", .grad = tired_grad, .user = &requests};
    gck_result *result = check_text("{x: 0.5}", "  - y = exp(x)", "", &engine, NULL);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    assert_true(requests >= 4);
    gck_result_free(result);
}

static void right_answers_are_asked_once(void **state)
{
    (void)state;
    int requests = 1000; /* beyond the first: always an error, which is no reason to ask again */
    gck_engine engine = {.name = "tired", .grad = tired_grad, .user = &requests};
    gck_result *result = check_text("{x: 0.5}", "  - y = exp(x)", "", &engine, NULL);
    assert_verdict(result->verdict, GCK_VERDICT_ERROR);
    assert_int_equal(requests, 1001);
    gck_result_free(result);
}

/* A probability of exactly 1: most jitters leave the domain, and are drawn again. */
static void points_at_the_edge_of_the_domain(void **state)
{
    (void)state;
    static const char ps[] = "{p: [1, 1, 1, 1, 1, 1, 0.5, 1, 1, 1], q: 0.25}";
    static const char loss[] =
        "  - r = 1 - p\n  - s = sqrt(r + 0)\n  - t = sum(s)\n  - u = t + q\n  - y = exp(u)";
    assert_verdict(verdict_of(ps, loss, "wrt: [q]", (struct planted){.plant = PLANT_NOTHING}), GCK_VERDICT_OK);
    assert_verdict(verdict_of(ps, loss, "wrt: [q]", (struct planted){.plant = PLANT_ALL, .amount = 1e-10}),
                   GCK_VERDICT_WRONG);
    assert_verdict(verdict_of(ps, loss, "wrt: [q]", (struct planted){.plant = PLANT_ERRATIC, .amount = 1e-10}),
                   GCK_VERDICT_INACCURATE);
}

/* Counts the requests. */
struct counted {
    gck_engine right;
    int requests;
};

static void counted_grad(gck_answer *answer, const gck_request *request, void *user)
{
    struct counted *counted = user;
    counted->requests++;
    counted->right.grad(answer, request, counted->right.user);
}

static void what_answers_once_is_asked_once(void **state)
{
    static const struct {
        double error;
        gck_verdict verdict;
    } rows_of[] = {{0, GCK_VERDICT_OK},
                   {1e-13, GCK_VERDICT_INACCURATE},
                   {5e-9, GCK_VERDICT_INACCURATE}, /* below sqrt(2^-53) */
                   {2e-8, GCK_VERDICT_WRONG},
                   {0.5, GCK_VERDICT_WRONG}};
    (void)state;
    for (size_t i = 0; i < sizeof rows_of / sizeof *rows_of; i++) {
        struct planted planted = {.plant = PLANT_ALL, .amount = rows_of[i].error};
        struct counted counted = {.right = planted_engine(&planted)};
        gck_options options = gck_options_default();
        options.dtypes = 1u << GCK_FLOAT64;
        gck_engine engine = {.name = "once", .grad = counted_grad, .user = &counted, .once = true};
        gck_result *result = check_text(in, rows, "", &engine, &options);
        assert_verdict(result->verdict, rows_of[i].verdict);
        assert_int_equal(counted.requests, 1);
        assert_int_equal(result->runs[0].message != NULL, rows_of[i].verdict == GCK_VERDICT_INACCURATE);
        gck_result_free(result);
    }
}

/* Without a value there is nothing to judge of it; a gradient that does not come is still missing. */
static void what_answers_once_may_leave_out_the_value(void **state)
{
    (void)state;
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT64;
    const enum plant plants[] = {PLANT_NO_VALUE, PLANT_SHORT_VALUE, PLANT_MISSING};
    const gck_verdict verdicts[] = {GCK_VERDICT_OK, GCK_VERDICT_WRONG, GCK_VERDICT_MISSING};
    for (int i = 0; i < 3; i++) {
        struct planted planted = {.plant = plants[i]};
        gck_engine engine = planted_engine(&planted);
        engine.once = true;
        gck_result *result = check_text(in, rows, "", &engine, &options);
        assert_verdict(result->verdict, verdicts[i]);
        assert_int_equal(result->runs[0].value.name == NULL, i == 0);
        gck_result_free(result);
    }
}

/* Errors that depend on an element that is exactly zero, which no jitter of its own size moves. */
static void zero_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const double *x = request->nodes[0].values;
    double y = exp(x[0]) + exp(x[1]), g[2] = {exp(x[0]), exp(x[1])}, noise = 0;
    const bool *steady = user;
    if (*steady) {
        noise = 1e-9;
    } else { /* some digits of the zero's own bits */
        uint64_t bits;
        memcpy(&bits, &x[0], sizeof bits);
        noise = 1e-9 * ((double)(bits * 0x9e3779b97f4a7c15u >> 11) * 0x1p-52 - 0.7);
    }
    g[0] *= 1 + noise;
    gck_answer_value(answer, &y, 1);
    gck_answer_gradient(answer, 0, g, 1, (const size_t[]){2});
}

static void noise_of_a_zero(void **state)
{
    (void)state;
    bool steady = false;
    gck_engine engine = {.name = "zero", .grad = zero_grad, .user = &steady};
    for (int i = 0; i < 2; i++) {
        steady = i == 1;
        gck_result *result = check_text("{x: [0, 0.7]}", "  - e = exp(x)\n  - y = sum(e)", "", &engine, NULL);
        assert_verdict(result->verdict, steady ? GCK_VERDICT_WRONG : GCK_VERDICT_INACCURATE);
        gck_result_free(result);
    }
}

/* At a tie the points beside fall on either side of it. A branch that is wrong is no noise, small or large;
 * noise on both is. The element that is right, and fails the joint test only because the other is noisy, is
 * dragged along. */
static void at_a_tie(void **state)
{
    (void)state;
    static const char tie[] = "{a: 1.5, b: 1.5}", max[] = "  - y = max(a, b)";
    const double amounts[] = {1e-9, 0.5, 3};
    for (int i = 0; i < 3; i++)
        assert_verdict(verdict_of(tie, max, "", (struct planted){.plant = PLANT_ALL, .amount = amounts[i]}),
                       GCK_VERDICT_WRONG);
    assert_verdict(verdict_of(tie, max, "", (struct planted){.plant = PLANT_ERRATIC, .amount = 1e-9}),
                   GCK_VERDICT_INACCURATE);
    static const double both[] = {1};
    assert_verdict(verdict_of(tie, max, "", (struct planted){.plant = PLANT_LIST, .list = both, .count = 1}),
                   GCK_VERDICT_WRONG);
    assert_verdict(verdict_of("{x: [0, 1]}", "  - r = relu(x)\n  - y = sum(r)", "",
                              (struct planted){.plant = PLANT_SET, .index = 0, .amount = -1}),
                   GCK_VERDICT_WRONG);
}

/* max(a, b) + min(a, b) is smooth where the sweep is not: a wrong factor in one of them is steady on each side.
 */
static void beside_ties_of_a_smooth_sum(void **state)
{
    (void)state;
    static const char sum[] = "  - m = max(a, b)\n  - n = min(a, b)\n  - y = m + n";
    struct broken broken = {.node = "m", .backward = broken_doubled};
    gck_engine engine = broken_engine(&broken);
    gck_result *result = check_text("{a: 2, b: 2}", sum, "", &engine, NULL);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    gck_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_inaccurate),
        cmocka_unit_test(a_steady_error_is_wrong_however_small),
        cmocka_unit_test(saturation_is_not_a_wrong_formula),
        cmocka_unit_test(wrong_at_this_point_alone),
        cmocka_unit_test(no_second_answer_is_no_excuse),
        cmocka_unit_test(right_answers_are_asked_once),
        cmocka_unit_test(points_at_the_edge_of_the_domain),
        cmocka_unit_test(what_answers_once_is_asked_once),
        cmocka_unit_test(what_answers_once_may_leave_out_the_value),
        cmocka_unit_test(noise_of_a_zero),
        cmocka_unit_test(at_a_tie),
        cmocka_unit_test(beside_ties_of_a_smooth_sum),
    };
    return cmocka_run_group_tests_name("steady", tests, NULL, NULL);
}
