/* Gradients in files: paths for cases, names, dtypes, shapes, and what is said about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "case/case.h"
#include "check/run.h"
#include "engine/gradient_file.h"
#include "support/engines.h"

static const char net[] = "gradcheck: 1\nid: %s\ninputs: {W: [[1, 2, 3], [4, 5, 6]], b: [1, 2]}\n"
                          "graph:\n  - q = square(W)\n  - p = b * b\n  - f = sum(q) + sum(p)\noutput: f\n";

/* A folder with a file, both gone after folder_drop(). */
struct folder {
    char path[64], file[128];
};

static struct folder folder_new(const char *name, const char *text)
{
    struct folder folder = {.path = "/tmp/gck-grads-XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    snprintf(folder.file, sizeof folder.file, "%s/%s", folder.path, name);
    FILE *file = fopen(folder.file, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return folder;
}

static void folder_drop(const struct folder *folder)
{
    unlink(folder->file);
    assert_int_equal(rmdir(folder->path), 0);
}

static struct case_file *read_net(const char *id)
{
    char text[512];
    struct errors errors = {0};
    struct case_file *c;
    snprintf(text, sizeof text, net, id);
    if (case_read(&c, "net.yaml", text, strlen(text), NULL, &errors))
        fail_msg("%s", errors.first->message);
    errors_free(&errors);
    return c;
}

/* The run that the file gets in this dtype; its texts live in the arena. */
static gck_run judge(struct arena *arena, const struct gradient_file_settings *settings, const char *id,
                     enum dtype dtype)
{
    struct case_file *c = read_net(id);
    struct gradient_file *file;
    struct errors errors = {0};
    gck_run run;
    assert_int_equal(gradient_file_open(&file, settings, c), GCK_OK);
    const struct subject subject = {.id = c->id, .graph = &c->graph};
    const struct run_settings run_settings = {.bits = 256,
                                              .max_bits = 256,
                                              .seed = 1,
                                              .choice = {GCK_AUTO, GCK_CENTERED},
                                              .engine = gradient_file_engine(file),
                                              .locate = true};
    assert_true(gradient_file_engine(file)->once);
    assert_int_equal(run_take(&run, arena, &subject, dtype, &run_settings, &errors), GCK_OK);
    gradient_file_free(file);
    case_free(c);
    errors_free(&errors);
    return run;
}

static const struct row {
    const char *text; /* of the file */
    gck_verdict verdict;
    const char *message; /* part of it; NULL: none */
} rows[] = {
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": [2, 4]}", GCK_VERDICT_OK, NULL},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": [2, 4], \"f\": 96, \"q\": [[1, 1, 1], [1, 1, 1]]}",
     GCK_VERDICT_OK, NULL},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": [2, 4], \"f\": 97}", GCK_VERDICT_WRONG, NULL},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": [2, 4], \"f\": [96, 96]}", GCK_VERDICT_WRONG, NULL},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": [2, 4], \"lr\": 1, \"a\": 1}", GCK_VERDICT_OK,
     "no node is called a, lr (--map"},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": [2, 4], \"1\": 1, \"2\": 1, \"3\": 1, \"4\": 1, \"5\": 1, "
     "\"6\": 1}",
     GCK_VERDICT_OK, "no node is called 1, 2, 3, 4, 5 and 1 more"},
    {"{\"W\": [[2, 8], [4, 10], [6, 12]], \"b\": [2, 4]}", GCK_VERDICT_WRONG,
     "W would have the shape of W transposed: --map W=W:T"},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]]}", GCK_VERDICT_MISSING, NULL},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": [2, \"x\"]}", GCK_VERDICT_ERROR,
     "the tensor b: it is no number"},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": {\"shape\": [4000000000, 0], \"data\": []}}", GCK_VERDICT_WRONG,
     NULL},
    {"{\"W\": [[2, 4, 6], [8, 10, 12]], \"b\": {\"shape\": [2], \"data\": [2, 4], \"dtype\": \"float32\"}}",
     GCK_VERDICT_UNSUPPORTED, "b holds float32; the case is for float64"},
    {"{\"W\": {\"shape\": [2, 3], \"data\": [2, 4, 6, 8, 10, 12], \"dtype\": \"float64\"},"
     "\"b\": {\"shape\": [2], \"data\": [2, 4], \"dtype\": \"float32\"}}",
     GCK_VERDICT_ERROR, "W holds float64, b holds float32; which one"},
    {"{\"W\": 1", GCK_VERDICT_ERROR, "it is no JSON: line 1"},
};

