/* The library: which files are found, and in which order. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case/library.h"
#include "case_text.h"

static void make(int root, const char *path)
{
    int file = openat(root, path, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    close(file);
}

static const char *const folders[] = {"b", "b/deep", ".hidden", "empty"};
static const char *const files[] = {"b.yaml",    "b/z.json", "b/a.yml", "b/deep/m.yaml", "B.yaml",
                                    "notes.txt", "yaml",     ".x.yaml", ".hidden/y.yaml"};

static int build(char *path)
{
    assert_non_null(mkdtemp(path));
    int root = open(path, O_RDONLY | O_DIRECTORY);
    assert_true(root >= 0);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdirat(root, folders[i], 0700), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        make(root, files[i]);
    assert_int_equal(symlinkat(".", root, "loop"), 0);
    assert_int_equal(symlinkat("b", root, "loop.yaml"), 0); /* a link to a folder, whatever its name */
    assert_int_equal(symlinkat("b.yaml", root, "link.yaml"), 0);
    return root;
}

static void drop(int root, const char *path)
{
    static const char *const links[] = {"loop", "loop.yaml", "link.yaml"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        assert_int_equal(unlinkat(root, links[i], 0), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(unlinkat(root, files[i], 0), 0);
    for (size_t i = sizeof folders / sizeof *folders; i-- > 0;)
        assert_int_equal(unlinkat(root, folders[i], AT_REMOVEDIR), 0);
    close(root);
    assert_int_equal(rmdir(path), 0);
}

static void test_order(void **state)
{
    (void)state;
    static const char *const expected[] = {"/B.yaml",        "/b.yaml",   "/b/a.yml",
                                           "/b/deep/m.yaml", "/b/z.json", "/link.yaml"};
    char path[] = "/tmp/gck-library-XXXXXX";
    int root = build(path);
    struct library library = {0};
    struct errors errors = {0};
    assert_int_equal(library_add(&library, path, &errors), GCK_OK);
    assert_int_equal(library.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < library.count; i++)
        assert_string_equal(library.paths[i] + strlen(path), expected[i]);
    library_free(&library);
    char slash[64];
    snprintf(slash, sizeof slash, "%s/empty/", path);
    assert_int_equal(library_add(&library, slash, &errors), GCK_OK);
    assert_int_equal(library.count, 0);
    library_free(&library);
    drop(root, path);
    errors_free(&errors);
}

/* What is named is taken as it is, in the order given. */
static void test_files(void **state)
{
    (void)state;
    struct library library = {0};
    struct errors errors = {0};
    assert_int_equal(library_add(&library, "/dev/null", &errors), GCK_OK);
    assert_int_equal(library_add(&library, SOURCE_DIR "/tests/golden/bad/tab.yaml", &errors), GCK_OK);
    assert_int_equal(library_add(&library, SOURCE_DIR "/tests/golden/bad/json.json", &errors), GCK_OK);
    assert_int_equal(library.count, 3);
    assert_string_equal(library.paths[0], "/dev/null");
    assert_non_null(strstr(library.paths[2], "json.json"));
    assert_int_equal(library_add(&library, "/nonexistent", &errors), GCK_IO);
    assert_string_equal(errors.first->message, "it cannot be read: No such file or directory");
    assert_string_equal(errors.first->place.file, "/nonexistent");
    assert_int_equal(library.count, 3);
    library_free(&library);
    errors_free(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
