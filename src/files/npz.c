/* NumPy's .npz: a zip archive of .npy members, through libzip. Members are unpacked piece by piece, so that
 * what an archive claims costs nothing. */
#include <errno.h>
#include <string.h>
#include <zip.h>

#include "files/format.h"

static bool refuse(struct text *why, zip_error_t *error)
{
    if (zip_error_code_zip(error) == ZIP_ER_EXISTS)
        text_add(why, "two members of the zip archive have the same name");
    else if (zip_error_code_zip(error) == ZIP_ER_MEMORY ||
             errno == ENOMEM) /* some failures of memory it takes for others */
        text_add(why, "out of memory");
    else
        text_add(why, "it is no sound zip archive: %s", zip_error_strerror(error));
    zip_error_fini(error);
    return false;
}

static bool archive_open(struct tensor_file *file, struct text *why)
{
    zip_error_t error;
    errno = 0;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(file->bytes, file->size, 0, &error);
    if (!source)
        return refuse(why, &error);
    file->zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (!file->zip) {
        zip_source_free(source);
        return refuse(why, &error);
    }
    zip_error_fini(&error);
    return true;
}

bool npz_open(struct source_bytes *source, const struct tensor_file *file, const struct stored *stored,
              struct text *why)
{
    *source = (struct source_bytes){.member = zip_fopen_index(file->zip, stored->at, 0)};
    if (!source->member)
        text_add(why, "it cannot be unpacked: %s",
                 zip_error_code_zip(zip_get_error(file->zip)) == ZIP_ER_MEMORY ? "out of memory"
                                                                               : zip_strerror(file->zip));
    return source->member != NULL;
}

void npz_close(struct source_bytes *source)
{
    if (source->member)
        zip_fclose(source->member);
    source->member = NULL;
}

/* What is wrong with how the member is packed, or NULL. */
static const char *packing_defect(const zip_stat_t *about)
{
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
    if ((about->valid & needed) != needed)
        return "the archive does not say how it is packed";
    if (about->valid & ZIP_STAT_ENCRYPTION_METHOD && about->encryption_method != ZIP_EM_NONE)
        return "it is encrypted";
    if (about->comp_method != ZIP_CM_STORE && about->comp_method != ZIP_CM_DEFLATE)
        return "it is packed in another way than stored or deflated";
    return NULL;
}

/* Reads the member's header, and holds the size that the archive claims against it. */
static void describe(struct stored *stored, struct tensor_file *file, zip_uint64_t size)
{
    struct source_bytes source = {0};
    struct text why = {0};
    size_t header = 0, bytes = 0;
    char shape[SHAPE_TEXT];
    bool right = npz_open(&source, file, stored, &why) && npy_header(stored, &header, file, &source, &why);
    npz_close(&source);
    if (!right)
        stored_defect(stored, file, "%s", why.data ? why.data : "out of memory");
    else if (!stored->defect && (!stored_measure(stored, &bytes) || size != header + bytes))
        stored_defect(stored, file, "its header says %zu bytes (%s of shape %s), the archive %llu",
                      header + bytes, stored_name(stored->type), shape_text(shape, &stored->shape),
                      (unsigned long long)size);
    text_free(&why);
}

/* A member whose name ends with .npy. */
static bool member_add(struct tensor_file *file, zip_uint64_t i, struct text *why)
{
    zip_stat_t about;
    if (zip_stat_index(file->zip, i, 0, &about) != 0 || !about.name) {
        text_add(why, "it is no sound zip archive: %s", zip_strerror(file->zip));
        return false;
    }
    size_t size = strlen(about.name);
    if (size < 4 || strcmp(about.name + size - 4, ".npy") != 0)
        return true;
    struct stored *stored = stored_add(file, about.name, size - 4, why);
    if (!stored)
        return false;
    const char *defect = packing_defect(&about);
    stored->at = i;
    if (defect)
        stored_defect(stored, file, "%s", defect);
    else
        describe(stored, file, about.size);
    return true;
}

bool npz_list(struct tensor_file *file, struct text *why)
{
    if (!archive_open(file, why))
        return false;
    zip_int64_t count = zip_get_num_entries(file->zip, 0);
    for (zip_int64_t i = 0; i < count; i++)
        if (!member_add(file, (zip_uint64_t)i, why))
            return false;
    if (count > 0 && file->count == 0) {
        text_add(
            why,
            "no member of this zip archive is an .npy; what torch.save wrote is not read, use numpy.savez or "
            "safetensors");
        return false;
    }
    return true;
}
