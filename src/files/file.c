/* Whole files: only regular ones, never more than the limit in memory. */
#include "files/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

gck_status file_error(struct errors *errors, const char *path, const char *what, int number)
{
    char buffer[128];
    errors->here = (struct place){arena_text(&errors->arena, path, strlen(path)), 0, 0};
    return errors_add(errors, GCK_IO, "%s: %s", what, strerror_r(number, buffer, sizeof buffer));
}

/* Reads until the end or until the buffer is full; -1 with errno set. */
static ssize_t read_all(int file, char *bytes, size_t room)
{
    size_t size = 0;
    while (size < room) {
        ssize_t more = read(file, bytes + size, room - size);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        size += (size_t)more;
    }
    return (ssize_t)size;
}

/* The bytes of an open file that is `expected` bytes long, or a few more if it grows. */
static gck_status bytes_read(char **bytes, size_t *size, int file, size_t expected, const char *path,
                             struct errors *errors)
{
    size_t room = expected + 4096;
    *bytes = malloc(room);
    if (!*bytes)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    ssize_t count = read_all(file, *bytes, room);
    if (count >= 0) {
        *size = (size_t)count;
        return GCK_OK;
    }
    int number = errno;
    free(*bytes);
    *bytes = NULL;
    return file_error(errors, path, "it cannot be read", number);
}

gck_status file_read(char **bytes, size_t *size, const char *path, const struct file_limit *limit,
                     struct errors *errors)
{
    struct stat about;
    *bytes = NULL;
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return file_error(errors, path, "it cannot be read", errno);
    gck_status status = GCK_OK;
    if (fstat(file, &about) != 0)
        status = file_error(errors, path, "it cannot be read", errno);
    else if (S_ISDIR(about.st_mode))
        status = file_error(errors, path, "it cannot be read", EISDIR);
    else if (!S_ISREG(about.st_mode)) {
        errors->here = (struct place){arena_text(&errors->arena, path, strlen(path)), 0, 0};
        status = errors_add(errors, GCK_IO, "it is not a regular file");
    } else if ((unsigned long long)about.st_size > limit->bytes) {
        errors->here = (struct place){arena_text(&errors->arena, path, strlen(path)), 0, 0};
        status = errors_add(errors, GCK_BAD_CASE, "%lld bytes; %s has at most %zu", (long long)about.st_size,
                            limit->what, limit->bytes);
    } else
        status = bytes_read(bytes, size, file, (size_t)about.st_size, path, errors);
    close(file);
    return status;
}
