/* Safetensors: every type, and headers that do not fit their numbers. */
#include "bytes.h"

static void test_types(void **state)
{
    static const struct {
        const char *dtype, *bytes;
        size_t width;
        double first, second;
    } rows[] = {
        {"F64", "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0", 8, 1, -2},
        {"F32", "\0\0\x80\x3f\0\0\0\xc0", 4, 1, -2},
        {"F16", "\x00\x3c\x00\xc0", 2, 1, -2},
        {"BF16", "\x80\x3f\x01\x00", 2, 1, 0x1p-133},
        {"I64", "\xff\xff\xff\xff\xff\xff\xff\xff\1\0\0\0\0\0\0\0", 8, -1, 1},
        {"I32", "\xff\xff\xff\xff\1\0\0\0", 4, -1, 1},
        {"I16", "\xff\xff\1\0", 2, -1, 1},
        {"I8", "\xff\1", 1, -1, 1},
        {"U64", "\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 8, 2, 1},
        {"U32", "\xff\xff\xff\xff\1\0\0\0", 4, 4294967295, 1},
        {"U16", "\xff\xff\1\0", 2, 65535, 1},
        {"U8", "\xff\1", 1, 255, 1},
        {"BOOL", "\0\1", 1, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double numbers[] = {rows[i].first, rows[i].second};
        struct text bytes = {0}, header = {0};
        text_add(&header,
                 "{\"__metadata__\":{\"format\":\"pt\"},\"w.0\":{\"dtype\":\"%s\",\"shape\":[2,1],\"data_"
                 "offsets\":[0,%zu]}}  ",
                 rows[i].dtype, 2 * rows[i].width);
        add_safetensors(&bytes, header.data, rows[i].bytes, 2 * rows[i].width);
        struct opened_bytes o = open_bytes(bytes.data, bytes.size);
        if (!o.file)
            fail_msg("%s", o.why.data);
        assert_int_equal(tensor_file_count(o.file), 1);
        assert_tensor(o.file, "w.0", "[2, 1]", numbers, 2);
        close_bytes(&o);
        text_free(&header);
        text_free(&bytes);
    }
}

static void test_several(void **state)
{
    const double numbers[] = {1, 2, 3};
    struct text bytes = {0};
    (void)state;
    add_safetensors(&bytes,
                    "{\"b\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[8,24]},"
                    "\"a\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                    "\"empty\":{\"dtype\":\"F64\",\"shape\":[0,5],\"data_offsets\":[8,8]}}",
                    numbers, sizeof numbers);
    struct opened_bytes o = open_bytes(bytes.data, bytes.size);
    if (!o.file)
        fail_msg("%s", o.why.data);
    assert_int_equal(tensor_file_count(o.file), 3);
    assert_string_equal(tensor_file_at(o.file, 0)->name, "a");
    assert_tensor(o.file, "a", "[]", numbers, 1);
    assert_tensor(o.file, "b", "[2]", numbers + 1, 2);
    assert_tensor(o.file, "empty", "[0, 5]", numbers, 0);
    assert_null(tensor_file_find(o.file, "c"));
    close_bytes(&o);
    text_free(&bytes);
    add_safetensors(&bytes, "{}", "", 0);
    o = open_bytes(bytes.data, bytes.size);
    assert_non_null(o.file);
    assert_int_equal(tensor_file_count(o.file), 0);
    close_bytes(&o);
    text_free(&bytes);
}

static void test_refused(void **state)
{
    static const struct {
        const char *header, *reason;
    } rows[] = {
        {"{", "its header is no JSON object"},
        {"{\"a\":1,\"a\":1}", "its header is no JSON object: duplicate object key"},
        {"{\"a\":1}", "a: dtype, shape and data_offsets are needed"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1]}}", "a: dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1.5],\"data_offsets\":[0,8]}}",
         "a: dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[-1],\"data_offsets\":[0,8]}}",
         "a: dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,0]}}",
         "a: dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8,8]}}",
         "a: dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,1e300]}}",
         "a: dtype, shape and data_offsets"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}}",
         "a: its 8 bytes are not F64 of shape [2]"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
         "a: its 8 bytes"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
         "says 4 bytes of numbers, 8 are there"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         "a begins at byte 4 of the numbers, where byte 0"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}",
         "says 16 bytes of numbers, 8 are there"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F64\",\"shape\":["
         "1],"
         "\"data_offsets\":[0,8]}}",
         "b begins at byte 0 of the numbers, where byte 8 is next"},
    };
    (void)state;
    struct text bytes = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        add_safetensors(&bytes, rows[i].header, "01234567", 8);
        assert_refused(&bytes, rows[i].reason);
    }
    text_bytes(&bytes, "\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
    assert_refused(&bytes, "its header claims 18446744073709551615 bytes; the file has 10");
    text_bytes(&bytes, "\3\0\0\0\0\0\0\0{}", 10);
    assert_refused(&bytes, "its header claims 3 bytes; the file has 10");
}

static void test_defects(void **state)
{
    struct text bytes = {0};
    (void)state;
    add_safetensors(&bytes, "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", "01234567",
                    8);
    assert_defect(&bytes, "a", "it holds numbers of type F8_E4M3");
    add_safetensors(&bytes, "{\"a\":{\"dtype\":\"F64\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,8]}}",
                    "01234567", 8);
    assert_defect(&bytes, "a", "its rank is 9; the highest is 8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_defects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
