/* A case from a file. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/case.h"
#include "files/file.h"

gck_status case_bytes(char **bytes, size_t *size, const char *path, struct errors *errors)
{
    const struct file_limit limit = {MOST_CASE_BYTES, "a case file"};
    return file_read(bytes, size, path, &limit, errors);
}

const struct kept_file *case_kept(const struct case_loading *loading, const char *path)
{
    for (size_t i = 0; i < loading->file_count; i++)
        if (strcmp(loading->files[i].path, path) == 0)
            return &loading->files[i];
    return NULL;
}

static gck_status load_kept(struct case_file **out, const char *path, const struct case_loading *loading,
                            struct errors *errors)
{
    const struct kept_file *kept = case_kept(loading, path);
    if (kept)
        return case_read(out, path, kept->bytes, kept->size, loading, errors);
    errors->here = (struct place){.file = arena_text(&errors->arena, path, strlen(path))};
    return errors_add(errors, GCK_IO, "this file is not in the recording");
}

gck_status case_load(struct case_file **out, const char *path, const struct case_loading *loading,
                     struct errors *errors)
{
    char *bytes;
    size_t size = 0;
    *out = NULL;
    if (loading && loading->kept)
        return load_kept(out, path, loading, errors);
    gck_status status = case_bytes(&bytes, &size, path, errors);
    if (!status)
        status = case_read(out, path, bytes, size, loading, errors);
    free(bytes);
    return status;
}

char *case_sibling(const struct case_file *file, const char *id)
{
    const char *dot = strrchr(file->path, '.');
    size_t own = strlen(file->id), stem = dot ? (size_t)(dot - file->path) : 0;
    if (stem < own || strncmp(file->path + stem - own, file->id, own) != 0)
        return NULL;
    struct text path = {0};
    text_bytes(&path, file->path, stem - own);
    text_add(&path, "%s%s", id, dot);
    if (path.failed)
        text_free(&path);
    return path.data;
}
