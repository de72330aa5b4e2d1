/* .npz: archives stored and deflated, and such that lie about what is in them. */
#include <malloc.h>
#include <zip.h>

#include "base/random.h"
#include "bytes.h"

struct member {
    const char *name, *bytes;
    size_t size;
    zip_int32_t method;
};

/* The bytes of an archive of these members. */
static struct text archive(const struct member *members, size_t count)
{
    struct text bytes = {0};
    zip_stat_t about;
    zip_source_t *sink = zip_source_buffer_create(NULL, 0, 0, NULL);
    assert_non_null(sink);
    zip_t *zip = zip_open_from_source(sink, ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    zip_source_keep(sink);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(zip, members[i].bytes, members[i].size, 0);
        zip_int64_t index = zip_file_add(zip, members[i].name, source, ZIP_FL_ENC_UTF_8);
        assert_true(index >= 0);
        assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)index, members[i].method, 0), 0);
    }
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_open(sink), 0);
    assert_int_equal(zip_source_stat(sink, &about), 0);
    char *copy = test_malloc(about.size);
    assert_int_equal(zip_source_read(sink, copy, about.size), about.size);
    text_bytes(&bytes, copy, about.size);
    test_free(copy);
    zip_source_close(sink);
    zip_source_free(sink);
    return bytes;
}

/* One array of doubles 0, 1, 2, ... */
static struct text ramp(size_t count, const char *shape)
{
    struct text npy = {0};
    double *x = test_calloc(count, sizeof *x);
    for (size_t i = 0; i < count; i++)
        x[i] = (double)i;
    add_npy(&npy, "<f8", "False", shape, x, count * sizeof *x);
    test_free(x);
    return npy;
}

static void test_reads(void **state)
{
    const double x[] = {0, 1, 2, 3, 4, 5};
    struct text a = ramp(6, "(2, 3)"), b = ramp(1, "()");
    const struct member members[] = {{"layer/W.npy", a.data, a.size, ZIP_CM_DEFLATE},
                                     {"b.npy", b.data, b.size, ZIP_CM_STORE},
                                     {"readme.txt", "hello", 5, ZIP_CM_STORE}};
    (void)state;
    struct text bytes = archive(members, 3);
    struct opened_bytes o = open_bytes(bytes.data, bytes.size);
    if (!o.file)
        fail_msg("%s", o.why.data);
    assert_int_equal(tensor_file_count(o.file), 2);
    assert_tensor(o.file, "layer/W", "[2, 3]", x, 6);
    assert_tensor(o.file, "b", "[]", x, 1);
    assert_tensor(o.file, "layer/W", "[2, 3]", x, 6); /* a second time */
    close_bytes(&o);
    text_free(&bytes);
    text_bytes(&bytes, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22); /* an empty archive */
    o = open_bytes(bytes.data, bytes.size);
    if (!o.file)
        fail_msg("%s", o.why.data);
    assert_int_equal(tensor_file_count(o.file), 0);
    close_bytes(&o);
    text_free(&bytes);
    text_free(&a);
    text_free(&b);
}

/* Longer than the pieces in which members are unpacked. */
static void test_long(void **state)
{
    enum { COUNT = 20000 };
    struct text npy = ramp(COUNT, "(20000,)"), why = {0};
    double *x = test_calloc(COUNT, sizeof *x);
    (void)state;
    for (int deflated = 0; deflated < 2; deflated++) {
        struct text bytes =
            archive(&(struct member){"x.npy", npy.data, npy.size, deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE}, 1);
        struct opened_bytes o = open_bytes(bytes.data, bytes.size);
        assert_non_null(o.file);
        assert_true(tensor_file_doubles(x, o.file, tensor_file_at(o.file, 0), &why));
        for (size_t i = 0; i < COUNT; i++)
            assert_true(x[i] == (double)i);
        close_bytes(&o);
        text_free(&bytes);
    }
    test_free(x);
    text_free(&npy);
}

