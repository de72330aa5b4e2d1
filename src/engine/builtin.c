/* The built-in engines. */
#include "engine/builtin.h"

#include <stdlib.h>
#include <time.h>

#include "check/answer.h"
#include "graph/evaluation.h"

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void give(gck_answer *answer, size_t node, const double *gradient)
{
    const struct shape *shape = &answer->graph->nodes[node].shape;
    gck_answer_gradient(answer, node, gradient, shape->rank, shape->dim);
}

static gck_status grad_double(gck_answer *answer, const gck_request *request)
{
    d_context context = {.claims = true};
    d_evaluation *e;
    gck_status status = d_evaluation_new(&e, request->graph, &context);
    if (status)
        return status;
    d_evaluation_bind(e, request->binding);
    double start = now_ms();
    d_evaluation_forward(e);
    double middle = now_ms();
    status = d_evaluation_backward(e, NULL);
    answer->forward_ms = middle - start;
    answer->backward_ms = now_ms() - middle;
    if (!status)
        gck_answer_value(answer, d_evaluation_value(e, request->output), request->nodes[request->output].count);
    for (size_t i = 0; i < request->node_count && !status; i++)
        if (d_evaluation_gradient(e, i))
            give(answer, i, d_evaluation_gradient(e, i));
    d_evaluation_free(e);
    return status;
}

static void to_doubles(double *to, const m_element *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = m_to_double(from + i);
}

static gck_status grad_narrow(gck_answer *answer, const gck_request *request)
{
    m_context context = m_context_dtype(request->binding->dtype);
    context.claims = true;
    m_evaluation *e;
    gck_status status = m_evaluation_new(&e, request->graph, &context);
    if (status)
        return status;
    m_evaluation_bind(e, request->binding);
    double start = now_ms();
    m_evaluation_forward(e);
    double middle = now_ms();
    status = m_evaluation_backward(e, NULL);
    answer->forward_ms = middle - start;
    answer->backward_ms = now_ms() - middle;
    size_t most = 1;
    for (size_t i = 0; i < request->node_count; i++)
        most = request->nodes[i].count > most ? request->nodes[i].count : most;
    double *numbers = calloc(most, sizeof *numbers);
    if (!status && !numbers)
        status = GCK_NO_MEMORY;
    if (!status) {
        to_doubles(numbers, m_evaluation_value(e, request->output), request->nodes[request->output].count);
        gck_answer_value(answer, numbers, request->nodes[request->output].count);
    }
    for (size_t i = 0; i < request->node_count && !status; i++) {
        const m_element *g = m_evaluation_gradient(e, i);
        if (!g)
            continue;
        to_doubles(numbers, g, request->nodes[i].count);
        give(answer, i, numbers);
    }
    free(numbers);
    m_evaluation_free(e);
    return status;
}

void builtin_grad(gck_answer *answer, const gck_request *request, void *user)
{
    (void)user;
    gck_status status =
        request->dtype == GCK_FLOAT64 ? grad_double(answer, request) : grad_narrow(answer, request);
    if (status)
        gck_answer_error(answer, gck_status_name(status));
}
