/* Feeds files to a fuzz target: those named, and those in the folders named. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "files/file.h"

static const struct file_limit limit = {1 << 20, "an input of a corpus"};
static size_t fed;

static void feed(const char *path)
{
    struct errors errors = {0};
    char *bytes;
    size_t size;
    if (file_read(&bytes, &size, path, &limit, &errors) != GCK_OK) {
        fprintf(stderr, "%s: %s\n", path, errors.first ? errors.first->message : "out of memory");
        exit(1);
    }
    char *exact = malloc(size + !size); /* so that reading past the end is seen */
    REQUIRE(exact);
    memcpy(exact, bytes, size);
    free(bytes);
    printf("%s\n", path);
    fflush(stdout);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)exact, size);
    free(exact);
    fed++;
}

static void feed_folder(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            feed(file);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat about;
        if (stat(argv[i], &about) == 0 && S_ISDIR(about.st_mode))
            feed_folder(argv[i]);
        else
            feed(argv[i]);
    }
    printf("%zu inputs\n", fed);
    return fed == 0;
}
