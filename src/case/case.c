/* A case from its bytes: the fields put together, each part checked by its own reader. */
#include "case/case.h"

#include <stdlib.h>
#include <string.h>

#include "case/reader.h"
#include "check/foreign_run.h"

enum {
    C_GRADCHECK,
    C_ID,
    C_TITLE,
    C_SOURCE,
    C_TAGS,
    C_WHY,
    C_DTYPES,
    C_INPUTS,
    C_GRAPH,
    C_OUTPUT,
    C_WRT,
    C_SEED,
    C_EXPECT,
    C_EQUALS,
    C_KINKS,
    C_LIMITS,
    C_BUGS,
    C_FIELDS
};
static const struct field_spec case_fields[C_FIELDS] = {
    {"gradcheck", AS_TEXT, true, "the version of this format, 1"},
    {"id", AS_TEXT, true, "a name such as gates/add-mul, never used for another case"},
    {"title", AS_TEXT, false, "one line of text"},
    {"source", AS_TEXT | AS_MAP, false, "{text: where the case comes from}"},
    {"tags", AS_LIST, false, "a list of words"},
    {"why", AS_TEXT, false, "what the case is there for"},
    {"dtypes", AS_LIST, false, "a list such as [float64, float32]"},
    {"inputs", AS_MAP, true, "a map from names to numbers"},
    {"graph", AS_LIST | AS_TEXT, true, "a list of rows such as `y = add(a, b)`"},
    {"output", AS_TEXT, true, "the node whose gradient is taken"},
    {"wrt", AS_LIST, false, "a list of inputs"},
    {"seed", AS_TEXT | AS_LIST | AS_MAP, false, "numbers of the output's shape"},
    {"expect", AS_MAP, false, "a map with value, grad and by"},
    {"equals", AS_TEXT | AS_MAP, false, "the id of another case, or {graph, output}"},
    {"kinks", AS_LIST, false, "a list of {at, choice, allowed}"},
    {"limits", AS_MAP, false, "a map with bits and exhaustive"},
    {"bugs", AS_LIST, false, "a list of {name, node, backward, verdict}"},
};

static void id_check(struct reader *reader, const struct item *item, const char *what)
{
    size_t good = strspn(item->text, "abcdefghijklmnopqrstuvwxyz0123456789._/-");
    struct place place = item_place(item, &reader->source);
    if (item->size > 200)
        reader_error_at(reader, place, "%s has %u characters; at most 200 are allowed", what, item->size);
    else if (good < item->size)
        reader_error_at(reader, place, "%s %s: only a-z, 0-9, `.`, `_`, `-` and `/` are allowed", what,
                        SHOW(item->text));
    else if (item->text[0] == '/' || item->text[item->size - 1] == '/' || strstr(item->text, "//"))
        reader_error_at(reader, place, "%s %s: a `/` stands between two words", what, SHOW(item->text));
}

static void source_read(struct reader *reader, const struct item *item)
{
    static const struct field_spec specs[] = {
        {"text", AS_TEXT, true, "where the case comes from"},
        {"url", AS_TEXT, false, "an address"},
    };
    const struct item *f[2];
    if (item->type == ITEM_TEXT) {
        reader->file->source = item->text;
        return;
    }
    fields_read(f, reader, specs, 2, item, "source");
    if (f[0] && !f[1])
        reader->file->source = f[0]->text;
    if (!f[0] || !f[1])
        return;
    char *both = arena_alloc(reader->arena, (size_t)f[0]->size + f[1]->size + 3, 1);
    if (!both) {
        reader_no_memory(reader);
        return;
    }
    memcpy(both, f[0]->text, f[0]->size);
    memcpy(both + f[0]->size, ", ", 2);
    memcpy(both + f[0]->size + 2, f[1]->text, f[1]->size);
    reader->file->source = both;
}

