/* JSON: a map from names to nested lists of numbers, or to {"shape": [...], "data": [...]} with a flat list. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "files/format.h"
#include "files/json_text.h"

/* The shape that the first items say. False: it is deeper than a tensor can be. */
static bool first_shape(struct shape *shape, const json_t *item)
{
    *shape = (struct shape){0};
    for (; json_is_array(item); item = json_array_get(item, 0)) {
        if (shape->rank == MOST_RANK)
            return false;
        shape->dim[shape->rank++] = json_array_size(item);
    }
    return true;
}

/* Whether all lists are of that shape, and what is in them numbers, or bools (*bools of them). */
static bool all_right(const json_t *item, const struct shape *shape, int depth, size_t *bools)
{
    size_t i;
    json_t *inner;
    double x;
    if (depth == shape->rank) {
        *bools += json_is_boolean(item);
        return json_is_boolean(item) || json_number_read(&x, item);
    }
    if (!json_is_array(item) || json_array_size(item) != shape->dim[depth])
        return false;
    json_array_foreach(item, i, inner) if (!all_right(inner, shape, depth + 1, bools)) return false;
    return true;
}

static void describe_list(struct stored *stored, struct tensor_file *file, const json_t *list)
{
    size_t bools = 0, bytes;
    stored->json = list;
    stored->type = STORED_NUMBER;
    if (!first_shape(&stored->shape, list))
        stored_defect(stored, file, "its lists are nested deeper than the highest rank, %d", MOST_RANK);
    else if (!all_right(list, &stored->shape, 0, &bools))
        stored_defect(stored, file, "it is no number and no rectangular list of numbers");
    else if (!stored_measure(stored, &bytes))
        stored_defect(stored, file, "its shape has more elements than a computer can hold");
    else if (bools && bools != stored->count)
        stored_defect(stored, file, "it mixes numbers with true and false");
    else if (bools)
        stored->type = STORED_BOOL;
}

/* The sizes of "shape"; false when it is no list of them, or too long. */
static bool read_shape(struct shape *shape, const json_t *list)
{
    size_t i;
    json_t *item;
    if (!json_is_array(list) || json_array_size(list) > MOST_RANK)
        return false;
    json_array_foreach(list, i, item)
    {
        double size = json_number_value(item);
        if (!json_is_number(item) || !(size >= 0 && size <= 0x1p53) || size != trunc(size))
            return false;
        shape->dim[i] = (size_t)size;
    }
    shape->rank = (int)i;
    return true;
}

static void describe_map(struct stored *stored, struct tensor_file *file, const json_t *map)
{
    struct shape shape = {0};
    size_t bytes;
    const json_t *dtype = json_object_get(map, "dtype");
    describe_list(stored, file, json_object_get(map, "data"));
    if (stored->defect)
        return;
    size_t count = stored->count;
    enum stored_type type = json_is_string(dtype) ? stored_named(json_string_value(dtype)) : stored->type;
    if (!read_shape(&shape, json_object_get(map, "shape")) || stored->shape.rank != 1)
        stored_defect(stored, file,
                      "a tensor is a nested list, or a map of a \"shape\" and a flat list \"data\"");
    stored->shape = shape;
    if (!stored->defect && (!stored_measure(stored, &bytes) || stored->count != count))
        stored_defect(stored, file, "its data are %zu numbers, not as many as its shape says", count);
    bool other = count && (type == STORED_BOOL) != (stored->type == STORED_BOOL);
    if (!stored->defect && (type == STORED_TYPES || other))
        stored_defect(stored, file, "its \"dtype\" is not that of its numbers");
    if (!stored->defect)
        stored->type = type;
}

bool json_list(struct tensor_file *file, struct text *why)
{
    const char *name;
    json_t *item;
    struct text error = {0};
    int line = 0;
    if (file->size > MOST_JSON_BYTES) {
        text_add(why, "%zu bytes of JSON; at most %d are read, use .npz or .safetensors", file->size,
                 MOST_JSON_BYTES);
        return false;
    }
    file->json = json_text_read((const char *)file->bytes, file->size, &line, &error);
    if (!file->json)
        text_add(why, "it is no JSON: line %d: %s", line, error.data ? error.data : "out of memory");
    else if (!json_is_object(file->json))
        text_add(why, "it is a JSON list; a map from names to numbers is needed");
    text_free(&error);
    json_object_foreach(file->json, name, item)
    {
        struct stored *stored = stored_add(file, name, strlen(name), why);
        if (!stored)
            return false;
        if (json_is_object(item))
            describe_map(stored, file, item);
        else
            describe_list(stored, file, item);
    }
    return json_is_object(file->json);
}

/* Writes the numbers of nested lists one after the other. */
struct filler {
    double *doubles;
    int64_t *integers;
    struct text *why;
};

static bool fill(struct filler *f, const json_t *item)
{
    size_t i;
    json_t *inner;
    double x = json_is_true(item);
    if (json_is_array(item)) {
        json_array_foreach(item, i, inner) if (!fill(f, inner)) return false;
        return true;
    }
    if (!json_is_boolean(item))
        json_number_read(&x, item);
    if (f->doubles)
        *f->doubles++ = x;
    return f->doubles || stored_whole(f->integers++, x, f->why);
}

bool json_numbers(double *doubles, int64_t *integers, const struct stored *stored, struct text *why)
{
    struct filler filler = {doubles, integers, why};
    const json_t *data = json_object_get(stored->json, "data");
    return fill(&filler, data ? data : stored->json);
}
