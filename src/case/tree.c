/* Trees from libyaml's events: a strict subset of YAML, of which JSON is a part. */
#include "case/tree.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/text.h"

struct builder {
    yaml_parser_t parser;
    const struct source *source;
    struct mark mark; /* where the last item begins */
    struct arena *texts, *items;
    struct errors *errors;
    struct item *root;
    struct frame {
        struct item *container, *last;
        size_t children;
    } frames[MOST_CASE_DEPTH];
    size_t depth, count, documents, errors_before;
    bool stop;
};

struct place item_place(const struct item *item, const struct source *source)
{
    return (struct place){source->path, item->line, item->column};
}

const struct item *item_field(const struct item *map, const char *key)
{
    for (const struct item *k = map->first; k && k->next; k = k->next->next)
        if (k->type == ITEM_TEXT && strcmp(k->text, key) == 0)
            return k->next;
    return NULL;
}

static void at_mark(struct builder *b, yaml_mark_t mark)
{
    b->errors->here = (struct place){b->source->path, mark.line + 1, mark.column + 1};
}

static void no_memory(struct builder *b)
{
    errors_add(b->errors, GCK_NO_MEMORY, "out of memory");
    b->stop = true;
}

static struct item *item_new(struct builder *b, const yaml_event_t *event, enum item_type type)
{
    struct item *item = arena_alloc(b->items, 1, sizeof *item);
    if (!item)
        return no_memory(b), NULL;
    mark_move(&b->mark, b->source, event->start_mark.line, event->start_mark.column);
    item->line = (unsigned)event->start_mark.line + 1;
    item->column = (unsigned)event->start_mark.column + 1;
    item->offset = (unsigned)b->mark.offset;
    item->type = (uint8_t)type;
    return item;
}

/* Puts the item where it belongs. */
static void attach(struct builder *b, struct item *item)
{
    if (b->depth == 0) {
        b->root = item;
        return;
    }
    struct frame *frame = &b->frames[b->depth - 1];
    struct item *container = frame->container;
    bool map = container->type == ITEM_MAP, key = map && frame->children % 2 == 0;
    if (frame->last)
        frame->last->next = item;
    else
        container->first = item;
    frame->last = item;
    frame->children++;
    container->size += !map || key;
    if (!key)
        return;
    b->errors->here = item_place(item, b->source);
    if (item->type == ITEM_LIST || item->type == ITEM_MAP) {
        errors_add(b->errors, GCK_BAD_CASE, "a list or map as a key; a key must be a name");
    } else if (item->type == ITEM_TEXT && strcmp(item->text, "<<") == 0) {
        errors_add(b->errors, GCK_BAD_CASE, "merge keys (<<) are not part of the format: write the fields out");
        item->type = ITEM_BAD;
    }
}

static void refuse_extras(struct builder *b, const yaml_event_t *event, const yaml_char_t *anchor,
                          const yaml_char_t *tag)
{
    at_mark(b, event->start_mark);
    if (anchor)
        errors_add(b->errors, GCK_BAD_CASE, "anchors (&%.40s) are not part of the format: write the value out",
                   (const char *)anchor);
    if (tag)
        errors_add(b->errors, GCK_BAD_CASE, "tags (%.40s) are not part of the format: leave it out",
                   (const char *)tag);
}

static enum style style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return STYLE_SINGLE;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return STYLE_DOUBLE;
    case YAML_LITERAL_SCALAR_STYLE:
        return STYLE_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE:
        return STYLE_FOLDED;
    default:
        return STYLE_PLAIN;
    }
}

static void take_text(struct builder *b, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t size = event->data.scalar.length;
    struct item *item = item_new(b, event, ITEM_TEXT);
    if (!item)
        return;
    refuse_extras(b, event, event->data.scalar.anchor, event->data.scalar.tag);
    item->text = arena_text(b->texts, value, size);
    item->size = (unsigned)size;
    item->style = (uint8_t)style_of(event->data.scalar.style);
    if (!item->text) {
        no_memory(b);
        return;
    }
    if (memchr(value, '\0', size)) {
        at_mark(b, event->start_mark);
        errors_add(b->errors, GCK_BAD_CASE, "a NUL character in a text");
        item->type = ITEM_BAD;
    }
    attach(b, item);
}

