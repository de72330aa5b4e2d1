/* Forward and reverse sweeps: seeds, accumulation, what is left alone, varied evaluations, bindings. */
#include "graph/evaluation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/build.h"

/* (x + y) z at (-2, 5, -4), the first circuit of every lecture. */
static void circuit(struct build *build)
{
    build_start(build, 1);
    const double x = -2, y = 5, z = -4;
    static const double one = 1;
    struct shape scalar = {0};
    build_numbers(build, scalar, &x);
    build_numbers(build, scalar, &y);
    build_numbers(build, scalar, &z);
    size_t q = (size_t)build_apply(build, "add", "", (size_t[]){0, 1}, 2);
    assert_int_not_equal(build_apply(build, "mul", "", (size_t[]){q, 2}, 2), NO_NODE);
    build->graph.seed = (struct values){.doubles = &one};
}

static void values_and_gradients(void **state)
{
    (void)state;
    struct build build;
    circuit(&build);
    static const double gradient[] = {-4, -4, 3, -4, 1};
    for (int wide = 0; wide < 2; wide++) {
        struct build_result r = wide ? build_mpfr(&build, 256) : build_double(&build);
        assert_true(r.y[0] == -12 && r.value[3][0] == 3);
        for (int i = 0; i < 5; i++)
            assert_true(r.gradient[i][0] == gradient[i]);
    }
    build_free(&build);
}

/* An evaluation in double of what has been built, bound and run forward. */
static d_evaluation *started(struct build *build, struct binding *binding)
{
    d_evaluation *e;
    assert_int_equal(binding_new(binding, &build->arena, &build->graph, FLOAT64, &build->errors), GCK_OK);
    assert_int_equal(d_evaluation_new(&e, &build->graph, &(d_context){0}), GCK_OK);
    d_evaluation_bind(e, binding);
    d_evaluation_forward(e);
    return e;
}

static void backward(d_evaluation *e, const double *seed)
{
    assert_int_equal(d_evaluation_backward(e, seed), GCK_OK);
}

static void a_second_sweep_adds_the_same(void **state)
{
    (void)state;
    struct build build;
    struct binding binding;
    circuit(&build);
    d_evaluation *e = started(&build, &binding);
    assert_null(d_evaluation_gradient(e, 0));
    for (int times = 1; times <= 3; times++) {
        backward(e, NULL);
        assert_true(*d_evaluation_gradient(e, 0) == -4 * times && *d_evaluation_gradient(e, 2) == 3 * times);
        assert_true(*d_evaluation_gradient(e, 3) == -4); /* upstream of the sweep alone */
    }
    d_evaluation_clear(e);
    for (size_t i = 0; i < 5; i++)
        assert_true(*d_evaluation_gradient(e, i) == 0);
    const double seed = 2;
    backward(e, &seed);
    assert_true(*d_evaluation_gradient(e, 1) == -8);
    d_evaluation_free(e);
    d_evaluation_free(NULL);
    build_free(&build);
}

static void the_objective_is_the_seed_times_the_output(void **state)
{
    (void)state;
    struct build build;
    struct binding binding;
    double objective, expected = 0;
    build_start(&build, 3);
    build_op(&build, "square", "[2, 3]", "", -1, 1);
    d_evaluation *e = started(&build, &binding);
    d_evaluation_objective(&objective, e);
    for (size_t i = 0; i < 6; i++)
        expected += binding.seed[i] * binding.values[0][i] * binding.values[0][i];
    build_assert_close(objective, expected, 1e-15);
    d_evaluation_free(e);
    build_free(&build);
}

static void an_output_may_be_an_input(void **state)
{
    (void)state;
    struct build build;
    circuit(&build);
    build.graph.output = 2;
    struct build_result r = build_double(&build);
    assert_true(r.y[0] == -4 && r.gradient[2][0] == 1 && r.gradient[0][0] == 0);
    build_free(&build);
}

/* log x at x = 0 feeds nothing: its infinite derivative must not meet a zero gradient. */
static void what_the_output_does_not_use_is_left_alone(void **state)
{
    (void)state;
    struct build build;
    const double zero = 0;
    build_start(&build, 1);
    size_t x = build_numbers(&build, (struct shape){0}, &zero);
    assert_int_not_equal(build_apply(&build, "log", "", &x, 1), NO_NODE);
    assert_int_not_equal(build_apply(&build, "neg", "", &x, 1), NO_NODE);
    struct build_result r = build_double(&build);
    assert_true(r.gradient[x][0] == -r.seed[0]);
    build_assert_scalars_agree(&build);
    build_free(&build);
}

/* 2 x + exp(3): the literals have no gradients, nor has what depends on nothing else. */
static void literals_have_no_gradients(void **state)
{
    (void)state;
    struct build build;
    const double two = 2, three = 3;
    build_start(&build, 1);
    size_t x = build_input(&build, build_shape("[4]"), -1, 1);
    size_t a = build_numbers(&build, (struct shape){0}, &two),
           b = build_numbers(&build, (struct shape){0}, &three);
    build.graph.nodes[a].literal = build.graph.nodes[b].literal = true;
    size_t product = (size_t)build_apply(&build, "mul", "", (size_t[]){a, x}, 2);
    size_t e = (size_t)build_apply(&build, "neg", "", &b, 1);
    assert_int_not_equal(build_apply(&build, "add", "", (size_t[]){product, e}, 2), NO_NODE);
    struct build_result r = build_double(&build);
    assert_true(!r.gradient[a] && !r.gradient[b] && !r.gradient[e]);
    for (int i = 0; i < 4; i++)
        assert_true(r.gradient[x][i] == 2 * r.seed[i]);
    build_assert_scalars_agree(&build);
    build_free(&build);
}

