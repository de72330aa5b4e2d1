/* Formulas: precedence, signs, names of steps, literals, attributes; and what they are refused for. */
#include "base/text.h"
#include "case_text.h"

/* The node written out as nested calls. */
static void write_node(struct text *text, const struct graph *graph, size_t i, bool top)
{
    const struct node *node = &graph->nodes[i];
    if (!node->op) {
        text_add(text, "%s", node->literal ? node->values.texts[0] : node->name);
        return;
    }
    if (!node->inner && !top) {
        text_add(text, "%s", node->name);
        return;
    }
    text_add(text, "%s(", node->op->name);
    for (size_t k = 0; k < node->arity; k++) {
        text_add(text, k ? " " : "");
        write_node(text, graph, node->inputs[k], false);
    }
    text_add(text, ")");
}

static void expect_tree(const char *formula, const char *tree)
{
    char text[512];
    struct text found = {0};
    snprintf(text, sizeof text,
             "gradcheck: 1\nid: test/x\ninputs: {a: 1, b: 2, c: 3}\ngraph:\n  - \"y = %s\"\n"
             "  - w = add_n(a, b, c, y)\noutput: w\n",
             formula);
    struct case_file *file = case_of(text);
    write_node(&found, &file->graph, (size_t)graph_find(&file->graph, "y"), true);
    assert_string_equal(found.data, tree);
    text_free(&found);
    case_free(file);
}

