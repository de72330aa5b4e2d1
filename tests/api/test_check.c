/* gck_check(): options, determinism, dtypes, ownership. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/engines.h"

static gck_case *load(const char *path)
{
    gck_case *c;
    gck_errors *errors = NULL;
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", SOURCE_DIR, path);
    if (gck_case_load(&c, whole, &errors))
        fail_msg("%s", gck_errors_get(errors, 0).message);
    return c;
}

static gck_result *check(const gck_case *c, const gck_options *options)
{
    gck_result *result;
    gck_errors *errors = NULL;
    if (gck_check(&result, c, options, &errors))
        fail_msg("%s", gck_errors_get(errors, 0).message);
    assert_null(errors);
    return result;
}

static void write_tensor(struct text *out, const gck_tensor *t)
{
    text_add(out, "%s %d %zu zero %d hint %s\n", t->name, (int)t->verdict, t->checked, t->zero,
             t->hint ? t->hint : "");
    text_add(out, "%a %a %a\n", t->largest_numeric_error, t->largest_reference_error, t->largest_wide_error);
    for (size_t i = 0; i < t->count; i++) {
        gck_element e = gck_tensor_element(t, i);
        text_add(out, "%zu %d %a %a %a %a %a %d %a %a %s %a %a %a %d\n", e.index, (int)e.verdict, e.analytic,
                 e.reference, e.reference_error, e.ulps, e.budget, e.checked, e.numeric, e.numeric_error,
                 e.wide, e.wide_error, e.left, e.right, e.corner);
    }
}

/* Everything in a result but the times, exactly. */
static char *written(const gck_result *r)
{
    struct text out = {0};
    text_add(&out, "%s %d %zu %zu\n", r->id, (int)r->verdict, r->run_count, r->expectations);
    for (size_t k = 0; k < r->run_count; k++) {
        const gck_run *run = &r->runs[k];
        const gck_certificate *c = &run->certificate;
        text_add(&out, "%d %d %zu %a %a %s\n", (int)run->dtype, (int)run->verdict, run->ties,
                 run->numeric_error, run->wide_error, run->guilty_node ? run->guilty_node : "");
        text_add(&out, "%d %a %a %a %d %d %d %zu %zu %zu\n", (int)c->verdict, c->agreement, c->error, c->order,
                 c->exact, c->bits, c->step_exponent, c->directions, c->elements, c->of);
        write_tensor(&out, &run->value);
        for (size_t t = 0; t < run->tensor_count; t++)
            write_tensor(&out, &run->tensors[t]);
    }
    assert_false(out.failed);
    return out.data;
}

static void jobs_change_nothing(void **state)
{
    (void)state;
    const char *const paths[] = {"cases/lectures/two-layer-net-small.yaml", "cases/kinks/relu-some-zeros.yaml",
                                 "cases/hard/max-near-tie.yaml", "cases/lectures/relu-4096.yaml"};
    for (int k = 0; k < 4; k++) {
        gck_case *c = load(paths[k]);
        gck_options options = gck_options_default();
        options.dtypes = 15;
        char *texts[4];
        const int jobs[] = {1, 2, 8, 1};
        for (int j = 0; j < 4; j++) {
            options.jobs = jobs[j];
            gck_result *result = check(c, &options);
            texts[j] = written(result);
            gck_result_free(result);
        }
        for (int j = 1; j < 4; j++)
            assert_string_equal(texts[0], texts[j]);
        options.seed = 2;
        gck_result *result = check(c, &options);
        char *other = written(result);
        assert_string_not_equal(texts[0], other);
        free(other);
        for (int j = 0; j < 4; j++)
            free(texts[j]);
        gck_result_free(result);
        gck_case_free(c);
    }
}

