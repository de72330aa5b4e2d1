/* The bugs that a case brings along: which node, which gradients, and the graph that stands for a backward. */
#include "case_text.h"

#define HEAD "gradcheck: 1\nid: t/bugs\ninputs: {a: [1, 2], b: [3, 4]}\n"

static void a_backward(void **state)
{
    (void)state;
    struct case_file *file = case_of(HEAD "graph: [p = a * b, y = p * p]\noutput: y\nseed: [1, 1]\nbugs:\n"
                                          "  - name: forgets\n    node: p\n    backward: |\n      t = dp * 2\n"
                                          "      db = t * a\n    verdict: nonfinite\n"
                                          "  - {name: square, node: y, backward: [dp = dy * p]}\n");
    assert_int_equal(file->bug_count, 2);
    const struct case_bug *bug = &file->bugs[0];
    assert_string_equal(bug->name, "forgets");
    assert_string_equal(file->graph.nodes[bug->node].name, "p");
    assert_int_equal(bug->verdict, GCK_VERDICT_NONFINITE);
    assert_false(bug->instead);
    assert_int_equal(bug->gradients[0], NO_NODE);
    assert_string_equal(bug->graph->nodes[bug->gradients[1]].name, "db");
    assert_string_equal(bug->graph->nodes[bug->arguments[0]].name, "a");
    assert_string_equal(bug->graph->nodes[bug->value].name, "p");
    assert_string_equal(bug->graph->nodes[bug->upstream].name, "dp");
    bug = &file->bugs[1]; /* mul(p, p): one p, and one gradient */
    assert_int_equal(bug->verdict, GCK_VERDICT_WRONG);
    assert_int_equal(bug->arguments[0], bug->arguments[1]);
    assert_string_equal(bug->graph->nodes[bug->gradients[0]].name, "dp");
    assert_int_equal(bug->gradients[1], NO_NODE);
    case_free(file);
}

static void another_formula(void **state)
{
    (void)state;
    struct case_file *file = case_of(HEAD "graph: [y = a * b]\noutput: y\nseed: [1, 1]\nbugs:\n"
                                          "  - {name: sum, node: y, instead: [t = a * 2, y = t + b]}\n");
    const struct case_bug *bug = &file->bugs[0];
    assert_true(bug->instead);
    assert_string_equal(bug->graph->nodes[bug->graph->output].name, "y");
    case_free(file);
}

/* Labels keep their numbers: shape rules read them. */
static void indices(void **state)
{
    (void)state;
    struct case_file *file =
        case_of("gradcheck: 1\nid: t/bugs\ninputs: {a: [1, 2], n: {dtype: int64, data: [1, 1]}}\n"
                "graph: ['y = take(a, n)']\noutput: y\nseed: [1, 1]\nbugs:\n"
                "  - {name: overwrites, node: y, backward: ['da = index_put(a * 0, n, dy)']}\n");
    const struct case_bug *bug = &file->bugs[0];
    assert_int_equal(bug->graph->nodes[bug->arguments[1]].kind, KIND_INTEGER);
    assert_int_equal(bug->graph->nodes[bug->arguments[1]].values.integers[0], 1);
    case_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backward),
        cmocka_unit_test(another_formula),
        cmocka_unit_test(indices),
    };
    return cmocka_run_group_tests_name("bugs", tests, NULL, NULL);
}
