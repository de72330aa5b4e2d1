/* The bugs that a case wants planted: each a small graph that stands in place of one node's backward. */
#include <string.h>

#include "case/reader.h"

/* An input of the bug's graph: a stand-in for a node of the case, or for its upstream gradient. */
static size_t leaf_add(struct reader *reader, const struct item *item, const char *name,
                       const struct node *node, bool gradient)
{
    struct place place = item_place(item, &reader->source);
    struct values values = {.integers = gradient ? NULL : node->values.integers};
    enum kind kind = gradient ? KIND_FLOAT : node->kind;
    reader->errors->here = place;
    long leaf = graph_input(reader->graph, name, kind, &node->shape, values, reader->errors);
    if (leaf == NO_NODE)
        return 0;
    double *numbers = NULL;
    if (kind == KIND_FLOAT) /* only now: the graph has said that it is not too large */
        numbers = arena_alloc(reader->arena, shape_count(&node->shape), sizeof *numbers);
    struct name *entry = names_add(&reader->names, name, place);
    if (!entry || (kind == KIND_FLOAT && !numbers))
        return reader_no_memory(reader), 0;
    reader->graph->nodes[leaf].values.doubles = numbers;
    entry->defined = entry->used = true;
    entry->node = leaf;
    return (size_t)leaf;
}

/* "dx" for "x". */
static const char *gradient_name(struct reader *reader, const char *name)
{
    char *text = arena_alloc(reader->arena, strlen(name) + 2, 1);
    if (!text)
        return reader_no_memory(reader), "d";
    text[0] = 'd';
    strcpy(text + 1, name);
    return text;
}

/* The arguments, each name once; of a backward the value and the upstream gradient too. */
static void leaves_add(struct case_bug *bug, struct reader *reader, const struct item *item,
                       const struct graph *graph)
{
    const struct node *node = &graph->nodes[bug->node];
    for (size_t k = 0; k < node->arity; k++) {
        const struct node *argument = &graph->nodes[node->inputs[k]];
        const struct name *known = names_find(&reader->names, argument->name);
        bug->arguments[k] =
            known ? (size_t)known->node : leaf_add(reader, item, argument->name, argument, false);
    }
    if (bug->instead)
        return;
    const char *upstream = gradient_name(reader, node->name);
    if (names_find(&reader->names, upstream)) {
        reader_error(reader, item, "%s is an argument of %s: no name is left for its upstream gradient",
                     upstream, node->name);
        return;
    }
    bug->value = leaf_add(reader, item, node->name, node, false);
    bug->upstream = leaf_add(reader, item, upstream, node, true);
}

/* The row of that name; NO_NODE: there is none, or it has another shape, which is an error. */
static long row_find(struct reader *reader, const struct item *item, const char *name,
                     const struct shape *shape)
{
    char have[SHAPE_TEXT], want[SHAPE_TEXT];
    const struct name *row = names_find(&reader->names, name);
    if (!row || row->node == NO_NODE || !reader->graph->nodes[row->node].op)
        return NO_NODE;
    const struct node *node = &reader->graph->nodes[row->node];
    if (shape_equal(&node->shape, shape))
        return row->node;
    reader_error(reader, item, "%s has shape %s; %s is needed", name, shape_text(have, &node->shape),
                 shape_text(want, shape));
    return NO_NODE;
}

/* What the rows have to define. */
static void rows_check(struct case_bug *bug, struct reader *reader, const struct item *item,
                       const struct graph *graph)
{
    const struct node *node = &graph->nodes[bug->node];
    size_t before = reader->errors->count, seen = 0;
    bool any = false;
    for (size_t k = 0; k < node->arity; k++) {
        const struct node *argument = &graph->nodes[node->inputs[k]];
        bool again = bug->arguments[k] < seen; /* stand-ins are numbered as they appear first */
        seen += !again;
        bug->gradients[k] = NO_NODE;
        if (!bug->instead && !again && argument->kind == KIND_FLOAT)
            bug->gradients[k] = row_find(reader, item, gradient_name(reader, argument->name), &argument->shape);
        any |= bug->gradients[k] != NO_NODE;
    }
    long output = bug->instead ? row_find(reader, item, node->name, &node->shape) : NO_NODE;
    bug->graph->output = output == NO_NODE ? bug->graph->count - 1 : (size_t)output;
    if (reader->errors->count > before)
        return;
    if (bug->instead && output == NO_NODE)
        reader_error(reader, item, "instead: no row defines %s", node->name);
    if (!bug->instead && !any)
        reader_error(reader, item, "backward: no row defines the gradient of an argument of %s, such as d%s",
                     node->name, graph->nodes[node->inputs[0]].name);
}

