/* What goes into a graph: inputs, the parameters among them, the seed, the dtypes. */
#include <string.h>

#include "case/reader.h"

static void input_read(struct reader *reader, const struct item *key, const struct item *value)
{
    struct place place = item_place(key, &reader->source);
    struct tensor tensor;
    const char *text = key->text;
    if (!name_check(reader, place, text) || names_find(&reader->names, text))
        return; /* a duplicate key has been reported */
    bool right = tensor_read(&tensor, reader, value, text, NUMBER_INPUT, NULL);
    struct name *name = names_add(&reader->names, text, place);
    if (!name) {
        reader_no_memory(reader);
        return;
    }
    name->defined = true;
    if (!right)
        return;
    name->infinite = tensor.infinite;
    name->drawn = tensor.drawn;
    reader->errors->here = place;
    name->node = graph_input(reader->graph, text, tensor.kind, &tensor.shape, tensor.values, reader->errors);
}

void inputs_read(struct reader *reader, const struct item *item)
{
    for (const struct item *key = item->first; key && key->next && !reader_full(reader); key = key->next->next)
        if (key->type == ITEM_TEXT)
            input_read(reader, key, key->next);
    reader->inputs = reader->names.count;
    if (item->size == 0)
        reader_error(reader, item, "there are no inputs; give at least one to differentiate");
}

void dtypes_read(struct reader *reader, const struct item *item)
{
    const char *words[DTYPES];
    bool *dtypes = reader->file->dtypes;
    if (!item) {
        dtypes[FLOAT64] = dtypes[FLOAT32] = true;
        return;
    }
    for (int i = 0; i < DTYPES; i++)
        words[i] = dtype_formats[i].name;
    if (item->size == 0)
        reader_error(reader, item, "dtypes is empty; leave it out for [float64, float32]");
    for (const struct item *i = item->first; i && !reader_full(reader); i = i->next) {
        int word = -1;
        if (i->type == ITEM_TEXT)
            word = word_read(reader, i, words, DTYPES, "dtypes");
        else if (i->type != ITEM_BAD)
            reader_error(reader, i, "dtypes is a list of names such as [float64, float32]");
        if (word >= 0 && dtypes[word])
            reader_error(reader, i, "%s is listed twice", words[word]);
        if (word >= 0)
            dtypes[word] = true;
    }
    if (!dtypes[FLOAT64] && !dtypes[FLOAT32] && !dtypes[FLOAT16] && !dtypes[BFLOAT16])
        dtypes[FLOAT64] = true; /* so that numbers that no dtype holds are still found */
}

/* Marks the parameter; adds an error when it cannot be one. */
static void parameter_check(struct reader *reader, const struct item *item, const struct name *name,
                            bool *marked)
{
    if (name->node == NO_NODE)
        return;
    const struct node *node = &reader->graph->nodes[name->node];
    if (node->op || node->literal)
        reader_error(reader, item, "wrt: %s is not an input; gradients are checked with respect to inputs",
                     name->text);
    else if (node->kind != KIND_FLOAT)
        reader_error(reader, item, "wrt: %s holds %s and has no gradient", name->text,
                     node->kind == KIND_INTEGER ? "integers" : "bools");
    else if (name->infinite.line)
        reader_error_at(reader, name->infinite,
                        "an infinity in %s, which is in wrt (line %u): make it finite, or take %s out of wrt",
                        name->text, item->line, name->text);
    else if (marked[name->node])
        reader_error(reader, item, "wrt: %s is listed twice", name->text);
    else
        marked[name->node] = true;
}

static void wrt_listed(struct reader *reader, const struct item *item, bool *marked, size_t *wrt, size_t *count)
{
    if (item->size == 0)
        reader_error(reader, item, "wrt is empty; name at least one input, or leave it out for all of them");
    for (const struct item *i = item->first; i && !reader_full(reader); i = i->next) {
        if (i->type != ITEM_TEXT) {
            if (i->type != ITEM_BAD)
                reader_error(reader, i, "wrt is a list of names such as [x, W]");
            continue;
        }
        const struct name *name = names_find(&reader->names, i->text);
        if (!name || !name->defined) {
            reader_node(reader, i, i->text, "wrt");
            continue;
        }
        size_t before = reader->errors->count;
        parameter_check(reader, i, name, marked);
        if (name->node != NO_NODE && reader->errors->count == before)
            wrt[(*count)++] = (size_t)name->node;
    }
}

static void wrt_default(struct reader *reader, const struct item *root, size_t *wrt, size_t *count)
{
    bool poisoned = false;
    for (size_t i = 0; i < reader->inputs && !reader_full(reader); i++) {
        const struct name *name = &reader->names.list[i];
        poisoned = poisoned || name->node == NO_NODE;
        if (name->node == NO_NODE || reader->graph->nodes[name->node].kind != KIND_FLOAT)
            continue;
        if (name->infinite.line) {
            reader_error_at(
                reader, name->infinite,
                "an infinity in %s, which is differentiated: make it finite, or list the other inputs in "
                "`wrt`",
                name->text);
            poisoned = true;
            continue;
        }
        wrt[(*count)++] = (size_t)name->node;
    }
    if (*count == 0 && !poisoned && reader->inputs)
        reader_error(reader, root, "no input holds floats: there is nothing to differentiate");
}

void wrt_read(struct reader *reader, const struct item *item, const struct item *root)
{
    size_t count = 0, room = reader->graph->count + (item ? item->size : 0) + 1;
    size_t *wrt = arena_alloc(reader->arena, room, sizeof *wrt);
    bool *marked = arena_alloc(&reader->scratch, reader->graph->count + 1, sizeof *marked);
    if (!wrt || !marked) {
        reader_no_memory(reader);
        return;
    }
    size_t before = reader->errors->count;
    if (item)
        wrt_listed(reader, item, marked, wrt, &count);
    else
        wrt_default(reader, root, wrt, &count);
    reader->wrt_right = reader->errors->count == before;
    reader->graph->wrt = wrt;
    reader->graph->wrt_count = count;
}

void seed_read(struct reader *reader, const struct item *item, const struct item *output)
{
    char want[SHAPE_TEXT], have[SHAPE_TEXT];
    const struct node *node = reader->output == NO_NODE ? NULL : &reader->graph->nodes[reader->output];
    struct tensor seed;
    if (!item) {
        if (node && shape_count(&node->shape) != 1)
            reader_error(
                reader, output,
                "the output %s has shape %s: it needs a `seed`, the upstream gradient of that shape, such as "
                "seed: {fill: uniform, low: -1, high: 1, seed: 1}",
                node->name, shape_text(want, &node->shape));
        return;
    }
    if (!node || !tensor_read(&seed, reader, item, "seed", NUMBER_FINITE, &node->shape))
        return;
    if (seed.kind != KIND_FLOAT)
        reader_error(reader, item, "the seed is a gradient: it has no dtype");
    else if (!shape_equal(&seed.shape, &node->shape))
        reader_error(reader, item, "seed has shape %s; the output %s has shape %s",
                     shape_text(have, &seed.shape), node->name, shape_text(want, &node->shape));
    else if (seed.infinite.line)
        reader_error_at(reader, seed.infinite, "an infinity in the seed; a finite number is needed here");
    else
        reader->graph->seed = seed.values;
}
