/* Evaluations: forward and reverse sweeps; compiled once per scalar. */
#include "graph/evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "real/real.h"

/* What has changed in a node since the last forward: nothing, one element, or anything. */
enum change { CHANGE_NONE, CHANGE_ONE, CHANGE_ANY };

struct R(evaluation) {
    struct arena arena;
    const struct graph *graph;
    R(context) context;
    R(element) * *value, **gradient; /* per node; gradients are made by the first backward */
    const bool *live;                /* nodes that gradients of the output reach; made with the gradients */
    bool *own;                       /* nodes with a value of their own */
    const bool *held;                /* of these, the ones that keep what they are given; NULL: inputs only */
    const R(evaluation) * base;      /* of a varied evaluation */
    enum change *changes;            /* of a varied evaluation: room for forward_touched */
    size_t *touched;                 /* the one element changed, a node */
    R(element) * seed;               /* base's, in a varied evaluation */
    R(element) * scratch;
    size_t *places;
    /* room for one call's argument lists */
    const struct shape **shapes;
    const R(element) * *x;
    const int64_t **integers;
    R(element) * *dx;
};

static gck_status R(reserve)(R(evaluation) * e)
{
    const struct graph *graph = e->graph;
    size_t scratch = 0, places = 0, arity = 1;
    for (size_t i = 0; i < graph->count; i++) {
        scratch = graph->nodes[i].scratch > scratch ? graph->nodes[i].scratch : scratch;
        places = graph->nodes[i].places > places ? graph->nodes[i].places : places;
        arity = graph->nodes[i].arity > arity ? graph->nodes[i].arity : arity;
    }
    e->value = arena_alloc(&e->arena, graph->count, sizeof *e->value);
    e->own = arena_alloc(&e->arena, graph->count, sizeof *e->own);
    e->scratch = R(elements)(&e->arena, scratch, &e->context);
    e->places = arena_alloc(&e->arena, places, sizeof *e->places);
    e->shapes = arena_alloc(&e->arena, arity, sizeof *e->shapes);
    e->x = arena_alloc(&e->arena, arity, sizeof *e->x);
    e->integers = arena_alloc(&e->arena, arity, sizeof *e->integers);
    e->dx = arena_alloc(&e->arena, arity, sizeof *e->dx);
    bool all = e->value && e->own && e->scratch && e->places && e->shapes && e->x && e->integers && e->dx;
    return all ? GCK_OK : GCK_NO_MEMORY;
}

static gck_status R(start)(R(evaluation) * *e, const struct graph *graph, const R(context) * context)
{
    *e = calloc(1, sizeof **e);
    if (!*e)
        return GCK_NO_MEMORY;
    (*e)->graph = graph;
    (*e)->context = *context;
    gck_status status = R(reserve)(*e);
    if (status) {
        R(evaluation_free)(*e);
        *e = NULL;
    }
    return status;
}

/* Gives node i a value of its own. */
static bool R(take)(R(evaluation) * e, size_t i)
{
    const struct node *node = &e->graph->nodes[i];
    if (node->kind != KIND_FLOAT)
        return true;
    e->own[i] = true;
    e->value[i] = R(elements)(&e->arena, shape_count(&node->shape), &e->context);
    return e->value[i] != NULL;
}

gck_status R(evaluation_new)(R(evaluation) * *e, const struct graph *graph, const R(context) * context)
{
    gck_status status = R(start)(e, graph, context);
    if (status)
        return status;
    (*e)->seed = R(elements)(&(*e)->arena, shape_count(&graph->nodes[graph->output].shape), context);
    bool made = (*e)->seed != NULL;
    for (size_t i = 0; made && i < graph->count; i++)
        made = R(take)(*e, i);
    if (made)
        return GCK_OK;
    R(evaluation_free)(*e);
    *e = NULL;
    return GCK_NO_MEMORY;
}

/* Starts node i of a varied evaluation: a copy of base's value where it is changed, room where it is
 * computed again, base's own otherwise. */
static bool R(vary_node)(R(evaluation) * e, const R(evaluation) * base, size_t i)
{
    bool own = e->own[i];
    e->own[i] = false;
    e->value[i] = base->value[i];
    if (!own)
        return true;
    if (!R(take)(e, i))
        return false;
    size_t n = e->held[i] ? shape_count(&e->graph->nodes[i].shape) : 0;
    for (size_t k = 0; k < n; k++)
        R(set)(e->value[i] + k, base->value[i] + k, &e->context);
    return true;
}

