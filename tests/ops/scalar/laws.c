/* Laws that every op obeys, for either scalar. */
#include "ops/laws.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "real/real.h"

static R(element) * R(room)(struct build *build, size_t n, const R(context) * c)
{
    R(element) *x = R(elements)(&build->arena, n, c);
    assert_non_null(x);
    return x;
}

static bool R(equal)(const R(element) * a, const R(element) * b, const R(context) * c)
{
    LOCAL(difference, c);
    R(sub)(difference, a, b, c);
    return R(is_zero)(difference) || (R(is_nan)(a) && R(is_nan)(b));
}

#define assert_equal(a, b, c, op, node, i)                                                                     \
    do {                                                                                                       \
        if (!R(equal)(a, b, c))                                                                                \
            fail_msg("%s: node %zu at %zu: %a is not %a", op, node, i, R(to_double)(a), R(to_double)(b));      \
    } while (0)

static struct binding R(bind)(struct build *build)
{
    struct binding binding;
    assert_int_equal(binding_new(&binding, &build->arena, &build->graph, FLOAT64, &build->errors), GCK_OK);
    return binding;
}

/* A new evaluation after its forward sweep. */
static R(evaluation) * R(started)(struct build *build, const R(context) * c)
{
    R(evaluation) * e;
    struct binding binding = R(bind)(build);
    assert_int_equal(R(evaluation_new)(&e, &build->graph, c), GCK_OK);
    R(evaluation_bind)(e, &binding);
    R(evaluation_forward)(e);
    return e;
}

/* Runs backward from zeroed gradients and returns copies of the inputs' gradients, per node. */
static R(element) * *R(gradients)(struct build *build, R(evaluation) * e, const R(element) * seed, int times)
{
    const struct graph *graph = &build->graph;
    R(element) **copies = arena_alloc(&build->arena, graph->count, sizeof *copies);
    const R(context) *c = R(evaluation_context)(e);
    assert_non_null(copies);
    R(evaluation_clear)(e);
    for (int i = 0; i < times; i++)
        assert_int_equal(R(evaluation_backward)(e, seed), GCK_OK);
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->nodes[i].op || !R(evaluation_gradient)(e, i))
            continue;
        size_t n = shape_count(&graph->nodes[i].shape);
        copies[i] = R(room)(build, n, c);
        for (size_t j = 0; j < n; j++)
            R(set)(copies[i] + j, R(evaluation_gradient)(e, i) + j, c);
    }
    return copies;
}

enum { GUARDS = 3 };

/* n elements holding `filled`, with guards around them. */
static R(element) * R(guarded)(struct build *build, size_t n, double filled, const R(context) * c)
{
    R(element) *x = R(room)(build, n + 2 * GUARDS, c);
    for (size_t i = 0; i < n + 2 * GUARDS; i++)
        R(set_double)(x + i, i < GUARDS || i >= n + GUARDS ? 12345 : filled, c);
    return x + GUARDS;
}

static void R(assert_guards)(const R(element) * x, size_t n)
{
    for (size_t i = 0; i < GUARDS; i++) {
        assert_true(R(to_double)(x - 1 - i) == 12345);
        assert_true(R(to_double)(x + n + i) == 12345);
    }
}

void R(law_room)(struct build *build, const R(context) * c)
{
    const struct node *node = &build->graph.nodes[build->graph.output];
    const struct shape *shapes[CALL_MOST];
    const R(element) * x[CALL_MOST];
    const int64_t *integers[CALL_MOST];
    R(element) * dx[CALL_MOST], *y, *scratch;
    R(evaluation) *e = R(started)(build, c);
    size_t n = shape_count(&node->shape);
    y = R(guarded)(build, n, NAN, c);
    scratch = R(guarded)(build, node->scratch, NAN, c);
    size_t *places = arena_alloc(&build->arena, node->places + 1, sizeof *places);
    assert_non_null(places);
    memset(places, 0xa5, (node->places + 1) * sizeof *places); /* the last one is a guard */
    for (size_t k = 0; k < node->arity; k++) {
        const struct node *input = &build->graph.nodes[node->inputs[k]];
        shapes[k] = &input->shape;
        x[k] = R(evaluation_value)(e, node->inputs[k]);
        integers[k] = input->values.integers;
        dx[k] = x[k] ? R(guarded)(build, shape_count(shapes[k]), 0, c) : NULL;
    }
    R(call)
    call = {.node = node,
            .shapes = shapes,
            .x = x,
            .integers = integers,
            .y = y,
            .scratch = scratch,
            .places = places};
#if defined REAL_DOUBLE
    node->op->d_forward(&call, c);
#else
    node->op->m_forward(&call, c);
#endif
    for (size_t i = 0; i < n; i++)
        assert_equal(y + i, R(evaluation_value)(e, build->graph.output) + i, c, node->op->name,
                     build->graph.output, i);
    R(assert_guards)(scratch, node->scratch);
    call.dx = dx;
    call.dy = R(evaluation_value)(e, build->graph.output); /* any numbers */
#if defined REAL_DOUBLE
    node->op->d_backward(&call, c);
#else
    node->op->m_backward(&call, c);
#endif
    R(assert_guards)(y, n);
    R(assert_guards)(scratch, node->scratch);
    for (size_t k = 0; k < node->arity; k++)
        if (dx[k])
            R(assert_guards)(dx[k], shape_count(shapes[k]));
    assert_true(places[node->places] == SIZE_MAX / 0xff * 0xa5);
    R(evaluation_free)(e);
}

