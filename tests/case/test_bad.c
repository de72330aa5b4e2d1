/* Every file in tests/golden/bad is refused with exactly the errors in the .txt beside it, no more, no fewer.
 */
#include <stdlib.h>

#include "base/text.h"
#include "case/library.h"
#include "case_text.h"

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct text text = {0};
    char buffer[4096];
    size_t size;
    if (!file)
        fail_msg("%s is missing", path);
    while ((size = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_bytes(&text, buffer, size);
    fclose(file);
    assert_false(text.failed);
    return text.data;
}

static void compare(const char *path)
{
    struct errors errors = {0};
    struct text found = {0};
    struct case_file *file;
    char expected_path[4096];
    gck_status status = case_load(&file, path, NULL, &errors);
    assert_int_equal(status, GCK_BAD_CASE);
    assert_null(file);
    for (const struct error *error = errors.first; error; error = error->next) {
        assert_string_equal(error->place.file, path);
        text_add(&found, "%zu:%zu: %s\n", error->place.line, error->place.column, error->message);
    }
    snprintf(expected_path, sizeof expected_path, "%.*s.txt", (int)(strrchr(path, '.') - path), path);
    char *expected = slurp(expected_path);
    if (!expected || strcmp(found.data, expected) != 0)
        fail_msg("%s: the errors are\n%sexpected were\n%s", path, found.data, expected ? expected : "none");
    free(expected);
    text_free(&found);
    errors_free(&errors);
}

static void test_golden(void **state)
{
    (void)state;
    struct errors errors = {0};
    struct library library = {0};
    assert_int_equal(library_add(&library, SOURCE_DIR "/tests/golden/bad", &errors), GCK_OK);
    assert_true(library.count >= 55);
    for (size_t i = 0; i < library.count; i++)
        compare(library.paths[i]);
    library_free(&library);
    errors_free(&errors);
}

/* Errors of an earlier file stay in front, untouched. */
static void test_errors_append(void **state)
{
    (void)state;
    struct errors errors = {0};
    struct case_file *file;
    errors.here = (struct place){"before", 9, 9};
    (void)!errors_add(&errors, GCK_IO, "earlier");
    assert_int_equal(case_read(&file, "one", "- x\n", 4, NULL, &errors), GCK_BAD_CASE);
    assert_int_equal(case_read(&file, "two", "", 0, NULL, &errors), GCK_BAD_CASE);
    assert_int_equal(errors.count, 3);
    assert_string_equal(errors.first->message, "earlier");
    assert_string_equal(errors.first->next->place.file, "one");
    assert_string_equal(errors.last->place.file, "two");
    errors_free(&errors);
}

/* A list of numbers that is longer than any file may be, a row that is too long, too many bytes. */
static void test_sizes(void **state)
{
    (void)state;
    static const char head[] = "gradcheck: 1\nid: test/x\ninputs: {x: [";
    size_t room = 16 << 20, size = sizeof head - 1;
    char *bytes = malloc(room + 1);
    struct errors errors = {0};
    struct case_file *file;
    assert_non_null(bytes);
    memcpy(bytes, head, size);
    for (; size + 2 <= room; size += 2)
        memcpy(bytes + size, "1,", 2);
    assert_int_equal(case_read(&file, "t", bytes, size, NULL, &errors), GCK_BAD_CASE);
    assert_non_null(strstr(errors.first->message, "more than 4194304 values in one file"));
    assert_int_equal(errors.count, 1);
    errors_free(&errors);
    memset(bytes, 'x', room + 1);
    assert_int_equal(case_read(&file, "t", bytes, room + 1, NULL, &errors), GCK_BAD_CASE);
    assert_string_equal(errors.first->message, "16777217 bytes; a case file has at most 16777216");
    errors_free(&errors);
    size =
        (size_t)snprintf(bytes, room, "gradcheck: 1\nid: test/x\ninputs: {x: 1}\noutput: y\ngraph:\n  - y = x");
    for (; size < 80000; size += 2)
        memcpy(bytes + size, "+x", 2);
    assert_int_equal(case_read(&file, "t", bytes, size, NULL, &errors), GCK_BAD_CASE);
    assert_string_equal(errors.first->message, "a row of more than 65536 characters: split it");
    assert_int_equal(errors.first->place.line, 6);
    errors_free(&errors);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_errors_append),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
