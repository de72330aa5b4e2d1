/* .npy: every type, order and version, and headers that lie. */
#include <math.h>

#include "bytes.h"

static void reads(struct text *bytes, const char *shape, const double *numbers, size_t count)
{
    struct opened_bytes o = open_bytes(bytes->data, bytes->size);
    if (!o.file)
        fail_msg("%s", o.why.data);
    assert_int_equal(tensor_file_count(o.file), 1);
    assert_tensor(o.file, "", shape, numbers, count);
    close_bytes(&o);
    text_free(bytes);
}

static void test_types(void **state)
{
    static const struct {
        const char *descr, *bytes;
        size_t width;
        double first, second;
    } rows[] = {
        {"<f8", "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0", 8, 1, -2},
        {">f8", "\x3f\xf0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0", 8, 1, -2},
        {"<f4", "\0\0\x80\x3f\0\0\0\xc0", 4, 1, -2},
        {">f4", "\x3f\x80\0\0\xc0\0\0\0", 4, 1, -2},
        {"<f2", "\x01\x00\xff\x7b", 2, 0x1p-24, 65504},
        {">f2", "\x80\x00\xfc\x00", 2, -0.0, -INFINITY},
        {"<i8", "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\x20\0", 8, -1, 0x1p53},
        {"<i4", "\xfe\xff\xff\xff\xff\xff\xff\x7f", 4, -2, 2147483647},
        {">i2", "\x80\x00\x00\x01", 2, -32768, 1},
        {"|i1", "\x80\x7f", 1, -128, 127},
        {"<u8", "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40", 8, 1, 0x1p62},
        {"<u4", "\xff\xff\xff\xff\1\0\0\0", 4, 4294967295, 1},
        {">u2", "\xff\xfe\0\1", 2, 65534, 1},
        {"|u1", "\xff\0", 1, 255, 0},
        {"|b1", "\1\0", 1, 1, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double numbers[] = {rows[i].first, rows[i].second};
        struct text bytes = {0};
        add_npy(&bytes, rows[i].descr, "False", "(2,)", rows[i].bytes, 2 * rows[i].width);
        reads(&bytes, "[2]", numbers, 2);
    }
}

static void test_shapes(void **state)
{
    const double rows[] = {1, 2, 3, 4, 5, 6}, columns[] = {1, 3, 5, 2, 4, 6}, cube[] = {1, 3, 5, 2, 4, 6};
    struct text bytes = {0};
    (void)state;
    add_npy(&bytes, "<f8", "False", "(2, 3)", rows, sizeof rows);
    reads(&bytes, "[2, 3]", rows, 6);
    add_npy(&bytes, "<f8", "True", "(2, 3)", rows, sizeof rows);
    reads(&bytes, "[2, 3]", columns, 6);
    add_npy(&bytes, "<f8", "True", "(2, 1, 3)", rows, sizeof rows);
    reads(&bytes, "[2, 1, 3]", cube, 6);
    add_npy(&bytes, "<f8", "True", "(6,)", rows, sizeof rows);
    reads(&bytes, "[6]", rows, 6);
    add_npy(&bytes, "<f8", "False", "()", rows, 8);
    reads(&bytes, "[]", rows, 1);
    add_npy(&bytes, "<f8", "True", "(0, 3)", rows, 0);
    reads(&bytes, "[0, 3]", rows, 0);
    add_npy(&bytes, "<f8", "False", "(2L,3L,)", rows, sizeof rows);
    reads(&bytes, "[2, 3]", rows, 6);
    for (char version = 1; version <= 3; version++) {
        add_npy_header(&bytes, version,
                       "{\"shape\":(1,1,1,1,1,1,1,2),\"descr\":\"<f8\",\"fortran_order\":False}   \n");
        text_bytes(&bytes, (const char *)rows, 16);
        reads(&bytes, "[1, 1, 1, 1, 1, 1, 1, 2]", rows, 2);
    }
}

/* Everything that a double does not hold exactly, or that is no integer, is said. */
static void test_numbers_that_do_not_fit(void **state)
{
    static const struct {
        const char *descr, *bytes;
        size_t width;
        bool as_integer;
        const char *reason;
    } rows[] = {
        {"<i8", "\1\0\0\0\0\0\x20\0", 8, false, "9007199254740993 is no float64"},
        {"<i8", "\xff\xff\xff\xff\xff\xff\xff\x7f", 8, false, "9223372036854775807 is no float64"},
        {"<u8", "\0\0\0\0\0\0\0\x80", 8, false, "9223372036854775808 is no integer of 64 bits with a sign"},
        {"<u8", "\0\0\0\0\0\0\0\x80", 8, true, "9223372036854775808 is no integer of 64 bits with a sign"},
        {"|b1", "\2", 1, true, "a bool is 0 or 1, not 2"},
        {"<f4", "\0\0\x80\x3f", 4, true, "it holds float32, where integers are needed"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text bytes = {0}, why = {0};
        double x;
        int64_t n;
        add_npy(&bytes, rows[i].descr, "False", "(1,)", rows[i].bytes, rows[i].width);
        struct opened_bytes o = open_bytes(bytes.data, bytes.size);
        assert_non_null(o.file);
        const struct stored *stored = tensor_file_at(o.file, 0);
        assert_false(rows[i].as_integer ? tensor_file_integers(&n, o.file, stored, &why)
                                        : tensor_file_doubles(&x, o.file, stored, &why));
        assert_string_equal(why.data, rows[i].reason);
        close_bytes(&o);
        text_free(&why);
        text_free(&bytes);
    }
}

static void test_integers(void **state)
{
    const int64_t wanted[] = {INT64_MIN, INT64_MAX, 9007199254740993};
    int64_t n[3];
    struct text bytes = {0}, why = {0};
    (void)state;
    add_npy(&bytes, "<i8", "False", "(3,)", wanted, sizeof wanted);
    struct opened_bytes o = open_bytes(bytes.data, bytes.size);
    assert_non_null(o.file);
    assert_true(tensor_file_integers(n, o.file, tensor_file_at(o.file, 0), &why));
    assert_memory_equal(n, wanted, sizeof n);
    close_bytes(&o);
    text_free(&bytes);
}

static void test_defects(void **state)
{
    struct text bytes = {0};
    (void)state;
    static const char *const types[] = {"<c16", "|O", "<U3", "<f16", "|V2", "<M8[ns]",
                                        "=f8",  "f8", "|f8", "<f80", ""};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        add_npy(&bytes, types[i], "False", "(1,)", "0123456789abcdef", 16);
        assert_defect(&bytes, "", "it holds items of type");
    }
    add_npy_header(&bytes, 1, "{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,), }");
    assert_defect(&bytes, "", "fields");
    add_npy(&bytes, "<f8", "False", "(1,1,1,1,1,1,1,1,1)", "01234567", 8);
    assert_defect(&bytes, "", "its rank is 9; the highest is 8");
    add_npy(&bytes, "<f8", "False", "(4294967296, 4294967296)", "", 0);
    assert_defect(&bytes, "", "more elements than a computer can hold");
    add_npy(&bytes, "<f8", "False", "(0, 4294967296, 4294967296)", "", 0);
    assert_defect(&bytes, "", "more elements than a computer can hold");
}

static void test_damaged_headers(void **state)
{
    static const struct {
        const char *header, *reason;
    } rows[] = {
        {"", "a dict is expected"},
        {"{", "a short text in quotes"},
        {"{}", "descr, fortran_order and shape"},
        {"{'descr': '<f8', 'shape': (1,)}", "descr, fortran_order and shape"},
        {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", "once"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", "once"},
        {"{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "True or False"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': 1}", "a shape such as (2, 3)"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "a size"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1 2)}", "a comma"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
         "a computer can hold"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1", "a comma"},
        {"{'descr': '<f8' 'fortran_order': False, 'shape': (1,)}", "a comma"},
        {"{'descr' '<f8', 'fortran_order': False, 'shape': (1,)}", "a colon"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x", "its end"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)", "a comma"},
        {"{'descr': '<f8000000000000000000000', 'fortran_order': False, 'shape': (1,)}", "a short text"},
        {"{'descr", "a short text"},
        {"{'descr\\", "a short text"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}\\x", "its end"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text bytes = {0};
        add_npy_header(&bytes, 1, rows[i].header);
        text_bytes(&bytes, "01234567", 8);
        assert_refused(&bytes, rows[i].reason);
    }
}

