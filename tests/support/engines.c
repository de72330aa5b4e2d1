/* Engines for tests. */
#include "support/engines.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "engine/builtin.h"
#include "graph/evaluation.h"

static size_t node_of(const gck_request *request, const char *name)
{
    for (size_t i = 0; i < request->node_count; i++)
        if (name ? request->nodes[i].name && strcmp(request->nodes[i].name, name) == 0
                 : request->nodes[i].wanted)
            return i;
    return request->node_count;
}

/* In [-1, 1): changes with any bit of any input. */
static double erratic(const gck_request *request, size_t element)
{
    uint64_t hash = 1469598103934665603u ^ element;
    for (size_t i = 0; i < request->node_count; i++)
        for (size_t k = 0; request->nodes[i].values && k < request->nodes[i].count; k++) {
            uint64_t bits;
            memcpy(&bits, &request->nodes[i].values[k], sizeof bits);
            hash ^= bits;
            random_splitmix(&hash);
        }
    return (double)(random_splitmix(&hash) >> 11) * 0x1p-52 - 1;
}

static void plant_in(double *a, const gck_request *request, const gck_answer *answer, const gck_node *node,
                     const struct planted *p)
{
    size_t n = node->count, row = node->rank ? n / node->dims[0] : n;
    double *old = calloc(n + 1, sizeof *old);
    assert_non_null(old);
    memcpy(old, a, n * sizeof *a);
    if (p->plant == PLANT_RELATIVE)
        a[p->index] *= 1 + p->amount;
    if (p->plant == PLANT_SET)
        a[p->index] = p->amount;
    if (p->plant == PLANT_ADD)
        a[p->index] += p->amount;
    for (size_t i = 0; i < p->count && i < n && p->plant == PLANT_LIST; i++)
        a[i] = p->list[i];
    for (size_t i = 0; i < n; i++) {
        if (p->plant == PLANT_FACTOR)
            a[i] *= p->amount;
        if (p->plant == PLANT_ALL || (p->plant == PLANT_LAST_ROW && i >= n - row))
            a[i] *= 1 + p->amount;
        if (p->plant == PLANT_ZEROS)
            a[i] = 0;
        if (p->plant == PLANT_TRANSPOSED)
            a[i] = old[i % row * row + i / row];
        if (p->plant == PLANT_SHIFTED)
            a[i] = old[(i + n - 1) % n];
        if (p->plant == PLANT_SWAPPED)
            a[i] = answer->gradients[node_of(request, p->other)].numbers[i];
        if (p->plant == PLANT_ERRATIC)
            a[i] *= 1 + p->amount * erratic(request, i);
    }
    free(old);
}

static void plant_gradient(gck_answer *answer, const gck_request *request, const struct planted *p)
{
    size_t at = node_of(request, p->node);
    bool alone = at == request->node_count || (p->other && node_of(request, p->other) == request->node_count);
    if (alone) /* a gate is being checked without that node */
        return;
    const gck_node *node = &request->nodes[at];
    if (p->plant == PLANT_MISSING) {
        answer->gradients[at] = (struct gradient_given){0};
        return;
    }
    double *a = calloc(2 * node->count + 1, sizeof *a);
    assert_non_null(a);
    memcpy(a, answer->gradients[at].numbers, node->count * sizeof *a);
    plant_in(a, request, answer, node, p);
    size_t doubled[] = {node->count, 2};
    if (p->plant == PLANT_SHAPE)
        gck_answer_gradient(answer, at, a, 2, doubled);
    else
        gck_answer_gradient(answer, at, p->plant == PLANT_NULL ? NULL : a, node->rank, node->dims);
    free(a);
}

static void plant_value(gck_answer *answer, const gck_request *request, const struct planted *p)
{
    size_t n = request->nodes[request->output].count;
    double *y = calloc(n + 1, sizeof *y);
    assert_non_null(y);
    for (size_t i = 0; i < n; i++)
        y[i] = answer->value[i] * (1 + p->amount);
    answer->value = NULL;
    answer->value_count = 0;
    if (p->plant != PLANT_NO_VALUE)
        gck_answer_value(answer, y, n + (p->plant == PLANT_SHORT_VALUE));
    free(y);
}

static void planted_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct planted *p = user;
    if (p->plant == PLANT_UNSUPPORTED)
        gck_answer_unsupported(answer, "no such op");
    else if (p->plant == PLANT_ERROR)
        gck_answer_error(answer, "broken pipe");
    else
        builtin_grad(answer, request, NULL);
    if (p->plant == PLANT_VALUE || p->plant == PLANT_NO_VALUE || p->plant == PLANT_SHORT_VALUE)
        plant_value(answer, request, p);
    else if (answer->state == ANSWER_GIVEN && p->plant != PLANT_NOTHING)
        plant_gradient(answer, request, p);
}

