/* Tensors of a case that lie in files: {file: w.npy}, {file: w.npz#W1}. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case/reader.h"

/* "cases/x.yaml": "cases"; "x.yaml": ".". In the scratch arena; NULL when memory fails. */
static const char *folder_of(struct reader *reader)
{
    const char *path = reader->file->path, *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    return arena_text(&reader->scratch, path, slash == path ? 1 : (size_t)(slash - path));
}

/* Whether the path, free of links, lies below the folder. */
static bool lies_below(const char *path, const char *folder)
{
    char *base = realpath(folder, NULL);
    size_t size = base ? strlen(base) : 0;
    bool below = size && strncmp(path, base, size) == 0 && (base[size - 1] == '/' || path[size] == '/');
    free(base);
    return below;
}

/* "cases/w.npy": the file as seen from where the case was read. In the case's arena; NULL when memory fails. */
static const char *path_join(struct reader *reader, const char *name)
{
    const char *folder = folder_of(reader);
    size_t size = strlen(name) + (folder ? strlen(folder) : 0) + 2;
    char *joined = folder ? arena_alloc(reader->arena, size, 1) : NULL;
    if (!joined)
        return reader_no_memory(reader), NULL;
    if (*name != '/') {
        strcpy(joined, folder);
        strcat(joined, "/");
    }
    strcat(joined, name);
    return joined;
}

/* The path of the file without links, to be freed; NULL after an error. */
static char *path_resolve(struct reader *reader, const struct item *item, const char *name, const char *joined)
{
    bool absolute = *name == '/', anywhere = reader->file->loading.reach == REACH_ANYWHERE;
    char buffer[128], *path = absolute && !anywhere ? NULL : realpath(joined, NULL);
    if (path && (anywhere || lies_below(path, folder_of(reader))))
        return path;
    if (path || (absolute && !anywhere))
        reader_error(
            reader, item,
            "the file %s is not below the folder of the case; it is read when --allow-outside is given",
            SHOW(name));
    else
        reader_error(reader, item, "the file %s cannot be read: %s", SHOW(name),
                     strerror_r(errno, buffer, sizeof buffer));
    free(path);
    return NULL;
}

/* Remembers that the case needs this file. */
static void note_file(struct reader *reader, const char *joined)
{
    struct case_file *file = reader->file;
    size_t count = file->file_count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(file->files[i], joined) == 0)
            return;
    if ((count & (count - 1)) == 0) { /* full: room is a power of two */
        const char **files = arena_alloc(reader->arena, count ? 2 * count : 1, sizeof *files);
        if (!files) {
            reader_no_memory(reader);
            return;
        }
        if (count)
            memcpy(files, file->files, count * sizeof *files);
        file->files = files;
    }
    file->files[file->file_count++] = joined;
}

void tensors_close(struct reader *reader)
{
    tensor_file_free(reader->tensors.file);
    free(reader->tensors.bytes);
    free(reader->tensors.path);
    reader->tensors = (struct tensors_open){0};
}

/* A copy of the file as it was kept. */
static bool kept_read(struct tensors_open *open, size_t *size, const struct case_loading *loading,
                      struct errors *errors)
{
    const struct kept_file *kept = case_kept(loading, open->path);
    if (!kept)
        return (void)errors_add(errors, GCK_IO, "it is not in the recording"), false;
    open->bytes = malloc(kept->size + 1);
    if (!open->bytes)
        return (void)errors_add(errors, GCK_NO_MEMORY, "out of memory"), false;
    memcpy(open->bytes, kept->bytes, kept->size);
    *size = kept->size;
    return true;
}

/* Opens the file, unless it is the one that was opened last. */
static const struct tensor_file *open_file(struct reader *reader, const struct item *item, const char *name)
{
    struct errors errors = {0};
    struct text why = {0};
    struct tensors_open *open = &reader->tensors;
    const struct case_loading *loading = &reader->file->loading;
    size_t size = 0;
    const char *joined = path_join(reader, name);
    char *path = joined ? loading->kept ? strdup(joined) : path_resolve(reader, item, name, joined) : NULL;
    if (!path)
        return NULL;
    note_file(reader, joined);
    if (open->path && strcmp(open->path, path) == 0) {
        free(path);
        return open->file;
    }
    tensors_close(reader);
    open->path = path;
    bool read = loading->kept ? kept_read(open, &size, loading, &errors)
                              : file_read(&open->bytes, &size, path, &tensor_file_limit, &errors) == GCK_OK;
    if (!read)
        reader_error(reader, item, "the file %s: %s", SHOW(name),
                     errors.first ? errors.first->message : "out of memory");
    else if (!(open->file = tensor_file_read(open->bytes, size, &why)))
        reader_error(reader, item, "the file %s: %s", SHOW(name), why.data ? why.data : "out of memory");
    text_free(&why);
    errors_free(&errors);
    const struct tensor_file *file = open->file;
    if (!file)
        tensors_close(reader);
    return file;
}

/* "W, b and 3 more" of the names in the file. */
static void names_add_all(struct text *text, const struct tensor_file *file)
{
    enum { SHOWN = 5 };
    size_t count = tensor_file_count(file);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        text_add(text, "%s%.60s", i ? ", " : "", tensor_file_at(file, i)->name);
    if (count > SHOWN)
        text_add(text, " and %zu more", count - SHOWN);
    if (count == 0)
        text_add(text, "none at all");
}

