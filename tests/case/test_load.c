/* Files that cannot be read, each with its reason and its path. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case_text.h"

struct folder {
    char path[64], file[128];
};

static struct folder folder_new(void)
{
    struct folder folder = {.path = "/tmp/gck-load-XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    assert_int_equal(chmod(folder.path, 0755), 0);
    snprintf(folder.file, sizeof folder.file, "%s/x.yaml", folder.path);
    return folder;
}

static void folder_drop(const struct folder *folder)
{
    unlink(folder->file);
    assert_int_equal(rmdir(folder->path), 0);
}

static void expect_failure(const char *path, gck_status status, const char *message)
{
    struct errors errors = {0};
    struct case_file *file;
    assert_int_equal(case_load(&file, path, NULL, &errors), status);
    assert_null(file);
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.first->message, message);
    assert_string_equal(errors.first->place.file, path);
    assert_int_equal(errors.first->place.line, 0);
    errors_free(&errors);
}

static void test_missing(void **state)
{
    (void)state;
    expect_failure("/nonexistent/x.yaml", GCK_IO, "it cannot be read: No such file or directory");
    expect_failure("/", GCK_IO, "it cannot be read: Is a directory");
    expect_failure("/dev/null", GCK_IO, "it is not a regular file");
}

/* The superuser may read everything, so he becomes somebody else for a moment. */
static void test_forbidden(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    int file = open(folder.file, O_WRONLY | O_CREAT, 0000);
    assert_true(file >= 0);
    close(file);
    uid_t user = geteuid();
    if (user == 0)
        assert_int_equal(seteuid(65534), 0);
    expect_failure(folder.file, GCK_IO, "it cannot be read: Permission denied");
    if (user == 0)
        assert_int_equal(seteuid(0), 0);
    folder_drop(&folder);
}

/* A pipe must not make the reader wait. */
static void test_pipe(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    assert_int_equal(mkfifo(folder.file, 0600), 0);
    expect_failure(folder.file, GCK_IO, "it is not a regular file");
    folder_drop(&folder);
}

/* 16 GB, sparse: refused by its size alone. */
static void test_too_large(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    int file = open(folder.file, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, (off_t)1 << 34), 0);
    close(file);
    expect_failure(folder.file, GCK_BAD_CASE, "17179869184 bytes; a case file has at most 16777216");
    folder_drop(&folder);
}

static void test_good(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    struct errors errors = {0};
    struct case_file *file;
    FILE *out = fopen(folder.file, "w");
    assert_non_null(out);
    fputs("gradcheck: 1\nid: a\ninputs: {x: 1}\ngraph:\n  - y = tanh(x)\noutput: y\n", out);
    fclose(out);
    assert_int_equal(case_load(&file, folder.file, NULL, &errors), GCK_OK);
    assert_string_equal(file->path, folder.file);
    case_free(file);
    errors_free(&errors);
    folder_drop(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),   cmocka_unit_test(test_forbidden), cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_too_large), cmocka_unit_test(test_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