static void test_precedence(void **state)
{
    (void)state;
    static const struct {
        const char *formula, *tree;
    } table[] = {
        {"a + b * c", "add(a mul(b c))"},
        {"(a + b) * c", "mul(add(a b) c)"},
        {"a - b - c", "sub(sub(a b) c)"},
        {"a / b / c", "div(div(a b) c)"},
        {"a / b * c", "mul(div(a b) c)"},
        {"a ** b ** c", "pow(a pow(b c))"},
        {"-a ** b", "neg(pow(a b))"},
        {"a ** -b", "pow(a neg(b))"},
        {"-a * b", "mul(neg(a) b)"},
        {"a * -b", "mul(a neg(b))"},
        {"a - -b", "sub(a neg(b))"},
        {"--a", "neg(neg(a))"},
        {"+a + b", "add(a b)"},
        {"-2 ** 2 + a", "add(neg(pow(2 2)) a)"},
        {"a ** -2", "pow(a -2)"},
        {"a - -1.5e-3", "sub(a -1.5e-3)"},
        {"a * --.5", "mul(a .5)"},
        {"2*3 + a", "add(mul(2 3) a)"},
        {"a + 1e+3", "add(a 1e+3)"},
        {"a+b-c", "sub(add(a b) c)"},
        {"1 / (1 + exp(-a))", "div(1 add(1 exp(neg(a))))"},
        {"mean(square(a - b))", "mean(square(sub(a b)))"},
        {"max(a, min(b, c) * 2) - 7", "sub(max(a mul(min(b c) 2)) 7)"},
        {"((((a)))) * (b)", "mul(a b)"},
        {"add_n(a, b, c,)", "add_n(a b c)"},
        {"a * b # a comment", "mul(a b)"},
        {"a\\\n * b", "mul(a b)"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_tree(table[i].formula, table[i].tree);
}

static void expect_node(const struct graph *graph, const char *name, bool inner, bool literal, size_t line,
                        size_t column)
{
    long i = graph_find(graph, name);
    if (i == NO_NODE)
        fail_msg("no node %s", name);
    const struct node *node = &graph->nodes[i];
    assert_int_equal(node->inner, inner);
    assert_int_equal(node->literal, literal);
    assert_string_equal(node->place.file, "test.yaml");
    assert_int_equal(node->place.line, line);
    assert_int_equal(node->place.column, column);
}

static void test_steps(void **state)
{
    (void)state;
    struct case_file *file = case_of("gradcheck: 1\nid: a/b\ninputs:\n  x: 1\ngraph:\n  - f = 1 / (x * 2)\n  - "
                                     "y = f\n      + f\noutput: y\n");
    expect_node(&file->graph, "x", false, false, 4, 3);
    expect_node(&file->graph, "f.1", false, true, 6, 9);
    expect_node(&file->graph, "f.2", false, true, 6, 18);
    expect_node(&file->graph, "f.3", true, false, 6, 16);
    expect_node(&file->graph, "f", false, false, 6, 5);
    expect_node(&file->graph, "y", false, false, 7, 5);
    assert_int_equal(file->graph.count, 6);
    case_free(file);
}

static void test_attributes(void **state)
{
    (void)state;
    struct case_file *file =
        case_with("{x: [[1, 2], [3, 4]]}",
                  "  - a = sum(x, axes=[0, -1], keepdims=true)\n  - b = max(a, 3, ties = first)\n"
                  "  - c = leaky_relu(b, slope=1e-2)\n  - y = sum(c , axes = 1)",
                  "seed: [2]");
    const struct graph *graph = &file->graph;
    const struct node *a = &graph->nodes[graph_find(graph, "a")];
    const struct attribute *axes = node_attribute(a, "axes");
    assert_true(axes->given);
    assert_int_equal(axes->count, 2);
    assert_int_equal(axes->list[1], -1);
    assert_int_equal(node_attribute(a, "keepdims")->integer, 1);
    assert_string_equal(node_attribute(&graph->nodes[graph_find(graph, "c")], "slope")->text, "1e-2");
    assert_int_equal(node_attribute(&graph->nodes[graph->output], "axes")->list[0], 1);
    assert_string_equal(graph->seed.texts[0], "2");
    case_free(file);
}

/* The same graph as a list, as one text, and as JSON. */
static void test_spellings(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "gradcheck: 1\nid: a/b\ninputs: {x: 2}\ngraph:\n  - u = tanh(x)\n  - y = u * x\noutput: y\n",
        "gradcheck: 1\nid: a/b\ninputs: {x: 2}\ngraph: |\n  # rows\n  u = tanh(x)  # first\n\n  y = u * "
        "x\noutput: y\n",
        "gradcheck: 1\nid: a/b\ninputs: {x: 2}\ngraph: [u = tanh(x), 'y = u * x']\noutput: y\n",
        "{\"gradcheck\":1,\"id\":\"a/b\",\"inputs\":{\"x\":2},\"graph\":[\"u = tanh(x)\",\"y = u * "
        "x\"],\"output\":\"y\"}",
        "\xef\xbb\xbf{\n\t\"gradcheck\": 1, \"id\": \"a\\/b\", \"inputs\": {\"x\": 2},\r\n\t\"graph\": \"u = "
        "tanh(x)\\ny = u * \\u0078\",\n\t\"output\": \"y\"\n}\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct case_file *file = case_of(texts[i]);
        assert_string_equal(file->id, "a/b");
        assert_int_equal(file->graph.count, 3);
        assert_int_equal(file->graph.output, 2);
        assert_string_equal(file->graph.nodes[1].name, "u");
        assert_int_equal(file->graph.nodes[2].inputs[0], 1);
        case_free(file);
    }
}

/* expr(formula, x, claim): the claim may use the formula's value under the row's name. */
static void test_claims(void **state)
{
    (void)state;
    struct case_file *file = case_with("{x: 1, b: 2}",
                                       "  - expr: s = 1 / (1 + exp(-x))\n    claim: s * (1 - s)\n"
                                       "  - expr: y = s * b\n    claim: {b: s, s: b * 1}",
                                       "");
    const struct graph *graph = &file->graph;
    const struct node *y = &graph->nodes[graph->output];
    const struct node *s = &graph->nodes[graph_find(graph, "s")];
    assert_string_equal(s->op->name, "expr");
    assert_int_equal(s->arity, 3);
    const struct node *formula = &graph->nodes[s->inputs[0]], *claim = &graph->nodes[s->inputs[2]];
    assert_string_equal(formula->op->name, "div");
    assert_true(formula->inner);
    assert_string_equal(graph->nodes[s->inputs[1]].name, "x");
    assert_string_equal(claim->op->name, "mul");
    assert_int_equal(claim->inputs[0], s->inputs[0]);
    assert_int_equal(y->arity, 5);
    assert_string_equal(graph->nodes[y->inputs[1]].name, "s");
    assert_string_equal(graph->nodes[y->inputs[2]].op->name, "mul");
    assert_string_equal(graph->nodes[y->inputs[3]].name, "b");
    assert_int_equal(y->inputs[4], graph_find(graph, "s"));
    case_free(file);
    file = case_with("{x: 1}", "  - expr: y = tanh(x) * 2", "");
    assert_string_equal(file->graph.nodes[file->graph.output].op->name, "mul");
    case_free(file);
}

/* A name may be that of an op: only what stands before `(` is an op. */
static void test_names_of_ops(void **state)
{
    (void)state;
    struct case_file *file = case_with("{max: 1, exp: 2}", "  - add = max(max, exp)\n  - y = add * exp", "");
    assert_string_equal(file->graph.nodes[2].name, "add");
    assert_string_equal(file->graph.nodes[2].op->name, "max");
    case_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence), cmocka_unit_test(test_steps),  cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_spellings),  cmocka_unit_test(test_claims), cmocka_unit_test(test_names_of_ops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
