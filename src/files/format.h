/* What the readers of the formats share. */
#ifndef GCK_FILES_FORMAT_H
#define GCK_FILES_FORMAT_H
#include "base/arena.h"
#include "files/tensor_file.h"

struct tensor_file {
    struct arena arena;
    const unsigned char *bytes;
    size_t size;
    struct stored *list;
    size_t count, room;
    struct json_t *json; /* the document, of JSON; else NULL */
    struct zip *zip;     /* the archive, of .npz; else NULL */
};

/* Each lists the tensors of one format. False: `why` says what is wrong. */
bool npy_list(struct tensor_file *file, struct text *why);
bool npz_list(struct tensor_file *file, struct text *why);
bool safetensors_list(struct tensor_file *file, struct text *why);
bool json_list(struct tensor_file *file, struct text *why);

/* Adds a tensor; its name is copied. NULL: `why` says that there are too many, or no memory. */
struct stored *stored_add(struct tensor_file *file, const char *name, size_t size, struct text *why);

/* Sets stored->defect. */
void stored_defect(struct stored *stored, struct tensor_file *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets stored->count from its shape; *bytes is what its numbers take. False when that overflows. */
bool stored_measure(struct stored *stored, size_t *bytes);

/* Where bytes come from: memory or a member of an archive. */
struct source_bytes {
    const unsigned char *memory;
    size_t left;
    struct zip_file *member; /* NULL: memory */
};
/* Takes exactly so many bytes; false, with `why`, when there are not as many or they are damaged. */
bool source_take(void *into, struct source_bytes *source, size_t size, struct text *why);
/* Whether nothing is left, and what came was undamaged. */
bool source_ended(struct source_bytes *source, struct text *why);

/* Opens a member of the archive; false with `why`. Close it with npz_close(). */
bool npz_open(struct source_bytes *source, const struct tensor_file *file, const struct stored *stored,
              struct text *why);
void npz_close(struct source_bytes *source);

/* The header of an .npy, up to the first number: *header bytes. What is understood but not read (complex
 * numbers) becomes a defect. False: `why` says what is wrong. */
bool npy_header(struct stored *stored, size_t *header, struct tensor_file *file, struct source_bytes *source,
                struct text *why);

/* The numbers of a tensor in a document, in order; used by one of the two. */
bool json_numbers(double *doubles, int64_t *integers, const struct stored *stored, struct text *why);

#endif
