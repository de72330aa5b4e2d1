/* From a formula's steps to nodes of the graph. */
#include <stdio.h>
#include <string.h>

#include "case/reader.h"
#include "ops/foreign.h"

bool name_check(struct reader *reader, struct place place, const char *text)
{
    static const char *const taken[] = {"true", "false", "inf", "nan"};
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    bool digit = *text >= '0' && *text <= '9';
    if (*text == '\0' || digit || text[length] != '\0') {
        reader_error_at(reader, place, "%s is not a name: letters, digits and _, no digit first", SHOW(text));
        return false;
    }
    if (length > MOST_NAME) {
        reader_error_at(reader, place, "a name of %zu characters; at most %d are allowed", length, MOST_NAME);
        return false;
    }
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(text, taken[i]) == 0) {
            reader_error_at(reader, place, "%s is a value and cannot name a node", text);
            return false;
        }
    return true;
}

static void unknown_name(struct reader *reader, struct place place, const char *text, const char *what)
{
    struct suggestion near = {.name = text};
    names_suggest(&near, &reader->names);
    if (near.best)
        reader_error_at(reader, place, "%s: no node has the name %s: did you mean %s?", what, SHOW(text),
                        near.best);
    else
        reader_error_at(reader, place, "%s: no node has the name %s", what, SHOW(text));
}

long reader_node(struct reader *reader, const struct item *item, const char *text, const char *what)
{
    struct name *name = names_find(&reader->names, text);
    if (!name || !name->defined)
        unknown_name(reader, item_place(item, &reader->source), text, what);
    return name && name->defined ? name->node : NO_NODE;
}

/* Reserves the next step's name, "f.2". */
static struct name *step_name(struct reader *reader, struct scope *scope, struct place place)
{
    char buffer[MOST_NAME + 32];
    int size = snprintf(buffer, sizeof buffer, "%s.%zu", scope->prefix, ++scope->steps);
    const char *text = arena_text(reader->arena, buffer, (size_t)size);
    struct name *name = text ? names_add(&reader->names, text, place) : NULL;
    if (!name) {
        reader_no_memory(reader);
        return NULL;
    }
    name->inner = name->defined = name->used = true;
    return name;
}

static long number_apply(struct reader *reader, struct scope *scope, const struct step *step)
{
    const struct shape scalar = {0};
    if (!number_check(reader, step->place, step->text, NUMBER_FINITE))
        return NO_NODE;
    const char **text = arena_alloc(reader->arena, 1, sizeof *text);
    struct name *name = step_name(reader, scope, step->place);
    if (!text || !name) {
        reader_no_memory(reader);
        return NO_NODE;
    }
    *text = step->text;
    reader->errors->here = step->place;
    long node = graph_input(reader->graph, name->text, KIND_FLOAT, &scalar, (struct values){.texts = text},
                            reader->errors);
    name->node = node;
    if (node != NO_NODE)
        reader->graph->nodes[node].literal = true;
    return node;
}

static long name_apply(struct reader *reader, const struct scope *scope, const struct step *step)
{
    if (scope->self && strcmp(step->text, scope->self) == 0)
        return scope->self_node;
    struct name *name = names_find(&reader->names, step->text);
    if (!name) {
        unknown_name(reader, step->place, step->text, "graph");
        return NO_NODE;
    }
    if (!name->defined) {
        if (name->place.line == step->place.line && strcmp(name->text, scope->prefix) == 0)
            reader_error_at(reader, step->place, "%s is used in its own definition: a graph has no cycles",
                            step->text);
        else
            reader_error_at(
                reader, step->place,
                "%s is used before it is defined on line %zu: rows are read from top to bottom, and a "
                "graph has no cycles",
                step->text, name->place.line);
    }
    name->used = true;
    return name->defined ? name->node : NO_NODE;
}

static const struct op *op_find(struct reader *reader, const struct step *step)
{
    const struct op *op = op_named(step->text);
    struct suggestion near = {.name = step->text};
    if (op)
        return op;
    if (strncmp(step->text, FOREIGN, strlen(FOREIGN)) == 0) {
        op = foreign_new(reader->arena, step->text);
        if (!op)
            reader_no_memory(reader);
        return op;
    }
    struct text here = {0};
    op_elsewhere(&here, step->text);
    for (size_t i = 0; i < op_count; i++)
        suggestion_offer(&near, op_table[i].name);
    if (names_find(&reader->names, step->text))
        reader_error_at(reader, step->place, "%s is a node, not an op: write a product as %s * (...)",
                        step->text, step->text);
    else if (here.size && !here.failed)
        reader_error_at(reader, step->place, "there is no op %s: here it is called %s", step->text, here.data);
    else if (near.best)
        reader_error_at(reader, step->place, "there is no op %s: did you mean %s?", step->text, near.best);
    else
        reader_error_at(reader, step->place, "there is no op %s; `gradcheck ops` lists them", step->text);
    text_free(&here);
    return NULL;
}

long scope_apply(struct reader *reader, struct scope *scope, const char *name, const struct op *op,
                 const size_t *inputs, size_t arity, const struct attribute_text *attributes,
                 size_t attribute_count, struct place place)
{
    struct name *step = name ? NULL : step_name(reader, scope, place);
    if (!name && !step)
        return NO_NODE;
    reader->errors->here = place;
    long node = graph_apply(reader->graph, name ? name : step->text, op, inputs, arity, attributes,
                            attribute_count, reader->errors);
    if (!name)
        step->node = node;
    if (!name && node != NO_NODE)
        reader->graph->nodes[node].inner = true;
    return node;
}

static long call_apply(struct reader *reader, struct scope *scope, const struct step *step, const char *name,
                       const long *operands)
{
    const struct op *op = op_find(reader, step);
    size_t *inputs = arena_alloc(&reader->scratch, step->arity, sizeof *inputs);
    if (!inputs)
        return reader_no_memory(reader), NO_NODE;
    for (size_t i = 0; i < step->arity; i++) {
        if (operands[i] == NO_NODE)
            return NO_NODE;
        inputs[i] = (size_t)operands[i];
    }
    return op ? scope_apply(reader, scope, name, op, inputs, step->arity, step->attributes,
                            step->attribute_count, step->place)
              : NO_NODE;
}

long formula_apply(struct reader *reader, struct scope *scope, const char *name)
{
    const struct formula *formula = &reader->formula;
    long *stack = arena_alloc(&reader->scratch, formula->count + 1, sizeof *stack);
    size_t top = 0;
    if (!stack)
        return reader_no_memory(reader), NO_NODE;
    for (size_t i = 0; i < formula->count && !reader_full(reader); i++) {
        const struct step *step = &formula->steps[i];
        bool last = i + 1 == formula->count;
        if (step->type == STEP_CALL)
            top -= step->arity;
        long node = step->type == STEP_NAME ? name_apply(reader, scope, step)
                    : step->type == STEP_NUMBER
                        ? number_apply(reader, scope, step)
                        : call_apply(reader, scope, step, last ? name : NULL, stack + top);
        stack[top++] = node;
    }
    return top == 1 ? stack[0] : NO_NODE;
}