static void test_refused(void **state)
{
    struct text npy = ramp(2, "(2,)");
    (void)state;
    struct text bytes = archive(&(struct member){"data.pkl", "x", 1, ZIP_CM_STORE}, 1);
    assert_refused(&bytes, "what torch.save wrote is not read");
    const struct member one = {"x.npy", npy.data, npy.size, ZIP_CM_STORE};
    bytes = archive(&one, 1);
    bytes.size -= 5;
    assert_refused(&bytes, "no sound zip archive");
    text_bytes(&bytes, "PK\3\4", 4);
    assert_refused(&bytes, "no sound zip archive");
    const struct member twice[] = {one, {"y.npy", npy.data, npy.size, ZIP_CM_STORE}};
    bytes = archive(twice, 2);
    for (size_t i = 0; i + 5 < bytes.size; i++)
        if (memcmp(bytes.data + i, "y.npy", 5) == 0)
            bytes.data[i] = 'x';
    assert_refused(&bytes, "two members of the zip archive have the same name");
    text_free(&npy);
}

static void test_defects(void **state)
{
    struct text npy = ramp(2, "(2,)");
    (void)state;
    struct text bytes = archive(&(struct member){"x.npy", npy.data, npy.size - 1, ZIP_CM_DEFLATE}, 1);
    assert_defect(&bytes, "x", "its header says");
    text_bytes(&npy, "x", 1);
    bytes = archive(&(struct member){"x.npy", npy.data, npy.size, ZIP_CM_DEFLATE}, 1);
    assert_defect(&bytes, "x", "its header says");
    bytes = archive(&(struct member){"x.npy", "hello world", 11, ZIP_CM_STORE}, 1);
    assert_defect(&bytes, "x", "it does not begin as an .npy");
    bytes = archive(&(struct member){"x.npy", "", 0, ZIP_CM_STORE}, 1);
    assert_defect(&bytes, "x", "it is cut off");
    bytes = archive(&(struct member){"x.npy", "\x93NUMPY\1\0\xff\xff{", 11, ZIP_CM_STORE}, 1);
    assert_defect(&bytes, "x", "its header claims 65535 bytes");
    if (zip_compression_method_supported(ZIP_CM_BZIP2, 1)) {
        bytes = archive(&(struct member){"x.npy", npy.data, npy.size, ZIP_CM_BZIP2}, 1);
        assert_defect(&bytes, "x", "packed in another way");
    }
    text_free(&npy);
}

/* Reads all that can be read; what is read is of the size that the header says. */
static void read_all(const struct opened_bytes *o)
{
    for (size_t i = 0; o->file && i < tensor_file_count(o->file); i++) {
        const struct stored *stored = tensor_file_at(o->file, i);
        struct text why = {0};
        if (!stored->defect && stored->count <= 100000) {
            double *x = test_calloc(stored->count + 1, sizeof *x);
            int64_t *n = test_calloc(stored->count + 1, sizeof *n);
            (void)tensor_file_doubles(x, o->file, stored, &why);
            (void)tensor_file_integers(n, o->file, stored, &why);
            test_free(x);
            test_free(n);
        }
        text_free(&why);
    }
}

/* A damaged number is found by the checksum. */
static void test_checksum(void **state)
{
    struct text npy = ramp(2, "(2,)");
    struct text bytes = archive(&(struct member){"x.npy", npy.data, npy.size, ZIP_CM_STORE}, 1), why = {0};
    double x[2];
    (void)state;
    char *at = memmem(bytes.data, bytes.size, "\xf0\x3f", 2);
    assert_non_null(at);
    *at = '\xf1';
    struct opened_bytes o = open_bytes(bytes.data, bytes.size);
    assert_non_null(o.file);
    assert_false(tensor_file_doubles(x, o.file, tensor_file_at(o.file, 0), &why));
    assert_string_equal(why.data, "it cannot be unpacked: CRC error");
    close_bytes(&o);
    text_free(&why);
    text_free(&bytes);
    text_free(&npy);
}

