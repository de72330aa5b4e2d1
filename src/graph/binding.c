/* Bindings: inputs rounded to a dtype. */
#include "graph/binding.h"

#include <math.h>
#include <string.h>

static double *bind(struct arena *arena, const struct values *values, size_t n, enum dtype dtype,
                    const char *name, struct errors *errors)
{
    double *bound = arena_alloc(arena, n, sizeof *bound);
    if (!bound) {
        errors_add(errors, GCK_NO_MEMORY, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        double given = 1;
        if (values->texts)
            dtype_parse(&given, FLOAT64, values->texts[i]);
        else if (values->doubles)
            given = values->doubles[i];
        else if (values->integers)
            given = (double)values->integers[i];
        bound[i] = dtype_round(dtype, given);
        if (values->texts)
            dtype_parse(&bound[i], dtype, values->texts[i]);
        bool said_infinite = values->texts && strstr(values->texts[i], "inf");
        if (isinf(bound[i]) && !said_infinite && !(values->doubles && isinf(given))) {
            errors_add(errors, GCK_BAD_CASE, "%s: %.17g overflows %s", name, given, dtype_formats[dtype].name);
            return NULL;
        }
    }
    return bound;
}

gck_status binding_new(struct binding *binding, struct arena *arena, const struct graph *graph,
                       enum dtype dtype, struct errors *errors)
{
    *binding = (struct binding){.dtype = dtype};
    binding->values = arena_alloc(arena, graph->count, sizeof *binding->values);
    if (!binding->values)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < graph->count; i++) {
        const struct node *node = &graph->nodes[i];
        if (node->op || node->kind != KIND_FLOAT)
            continue;
        errors->here = node->place;
        binding->values[i] = bind(arena, &node->values, shape_count(&node->shape), dtype,
                                  node->name ? node->name : "number", errors);
        if (!binding->values[i])
            return errors->last ? errors->last->status : GCK_NO_MEMORY;
    }
    const struct node *output = &graph->nodes[graph->output];
    errors->here = output->place;
    binding->seed = bind(arena, &graph->seed, shape_count(&output->shape), dtype, "seed", errors);
    if (!binding->seed)
        return errors->last ? errors->last->status : GCK_NO_MEMORY;
    return GCK_OK;
}

/* A copy of n numbers; NULL when memory fails. */
static double *copied(struct arena *arena, const double *numbers, size_t n)
{
    double *copy = arena_alloc(arena, n, sizeof *copy);
    if (copy)
        memcpy(copy, numbers, n * sizeof *copy);
    return copy;
}

gck_status binding_copy(struct binding *binding, struct arena *arena, const struct graph *graph,
                        const struct binding *from)
{
    *binding = *from;
    binding->values = arena_alloc(arena, graph->count, sizeof *binding->values);
    binding->seed = copied(arena, from->seed, shape_count(&graph->nodes[graph->output].shape));
    if (!binding->values || !binding->seed)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < graph->count; i++) {
        if (!from->values[i])
            continue;
        binding->values[i] = copied(arena, from->values[i], shape_count(&graph->nodes[i].shape));
        if (!binding->values[i])
            return GCK_NO_MEMORY;
    }
    return GCK_OK;
}