gck_engine planted_engine(const struct planted *planted)
{
    return (gck_engine){.name = "planted", .grad = planted_grad, .user = (void *)(uintptr_t)planted};
}

static void right_backward(const d_call *call, const d_context *c)
{
    op_named(call->node->op->name)->d_backward(call, c);
}

static void scaled(const d_call *call, const d_context *c, double factor)
{
    size_t n = shape_count(&call->node->shape);
    double *dy = calloc(n + 1, sizeof *dy);
    assert_non_null(dy);
    for (size_t i = 0; i < n; i++)
        dy[i] = factor * call->dy[i];
    d_call other = *call;
    other.dy = dy;
    right_backward(&other, c);
    free(dy);
}

void broken_doubled(const d_call *call, const d_context *c)
{
    scaled(call, c, 2);
}

void broken_negated(const d_call *call, const d_context *c)
{
    scaled(call, c, -1);
}

void broken_overwrites(const d_call *call, const d_context *c)
{
    for (size_t k = 0; k < call->node->arity; k++)
        for (size_t i = 0; call->dx[k] && i < shape_count(call->shapes[k]); i++)
            call->dx[k][i] = 0;
    right_backward(call, c);
}

void broken_first_only(const d_call *call, const d_context *c)
{
    d_element *dx[16] = {call->dx[0]};
    d_call other = *call;
    other.dx = dx;
    right_backward(&other, c);
}

/* A copy of the graph in which the broken gates have an op of their own. */
static struct graph break_graph(struct arena *arena, const struct graph *graph, const struct broken *broken)
{
    struct graph copy = *graph;
    copy.nodes = arena_alloc(arena, graph->count, sizeof *copy.nodes);
    assert_non_null(copy.nodes);
    memcpy(copy.nodes, graph->nodes, graph->count * sizeof *copy.nodes);
    for (size_t i = 0; i < copy.count; i++) {
        struct node *node = &copy.nodes[i];
        bool named = broken->node && node->name && strcmp(node->name, broken->node) == 0;
        if (!node->op || !(named || (broken->op && strcmp(node->op->name, broken->op) == 0)))
            continue;
        struct op *op = arena_alloc(arena, 1, sizeof *op);
        assert_non_null(op);
        *op = *node->op;
        op->d_backward = broken->backward;
        node->op = op;
    }
    return copy;
}

static void broken_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct broken *broken = user;
    struct arena arena = {0};
    struct graph graph = break_graph(&arena, request->graph, broken);
    d_context context = {0};
    d_evaluation *e;
    assert_int_equal(d_evaluation_new(&e, &graph, &context), GCK_OK);
    d_evaluation_bind(e, request->binding);
    d_evaluation_forward(e);
    assert_int_equal(d_evaluation_backward(e, NULL), GCK_OK);
    gck_answer_value(answer, d_evaluation_value(e, request->output), request->nodes[request->output].count);
    for (size_t i = 0; i < request->node_count; i++) {
        const gck_node *node = &request->nodes[i];
        if (d_evaluation_gradient(e, i) && (node->wanted || !broken->leaves_only))
            gck_answer_gradient(answer, i, d_evaluation_gradient(e, i), node->rank, node->dims);
    }
    d_evaluation_free(e);
    arena_free(&arena);
}

gck_engine broken_engine(const struct broken *broken)
{
    return (gck_engine){.name = "broken", .grad = broken_grad, .user = (void *)(uintptr_t)broken};
}

gck_result *check_text(const char *inputs, const char *graph, const char *more, const gck_engine *engine,
                       const gck_options *options)
{
    char text[8192];
    int size = snprintf(text, sizeof text, "gradcheck: 1\nid: test/x\ninputs: %s\ngraph:\n%s\noutput: y\n%s\n",
                        inputs, graph, more);
    assert_in_range(size, 1, sizeof text - 1);
    gck_case *c;
    gck_errors *errors = NULL;
    gck_result *result;
    gck_options o = options ? *options : gck_options_default();
    if (!options)
        o.dtypes = 1u << GCK_FLOAT64;
    o.engine = engine;
    if (gck_case_parse(&c, "test.yaml", text, (size_t)size, &errors))
        fail_msg("%s", gck_errors_get(errors, 0).message);
    if (gck_check(&result, c, &o, &errors))
        fail_msg("%s", gck_errors_get(errors, 0).message);
    gck_case_free(c);
    return result;
}

gck_verdict verdict_of(const char *inputs, const char *graph, const char *more, struct planted planted)
{
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text(inputs, graph, more, &engine, NULL);
    gck_verdict verdict = result->verdict;
    gck_result_free(result);
    return verdict;
}
