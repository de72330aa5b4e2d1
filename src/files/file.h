/* Files on disk: reading whole files, and errors of the operating system. */
#ifndef GCK_FILES_FILE_H
#define GCK_FILES_FILE_H
#include "base/errors.h"

struct file_limit {
    size_t bytes;
    const char *what; /* "a case file" */
};

/* The bytes of a regular file within the limit, to be freed by the caller; NULL after an error, whose place is
 * the path. */
gck_status file_read(char **bytes, size_t *size, const char *path, const struct file_limit *limit,
                     struct errors *errors) GCK_MUST_USE;

/* Adds "what: reason" of the errno `number`, with the path as the place. Returns GCK_IO. */
gck_status file_error(struct errors *errors, const char *path, const char *what, int number);

#endif
