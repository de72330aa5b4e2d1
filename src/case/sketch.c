/* Sketches: building their graphs, and writing them as case files. */
#include "case/sketch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/evaluation.h"

double *sketch_numbers(struct arena *arena, size_t n)
{
    return arena_alloc(arena, n, sizeof(double));
}

/* Splits "a=1; b=[2, 3]" into *count attributes; false when memory fails. */
static bool split(struct attribute_text *attributes, size_t *count, const char *text, struct arena *arena)
{
    char *copy = arena_text(arena, text, strlen(text)), *rest = copy;
    *count = 0;
    for (char *one; *count < MOST_ATTRIBUTES && (one = strsep(&rest, ";")) != NULL; (*count)++) {
        one += strspn(one, " ");
        char *value = strchr(one, '=');
        if (!value)
            break;
        *value = '\0';
        attributes[*count] = (struct attribute_text){.name = one, .value = value + 1};
    }
    return copy != NULL;
}

static long add_node(struct graph *graph, const struct sketch_node *node, struct arena *arena,
                     struct errors *errors)
{
    struct attribute_text attributes[MOST_ATTRIBUTES];
    size_t count;
    struct values values = {.doubles = node->numbers, .integers = node->integers};
    if (!node->op)
        return graph_input(graph, NULL, node->integers ? KIND_INTEGER : KIND_FLOAT, &node->shape, values,
                           errors);
    if (!split(attributes, &count, node->attributes, arena))
        return errors_add(errors, GCK_NO_MEMORY, "out of memory"), NO_NODE;
    return graph_apply(graph, NULL, node->op, node->inputs, node->arity, attributes, count, errors);
}

gck_status sketch_graph(struct graph *graph, struct sketch *sketch, struct arena *arena)
{
    struct errors errors = {0};
    *graph = (struct graph){.arena = arena, .output = sketch->output};
    for (size_t i = 0; i < sketch->count && !errors.count; i++)
        if (add_node(graph, &sketch->nodes[i], arena, &errors) != NO_NODE)
            sketch->nodes[i].shape = graph->nodes[i].shape;
    graph->seed = (struct values){.doubles = sketch->seed};
    gck_status status = errors.first   ? errors.first->status
                        : errors.count ? GCK_NO_MEMORY /* for the error itself */
                                       : GCK_OK;
    errors_free(&errors);
    return status;
}

/* Both sweeps, with a seed of ones. */
static gck_status evaluate(m_evaluation **e, const struct graph *graph, const m_context *context,
                           struct arena *arena)
{
    struct graph seeded = *graph;
    struct binding binding;
    struct errors errors = {0};
    size_t n = shape_count(&graph->nodes[graph->output].shape);
    double *ones = sketch_numbers(arena, n);
    for (size_t i = 0; i < n && ones; i++)
        ones[i] = 1;
    seeded.seed = (struct values){.doubles = ones};
    gck_status status = ones ? binding_new(&binding, arena, &seeded, FLOAT64, &errors) : GCK_NO_MEMORY;
    errors_free(&errors);
    if (!status)
        status = m_evaluation_new(e, graph, context);
    if (status)
        return status;
    m_evaluation_bind(*e, &binding);
    m_evaluation_forward(*e);
    return m_evaluation_backward(*e, NULL);
}

/* Whether two evaluations of a tensor agree to a 64th of its largest element. */
static bool close(const m_element *a, const m_element *b, size_t n)
{
    double largest = 0, apart = 0;
    for (size_t k = 0; k < n; k++) {
        if (!m_is_finite(a + k) || !m_is_finite(b + k))
            return false;
        largest = fmax(largest, fabs(m_to_double(a + k)));
        apart = fmax(apart, fabs(m_to_double(a + k) - m_to_double(b + k)));
    }
    return apart <= largest / 64;
}

static gck_status compare(double **values, bool *sound, const m_evaluation *e, const m_evaluation *narrow,
                          const struct graph *graph, struct arena *arena)
{
    for (size_t i = 0; i < graph->count; i++) {
        const m_element *x = m_evaluation_value(e, i), *g = m_evaluation_gradient(e, i);
        size_t n = shape_count(&graph->nodes[i].shape);
        if (!x)
            continue;
        values[i] = sketch_numbers(arena, n);
        if (!values[i])
            return GCK_NO_MEMORY;
        for (size_t k = 0; k < n; k++)
            values[i][k] = m_to_double(x + k);
        *sound = *sound && close(x, m_evaluation_value(narrow, i), n) &&
                 (!g || close(g, m_evaluation_gradient(narrow, i), n));
    }
    return GCK_OK;
}

