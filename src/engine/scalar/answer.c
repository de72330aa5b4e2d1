/* What a built-in engine answers: a forward and a reverse sweep; compiled once per scalar. */
#include <stdlib.h>

#include "base/clock.h"
#include "check/answer.h"
#include "engine/builtin.h"
#include "real/real.h"

/* Both sweeps, timed. */
static gck_status R(run)(gck_answer *answer, R(evaluation) * e, const gck_request *request)
{
    R(evaluation_bind)(e, request->binding);
    double start = now_ms();
    R(evaluation_forward)(e);
    double middle = now_ms();
    gck_status status = R(evaluation_backward)(e, NULL);
    answer->forward_ms = middle - start;
    answer->backward_ms = now_ms() - middle;
    return status;
}

/* As numbers of double. */
static const double *R(doubles)(double *to, const R(element) * from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = R(to_double)(from + i);
    return to;
}

gck_status R(builtin_answer)(gck_answer *answer, const gck_request *request, const R(context) * context)
{
    R(evaluation) * e;
    size_t most = 1;
    gck_status status = R(evaluation_new)(&e, request->graph, context);
    if (status)
        return status;
    for (size_t i = 0; i < request->node_count; i++)
        most = request->nodes[i].count > most ? request->nodes[i].count : most;
    double *numbers = calloc(most, sizeof *numbers);
    status = numbers ? R(run)(answer, e, request) : GCK_NO_MEMORY;
    if (!status) {
        size_t n = request->nodes[request->output].count;
        gck_answer_value(answer, R(doubles)(numbers, R(evaluation_value)(e, request->output), n), n);
    }
    for (size_t i = 0; i < request->node_count && !status; i++) {
        const struct shape *shape = &request->graph->nodes[i].shape;
        const R(element) *g = R(evaluation_gradient)(e, i);
        if (g)
            gck_answer_gradient(answer, i, R(doubles)(numbers, g, request->nodes[i].count), shape->rank,
                                shape->dim);
    }
    free(numbers);
    R(evaluation_free)(e);
    return status;
}