/* Asserts combined = 3 a - 5 b within rounding: of the terms, and of numbers up to 64 on the way. */
static void R(assert_combination)(const R(element) * combined, const R(element) * a, const R(element) * b,
                                  size_t n, int digits, const char *op, const R(context) * c)
{
    LOCAL(t, c);
    LOCAL(u, c);
    for (size_t i = 0; i < n; i++) {
        R(mul_si)(t, a + i, 3, c);
        R(mul_si)(u, b + i, 5, c);
        R(sub)(t, t, u, c);
        R(sub)(t, t, combined + i, c);
        double allowed = ldexp(64 + fabs(R(to_double)(a + i)) + fabs(R(to_double)(b + i)), 3 - digits);
        if (!(fabs(R(to_double)(t)) <= allowed))
            fail_msg("%s: at %zu: off by %g, %g is allowed", op, i, R(to_double)(t), allowed);
    }
}

void R(law_seed)(struct build *build, const R(context) * c, int digits)
{
    const struct graph *graph = &build->graph;
    const char *op = graph->nodes[graph->output].op->name;
    size_t n = shape_count(&graph->nodes[graph->output].shape);
    R(element) *a = R(room)(build, n, c), *b = R(room)(build, n, c), *combined = R(room)(build, n, c);
    R(element) *scaled = R(room)(build, n, c), *zero = R(room)(build, n, c);
    for (size_t i = 0; i < n; i++) { /* of few bits: the combination is exact */
        int p = (int)random_below(&build->random, 2001) - 1000,
            q = (int)random_below(&build->random, 2001) - 1000;
        R(set_double)(a + i, p / 1024.0, c);
        R(set_double)(b + i, q / 1024.0, c);
        R(set_double)(combined + i, (3 * p - 5 * q) / 1024.0, c);
        R(scale)(scaled + i, a + i, -7, c);
    }
    R(evaluation) *e = R(started)(build, c);
    R(element) **of_a = R(gradients)(build, e, a, 1), **of_b = R(gradients)(build, e, b, 1);
    R(element) **of_combined = R(gradients)(build, e, combined, 1),
               **of_scaled = R(gradients)(build, e, scaled, 1);
    R(element) **of_zero = R(gradients)(build, e, zero, 1), **twice = R(gradients)(build, e, a, 2);
    LOCAL(expected, c);
    for (size_t node = 0; node < graph->count; node++) {
        size_t size = shape_count(&graph->nodes[node].shape);
        if (!of_a[node])
            continue;
        R(assert_combination)(of_combined[node], of_a[node], of_b[node], size, digits, op, c);
        for (size_t i = 0; i < size; i++) {
            R(scale)(expected, of_a[node] + i, -7, c);
            assert_equal(of_scaled[node] + i, expected, c, op, node, i);
            R(scale)(expected, of_a[node] + i, 1, c);
            assert_equal(twice[node] + i, expected, c, op, node, i);
            if (!R(is_zero)(of_zero[node] + i))
                fail_msg("%s: node %zu at %zu: a zero seed gives %g", op, node, i,
                         R(to_double)(of_zero[node] + i));
        }
    }
    R(evaluation_free)(e);
}

/* The inputs' gradients for the output `node`. */
static R(element) * *R(gradients_of)(struct build *build, size_t node, const R(context) * c)
{
    build->graph.output = node;
    R(evaluation) *e = R(started)(build, c);
    R(element) **gradients = R(gradients)(build, e, NULL, 1);
    R(evaluation_free)(e);
    return gradients;
}

enum { MOST_USES = 12 };

