/* Every planted bug does to the gradient what its row says, and the same machinery without one does nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/answer.h"
#include "engine/mutant.h"
#include "support/build.h"

/* y = op(inputs), the upstream gradient 1 2 3 0.1, every input a parameter. */
static size_t start_with(struct build *build, const char *op, const char *attributes, size_t *inputs,
                         size_t arity)
{
    static const double seed[] = {1, 2, 3, 0.1};
    static const size_t parameters[] = {0, 1};
    long y = build_apply(build, op, attributes, inputs, arity);
    assert_true(y >= 0);
    build->graph.seed = (struct values){.doubles = seed};
    build->graph.wrt = parameters;
    build->graph.wrt_count = build->graph.count - 1;
    return (size_t)y;
}

static size_t start(struct build *build, const char *op, size_t *inputs, size_t arity)
{
    return start_with(build, op, "", inputs, arity);
}

/* [1 -2; 0 4] times [5 6; 7 -8], element by element: da = 5 12 21 -0.8, db = 1 -4 0 0.4. */
static size_t start_mul(struct build *build)
{
    static const double a[] = {1, -2, 0, 4}, b[] = {5, 6, 7, -8};
    build_start(build, 1);
    size_t inputs[] = {build_numbers(build, build_shape("[2, 2]"), a),
                       build_numbers(build, build_shape("[2, 2]"), b)};
    return start(build, "mul", inputs, 2);
}

/* Writes the mutant's gradient of a node. */
static void gradient(double *to, const struct mutant *m, size_t node)
{
    struct arena arena = {0};
    struct errors errors = {0};
    struct binding binding;
    gck_answer answer;
    gck_engine engine = mutant_engine(m);
    assert_int_equal(binding_new(&binding, &arena, m->graph, FLOAT64, &errors), GCK_OK);
    assert_int_equal(answer_ask(&answer, &engine, "test", m->graph, &binding), GCK_OK);
    assert_int_equal(answer.state, ANSWER_GIVEN);
    size_t n = shape_count(&m->graph->nodes[node].shape);
    memcpy(to, answer.gradients[node].numbers, n * sizeof *to);
    answer_free(&answer);
    arena_free(&arena);
    errors_free(&errors);
}

static void assert_numbers(const double *found, const double *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!build_same(found[i], wanted[i]))
            fail_msg("element %zu is %.17g, not %.17g", i, found[i], wanted[i]);
}

static void test_mul(void **state)
{
    static const struct {
        enum bug bug;
        size_t argument, node;
        double wanted[4];
    } rows[] = {
        {BUG_NONE, 0, 0, {5, 12, 21, -0.8}},
        {BUG_NEGATED, 0, 0, {-5, -12, -21, 0.8}},
        {BUG_NEGATED, 0, 1, {-1, 4, 0, -0.4}},
        {BUG_DOUBLED, 0, 0, {10, 24, 42, -1.6}},
        {BUG_SEED_ONES, 0, 0, {5, 6, 7, -8}},
        {BUG_LAST_OUTPUT, 0, 0, {5, 12, 21, 0}},
        {BUG_OPERANDS, 0, 0, {1, -4, 0, 0.4}},
        {BUG_EXCHANGED, 0, 0, {1, -4, 0, 0.4}},
        {BUG_EXCHANGED, 0, 1, {5, 12, 21, -0.8}},
        {BUG_DETACHED, 0, 0, {0, 0, 0, 0}},
        {BUG_DETACHED, 0, 1, {1, -4, 0, 0.4}},
        {BUG_BATCH, 0, 0, {2.5, 6, 10.5, -0.4}},
        {BUG_TRANSPOSED, 0, 0, {5, 21, 12, -0.8}},
        {BUG_SHIFTED, 0, 0, {12, 21, -0.8, 5}},
        {BUG_LAST_ROW, 0, 0, {5, 12, 0, 0}},
        {BUG_LAST_COLUMN, 0, 0, {5, 0, 21, 0}},
        {BUG_BATCH_ONE, 0, 0, {5, 12, 21, -0.8}},
        {BUG_THREE_AXES, 0, 0, {5, 12, 21, -0.8}},
        {BUG_OUTPUT_SAVED, 1, 0, {5, -24, 0, -3.2}},
        {BUG_HALF_LINE, 0, 0, {5, 24, 21, -0.8}},
        {BUG_UNMASKED, 1, 1, {1, -4, 3, 0.4}},
        {BUG_ABSOLUTE, 0, 0, {5, 12, 21, 0.8}},
        {BUG_UNGUARDED, 0, 0, {5, 12, (double)NAN, -0.8}},
        {BUG_FLOAT32, 0, 0, {5, 12, 21, (double)-0.8f}},
    };
    struct build build;
    (void)state;
    size_t y = start_mul(&build);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double found[4], wanted[4];
        struct mutant m = {.graph = &build.graph, .node = y, .argument = rows[i].argument, .bug = rows[i].bug};
        gradient(found, &m, rows[i].node);
        for (size_t k = 0; k < 4; k++)
            wanted[k] = rows[i].wanted[k] + 0.0;
        for (size_t k = 0; k < 4; k++)
            found[k] = fabs(found[k] - wanted[k]) < 1e-15 ? wanted[k] : found[k] + 0.0;
        assert_numbers(found, wanted, 4);
    }
    build_free(&build);
}

