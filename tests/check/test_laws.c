/* Laws of engines: callbacks that break one each, and the built-in engines, which keep all. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/builtin.h"
#include "support/engines.h"

/* An engine that is right at the case's own point and seed. */
struct lawless {
    gck_law breaks; /* GCK_LAWS: none */
    bool guards;    /* 0 * infinity is the gradient 1 times the seed */
    bool shape;     /* the unused parameter gets zeros of another shape */
    const char *op; /* only in graphs with this op; NULL: in all */
    size_t asked;
};

static bool has_op(const gck_request *request, const char *op)
{
    for (size_t i = 0; i < request->node_count; i++)
        if (request->nodes[i].op && strcmp(request->nodes[i].op, op) == 0)
            return true;
    return false;
}

static bool is_used(const gck_request *request, size_t node)
{
    bool used = node == request->output;
    for (size_t i = 0; i < request->node_count; i++)
        for (size_t k = 0; k < request->nodes[i].arity; k++)
            used |= request->nodes[i].inputs[k] == node;
    return used;
}

/* The number that comes in place of the right one. */
static double spoil(const struct lawless *l, const gck_request *request, size_t node, double right)
{
    size_t wanted = 0;
    if (l->guards && isnan(right))
        return request->seed[0];
    for (size_t i = 0; i < request->node_count; i++)
        wanted += request->nodes[i].wanted;
    switch (l->breaks) {
    case GCK_LAW_DETERMINISTIC:
        return l->asked % 2 ? right : right * (1 + 0x1p-52);
    case GCK_LAW_ZERO_SEED:
        return request->seed[0] == 0 ? right + 0x1p-1000 : right;
    case GCK_LAW_LINEAR:
        return right * fabs(request->seed[0]);
    case GCK_LAW_FEWER:
        return wanted == 1 ? right + 0x1p-20 : right;
    case GCK_LAW_UNUSED:
        return is_used(request, node) ? right : 1;
    }
    return right;
}

static void lawless_grad(gck_answer *answer, const gck_request *request, void *user)
{
    struct lawless *l = user;
    builtin_grad(answer, request, NULL);
    l->asked++;
    for (size_t i = 0; i < request->node_count && (!l->op || has_op(request, l->op)); i++) {
        const gck_node *node = &request->nodes[i];
        double numbers[64];
        if (!node->wanted)
            continue;
        for (size_t k = 0; k < node->count; k++)
            numbers[k] = spoil(l, request, i, answer->gradients[i].numbers[k]);
        bool misshapen = l->shape && !is_used(request, i);
        size_t flat = 1;
        gck_answer_gradient(answer, i, misshapen ? NULL : numbers, misshapen ? 1 : node->rank,
                            misshapen ? &flat : node->dims);
    }
}

static gck_result *check_laws(const char *inputs, const char *graph, struct lawless lawless)
{
    gck_engine engine = {.name = "lawless", .grad = lawless_grad, .user = &lawless};
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT64;
    options.laws = true;
    return check_text(inputs, graph, "", &engine, &options);
}

static const char two[] = "{x: [[2, 5, -3], [0.5, 7, 1]], w: [[3, 1], [-2, 4], [1, -1]]}";
static const char net[] = "  - y = sum(tanh(matmul(x, w)))";

/* That law is broken by the op (NULL: any), the others hold, and the verdict is wrong. */
static void only(struct lawless lawless, const char *op, const char *text)
{
    gck_result *result = check_laws(two, net, lawless);
    const gck_run *run = &result->runs[0];
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    assert_int_equal(run->law_count, GCK_LAWS);
    for (int law = 0; law < GCK_LAWS; law++) {
        const gck_law_check *check = &run->laws[law];
        assert_int_equal(check->law, law);
        assert_int_equal(check->broken, check->law == lawless.breaks);
        if (!check->broken)
            continue;
        assert_true(check->checked && check->spread > 0);
        assert_non_null(strstr(check->message, text));
        assert_non_null(strstr(run->message, check->message));
        if (op)
            assert_string_equal(check->op, op);
    }
    for (size_t t = 0; t < run->tensor_count; t++)
        assert_verdict(run->tensors[t].verdict, GCK_VERDICT_OK);
    gck_result_free(result);
}

