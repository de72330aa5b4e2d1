/* What holds for every op: each law, for several random calls of each, in both scalars. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ops/laws.h"

enum { TRIALS = 24, BITS = 256 };

static const d_context plain, claiming = {.claims = true};

static m_context wide(void)
{
    return m_context_wide(BITS, FLOAT64);
}

/* Of the op's name (FNV-1a), so that a new op does not change what is drawn for the others. */
static uint64_t seed_of(const struct op *op, uint64_t trial)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *s = op->name; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 0x100000001b3;
    return hash + trial;
}

/* A graph of one random call; the same for the same op and trial. */
static struct drawn start(struct build *build, const struct op *op, uint64_t trial)
{
    const struct recipe *recipe = recipe_named(op->name);
    if (!recipe)
        fail_msg("the op %s has no recipe in src/ops/recipes: no law is tested for it", op->name);
    build_start(build, seed_of(op, trial));
    struct drawn drawn = recipe_draw_call(build, recipe);
    recipe_apply(build, &drawn);
    return drawn;
}

#define FOR_EVERY_CALL(build, drawn)                                                                           \
    for (size_t o = 0; o < op_count; o++)                                                                      \
        for (uint64_t trial = 0; trial < TRIALS; trial++, build_free(&build))                                  \
            if (drawn = start(&build, &op_table[o], trial), true)

static void test_kernels_stay_in_their_room(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    m_context context = wide();
    FOR_EVERY_CALL(build, drawn)
    {
        d_law_room(&build, &plain);
        d_law_room(&build, &claiming);
        m_law_room(&build, &context);
    }
    (void)drawn;
}

static void test_gradients_are_linear_in_the_seed(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    m_context context = wide();
    FOR_EVERY_CALL(build, drawn)
    {
        d_law_seed(&build, &plain, 53);
        d_law_seed(&build, &claiming, 53);
        m_law_seed(&build, &context, BITS);
    }
    (void)drawn;
}

static void test_gradients_of_uses_add(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    m_context context = wide();
    FOR_EVERY_CALL(build, drawn)
    {
        d_law_uses(&build, &drawn, &plain);
    }
    FOR_EVERY_CALL(build, drawn)
    {
        m_law_uses(&build, &drawn, &context);
    }
}

/* Whether the op can take two tensors of floats: its second argument, or a third that it always has. */
static bool takes_two(const struct op *op)
{
    return (op->most >= 2 && !(op->integer_arguments >> 1 & 1)) ||
           (op->least >= 3 && !(op->integer_arguments >> 2 & 1));
}

/* The pairs of arguments that were one tensor; the call is drawn anew for every context. */
static size_t alias(const struct op *op, uint64_t trial, const d_context *d, const m_context *m)
{
    struct build build;
    struct drawn drawn = start(&build, op, trial);
    size_t pairs = d ? d_law_alias(&build, &drawn, d) : m_law_alias(&build, &drawn, m);
    build_free(&build);
    return pairs;
}

static void test_one_tensor_as_two_arguments(void **state)
{
    (void)state;
    m_context context = wide();
    for (size_t o = 0; o < op_count; o++) {
        size_t pairs = 0;
        for (uint64_t trial = 0; trial < TRIALS; trial++) {
            pairs += alias(&op_table[o], trial, &plain, NULL);
            alias(&op_table[o], trial, &claiming, NULL);
            alias(&op_table[o], trial, NULL, &context);
        }
        if ((pairs > 0) != takes_two(&op_table[o]))
            fail_msg("%s: %zu pairs of arguments of one shape were drawn", op_table[o].name, pairs);
    }
}

static void test_one_moved_element_touches_what_it_must(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    m_context context = wide();
    FOR_EVERY_CALL(build, drawn)
    {
        d_law_touch(&build, &drawn, &plain);
        m_law_touch(&build, &drawn, &context);
    }
}

/* How far the numbers of a node spread when every operation at 53 bits rounds up or down at random. */
static void widen(double *spread, const double *nearest, const double *noisy, size_t n)
{
    for (size_t i = 0; spread && nearest && i < n; i++)
        spread[i] = fmax(spread[i], fabs(noisy[i] - nearest[i]));
}

/* Double and MPFR at 53 bits differ by the last bits of libm's results alone. What that explains is measured:
 * in eight runs every operation, libm's among them, rounds up or down at random, so is off by up to one ulp
 * where the nearest is off by up to half. glibc documents up to 2 ulp (tanh, log1p), which is four times
 * that half; and an element on which all runs agree may still differ by the 4 ulp of its own last step. */