/* The small ones: by how much, and where. */
static void test_small(void **state)
{
    struct build build;
    double found[4], again[4];
    (void)state;
    struct mutant m = {.node = start_mul(&build), .graph = &build.graph, .bug = BUG_CONSTANT};
    gradient(found, &m, 0);
    assert_true(found[0] == 5 * (1 + 0x1p-26) && found[2] == 21 * (1 + 0x1p-26));
    m.bug = BUG_LAST_ELEMENT;
    gradient(found, &m, 0);
    assert_true(found[2] == 21 && fabs(found[3] / -0.8 - 1 - 1e-9) < 1e-15);
    m.bug = BUG_NOISE;
    gradient(found, &m, 0);
    gradient(again, &m, 0);
    assert_numbers(found, again, 4);
    assert_true(found[0] != 5 && fabs(found[0] / 5 - 1) < 1e-9);
    assert_true(fabs(found[0] / 5 - found[1] / 12) > 1e-13);
    build_free(&build);
}

static void test_sums(void **state)
{
    static const double a[] = {1, 2, 3, 4}, row[] = {5, 6};
    struct build build;
    double found[4];
    (void)state;
    build_start(&build, 1);
    size_t inputs[] = {build_numbers(&build, build_shape("[2, 2]"), a),
                       build_numbers(&build, build_shape("[2]"), row)};
    struct mutant m = {
        .node = start(&build, "add", inputs, 2), .graph = &build.graph, .argument = 1, .bug = BUG_NONE};
    gradient(found, &m, 1);
    assert_numbers(found, (double[]){4, 2.1}, 2);
    m.bug = BUG_TERMS;
    gradient(found, &m, 1);
    assert_numbers(found, (double[]){3, 0.1}, 2);
    m.bug = BUG_MEAN;
    gradient(found, &m, 1);
    assert_numbers(found, (double[]){2, 1.05}, 2);
    build_free(&build);
}

/* Some shapes alone, and equal numbers alone. */
static void test_shapes_and_ties(void **state)
{
    static const double a[] = {1, 2, 2, 5}, b[] = {1, 0, 7, 4};
    static const struct {
        const char *shape;
        enum bug bug;
        double wanted[4];
    } rows[] = {
        {"[1, 4]", BUG_BATCH_ONE, {1, 4, 0, 0.2}},     {"[4, 1]", BUG_BATCH_ONE, {0.5, 2, 0, 0.1}},
        {"[2, 1, 2]", BUG_THREE_AXES, {1, 4, 0, 0.2}}, {"[2, 1, 2]", BUG_BATCH_ONE, {0.5, 2, 0, 0.1}},
        {"[2, 2]", BUG_TIE, {1, 4, 0, 0.1}}, /* with b; with each other */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct build build;
        double found[4];
        build_start(&build, 1);
        size_t inputs[] = {build_numbers(&build, build_shape(rows[i].shape), a),
                           build_numbers(&build, build_shape(rows[i].shape), b)};
        struct mutant m = {.node = start(&build, "max", inputs, 2), .graph = &build.graph, .bug = rows[i].bug};
        gradient(found, &m, 0);
        assert_numbers(found, rows[i].wanted, 4);
        build_free(&build);
    }
}

