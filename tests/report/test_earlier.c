/* Earlier reports: what failed is found, and what is no report of a whole run is refused with its place. */
#include "sample.h"

#include "report/earlier.h"

static char path[] = "/tmp/gck-earlier-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    return close(mkstemp(path));
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

static gck_status read_bytes(struct earlier *earlier, struct errors *errors, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    *earlier = (struct earlier){0};
    *errors = (struct errors){0};
    return earlier_read(earlier, path, errors);
}

static void test_failed(void **state)
{
    (void)state;
    struct earlier earlier;
    struct errors errors;
    static const char text[] =
        "{\"format\": 1, \"summary\": {\"cases\": 5, \"done\": 3, \"exit_status\": 1}, \"cases\": ["
        "{\"id\": \"t/z\", \"passed\": false}, {\"id\": \"t/b\", \"passed\": true}, {\"id\": \"t/a\", "
        "\"passed\": false}]}";
    assert_int_equal(read_bytes(&earlier, &errors, text, strlen(text)), GCK_OK);
    assert_int_equal(earlier.count, 2);
    assert_string_equal(earlier.failed[0], "t/a");
    assert_int_equal(earlier.unreached, 2);
    assert_true(earlier_failed(&earlier, "t/a"));
    assert_true(earlier_failed(&earlier, "t/z"));
    assert_false(earlier_failed(&earlier, "t/b"));
    assert_false(earlier_failed(&earlier, "t/"));
    earlier_free(&earlier);
    assert_false(earlier_failed(&earlier, "t/a"));
}

static void refused(const char *text, size_t size, size_t line, size_t column, const char *part)
{
    struct earlier earlier;
    struct errors errors;
    assert_int_not_equal(read_bytes(&earlier, &errors, text, size), GCK_OK);
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.first->place.file, path);
    assert_int_equal(errors.first->place.line, line);
    if (column)
        assert_int_equal(errors.first->place.column, column);
    assert_contains(errors.first->message, part);
    errors_free(&errors);
    earlier_free(&earlier);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line, column;
        const char *part;
    } rows[] = {
        {"", 1, 0, "this is no JSON"},
        {"{\n  \"a\": 1,\n  \"a\": 2}", 3, 5, "this is no JSON: duplicate object key"},
        {"{\"cases\": [}", 1, 12, "this is no JSON"},
        {"\xff", 1, 0, "this is no JSON"},
        {"[]", 0, 0, "no report that gradcheck run --format json wrote"},
        {"{}", 0, 0, "no report"},
        {"{\"cases\": [], \"summary\": {}}", 0, 0, "no report"},
        {"{\"format\": 2, \"cases\": [], \"summary\": {\"exit_status\": 0}}", 0, 0, "format 1 is known"},
        {"{\"format\": 1, \"cases\": [], \"summary\": {\"exit_status\": 2}}", 0, 0, "exit status 2"},
        {"{\"format\": 1, \"cases\": [], \"summary\": {\"exit_status\": 3}}", 0, 0, "exit status 3"},
        {"{\"format\": 1, \"cases\": [{\"id\": \"a\"}], \"summary\": {\"exit_status\": 1}}", 0, 0,
         "lacks its id"},
        {"{\"format\": 1, \"cases\": [{\"passed\": false}], \"summary\": {\"exit_status\": 1}}", 0, 0,
         "lacks its id"},
        {"{\"format\": 1, \"cases\": [7], \"summary\": {\"exit_status\": 1}}", 0, 0, "lacks its id"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refused(rows[i].text, strlen(rows[i].text), rows[i].line, rows[i].column, rows[i].part);
    refused("{}\0{}", 5, 1, 0, "this is no JSON");
    struct earlier earlier = {0};
    struct errors errors = {0};
    assert_int_equal(earlier_read(&earlier, "/no/such/file", &errors), GCK_IO);
    assert_contains(errors.first->message, "No such file");
    errors_free(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, make_file, drop_file);
}
