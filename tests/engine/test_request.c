/* Requests: their exact bytes, and what becomes of formulas, literals, attributes and large tensors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/request.h"
#include "support/engines.h"

static void write_down(gck_answer *answer, const gck_request *request, void *user)
{
    struct arena arena = {0};
    struct plan plan;
    struct text *line = user;
    assert_true(plan_new(&plan, &arena, request));
    text_clear(line);
    request_write(line, &plan, "some/id", true);
    gck_answer_unsupported(answer, "all");
    arena_free(&arena);
}

/* The request about such a case in float32. */
static char *request_of(struct text *line, const char *inputs, const char *graph, const char *more)
{
    gck_engine engine = {.name = "writer", .grad = write_down, .user = line};
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT32;
    gck_result_free(check_text(inputs, graph, more, &engine, &options));
    assert_non_null(line->data);
    return line->data;
}

#define HEAD "{\"type\":\"grad\",\"id\":\"some/id\",\"dtype\":\"float32\",\"inputs\":"

static void bytes(void **state)
{
    struct text line = {0};
    (void)state;
    assert_string_equal(
        request_of(&line, "{x: [0.1, -3], t: {dtype: int64, data: 1}}",
                   "  - z = 2 * x\n  - y = softmax_cross_entropy(z, t, reduction=sum)", ""),
        HEAD "{\"x\":{\"dtype\":\"float32\",\"shape\":[2],\"data\":[0.10000000149011612,-3]},"
             "\"t\":{\"dtype\":\"int64\",\"shape\":[],\"data\":[1]},"
             "\"z.1\":{\"dtype\":\"float32\",\"shape\":[],\"data\":[2]}},"
             "\"graph\":[{\"name\":\"z\",\"op\":\"mul\",\"inputs\":[\"z.1\",\"x\"],\"attributes\":{}},"
             "{\"name\":\"y\",\"op\":\"softmax_cross_entropy\",\"inputs\":[\"z\",\"t\"],\"attributes\":"
             "{\"reduction\":\"sum\",\"label_smoothing\":0}}],"
             "\"output\":\"y\",\"seed\":{\"shape\":[],\"data\":[1]},\"wrt\":[\"x\"],\"want\":[\"z\"]}\n");
    text_free(&line);
}

/* A claimed derivative is the engine's own business: it is given the formula, under the name of the expr. */
static void claims(void **state)
{
    struct text line = {0};
    (void)state;
    char *request = request_of(&line, "{x: 3}", "  - expr: y = x * x\n    claim: 7 * x", "wrt: [x]");
    assert_non_null(strstr(request, "\"graph\":[{\"name\":\"y\",\"op\":\"mul\",\"inputs\":[\"x\",\"x\"],"
                                    "\"attributes\":{}}],\"output\":\"y\""));
    assert_null(strstr(request, "expr"));
    assert_null(strstr(request, "7"));
    text_free(&line);
}

static void attributes(void **state)
{
    struct text line = {0};
    (void)state;
    char *request = request_of(&line, "{x: [[1, 2]]}",
                               "  - s = sum(x, axes=[-1], keepdims=true)\n"
                               "  - y = leaky_relu(s, slope=0.1)",
                               "seed: [[1]]");
    assert_non_null(strstr(request, "\"attributes\":{\"axes\":[-1],\"keepdims\":true}"));
    assert_non_null(strstr(request, "\"attributes\":{\"slope\":0.10000000149011612}"));
    request = request_of(&line, "{x: [[1, 2]]}", "  - y = sum(x)", "");
    assert_non_null(strstr(request, "\"attributes\":{\"keepdims\":false}"));
    request = request_of(&line, "{x: [[1, 2]]}", "  - y = sum(x, axes=[])", "seed: [[1, 2]]");
    assert_non_null(strstr(request, "\"attributes\":{\"axes\":[],\"keepdims\":false}"));
    text_free(&line);
}

static void large(void **state)
{
    struct text line = {0};
    (void)state;
    char *request = request_of(&line, "{x: {shape: [4096], fill: uniform, low: 0, high: 1, seed: 1}}",
                               "  - y = sum(x)", "");
    assert_null(strstr(request, "base64"));
    request = request_of(&line, "{x: {shape: [4097], fill: uniform, low: 0, high: 1, seed: 1}}",
                         "  - y = sum(x)", "");
    assert_non_null(strstr(request, "\"shape\":[4097],\"base64\":\""));
    text_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytes), cmocka_unit_test(claims),
                                       cmocka_unit_test(attributes), cmocka_unit_test(large)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