/* A backward with other attributes than the forward. */
static void test_attributes(void **state)
{
    static const struct {
        const char *op, *attributes, *shape;
        enum bug bug;
        double x[4], factor; /* of the true gradient; 0: see `wanted` */
        double wanted[4];
    } rows[] = {
        {"cumsum", "axis=0", "[2, 2]", BUG_NONE, {0}, 0, {4, 2.1, 3, 0.1}},
        {"cumsum", "axis=0", "[2, 2]", BUG_AXIS, {0}, 0, {3, 2, 3.1, 0.1}},
        {"cumsum", "axis=0", "[2, 2]", BUG_DEFAULTS, {0}, 0, {3, 2, 3.1, 0.1}},
        {"cumsum", "", "[2, 2]", BUG_AXIS, {0}, 0, {4, 2.1, 3, 0.1}},
        {"transpose", "axes=[0, 1]", "[2, 2]", BUG_AXIS, {0}, 0, {1, 3, 2, 0.1}},
        {"leaky_relu", "slope=0.5", "[4]", BUG_DEFAULTS, {1, -2, 2, 5}, 0, {1, 0.02, 3, 0.1}},
        {"amax", "axes=[0]; ties=last", "[2, 2]", BUG_NONE, {1, 2, 1, 0}, 0, {0, 2, 1, 0}},
        {"amax", "axes=[0]; ties=last", "[2, 2]", BUG_DEFAULTS, {1, 2, 1, 0}, 0, {0.5, 2, 0.5, 0}},
        /* sqrt(25 + 11) / (5 + 11); max(5, 10) / (5 + 10); deviation 3: sqrt(9 + 16) / (3 + 16) */
        {"rms_norm", "eps=11", "[2]", BUG_EPS, {1, 7}, 0.375, {0}},
        {"l2_normalize", "eps=10", "[2]", BUG_EPS, {3, 4}, 10 / 15.0, {0}},
        {"layer_norm", "eps=16", "[2]", BUG_EPS, {1, 7}, 5 / 19.0, {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct build build;
        double found[4] = {0}, wanted[4] = {0};
        build_start(&build, 1);
        size_t x = build_numbers(&build, build_shape(rows[i].shape), rows[i].x);
        struct mutant m = {.graph = &build.graph, .bug = BUG_NONE};
        m.node = start_with(&build, rows[i].op, rows[i].attributes, &x, 1);
        gradient(wanted, &m, x);
        m.bug = rows[i].bug;
        gradient(found, &m, x);
        for (size_t k = 0; k < 4; k++)
            wanted[k] = rows[i].factor == 0 ? rows[i].wanted[k] : wanted[k] * rows[i].factor;
        for (size_t k = 0; k < 4; k++)
            found[k] = fabs(found[k] - wanted[k]) < 1e-15 ? wanted[k] : found[k] + 0.0;
        assert_numbers(found, wanted, 4);
        build_free(&build);
    }
}

/* How many mutants of that bug the graph of one op has. */
static size_t planted(const char *op, const char *attributes, const char *shape, enum bug bug)
{
    static const double numbers[6] = {1, -2, 3, 0.5, 4, -1};
    struct build build;
    bool reached[2];
    size_t count = 0;
    build_start(&build, 1);
    size_t x = build_numbers(&build, build_shape(shape), numbers);
    start_with(&build, op, attributes, &x, 1);
    assert_int_equal(mutant_reached(reached, &build.graph), GCK_OK);
    for (struct mutant m = {.graph = &build.graph}; mutant_next(&m, reached);)
        count += m.bug == bug;
    build_free(&build);
    return count;
}

/* Wrong attributes are planted where the gradient keeps its shape: elsewhere anybody would see them. */
static void test_attributes_fit(void **state)
{
    (void)state;
    assert_int_equal(planted("softmax", "", "[2, 2]", BUG_AXIS), 1);
    assert_int_equal(planted("softmax", "", "[2, 3]", BUG_AXIS), 1);
    assert_int_equal(planted("softmax", "", "[4]", BUG_AXIS), 0);
    assert_int_equal(planted("softmax", "", "[2, 2]", BUG_DEFAULTS), 0);
    assert_int_equal(planted("sum", "axes=[0]", "[2, 2]", BUG_AXIS), 1);
    assert_int_equal(planted("sum", "axes=[0]", "[2, 3]", BUG_AXIS), 0);
    assert_int_equal(planted("sum", "", "[2, 2]", BUG_AXIS), 0);
    assert_int_equal(planted("sum", "axes=[0]", "[2, 2]", BUG_DEFAULTS), 0);
    assert_int_equal(planted("softmax", "axis=0", "[2, 3]", BUG_DEFAULTS), 1);
    assert_int_equal(planted("tanh", "", "[2, 2]", BUG_AXIS), 0);
    assert_int_equal(planted("rms_norm", "", "[4]", BUG_EPS), 1);
    assert_int_equal(planted("norm", "", "[4]", BUG_EPS), 0);
    assert_int_equal(planted("norm", "", "[4]", BUG_UNSCALED), 1);
}

static void test_branch(void **state)
{
    static const double a[] = {1, 2, 3, 4};
    struct build build;
    double found[4];
    (void)state;
    build_start(&build, 1);
    size_t x = build_numbers(&build, build_shape("[2, 2]"), a), inputs[] = {x, x};
    struct mutant m = {
        .node = start(&build, "add", inputs, 2), .graph = &build.graph, .argument = 1, .bug = BUG_BRANCH};
    gradient(found, &m, 0);
    assert_numbers(found, (double[]){1, 2, 3, 0.1}, 4);
    assert_int_equal(mutant_guilty(&m), m.node);
    m.argument = 0;
    assert_int_equal(mutant_guilty(&m), x);
    build_free(&build);
}

/* Every row of the table is planted somewhere in these, each mutant once; what differs is told apart. */
static void test_lists(void **state)
{
    struct build build;
    bool reached[3];
    struct mutant_effect effect;
    size_t counts[BUGS] = {0};
    struct errors errors = {0};
    struct binding binding;
    (void)state;
    start_mul(&build);
    assert_int_equal(mutant_reached(reached, &build.graph), GCK_OK);
    assert_int_equal(binding_new(&binding, build.graph.arena, &build.graph, FLOAT64, &errors), GCK_OK);
    for (struct mutant m = {.graph = &build.graph}; mutant_next(&m, reached);) {
        counts[m.bug]++;
        assert_int_equal(mutant_differs(&effect, &m, &binding, 256), GCK_OK);
        bool hidden = (m.bug == BUG_UNMASKED && m.argument == 0) ||
                      (m.bug == BUG_UNGUARDED && m.argument == 1) || m.bug == BUG_BATCH_ONE ||
                      m.bug == BUG_THREE_AXES;
        assert_int_equal(effect.wide, !hidden);
        assert_int_equal(effect.narrow, !hidden);
        assert_int_equal(effect.nonfinite, m.bug == BUG_UNGUARDED && !hidden);
    }
    assert_int_equal(counts[BUG_NONE], 0);
    assert_int_equal(counts[BUG_NEGATED], 1);
    assert_int_equal(counts[BUG_DETACHED], 2);
    assert_int_equal(counts[BUG_EXCHANGED], 1);
    assert_int_equal(counts[BUG_TERMS], 0);
    assert_int_equal(counts[BUG_TIE], 0); /* nothing is compared */
    build_free(&build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mul),        cmocka_unit_test(test_small),
        cmocka_unit_test(test_sums),       cmocka_unit_test(test_branch),
        cmocka_unit_test(test_lists),      cmocka_unit_test(test_shapes_and_ties),
        cmocka_unit_test(test_attributes), cmocka_unit_test(test_attributes_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
