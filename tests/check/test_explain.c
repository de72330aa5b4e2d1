/* Explanations against closed forms and published numbers; gates cut out of a graph. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "check/explain_parts.h"
#include "support/build.h"

static gck_explanation *explain(const char *yaml)
{
    gck_case *c;
    gck_errors *errors;
    gck_explanation *x;
    if (gck_case_parse(&c, "test.yaml", yaml, strlen(yaml), &errors))
        fail_msg("%s", gck_errors_get(errors, 0).message);
    assert_int_equal(gck_explain(&x, c, NULL, &errors), GCK_OK);
    gck_case_free(c);
    return x;
}

static gck_explanation *explain_file(const char *path)
{
    gck_case *c;
    gck_errors *errors;
    gck_explanation *x;
    if (gck_case_load(&c, path, &errors))
        fail_msg("%s", gck_errors_get(errors, 0).message);
    assert_int_equal(gck_explain(&x, c, NULL, &errors), GCK_OK);
    gck_case_free(c);
    return x;
}

static const gck_step *step(const gck_explanation *x, const char *name)
{
    for (size_t i = 0; i < x->step_count; i++)
        if (strcmp(x->steps[i].name, name) == 0)
            return &x->steps[i];
    fail_msg("no step %s", name);
    return NULL;
}

/* What `from` sends to `to`; the second time it does for occurrence 1. */
static const gck_contribution *sent(const gck_explanation *x, const char *from, const char *to,
                                    size_t occurrence)
{
    const gck_step *gate = step(x, from);
    for (size_t k = 0; k < gate->send_count; k++)
        if (strcmp(x->steps[gate->sends[k].to].name, to) == 0 && occurrence-- == 0)
            return &gate->sends[k];
    fail_msg("%s sends nothing to %s", from, to);
    return NULL;
}

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g is not %.17g", a, b);
}

/* A scalar's gradient, and that its difference agrees. */
static void assert_gradient(const gck_explanation *x, const char *name, double gradient, double tolerance)
{
    const gck_step *s = step(x, name);
    assert_true(s->reached);
    assert_near(s->gradient.values[0], gradient, tolerance);
    assert_true(s->numeric.taken);
    assert_int_equal(s->numeric.agreement, GCK_AGREES);
    assert_near(s->numeric.numbers[0].value, gradient, tolerance);
}

static void assert_local(const gck_contribution *c, const char *symbol, double local, double product)
{
    assert_string_equal(c->local.symbol, symbol);
    assert_int_equal(c->local.rows, 1);
    assert_int_equal(c->local.columns, 1);
    assert_true(c->local.entries[0].value == local);
    assert_true(c->local.numeric.numbers[0].value == local);
    assert_int_equal(c->local.numeric.agreement, GCK_AGREES);
    assert_true(c->product.values[0] == product);
    assert_true(c->numeric.numbers[0].value == product);
    assert_null(c->local.structure);
}