gck_status R(evaluation_vary)(R(evaluation) * *e, const R(evaluation) * base, const bool *changes)
{
    gck_status status = R(start)(e, base->graph, &base->context);
    if (status)
        return status;
    const struct graph *graph = base->graph;
    (*e)->base = base;
    (*e)->seed = base->seed;
    (*e)->context.decisions = NULL;
    bool *held = arena_alloc(&(*e)->arena, graph->count, sizeof *held);
    (*e)->changes = arena_alloc(&(*e)->arena, graph->count, sizeof *(*e)->changes);
    (*e)->touched = arena_alloc(&(*e)->arena, graph->count, sizeof *(*e)->touched);
    bool made = held && (*e)->changes && (*e)->touched;
    if (made) {
        memcpy(held, changes, graph->count * sizeof *held);
        (*e)->held = held;
        graph_depends((*e)->own, graph, held);
    }
    for (size_t i = 0; made && i < graph->count; i++)
        made = R(vary_node)(*e, base, i);
    if (!made) {
        R(evaluation_free)(*e);
        *e = NULL;
        return GCK_NO_MEMORY;
    }
    return GCK_OK;
}

void R(evaluation_free)(R(evaluation) * e)
{
    if (!e)
        return;
    arena_free(&e->arena);
    free(e);
}

static void R(load)(R(element) * x, const double *bound, const struct values *values, size_t n, bool exact,
                    const R(context) * c)
{
    for (size_t i = 0; i < n; i++)
        if (exact && values->texts)
            R(set_text)(x + i, values->texts[i], c);
        else
            R(set_double)(x + i, bound[i], c);
}

void R(evaluation_bind)(R(evaluation) * e, const struct binding *binding)
{
    const struct graph *graph = e->graph;
    for (size_t i = 0; i < graph->count; i++) {
        const struct node *node = &graph->nodes[i];
        if (!node->op && e->own[i])
            R(load)
        (e->value[i], binding->values[i], &node->values, shape_count(&node->shape), binding->exact,
         &e->context);
    }
    R(load)
    (e->seed, binding->seed, &graph->seed, shape_count(&graph->nodes[graph->output].shape), binding->exact,
     &e->context);
}

/* The call of node i; its argument lists are valid until the next one. */
static R(call) R(prepare)(R(evaluation) * e, size_t i)
{
    const struct node *node = &e->graph->nodes[i];
    for (size_t k = 0; k < node->arity; k++) {
        size_t input = node->inputs[k];
        e->shapes[k] = &e->graph->nodes[input].shape;
        e->x[k] = e->value[input];
        e->integers[k] = e->graph->nodes[input].values.integers;
        e->dx[k] = e->gradient ? e->gradient[input] : NULL;
    }
    return (R(call)){.node = node,
                     .shapes = e->shapes,
                     .x = e->x,
                     .integers = e->integers,
                     .y = e->value[i],
                     .dy = e->gradient ? e->gradient[i] : NULL,
                     .dx = e->dx,
                     .scratch = e->scratch,
                     .places = e->places};
}

#if defined REAL_DOUBLE
#define FORWARD d_forward
#define BACKWARD d_backward
#define TOUCH d_touch
#elif defined REAL_REORDERED
#define FORWARD r_forward
#define BACKWARD r_backward
#define TOUCH r_touch
#else
#define FORWARD m_forward
#define BACKWARD m_backward
#define TOUCH m_touch
#endif

void R(evaluation_forward)(R(evaluation) * e)
{
    for (size_t i = 0; i < e->graph->count; i++) {
        const struct op *op = e->graph->nodes[i].op;
        if (!op || !e->own[i] || (e->held && e->held[i]))
            continue;
        R(call) call = R(prepare)(e, i);
        op->FORWARD(&call, &e->context);
    }
}

/* Whether node i depends on the one changed argument element alone, at position *argument. */
static bool R(touched_once)(const struct node *node, const enum change *changes, size_t *argument)
{
    size_t changed = 0;
    for (size_t k = 0; k < node->arity; k++) {
        if (changes[node->inputs[k]] == CHANGE_NONE)
            continue;
        changed++;
        *argument = k;
    }
    return changed == 1 && changes[node->inputs[*argument]] == CHANGE_ONE;
}

/* Computes element `index` of a pointwise op alone: the same op on scalars. False when the changed argument is
 * broadcast. */
static bool R(touch_pointwise)(R(call) * call, size_t argument, size_t index, const R(context) * c)
{
    static const struct shape scalar = {0};
    struct node one = *call->node;
    size_t count = shape_count(&one.shape);
    if (shape_count(call->shapes[argument]) != count)
        return false;
    for (size_t k = 0; k < one.arity; k++)
        if (!call->x[k] || !(shape_equal(call->shapes[k], &one.shape) || shape_count(call->shapes[k]) == 1))
            return false;
    const R(element) **x = (const R(element) **)(uintptr_t)call->x;
    const struct shape **shapes = (const struct shape **)(uintptr_t)call->shapes;
    for (size_t k = 0; k < one.arity; k++) {
        x[k] += shape_count(shapes[k]) == count ? index : 0;
        shapes[k] = &scalar;
    }
    one.shape = scalar;
    call->node = &one;
    call->y += index;
    one.op->FORWARD(call, c);
    return true;
}

