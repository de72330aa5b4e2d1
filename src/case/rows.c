/* The rows of a graph: texts, or maps with a user's formula and the derivative that is claimed for it. */
#include <string.h>

#include "case/rows.h"

/* A row's text: part of a scalar. */
struct row {
    const struct item *item;  /* of the text */
    const struct item *claim; /* NULL: none */
    size_t from, to;
    struct trace *trace;
    bool flow;
};

void item_trace(struct trace *trace, const struct reader *reader, const struct item *item)
{
    struct mark mark = {item->line - 1, item->column - 1, item->offset};
    trace_start(trace, &reader->source, (enum style)item->style, item->text, &mark);
}

/* Calls visit for every row of `graph:`; a second call gives the same rows again. */
static void rows_walk(struct reader *reader, const struct item *graph,
                      void (*visit)(struct reader *reader, const struct row *row))
{
    struct trace trace;
    if (graph->type == ITEM_TEXT) {
        item_trace(&trace, reader, graph);
        for (size_t from = 0; from < graph->size && !reader_full(reader);) {
            size_t length = strcspn(graph->text + from, "\n");
            size_t start = from + strspn(graph->text + from, " ");
            if (start < from + length && graph->text[start] != '#')
                visit(reader, &(struct row){.item = graph, .from = from, .to = from + length, .trace = &trace});
            from += length + 1;
        }
        return;
    }
    for (const struct item *item = graph->first; item && !reader_full(reader); item = item->next) {
        struct row row = {.item = item, .trace = &trace, .flow = graph->flow};
        if (item->type == ITEM_MAP) {
            row.item = item_field(item, "expr");
            row.claim = item_field(item, "claim");
        }
        if (!row.item || row.item->type != ITEM_TEXT || row.item->size == 0)
            continue;
        item_trace(&trace, reader, row.item);
        row.to = row.item->size;
        visit(reader, &row);
    }
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

/* What stands before the `=` of a row, however wrong the rest may be; NULL: no name. *offset: in the row. */
static const char *row_name(struct reader *reader, const struct row *row, size_t *offset)
{
    const char *s = row->item->text + row->from;
    size_t space = strspn(s, " \n"), size = strspn(s + space, letters);
    size_t gap = strspn(s + space + size, " ");
    if (!size || size > MOST_NAME || s[space + size + gap] != '=')
        return NULL;
    const char *name = arena_text(reader->arena, s + space, size);
    if (!name)
        reader_no_memory(reader);
    *offset = space;
    return name;
}

/* Enters the name that the row defines, so that an earlier use of it can be told from a typo. */
static void row_announce(struct reader *reader, const struct row *row)
{
    size_t offset;
    const char *name = row_name(reader, row, &offset);
    if (!name)
        return;
    struct place place = trace_to(row->trace, row->from + offset);
    if (!names_find(&reader->names, name) && !names_add(&reader->names, name, place))
        reader_no_memory(reader);
}

/* Every name that a text holds counts as used: the text is wrong, and an error is enough. */
static void text_uses(struct reader *reader, const char *text, size_t size)
{
    char name[MOST_NAME + 1];
    for (size_t i = 0; i < size;) {
        size_t length = strspn(text + i, letters);
        if (length && length <= MOST_NAME) {
            memcpy(name, text + i, length);
            name[length] = '\0';
            struct name *known = names_find(&reader->names, name);
            if (known)
                known->used = true;
        }
        i += length ? length : 1;
    }
}

void item_uses(struct reader *reader, const struct item *item)
{
    if (item->type == ITEM_TEXT)
        text_uses(reader, item->text, item->size);
    else if (item->type == ITEM_LIST || item->type == ITEM_MAP)
        for (const struct item *i = item->first; i; i = i->next)
            item_uses(reader, i);
}

static void uses_after_error(struct reader *reader, const struct row *row)
{
    text_uses(reader, row->item->text + row->from, row->to - row->from);
    if (row->claim)
        item_uses(reader, row->claim);
}

/* Whether the row may define its target. */
static bool target_right(struct reader *reader, const struct formula *formula)
{
    const struct name *name = names_find(&reader->names, formula->target);
    if (!name_check(reader, formula->target_place, formula->target))
        return false;
    if (!name || !name->defined)
        return true;
    reader_error_at(reader, formula->target_place,
                    "%s is defined already, on line %zu: every node needs a name of its own", formula->target,
                    name->place.line);
    return false;
}

static bool row_right(struct reader *reader, const struct row *row)
{
    struct formula *formula = &reader->formula;
    if (!formula_read(formula, reader->arena, row->trace, row->from, row->to, false, reader->errors)) {
        if (row->flow && row->item->style == STYLE_PLAIN && !reader->commas_told)
            reader_error(
                reader, row->item,
                "(a row inside [ ] ends at its first comma: quote it, or give every row a line of its own)");
        reader->commas_told = true;
        return false;
    }
    if (!target_right(reader, formula))
        return false;
    if (formula->steps[formula->count - 1].type == STEP_CALL)
        return true;
    reader_error_at(reader, formula->target_place, "%s would be %s: a row applies an op", formula->target,
                    formula->steps[0].type == STEP_NAME ? "only another name of the same node"
                                                        : "a constant, which belongs to `inputs`");
    return false;
}

static void row_build(struct reader *reader, const struct row *row)
{
    struct formula *formula = &reader->formula;
    long node = NO_NODE;
    size_t before = reader->errors->count;
    bool right = row_right(reader, row);
    const char *target = formula->target;
    struct place place = formula->target_place;
    if (!target) { /* nothing could be read; the name it has is still defined, badly */
        size_t offset;
        target = row_name(reader, row, &offset);
        place = item_place(row->item, &reader->source);
    }
    if (right) {
        struct scope scope = {.prefix = target};
        node = row->claim ? claimed_apply(reader, row->claim, &scope, target, place)
                          : formula_apply(reader, &scope, target);
    }
    if (node == NO_NODE || reader->errors->count > before)
        uses_after_error(reader, row);
    struct name *name = target ? names_find(&reader->names, target) : NULL;
    if (target && !name) {
        name = names_add(&reader->names, target, place);
        if (!name)
            reader_no_memory(reader);
    }
    if (!name || name->defined)
        return;
    name->defined = true;
    name->place = place;
    name->node = node;
    if (node != NO_NODE)
        reader->graph->nodes[node].place = place;
}

/* Whether it is `y: exp(x)`, which YAML takes for a map. */
static bool is_colon_row(const struct item *map)
{
    const struct item *key = map->first;
    bool alone = key && key->type == ITEM_TEXT && key->next && !key->next->next;
    return alone && key->next->type == ITEM_TEXT && strcmp(key->text, "expr") != 0 &&
           strcmp(key->text, "claim") != 0;
}

static void row_maps_check(struct reader *reader, const struct item *graph)
{
    static const struct field_spec specs[] = {
        {"expr", AS_TEXT, true, "a row such as y = 1 / (1 + exp(-x))"},
        {"claim", AS_TEXT | AS_MAP, false, "a formula such as y * (1 - y), or one for each argument"},
    };
    const struct item *values[2];
    for (const struct item *item = graph->first; item && !reader_full(reader); item = item->next) {
        bool right = item->type == ITEM_TEXT && item->size > 0;
        if (item->type == ITEM_MAP && is_colon_row(item))
            reader_error(reader, item, "a row is written with `=`: %s = ...", SHOW(item->first->text));
        else if (item->type == ITEM_MAP)
            right = fields_read(values, reader, specs, 2, item, "a row with a formula");
        else if (!right && item->type != ITEM_BAD)
            reader_error(reader, item, "a row is a text such as `y = add(a, b)`");
        if (!right)
            item_uses(reader, item);
    }
}

/* A node that neither another node nor the output uses. */
static void unused_check(struct reader *reader)
{
    for (size_t i = 0; i < reader->names.count && !reader_full(reader); i++) {
        const struct name *name = &reader->names.list[i];
        if (name->defined && !name->used && !name->inner)
            reader_error_at(reader, name->place, "%s is not used: neither a row nor the output needs it",
                            name->text);
    }
}

void graph_read(struct reader *reader, const struct item *item, const struct item *output)
{
    reader->output = NO_NODE;
    if (item->type == ITEM_TEXT && item->style == STYLE_FOLDED) {
        reader_error(reader, item, "a folded text (>) joins its rows: write `graph: |`");
        return;
    }
    if (item->type == ITEM_LIST)
        row_maps_check(reader, item);
    if (item->type == ITEM_LIST && item->size == 0)
        reader_error(reader, item, "the graph has no rows");
    rows_walk(reader, item, row_announce);
    rows_walk(reader, item, row_build);
    if (output) {
        long node = reader_node(reader, output, output->text, "output");
        struct name *name = names_find(&reader->names, output->text);
        if (name)
            name->used = true;
        if (node != NO_NODE && reader->graph->nodes[node].kind != KIND_FLOAT) {
            reader_error(reader, output, "output: %s holds integers and has no gradient", output->text);
            node = NO_NODE;
        }
        reader->output = node;
        reader->graph->output = node == NO_NODE ? 0 : (size_t)node;
        unused_check(reader);
    }
}