static void test_first_circuit(void **state)
{
    (void)state;
    gck_explanation *x = explain_file(SOURCE_DIR "/cases/lectures/add-mul.yaml");
    const char *order[] = {"f", "q", "z", "y", "x"};
    assert_int_equal(x->step_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(x->steps[i].name, order[i]);
    assert_string_equal(x->objective, "f");
    assert_string_equal(step(x, "f")->row, "f = mul(q, z)");
    assert_int_equal(strncmp(step(x, "f")->role, "switches", 8), 0);
    assert_int_equal(strncmp(step(x, "q")->role, "distributes", 11), 0);
    assert_true(step(x, "f")->value.values[0] == -12);
    assert_gradient(x, "f", 1, 0);
    assert_gradient(x, "q", -4, 0);
    assert_gradient(x, "x", -4, 0);
    assert_gradient(x, "y", -4, 0);
    assert_gradient(x, "z", 3, 0);
    assert_local(sent(x, "f", "q", 0), "z", -4, -4);
    assert_local(sent(x, "f", "z", 0), "q", 3, 3);
    assert_local(sent(x, "q", "x", 0), "1", 1, -4);
    assert_string_equal(sent(x, "f", "q", 0)->argument, "a");
    assert_string_equal(step(x, "q")->numeric.numbers[0].text, "-4.0000000000000000");
    assert_int_equal(x->agreement, GCK_AGREES);
    gck_explanation_free(x);
}

/* The two digits that the lecture shows. */
static void test_published_neuron(void **state)
{
    (void)state;
    gck_explanation *x = explain_file(SOURCE_DIR "/cases/lectures/sigmoid-neuron.yaml");
    const struct {
        const char *name;
        double value, gradient;
    } published[] = {{"f", 0.73, 1},   {"d", 1.37, -0.53}, {"e", 0.37, -0.53}, {"n", -1, -0.20},
                     {"z", 1, 0.20},   {"s", 4, 0.20},     {"p0", -2, 0.20},   {"p1", 6, 0.20},
                     {"w0", 2, -0.20}, {"x0", -1, 0.39},   {"w1", -3, -0.39},  {"x1", -2, -0.59},
                     {"w2", -3, 0.20}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        assert_near(step(x, published[i].name)->value.values[0], published[i].value, 0.005);
        assert_gradient(x, published[i].name, published[i].gradient, 0.005);
    }
    const gck_contribution *c = sent(x, "f", "d", 0);
    assert_string_equal(c->local.symbol, "-f^2");
    assert_near(c->local.entries[0].value, -1 / pow(1 + exp(-1), 2), 1e-15);
    assert_true(c->local.numeric.distance < 1e-40);
    assert_string_equal(sent(x, "e", "n", 0)->local.symbol, "e");
    assert_string_equal(sent(x, "n", "z", 0)->local.symbol, "-1");
    assert_false(step(x, "1")->reached);
    assert_true(step(x, "1")->literal);
    gck_explanation_free(x);
}

static void test_branches_add(void **state)
{
    (void)state;
    gck_explanation *x = explain("gradcheck: 1\nid: t/branch\ntitle: t\ninputs: {x: 3, y: 5}\n"
                                 "graph: ['a = x * x', 'b = sub(a, x)', 'f = x * y + b']\noutput: f\n");
    const gck_step *s = step(x, "x");
    assert_int_equal(s->receive_count, 4);
    double sum = 0;
    for (size_t i = 0; i < 4; i++)
        sum += s->receives[i]->product.values[0];
    assert_true(sum == 2 * 3 - 1 + 5);
    assert_gradient(x, "x", 10, 0);
    assert_local(sent(x, "a", "x", 0), "x", 3, 3);
    assert_local(sent(x, "a", "x", 1), "x", 3, 3);
    assert_local(sent(x, "b", "x", 0), "-1", -1, -1);
    assert_int_equal(step(x, "y")->receive_count, 1);
    assert_int_equal(x->steps[0].receive_count, 0);
    gck_explanation_free(x);
}

static void test_max_routes(void **state)
{
    (void)state;
    gck_explanation *x = explain("gradcheck: 1\nid: t/max\ntitle: t\ninputs: {a: 3, b: 7}\n"
                                 "graph: ['m = max(a, b)', 'f = m * 2']\noutput: f\n");
    assert_local(sent(x, "m", "a", 0), "[a > b]", 0, 0);
    assert_local(sent(x, "m", "b", 0), "[b > a]", 1, 2);
    assert_int_equal(strncmp(step(x, "m")->role, "routes", 6), 0);
    assert_int_equal(x->agreement, GCK_AGREES);
    gck_explanation_free(x);
    x = explain("gradcheck: 1\nid: t/tie\ntitle: t\ninputs: {a: 7, b: 7}\n"
                "graph: ['f = max(a, b)']\noutput: f\n"
                "kinks: [{at: a, choice: ties, allowed: [0.5]}, {at: b, choice: ties, allowed: [0.5]}]\n");
    const gck_contribution *c = sent(x, "f", "a", 0);
    assert_true(c->local.entries[0].value == 0.5);
    assert_int_equal(c->local.numeric.agreement, GCK_CORNER);
    assert_true(c->local.numeric.left[0] == 0 && c->local.numeric.right[0] == 1);
    assert_int_equal(step(x, "a")->numeric.agreement, GCK_CORNER);
    assert_int_equal(x->agreement, GCK_CORNER);
    assert_non_null(step(x, "f")->convention);
    gck_explanation_free(x);
}

/* diag(p) - p p^T, rows and columns. */
static void test_softmax_jacobian(void **state)
{
    (void)state;
    gck_explanation *x = explain("gradcheck: 1\nid: t/softmax\ntitle: t\ninputs: {x: [0.5, -1, 2]}\n"
                                 "graph: ['y = softmax(x)']\noutput: y\nseed: [1, 2, -3]\n");
    const gck_contribution *c = sent(x, "y", "x", 0);
    const double *p = step(x, "y")->value.values, seed[] = {1, 2, -3};
    assert_string_equal(x->objective, "<seed, y>");
    assert_int_equal(c->local.rows, 3);
    assert_int_equal(c->local.columns, 3);
    assert_int_equal(c->local.nonzeros, 9);
    assert_false(c->local.diagonal);
    for (size_t k = 0; k < 3; k++) {
        double product = 0;
        for (size_t r = 0; r < 3; r++) {
            double entry = (r == k ? p[r] : 0) - p[r] * p[k];
            assert_near(c->local.entries[3 * r + k].value, entry, 1e-15);
            assert_near(c->local.numeric.numbers[3 * r + k].value, entry, 1e-15);
            product += entry * seed[r];
        }
        assert_near(c->product.values[k], product, 1e-15);
        assert_near(c->numeric.numbers[k].value, product, 1e-15);
    }
    assert_int_equal(c->local.numeric.agreement, GCK_AGREES);
    assert_true(c->local.numeric.distance < 1e-40);
    gck_explanation_free(x);
}

/* Rows are outputs and columns inputs, where these differ in number. */
static void test_matmul_jacobian(void **state)
{
    (void)state;
    gck_explanation *x =
        explain("gradcheck: 1\nid: t/matmul\ntitle: t\ninputs: {a: [2, 3], b: [[5, 7, 11], [13, 17, 19]]}\n"
                "graph: ['y = matmul(a, b)']\noutput: y\nseed: [1, 2, 3]\n");
    const double b[] = {5, 7, 11, 13, 17, 19};
    const gck_contribution *c = sent(x, "y", "a", 0);
    assert_int_equal(c->local.rows, 3);
    assert_int_equal(c->local.columns, 2);
    for (size_t r = 0; r < 3; r++)
        for (size_t k = 0; k < 2; k++)
            assert_true(c->local.entries[2 * r + k].value == b[3 * k + r]);
    assert_true(c->product.values[0] == 5 + 14 + 33 && c->product.values[1] == 13 + 34 + 57);
    c = sent(x, "y", "b", 0);
    assert_int_equal(c->local.columns, 6);
    assert_int_equal(c->local.nonzeros, 6);
    gck_explanation_free(x);
}

static void test_relu_4096(void **state)
{
    (void)state;
    gck_explanation *x = explain_file(SOURCE_DIR "/cases/lectures/relu-4096.yaml");
    const gck_jacobian *j = &sent(x, "y", "x", 0)->local;
    const gck_numbers *value = &step(x, "x")->value;
    size_t positive = 0;
    for (size_t i = 0; i < value->count; i++)
        positive += value->values[i] > 0;
    assert_int_equal(j->rows, 4096);
    assert_true(j->diagonal);
    assert_null(j->entries);
    assert_int_equal(j->nonzeros, positive);
    assert_false(j->at_most);
    assert_true(j->bytes == 8. * 4096 * 4096);
    assert_non_null(strstr(j->structure, "diagonal: 4,096 numbers instead of 16,777,216; nobody forms it"));
    assert_null(value->numbers);
    assert_int_equal(j->numeric.agreement, GCK_AGREES);
    assert_int_equal(j->numeric.count, 0);
    assert_true(fabs(j->numeric.along.value) > 1e-3);
    assert_true(j->numeric.distance < 1e-40);
    gck_explanation_free(x);
}

/* Counts by rule against the entries of the same gates, written down. */
static void test_counts_of_entries(void **state)
{
    (void)state;
    gck_explanation *x = explain(
        "gradcheck: 1\nid: t/counts\ntitle: t\n"
        "inputs:\n"
        "  x: {shape: [9, 4], fill: uniform, low: 0.5, high: 1, seed: 3}\n"
        "  W: {shape: [4, 8], fill: uniform, low: 0.5, high: 1, seed: 4}\n"
        "  b: {shape: [8], fill: uniform, low: 0.5, high: 1, seed: 5}\n"
        "graph: ['a = affine(x, W, b)', 'p = softmax(a, axis=1)', 'r = transpose(p)', 'm = sum(r, axes=[0])', "
        "'c = m + 1', 'f = sum(c)']\n"
        "output: f\n");
    assert_int_equal(sent(x, "a", "x", 0)->local.nonzeros, 9 * 8 * 4);
    assert_int_equal(sent(x, "a", "W", 0)->local.nonzeros, 9 * 8 * 4);
    assert_int_equal(sent(x, "a", "b", 0)->local.nonzeros, 9 * 8);
    assert_int_equal(sent(x, "p", "a", 0)->local.nonzeros, 9 * 8 * 8);
    assert_int_equal(sent(x, "r", "p", 0)->local.nonzeros, 72);
    assert_int_equal(sent(x, "m", "r", 0)->local.nonzeros, 72);
    assert_int_equal(sent(x, "c", "m", 0)->local.nonzeros, 9);
    assert_int_equal(sent(x, "f", "c", 0)->local.nonzeros, 9);
    assert_int_equal(x->agreement, GCK_AGREES);
    gck_explanation_free(x);
}

static const char claim_case[] = "gradcheck: 1\nid: t/claim\ntitle: t\ninputs: {x: [0.5, -1.25, 3]}\n"
                                 "graph:\n  - {expr: 'y = 1 / (1 + exp(-x))', claim: '%s'}\n"
                                 "output: y\nseed: [1, 1, 1]\n";

static gck_explanation *explain_claim(const char *claim)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml, claim_case, claim);
    return explain(yaml);
}

