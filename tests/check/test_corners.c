/* Corners: which answers pass where the derivative does not exist, alone and jointly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/engines.h"

/* One parameter's answer at a corner. */
struct one {
    const char *inputs, *graph, *kinks;
    double answer;
    gck_verdict wanted;
};

static void check_one(const struct one *c)
{
    gck_verdict found =
        verdict_of(c->inputs, c->graph, c->kinks, (struct planted){.plant = PLANT_SET, .amount = c->answer});
    if (found != c->wanted)
        fail_msg("%s, answer %g: %s, not %s", c->graph, c->answer, gck_verdict_name(found),
                 gck_verdict_name(c->wanted));
}

#define KINK GCK_VERDICT_KINK
#define WRONG GCK_VERDICT_WRONG
#define NONFINITE GCK_VERDICT_NONFINITE
#define INCONCLUSIVE GCK_VERDICT_INCONCLUSIVE
static const char relu_list[] = "kinks:\n  - {at: x, choice: relu-at-zero, allowed: [0, 0.5, 1]}";

static void answers_at_one_corner(void **state)
{
    (void)state;
    static const struct one corners[] = {
        {"{x: 0}", "  - y = relu(x)", "", 0, KINK},
        {"{x: 0}", "  - y = relu(x)", "", 0.5, KINK},
        {"{x: 0}", "  - y = relu(x)", "", 1, KINK},
        {"{x: 0}", "  - y = relu(x)", "", 1.5, WRONG},
        {"{x: 0}", "  - y = relu(x)", "", -1e-9, WRONG},
        {"{x: 0}", "  - y = relu(x)", "", NAN, NONFINITE},
        {"{x: 0}", "  - y = relu(x)", "", INFINITY, NONFINITE},
        {"{x: 0}", "  - y = relu(x)", relu_list, 1, KINK},
        {"{x: 0}", "  - y = relu(x)", relu_list, 0.25, WRONG}, /* between the sides, but nobody's choice */
        {"{x: 0}", "  - y = relu(x)", relu_list, NAN, NONFINITE},
        {"{x: 0}", "  - y = abs(x)", "", 0, KINK},
        {"{x: 0}", "  - y = abs(x)", "", 2, WRONG},
        {"{x: 0}", "  - y = 3 * abs(x)", "", -3, KINK},
        {"{x: 0}", "  - y = 3 * abs(x)", "", -3.0000001, WRONG},
        {"{x: 1}", "  - y = abs(x)", "", 1, GCK_VERDICT_OK},
        {"{x: 1e-9}", "  - y = abs(x)", "", 0, WRONG}, /* near a corner is not on it */
        /* D+ = D- = 1, but a reverse sweep may give 0 */
        {"{x: 0}", "  - a = relu(x)\n  - m = -x\n  - b = relu(m)\n  - y = a - b", "", 0, KINK},
        {"{x: 0}", "  - a = relu(x)\n  - m = -x\n  - b = relu(m)\n  - y = a - b", "", 1, KINK},
        {"{x: 0}", "  - a = relu(x)\n  - m = -x\n  - b = relu(m)\n  - y = a - b", "", 3, WRONG},
        /* an odd jump: both sides grow alike */
        {"{x: 0}", "  - y = sign(x)", "", 0, INCONCLUSIVE},
        {"{x: 0}", "  - y = sign(x)", "kinks:\n  - {at: x, choice: sign-at-jump, allowed: [0]}", 0, KINK},
        {"{x: 0}", "  - y = sign(x)", "kinks:\n  - {at: x, choice: sign-at-jump, allowed: [0]}", 1, WRONG},
        /* the edge of the domain: one side only */
        {"{x: 0}", "  - y = x ** 1.5", "", 0, KINK},
        {"{x: 0}", "  - y = x ** 1.5", "", 5, WRONG},
        {"{x: 0}", "  - y = x ** 1.5", "", 1e-3, WRONG},
        {"{x: 0}", "  - y = sqrt(x)", "", 0, INCONCLUSIVE},
        {"{x: 0}", "  - y = sqrt(x)", "", INFINITY, INCONCLUSIVE},
        {"{x: 0}", "  - y = sqrt(x)", "", NAN, NONFINITE},
        {"{x: 0}", "  - y = sqrt(x)", "kinks:\n  - {at: x, choice: c, allowed: [inf]}", INFINITY, KINK},
        {"{x: 0}", "  - y = sqrt(x)", "kinks:\n  - {at: x, choice: c, allowed: [inf]}", -INFINITY, NONFINITE},
        {"{x: 0}", "  - y = sqrt(x)", "kinks:\n  - {at: x, choice: c, allowed: [inf, 0]}", 0, KINK},
        {"{x: 0}", "  - y = sqrt(x)", "kinks:\n  - {at: x, choice: c, allowed: [inf]}", 0, WRONG},
        /* no reverse sweep gets this right (0 times infinity), a masked one lies between the sides */
        {"{x: 0}", "  - s = x * x\n  - y = sqrt(s)", "", 0, KINK},
        {"{x: 0}", "  - s = x * x\n  - y = sqrt(s)", "", 2, WRONG},
        {"{x: 0}", "  - s = x * x\n  - y = sqrt(s)", "", NAN, NONFINITE},
    };
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
        check_one(&corners[i]);
}

