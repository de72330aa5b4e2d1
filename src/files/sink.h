/* What is written: standard output, or a file that appears under its name only when it is whole. */
#ifndef GCK_FILES_SINK_H
#define GCK_FILES_SINK_H
#include "base/errors.h"
#include "base/text.h"

struct sink;

/* path: NULL or "-" for standard output. A regular file is written beside its final name, and renamed by
 * sink_close() when it is on the disk; it keeps the permissions of the file that it replaces, and a link stays
 * a link. Devices and pipes are written directly. On failure an error that names the path. */
gck_status sink_open(struct sink **out, const char *path, struct errors *errors);

/* The same for a file that others write to as well: it is created or appended to, directly. */
gck_status sink_append(struct sink **out, const char *path, struct errors *errors);

/* Writes and flushes what `text` holds, then clears it. False once anything went wrong. */
bool sink_write(struct sink *sink, struct text *text);

/* Whether the reader of a pipe went away: nobody is left to tell. */
bool sink_broken(const struct sink *sink);

/* Closes; with `keep` the file takes its name, else it is removed. Any error of writing shows here at the
 * latest, except a broken pipe's (GCK_IO without a message). sink may be NULL. */
gck_status sink_close(struct sink *sink, bool keep, struct errors *errors);

/* All of `text` into a file of that name, or to standard output: whole, or not at all. Errors as those of
 * sink_open() and sink_close(). The text stays the caller's to free; what it held may be gone. */
gck_status sink_save(const char *path, struct text *text, struct errors *errors);

#endif