static void results_outlive_cases(void **state)
{
    (void)state;
    gck_case *c = load("cases/lectures/add-mul.yaml");
    gck_result *result = check(c, NULL);
    gck_case_free(c);
    assert_string_equal(result->id, "lectures/add-mul");
    assert_verdict(result->verdict, GCK_VERDICT_OK);
    assert_int_equal(result->parameters, 3);
    assert_int_equal(result->mismatch_count, 0);
    assert_true(result->expectations > 0 && result->ms > 0);
    assert_int_equal(result->run_count, 2);
    assert_string_equal(result->runs[0].engine, "builtin:float64");
    assert_string_equal(result->runs[1].engine, "builtin:float32");
    assert_string_equal(result->runs[0].tensors[0].name, "x");
    assert_true(result->runs[0].tensors[0].worst.analytic == -4);
    gck_result_free(result);
    gck_result_free(NULL);
    gck_case_free(NULL);
}

static void expect_refused(gck_options options, const char *text)
{
    gck_case *c = load("cases/lectures/add-mul.yaml");
    gck_result *result;
    gck_errors *errors;
    assert_int_equal(gck_check(&result, c, &options, &errors), GCK_BAD_USAGE);
    assert_null(result);
    assert_int_equal(gck_errors_count(errors), 1);
    assert_string_equal(gck_errors_get(errors, 0).message, text);
    gck_errors_free(errors);
    assert_int_equal(gck_check(&result, c, &options, NULL), GCK_BAD_USAGE);
    gck_case_free(c);
}

static void bad_options_are_named(void **state)
{
    (void)state;
    const gck_options d = gck_options_default();
    gck_options o = d;
    o.bits = 63;
    expect_refused(o, "bits: 63 is outside 64 .. 4096");
    o = d;
    o.max_bits = 128;
    expect_refused(o, "max bits: 128 is outside 256 (bits) .. 4096");
    o = d;
    o.dtypes = 16;
    expect_refused(o, "dtypes: unknown bits in 0x10");
    o = d;
    o.jobs = 0;
    expect_refused(o, "jobs: 0 is outside 1 .. 1024");
    o = d;
    o.exhaustive = -3;
    expect_refused(o, "exhaustive: -3 is neither GCK_AUTO, GCK_ALL nor a number");
    o = d;
    gck_engine nameless = {.name = NULL, .grad = NULL};
    o.engine = &nameless;
    expect_refused(o, "engine: a name and a grad function are needed");
}

static void the_stop_flag_stops(void **state)
{
    (void)state;
    gck_case *c = load("cases/lectures/add-mul.yaml");
    const volatile bool stop = true;
    gck_options options = gck_options_default();
    options.stop = &stop;
    gck_result *result;
    assert_int_equal(gck_check(&result, c, &options, NULL), GCK_STOPPED);
    assert_null(result);
    gck_case_free(c);
}

static gck_case *parse(const char *text)
{
    gck_case *c;
    assert_int_equal(gck_case_parse(&c, "b.yaml", text, strlen(text), NULL), GCK_OK);
    return c;
}

/* Numbers that float16 cannot hold are an error of a case that says float16; for another the dtype is
 * unsupported. They are never an infinity. */
static void inputs_that_overflow_a_dtype(void **state)
{
    (void)state;
    gck_result *result;
    gck_errors *errors;
    const char text[] = "gradcheck: 1\nid: a/b\ninputs: {x: 1e6}\ngraph:\n  - y = x * 2\noutput: y\n"
                        "dtypes: [float16, float64]\n";
    gck_case *c;
    assert_int_equal(gck_case_parse(&c, "b.yaml", text, strlen(text), &errors), GCK_BAD_CASE);
    assert_int_equal(gck_errors_count(errors), 1);
    assert_int_equal(gck_errors_get(errors, 0).line, 3);
    assert_non_null(strstr(gck_errors_get(errors, 0).message, "overflows float16"));
    gck_errors_free(errors);
    c = parse("gradcheck: 1\nid: a/b\ninputs: {x: 1e6}\ngraph:\n  - y = x * 2\noutput: y\n");
    gck_options options = gck_options_default();
    options.dtypes = 1u << GCK_FLOAT16 | 1u << GCK_FLOAT64;
    result = check(c, &options);
    assert_int_equal(result->run_count, 2);
    assert_int_equal(result->runs[0].verdict, GCK_VERDICT_OK);
    assert_int_equal(result->runs[1].verdict, GCK_VERDICT_UNSUPPORTED);
    assert_string_equal(result->runs[1].message, "x: 1000000 overflows float16");
    gck_result_free(result);
    gck_case_free(c);
}

