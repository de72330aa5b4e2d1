/* Inputs in files: what they become, where they may lie, and every way in which they are refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case_text.h"
#include "files/bytes.h"
#include "graph/graph.h"

/* "/tmp/x/in" holds the case and its files, "/tmp/x/out.npy" lies outside of it. */
struct folder {
    char path[64], inside[80];
};

static void write_file(const struct folder *folder, const char *name, const struct text *bytes)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    fclose(file);
}

static int folder_new(void **state)
{
    const double x[] = {1, -2.5, 0x1p-149, 4, 5, 6};
    struct folder *folder = test_calloc(1, sizeof *folder);
    struct text bytes = {0};
    strcpy(folder->path, "/tmp/gck-files-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->inside, sizeof folder->inside, "%s/in", folder->path);
    assert_int_equal(mkdir(folder->inside, 0755), 0);
    add_npy(&bytes, "<f8", "False", "(2, 3)", x, sizeof x);
    write_file(folder, "in/x.npy", &bytes);
    write_file(folder, "out.npy", &bytes);
    text_clear(&bytes);
    add_npy(&bytes, "<i4", "False", "(2,)", "\1\0\0\0\2\0\0\0", 8);
    write_file(folder, "in/i.npy", &bytes);
    text_clear(&bytes);
    add_npy(&bytes, "|b1", "False", "(2,)", "\1\0", 2);
    write_file(folder, "in/m.npy", &bytes);
    text_clear(&bytes);
    add_safetensors(&bytes,
                    "{\"big\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                    "\"inf\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                    "\"nan\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]},"
                    "\"odd\":{\"dtype\":\"C64\",\"shape\":[],\"data_offsets\":[16,24]},"
                    "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,2],\"data_offsets\":[24,24]}}",
                    "\0\0\0\0\0\0\xf0\x7e\0\0\x80\x7f\0\0\xc0\x7f________", 24);
    write_file(folder, "in/w.safetensors", &bytes);
    text_clear(&bytes);
    text_add(&bytes, "{\"half\": [0.5], \"many\": {\"shape\": [0, 3000000], \"data\": []}}");
    write_file(folder, "in/j.json", &bytes);
    text_free(&bytes);
    *state = folder;
    return 0;
}

static int folder_drop(void **state)
{
    static const char *const names[] = {"in/x.npy",  "in/i.npy",  "in/m.npy",    "in/w.safetensors", "out.npy",
                                        "in/j.json", "in/a.yaml", "in/link.npy", "in/here.npy"};
    struct folder *folder = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(folder->inside), 0);
    assert_int_equal(rmdir(folder->path), 0);
    test_free(folder);
    return 0;
}

/* The case that has these inputs and rows, or NULL with *message the first error's. */
static struct case_file *read_case(const struct folder *folder, const char *inputs, const char *rows,
                                   enum case_reach reach, char *message, size_t room)
{
    struct text text = {0};
    struct errors errors = {0};
    struct case_file *file;
    struct case_loading loading = {.reach = reach};
    char path[160];
    snprintf(path, sizeof path, "%s/a.yaml", folder->inside);
    text_add(&text, "gradcheck: 1\nid: a\ninputs: {one: 1, %s}\ngraph: [%s]\noutput: f\nwrt: [one]\n", inputs,
             rows);
    gck_status status = case_read(&file, path, text.data, text.size, &loading, &errors);
    assert_int_equal(status == GCK_OK, file != NULL);
    snprintf(message, room, "%zu:%zu: %s", errors.first ? errors.first->place.line : 0,
             errors.first ? errors.first->place.column : 0, errors.first ? errors.first->message : "");
    errors_free(&errors);
    text_free(&text);
    return file;
}

static struct case_file *read_inputs(const struct folder *folder, const char *inputs, enum case_reach reach,
                                     char *message, size_t room)
{
    return read_case(folder, inputs, "f = one * sum(x)", reach, message, room);
}

static void refused(void **state, const char *inputs, const char *part)
{
    char message[512];
    struct case_file *file = read_inputs(*state, inputs, REACH_FOLDER, message, sizeof message);
    assert_null(file);
    if (!strstr(message, part))
        fail_msg("%s: \"%s\" is not in \"%s\"", inputs, part, message);
}

static const struct node *input_of(const struct case_file *file, const char *name)
{
    long node = graph_find(&file->graph, name);
    assert_true(node >= 0);
    return &file->graph.nodes[node];
}

