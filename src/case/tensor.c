/* Tensors in a case: a number, nested lists of numbers, {shape, data}, {shape, fill, ...} or {file}. */
#include <string.h>

#include "case/reader.h"

static const char *const dtype_words[] = {"int64", "bool"};

/* Numbers are collected here, in the order of the file. */
struct collector {
    struct reader *reader;
    struct tensor *tensor;
    enum number_use use;
    const char *what;
    const char **texts;
    int64_t *integers;
    size_t count;
    bool right;
};

static bool integer_read(int64_t *value, const char *text)
{
    bool negative = *text == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, n = 0;
    const char *s = text + negative;
    if (!*s)
        return false;
    for (; *s; s++) {
        unsigned digit = (unsigned)(*s - '0');
        if (*s < '0' || *s > '9' || n > (limit - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *value = negative ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}

static bool bool_read(int64_t *value, const char *text)
{
    *value = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    return *value || strcmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

static void collect(struct collector *c, const struct item *item)
{
    struct place place = item_place(item, &c->reader->source);
    size_t i = c->count++;
    if (c->tensor->kind == KIND_FLOAT) {
        c->texts[i] = item->text;
        if (!number_check(c->reader, place, item->text, c->use))
            c->right = false;
        else if (number_infinite(item->text) && !c->tensor->infinite.line)
            c->tensor->infinite = place;
        return;
    }
    bool integer = c->tensor->kind == KIND_INTEGER;
    if (integer ? integer_read(&c->integers[i], item->text) : bool_read(&c->integers[i], item->text))
        return;
    c->right = false;
    reader_error(c->reader, item, "%s is not %s", SHOW(item->text),
                 integer ? "a whole number of 64 bits" : "true, false, 1 or 0");
}

/* The shape that the first element of every list says; the others are held against it. */
static bool first_shape(struct shape *shape, struct reader *reader, const struct item *item, const char *what)
{
    *shape = (struct shape){0};
    for (; item && item->type == ITEM_LIST; item = item->first) {
        if (shape->rank == MOST_RANK) {
            reader_error(reader, item, "%s: lists nested %d deep; the highest rank is %d", what, MOST_RANK + 1,
                         MOST_RANK);
            return false;
        }
        shape->dim[shape->rank++] = item->size;
    }
    return true;
}

/* Checks that all lists below are of one shape. */
static bool lists_right(struct reader *reader, const struct item *item, const struct shape *shape, int depth,
                        const char *what)
{
    bool list = depth < shape->rank;
    if (item->type == ITEM_BAD)
        return false;
    if (list != (item->type == ITEM_LIST) || item->type == ITEM_MAP) {
        if (item->type == ITEM_MAP)
            reader_error(reader, item, "%s: a map among the numbers", what);
        else if (list)
            reader_error(reader, item, "%s is ragged: a number, where the first row has a list of %zu", what,
                         shape->dim[depth]);
        else
            reader_error(reader, item, "%s is ragged: a list, where the first row has a number", what);
        return false;
    }
    if (!list)
        return true;
    if (item->size != shape->dim[depth]) {
        reader_error(reader, item, "%s is ragged: a list of %u, where the first one has %zu", what, item->size,
                     shape->dim[depth]);
        return false;
    }
    for (const struct item *i = item->first; i; i = i->next)
        if (!lists_right(reader, i, shape, depth + 1, what))
            return false;
    return true;
}

static void collect_all(struct collector *c, const struct item *item)
{
    if (item->type == ITEM_TEXT)
        collect(c, item);
    else
        for (const struct item *i = item->first; i && !reader_full(c->reader); i = i->next)
            collect_all(c, i);
}

/* Numbers from nested lists, of tensor->kind; sets shape and values. */
static bool data_read(struct tensor *tensor, struct reader *reader, const struct item *item, const char *what,
                      enum number_use use)
{
    struct collector c = {.reader = reader, .tensor = tensor, .use = use, .what = what, .right = true};
    size_t count;
    if (!first_shape(&tensor->shape, reader, item, what) || !lists_right(reader, item, &tensor->shape, 0, what))
        return false;
    if (!shape_count_within(&count, &tensor->shape, MOST_ELEMENTS)) {
        reader_error(reader, item, "%s has more than %d elements", what, MOST_ELEMENTS);
        return false;
    }
    if (tensor->kind == KIND_FLOAT)
        tensor->values.texts = c.texts = arena_alloc(reader->arena, count, sizeof *c.texts);
    else
        tensor->values.integers = c.integers = arena_alloc(reader->arena, count, sizeof *c.integers);
    if (!c.texts && !c.integers) {
        reader_no_memory(reader);
        return false;
    }
    collect_all(&c, item);
    return c.right && c.count == count;
}

/* `shape: [2, 3]`, checked before anything of that size is allocated. */
static bool shape_read(struct shape *shape, struct reader *reader, const struct item *item, const char *what)
{
    size_t count;
    *shape = (struct shape){0};
    if (item->size > MOST_RANK) {
        reader_error(reader, item, "%s: a shape of rank %u; the highest is %d", what, item->size, MOST_RANK);
        return false;
    }
    for (const struct item *i = item->first; i; i = i->next) {
        long size;
        if (i->type == ITEM_BAD || !whole_read(&size, reader, i, 0, MOST_ELEMENTS, "a size"))
            return false;
        shape->dim[shape->rank++] = (size_t)size;
    }
    if (shape_count_within(&count, shape, MOST_ELEMENTS))
        return true;
    char text[SHAPE_TEXT];
    reader_error(reader, item, "%s: shape %s has more than %d elements", what, shape_text(text, shape),
                 MOST_ELEMENTS);
    return false;
}

enum { T_SHAPE, T_DATA, T_DTYPE, T_FILE, T_FILL, T_LOW, T_HIGH, T_MEAN, T_STD, T_VALUE, T_SEED, T_FIELDS };
static const struct field_spec tensor_fields[T_FIELDS] = {
    {"shape", AS_LIST, false, "a list of sizes such as [2, 3]"},
    {"data", AS_TEXT | AS_LIST, false, "numbers"},
    {"dtype", AS_TEXT, false, "int64 or bool (floats take the dtypes of the case)"},
    {"file", AS_TEXT, false, "a path such as w.npy or w.npz#W1"},
    {"fill", AS_TEXT, false, "uniform, normal or constant"},
    {"low", AS_TEXT, false, "a number"},
    {"high", AS_TEXT, false, "a number"},
    {"mean", AS_TEXT, false, "a number"},
    {"std", AS_TEXT, false, "a number"},
    {"value", AS_TEXT, false, "a number"},
    {"seed", AS_TEXT, false, "a whole number"},
};

/* Numbers under `shape` may be one flat list. */
static bool reshape(struct tensor *tensor, struct reader *reader, const struct item *data,
                    const struct shape *shape, const char *what)
{
    char want[SHAPE_TEXT], have[SHAPE_TEXT];
    if (shape_equal(&tensor->shape, shape) ||
        (tensor->shape.rank == 1 && shape_count(&tensor->shape) == shape_count(shape))) {
        tensor->shape = *shape;
        return true;
    }
    if (tensor->shape.rank == 1)
        reader_error(reader, data, "%s: %zu numbers; the shape %s needs %zu", what, shape_count(&tensor->shape),
                     shape_text(want, shape), shape_count(shape));
    else
        reader_error(reader, data, "%s: the data has shape %s, not %s", what, shape_text(have, &tensor->shape),
                     shape_text(want, shape));
    return false;
}

/* A shape beside a file is a promise about it. */
static bool same_shape(struct reader *reader, const struct item *file, const struct shape *found,
                       const struct shape *shape, const char *what)
{
    char want[SHAPE_TEXT], have[SHAPE_TEXT];
    if (shape_equal(found, shape))
        return true;
    reader_error(reader, file, "%s: the tensor in the file has shape %s, not %s", what, shape_text(have, found),
                 shape_text(want, shape));
    return false;
}

static bool filled_read(struct tensor *tensor, struct reader *reader, const struct item *map,
                        const struct item *const *f, const char *what, const struct shape *shape_known)
{
    struct fill_items items = {f[T_FILL], f[T_LOW], f[T_HIGH], f[T_MEAN], f[T_STD], f[T_VALUE], f[T_SEED]};
    if (!f[T_SHAPE] && !shape_known) {
        reader_error(reader, map, "%s needs the field shape: a fill has no shape of its own", what);
        return false;
    }
    if (f[T_SHAPE] && !shape_read(&tensor->shape, reader, f[T_SHAPE], what))
        return false;
    if (!f[T_SHAPE])
        tensor->shape = *shape_known;
    reader->elements += shape_count(&tensor->shape);
    if (reader->elements > MOST_ELEMENTS) {
        reader_error(reader, f[T_SHAPE] ? f[T_SHAPE] : map,
                     "%s: the generated tensors of this file have more than %d elements together", what,
                     MOST_ELEMENTS);
        return false;
    }
    return tensor_generate(tensor, reader, map, &items, what);
}

static bool map_read(struct tensor *tensor, struct reader *reader, const struct item *map, const char *what,
                     enum number_use use, const struct shape *shape_known)
{
    const struct item *f[T_FIELDS];
    struct shape shape;
    if (!fields_read(f, reader, tensor_fields, T_FIELDS, map, what))
        return false;
    if (!!f[T_DATA] + !!f[T_FILL] + !!f[T_FILE] != 1) {
        reader_error(reader, map, "%s needs %s", what,
                     f[T_DATA] || f[T_FILL] || f[T_FILE] ? "one of data, fill and file, not several"
                                                         : "its numbers: data, fill or file");
        return false;
    }
    if (f[T_DTYPE]) {
        int word = word_read(reader, f[T_DTYPE], dtype_words, 2, "dtype");
        if (word < 0)
            return false;
        tensor->kind = word == 0 ? KIND_INTEGER : KIND_BOOL;
    }
    if (f[T_FILL])
        return filled_read(tensor, reader, map, f, what, shape_known);
    for (int i = T_LOW; i < T_FIELDS; i++)
        if (f[i]) {
            reader_error(reader, f[i], "%s: %s goes with fill, not with %s", what, tensor_fields[i].name,
                         f[T_DATA] ? "data" : "file");
            return false;
        }
    if (f[T_SHAPE] && !shape_read(&shape, reader, f[T_SHAPE], what))
        return false;
    if (f[T_FILE])
        return tensor_from_file(tensor, reader, f[T_FILE], f[T_DTYPE] != NULL, use) &&
               (!f[T_SHAPE] || same_shape(reader, f[T_FILE], &tensor->shape, &shape, what));
    return data_read(tensor, reader, f[T_DATA], what, use) &&
           (!f[T_SHAPE] || reshape(tensor, reader, f[T_DATA], &shape, what));
}

bool tensor_read(struct tensor *tensor, struct reader *reader, const struct item *item, const char *what,
                 enum number_use use, const struct shape *shape_known)
{
    *tensor = (struct tensor){.kind = KIND_FLOAT};
    if (item->type == ITEM_BAD)
        return false;
    if (item->type == ITEM_MAP)
        return map_read(tensor, reader, item, what, use, shape_known);
    return data_read(tensor, reader, item, what, use);
}
