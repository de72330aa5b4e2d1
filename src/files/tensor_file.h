/* Files of tensors: .npz, .npy, .safetensors and JSON, recognized by their content. Everything here is a
 * function of the bytes; hostile ones give an error, and memory is taken for what is really there alone. */
#ifndef GCK_FILES_TENSOR_FILE_H
#define GCK_FILES_TENSOR_FILE_H
#include "files/file.h"
#include "files/stored.h"
#include "tensor/shape.h"

/* The largest files that are worth reading; and tensors in one. */
extern const struct file_limit tensor_file_limit;
enum { MOST_JSON_BYTES = 1 << 26, MOST_STORED = 100000 };

/* One tensor of a file. */
struct stored {
    const char *name;   /* "" in a .npy */
    const char *defect; /* why it cannot be read, and nothing below counts; NULL: it can */
    enum stored_type type;
    struct shape shape;
    size_t count;
    /* private */
    size_t at; /* its member in an .npz; the offset of its first byte */
    bool big_endian, fortran;
    const struct json_t *json;
};

struct tensor_file;

/* Reads what the file holds, but no numbers yet. `bytes` must outlive the result, which is freed with
 * tensor_file_free(). NULL: `why` says what is wrong. */
struct tensor_file *tensor_file_read(const char *bytes, size_t size, struct text *why);
void tensor_file_free(struct tensor_file *file);

/* Its tensors, by name in the order of bytes. */
size_t tensor_file_count(const struct tensor_file *file);
const struct stored *tensor_file_at(const struct tensor_file *file, size_t i);
/* The one of that name, or NULL. */
const struct stored *tensor_file_find(const struct tensor_file *file, const char *name);

/* Reads the numbers of a tensor without defect, stored->count of them, row-major. Only integers, bools and
 * whole decimals are read as integers. False: `why` says what is wrong. Not for two threads at once. */
bool tensor_file_doubles(double *numbers, const struct tensor_file *file, const struct stored *stored,
                         struct text *why);
bool tensor_file_integers(int64_t *numbers, const struct tensor_file *file, const struct stored *stored,
                          struct text *why);

#endif
