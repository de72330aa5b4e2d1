/* Engines: the request made from a graph and a binding, and the answer's setters. */
#include "check/answer.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* The node as engines see it. */
static gck_node public_node(const struct node *node, const double *values, bool wanted)
{
    return (gck_node){.name = node->name,
                      .op = node->op ? node->op->name : NULL,
                      .arity = node->arity,
                      .inputs = node->inputs,
                      .rank = node->shape.rank,
                      .dims = node->shape.dim,
                      .count = shape_count(&node->shape),
                      .values = values,
                      .integers = node->op ? NULL : node->values.integers,
                      .wanted = wanted};
}

gck_status answer_ask(gck_answer *answer, const gck_engine *engine, const char *id, const struct graph *graph,
                      const struct binding *binding)
{
    *answer = (gck_answer){.graph = graph, .dtype = binding->dtype};
    gck_node *nodes = arena_alloc(&answer->arena, graph->count, sizeof *nodes);
    answer->gradients = arena_alloc(&answer->arena, graph->count, sizeof *answer->gradients);
    if (!nodes || !answer->gradients) {
        arena_free(&answer->arena);
        return GCK_NO_MEMORY;
    }
    for (size_t i = 0; i < graph->count; i++)
        nodes[i] = public_node(&graph->nodes[i], binding->values[i], false);
    for (size_t k = 0; k < graph->wrt_count; k++)
        nodes[graph->wrt[k]].wanted = true;
    gck_request request = {.id = id,
                           .dtype = (gck_dtype)binding->dtype,
                           .node_count = graph->count,
                           .nodes = nodes,
                           .output = graph->output,
                           .seed = binding->seed,
                           .graph = graph,
                           .binding = binding};
    double start = now_ms();
    engine->grad(answer, &request, engine->user);
    if (answer->forward_ms == 0 && answer->backward_ms == 0)
        answer->backward_ms = now_ms() - start;
    gck_status status = answer->no_memory ? GCK_NO_MEMORY : answer->fatal;
    if (status)
        answer_free(answer);
    return status;
}

const double *answer_gradient(const gck_answer *answer, size_t node)
{
    const struct gradient_given *given = &answer->gradients[node];
    return shape_equal(&given->shape, &answer->graph->nodes[node].shape) ? given->numbers : NULL;
}

void answer_note(gck_answer *answer, const char *note)
{
    answer->note = arena_text(&answer->arena, note, strlen(note));
    answer->no_memory |= !answer->note;
}

void answer_free(gck_answer *answer)
{
    arena_free(&answer->arena);
}

/* From NULL: zeros. */
static const double *copy(gck_answer *answer, const double *from, size_t n)
{
    double *numbers = arena_alloc(&answer->arena, n, sizeof *numbers);
    answer->no_memory |= !numbers;
    for (size_t i = 0; numbers && from && i < n; i++)
        numbers[i] = dtype_round(answer->dtype, from[i]);
    return numbers;
}

void gck_answer_value(gck_answer *answer, const double *value, size_t count)
{
    answer->value = NULL;
    answer->value_count = count;
    if (value && count == shape_count(&answer->graph->nodes[answer->graph->output].shape))
        answer->value = copy(answer, value, count);
}

void gck_answer_gradient(gck_answer *answer, size_t node, const double *gradient, int rank, const size_t *dims)
{
    struct shape shape = {.rank = rank};
    size_t count;
    if (node >= answer->graph->count)
        return;
    if (rank < 0 || rank > MOST_RANK)
        shape = (struct shape){.rank = MOST_RANK}; /* no parameter's: it will be called wrong */
    else if (rank)
        memcpy(shape.dim, dims, (size_t)rank * sizeof *dims);
    if (!shape_count_within(&count, &shape, MOST_ELEMENTS))
        count = 0; /* larger than any parameter: the shape says enough */
    answer->gradients[node] = (struct gradient_given){copy(answer, gradient, count), shape};
}

static void settle(gck_answer *answer, enum answer_state state, const char *message)
{
    answer->state = state;
    answer->message = message ? arena_text(&answer->arena, message, strlen(message)) : NULL;
    answer->no_memory |= message && !answer->message;
}

void gck_answer_unsupported(gck_answer *answer, const char *what)
{
    settle(answer, ANSWER_UNSUPPORTED, what);
}

void gck_answer_error(gck_answer *answer, const char *message)
{
    settle(answer, ANSWER_ERROR, message);
}

const char *gck_request_attribute(const gck_request *request, size_t node, const char *name, char *buffer,
                                  size_t size)
{
    const struct node *n = &request->graph->nodes[node];
    int k = n->op ? op_attribute(n->op, name) : -1;
    if (k < 0)
        return NULL;
    const struct attribute_spec *spec = &n->op->attributes[k];
    const struct attribute *a = &n->attributes[k];
    int used = 0;
    if (!a->given && !spec->initial)
        return NULL;
    if (spec->type == ATTRIBUTE_REAL || spec->type == ATTRIBUTE_TEXT) {
        snprintf(buffer, size, "%s", a->text);
    } else if (spec->type == ATTRIBUTE_BOOL) {
        snprintf(buffer, size, "%s", a->integer ? "true" : "false");
    } else if (spec->type == ATTRIBUTE_INTEGER) {
        snprintf(buffer, size, "%ld", a->integer);
    } else if (spec->type == ATTRIBUTE_CHOICE) {
        const char *word = spec->choices;
        for (long i = 0; i < a->integer; i++)
            word += strcspn(word, " ") + 1;
        snprintf(buffer, size, "%.*s", (int)strcspn(word, " "), word);
    } else {
        used = snprintf(buffer, size, "[");
        for (size_t i = 0; i < a->count && used > 0 && (size_t)used < size; i++)
            used += snprintf(buffer + used, size - (size_t)used, i ? ", %ld" : "%ld", a->list[i]);
        if (used > 0 && (size_t)used < size)
            snprintf(buffer + used, size - (size_t)used, "]");
    }
    return buffer;
}
