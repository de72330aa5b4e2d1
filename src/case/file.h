/* Case files on disk: reading whole files, and errors of the operating system. */
#ifndef GCK_CASE_FILE_H
#define GCK_CASE_FILE_H
#include "case/case.h"

/* The bytes of a regular file of at most MOST_CASE_BYTES, to be freed by the caller; NULL after an error. */
gck_status file_read(char **bytes, size_t *size, const char *path, struct errors *errors) GCK_MUST_USE;

/* Adds "what: reason" of the errno `number`, with the path as the place. Returns GCK_IO. */
gck_status file_error(struct errors *errors, const char *path, const char *what, int number);

#endif
