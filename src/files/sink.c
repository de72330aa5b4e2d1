/* What is written: put beside its final name, renamed when whole. */
#include "files/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sink {
    FILE *file;
    char *path;      /* NULL: standard output */
    char *temporary; /* NULL: written directly */
    int error;       /* first errno of a write */
};

static void sink_free(struct sink *sink)
{
    free(sink->path);
    free(sink->temporary);
    free(sink);
}

static gck_status cannot_write(const struct sink *sink, int error, struct errors *errors)
{
    errors->here = (struct place){.file = NULL};
    return errors_add(errors, GCK_IO, "cannot write %s: %s", sink->path ? sink->path : "standard output",
                      strerror(error));
}

/* The real file behind symbolic links, so that renaming replaces it and not the link. */
static char *resolved(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : strdup(path);
}

/* Opens it under another name. `replaced`: what stands there now, or NULL. */
static FILE *open_beside(struct sink *sink, const struct stat *replaced)
{
    const char *slash = strrchr(sink->path, '/');
    int folder = slash ? (int)(slash + 1 - sink->path) : 0;
    for (int attempt = 0; attempt < 100; attempt++) {
        struct text name = {0};
        text_add(&name, "%.*s.%s.%ld-%d", folder, sink->path, sink->path + folder, (long)getpid(), attempt);
        if (name.failed) {
            text_free(&name);
            errno = ENOMEM;
            return NULL;
        }
        int descriptor = open(name.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            sink->temporary = name.data;
            if (replaced)
                (void)fchmod(descriptor, replaced->st_mode & 07777);
            FILE *file = fdopen(descriptor, "w");
            if (!file) {
                close(descriptor);
                unlink(name.data);
                errno = ENOMEM;
            }
            return file;
        }
        text_free(&name);
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}

static gck_status sink_new(struct sink **out, const char *path, bool append, struct errors *errors)
{
    *out = NULL;
    struct sink *sink = calloc(1, sizeof *sink);
    if (!sink)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    struct stat status;
    bool standard = !path || strcmp(path, "-") == 0;
    sink->path = standard ? NULL : resolved(path);
    errno = 0;
    if (standard)
        sink->file = stdout;
    else if (!sink->path)
        errno = ENOMEM;
    else if (append)
        sink->file = fopen(sink->path, "ae");
    else if (stat(sink->path, &status) != 0)
        sink->file = open_beside(sink, NULL);
    else if (S_ISREG(status.st_mode))
        sink->file = open_beside(sink, &status);
    else
        sink->file = fopen(sink->path, "we");
    if (sink->file) {
        *out = sink;
        return GCK_OK;
    }
    gck_status failed = cannot_write(sink, errno, errors);
    sink_free(sink);
    return failed;
}

gck_status sink_open(struct sink **out, const char *path, struct errors *errors)
{
    return sink_new(out, path, false, errors);
}

gck_status sink_append(struct sink **out, const char *path, struct errors *errors)
{
    return sink_new(out, path, true, errors);
}

bool sink_write(struct sink *sink, struct text *text)
{
    errno = 0;
    if (text->failed && !sink->error)
        sink->error = ENOMEM;
    if (!sink->error && text->size &&
        (fwrite(text->data, 1, text->size, sink->file) != text->size || fflush(sink->file) != 0))
        sink->error = errno ? errno : EIO;
    text_clear(text);
    return !sink->error;
}

bool sink_broken(const struct sink *sink)
{
    return sink->error == EPIPE;
}

gck_status sink_close(struct sink *sink, bool keep, struct errors *errors)
{
    if (!sink)
        return GCK_OK;
    errno = 0;
    bool failed = fflush(sink->file) != 0;
    failed |= sink->temporary && keep && fsync(fileno(sink->file)) != 0;
    failed |= sink->path && fclose(sink->file) != 0;
    if (failed && !sink->error)
        sink->error = errno ? errno : EIO;
    keep = keep && !sink->error;
    if (sink->temporary && keep && rename(sink->temporary, sink->path) != 0) {
        sink->error = errno;
        keep = false;
    }
    if (sink->temporary && !keep)
        unlink(sink->temporary);
    gck_status status = GCK_OK;
    if (sink->error)
        status = sink_broken(sink) ? GCK_IO : cannot_write(sink, sink->error, errors);
    sink_free(sink);
    return status;
}

gck_status sink_save(const char *path, struct text *text, struct errors *errors)
{
    struct sink *sink;
    gck_status status = sink_open(&sink, path, errors);
    if (status)
        return status;
    bool written = sink_write(sink, text);
    return sink_close(sink, written, errors);
}