/* Brings node i up to date; returns what changed in it. */
static enum change R(touch)(R(evaluation) * e, size_t i, const enum change *changes, size_t *index)
{
    const struct node *node = &e->graph->nodes[i];
    size_t argument = 0, element;
    bool once = R(touched_once)(node, changes, &argument);
    R(call) call = R(prepare)(e, i);
    element = index[node->inputs[argument]];
    if (once && node->op->pointwise && R(touch_pointwise)(&call, argument, element, &e->context)) {
        index[i] = element;
        return CHANGE_ONE;
    }
    call = R(prepare)(e, i);
    if (once && node->op->TOUCH)
        node->op->TOUCH(&call, argument, element, &e->context);
    else
        node->op->FORWARD(&call, &e->context);
    return CHANGE_ANY;
}

void R(evaluation_forward_touched)(R(evaluation) * e, size_t node, size_t index)
{
    memset(e->changes, 0, e->graph->count * sizeof *e->changes);
    e->changes[node] = CHANGE_ONE;
    e->touched[node] = index;
    for (size_t i = node + 1; i < e->graph->count; i++)
        if (e->graph->nodes[i].op && e->own[i] && !e->held[i])
            e->changes[i] = R(touch)(e, i, e->changes, e->touched);
}

void R(evaluation_restore)(R(evaluation) * e)
{
    for (size_t i = 0; i < e->graph->count; i++) {
        size_t from = 0, to = shape_count(&e->graph->nodes[i].shape);
        if (e->changes[i] == CHANGE_NONE)
            continue;
        if (e->changes[i] == CHANGE_ONE) {
            from = e->touched[i];
            to = from + 1;
        }
        for (size_t k = from; k < to; k++)
            R(set)(e->value[i] + k, e->base->value[i] + k, &e->context);
        e->changes[i] = CHANGE_NONE;
    }
}

/* Makes gradients for every node that depends on a float input which is not a literal. */
static gck_status R(gradients_new)(R(evaluation) * e)
{
    const struct graph *graph = e->graph;
    R(element) **gradient = arena_alloc(&e->arena, graph->count, sizeof *gradient);
    bool *live = arena_alloc(&e->arena, graph->count, sizeof *live);
    bool *wanted = arena_alloc(&e->arena, graph->count, sizeof *wanted);
    if (!gradient || !live || !wanted)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < graph->count; i++) {
        const struct node *node = &graph->nodes[i];
        wanted[i] = !node->op && node->kind == KIND_FLOAT && !node->literal;
    }
    graph_depends(wanted, graph, wanted);
    graph_live(live, graph,
               e->context.claims); /* a sweep leaves the others alone, lest 0 times infinity is NaN */
    for (size_t i = 0; i < graph->count; i++) {
        const struct node *node = &graph->nodes[i];
        if (!wanted[i] || node->kind != KIND_FLOAT)
            continue;
        gradient[i] = R(elements)(&e->arena, shape_count(&node->shape), &e->context);
        if (!gradient[i])
            return GCK_NO_MEMORY;
    }
    e->live = live;
    e->gradient = gradient;
    return GCK_OK;
}

gck_status R(evaluation_backward)(R(evaluation) * e, const R(element) * seed)
{
    gck_status status = e->gradient ? GCK_OK : R(gradients_new)(e);
    if (status)
        return status;
    const struct graph *graph = e->graph;
    size_t n = shape_count(&graph->nodes[graph->output].shape);
    if (!seed)
        seed = e->seed;
    for (size_t i = 0; i < graph->count; i++) /* inner gradients are of this sweep alone */
        if (graph->nodes[i].op && e->gradient[i])
            R(zero)(e->gradient[i], shape_count(&graph->nodes[i].shape));
    R(element) *dy = e->gradient[graph->output];
    for (size_t i = 0; dy && i < n; i++)
        R(add)(dy + i, dy + i, seed + i, &e->context);
    for (size_t i = graph->output + 1; i-- > 0;) {
        const struct op *op = graph->nodes[i].op;
        if (!op || !e->gradient[i] || !e->live[i])
            continue;
        R(call) call = R(prepare)(e, i);
        op->BACKWARD(&call, &e->context);
    }
    return GCK_OK;
}

void R(evaluation_clear)(R(evaluation) * e)
{
    for (size_t i = 0; e->gradient && i < e->graph->count; i++)
        if (e->gradient[i])
            R(zero)(e->gradient[i], shape_count(&e->graph->nodes[i].shape));
}

void R(evaluation_objective)(R(element) * r, const R(evaluation) * e)
{
    size_t output = e->graph->output;
    R(dot)(r, e->seed, 1, e->value[output], 1, shape_count(&e->graph->nodes[output].shape), &e->context);
}

R(element) * R(evaluation_value)(const R(evaluation) * e, size_t node)
{
    return e->value[node];
}

R(element) * R(evaluation_gradient)(const R(evaluation) * e, size_t node)
{
    return e->gradient ? e->gradient[node] : NULL;
}

R(context) * R(evaluation_context)(R(evaluation) * e)
{
    return &e->context;
}