static void test_claims(void **state)
{
    (void)state;
    gck_explanation *x = explain_claim("y * (1 - y)");
    const gck_claim *claim = step(x, "y")->claims;
    assert_int_equal(step(x, "y")->claim_count, 1);
    assert_int_equal(claim->agreement, GCK_AGREES);
    assert_string_equal(claim->variable, "x");
    assert_int_equal(x->agreement, GCK_AGREES);
    gck_explanation_free(x);
    x = explain_claim("y * y * (1 - y)");
    claim = step(x, "y")->claims;
    assert_int_equal(claim->agreement, GCK_DIFFERS);
    assert_int_equal(x->agreement, GCK_DIFFERS);
    assert_int_equal(step(x, "x")->numeric.agreement, GCK_AGREES);
    const double *y = step(x, "y")->value.values;
    for (size_t i = 0; i < 3; i++) {
        assert_near(claim->given[i].value, y[i] * y[i] * (1 - y[i]), 1e-15);
        assert_near(claim->truth[i].value, y[i] * (1 - y[i]), 1e-15);
        assert_near(claim->numeric.numbers[i].value, y[i] * (1 - y[i]), 1e-15);
    }
    assert_near(claim->distance, 1 - y[1], 1e-12);
    gck_explanation_free(x);
    x = explain("gradcheck: 1\nid: t/tenth\ntitle: t\ninputs: {x: 0.7}\n"
                "graph:\n  - {expr: 'y = x * x / 10', claim: '0.2 * x'}\noutput: y\n");
    assert_int_equal(step(x, "y")->claims->agreement, GCK_AGREES);
    gck_explanation_free(x);
    x = explain_claim("1.000000000000001 * y * (1 - y)"); /* one part in 1e15 is wrong too */
    assert_int_equal(step(x, "y")->claims->agreement, GCK_DIFFERS);
    assert_near(step(x, "y")->claims->distance, 1e-15, 1e-17);
    gck_explanation_free(x);
}