static void each_law_is_seen_alone(void **state)
{
    (void)state;
    only((struct lawless){.breaks = GCK_LAW_DETERMINISTIC}, NULL,
         "nondeterministic: the same request twice: the gradient of x[0, ");
    only((struct lawless){.breaks = GCK_LAW_ZERO_SEED}, "sum", "x[0, 0] gets 9.33263619e-302, not 0");
    only((struct lawless){.breaks = GCK_LAW_LINEAR}, "sum", "where rounding explains");
    only((struct lawless){.breaks = GCK_LAW_FEWER}, NULL, "when it alone is asked for");
    only((struct lawless){.breaks = GCK_LAW_UNUSED}, "sum", "unused[0, 0] gets 1, not 0");
    only((struct lawless){.breaks = GCK_LAW_UNUSED, .shape = true}, "sum", "its gradient has another shape");
}

static void the_op_is_the_one_that_breaks_it(void **state)
{
    (void)state;
    only((struct lawless){.breaks = GCK_LAW_ZERO_SEED, .op = "matmul"}, "matmul", "(matmul does so alone)");
    only((struct lawless){.breaks = GCK_LAW_LINEAR, .op = "tanh"}, "tanh", "(tanh does so alone)");
}

static void builtin_engines_keep_all(void **state)
{
    (void)state;
    gck_options options = gck_options_default();
    options.laws = true;
    options.dtypes = 15;
    gck_result *result =
        check_text("{x: [0.5, -0.25, 2], w: [1, 3, -1]}", "  - y = sum(sigmoid(x) * w)", "", NULL, &options);
    assert_verdict(result->verdict, GCK_VERDICT_OK);
    assert_int_equal(result->run_count, GCK_DTYPES);
    for (size_t i = 0; i < result->run_count; i++)
        for (int law = 0; law < GCK_LAWS; law++) {
            const gck_law_check *check = &result->runs[i].laws[law];
            assert_true(check->checked && !check->broken && check->spread == 0 && !check->message);
        }
    gck_result_free(result);
}

/* A reference that is not a number has no budget, and nothing is beyond it. */
static void no_budget_breaks_nothing(void **state)
{
    (void)state;
    struct lawless guarded = {.breaks = (gck_law)GCK_LAWS, .guards = true};
    gck_result *result = check_laws("{x: [4, 0, 2], m: {dtype: bool, data: [1, 0, 1]}}",
                                    "  - y = sum(where(m, sqrt(x), x))", guarded);
    for (int law = 0; law < GCK_LAWS; law++)
        assert_false(result->runs[0].laws[law].broken);
    assert_verdict(result->verdict, GCK_VERDICT_KINK);
    gck_result_free(result);
}

/* The name of the unused parameter is one that the case does not have; one parameter cannot be fewer. */
static void names_do_not_clash(void **state)
{
    (void)state;
    gck_result *result =
        check_laws("{unused: 3}", "  - y = exp(unused)", (struct lawless){.breaks = GCK_LAW_UNUSED});
    const gck_law_check *laws = result->runs[0].laws;
    assert_true(laws[GCK_LAW_UNUSED].broken && !laws[GCK_LAW_FEWER].checked);
    assert_non_null(strstr(laws[GCK_LAW_UNUSED].message, "unused_ gets 1, not 0"));
    gck_result_free(result);
}

/* An engine of one answer has no laws; asking for none checks none. */
static void only_when_asked(void **state)
{
    (void)state;
    struct lawless lawless = {.breaks = GCK_LAW_LINEAR};
    gck_engine engine = {.name = "lawless", .grad = lawless_grad, .user = &lawless, .once = true};
    gck_options options = gck_options_default();
    options.engine = &engine;
    options.laws = true;
    static const char text[] = "gradcheck: 1\nid: a\ninputs: {x: 3}\ngraph: [y = exp(x)]\noutput: y\n";
    gck_case *c;
    gck_result *result;
    assert_int_equal(gck_case_parse(&c, "a.yaml", text, sizeof text - 1, NULL), GCK_OK);
    assert_int_equal(gck_check(&result, c, &options, NULL), GCK_BAD_USAGE);
    gck_case_free(c);
    result = check_text("{x: 3}", "  - y = exp(x)", "", NULL, NULL);
    assert_int_equal(result->runs[0].law_count, 0);
    assert_null(result->runs[0].laws);
    gck_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_law_is_seen_alone),   cmocka_unit_test(the_op_is_the_one_that_breaks_it),
        cmocka_unit_test(builtin_engines_keep_all), cmocka_unit_test(names_do_not_clash),
        cmocka_unit_test(only_when_asked),          cmocka_unit_test(no_budget_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
