/* Small graphs for tests. */
#include "support/build.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void build_start(struct build *build, uint64_t seed)
{
    *build = (struct build){.random = random_new(seed, 0)};
    build->graph.arena = &build->arena;
}

void build_free(struct build *build)
{
    arena_free(&build->arena);
    errors_free(&build->errors);
}

static void *room(struct build *build, size_t count, size_t size)
{
    void *memory = arena_alloc(&build->arena, count, size);
    assert_non_null(memory);
    return memory;
}

struct shape build_shape(const char *text)
{
    struct shape shape;
    assert_true(draft_read_shape(&shape, &text));
    return shape;
}

struct shape build_random_shape(struct random *random, int most_rank, size_t most_size)
{
    struct shape shape = {.rank = (int)random_below(random, (uint64_t)most_rank + 1)};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = random_below(random, 24) == 0 ? 0 : 1 + (size_t)random_below(random, most_size);
    return shape;
}

static double *random_numbers(struct build *build, size_t n, double low, double high)
{
    double *numbers = room(build, n, sizeof *numbers);
    for (size_t i = 0; i < n; i++)
        numbers[i] = random_between(&build->random, low, high);
    return numbers;
}

static size_t add_input(struct build *build, struct shape shape, enum kind kind, struct values values)
{
    char name[32];
    snprintf(name, sizeof name, "x%zu", build->graph.count);
    assert_true(build->graph.count < BUILD_MOST);
    long node = graph_input(&build->graph, arena_text(&build->arena, name, strlen(name)), kind, &shape, values,
                            &build->errors);
    assert_int_not_equal(node, NO_NODE);
    return (size_t)node;
}

size_t build_input(struct build *build, struct shape shape, double low, double high)
{
    double *numbers = random_numbers(build, shape_count(&shape), low, high);
    return add_input(build, shape, KIND_FLOAT, (struct values){.doubles = numbers});
}

size_t build_numbers(struct build *build, struct shape shape, const double *numbers)
{
    double *copy = room(build, shape_count(&shape), sizeof *copy);
    memcpy(copy, numbers, shape_count(&shape) * sizeof *copy);
    return add_input(build, shape, KIND_FLOAT, (struct values){.doubles = copy});
}

size_t build_integers(struct build *build, struct shape shape, size_t below)
{
    size_t n = shape_count(&shape);
    int64_t *integers = room(build, n, sizeof *integers);
    for (size_t i = 0; i < n; i++)
        integers[i] = (int64_t)random_below(&build->random, below);
    return add_input(build, shape, KIND_INTEGER, (struct values){.integers = integers});
}

size_t build_given_integers(struct build *build, struct shape shape, const int64_t *integers)
{
    int64_t *copy = room(build, shape_count(&shape), sizeof *copy);
    memcpy(copy, integers, shape_count(&shape) * sizeof *copy);
    return add_input(build, shape, KIND_INTEGER, (struct values){.integers = copy});
}

/* Splits "axes=[0, 1]; keepdims=true"; returns how many there are. */
static size_t read_attributes(struct build *build, struct attribute_text *attributes, const char *text)
{
    size_t count = 0;
    char *rest = arena_text(&build->arena, text, strlen(text));
    assert_non_null(rest);
    for (char *one; (one = strtok_r(rest, ";", &rest)); count++) {
        one += strspn(one, " ");
        char *value = strchr(one, '=');
        assert_non_null(value);
        *value = '\0';
        attributes[count] = (struct attribute_text){.name = one, .value = value + 1};
    }
    return count;
}

long build_apply(struct build *build, const char *op, const char *attributes, const size_t *inputs,
                 size_t arity)
{
    struct attribute_text texts[2 * MOST_ATTRIBUTES];
    size_t count = read_attributes(build, texts, attributes);
    const struct op *found = op_named(op);
    if (!found)
        fail_msg("there is no op %s", op);
    assert_true(build->graph.count < BUILD_MOST);
    long node = graph_apply(&build->graph, NULL, found, inputs, arity, texts, count, &build->errors);
    if (node == NO_NODE)
        return NO_NODE;
    size_t n = shape_count(&build->graph.nodes[node].shape);
    build->graph.output = (size_t)node;
    build->graph.seed = (struct values){.doubles = random_numbers(build, n, -1, 1)};
    return node;
}

long build_op(struct build *build, const char *op, const char *shapes, const char *attributes, double low,
              double high)
{
    size_t inputs[BUILD_MOST], arity = 0;
    for (struct shape shape; draft_read_shape(&shape, &shapes); arity++)
        inputs[arity] = build_input(build, shape, low, high);
    return build_apply(build, op, attributes, inputs, arity);
}

const char *build_error(const struct build *build)
{
    return build->errors.first ? build->errors.first->message : "";
}

static struct binding bind(struct build *build)
{
    struct binding binding;
    assert_int_equal(binding_new(&binding, &build->arena, &build->graph, FLOAT64, &build->errors), GCK_OK);
    return binding;
}

