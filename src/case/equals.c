/* A second graph in the file that must have the same value and the same gradients. */
#include <string.h>

#include "case/reader.h"

/* Copies of the case's inputs, under the same names and indices. */
static bool inputs_copy(struct reader *second, const struct reader *first)
{
    struct arena *arena = first->arena;
    struct graph *graph = arena_alloc(arena, 1, sizeof *graph);
    if (!graph || names_copy(&second->names, &first->names, first->inputs))
        return false;
    graph->arena = arena;
    second->graph = graph;
    for (size_t i = 0; i < first->inputs; i++) {
        const struct name *name = &first->names.list[i];
        if (name->node == NO_NODE)
            continue;
        const struct node *node = &first->graph->nodes[name->node];
        second->errors->here = node->place;
        if (graph_input(graph, node->name, node->kind, &node->shape, node->values, second->errors) !=
            name->node)
            return false;
        second->names.list[i].used = true; /* the second graph need not use them all */
    }
    return true;
}

/* The second graph takes the first one's place in the reader, then they change back. */
void equals_read(struct reader *reader, const struct item *item)
{
    static const struct field_spec specs[] = {
        {"graph", AS_LIST | AS_TEXT, true, "a list of rows such as `y = add(a, b)`"},
        {"output", AS_TEXT, true, "the node that must equal the output of the case"},
    };
    char one[SHAPE_TEXT], other[SHAPE_TEXT];
    const struct item *f[2];
    if (!fields_read(f, reader, specs, 2, item, "equals"))
        return;
    struct reader first = *reader;
    struct graph *main = reader->graph;
    reader->names = (struct names){0};
    if (!inputs_copy(reader, &first))
        reader_no_memory(reader);
    else
        graph_read(reader, f[0], f[1]);
    struct graph *graph = reader->graph;
    long output = reader->output;
    names_free(&reader->names);
    reader->names = first.names;
    reader->graph = main;
    reader->output = first.output;
    if (reader->no_memory || output == NO_NODE || first.output == NO_NODE)
        return;
    const struct node *mine = &main->nodes[first.output], *its = &graph->nodes[output];
    if (!shape_equal(&mine->shape, &its->shape))
        reader_error(reader, f[1], "equals: %s has shape %s, the output %s of the case has %s", its->name,
                     shape_text(other, &its->shape), mine->name, shape_text(one, &mine->shape));
    graph->seed = main->seed;
    graph->wrt = main->wrt;
    graph->wrt_count = main->wrt_count;
    reader->file->equals_graph = graph;
}
