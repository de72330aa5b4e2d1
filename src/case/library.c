/* Finding case files: a list of folders still to be looked into, then one sort. */
#include "case/library.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files/file.h"

static gck_status push(struct library *list, const char *path)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        const char **paths = arena_alloc(&list->arena, room, sizeof *paths);
        if (!paths)
            return GCK_NO_MEMORY;
        if (list->count)
            memcpy(paths, list->paths, list->count * sizeof *paths);
        list->paths = paths;
        list->room = room;
    }
    const char *copy = arena_text(&list->arena, path, strlen(path));
    if (!copy)
        return GCK_NO_MEMORY;
    list->paths[list->count++] = copy;
    return GCK_OK;
}

static bool is_case(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

/* Sorts one entry of a folder into files or folders. Neither hidden entries nor links to folders count. */
static gck_status entry_add(struct library *files, struct library *folders, const char *folder,
                            const char *name)
{
    struct stat about;
    struct arena scratch = {0};
    size_t size = strlen(folder), longer = size + strlen(name) + 2;
    gck_status status = GCK_OK;
    if (name[0] == '.')
        return GCK_OK;
    char *path = arena_alloc(&scratch, longer, 1);
    if (!path)
        return GCK_NO_MEMORY;
    memcpy(path, folder, size);
    if (size && folder[size - 1] != '/')
        path[size++] = '/';
    memcpy(path + size, name, strlen(name) + 1);
    if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode))
        status = push(folders, path);
    else if (is_case(name) && (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)))
        status = push(files, path); /* a broken link is reported when the case is read */
    arena_free(&scratch);
    return status;
}

static gck_status folder_add(struct library *files, struct library *folders, const char *path,
                             struct errors *errors)
{
    gck_status status = GCK_OK;
    DIR *folder = opendir(path);
    if (!folder)
        return file_error(errors, path, "the folder cannot be read", errno);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry && errno)
            status = file_error(errors, path, "the folder cannot be read", errno);
        if (entry)
            status = entry_add(files, folders, path, entry->d_name);
        if (!entry || status)
            break;
    }
    closedir(folder);
    return status;
}

static int path_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

gck_status library_add(struct library *library, const char *path, struct errors *errors)
{
    struct library folders = {0};
    struct stat about;
    size_t before = library->count;
    gck_status first = GCK_OK;
    if (stat(path, &about) != 0)
        return file_error(errors, path, "it cannot be read", errno);
    gck_status status = push(S_ISDIR(about.st_mode) ? &folders : library, path);
    for (size_t i = 0; i < folders.count && status != GCK_NO_MEMORY; i++) {
        status = folder_add(library, &folders, folders.paths[i], errors);
        first = first ? first : status;
    }
    arena_free(&folders.arena);
    if (library->count > before)
        qsort(library->paths + before, library->count - before, sizeof *library->paths, path_order);
    if (status == GCK_NO_MEMORY)
        return errors_add(errors, GCK_NO_MEMORY, "out of memory");
    return first;
}

void library_free(struct library *library)
{
    arena_free(&library->arena);
    *library = (struct library){0};
}