static void test_sizes_that_lie(void **state)
{
    struct text bytes = {0};
    const double x[] = {1, 2};
    (void)state;
    add_npy(&bytes, "<f8", "False", "(2,)", x, 15);
    assert_refused(&bytes, "its header says 16 bytes of numbers (float64 of shape [2]); 15 are there");
    add_npy(&bytes, "<f8", "False", "(1,)", x, 9);
    assert_refused(&bytes, "its header says 8 bytes of numbers (float64 of shape [1]); 9 are there");
    add_npy(&bytes, "<f8", "False", "(1000000000000,)", x, 16);
    assert_refused(&bytes, "its header says 8000000000000 bytes");
    text_bytes(&bytes, "\x93NUMPY\2\0\xff\xff\xff\xff{", 13);
    assert_refused(&bytes, "its header claims 4294967295 bytes");
    text_bytes(&bytes, "\x93NUMPY\1\0\x10\0{", 11);
    assert_refused(&bytes, "its header claims 16 bytes");
    text_bytes(&bytes, "\x93NUMPY\1\0\2\0{\0", 12);
    assert_refused(&bytes, "a NUL");
    text_bytes(&bytes, "\x93NUMPY\4\0\2\0{}", 12);
    assert_refused(&bytes, "version 1, 2 or 3");
    text_bytes(&bytes, "\x93NUMPY", 6);
    assert_refused(&bytes, "it is cut off");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_numbers_that_do_not_fit),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_defects),
        cmocka_unit_test(test_damaged_headers),
        cmocka_unit_test(test_sizes_that_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