static void assert_within_last_bits(struct build *build, const char *op)
{
    enum { RUNS = 8 };
    struct build_result ours = build_double(build), nearest = build_mpfr(build, 53), noisy;
    double *spread[2][BUILD_MOST] = {{0}};
    for (uint64_t run = 0; run < RUNS; run++) {
        struct random noise = random_new(run, 1);
        m_context context = m_context_wide(53, FLOAT64);
        context.noise = &noise;
        noisy = build_mpfr_in(build, &context);
        for (size_t node = 0; node < build->graph.count; node++) {
            size_t n = shape_count(&build->graph.nodes[node].shape);
            for (int which = 0; which < 2 && run == 0; which++)
                spread[which][node] = arena_alloc(&build->arena, n, sizeof(double));
            widen(spread[0][node], nearest.value[node], noisy.value[node], n);
            widen(spread[1][node], nearest.gradient[node], noisy.gradient[node], n);
        }
    }
    for (size_t node = 0; node < build->graph.count; node++)
        for (int which = 0; which < 2; which++) {
            const double *a = which ? ours.gradient[node] : ours.value[node];
            const double *b = which ? nearest.gradient[node] : nearest.value[node];
            for (size_t i = 0; b && i < shape_count(&build->graph.nodes[node].shape); i++) {
                double allowed = 4 * spread[which][node][i] + 4 * dtype_ulp(FLOAT64, b[i]);
                if (!isfinite(b[i]) || !(fabs(a[i] - b[i]) <= allowed))
                    fail_msg("%s, %s of node %zu at %zu: %a in double, %a at 53 bits; %g is allowed", op,
                             which ? "gradient" : "value", node, i, a[i], b[i], allowed);
            }
        }
}

static void test_double_equals_53_bits(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    FOR_EVERY_CALL(build, drawn)
    {
        if (op_table[o].libm)
            assert_within_last_bits(&build, drawn.op);
        else
            build_assert_scalars_agree(&build);
    }
}

/* Asserts |a - b| <= 64 u times the largest number of the tensor, or 1: inputs are rounded too. */
static void assert_narrow(const char *op, enum dtype dtype, const double *a, const double *b, size_t n)
{
    double largest = 1;
    for (size_t i = 0; b && i < n; i++)
        largest = fmax(largest, fabs(b[i]));
    for (size_t i = 0; b && i < n; i++)
        if (!(fabs(a[i] - b[i]) <= ldexp(largest, 6 - dtype_formats[dtype].bits)))
            fail_msg("%s in %s: %g at %zu is not near %g", op, dtype_formats[dtype].name, a[i], i, b[i]);
}

/* As hardware of each format computes, on the branches that the reference takes. */
static void test_narrow_formats_stay_near(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    FOR_EVERY_CALL(build, drawn)
    {
        struct decisions decisions = {0}, replayed;
        m_context reference = wide();
        reference.decisions = &decisions;
        struct build_result exact = build_mpfr_in(&build, &reference);
        for (enum dtype dtype = FLOAT64; dtype < DTYPES; dtype++) {
            m_context context = m_context_dtype(dtype);
            decisions_replay(&replayed, &decisions);
            context.decisions = &replayed;
            struct build_result narrow = build_mpfr_in(&build, &context);
            for (size_t node = 0; node < build.graph.count; node++) {
                size_t n = shape_count(&build.graph.nodes[node].shape);
                assert_narrow(drawn.op, dtype, narrow.value[node], exact.value[node], n);
                assert_narrow(drawn.op, dtype, narrow.gradient[node], exact.gradient[node], n);
            }
        }
        decisions_free(&decisions);
    }
}

/* <seed, output> with `input` moved by factor 2^-85 v. */
static void moved_objective(m_element *r, m_evaluation *e, size_t input, const m_element *x, const double *v,
                            size_t n, int factor)
{
    const m_context *c = m_evaluation_context(e);
    M_LOCAL(step, c);
    for (size_t i = 0; i < n; i++) {
        m_set_double(step, factor * v[i], c);
        m_scale(step, step, -85, c);
        m_add(m_evaluation_value(e, input) + i, x + i, step, c);
    }
    m_evaluation_forward(e);
    m_evaluation_objective(r, e);
}

/* Asserts that the centered difference along a random direction of one input is <gradient, direction>: its
 * truncation error is about h^2 = 2^-170, its rounding error 2^-256 / h = 2^-171. */
static void assert_directional(struct build *build, m_evaluation *e, size_t input, const char *op)
{
    const m_context *c = m_evaluation_context(e);
    size_t n = shape_count(&build->graph.nodes[input].shape);
    double *v = arena_alloc(&build->arena, n, sizeof *v);
    m_element *x = m_elements(&build->arena, n, c), *direction = m_elements(&build->arena, n, c);
    assert_true(v && x && direction);
    for (size_t i = 0; i < n; i++) {
        v[i] = random_between(&build->random, -1, 1);
        m_set_double(direction + i, v[i], c);
        m_set(x + i, m_evaluation_value(e, input) + i, c);
    }
    M_LOCAL(analytic, c);
    M_LOCAL(above, c);
    M_LOCAL(below, c);
    m_dot(analytic, m_evaluation_gradient(e, input), 1, direction, 1, n, c);
    moved_objective(above, e, input, x, v, n, 1);
    moved_objective(below, e, input, x, v, n, -1);
    for (size_t i = 0; i < n; i++) /* the next argument moves alone */
        m_set(m_evaluation_value(e, input) + i, x + i, c);
    m_sub(above, above, below, c);
    m_scale(above, above, 84, c);
    m_sub(above, above, analytic, c);
    double error = fabs(m_to_double(above)), size = fmax(1, fabs(m_to_double(analytic)));
    if (!(error <= 1e-42 * size))
        fail_msg("%s: along a direction of argument node %zu the gradient gives %.17g, off by %g", op, input,
                 m_to_double(analytic), error);
}