static void take_container(struct builder *b, const yaml_event_t *event, enum item_type type)
{
    bool list = type == ITEM_LIST;
    struct item *item = item_new(b, event, type);
    if (!item)
        return;
    if (list)
        refuse_extras(b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
    else
        refuse_extras(b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    item->flow = list ? event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
                      : event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    attach(b, item);
    if (b->depth == MOST_CASE_DEPTH) {
        at_mark(b, event->start_mark);
        errors_add(b->errors, GCK_BAD_CASE, "lists and maps nested deeper than %d", MOST_CASE_DEPTH);
        b->stop = true;
        return;
    }
    b->frames[b->depth++] = (struct frame){.container = item};
}

static int key_order(const void *a, const void *b)
{
    const struct item *x = *(const struct item *const *)a, *y = *(const struct item *const *)b;
    int order = strcmp(x->text, y->text);
    if (order)
        return order;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

/* Reports every key that the map has already. Sorted first, so that a large map takes no square time. */
static void check_keys(struct builder *b, const struct item *map)
{
    const struct item **keys = malloc((map->size + 1) * sizeof *keys);
    size_t count = 0;
    if (!keys) {
        no_memory(b);
        return;
    }
    for (struct item *key = map->first; key; key = key->next ? key->next->next : NULL)
        if (key->type == ITEM_TEXT)
            keys[count++] = key;
    qsort(keys, count, sizeof *keys, key_order);
    for (size_t i = 1, shown = 0; i < count && shown < 20; i++) {
        if (strcmp(keys[i - 1]->text, keys[i]->text) != 0)
            continue;
        b->errors->here = item_place(keys[i], b->source);
        errors_add(b->errors, GCK_BAD_CASE, "%.60s is given twice; the first one is on line %u", keys[i]->text,
                   keys[i - 1]->line);
        shown++;
    }
    free(keys);
}

static void take_document(struct builder *b, const yaml_event_t *event)
{
    at_mark(b, event->start_mark);
    if (b->documents++) {
        errors_add(b->errors, GCK_BAD_CASE, "a second document; a case file holds one");
        b->stop = true;
    }
    if (event->data.document_start.version_directive ||
        event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
        errors_add(b->errors, GCK_BAD_CASE, "directives (%%) are not part of the format: leave them out");
}

static void take(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        take_document(b, event);
        break;
    case YAML_SCALAR_EVENT:
        take_text(b, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        take_container(b, event, ITEM_LIST);
        break;
    case YAML_MAPPING_START_EVENT:
        take_container(b, event, ITEM_MAP);
        break;
    case YAML_ALIAS_EVENT: {
        struct item *item = item_new(b, event, ITEM_BAD);
        at_mark(b, event->start_mark);
        errors_add(b->errors, GCK_BAD_CASE, "aliases (*%.40s) are not part of the format: write the value out",
                   (const char *)event->data.alias.anchor);
        if (item)
            attach(b, item);
        break;
    }
    case YAML_MAPPING_END_EVENT:
        check_keys(b, b->frames[b->depth - 1].container);
        b->depth--;
        break;
    case YAML_SEQUENCE_END_EVENT:
        b->depth--;
        break;
    default:
        break;
    }
    if (b->errors->count - b->errors_before >= MOST_CASE_ERRORS && !b->stop) {
        errors_add(b->errors, GCK_BAD_CASE, "more errors follow; these are the first ones");
        b->stop = true;
    }
    if (++b->count > MOST_CASE_ITEMS && !b->stop) {
        at_mark(b, event->start_mark);
        errors_add(b->errors, GCK_BAD_CASE,
                   "more than %d values in one file: generate large inputs with {shape, fill, seed}",
                   MOST_CASE_ITEMS);
        b->stop = true;
    }
}

static void syntax_error(struct builder *b)
{
    const yaml_parser_t *parser = &b->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        no_memory(b);
        return;
    }
    const char *problem = parser->problem ? parser->problem : "it cannot be read";
    if (parser->error == YAML_READER_ERROR)
        b->errors->here = source_place(b->source, parser->problem_offset);
    else
        at_mark(b, parser->problem_mark);
    if (parser->context)
        errors_add(b->errors, GCK_BAD_CASE, "not well-formed YAML: %s (%s that starts on line %zu)", problem,
                   parser->context, parser->context_mark.line + 1);
    else
        errors_add(b->errors, GCK_BAD_CASE, "not well-formed YAML: %s", problem);
}

static void parse(struct builder *b)
{
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser, (const unsigned char *)b->source->bytes, b->source->size);
    for (bool done = false; !done && !b->stop;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event)) {
            syntax_error(b);
            b->stop = true;
            return;
        }
        take(b, &event);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
}

/* What can be seen in the bytes alone. JSON may be indented with tabs, YAML must not. */
static bool bytes_right(const struct source *source, struct errors *errors)
{
    size_t bad, start = 0;
    errors->here = (struct place){source->path, 1, 1};
    if (source->size == 0)
        return errors_add(errors, GCK_BAD_CASE, "the file is empty; a case was expected"), false;
    if (!text_is_utf8(source->bytes, source->size, &bad)) {
        errors->here = source_place(source, bad);
        errors_add(errors, GCK_BAD_CASE, "not UTF-8: byte 0x%02x", (unsigned char)source->bytes[bad]);
        return false;
    }
    while (start < source->size && strchr(" \r\n\t", source->bytes[start]))
        start++;
    const char *tab = memchr(source->bytes, '\t', source->size);
    if (tab && (start == source->size || source->bytes[start] != '{')) {
        errors->here = source_place(source, (size_t)(tab - source->bytes));
        errors_add(errors, GCK_BAD_CASE, "a tab; use spaces");
        return false;
    }
    return true;
}

void tree_read(struct item **root, const struct source *source, struct arena *texts, struct arena *items,
               struct errors *errors)
{
    struct builder b = {
        .source = source, .texts = texts, .items = items, .errors = errors, .errors_before = errors->count};
    *root = NULL;
    if (!bytes_right(source, errors))
        return;
    if (!yaml_parser_initialize(&b.parser)) {
        no_memory(&b);
        return;
    }
    parse(&b);
    yaml_parser_delete(&b.parser);
    if (b.stop)
        return;
    if (!b.root) {
        errors->here = (struct place){source->path, 1, 1};
        errors_add(errors, GCK_BAD_CASE, "nothing but comments and space; a case was expected");
        return;
    }
    *root = b.root;
}
