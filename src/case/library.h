/* The case library: the case files below folders. */
#ifndef GCK_CASE_LIBRARY_H
#define GCK_CASE_LIBRARY_H
#include "base/errors.h"

/* Paths of case files in a stable (byte) order. Zero-initialize; free with library_free. */
struct library {
    struct arena arena;
    const char **paths;
    size_t count, room;
};

/* Adds `path` itself when it is a file, or every *.yaml, *.yml and *.json below it (hidden files and folders
 * are left out; symbolic links to folders are not followed). Errors: unreadable paths. */
gck_status library_add(struct library *library, const char *path, struct errors *errors);
void library_free(struct library *library);

#endif