static void test_gradients_match_directional_differences(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    m_context context = wide();
    FOR_EVERY_CALL(build, drawn)
    {
        struct binding binding;
        m_evaluation *e;
        assert_int_equal(binding_new(&binding, &build.arena, &build.graph, FLOAT64, &build.errors), GCK_OK);
        assert_int_equal(m_evaluation_new(&e, &build.graph, &context), GCK_OK);
        m_evaluation_bind(e, &binding);
        m_evaluation_forward(e);
        assert_int_equal(m_evaluation_backward(e, NULL), GCK_OK);
        for (size_t k = 0; k < drawn.arity; k++)
            if (build.graph.nodes[drawn.inputs[k]].kind == KIND_FLOAT)
                assert_directional(&build, e, drawn.inputs[k], drawn.op);
        m_evaluation_free(e);
    }
}

/* Runs forward and backward, with the inputs as drawn or all made negative; what was compared is recorded. */
static void record(struct decisions *decisions, struct build *build, const struct drawn *drawn, bool negative)
{
    d_context context = {.decisions = decisions};
    struct binding binding;
    d_evaluation *e;
    assert_int_equal(binding_new(&binding, &build->arena, &build->graph, FLOAT64, &build->errors), GCK_OK);
    for (size_t k = 0; k < drawn->arity && negative; k++) {
        size_t input = drawn->inputs[k];
        for (size_t i = 0; binding.values[input] && i < shape_count(&build->graph.nodes[input].shape); i++)
            binding.values[input][i] = -fabs(binding.values[input][i]);
    }
    assert_int_equal(d_evaluation_new(&e, &build->graph, &context), GCK_OK);
    d_evaluation_bind(e, &binding);
    d_evaluation_forward(e);
    assert_int_equal(d_evaluation_backward(e, NULL), GCK_OK);
    d_evaluation_free(e);
}

/* What an op compares, and how often, follows from shapes alone; so another scalar can replay it to the end. */
static void test_decisions_can_be_replayed(void **state)
{
    (void)state;
    struct build build;
    struct drawn drawn;
    size_t all = 0;
    FOR_EVERY_CALL(build, drawn)
    {
        struct decisions ours = {0}, other = {0}, replayed;
        record(&ours, &build, &drawn, false);
        record(&other, &build, &drawn, true);
        decisions_replay(&replayed, &other);
        m_context context = wide();
        context.decisions = &replayed;
        build_mpfr_in(&build, &context);
        if (ours.count != other.count || replayed.failed || replayed.next != other.count)
            fail_msg("%s: %zu comparisons, with other numbers %zu, replayed %zu", drawn.op, ours.count,
                     other.count, replayed.next);
        if (ours.count > 0 && !op_table[o].convention)
            fail_msg("%s compares, but its row says nothing about equality", drawn.op);
        all += ours.count;
        decisions_free(&ours);
        decisions_free(&other);
    }
    assert_true(all > 0);
}

static void test_every_row_documents_its_op(void **state)
{
    (void)state;
    for (size_t o = 0; o < op_count; o++) {
        const struct op *op = &op_table[o];
        if (!op->doc || !op->formula || !op->source || !op->family || !op->example || !op->arguments ||
            !op->rule)
            fail_msg("%s: doc, formula, source, family, example, arguments and rule are needed", op->name);
        else
            assert_non_null(strstr(op->example, op->name));
        assert_ptr_equal(op_named(op->name), op); /* no two rows of one name */
        for (int i = 0; i < MOST_ATTRIBUTES && op->attributes[i].name; i++)
            if (!op->attributes[i].doc || op->attributes[i].type == ATTRIBUTE_NONE ||
                (op->attributes[i].type == ATTRIBUTE_CHOICE) != (op->attributes[i].choices != NULL))
                fail_msg("%s: the attribute %s lacks its doc, type or choices", op->name,
                         op->attributes[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_documents_its_op),
        cmocka_unit_test(test_kernels_stay_in_their_room),
        cmocka_unit_test(test_gradients_are_linear_in_the_seed),
        cmocka_unit_test(test_gradients_of_uses_add),
        cmocka_unit_test(test_one_tensor_as_two_arguments),
        cmocka_unit_test(test_one_moved_element_touches_what_it_must),
        cmocka_unit_test(test_double_equals_53_bits),
        cmocka_unit_test(test_narrow_formats_stay_near),
        cmocka_unit_test(test_gradients_match_directional_differences),
        cmocka_unit_test(test_decisions_can_be_replayed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