static void tags_read(struct reader *reader, const struct item *item)
{
    const char **tags = arena_alloc(reader->arena, item->size + 1, sizeof *tags);
    if (!tags) {
        reader_no_memory(reader);
        return;
    }
    reader->file->tags = tags;
    for (const struct item *i = item->first; i && !reader_full(reader); i = i->next) {
        if (i->type == ITEM_TEXT && i->size &&
            strspn(i->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == i->size)
            tags[reader->file->tag_count++] = i->text;
        else if (i->type != ITEM_BAD)
            reader_error(reader, i, "a tag is one word of letters, digits, `.`, `_`, `-` and `/`");
    }
}

/* The version first: a file of another version would only draw errors that help nobody. */
static bool version_right(struct reader *reader, const struct item *root)
{
    const struct item *version = root->type == ITEM_MAP ? item_field(root, "gradcheck") : NULL;
    if (root->type != ITEM_MAP) {
        if (root->type != ITEM_BAD)
            reader_error(reader, root, "a case is a map of fields, starting with `gradcheck: 1`");
        return false;
    }
    if (!version || version->type != ITEM_TEXT || strcmp(version->text, "1") == 0)
        return true;
    if (item_field(root, "summary")) {
        reader_error(reader, version, "this is a report of gradcheck's, not a case: keep it in another folder");
        return false;
    }
    reader_error(reader, version, "gradcheck: %s is not a version that this program reads; it reads 1",
                 version->size ? SHOW(version->text) : "\"\"");
    return false;
}

static void texts_read(struct reader *reader, const struct item *const *f)
{
    struct case_file *file = reader->file;
    if (f[C_ID]) {
        id_check(reader, f[C_ID], "id");
        file->id = f[C_ID]->text;
    }
    file->title = f[C_TITLE] ? f[C_TITLE]->text : NULL;
    file->why = f[C_WHY] ? f[C_WHY]->text : NULL;
    if (f[C_SOURCE])
        source_read(reader, f[C_SOURCE]);
    if (f[C_TAGS])
        tags_read(reader, f[C_TAGS]);
}

/* Where an op is the engine's own nothing can be computed here. */
static void foreign_check(struct reader *reader, const struct item *expect, const struct item *equals,
                          const struct item *kinks)
{
    const struct item *item = expect ? expect : equals ? equals : kinks;
    const char *op = item ? foreign_op(reader->graph) : NULL;
    if (op)
        reader_error(reader, item,
                     "%s: %s is an op of the engine's own, and has no reference to hold this against",
                     item == expect   ? "expect"
                     : item == equals ? "equals"
                                      : "kinks",
                     op);
}

static void case_build(struct reader *reader, const struct item *root)
{
    const struct item *f[C_FIELDS];
    if (!version_right(reader, root))
        return;
    bool fields_right = fields_read(f, reader, case_fields, C_FIELDS, root, "a case");
    texts_read(reader, f);
    dtypes_read(reader, f[C_DTYPES]);
    limits_read(reader, f[C_LIMITS]);
    if (f[C_INPUTS])
        inputs_read(reader, f[C_INPUTS]);
    if (!f[C_INPUTS] || !f[C_GRAPH] || reader_full(reader))
        return;
    graph_read(reader, f[C_GRAPH], f[C_OUTPUT]);
    if (f[C_WRT] || !item_field(root, "wrt"))
        wrt_read(reader, f[C_WRT], root);
    if (f[C_OUTPUT] && (f[C_SEED] || !item_field(root, "seed")))
        seed_read(reader, f[C_SEED], f[C_OUTPUT]);
    if (f[C_EXPECT])
        expect_read(reader, f[C_EXPECT]);
    if (f[C_KINKS])
        kinks_read(reader, f[C_KINKS]);
    if (f[C_BUGS])
        bugs_read(reader, f[C_BUGS]);
    if (f[C_EQUALS] && f[C_EQUALS]->type == ITEM_TEXT) {
        id_check(reader, f[C_EQUALS], "equals");
        reader->file->equals_id = f[C_EQUALS]->text;
    } else if (f[C_EQUALS] && fields_right) {
        equals_read(reader, f[C_EQUALS]);
    }
    foreign_check(reader, f[C_EXPECT], f[C_EQUALS], f[C_KINKS]);
    if (reader->file->loading.vary)
        inputs_vary(reader);
}

/* Of the first error; running out of memory counts for more, also where an error could not be kept. */
static gck_status first_status(const struct reader *reader, const struct error *last_before)
{
    const struct errors *errors = reader->errors;
    const struct error *error = last_before ? last_before->next : errors->first;
    gck_status status = error ? error->status : GCK_NO_MEMORY;
    size_t lost = errors->count - reader->errors_before;
    for (; error; error = error->next, lost--)
        if (error->status == GCK_NO_MEMORY)
            status = GCK_NO_MEMORY;
    if (errors->count == reader->errors_before)
        return GCK_OK;
    return lost ? GCK_NO_MEMORY : status;
}

static bool stands_before(const struct error *a, const struct error *b)
{
    return a->place.line < b->place.line ||
           (a->place.line == b->place.line && a->place.column < b->place.column);
}

/* Puts the errors behind `last` in the order of the file; there are few of them. */
static void errors_sort(struct errors *errors, struct error *last)
{
    struct error *unsorted = last ? last->next : errors->first, *sorted = NULL;
    while (unsorted) {
        struct error *error = unsorted, **slot = &sorted;
        unsorted = error->next;
        while (*slot && !stands_before(error, *slot))
            slot = &(*slot)->next;
        error->next = *slot;
        *slot = error;
    }
    if (last)
        last->next = sorted;
    else
        errors->first = sorted;
    for (struct error *error = sorted; error; error = error->next)
        errors->last = error;
}

/* Everything between the bytes and the case, with all errors added. */
static void bytes_read(struct reader *reader, const char *path, const char *bytes, size_t size)
{
    struct item *root = NULL;
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
        bytes += 3;
        size -= 3;
    }
    if (size > MOST_CASE_BYTES) {
        reader_error_at(reader, (struct place){path, 0, 0}, "%zu bytes; a case file has at most %d", size,
                        MOST_CASE_BYTES);
        return;
    }
    if (source_open(&reader->source, path, bytes, size, &reader->scratch)) {
        reader_no_memory(reader);
        return;
    }
    reader->source.path = path;
    tree_read(&root, &reader->source, reader->arena, &reader->scratch, reader->errors);
    if (root)
        case_build(reader, root);
}