/* Each variable has its own claim; one is broadcast, and there are more elements than are written down. */
static void test_claims_of_many_elements(void **state)
{
    (void)state;
    static const char format[] =
        "gradcheck: 1\nid: t/many\ntitle: t\n"
        "inputs: {x: {shape: [80], fill: uniform, low: 0.5, high: 1, seed: 3}, k: 0.75}\n"
        "graph:\n  - {expr: 'y = k * x * x', claim: {k: '%s', x: 2 * k * x}}\n"
        "  - f = sum(y)\noutput: f\n";
    char yaml[512];
    for (int right = 0; right < 2; right++) {
        snprintf(yaml, sizeof yaml, format, right ? "x * x" : "x");
        gck_explanation *x = explain(yaml);
        const gck_step *s = step(x, "y");
        assert_int_equal(s->claim_count, 2);
        for (size_t i = 0; i < 2; i++) {
            bool k = strcmp(s->claims[i].variable, "k") == 0;
            assert_int_equal(s->claims[i].agreement, right || !k ? GCK_AGREES : GCK_DIFFERS);
            assert_null(s->claims[i].given);
        }
        gck_explanation_free(x);
    }
}

/* Digits that a double cannot hold are in the texts. */
static void test_beyond_double(void **state)
{
    (void)state;
    gck_explanation *x = explain("gradcheck: 1\nid: t/far\ntitle: t\ninputs: {x: -1000}\n"
                                 "graph: ['e = exp(x)', 'f = log(e)']\noutput: f\n");
    assert_true(step(x, "e")->value.values[0] == 0);
    assert_string_equal(step(x, "e")->value.numbers[0].text, "5.0759588975494568e-435");
    assert_gradient(x, "x", 1, 0);
    gck_explanation_free(x);
}