static void test_contents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder = folder_new("g.json", rows[i].text);
        struct arena arena = {0};
        gck_run run = judge(&arena, &(struct gradient_file_settings){.path = folder.file}, "net", FLOAT64);
        if (run.verdict != rows[i].verdict || (rows[i].message != NULL) != (run.message != NULL) ||
            (run.message && !strstr(run.message, rows[i].message)))
            fail_msg("%s: %s, %s", rows[i].text, gck_verdict_name(run.verdict),
                     run.message ? run.message : "-");
        arena_free(&arena);
        folder_drop(&folder);
    }
}

static void test_renamings(void **state)
{
    static const struct renaming renamings[] = {{.from = "fc.weight", .to = "W", .reversed = true},
                                                {.from = "W", .to = "b"},
                                                {.from = "loss", .to = "f"},
                                                {.from = "nowhere", .to = "z"}};
    struct folder folder = folder_new(
        "g.json", "{\"fc.weight\": [[2, 8], [4, 10], [6, 12]], \"W\": [2, 4], \"b\": [1, 1], \"loss\": 96}");
    struct arena arena = {0};
    struct gradient_file_settings settings = {folder.file, renamings, 4, 0};
    (void)state;
    gck_run run = judge(&arena, &settings, "net", FLOAT64);
    assert_verdict(run.verdict, GCK_VERDICT_OK);
    assert_string_equal(run.message,
                        "no node is called b (--map NAME=PARAMETER renames); the file holds no nowhere, "
                        "which --map renames");
    assert_string_equal(run.value.name, "f");
    const struct renaming three = {.from = "fc.weight", .to = "W", .rank = 3, .axes = {0, 1, 2}};
    settings = (struct gradient_file_settings){folder.file, &three, 1, 0};
    run = judge(&arena, &settings, "net", FLOAT64);
    assert_verdict(run.verdict, GCK_VERDICT_ERROR);
    assert_non_null(strstr(run.message, "the tensor fc.weight: --map has 3 axes for it, it has 2"));
    arena_free(&arena);
    folder_drop(&folder);
}

static void test_paths(void **state)
{
    struct folder folder = folder_new("net@float32.json", rows[0].text);
    struct arena arena = {0};
    char pattern[160];
    (void)state;
    assert_true(gradient_file_is_one(folder.file));
    assert_false(gradient_file_is_one(folder.path));
    assert_false(gradient_file_is_one("x/{id}.npz"));
    snprintf(pattern, sizeof pattern, "%s/{id}@{dtype}.json", folder.path);
    struct gradient_file_settings settings = {.path = pattern};
    assert_verdict(judge(&arena, &settings, "net", FLOAT32).verdict, GCK_VERDICT_OK);
    gck_run run = judge(&arena, &settings, "net", FLOAT64);
    assert_verdict(run.verdict, GCK_VERDICT_ERROR);
    assert_non_null(strstr(run.message, "net@float64.json: it cannot be read: No such file or directory"));
    settings.path = folder.path;
    run = judge(&arena, &settings, "net", FLOAT64);
    assert_non_null(strstr(run.message, "net.npz, .safetensors, .json or .npy"));
    run = judge(&arena, &settings, "a/../net", FLOAT64);
    assert_non_null(strstr(run.message, "the id a/../net names no file"));
    settings.path = folder.file;
    settings.dtypes = 1u << FLOAT32; /* the user knows better than the file, whose decimals count as float64 */
    assert_verdict(judge(&arena, &settings, "net", FLOAT32).verdict, GCK_VERDICT_OK);
    arena_free(&arena);
    folder_drop(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_renamings),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
