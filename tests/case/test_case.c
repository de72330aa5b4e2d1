/* Good cases: every field ends up where it belongs, and what is left out has its default. */
#include <math.h>

#include "case_text.h"

static const char full[] = "gradcheck: 1                 # the version\n"
                           "id: a/b-c_1.x\n"
                           "title: no\n"
                           "source: {text: \"a book, p. 1\", url: 'https://example.org'}\n"
                           "tags: [one, two]\n"
                           "why: >\n  folded\n  text\n"
                           "dtypes: [float16, bfloat16]\n"
                           "inputs:\n"
                           "  x: [[1, 2.50], [-3e-2, 4]]\n"
                           "  mask: [0, -inf]\n"
                           "  t: {dtype: int64, data: [1, 0]}\n"
                           "graph:\n"
                           "  - m = x + mask\n"
                           "  - k = nll_loss(m, t)\n"
                           "  - y = k * 2 * sum(x)\n"
                           "output: y\n"
                           "wrt: [x]\n"
                           "seed: -2\n"
                           "expect:\n"
                           "  value: {k: 1/3, y.2: 0.10}\n"
                           "  grad: {x: [[1, 2], [3, inf]]}\n"
                           "  by: published\n"
                           "kinks:\n"
                           "  - {at: 'x[1, 0]', choice: c, allowed: [0, 1, -inf]}\n"
                           "  - {at: x, choice: d, allowed: [0.5]}\n"
                           "limits: {bits: 512, exhaustive: 12}\n"
                           "equals: other/case\n";

static void test_texts(void **state)
{
    (void)state;
    struct case_file *file = case_of(full);
    assert_string_equal(file->path, "test.yaml");
    assert_string_equal(file->id, "a/b-c_1.x");
    assert_string_equal(file->title, "no"); /* not a bool */
    assert_string_equal(file->source, "a book, p. 1, https://example.org");
    assert_string_equal(file->why, "folded text\n");
    assert_int_equal(file->tag_count, 2);
    assert_true(case_has_tag(file, "two"));
    assert_false(case_has_tag(file, "tw"));
    assert_int_equal(file->bits, 512);
    assert_int_equal(file->exhaustive, 12);
    assert_string_equal(file->equals_id, "other/case");
    assert_true(file->dtypes[FLOAT16] && file->dtypes[BFLOAT16]);
    assert_false(file->dtypes[FLOAT64] || file->dtypes[FLOAT32]);
    case_free(file);
}

static void test_graph(void **state)
{
    (void)state;
    struct case_file *file = case_of(full);
    const struct graph *graph = &file->graph;
    const struct node *x = &graph->nodes[0], *mask = &graph->nodes[1], *t = &graph->nodes[2];
    assert_string_equal(x->name, "x");
    assert_int_equal(x->shape.rank, 2);
    assert_string_equal(x->values.texts[1], "2.50");
    assert_string_equal(x->values.texts[2], "-3e-2");
    assert_string_equal(mask->values.texts[1], "-inf");
    assert_int_equal(t->kind, KIND_INTEGER);
    assert_int_equal(t->values.integers[0], 1);
    assert_int_equal(graph->wrt_count, 1);
    assert_int_equal(graph->wrt[0], 0);
    assert_string_equal(graph->nodes[graph->output].name, "y");
    assert_string_equal(graph->seed.texts[0], "-2");
    case_free(file);
}

static void test_expectations(void **state)
{
    (void)state;
    struct case_file *file = case_of(full);
    const struct graph *graph = &file->graph;
    assert_int_equal(file->by, BY_PUBLISHED);
    assert_int_equal(file->expected_count, 3);
    assert_int_equal(file->expected[0].node, graph_find(graph, "k"));
    assert_string_equal(file->expected[0].texts[0], "1/3");
    assert_int_equal(file->expected[0].place.line, 22);
    assert_int_equal(file->expected[0].place.column, 11);
    assert_int_equal(file->expected[1].node, graph_find(graph, "y.2"));
    assert_string_equal(file->expected[1].texts[0], "0.10");
    assert_false(file->expected[1].gradient);
    assert_true(file->expected[2].gradient);
    assert_string_equal(file->expected[2].texts[3], "inf");
    assert_int_equal(file->kink_count, 2);
    assert_int_equal(file->kinks[0].element, 2);
    assert_int_equal(file->kinks[0].allowed_count, 3);
    assert_string_equal(file->kinks[0].allowed[2], "-inf");
    assert_int_equal(file->kinks[1].element, -1);
    assert_string_equal(file->kinks[1].choice, "d");
    case_free(file);
}