/* Runs one scalar's evaluation and copies what it gave. */
#define RUN(s)                                                                                                 \
    static double *s##_copy(struct build *build, const s##_element *x, size_t n)                               \
    {                                                                                                          \
        double *copy = room(build, n, sizeof *copy);                                                           \
        for (size_t i = 0; i < n; i++)                                                                         \
            copy[i] = s##_to_double(x + i);                                                                    \
        return copy;                                                                                           \
    }                                                                                                          \
    static struct build_result s##_run(struct build *build, const s##_context *context)                        \
    {                                                                                                          \
        struct build_result result = {0};                                                                      \
        struct binding binding = bind(build);                                                                  \
        s##_evaluation *e;                                                                                     \
        assert_int_equal(s##_evaluation_new(&e, &build->graph, context), GCK_OK);                              \
        s##_evaluation_bind(e, &binding);                                                                      \
        s##_evaluation_forward(e);                                                                             \
        assert_int_equal(s##_evaluation_backward(e, NULL), GCK_OK);                                            \
        for (size_t i = 0; i < build->graph.count; i++) {                                                      \
            size_t n = shape_count(&build->graph.nodes[i].shape);                                              \
            if (s##_evaluation_value(e, i))                                                                    \
                result.value[i] = s##_copy(build, s##_evaluation_value(e, i), n);                              \
            if (s##_evaluation_gradient(e, i))                                                                 \
                result.gradient[i] = s##_copy(build, s##_evaluation_gradient(e, i), n);                        \
        }                                                                                                      \
        s##_evaluation_free(e);                                                                                \
        result.y = result.value[build->graph.output];                                                          \
        result.y_count = shape_count(&build->graph.nodes[build->graph.output].shape);                          \
        result.seed = binding.seed;                                                                            \
        return result;                                                                                         \
    }
RUN(d)
RUN(m)
#undef RUN

struct build_result build_double_in(struct build *build, const d_context *context)
{
    return d_run(build, context);
}

struct build_result build_mpfr_in(struct build *build, const m_context *context)
{
    return m_run(build, context);
}

struct build_result build_double(struct build *build)
{
    return d_run(build, &(d_context){0});
}

struct build_result build_mpfr(struct build *build, long bits)
{
    m_context context = m_context_wide(bits, FLOAT64);
    return m_run(build, &context);
}

bool build_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void assert_same_numbers(const char *what, size_t node, const double *a, const double *b, size_t n)
{
    assert_int_equal(a == NULL, b == NULL);
    for (size_t i = 0; a && i < n; i++)
        if (!build_same(a[i], b[i]))
            fail_msg("%s of node %zu at %zu: %a in double, %a in MPFR at 53 bits", what, node, i, a[i], b[i]);
}

void build_assert_scalars_agree(struct build *build)
{
    struct build_result a = build_double(build), b = build_mpfr(build, 53);
    for (size_t i = 0; i < build->graph.count; i++) {
        size_t n = shape_count(&build->graph.nodes[i].shape);
        assert_same_numbers("value", i, a.value[i], b.value[i], n);
        assert_same_numbers("gradient", i, a.gradient[i], b.gradient[i], n);
    }
}

static void assert_near(const char *what, size_t node, const double *a, const double *b, size_t n, double ulps)
{
    assert_int_equal(a == NULL, b == NULL);
    for (size_t i = 0; a && i < n; i++)
        if (!build_same(a[i], b[i]) &&
            !(isfinite(b[i]) && fabs(a[i] - b[i]) <= ulps * dtype_ulp(FLOAT64, b[i])))
            fail_msg("%s of node %zu at %zu: %.17g in double, %.17g at 256 bits", what, node, i, a[i], b[i]);
}

void build_assert_accurate(struct build *build, double ulps)
{
    struct build_result a = build_double(build), b = build_mpfr(build, 256);
    for (size_t i = 0; i < build->graph.count; i++) {
        size_t n = shape_count(&build->graph.nodes[i].shape);
        assert_near("value", i, a.value[i], b.value[i], n, ulps);
        assert_near("gradient", i, a.gradient[i], b.gradient[i], n, ulps);
    }
}

void build_assert_accumulates(struct build *build)
{
    struct build_result once = build_double(build);
    struct binding binding = bind(build);
    d_evaluation *e;
    assert_int_equal(d_evaluation_new(&e, &build->graph, &(d_context){0}), GCK_OK);
    d_evaluation_bind(e, &binding);
    d_evaluation_forward(e);
    for (int i = 0; i < 2; i++)
        assert_int_equal(d_evaluation_backward(e, NULL), GCK_OK);
    for (size_t i = 0; i < build->graph.count; i++) {
        const struct node *node = &build->graph.nodes[i];
        size_t n = node->op || !once.gradient[i] ? 0 : shape_count(&node->shape);
        for (size_t k = 0; k < n; k++)
            build_assert_close(d_evaluation_gradient(e, i)[k], 2 * once.gradient[i][k], 1e-14);
    }
    d_evaluation_free(e);
}

void build_assert_close(double a, double b, double tolerance)
{
    double scale = fmax(1, fmax(fabs(a), fabs(b)));
    if (!(fabs(a - b) <= tolerance * scale) && !(isnan(a) && isnan(b)))
        fail_msg("%.17g is not %.17g within %g", a, b, tolerance);
}

void build_assert_refused(const char *op, const char *shapes, const char *attributes, const char *message)
{
    struct build build;
    build_start(&build, 1);
    long node = build_op(&build, op, shapes, attributes, -1, 1);
    if (node != NO_NODE)
        fail_msg("%s(%s) with %s was not refused", op, shapes, attributes);
    assert_string_equal(build_error(&build), message);
    build_free(&build);
}