/* What the graphs of all bugs hold: together no more than one graph may, or a few lines would ask for
 * gigabytes. */
struct size {
    size_t nodes, elements;
};

/* The bug's graph takes the case's place in the reader, then they change back. */
static void rows_read(struct case_bug *bug, struct reader *reader, const struct item *item, struct size *all)
{
    struct graph *graph = reader->graph;
    struct names names = reader->names;
    long output = reader->output;
    size_t arity = graph->nodes[bug->node].arity, before = reader->errors->count;
    bug->graph = arena_alloc(reader->arena, 1, sizeof *bug->graph);
    bug->arguments = arena_alloc(reader->arena, arity, sizeof *bug->arguments);
    bug->gradients = arena_alloc(reader->arena, arity, sizeof *bug->gradients);
    if (!bug->graph || !bug->arguments || !bug->gradients) {
        reader_no_memory(reader);
        return;
    }
    bug->graph->arena = reader->arena;
    bug->graph->elements = all->elements;
    reader->graph = bug->graph;
    reader->names = (struct names){0};
    leaves_add(bug, reader, item, graph);
    if (reader->errors->count == before)
        graph_read(reader, item, NULL);
    if (reader->errors->count == before)
        rows_check(bug, reader, item, graph);
    names_free(&reader->names);
    reader->names = names;
    reader->graph = graph;
    reader->output = output;
    all->nodes += bug->graph->count;
    all->elements = bug->graph->elements;
    if (all->nodes > MOST_NODES)
        reader_error(reader, item, "more than %d nodes in all bugs together", MOST_NODES);
}

static gck_verdict verdict_read(struct reader *reader, const struct item *item)
{
    const char *names[GCK_VERDICTS];
    for (int v = 0; v < GCK_VERDICTS; v++)
        names[v] = gck_verdict_name((gck_verdict)v);
    int word = item ? word_read(reader, item, names, GCK_VERDICTS, "verdict") : (int)GCK_VERDICT_WRONG;
    return word < 0 ? GCK_VERDICT_WRONG : (gck_verdict)word;
}

void bugs_read(struct reader *reader, const struct item *item)
{
    static const struct field_spec specs[] = {
        {"name", AS_TEXT, true, "a name for the bug, such as forgets-mask"},
        {"node", AS_TEXT, true, "the node whose backward has the bug"},
        {"backward", AS_TEXT | AS_LIST, false, "rows such as `dx = dy * x`"},
        {"instead", AS_TEXT | AS_LIST, false, "rows that define the node differently"},
        {"verdict", AS_TEXT, false, "the verdict that is due, such as wrong"},
    };
    struct case_bug *bugs = arena_alloc(reader->arena, item->size + 1, sizeof *bugs);
    if (!bugs) {
        reader_no_memory(reader);
        return;
    }
    reader->file->bugs = bugs;
    struct size all = {0};
    for (const struct item *i = item->first; i && !reader_full(reader) && all.nodes <= MOST_NODES;
         i = i->next) {
        const struct item *f[5];
        if (i->type != ITEM_MAP) {
            if (i->type != ITEM_BAD)
                reader_error(reader, i, "a bug is a map such as {name: no-mask, node: y, backward: dx = dy}");
            continue;
        }
        if (!fields_read(f, reader, specs, 5, i, "a bug"))
            continue;
        long node = reader_node(reader, f[1], f[1]->text, "bugs: node");
        if (!f[2] == !f[3])
            reader_error(reader, i, "a bug has either `backward` or `instead`");
        else if (node != NO_NODE && !reader->graph->nodes[node].op)
            reader_error(reader, f[1], "%s is an input, and has no backward", f[1]->text);
        else if (node != NO_NODE) {
            struct case_bug *bug = &bugs[reader->file->bug_count++];
            *bug = (struct case_bug){.name = f[0]->text,
                                     .node = (size_t)node,
                                     .instead = f[3] != NULL,
                                     .verdict = verdict_read(reader, f[4])};
            rows_read(bug, reader, f[2] ? f[2] : f[3], &all);
        }
    }
}