static void a_value_used_many_times_gets_the_sum(void **state)
{
    (void)state;
    for (size_t times = 1; times <= 12; times++) {
        struct build build;
        size_t uses[12] = {0};
        build_start(&build, times);
        build_input(&build, build_shape("[3]"), -1, 1);
        assert_int_not_equal(build_apply(&build, "add_n", "", uses, times), NO_NODE);
        struct build_result r = build_double(&build);
        for (int i = 0; i < 3; i++)
            build_assert_close(r.gradient[0][i], (double)times * r.seed[i], 1e-15);
        build_free(&build);
    }
}

/* One input is perturbed: what depends on it is computed again, the rest is the base's. */
static void varied_evaluations(void **state)
{
    (void)state;
    struct build build;
    struct binding binding;
    circuit(&build);
    d_evaluation *base = started(&build, &binding), *varied;
    double objective;
    assert_int_equal(d_evaluation_vary(&varied, base, (bool[]){false, false, true, false, false}), GCK_OK);
    assert_ptr_equal(d_evaluation_value(varied, 3), d_evaluation_value(base, 3));
    assert_ptr_not_equal(d_evaluation_value(varied, 2), d_evaluation_value(base, 2));
    assert_true(*d_evaluation_value(varied, 2) == -4);
    *d_evaluation_value(varied, 2) = 10;
    d_evaluation_forward(varied);
    d_evaluation_objective(&objective, varied);
    assert_true(objective == 30);
    d_evaluation_objective(&objective, base);
    assert_true(objective == -12);
    d_evaluation_free(varied);

    /* an inner node: it keeps what it is given */
    assert_int_equal(d_evaluation_vary(&varied, base, (bool[]){false, false, false, true, false}), GCK_OK);
    assert_true(*d_evaluation_value(varied, 3) == 3);
    *d_evaluation_value(varied, 3) = 7;
    d_evaluation_forward(varied);
    d_evaluation_objective(&objective, varied);
    assert_true(objective == -28);
    d_evaluation_free(varied);
    d_evaluation_free(base);
    build_free(&build);
}

static void bindings_round_to_the_dtype(void **state)
{
    (void)state;
    struct build build;
    struct binding binding, copy;
    static const char *const texts[] = {"0.1", "-inf", "1e-50"};
    struct shape three = build_shape("[3]");
    build_start(&build, 1);
    graph_input(&build.graph, "x", KIND_FLOAT, &three, (struct values){.texts = texts}, &build.errors);
    build.graph.output = 0;
    build.graph.seed = (struct values){.texts = texts};
    assert_int_equal(binding_new(&binding, &build.arena, &build.graph, FLOAT32, &build.errors), GCK_OK);
    assert_true(binding.values[0][0] == (double)0.1f && binding.values[0][1] == -INFINITY);
    assert_true(binding.values[0][2] == 0 && binding.seed[0] == (double)0.1f);

    assert_int_equal(binding_copy(&copy, &build.arena, &build.graph, &binding), GCK_OK);
    copy.values[0][0] = copy.seed[0] = 5;
    assert_true(binding.values[0][0] == (double)0.1f && binding.seed[0] == (double)0.1f);
    assert_true(copy.values[0][1] == -INFINITY && copy.seed[1] == -INFINITY && copy.dtype == FLOAT32);

    static const char *const large[] = {"1", "2", "70000"};
    build.graph.nodes[0].values.texts = large;
    assert_int_equal(binding_new(&binding, &build.arena, &build.graph, FLOAT16, &build.errors), GCK_BAD_CASE);
    assert_string_equal(build_error(&build), "x: 70000 overflows float16");
    build_free(&build);
}

/* Decimal texts at full precision where the binding says so, else rounded to the dtype first. */
static void exact_bindings(void **state)
{
    (void)state;
    struct build build;
    struct binding binding;
    static const char *const tenth[] = {"0.1"};
    static const double one = 1;
    m_context context = m_context_wide(200, FLOAT64);
    context.exact_text = true;
    build_start(&build, 1);
    struct shape scalar = {0};
    graph_input(&build.graph, "x", KIND_FLOAT, &scalar, (struct values){.texts = tenth}, &build.errors);
    size_t near = build_numbers(&build, scalar, (double[]){0.1});
    build_apply(&build, "sub", "", (size_t[]){0, near}, 2);
    build.graph.seed = (struct values){.doubles = &one};
    for (int exact = 0; exact < 2; exact++) {
        m_evaluation *e;
        assert_int_equal(binding_new(&binding, &build.arena, &build.graph, FLOAT64, &build.errors), GCK_OK);
        binding.exact = exact;
        assert_int_equal(m_evaluation_new(&e, &build.graph, &context), GCK_OK);
        m_evaluation_bind(e, &binding);
        m_evaluation_forward(e);
        double off = m_to_double(m_evaluation_value(e, build.graph.output));
        assert_true(exact ? off < -5e-18 && off > -6e-18 : off == 0);
        m_evaluation_free(e);
    }
    build_free(&build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_gradients),
        cmocka_unit_test(a_second_sweep_adds_the_same),
        cmocka_unit_test(the_objective_is_the_seed_times_the_output),
        cmocka_unit_test(an_output_may_be_an_input),
        cmocka_unit_test(what_the_output_does_not_use_is_left_alone),
        cmocka_unit_test(literals_have_no_gradients),
        cmocka_unit_test(a_value_used_many_times_gets_the_sum),
        cmocka_unit_test(varied_evaluations),
        cmocka_unit_test(bindings_round_to_the_dtype),
        cmocka_unit_test(exact_bindings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
