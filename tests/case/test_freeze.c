/* Freezing: the expect field is replaced, everything else stays byte for byte. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case/freeze.h"
#include "case_text.h"

#define HEAD "gradcheck: 1\nid: a/b\ninputs: {x: 0} # here\ngraph:\n  - y = tanh(x)\noutput: y\n"
static const char block[] = "expect:\n  value: {y: 0}\n  by: reference\n";

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void expect_file(const char *path, const char *text)
{
    char found[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    found[fread(found, 1, sizeof found - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(found, text);
}

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after;
    } table[] = {
        {HEAD, HEAD "expect:\n  value: {y: 0}\n  by: reference\n"},
        {"gradcheck: 1\nid: a/b\ninputs: {x: 0}\ngraph: [y = tanh(x)]\noutput: y",
         "gradcheck: 1\nid: a/b\ninputs: {x: 0}\ngraph: [y = tanh(x)]\noutput: y\n"
         "expect:\n  value: {y: 0}\n  by: reference\n"},
        {HEAD "# before\n\nexpect: # gone\n  value: {y: 1}\n  # gone too\n  by: published\n\n# of "
              "title\ntitle: t\n# end\n",
         HEAD "# before\n\nexpect:\n  value: {y: 0}\n  by: reference\n\n# of title\ntitle: t\n# end\n"},
        {HEAD "expect: {value: {y: 1},\n  by: published}\n\n\n# end\n",
         HEAD "expect:\n  value: {y: 0}\n  by: reference\n\n\n# end\n"},
        {HEAD "title: t\nexpect:\n  by: published\n  value:\n    y: 3",
         HEAD "title: t\nexpect:\n  value: {y: 0}\n  by: reference\n"},
        {"gradcheck: 1\r\nid: a\r\ninputs: {x: 0}\r\ngraph: [y = tanh(x)]\r\n\"expect\": {value: {y: 1}, by: "
         "published}\r\noutput: y\r\n",
         "gradcheck: 1\r\nid: a\r\ninputs: {x: 0}\r\ngraph: [y = tanh(x)]\r\nexpect:\r\n  value: {y: 0}\r\n  "
         "by: "
         "reference\r\noutput: y\r\n"},
    };
    char path[] = "/tmp/gck-freeze-XXXXXX";
    assert_true(mkstemp(path) >= 0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct errors errors = {0};
        write_file(path, table[i].before);
        assert_int_equal(chmod(path, 0640), 0);
        assert_int_equal(case_freeze(path, block, NULL, &errors), GCK_OK);
        expect_file(path, table[i].after);
        assert_int_equal(case_freeze(path, block, NULL, &errors), GCK_OK); /* a second time changes nothing */
        expect_file(path, table[i].after);
        struct stat about;
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0640);
        errors_free(&errors);
    }
    unlink(path);
}

/* A refusal leaves the file alone, and nothing beside it. */
static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *block, *message;
    } table[] = {
        {"{\"gradcheck\": 1, \"id\": \"a\", \"inputs\": {\"x\": 1}, \"graph\": \"y = tanh(x)\", \"output\": "
         "\"y\"}",
         block, "a case written as JSON cannot be frozen: its text would be lost; write it as YAML"},
        {"gradcheck: 1\n", block,
         "a case needs the field id: a name such as gates/add-mul, never used for another case"},
        {HEAD, "expect:\n  value: {z: 0}\n  by: reference\n", "expect: value: no node has the name z"},
        {HEAD, "title: [\n", NULL},
    };
    char folder[] = "/tmp/gck-freeze-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.yaml", folder);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct errors errors = {0};
        write_file(path, table[i].text);
        assert_int_equal(case_freeze(path, table[i].block, NULL, &errors), GCK_BAD_CASE);
        if (table[i].message)
            assert_string_equal(errors.first->message, table[i].message);
        expect_file(path, table[i].text);
        errors_free(&errors);
    }
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    struct errors errors = {0};
    assert_int_equal(case_freeze(path, block, NULL, &errors), GCK_IO);
    errors_free(&errors);
}

/* The link stays a link; what it points to is written. */
static void test_link(void **state)
{
    (void)state;
    char folder[] = "/tmp/gck-freeze-XXXXXX", path[64], link[64];
    struct errors errors = {0};
    struct stat about;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.yaml", folder);
    snprintf(link, sizeof link, "%s/link.yaml", folder);
    write_file(path, HEAD);
    assert_int_equal(symlink("x.yaml", link), 0);
    assert_int_equal(case_freeze(link, block, NULL, &errors), GCK_OK);
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    expect_file(path, HEAD "expect:\n  value: {y: 0}\n  by: reference\n");
    unlink(link);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    errors_free(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