static void test_bad_usage(void **state)
{
    (void)state;
    static const char yaml[] =
        "gradcheck: 1\nid: t/b\ntitle: t\ninputs: {x: 1}\ngraph: ['f = exp(x)']\noutput: f\n";
    gck_case *c;
    gck_errors *errors;
    gck_explanation *x;
    volatile bool stop = true;
    assert_int_equal(gck_case_parse(&c, "t", yaml, strlen(yaml), &errors), GCK_OK);
    gck_options options = gck_options_default();
    options.bits = 32;
    assert_int_equal(gck_explain(&x, c, &options, &errors), GCK_BAD_USAGE);
    assert_null(x);
    assert_non_null(strstr(gck_errors_get(errors, 0).message, "32"));
    gck_errors_free(errors);
    options = gck_options_default();
    options.stop = &stop;
    assert_int_equal(gck_explain(&x, c, &options, &errors), GCK_STOPPED);
    gck_errors_free(errors);
    gck_explanation_free(NULL);
    gck_case_free(c);
}

/* gate_alone: an argument given twice is one leaf or two; gate_between: what lies between. */
static void test_gates_cut_out(void **state)
{
    (void)state;
    struct build build;
    struct arena arena = {0};
    struct gate gate;
    struct binding binding;
    struct errors errors = {0};
    const struct branches compare = {0};
    struct reference reference;
    const double numbers[] = {3, 4};
    build_start(&build, 1);
    size_t x = build_numbers(&build, build_shape("[2]"), numbers);
    size_t twice[] = {x, x};
    size_t product = (size_t)build_apply(&build, "mul", "", twice, 2);
    size_t pair[] = {product, x};
    size_t sum = (size_t)build_apply(&build, "add", "", pair, 2);
    assert_int_equal(binding_new(&binding, &arena, &build.graph, FLOAT64, &errors), GCK_OK);
    assert_int_equal(reference_new(&reference, &build.graph, &binding, 256, compare), GCK_OK);

    assert_int_equal(gate_alone(&gate, &arena, &reference, product, false), GCK_OK);
    assert_int_equal(gate.graph.count, 2);
    assert_int_equal(gate.graph.wrt_count, 1);
    assert_int_equal(gate_alone(&gate, &arena, &reference, product, true), GCK_OK);
    assert_int_equal(gate.graph.count, 3);
    assert_int_equal(gate.graph.wrt_count, 2);
    assert_int_equal(gate.from[2], product);

    assert_int_equal(gate_between(&gate, &arena, &reference, sum, &x, 1), GCK_OK);
    assert_int_equal(gate.graph.count, 3);
    assert_int_equal(gate.graph.wrt_count, 1);
    assert_int_equal(gate_between(&gate, &arena, &reference, sum, &product, 1), GCK_OK);
    assert_int_equal(gate.graph.count, 3);
    assert_int_equal(gate.graph.wrt_count, 1); /* x stays what it is */
    assert_int_equal(gate.from[gate.graph.wrt[0]], product);
    assert_true(gate.graph.nodes[gate.graph.wrt[0]].values.doubles[1] == 16);
    assert_int_equal(gate_seed(&gate, 1), GCK_OK);
    assert_true(fabs(gate.graph.seed.doubles[0]) >= 0.5 && fabs(gate.graph.seed.doubles[0]) < 1);

    reference_free(&reference);
    errors_free(&errors);
    arena_free(&arena);
    build_free(&build);
}