/* Answers (a, b) for y = max(x, w) at x = w. */
static gck_verdict tie(double a, double b, const char *more)
{
    const double both[] = {a, b};
    return verdict_of("{x: [2, 2]}", "  - y = amax(x)", more,
                      (struct planted){.plant = PLANT_LIST, .list = both, .count = 2});
}

/* The first gate's gradients are planted in two tensors. */
struct pair {
    double x, w;
};

static void pair_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct pair *pair = user;
    double y = 2;
    gck_answer_value(answer, &y, 1);
    for (size_t i = 0; i < request->node_count; i++)
        if (request->nodes[i].wanted)
            gck_answer_gradient(answer, i, request->nodes[i].name[0] == 'x' ? &pair->x : &pair->w, 0, NULL);
}

static gck_verdict tie_of_two(double x, double w, const char *more)
{
    struct pair pair = {x, w};
    gck_engine engine = {.name = "pair", .grad = pair_grad, .user = &pair};
    gck_result *result = check_text("{x: 2, w: 2}", "  - y = max(x, w)", more, &engine, NULL);
    gck_verdict verdict = result->verdict;
    gck_result_free(result);
    return verdict;
}

static void ties_must_pass_jointly(void **state)
{
    (void)state;
    static const struct {
        double a, b;
        gck_verdict wanted;
    } answers[] = {
        {1, 0, KINK},  {0, 1, KINK},  {0.5, 0.5, KINK},  {0.3, 0.7, KINK},
        {1, 1, WRONG}, {0, 0, WRONG}, {0.5, 0.6, WRONG}, {2, -1, WRONG},
    };
    static const char list[] = "kinks:\n  - {at: x, choice: c, allowed: [0, 0.3, 0.5, 0.6, 0.7, 1]}";
    static const char two_lists[] = "kinks:\n  - {at: x, choice: c, allowed: [0, 0.3, 0.5, 1]}\n"
                                    "  - {at: w, choice: c, allowed: [0, 0.5, 0.6, 0.7, 1]}";
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        double a = answers[i].a, b = answers[i].b;
        assert_verdict(tie(a, b, ""), answers[i].wanted);
        assert_verdict(tie(a, b, list), answers[i].wanted); /* each is listed: still not both */
        assert_verdict(tie_of_two(a, b, ""), answers[i].wanted);
        assert_verdict(tie_of_two(a, b, two_lists), answers[i].wanted);
    }
}

/* Convex corners beside concave ones: each answer is admissible, whatever the others are; real ties still
 * count. */
