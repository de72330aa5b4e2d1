/* Fuzzing finds an engine's wrong op, and makes the graph small: a few nodes, that op among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "api/fuzz.h"
#include "case/random_sketch.h"
#include "engine/builtin.h"

enum { MOST_OPS_LEFT = 3, LARGE = 20 };

/* tanh with the derivative 1 - y. */
static void wrong_tanh(const d_call *k, const d_context *c)
{
    (void)c;
    for (size_t i = 0; i < shape_count(&k->node->shape); i++)
        k->dx[0][i] += k->dy[i] * (1 - k->y[i]);
}

/* The mean's gradient without 1 / n. */
static void wrong_mean(const d_call *k, const d_context *c)
{
    op_named("sum")->d_backward(k, c);
}

struct bug {
    const char *op;
    d_kernel *backward;
};

/* The built-in engine with a wrong backward of one op. */
static void bad_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct bug *bug = user;
    struct arena arena = {0};
    gck_request spoiled = *request;
    struct graph graph = *request->graph;
    struct op wrong = *op_named(bug->op);
    struct node *nodes = arena_alloc(&arena, graph.count, sizeof *nodes);
    assert_non_null(nodes);
    memcpy(nodes, graph.nodes, graph.count * sizeof *nodes);
    wrong.d_backward = bug->backward;
    for (size_t i = 0; i < graph.count; i++)
        if (nodes[i].op == op_named(bug->op))
            nodes[i].op = &wrong;
    graph.nodes = nodes;
    spoiled.graph = &graph;
    builtin_grad(answer, &spoiled, NULL);
    arena_free(&arena);
}

static gck_options options_with(const gck_engine *engine)
{
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT64;
    options.jobs = 1;
    options.engine = engine;
    return options;
}

static bool has(const struct sketch *sketch, const char *op)
{
    for (size_t i = 0; i < sketch->count; i++)
        if (sketch->nodes[i].op == op_named(op))
            return true;
    return false;
}

/* The first large graph on which the bug shows. */
static void shrinks(struct bug bug)
{
    gck_engine engine = {.name = "bad", .grad = bad_grad, .user = &bug};
    gck_options options = options_with(&engine);
    bool found = false;
    for (uint64_t i = 0; i < 2000 && !found; i++) {
        struct arena arena = {0};
        struct sketch *sketch = arena_alloc(&arena, 1, sizeof *sketch);
        gck_verdict verdict = GCK_VERDICT_OK, small = GCK_VERDICT_OK;
        size_t redrawn;
        assert_int_equal(random_sketch(sketch, &redrawn, &arena, 11, i, NULL), GCK_OK);
        if (sketch_ops(sketch) >= LARGE && has(sketch, bug.op)) {
            assert_int_equal(fuzz_verdict(&verdict, sketch, &options), GCK_OK);
            found = verdict == GCK_VERDICT_WRONG;
        }
        if (found) {
            assert_int_equal(fuzz_shrink(sketch, &arena, verdict, &options), GCK_OK);
            assert_int_equal(fuzz_verdict(&small, sketch, &options), GCK_OK);
            assert_int_equal(small, verdict);
            assert_true(has(sketch, bug.op));
            assert_in_range(sketch_ops(sketch), 1, MOST_OPS_LEFT);
            for (size_t k = 0; k < sketch->count; k++)
                assert_true(shape_count(&sketch->nodes[k].shape) <= 2);
        }
        arena_free(&arena);
    }
    assert_true(found);
}

static void test_wrong_tanh(void **state)
{
    (void)state;
    shrinks((struct bug){"tanh", wrong_tanh});
}

static void test_wrong_mean(void **state)
{
    (void)state;
    shrinks((struct bug){"mean", wrong_mean});
}

/* The file that is written fails in the same way when it is read. */
static void test_file(void **state)
{
    (void)state;
    struct bug bug = {"tanh", wrong_tanh};
    gck_engine engine = {.name = "bad", .grad = bad_grad, .user = &bug};
    gck_options options = options_with(&engine);
    bool found = false;
    for (uint64_t i = 0; i < 400 && !found; i++) {
        struct fuzzed fuzzed;
        assert_int_equal(fuzz_one(&fuzzed, i, &options, NULL, false), GCK_OK);
        found = fuzzed.text != NULL;
        if (found) {
            gck_case *c;
            gck_result *result;
            assert_non_null(strstr(fuzzed.text, "tanh("));
            assert_non_null(strstr(fuzzed.text, "wrong in float64, engine bad"));
            assert_int_equal(gck_case_parse(&c, "a.yaml", fuzzed.text, strlen(fuzzed.text), NULL), GCK_OK);
            assert_int_equal(gck_check(&result, c, &options, NULL), GCK_OK);
            assert_int_equal(result->verdict, fuzzed.verdict);
            gck_result_free(result);
            gck_case_free(c);
        }
        fuzzed_free(&fuzzed);
    }
    assert_true(found);
}

/* Of ops that may be drawn, no other is. */
static void test_choice(void **state)
{
    (void)state;
    gck_options options = options_with(NULL);
    for (uint64_t i = 0; i < 50; i++) {
        struct fuzzed fuzzed;
        bool ops[sizeof fuzzed.used] = {0};
        ops[op_named("tanh") - op_table] = ops[op_named("mul") - op_table] = true;
        assert_int_equal(fuzz_one(&fuzzed, i, &options, ops, false), GCK_OK);
        assert_int_equal(fuzzed.verdict, GCK_VERDICT_OK);
        for (size_t j = 0; j < op_count; j++)
            assert_true(ops[j] || !fuzzed.used[j]);
        fuzzed_free(&fuzzed);
    }
}

/* Where y jumps there is no verdict: such a call is drawn again. Here atan2 met a zero before a negative
 * number. */
static void test_jump(void **state)
{
    struct fuzzed fuzzed;
    (void)state;
    gck_options options = options_with(NULL);
    options.seed = 11;
    assert_int_equal(fuzz_one(&fuzzed, 177, &options, NULL, false), GCK_OK);
    assert_true(gck_verdict_passes(fuzzed.verdict));
    fuzzed_free(&fuzzed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_tanh), cmocka_unit_test(test_wrong_mean), cmocka_unit_test(test_file),
        cmocka_unit_test(test_choice),     cmocka_unit_test(test_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
