/* A case from a file. */
#include <stdlib.h>

#include "case/case.h"
#include "files/file.h"

gck_status case_bytes(char **bytes, size_t *size, const char *path, struct errors *errors)
{
    const struct file_limit limit = {MOST_CASE_BYTES, "a case file"};
    return file_read(bytes, size, path, &limit, errors);
}

gck_status case_load(struct case_file **out, const char *path, enum case_reach reach, struct errors *errors)
{
    char *bytes;
    size_t size = 0;
    *out = NULL;
    gck_status status = case_bytes(&bytes, &size, path, errors);
    if (!status)
        status = case_read(out, path, bytes, size, reach, errors);
    free(bytes);
    return status;
}