/* The tensor called `name`, "" in a file that has one without a name. */
static const struct stored *find(struct reader *reader, const struct item *item, const struct tensor_file *file,
                                 const char *path, const char *name)
{
    const struct stored *stored = tensor_file_find(file, name);
    struct suggestion near = {.name = name};
    struct text all = {0};
    if (stored)
        return stored;
    for (size_t i = 0; i < tensor_file_count(file); i++)
        suggestion_offer(&near, tensor_file_at(file, i)->name);
    names_add_all(&all, file);
    if (tensor_file_find(file, ""))
        reader_error(reader, item, "an .npy holds one tensor without a name: leave out #%s", SHOW(name));
    else if (!*name)
        reader_error(reader, item, "%s#NAME says which tensor of the file is meant; it holds %s", SHOW(path),
                     all.failed ? "" : all.data);
    else if (near.best)
        reader_error(reader, item, "the file holds no tensor %s: did you mean %.60s?", SHOW(name), near.best);
    else
        reader_error(reader, item, "the file holds no tensor %s; it holds %s", SHOW(name),
                     all.failed ? "" : all.data);
    text_free(&all);
    return NULL;
}

/* Floats: finite in every dtype of the case, or infinite where that is allowed. */
static bool doubles_check(struct tensor *tensor, struct reader *reader, const struct item *item,
                          const double *x, size_t count, enum number_use use)
{
    char index[SHAPE_TEXT];
    for (size_t i = 0; i < count; i++) {
        const char *problem = isnan(x[i]) ? "is NaN; there is no gradient to check there" : NULL;
        if (isinf(x[i]) && use == NUMBER_FINITE)
            problem = "is infinite; a finite number is needed here";
        else if (isinf(x[i]) && !tensor->infinite.line)
            tensor->infinite = item_place(item, &reader->source);
        for (int d = 0; d < DTYPES && isfinite(x[i]) && !problem; d++)
            if (reader->file->dtypes[d] && !isfinite(dtype_round((enum dtype)d, x[i])))
                problem = "overflows one of the dtypes of this case: leave that out of `dtypes`";
        if (problem) {
            reader_error(reader, item, "its element %s, %.17g, %s", shape_index_text(index, &tensor->shape, i),
                         x[i], problem);
            return false;
        }
    }
    return true;
}

static bool numbers_read(struct tensor *tensor, struct reader *reader, const struct item *item,
                         const struct tensor_file *file, const struct stored *stored, enum number_use use)
{
    struct text why = {0};
    bool read, whole = tensor->kind != KIND_FLOAT;
    double *x = whole ? NULL : arena_alloc(reader->arena, stored->count, sizeof *x);
    int64_t *n = whole ? arena_alloc(reader->arena, stored->count, sizeof *n) : NULL;
    if (!x && !n)
        return reader_no_memory(reader), false;
    if (whole)
        read = tensor_file_integers(n, file, stored, &why);
    else
        read = tensor_file_doubles(x, file, stored, &why);
    for (size_t i = 0; read && tensor->kind == KIND_BOOL && i < stored->count; i++)
        if (n[i] != 0 && n[i] != 1) {
            text_add(&why, "a bool is 0 or 1, not %lld", (long long)n[i]);
            read = false;
        }
    if (!read)
        reader_error(reader, item, "the tensor in %s: %s", SHOW(item->text),
                     why.data ? why.data : "out of memory");
    text_free(&why);
    tensor->values = (struct values){.doubles = x, .integers = n};
    return read && (whole || doubles_check(tensor, reader, item, x, stored->count, use));
}

/* Floats in the file are floats here, integers labels or indices, bools masks, unless `dtype` says so already.
 */
static bool kind_fits(struct tensor *tensor, struct reader *reader, const struct item *item, bool dtype_given,
                      const struct stored *stored)
{
    bool is_float = stored_is_float(stored->type) || stored->type == STORED_NUMBER;
    if (!dtype_given)
        tensor->kind = is_float ? KIND_FLOAT : stored->type == STORED_BOOL ? KIND_BOOL : KIND_INTEGER;
    if (!dtype_given || !stored_is_float(stored->type))
        return true;
    reader_error(reader, item, "the file holds %s, where dtype says integers", stored_name(stored->type));
    return false;
}

bool tensor_from_file(struct tensor *tensor, struct reader *reader, const struct item *item, bool dtype_given,
                      enum number_use use)
{
    size_t path = strcspn(item->text, "#");
    const char *name = arena_text(&reader->scratch, item->text, path);
    if (!name)
        return reader_no_memory(reader), false;
    if (!*name || strlen(item->text) < item->size) {
        reader_error(reader, item, "a file is named as w.npy, w.npz#W1 or w.safetensors#W1");
        return false;
    }
    const struct tensor_file *file = open_file(reader, item, name);
    const struct stored *stored =
        file ? find(reader, item, file, name, item->text[path] ? item->text + path + 1 : "") : NULL;
    if (!stored)
        return false;
    if (stored->defect) {
        reader_error(reader, item, "the tensor in %s: %s", SHOW(item->text), stored->defect);
        return false;
    }
    size_t count;
    bool small = shape_count_within(&count, &stored->shape, MOST_ELEMENTS);
    reader->elements += small ? count : 0;
    if (!small || reader->elements > MOST_ELEMENTS) {
        reader_error(reader, item,
                     "the generated tensors and those in files have more than %d elements together",
                     MOST_ELEMENTS);
        return false;
    }
    tensor->shape = stored->shape;
    return kind_fits(tensor, reader, item, dtype_given, stored) &&
           numbers_read(tensor, reader, item, file, stored, use);
}