static void test_defaults(void **state)
{
    (void)state;
    struct case_file *file = case_with("{x: 1, t: {dtype: bool, data: [true, 0]}, w: [[1, 2], [3, 4]]}",
                                       "  - y = nll_loss(w * x, t)", "");
    assert_int_equal(file->graph.wrt_count, 2); /* neither the labels nor the numbers in formulas */
    assert_int_equal(file->graph.wrt[0], 0);
    assert_int_equal(file->graph.wrt[1], 2);
    assert_int_equal(file->graph.nodes[1].kind, KIND_BOOL);
    assert_int_equal(file->graph.nodes[1].values.integers[0], 1);
    assert_true(file->dtypes[FLOAT64] && file->dtypes[FLOAT32]);
    assert_false(file->dtypes[FLOAT16] || file->dtypes[BFLOAT16]);
    assert_int_equal(file->by, BY_NOBODY);
    assert_int_equal(file->bits, 0);
    assert_int_equal(file->exhaustive, GCK_AUTO);
    assert_null(file->graph.seed.texts);
    assert_null(file->equals_graph);
    case_free(file);
    case_free(NULL);
}

static void test_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        int rank;
        size_t dim[3];
    } table[] = {
        {"{x: 1}", 0, {0}},
        {"{x: [1]}", 1, {1}},
        {"{x: []}", 1, {0}},
        {"{x: [[], []]}", 2, {2, 0}},
        {"{x: [[[1, 2]], [[3, 4]]]}", 3, {2, 1, 2}},
        {"{x: {data: [[1, 2, 3]]}}", 2, {1, 3}},
        {"{x: {shape: [3, 2], data: [1, 2, 3, 4, 5, 6]}}", 2, {3, 2}},
        {"{x: {shape: [], data: 7}}", 0, {0}},
        {"{x: {shape: [1, 1], data: [7]}}", 2, {1, 1}},
        {"{x: {shape: [3, 2], fill: normal, seed: 1}}", 2, {3, 2}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct case_file *file = case_with(table[i].input, "  - y = sum(x)", "");
        const struct shape *shape = &file->graph.nodes[0].shape;
        assert_int_equal(shape->rank, table[i].rank);
        for (int k = 0; k < shape->rank; k++)
            assert_int_equal(shape->dim[k], table[i].dim[k]);
        case_free(file);
    }
}

static void test_seeds(void **state)
{
    (void)state;
    struct case_file *file =
        case_with("{x: [1, 2]}", "  - y = tanh(x)", "seed: {fill: uniform, low: 0, high: 1, seed: 1}");
    assert_non_null(file->graph.seed.doubles);
    case_free(file);
    file = case_with("{x: [[1, 2]]}", "  - y = tanh(x)", "seed: [[0.5, -1]]");
    assert_string_equal(file->graph.seed.texts[1], "-1");
    case_free(file);
    file = case_with("{x: [[3]]}", "  - y = tanh(x)", ""); /* one element needs no seed */
    assert_null(file->graph.seed.texts);
    case_free(file);
}

/* The second graph has the first one's inputs at the same indices, its seed and its parameters. */
static void test_equals(void **state)
{
    (void)state;
    struct case_file *file =
        case_with("{x: [1, 2], w: 3}", "  - u = x * w\n  - y = tanh(u)",
                  "seed: [1, 2]\nwrt: [w]\nequals:\n  graph:\n    - z = tanh(w * x)\n  output: z");
    const struct graph *graph = file->equals_graph;
    assert_non_null(graph);
    assert_string_equal(graph->nodes[1].name, "w");
    assert_ptr_equal(graph->nodes[1].values.texts, file->graph.nodes[1].values.texts);
    assert_string_equal(graph->nodes[graph->output].name, "z");
    assert_ptr_equal(graph->seed.texts, file->graph.seed.texts);
    assert_int_equal(graph->wrt_count, 1);
    assert_int_equal(graph->wrt[0], 1);
    assert_string_equal(graph->nodes[graph->output].place.file, "test.yaml");
    case_free(file);
}

/* A case outlives the error record that it was read with, places and all. */
static void test_ownership(void **state)
{
    (void)state;
    struct errors errors = {0};
    struct case_file *file;
    assert_int_equal(case_read(&file, "test.yaml", full, sizeof full - 1, NULL, &errors), GCK_OK);
    assert_int_equal(errors.count, 0);
    errors_free(&errors);
    for (size_t i = 0; i < file->graph.count; i++)
        assert_string_equal(file->graph.nodes[i].place.file, "test.yaml");
    assert_string_equal(file->expected[0].place.file, "test.yaml");
    case_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_graph),     cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_shapes),    cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_equals),   cmocka_unit_test(test_ownership),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
