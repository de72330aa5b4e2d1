/* Two cases side by side: inputs, rows as trees of ops, and what is asked of them. */
#include "api/alike.h"

#include <stdlib.h>
#include <string.h>

static double number_at(const struct values *values, size_t i)
{
    if (values->texts)
        return strtod(values->texts[i], NULL);
    return values->doubles ? values->doubles[i] : values->integers ? (double)values->integers[i] : 1;
}

static bool same_values(const struct values *a, const struct values *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (number_at(a, i) != number_at(b, i))
            return false;
    return true;
}

/* An input or a row, as against a step or a number inside a row. */
static bool is_named(const struct node *node)
{
    return !node->literal && !node->inner;
}

/* What the row computes: the formula where a derivative is claimed for it. */
static const struct node *formula_of(const struct graph *graph, const struct node *node)
{
    bool claimed = node->op && strcmp(node->op->name, "expr") == 0;
    return claimed ? &graph->nodes[node->inputs[0]] : node;
}

static bool same_attribute(const struct attribute *a, const struct attribute *b)
{
    if (a->integer != b->integer || a->count != b->count || !a->text != !b->text)
        return false;
    if (a->text && strcmp(a->text, b->text) != 0)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->list[i] != b->list[i])
            return false;
    return true;
}

static bool same_op(const struct graph *g, const struct node *a, const struct graph *h, const struct node *b);

static bool same_argument(const struct graph *g, const struct node *a, const struct graph *h,
                          const struct node *b)
{
    if (is_named(a) != is_named(b) || a->literal != b->literal)
        return false;
    if (is_named(a))
        return strcmp(a->name, b->name) == 0;
    return a->literal ? same_values(&a->values, &b->values, 1) : same_op(g, a, h, b);
}

/* Goes no deeper than the smaller of both formulas. */
static bool same_op(const struct graph *g, const struct node *a, const struct graph *h, const struct node *b)
{
    if (a->op != b->op || a->arity != b->arity)
        return false;
    for (int k = 0; k < MOST_ATTRIBUTES; k++)
        if (!same_attribute(&a->attributes[k], &b->attributes[k]))
            return false;
    for (size_t i = 0; i < a->arity; i++)
        if (!same_argument(g, &g->nodes[a->inputs[i]], h, &h->nodes[b->inputs[i]]))
            return false;
    return true;
}

static bool has_claim(const struct node *node)
{
    return node->op && strcmp(node->op->name, "expr") == 0 && node->arity > 1;
}

static enum alike compare_input(const struct node *given, const struct node *original)
{
    if (!given || given->op)
        return ALIKE_INPUT_MISSING;
    size_t count = shape_count(&original->shape);
    bool same = given->kind == original->kind && shape_equal(&given->shape, &original->shape) &&
                same_values(&given->values, &original->values, count);
    return same ? ALIKE : ALIKE_INPUT_CHANGED;
}

static enum alike compare_row(const struct graph *g, const struct node *given, const struct graph *h,
                              const struct node *original)
{
    if (!given || !given->op)
        return ALIKE_ROW_MISSING;
    const struct node *mine = formula_of(g, given), *its = formula_of(h, original);
    if (!same_op(g, mine, h, its))
        return ALIKE_ROW_CHANGED;
    return has_claim(original) && !has_claim(given) ? ALIKE_CLAIM_MISSING : ALIKE;
}

static bool same_parameters(const struct graph *g, const struct graph *h)
{
    size_t found = 0;
    for (size_t i = 0; i < h->wrt_count; i++)
        for (size_t j = 0; j < g->wrt_count; j++)
            found += strcmp(g->nodes[g->wrt[j]].name, h->nodes[h->wrt[i]].name) == 0;
    return found == h->wrt_count && found == g->wrt_count;
}

struct alike_difference case_compare(const struct case_file *given, const struct case_file *original)
{
    const struct graph *g = &given->graph, *h = &original->graph;
    for (size_t i = 0; i < h->count; i++) {
        const struct node *node = &h->nodes[i];
        long at = is_named(node) ? graph_find(g, node->name) : NO_NODE;
        const struct node *mine = at == NO_NODE ? NULL : &g->nodes[at];
        if (!is_named(node))
            continue;
        enum alike kind = node->op ? compare_row(g, mine, h, node) : compare_input(mine, node);
        if (kind)
            return (struct alike_difference){kind, node->name, mine ? mine->place.line : 0, node->place.line};
    }
    for (size_t i = 0; i < g->count; i++) {
        const struct node *node = &g->nodes[i];
        if (is_named(node) && !node->op && graph_find(h, node->name) == NO_NODE)
            return (struct alike_difference){ALIKE_INPUT_ADDED, node->name, node->place.line, 0};
    }
    const struct node *output = &h->nodes[h->output];
    if (strcmp(g->nodes[g->output].name, output->name) != 0)
        return (struct alike_difference){ALIKE_OUTPUT, output->name, 0, output->place.line};
    if (!same_values(&g->seed, &h->seed, shape_count(&output->shape)))
        return (struct alike_difference){ALIKE_SEED, output->name, 0, 0};
    return (struct alike_difference){same_parameters(g, h) ? ALIKE : ALIKE_WRT, NULL, 0, 0};
}
