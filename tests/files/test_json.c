/* Tensors in JSON: nested lists, maps of shape and data, and what is neither. */
#include <math.h>

#include "bytes.h"

static struct opened_bytes open_text(const char *text)
{
    struct opened_bytes o = open_bytes(text, strlen(text));
    if (!o.file)
        fail_msg("%s: %s", text, o.why.data);
    return o;
}

static void test_lists(void **state)
{
    const double numbers[] = {1, -2.5, 0.1, 4, 5e-324, 6};
    const double special[] = {INFINITY, -INFINITY, INFINITY, -INFINITY, -0.0};
    (void)state;
    struct opened_bytes o =
        open_text(" \n{\"a\": [[1, -2.5, 0.1], [4, 5e-324, 6]], \"b\": 4, \"c\": [], \"d\": [[], []],"
                  "\"e\": [Infinity, -Infinity, \"inf\", \"-inf\", -0.0], \"f\": [true, false],"
                  "\"g\": {\"shape\": [3, 1], \"data\": [1, -2.5, 0.1]},"
                  "\"h\": {\"shape\": [], \"data\": [1], \"dtype\": \"float32\"}}");
    assert_tensor(o.file, "a", "[2, 3]", numbers, 6);
    assert_tensor(o.file, "b", "[]", numbers + 3, 1);
    assert_tensor(o.file, "c", "[0]", numbers, 0);
    assert_tensor(o.file, "d", "[2, 0]", numbers, 0);
    assert_tensor(o.file, "e", "[5]", special, 5);
    assert_tensor(o.file, "f", "[2]", (const double[]){1, 0}, 2);
    assert_int_equal(tensor_file_find(o.file, "f")->type, STORED_BOOL);
    assert_tensor(o.file, "g", "[3, 1]", numbers, 3);
    assert_tensor(o.file, "h", "[]", numbers, 1);
    assert_int_equal(tensor_file_find(o.file, "h")->type, STORED_FLOAT32);
    assert_int_equal(tensor_file_find(o.file, "a")->type, STORED_NUMBER);
    close_bytes(&o);
    o = open_text("{\"x\": [NaN, \"nan\"]}");
    double x[2];
    struct text why = {0};
    assert_true(tensor_file_doubles(x, o.file, tensor_file_at(o.file, 0), &why));
    assert_true(isnan(x[0]) && isnan(x[1]));
    close_bytes(&o);
}

static void test_integers(void **state)
{
    int64_t n[3];
    struct text why = {0};
    (void)state;
    struct opened_bytes o =
        open_text("{\"a\": [1, -9007199254740992, 3.0], \"b\": [1.5], \"c\": [9007199254740994]}");
    assert_true(tensor_file_integers(n, o.file, tensor_file_find(o.file, "a"), &why));
    assert_memory_equal(n, ((const int64_t[]){1, -9007199254740992, 3}), sizeof n);
    assert_false(tensor_file_integers(n, o.file, tensor_file_find(o.file, "b"), &why));
    assert_string_equal(why.data, "1.5 is no whole number up to 2^53");
    text_clear(&why);
    assert_false(tensor_file_integers(n, o.file, tensor_file_find(o.file, "c"), &why));
    text_free(&why);
    close_bytes(&o);
}

static void test_defects(void **state)
{
    static const struct {
        const char *value, *reason;
    } rows[] = {
        {"[1, [2]]", "no rectangular list"},
        {"[[1, 2], [3]]", "no rectangular list"},
        {"[\"one\"]", "no rectangular list"},
        {"null", "no rectangular list"},
        {"[1, null]", "no rectangular list"},
        {"[1, true]", "mixes numbers"},
        {"[[[[[[[[[1]]]]]]]]]", "deeper than the highest rank"},
        {"{}", "no rectangular list"},
        {"{\"data\": [1]}", "a map of a \"shape\" and a flat list"},
        {"{\"shape\": [1], \"data\": 1}", "a map of a \"shape\" and a flat list"},
        {"{\"shape\": [1, 1], \"data\": [[1]]}", "a map of a \"shape\" and a flat list"},
        {"{\"shape\": [2], \"data\": [1]}", "its data are 1 numbers"},
        {"{\"shape\": [-1], \"data\": [1]}", "a map of a \"shape\""},
        {"{\"shape\": [1,1,1,1,1,1,1,1,1], \"data\": [1]}", "a map of a \"shape\""},
        {"{\"shape\": [4294967296, 4294967296], \"data\": []}", "its data are 0 numbers"},
        {"{\"shape\": [1], \"data\": [1], \"dtype\": \"float80\"}", "its \"dtype\" is not"},
        {"{\"shape\": [1], \"data\": [1], \"dtype\": \"bool\"}", "its \"dtype\" is not"},
        {"{\"shape\": [0], \"data\": [], \"dtype\": \"F32\"}", "its \"dtype\" is not"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text bytes = {0};
        text_add(&bytes, "{\"a\": %s}", rows[i].value);
        assert_defect(&bytes, "a", rows[i].reason);
    }
}

static void test_refused(void **state)
{
    struct text bytes = {0};
    (void)state;
    text_add(&bytes, "{\"a\": 1,\n \"a\": 2}");
    assert_refused(&bytes, "line 2: duplicate object key");
    text_add(&bytes, "{\"a\": 1} x");
    assert_refused(&bytes, "line 1: end of file expected");
    text_add(&bytes, "{\"a\": [1, 2");
    assert_refused(&bytes, "it is no JSON: line 1");
    text_add(&bytes, "{\"a\": 1e999}");
    assert_refused(&bytes, "real number overflow");
    text_add(&bytes, "[1, 2]");
    assert_refused(&bytes, "a map from names to numbers is needed");
    text_add(&bytes, "{\"a\": \"\xff\"}");
    assert_refused(&bytes, "unable to decode byte 0xff");
    text_add(&bytes, "{\"a\": ");
    for (int i = 0; i < 100000; i++)
        text_add(&bytes, "[");
    assert_refused(&bytes, "maximum parsing depth");
    text_add(&bytes, "hello");
    assert_refused(&bytes, "it is none of .npz, .npy, .safetensors and JSON");
    text_bytes(&bytes, "", 0);
    assert_refused(&bytes, "it is empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_defects),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
