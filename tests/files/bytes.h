/* Files of tensors made byte by byte, for tests: each maker appends to a text. */
#ifndef GCK_TESTS_FILES_BYTES_H
#define GCK_TESTS_FILES_BYTES_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "files/tensor_file.h"

/* `n` as `width` little-endian bytes. */
static inline void add_number(struct text *bytes, uint64_t n, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        char byte = (char)(n >> 8 * i);
        text_bytes(bytes, &byte, 1);
    }
}

/* An .npy of that version with this header, to the letter. */
static inline void add_npy_header(struct text *bytes, char version, const char *header)
{
    const char start[] = {'\x93', 'N', 'U', 'M', 'P', 'Y', version, 0};
    text_bytes(bytes, start, sizeof start);
    add_number(bytes, strlen(header), version == 1 ? 2 : 4);
    text_add(bytes, "%s", header);
}

/* The same with numbers behind it. */
static inline void add_npy(struct text *bytes, const char *descr, const char *fortran, const char *shape,
                           const void *numbers, size_t size)
{
    struct text header = {0};
    text_add(&header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", descr, fortran, shape);
    add_npy_header(bytes, 1, header.data);
    text_bytes(bytes, numbers, size);
    text_free(&header);
}

static inline void add_safetensors(struct text *bytes, const char *header, const void *numbers, size_t size)
{
    add_number(bytes, strlen(header), 8);
    text_add(bytes, "%s", header);
    text_bytes(bytes, numbers, size);
}

/* Reads a copy that ends where its memory does, so that a sanitizer sees every byte too many. */
struct opened_bytes {
    char *copy;
    struct tensor_file *file;
    struct text why;
};

static inline struct opened_bytes open_bytes(const void *bytes, size_t size)
{
    struct opened_bytes o = {.copy = test_malloc(size + !size)};
    if (size)
        memcpy(o.copy, bytes, size);
    o.file = tensor_file_read(o.copy, size, &o.why);
    return o;
}

static inline void close_bytes(struct opened_bytes *o)
{
    tensor_file_free(o->file);
    text_free(&o->why);
    test_free(o->copy);
}

/* Asserts that the bytes are refused with this text in the reason, and drops them. */
static inline void assert_refused(struct text *bytes, const char *reason)
{
    struct opened_bytes o = open_bytes(bytes->data, bytes->size);
    assert_null(o.file);
    assert_non_null(o.why.data);
    if (!strstr(o.why.data, reason))
        fail_msg("\"%s\" is not in \"%s\"", reason, o.why.data);
    close_bytes(&o);
    text_free(bytes);
}

/* Asserts that the tensor `name` has this shape and these numbers, bit for bit. */
static inline void assert_tensor(const struct tensor_file *file, const char *name, const char *shape,
                                 const double *numbers, size_t count)
{
    char text[SHAPE_TEXT];
    double read[64];
    struct text why = {0};
    const struct stored *stored = tensor_file_find(file, name);
    assert_non_null(stored);
    if (stored->defect)
        fail_msg("%s: %s", name, stored->defect);
    assert_string_equal(shape_text(text, &stored->shape), shape);
    assert_int_equal(stored->count, count);
    if (!tensor_file_doubles(read, file, stored, &why))
        fail_msg("%s: %s", name, why.data);
    assert_memory_equal(read, numbers, count * sizeof *numbers);
    text_free(&why);
}

/* Asserts that the one tensor of a file cannot be read, and why. */
static inline void assert_defect(struct text *bytes, const char *name, const char *reason)
{
    struct opened_bytes o = open_bytes(bytes->data, bytes->size);
    if (!o.file)
        fail_msg("%s", o.why.data);
    const struct stored *stored = tensor_file_find(o.file, name);
    assert_non_null(stored);
    if (!stored->defect || !strstr(stored->defect, reason))
        fail_msg("\"%s\" is not in \"%s\"", reason, stored->defect ? stored->defect : "(no defect)");
    close_bytes(&o);
    text_free(bytes);
}

#endif