gck_status sketch_values(double ***values, bool *sound, const struct graph *graph, struct arena *arena)
{
    m_evaluation *e = NULL, *narrow = NULL;
    m_context wide = m_context_wide(64, FLOAT64), less = m_context_dtype(FLOAT32);
    *values = arena_alloc(arena, graph->count, sizeof **values);
    *sound = true;
    gck_status status = *values ? evaluate(&e, graph, &wide, arena) : GCK_NO_MEMORY;
    if (!status)
        status = evaluate(&narrow, graph, &less, arena);
    if (!status)
        status = compare(*values, sound, e, narrow, graph, arena);
    m_evaluation_free(e);
    m_evaluation_free(narrow);
    return status;
}

void sketch_prune(struct sketch *sketch)
{
    bool used[SKETCH_MOST] = {false};
    size_t place[SKETCH_MOST], count = 0;
    used[sketch->output] = true;
    for (size_t i = sketch->output + 1; i-- > 0;)
        for (size_t k = 0; used[i] && k < sketch->nodes[i].arity; k++)
            used[sketch->nodes[i].inputs[k]] = true;
    for (size_t i = 0; i < sketch->count; i++) {
        if (!used[i])
            continue;
        struct sketch_node node = sketch->nodes[i];
        for (size_t k = 0; k < node.arity; k++)
            node.inputs[k] = place[node.inputs[k]];
        place[i] = count;
        sketch->nodes[count++] = node;
    }
    sketch->output = place[sketch->output];
    sketch->count = count;
}

size_t sketch_ops(const struct sketch *sketch)
{
    size_t count = 0;
    for (size_t i = 0; i < sketch->count; i++)
        count += sketch->nodes[i].op != NULL;
    return count;
}

/* ---- the case file ---- */

static void add_name(struct text *text, const struct sketch *sketch, size_t i)
{
    if (i == sketch->output)
        text_add(text, "y");
    else
        text_add(text, "%s%zu", sketch->nodes[i].op ? "h" : sketch->nodes[i].integers ? "i" : "x", i);
}

/* As few digits as give the same double again. */
static void add_number(struct text *text, double x)
{
    char digits[40];
    for (int n = 1; n <= 17; n++) {
        snprintf(digits, sizeof digits, "%.*g", n, x);
        if (strtod(digits, NULL) == x)
            break;
    }
    text_add(text, "%s", digits);
}

/* Nested lists from `axis` on; returns how many elements were written. */
static size_t add_tensor(struct text *text, const struct shape *shape, int axis, const double *numbers,
                         const int64_t *integers, size_t at)
{
    size_t written = 0;
    if (axis == shape->rank) {
        if (integers)
            text_add(text, "%lld", (long long)integers[at]);
        else
            add_number(text, numbers[at]);
        return 1;
    }
    text_add(text, "[");
    for (size_t i = 0; i < shape->dim[axis]; i++) {
        text_add(text, "%s", i ? ", " : "");
        written += add_tensor(text, shape, axis + 1, numbers, integers, at + written);
    }
    text_add(text, "]");
    return written;
}

static void add_input(struct text *text, const struct sketch *sketch, size_t i)
{
    const struct sketch_node *node = &sketch->nodes[i];
    text_add(text, "  ");
    add_name(text, sketch, i);
    text_add(text, node->integers ? ": {dtype: int64, data: " : ": ");
    add_tensor(text, &node->shape, 0, node->numbers, node->integers, 0);
    text_add(text, node->integers ? "}\n" : "\n");
}

static void add_row(struct text *text, const struct sketch *sketch, size_t i)
{
    const struct sketch_node *node = &sketch->nodes[i];
    text_add(text, "  - ");
    add_name(text, sketch, i);
    text_add(text, " = %s(", node->op->name);
    for (size_t k = 0; k < node->arity; k++) {
        text_add(text, "%s", k ? ", " : "");
        add_name(text, sketch, node->inputs[k]);
    }
    for (const char *at = node->attributes; *at;) {
        at += strspn(at, " ");
        size_t size = strcspn(at, ";");
        text_add(text, "%s%.*s", size ? ", " : "", (int)size, at);
        at += size + (at[size] == ';');
    }
    text_add(text, ")\n");
}

void sketch_write(struct text *text, const struct sketch *sketch, const char *id, const char *title,
                  const char *why)
{
    const struct shape *shape = &sketch->nodes[sketch->output].shape;
    text_add(text, "gradcheck: 1\nid: %s\ntitle: %s\ntags: [fuzz]\nwhy: %s\ninputs:\n", id, title, why);
    for (size_t i = 0; i < sketch->count; i++)
        if (!sketch->nodes[i].op)
            add_input(text, sketch, i);
    text_add(text, "graph:\n");
    for (size_t i = 0; i < sketch->count; i++)
        if (sketch->nodes[i].op)
            add_row(text, sketch, i);
    text_add(text, "output: y\n");
    if (shape->rank || sketch->seed[0] != 1) {
        text_add(text, "seed: ");
        add_tensor(text, shape, 0, sketch->seed, NULL, 0);
        text_add(text, "\n");
    }
}