/* Places of nodes name the error record's copy of the path while they are read; they must outlive it. */
static void places_own(struct case_file *file)
{
    struct graph *graphs[] = {&file->graph, file->equals_graph};
    for (size_t g = 0; g < 2; g++)
        for (size_t i = 0; graphs[g] && i < graphs[g]->count; i++)
            graphs[g]->nodes[i].place.file = file->path;
    for (size_t b = 0; b < file->bug_count; b++)
        for (size_t i = 0; file->bugs[b].graph && i < file->bugs[b].graph->count; i++)
            file->bugs[b].graph->nodes[i].place.file = file->path;
    for (size_t i = 0; i < file->expected_count; i++)
        ((struct expected *)file->expected)[i].place.file = file->path;
}

gck_status case_read(struct case_file **out, const char *path, const char *bytes, size_t size,
                     const struct case_loading *loading, struct errors *errors)
{
    struct reader reader = {.errors = errors, .errors_before = errors->count, .output = NO_NODE};
    struct error *last = errors->last;
    struct case_file *file = calloc(1, sizeof *file);
    *out = NULL;
    errors->here = (struct place){0};
    if (!file)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    reader.file = file;
    reader.arena = file->graph.arena = &file->arena;
    reader.graph = &file->graph;
    if (loading)
        file->loading = *loading;
    file->path = arena_text(&file->arena, path, strlen(path));
    const char *error_path = arena_text(&errors->arena, path, strlen(path));
    if (file->path && error_path)
        bytes_read(&reader, error_path, bytes, size);
    else
        reader_no_memory(&reader);
    places_own(file);
    tensors_close(&reader);
    names_free(&reader.names);
    formula_free(&reader.formula);
    arena_free(&reader.scratch);
    errors_sort(errors, last);
    gck_status status = first_status(&reader, last);
    if (status)
        case_free(file);
    else
        *out = file;
    return status;
}

void case_free(struct case_file *file)
{
    if (!file)
        return;
    arena_free(&file->arena);
    free(file);
}

bool case_has_tag(const struct case_file *file, const char *tag)
{
    for (size_t i = 0; i < file->tag_count; i++)
        if (strcmp(file->tags[i], tag) == 0)
            return true;
    return false;
}