static void independent_corners_stand_alone(void **state)
{
    (void)state;
    static const struct {
        double answer[4];
        gck_verdict wanted;
    } table[] = {
        {{1, 1, 1, 0}, KINK},  {{0, 0, 0, 1}, KINK},  {{1, 0, 0.5, 0.5}, KINK}, {{0, 1, 0.2, 0.8}, KINK},
        {{1, 1, 1, 1}, WRONG}, {{1, 1, 0, 0}, WRONG}, {{1.5, 1, 1, 0}, WRONG},  {{1, -0.1, 1, 0}, WRONG},
    };
    static const char rows[] =
        "  - l = max(x, 0)\n  - m = min(l, 1)\n  - s = sum(m)\n  - t = amax(x)\n  - y = s + t";
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_verdict(verdict_of("{x: [0, 1, 2, 2]}", rows, "",
                                  (struct planted){.plant = PLANT_LIST, .list = table[i].answer, .count = 4}),
                       table[i].wanted);
}

static void the_convention_is_shown(void **state)
{
    (void)state;
    struct planted planted = {.plant = PLANT_SET, .index = 1, .amount = 0.5};
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text("{x: [1, 0, -1, 0]}", "  - r = relu(x)\n  - y = sum(r)", "", &engine, NULL);
    const gck_tensor *t = &result->runs[0].tensors[0];
    assert_verdict(t->verdict, GCK_VERDICT_KINK);
    assert_int_equal(t->counts[GCK_VERDICT_KINK], 2);
    assert_int_equal(t->counts[GCK_VERDICT_OK], 2);
    assert_in_range(result->runs[0].ties, 2, 4); /* relu compares once a sweep */
    gck_element e = gck_tensor_element(t, 1);
    assert_true(e.corner && e.left == 0 && e.right == 1 && e.analytic == 0.5);
    assert_false(gck_tensor_element(t, 0).corner);
    assert_false(t->zero);
    gck_result_free(result);
}

/* float32 takes the other branch of max(0.1 + 0.2, 0.3) than the reference. */
static void branches_decided_by_rounding(void **state)
{
    (void)state;
    static const char in[] = "{a: 0.1, b: 0.2, w: 0.3}", rows[] = "  - s = a + b\n  - y = max(s, w)";
    for (int dtype = 0; dtype < GCK_DTYPES; dtype++) {
        gck_options options = gck_options_default();
        options.dtypes = 1u << dtype;
        gck_result *result = check_text(in, rows, "", NULL, &options);
        assert_true(gck_verdict_passes(result->verdict));
        gck_result_free(result);
    }
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT32;
    struct planted planted = {.plant = PLANT_SET, .node = "a", .amount = 2};
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text(in, rows, "", &engine, &options);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    gck_result_free(result);
}

struct three {
    double grad[3];
};

static void three_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct three *three = user;
    double y = (float)0.3;
    size_t k = 0;
    gck_answer_value(answer, &y, 1);
    for (size_t i = 0; i < request->node_count; i++)
        if (request->nodes[i].wanted)
            gck_answer_gradient(answer, i, &three->grad[k++], 0, NULL);
}

/* In float32 0.1 + 0.2 and 0.3 are equal, and each side may get all. */
static void ties_that_rounding_makes(void **state)
{
    (void)state;
    static const struct {
        struct three three;
        bool passes;
    } table[] = {
        {{{0, 0, 1}}, true},      {{{1, 1, 0}}, true},     {{{0.5, 0.5, 0.5}}, true},
        {{{1.1, 1.1, 0}}, false}, {{{-0.1, 0, 1}}, false},
    };
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT32;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct three three = table[i].three;
        gck_engine engine = {.name = "three", .grad = three_grad, .user = &three};
        gck_result *result =
            check_text("{a: 0.1, b: 0.2, w: 0.3}", "  - s = a + b\n  - y = max(s, w)", "", &engine, &options);
        assert_int_equal(gck_verdict_passes(result->verdict), table[i].passes);
        gck_result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_at_one_corner),           cmocka_unit_test(ties_must_pass_jointly),
        cmocka_unit_test(the_convention_is_shown),         cmocka_unit_test(branches_decided_by_rounding),
        cmocka_unit_test(independent_corners_stand_alone), cmocka_unit_test(ties_that_rounding_makes),
    };
    return cmocka_run_group_tests_name("corners", tests, NULL, NULL);
}