/* Members that claim to be larger than they are: their own header against the archive, and the archive against
 * the bytes. */
static void test_claims(void **state)
{
    struct text npy = {0};
    (void)state;
    add_npy(&npy, "|u1", "False", "(1099511627776,)", "", 0);
    struct text bytes = archive(&(struct member){"x.npy", npy.data, npy.size, ZIP_CM_DEFLATE}, 1);
    assert_defect(&bytes, "x", "its header says 1099511627");
    text_clear(&npy);
    add_npy(&npy, "|u1", "False", "(2147483519,)", "", 0);
    bytes = archive(&(struct member){"x.npy", npy.data, npy.size, ZIP_CM_DEFLATE}, 1);
    char *central = memmem(bytes.data, bytes.size, "PK\1\2", 4);
    assert_non_null(central);
    memcpy(central + 24, "\xff\xff\xff\x7f", 4); /* the size, unpacked */
    assert_refused(&bytes, "no sound zip archive");
    text_free(&npy);
}

/* What is packed a thousandfold is listed without being unpacked. */
static void test_bomb(void **state)
{
    enum { BYTES = 100 << 20 };
    struct text npy = {0};
    char *zeros = test_calloc(BYTES, 1);
    (void)state;
    add_npy(&npy, "|u1", "False", "(104857600,)", zeros, BYTES);
    test_free(zeros);
    struct text bytes = archive(&(struct member){"x.npy", npy.data, npy.size, ZIP_CM_DEFLATE}, 1);
    text_free(&npy);
    assert_true(bytes.size < BYTES / 500);
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    struct opened_bytes o = open_bytes(bytes.data, bytes.size);
    size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
    assert_non_null(o.file);
    assert_int_equal(tensor_file_at(o.file, 0)->count, BYTES);
    assert_true(after - before < 4 * bytes.size);
    close_bytes(&o);
    text_free(&bytes);
}

/* Random damage to archives, .npy, .safetensors and JSON: an error or numbers, never more. */
static void test_mutations(void **state)
{
    enum { ROUNDS = 20000 };
    struct random random = random_new(1, 77);
    struct text npy = ramp(6, "(2, 3)"), files[5] = {{0}};
    const struct member members[] = {{"W.npy", npy.data, npy.size, ZIP_CM_DEFLATE},
                                     {"b.npy", npy.data, npy.size, ZIP_CM_STORE}};
    (void)state;
    files[0] = archive(members, 2);
    files[1] = archive(members, 1);
    text_bytes(&files[2], npy.data, npy.size);
    add_safetensors(&files[3],
                    "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                    "\"b\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[8,12]}}",
                    "0123456789ab", 12);
    text_add(&files[4], "{\"a\": [[1, 2], [3, NaN]], \"b\": {\"shape\": [1, 2], \"data\": [1e3, -Infinity]}}");
    for (int round = 0; round < ROUNDS; round++) {
        const struct text *from = &files[round % 5];
        char *copy = test_malloc(from->size);
        memcpy(copy, from->data, from->size);
        size_t size = random_below(&random, 4) ? from->size : (size_t)random_below(&random, from->size);
        for (uint64_t n = random_below(&random, 4); size && n-- > 0;)
            copy[random_below(&random, size)] = (char)(random_below(&random, 3) ? random_next(&random) : 0xff);
        struct opened_bytes o = open_bytes(copy, size);
        assert_true(o.file || o.why.size);
        read_all(&o);
        close_bytes(&o);
        test_free(copy);
    }
    for (size_t i = 0; i < 5; i++)
        text_free(&files[i]);
    text_free(&npy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),   cmocka_unit_test(test_long),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_defects), cmocka_unit_test(test_checksum),  cmocka_unit_test(test_claims),
        cmocka_unit_test(test_bomb),    cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
