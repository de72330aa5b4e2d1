/* The bugs that cases bring along: a small graph in place of a backward; compiled once per scalar. */
#include "engine/planted.h"

#include "real/real.h"

/* An evaluation of the bug's graph, its inputs set to the call's numbers. */
static gck_status R(own_forward)(R(evaluation) * *e, struct arena *arena, const R(call) * k,
                                 const struct case_bug *bug, const R(context) * c)
{
    struct binding binding;
    struct errors errors = {0};
    R(context) context = *c;
    context.decisions = NULL;
    gck_status status = binding_new(&binding, arena, bug->graph, FLOAT64, &errors);
    errors_free(&errors);
    binding.exact = true; /* numbers in the rows are rounded by the context */
    if (!status)
        status = R(evaluation_new)(e, bug->graph, &context);
    if (status)
        return status;
    R(evaluation_bind)(*e, &binding);
    size_t n = shape_count(&k->node->shape);
    for (size_t j = 0; j < k->node->arity; j++) {
        R(element) *x = R(evaluation_value)(*e, bug->arguments[j]);
        for (size_t i = 0; k->x[j] && i < shape_count(k->shapes[j]); i++)
            R(set)(x + i, k->x[j] + i, c);
    }
    for (size_t i = 0; i < n && !bug->instead; i++) {
        R(set)(R(evaluation_value)(*e, bug->value) + i, k->y + i, c);
        R(set)(R(evaluation_value)(*e, bug->upstream) + i, k->dy + i, c);
    }
    R(evaluation_forward)(*e);
    return bug->instead ? R(evaluation_backward)(*e, k->dy) : GCK_OK;
}

gck_status R(own_backward)(R(element) *const *dx, const R(call) * k, const struct case_bug *bug,
                           const R(context) * c)
{
    struct arena arena = {0};
    R(evaluation) *e = NULL;
    gck_status status = R(own_forward)(&e, &arena, k, bug, c);
    for (size_t j = 0; j < k->node->arity && !status; j++) {
        size_t first = 0; /* op(x, x): one x of the graph stands for both */
        while (bug->arguments[first] != bug->arguments[j])
            first++;
        if (!dx[j] || (!bug->instead && bug->gradients[first] == NO_NODE))
            continue;
        const R(element) *from = bug->instead ? R(evaluation_gradient)(e, bug->arguments[j])
                                              : R(evaluation_value)(e, (size_t)bug->gradients[first]);
        size_t n = shape_count(k->shapes[j]);
        R(zero)(dx[j], n);
        for (size_t i = 0; from && first == j && i < n; i++)
            R(set)(dx[j] + i, from + i, c);
    }
    R(evaluation_free)(e);
    arena_free(&arena);
    return status;
}