static void test_kinds(void **state)
{
    char message[512];
    struct case_file *file = read_case(
        *state,
        "t: [1, 2, 3], x: {file: x.npy, shape: [2, 3]}, i: {file: i.npy}, j: {file: i.npy, dtype: int64}, "
        "m: {file: m.npy}, n: {file: m.npy, dtype: int64}",
        "'a = take(t, i) + take(t, j) + take(t, n)', 'b = where(m, a, one)', f = sum(b) * sum(x)", REACH_FOLDER,
        message, sizeof message);
    if (!file)
        fail_msg("%s", message);
    const struct node *x = input_of(file, "x"), *i = input_of(file, "i"), *m = input_of(file, "m");
    assert_int_equal(x->kind, KIND_FLOAT);
    assert_int_equal(x->shape.rank, 2);
    assert_true(x->values.doubles[1] == -2.5 && x->values.doubles[2] == 0x1p-149);
    assert_int_equal(i->kind, KIND_INTEGER);
    assert_int_equal(i->values.integers[1], 2);
    assert_int_equal(input_of(file, "j")->kind, KIND_INTEGER);
    assert_int_equal(m->kind, KIND_BOOL);
    assert_int_equal(m->values.integers[0], 1);
    assert_int_equal(input_of(file, "n")->kind, KIND_INTEGER);
    case_free(file);
}

static void test_refused(void **state)
{
    refused(state, "x: {file: x.npy, shape: [3, 2]}",
            "3:28: x: the tensor in the file has shape [2, 3], not [3, 2]");
    refused(state, "x: {file: x.npy, dtype: int64}", "the file holds float64, where dtype says integers");
    refused(state, "x: {file: i.npy, dtype: bool}", "a bool is 0 or 1, not 2");
    refused(state, "x: {file: x.npy, data: [1]}", "x needs one of data, fill and file, not several");
    refused(state, "x: {file: x.npy, high: 1}", "x: high goes with fill, not with file");
    refused(state, "x: {file: ''}", "file is empty");
    refused(state, "x: {file: '#W'}", "a file is named as w.npy, w.npz#W1 or w.safetensors#W1");
    refused(state, "x: {file: nowhere.npy}", "the file nowhere.npy cannot be read: No such file or directory");
    refused(state, "x: {file: x.npy#x}", "leave out #x");
    refused(state, "x: {file: w.safetensors}",
            "w.safetensors#NAME says which tensor of the file is meant; it holds "
            "big, empty, inf, nan, odd");
    refused(state, "x: {file: 'w.safetensors#bigg'}", "the file holds no tensor bigg: did you mean big?");
    refused(state, "x: {file: 'w.safetensors#big'}", "overflows one of the dtypes of this case");
    refused(state, "x: {file: 'w.safetensors#nan'}", "its element [0], nan, is NaN");
    refused(state, "x: {file: 'w.safetensors#odd'}",
            "the tensor in w.safetensors#odd: it holds numbers of type C64");
    refused(state, "x: {file: 'j.json#half', dtype: int64}", "0.5 is no whole number up to 2^53");
    refused(state, "x: {file: 'j.json#many'}", "more than 2097152 elements together");
    char message[512];
    struct case_file *file =
        read_inputs(*state, "x: {file: 'w.safetensors#inf'}", REACH_FOLDER, message, sizeof message);
    assert_non_null(file); /* it is not in wrt */
    case_free(file);
}

static void test_outside(void **state)
{
    const struct folder *folder = *state;
    char link[160], here[160], absolute[200], message[512];
    snprintf(link, sizeof link, "%s/link.npy", folder->inside);
    snprintf(here, sizeof here, "%s/here.npy", folder->inside);
    snprintf(absolute, sizeof absolute, "x: {file: %s/x.npy}", folder->inside);
    assert_int_equal(symlink("../out.npy", link), 0);
    assert_int_equal(symlink("x.npy", here), 0);
    const char *const outside[] = {"x: {file: ../out.npy}", "x: {file: link.npy}",
                                   "x: {file: ../in/../out.npy}", absolute};
    const char *const inside[] = {"x: {file: here.npy}", "x: {file: ../in/x.npy}", "x: {file: ./x.npy}"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        refused(state, outside[i], "is not below the folder of the case");
        struct case_file *file = read_inputs(folder, outside[i], REACH_ANYWHERE, message, sizeof message);
        if (!file)
            fail_msg("%s", message);
        case_free(file);
    }
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        struct case_file *file = read_inputs(folder, inside[i], REACH_FOLDER, message, sizeof message);
        if (!file)
            fail_msg("%s", message);
        case_free(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kinds, folder_new, folder_drop),
        cmocka_unit_test_setup_teardown(test_refused, folder_new, folder_drop),
        cmocka_unit_test_setup_teardown(test_outside, folder_new, folder_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