/* An engine that cannot answer is asked before anything is proved: no difference is taken. */
static void answers_nothing(gck_answer *answer, const gck_request *request, void *user)
{
    (void)user;
    (void)request;
    gck_answer_unsupported(answer, "nothing here");
}

static void refused_cases_cost_no_proof(void **state)
{
    (void)state;
    gck_case *c = load("cases/lectures/add-mul.yaml");
    gck_engine engine = {.name = "none", .grad = answers_nothing};
    gck_options options = gck_options_default();
    options.engine = &engine;
    gck_result *result = check(c, &options);
    assert_int_equal(result->verdict, GCK_VERDICT_UNSUPPORTED);
    assert_string_equal(result->runs[0].message, "nothing here");
    assert_int_equal(result->runs[0].certificate.directions, 0);
    assert_int_equal(result->runs[0].certificate.elements, 0);
    gck_result_free(result);
    gck_case_free(c);
}

static void exhaustive_is_followed(void **state)
{
    (void)state;
    gck_case *c = load("cases/lectures/relu-4096.yaml");
    gck_options options = gck_options_default();
    options.dtypes = 1;
    options.exhaustive = 9;
    gck_result *result = check(c, &options);
    assert_int_equal(result->runs[0].certificate.elements, 9);
    assert_int_equal(result->runs[0].certificate.of, 4096);
    gck_result_free(result);
    options.exhaustive = GCK_ALL;
    result = check(c, &options);
    assert_int_equal(result->runs[0].certificate.elements, 4096);
    assert_int_equal(result->runs[0].tensors[0].checked, 4096);
    gck_result_free(result);
    gck_case_free(c);
}

/* A case in memory finds its files beside the path that it is given, and nowhere else unless it is trusted. */
static void files_lie_below_the_case(void **state)
{
    static const char format[] =
        "gradcheck: 1\nid: x\ninputs: {x: {file: '%s/layer.npz#b'}}\ngraph: [y = sum(x)]\n"
        "output: y\n";
    char text[512], path[] = "/tmp/gck-check-XXXXXX";
    gck_case *c;
    gck_errors *errors = NULL;
    (void)state;
    snprintf(text, sizeof text, format, "examples");
    assert_int_equal(gck_case_parse(&c, SOURCE_DIR "/x.yaml", text, strlen(text), NULL), GCK_OK);
    assert_int_equal(gck_case_parameters(c), 2);
    gck_case_free(c);
    snprintf(text, sizeof text, format, "../examples");
    assert_int_equal(gck_case_parse(&c, SOURCE_DIR "/cases/x.yaml", text, strlen(text), &errors), GCK_BAD_CASE);
    assert_non_null(strstr(gck_errors_get(errors, 0).message, "is not below the folder of the case"));
    gck_errors_free(errors);
    snprintf(text, sizeof text, format, SOURCE_DIR "/examples");
    int file = mkstemp(path);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    assert_int_equal(gck_case_load(&c, path, NULL), GCK_BAD_CASE);
    assert_int_equal(gck_case_load_trusted(&c, path, NULL), GCK_OK);
    gck_case_free(c);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_lie_below_the_case),    cmocka_unit_test(jobs_change_nothing),
        cmocka_unit_test(results_outlive_cases),       cmocka_unit_test(bad_options_are_named),
        cmocka_unit_test(the_stop_flag_stops),         cmocka_unit_test(inputs_that_overflow_a_dtype),
        cmocka_unit_test(refused_cases_cost_no_proof), cmocka_unit_test(exhaustive_is_followed),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