/* A gradient that is off in one element of many is seen along a direction, and by element. */
static void test_numeric_sees_errors(void **state)
{
    (void)state;
    for (size_t n = 3; n <= 300; n += 297) {
        struct build build;
        struct arena arena = {0};
        struct binding binding;
        struct errors errors = {0};
        struct shape shape = {.rank = 1, .dim = {n}};
        gck_numeric numeric;
        build_start(&build, 1);
        size_t x = build_input(&build, shape, 0.5, 1);
        assert_int_not_equal(build_apply(&build, "exp", "", &x, 1), NO_NODE);
        assert_int_equal(binding_new(&binding, &arena, &build.graph, FLOAT64, &errors), GCK_OK);
        struct ladder ladder = {.graph = &build.graph, .binding = &binding, .bits = 256};
        assert_int_equal(numeric_take(&numeric, NULL, &arena, &ladder, x, 1, 0), GCK_OK);
        assert_int_equal(numeric.agreement, GCK_AGREES);
        assert_int_equal(numeric.count, n > GCK_EXPLAIN_MOST ? 0 : n);
        assert_true(numeric.distance < 1e-40);
        m_context c = m_context_wide(256, FLOAT64);
        m_element *g = m_evaluation_gradient(ladder.levels[0].evaluation, x) + 1;
        M_LOCAL(t, &c);
        m_set_double(t, 1 + 0x1p-52, &c);
        m_mul(g, g, t, &c);
        assert_int_equal(numeric_take(&numeric, NULL, &arena, &ladder, x, 1, 0), GCK_OK);
        assert_int_equal(numeric.agreement, GCK_DIFFERS);
        assert_true(numeric.distance > 1e-20 && numeric.distance < 1e-15);
        ladder_free(&ladder);
        errors_free(&errors);
        arena_free(&arena);
        build_free(&build);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_circuit),    cmocka_unit_test(test_published_neuron),
        cmocka_unit_test(test_branches_add),     cmocka_unit_test(test_max_routes),
        cmocka_unit_test(test_softmax_jacobian), cmocka_unit_test(test_matmul_jacobian),
        cmocka_unit_test(test_relu_4096),        cmocka_unit_test(test_counts_of_entries),
        cmocka_unit_test(test_claims),           cmocka_unit_test(test_claims_of_many_elements),
        cmocka_unit_test(test_beyond_double),    cmocka_unit_test(test_bad_usage),
        cmocka_unit_test(test_gates_cut_out),    cmocka_unit_test(test_numeric_sees_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