void R(law_uses)(struct build *build, const struct drawn *drawn, const R(context) * c)
{
    struct graph *graph = &build->graph;
    struct values seed = graph->seed;
    size_t uses[MOST_USES] = {graph->output};
    R(element) **once = R(gradients_of)(build, graph->output, c);
    size_t inputs = graph->count;
    LOCAL(expected, c);
    for (size_t k = 1; k <= MOST_USES; k++) {
        if (k > 1)
            uses[k - 1] = recipe_apply(build, drawn);
        size_t sum = (size_t)build_apply(build, "add_n", "", uses, k);
        graph->seed = seed;
        R(element) **all = R(gradients_of)(build, sum, c);
        for (size_t node = 0; node < inputs; node++)
            for (size_t i = 0; once[node] && i < shape_count(&graph->nodes[node].shape); i++) {
                R(set_si)(expected, 0, c);
                for (size_t times = 0; times < k; times++)
                    R(add)(expected, expected, once[node] + i, c);
                assert_equal(all[node] + i, expected, c, drawn->op, node, i);
            }
    }
}

size_t R(law_alias)(struct build *build, const struct drawn *drawn, const R(context) * c)
{
    struct graph *graph = &build->graph;
    struct values seed = graph->seed;
    size_t pairs = 0;
    for (size_t i = 0; i < drawn->arity; i++)
        for (size_t j = i + 1; j < drawn->arity; j++) {
            size_t x = drawn->inputs[i], other = drawn->inputs[j];
            if (graph->nodes[x].kind != KIND_FLOAT || graph->nodes[other].kind != KIND_FLOAT ||
                !shape_equal(&graph->nodes[x].shape, &graph->nodes[other].shape))
                continue;
            struct drawn aliased = *drawn, separate = *drawn;
            size_t copy = build_numbers(build, graph->nodes[x].shape, graph->nodes[x].values.doubles);
            aliased.inputs[j] = x;
            separate.inputs[j] = copy;
            size_t outputs[] = {recipe_apply(build, &aliased), recipe_apply(build, &separate)};
            graph->seed = seed;
            R(element) **one = R(gradients_of)(build, outputs[0], c);
            R(element) **two = R(gradients_of)(build, outputs[1], c);
            LOCAL(expected, c);
            for (size_t k = 0; k < shape_count(&graph->nodes[x].shape); k++) {
                R(add)(expected, two[x] + k, two[copy] + k, c);
                assert_equal(one[x] + k, expected, c, drawn->op, x, k);
            }
            pairs++;
        }
    return pairs;
}

static R(evaluation) * R(varied)(const R(evaluation) * base, const bool *changes)
{
    R(evaluation) * e;
    assert_int_equal(R(evaluation_vary)(&e, base, changes), GCK_OK);
    R(evaluation_forward)(e);
    return e;
}

void R(law_touch)(struct build *build, const struct drawn *drawn, const R(context) * c)
{
    struct graph *graph = &build->graph;
    R(evaluation) *base = R(started)(build, c);
    for (size_t k = 0; k < drawn->arity; k++) {
        size_t input = drawn->inputs[k], n = shape_count(&graph->nodes[input].shape);
        if (graph->nodes[input].kind != KIND_FLOAT)
            continue;
        bool changes[BUILD_MOST] = {0};
        changes[input] = true;
        R(evaluation) *part = R(varied)(base, changes), *whole = R(varied)(base, changes);
        LOCAL(moved, c);
        for (size_t index = 0; index < n; index++) {
            R(mul_si)(moved, R(evaluation_value)(base, input) + index, 31, c);
            R(scale)(moved, moved, -5, c);
            R(set)(R(evaluation_value)(part, input) + index, moved, c);
            R(set)(R(evaluation_value)(whole, input) + index, moved, c);
            R(evaluation_forward_touched)(part, input, index);
            R(evaluation_forward)(whole);
            for (size_t i = 0; i < shape_count(&graph->nodes[graph->output].shape); i++)
                assert_equal(R(evaluation_value)(part, graph->output) + i,
                             R(evaluation_value)(whole, graph->output) + i, c, drawn->op, graph->output, i);
            R(evaluation_restore)(part);
            R(set)(R(evaluation_value)(whole, input) + index, R(evaluation_value)(base, input) + index, c);
            for (size_t i = 0; i < graph->count; i++)
                for (size_t j = 0; R(evaluation_value)(base, i) && j < shape_count(&graph->nodes[i].shape); j++)
                    assert_equal(R(evaluation_value)(part, i) + j, R(evaluation_value)(base, i) + j, c,
                                 drawn->op, i, j);
        }
        R(evaluation_free)(part);
        R(evaluation_free)(whole);
    }
    R(evaluation_free)(base);
}
