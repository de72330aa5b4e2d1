/* Variations of cases: the numbers that docs/case-format.md promises, computed from its rules by a program that
 * shares nothing with this one, and what a variation leaves alone. */
#include "case/generate.h"
#include "case_text.h"

static struct case_file *varied(const char *inputs, const char *graph, const char *more, uint64_t vary)
{
    char text[2048];
    struct errors errors = {0};
    struct case_file *file;
    const struct case_loading loading = {.vary = vary};
    int size = snprintf(text, sizeof text, "gradcheck: 1\nid: test/x\ninputs: %s\ngraph:\n%s\noutput: y\n%s\n",
                        inputs, graph, more);
    assert_int_equal(case_read(&file, "test.yaml", text, (size_t)size, &loading, &errors), GCK_OK);
    errors_free(&errors);
    return file;
}

static void holds(const struct case_file *file, const char *input, const double *x, size_t n)
{
    const struct node *node = &file->graph.nodes[graph_find(&file->graph, input)];
    assert_non_null(node->values.doubles);
    for (size_t i = 0; i < n; i++)
        if (node->values.doubles[i] != x[i])
            fail_msg("%s[%zu] is %a, not %a", input, i, node->values.doubles[i], x[i]);
}

static void written_out(void **state)
{
    (void)state;
    static const double one[] = {0x1.f941e6ep-1, -0x1.024104bp+1, 0};
    static const double seven[] = {0x1.fcc22608p-1, -0x1.03a2a984p+1, 0};
    struct case_file *file = varied("{x: [1, -2, 0], c: 3}", "  - y = sum(x) * c", "wrt: [x]", 1);
    holds(file, "x", one, 3);
    assert_string_equal(file->graph.nodes[1].values.texts[0], "3"); /* no parameter */
    case_free(file);
    file = varied("{x: [1, -2, 0]}", "  - y = sum(x)", "", 7);
    holds(file, "x", seven, 3);
    case_free(file);
    file = varied("{x: [1, -2, 0]}", "  - y = sum(x)", "", 0);
    assert_string_equal(file->graph.nodes[0].values.texts[1], "-2");
    case_free(file);
}

static void drawn(void **state)
{
    double x[5];
    int64_t n[5];
    const uint64_t seed = UINT64_C(15755400384260043840); /* 1 + 3 0x9e37... mod 2^64 */
    struct decimals d;
    (void)state;
    struct case_file *file =
        varied("{x: {shape: [5], fill: uniform, low: -1, high: 1, seed: 1}, l: {dtype: int64, "
               "shape: [5], fill: uniform, low: 0, high: 5, seed: 1}}",
               "  - y = take(x, l)", "seed: {fill: normal, seed: 1}", 3);
    assert_true(decimals_read(&d, "-1", "1"));
    generate_uniform(x, 5, &d, seed);
    holds(file, "x", x, 5);
    generate_integers(n, 5, 0, 5, seed);
    assert_memory_equal(file->graph.nodes[1].values.integers, n, sizeof n);
    assert_true(decimals_read(&d, "0", "1"));
    generate_normal(x, 5, &d, seed);
    assert_memory_equal(file->graph.seed.doubles, x, sizeof x);
    case_free(file);
}

/* Moves become smaller where the output would not be finite; where nothing helps there is none. */
static void the_domain(void **state)
{
    (void)state;
    static const double atanh_at[] = {0x1.fcc22607fffffp-1}, acosh_at[] = {0x1.00000003e6113p+0},
                        top[] = {1.79e308};
    struct case_file *file =
        varied("{x: 0.99999999999999988897769753748}", "  - y = atanh(x)", "dtypes: [float64]", 7);
    holds(file, "x", atanh_at, 1);
    case_free(file);
    file = varied("{x: 1.000000000931322574615478515625}", "  - y = acosh(x)", "dtypes: [float64]", 7);
    holds(file, "x", acosh_at, 1); /* the third try */
    case_free(file);
    file = varied("{x: 1}", "  - y = acosh(x)", "", 7);
    assert_string_equal(file->graph.nodes[0].values.texts[0], "1");
    case_free(file);
    file = varied("{x: 1.79e308}", "  - y = x * 0.5", "dtypes: [float64]", 3); /* moved, it would overflow */
    holds(file, "x", top, 1);
    case_free(file);
}

static void expectations_go(void **state)
{
    (void)state;
    const char *more =
        "expect:\n  value: {y: 6}\n  by: closed-form\nequals:\n  graph: [y = x + x]\n  output: y";
    struct case_file *file = varied("{x: 3}", "  - y = 2 * x", more, 0);
    assert_int_equal(file->expected_count, 1);
    assert_non_null(file->equals_graph);
    case_free(file);
    file = varied("{x: 3}", "  - y = 2 * x", more, 1);
    assert_int_equal(file->expected_count, 0);
    assert_null(file->equals_graph);
    case_free(file);
    file = varied("{x: 3}", "  - y = 2 * x", "equals: test/other", 1);
    assert_null(file->equals_id);
    case_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_out),
        cmocka_unit_test(drawn),
        cmocka_unit_test(the_domain),
        cmocka_unit_test(expectations_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
