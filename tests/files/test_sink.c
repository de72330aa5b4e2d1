/* Sinks: a file appears whole or not at all; errors of writing are not lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "files/sink.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gck-sink-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *in_folder(char *path, const char *name)
{
    snprintf(path, 128, "%s/%s", folder, name);
    return path;
}

static void assert_content(const char *path, const char *expected)
{
    char buffer[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    buffer[fread(buffer, 1, sizeof buffer - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(buffer, expected);
}

static struct sink *opened(const char *path, const char *content)
{
    struct errors errors = {0};
    struct sink *sink;
    struct text text = {0};
    assert_int_equal(sink_open(&sink, path, &errors), GCK_OK);
    text_add(&text, "%s", content);
    assert_true(sink_write(sink, &text));
    assert_int_equal(text.size, 0);
    text_free(&text);
    return sink;
}

static void test_appears_when_closed(void **state)
{
    (void)state;
    char path[128];
    struct errors errors = {0};
    struct sink *sink = opened(in_folder(path, "report.json"), "whole\n");
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(sink_close(sink, true, &errors), GCK_OK);
    assert_content(path, "whole\n");
    unlink(path);
}

static void test_old_file_stays_without_keep(void **state)
{
    (void)state;
    char path[128];
    struct errors errors = {0};
    assert_int_equal(sink_close(opened(in_folder(path, "report"), "old"), true, &errors), GCK_OK);
    assert_int_equal(sink_close(opened(path, "new"), false, &errors), GCK_OK);
    assert_content(path, "old");
    unlink(path); /* the folder is empty now, or remove_folder fails */
}

static void test_link_is_followed(void **state)
{
    (void)state;
    char path[128], link[128];
    struct stat about;
    struct errors errors = {0};
    assert_int_equal(sink_close(opened(in_folder(path, "real"), "old"), true, &errors), GCK_OK);
    assert_int_equal(symlink("real", in_folder(link, "link")), 0);
    assert_int_equal(sink_close(opened(link, "new"), true, &errors), GCK_OK);
    assert_content(path, "new");
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    unlink(link);
    unlink(path);
}

static void test_no_such_folder(void **state)
{
    (void)state;
    char path[128];
    struct errors errors = {0};
    struct sink *sink;
    assert_int_equal(sink_open(&sink, in_folder(path, "no/report"), &errors), GCK_IO);
    assert_null(sink);
    assert_non_null(strstr(errors.first->message, "no/report: No such file or directory"));
    errors_free(&errors);
}

static void test_full_disk(void **state)
{
    (void)state;
    struct errors errors = {0};
    struct sink *sink;
    struct text text = {0};
    assert_int_equal(sink_open(&sink, "/dev/full", &errors), GCK_OK);
    text_add(&text, "x");
    assert_false(sink_write(sink, &text));
    assert_false(sink_broken(sink));
    assert_int_equal(sink_close(sink, true, &errors), GCK_IO);
    assert_string_equal(errors.first->message, "cannot write /dev/full: No space left on device");
    errors_free(&errors);
    text_free(&text);
}

static void test_failed_text_is_an_error(void **state)
{
    (void)state;
    char path[128];
    struct errors errors = {0};
    struct sink *sink = opened(in_folder(path, "half"), "half");
    struct text text = {.failed = true};
    assert_false(sink_write(sink, &text));
    assert_int_equal(sink_close(sink, true, &errors), GCK_IO);
    assert_int_not_equal(access(path, F_OK), 0);
    errors_free(&errors);
}

static void test_save(void **state)
{
    (void)state;
    char path[128], missing[128];
    struct errors errors = {0};
    struct text text = {0}, half = {.failed = true};
    text_add(&text, "all");
    assert_int_equal(sink_save(in_folder(path, "saved"), &text, &errors), GCK_OK);
    assert_content(path, "all");
    text_add(&text, "more");
    assert_int_equal(sink_save(in_folder(missing, "no/saved"), &text, &errors), GCK_IO);
    assert_int_equal(errors.count, 1);
    assert_int_equal(sink_save("/dev/full", &text, &errors), GCK_IO);
    assert_string_equal(errors.last->message, "cannot write /dev/full: No space left on device");
    assert_int_equal(sink_save(path, &half, &errors), GCK_IO); /* what stands there stays */
    assert_content(path, "all");
    errors_free(&errors);
    text_free(&text);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appears_when_closed),
        cmocka_unit_test(test_old_file_stays_without_keep),
        cmocka_unit_test(test_link_is_followed),
        cmocka_unit_test(test_no_such_folder),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_failed_text_is_an_error),
        cmocka_unit_test(test_save),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
