/* Files of tensors: which format it is, and the way from bytes to numbers. */
#include "files/tensor_file.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/array.h"
#include "files/format.h"

const struct file_limit tensor_file_limit = {(size_t)1 << 30, "a file of tensors"};

struct stored *stored_add(struct tensor_file *file, const char *name, size_t size, struct text *why)
{
    if (file->count == MOST_STORED) {
        text_add(why, "more than %d tensors", MOST_STORED);
        return NULL;
    }
    struct stored *list = array_room(file->list, file->count, &file->room, sizeof *list);
    file->list = list ? list : file->list;
    const char *copy = arena_text(&file->arena, name, size);
    if (!list || !copy) {
        text_add(why, "out of memory");
        return NULL;
    }
    struct stored *stored = &file->list[file->count++];
    *stored = (struct stored){.name = copy};
    return stored;
}

void stored_defect(struct stored *stored, struct tensor_file *file, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    stored->defect = arena_text(&file->arena, text, strlen(text));
    if (!stored->defect)
        stored->defect = "out of memory";
}

bool stored_measure(struct stored *stored, size_t *bytes)
{
    size_t width = stored_width(stored->type);
    if (!shape_count_within(&stored->count, &stored->shape, SIZE_MAX / 16))
        return false;
    *bytes = stored->count * width;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct stored *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Sorts by name; false when one comes twice. */
static bool sort(struct tensor_file *file, struct text *why)
{
    if (file->count)
        qsort(file->list, file->count, sizeof *file->list, by_name);
    for (size_t i = 1; i < file->count; i++)
        if (strcmp(file->list[i - 1].name, file->list[i].name) == 0) {
            text_add(why, "two tensors are called %.100s", file->list[i].name);
            return false;
        }
    return true;
}

typedef bool list_function(struct tensor_file *file, struct text *why);

/* The reader of the format that the first bytes are of, or NULL. */
static list_function *format_of(const struct tensor_file *file)
{
    const unsigned char *b = file->bytes;
    size_t blanks = 0;
    if (file->size >= 6 && memcmp(b, "\x93NUMPY", 6) == 0)
        return npy_list;
    if (file->size >= 4 && (memcmp(b, "PK\3\4", 4) == 0 || memcmp(b, "PK\5\6", 4) == 0))
        return npz_list;
    bool header = file->size > 8 && b[8] == '{'; /* behind its length; no text has a NUL in it */
    if (header && b[7] == '\0')
        return safetensors_list;
    while (blanks < file->size && strchr(" \t\r\n", b[blanks]) && b[blanks])
        blanks++;
    if (blanks < file->size && (b[blanks] == '{' || b[blanks] == '['))
        return json_list;
    return header ? safetensors_list : NULL;
}

struct tensor_file *tensor_file_read(const char *bytes, size_t size, struct text *why)
{
    struct tensor_file *file = calloc(1, sizeof *file);
    if (!file) {
        text_add(why, "out of memory");
        return NULL;
    }
    file->bytes = (const unsigned char *)bytes;
    file->size = size;
    list_function *list = format_of(file);
    if (!list)
        text_add(why, size ? "it is none of .npz, .npy, .safetensors and JSON" : "it is empty");
    if (list && list(file, why) && sort(file, why))
        return file;
    tensor_file_free(file);
    return NULL;
}

void tensor_file_free(struct tensor_file *file)
{
    if (!file)
        return;
    json_decref(file->json);
    if (file->zip)
        zip_discard(file->zip);
    free(file->list);
    arena_free(&file->arena);
    free(file);
}

size_t tensor_file_count(const struct tensor_file *file)
{
    return file->count;
}

const struct stored *tensor_file_at(const struct tensor_file *file, size_t i)
{
    return &file->list[i];
}

const struct stored *tensor_file_find(const struct tensor_file *file, const char *name)
{
    const struct stored wanted = {.name = name};
    return file->count ? bsearch(&wanted, file->list, file->count, sizeof wanted, by_name) : NULL;
}

bool source_take(void *into, struct source_bytes *source, size_t size, struct text *why)
{
    if (!source->member) {
        if (size > source->left) {
            text_add(why, "it is cut off");
            return false;
        }
        memcpy(into, source->memory, size);
        source->memory += size;
        source->left -= size;
        return true;
    }
    for (size_t done = 0; done < size;) {
        zip_int64_t more = zip_fread(source->member, (char *)into + done, size - done);
        if (more <= 0) {
            text_add(why, more ? "it cannot be unpacked: %s" : "it is cut off%s",
                     more ? zip_file_strerror(source->member) : "");
            return false;
        }
        done += (size_t)more;
    }
    return true;
}

bool source_ended(struct source_bytes *source, struct text *why)
{
    char more;
    zip_int64_t count = source->member ? zip_fread(source->member, &more, 1) : (zip_int64_t)source->left;
    if (count > 0)
        text_add(why, "more bytes follow behind its numbers");
    else if (count < 0)
        text_add(why, "it cannot be unpacked: %s", zip_file_strerror(source->member));
    return count == 0;
}

/* Where the next number of the file belongs in row-major order. */
struct order {
    const struct shape *shape;
    bool fortran;
    size_t position, at[MOST_RANK], stride[MOST_RANK];
};

static struct order order_of(const struct stored *stored)
{
    struct order order = {.shape = &stored->shape, .fortran = stored->fortran};
    size_t stride = 1;
    for (int i = stored->shape.rank; i-- > 0; stride *= stored->shape.dim[i])
        order.stride[i] = stride;
    return order;
}

static void order_next(struct order *order)
{
    order->position += !order->fortran;
    for (int i = 0; i < order->shape->rank && order->fortran; i++) {
        order->position += order->stride[i];
        if (++order->at[i] < order->shape->dim[i])
            return;
        order->position -= order->stride[i] * order->shape->dim[i];
        order->at[i] = 0;
    }
}

/* Every number, to one of the two. */
static bool copy_numbers(double *doubles, int64_t *integers, const struct stored *stored,
                         struct source_bytes *source, struct text *why)
{
    unsigned char chunk[8192];
    size_t width = stored_width(stored->type), most = sizeof chunk / width, some;
    struct order order = order_of(stored);
    for (size_t left = stored->count; left; left -= some) {
        some = left < most ? left : most;
        if (!source_take(chunk, source, some * width, why))
            return false;
        for (size_t i = 0; i < some; i++, order_next(&order)) {
            const unsigned char *bytes = chunk + i * width;
            if (doubles
                    ? !stored_double(doubles + order.position, stored->type, bytes, stored->big_endian, why)
                    : !stored_integer(integers + order.position, stored->type, bytes, stored->big_endian, why))
                return false;
        }
    }
    return true;
}

static bool read_numbers(double *doubles, int64_t *integers, const struct tensor_file *file,
                         const struct stored *stored, struct text *why)
{
    struct source_bytes source = {0};
    size_t header;
    if (file->json)
        return json_numbers(doubles, integers, stored, why);
    if (!file->zip) {
        source.memory = file->bytes + stored->at;
        source.left = file->size - stored->at;
        return copy_numbers(doubles, integers, stored, &source, why);
    }
    struct stored again = *stored;
    struct tensor_file scratch = {0};
    bool read = npz_open(&source, file, stored, why) && npy_header(&again, &header, &scratch, &source, why) &&
                copy_numbers(doubles, integers, stored, &source, why) && source_ended(&source, why);
    npz_close(&source);
    arena_free(&scratch.arena);
    return read;
}

bool tensor_file_doubles(double *numbers, const struct tensor_file *file, const struct stored *stored,
                         struct text *why)
{
    return read_numbers(numbers, NULL, file, stored, why);
}

bool tensor_file_integers(int64_t *numbers, const struct tensor_file *file, const struct stored *stored,
                          struct text *why)
{
    if (!stored_is_float(stored->type))
        return read_numbers(NULL, numbers, file, stored, why);
    text_add(why, "it holds %s, where integers are needed", stored_name(stored->type));
    return false;
}
