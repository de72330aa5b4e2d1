/* Safetensors: the length of a header, a header of JSON, numbers (little-endian, row-major, without holes). */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files/format.h"
#include "files/json_text.h"

enum { MOST_HEADER = 100000000 };

static enum stored_type type_of(const char *code)
{
    static const struct {
        const char *code;
        enum stored_type type;
    } codes[] = {{"F64", STORED_FLOAT64},   {"F32", STORED_FLOAT32}, {"F16", STORED_FLOAT16},
                 {"BF16", STORED_BFLOAT16}, {"I64", STORED_INT64},   {"I32", STORED_INT32},
                 {"I16", STORED_INT16},     {"I8", STORED_INT8},     {"U64", STORED_UINT64},
                 {"U32", STORED_UINT32},    {"U16", STORED_UINT16},  {"U8", STORED_UINT8},
                 {"BOOL", STORED_BOOL}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(code, codes[i].code) == 0)
            return codes[i].type;
    return STORED_TYPES;
}

/* A whole number that is no longer than an offset can be. */
static bool read_size(size_t *size, const json_t *item)
{
    double x = json_number_value(item);
    if (!json_is_number(item) || !(x >= 0 && x <= 0x1p53) || x != trunc(x))
        return false;
    *size = (size_t)x;
    return true;
}

/* False: it is no list of sizes. */
static bool read_shape(struct stored *stored, struct tensor_file *file, const json_t *shape)
{
    size_t i, size;
    json_t *item;
    if (!json_is_array(shape))
        return false;
    json_array_foreach(shape, i, item)
    {
        if (!read_size(&size, item))
            return false;
        if (i < MOST_RANK)
            stored->shape.dim[i] = size;
    }
    stored->shape.rank = i < MOST_RANK ? (int)i : MOST_RANK;
    if (i > MOST_RANK)
        stored_defect(stored, file, "its rank is %zu; the highest is %d", i, MOST_RANK);
    return true;
}

/* Where each tensor's numbers begin and end, to find overlaps and holes. */
struct extent {
    size_t from, to;
    const char *name;
};

static bool add(struct tensor_file *file, struct extent *extent, const char *name, const json_t *about,
                struct text *why)
{
    const char *dtype = json_string_value(json_object_get(about, "dtype"));
    const json_t *offsets = json_object_get(about, "data_offsets");
    struct stored *stored = stored_add(file, name, strlen(name), why);
    size_t bytes;
    if (!stored)
        return false;
    extent->name = stored->name;
    if (!dtype || !read_shape(stored, file, json_object_get(about, "shape")) || json_array_size(offsets) != 2 ||
        !read_size(&extent->from, json_array_get(offsets, 0)) ||
        !read_size(&extent->to, json_array_get(offsets, 1)) || extent->to < extent->from) {
        text_add(why, "%.100s: dtype, shape and data_offsets are needed, such as \"F32\", [2, 3] and [0, 24]",
                 name);
        return false;
    }
    stored->at = extent->from;
    stored->type = type_of(dtype);
    if (stored->defect)
        return true;
    if (stored->type == STORED_TYPES)
        stored_defect(stored, file,
                      "it holds numbers of type %.20s; F64, F32, F16, BF16, integers and BOOL are read", dtype);
    else if (!stored_measure(stored, &bytes) || bytes != extent->to - extent->from) {
        char shape[SHAPE_TEXT];
        text_add(why, "%.100s: its %zu bytes are not %s of shape %s", name, extent->to - extent->from, dtype,
                 shape_text(shape, &stored->shape));
        return false;
    }
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

/* The tensors lie one behind the other, from the first byte to the last of `size`. */
static bool tiles(struct extent *extents, size_t count, size_t size, struct text *why)
{
    size_t end = 0;
    if (count)
        qsort(extents, count, sizeof *extents, by_place);
    for (size_t i = 0; i < count; end = extents[i++].to)
        if (extents[i].from != end) {
            text_add(why, "%.100s begins at byte %zu of the numbers, where byte %zu is next", extents[i].name,
                     extents[i].from, end);
            return false;
        }
    if (end != size)
        text_add(why, "its header says %zu bytes of numbers, %zu are there", end, size);
    return end == size;
}

static bool add_all(struct tensor_file *file, const json_t *header, size_t start, struct text *why)
{
    struct extent *extents = calloc(json_object_size(header) + 1, sizeof *extents);
    const char *name;
    json_t *about;
    bool right = extents != NULL;
    if (!extents)
        text_add(why, "out of memory");
    json_object_foreach((json_t *)header, name, about) if (right && strcmp(name, "__metadata__") != 0)
    {
        right = add(file, &extents[file->count], name, about, why);
    }
    right = right && tiles(extents, file->count, file->size - start, why);
    for (size_t i = 0; i < file->count; i++)
        file->list[i].at += start;
    free(extents);
    return right;
}

bool safetensors_list(struct tensor_file *file, struct text *why)
{
    uint64_t size = 0;
    int line;
    for (int i = 8; i-- > 0;)
        size = size << 8 | file->bytes[i];
    if (size > file->size - 8 || size > MOST_HEADER) {
        text_add(why, "its header claims %llu bytes; the file has %zu", (unsigned long long)size, file->size);
        return false;
    }
    struct text error = {0};
    json_t *header = json_text_read((const char *)file->bytes + 8, (size_t)size, &line, &error);
    bool right = json_is_object(header) && add_all(file, header, 8 + (size_t)size, why);
    if (!json_is_object(header))
        text_add(why, "its header is no JSON object: %s", error.data ? error.data : "something else");
    json_decref(header);
    text_free(&error);
    return right;
}
