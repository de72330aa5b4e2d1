/* Expectations: half a unit of the last digit, fractions, closed forms, twins by id and by graph. */
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

#include "api/expect.h"
#include "support/engines.h"

/* Mismatches of y = x / 3 at x with this expected value of y. */
static size_t mismatches(const char *x, const char *expected, const char *by)
{
    char in[64], more[256];
    snprintf(in, sizeof in, "{x: %s}", x);
    snprintf(more, sizeof more, "expect:\n  value: {y: %s}\n  by: %s", expected, by);
    gck_result *result = check_text(in, "  - y = x / 3", more, NULL, NULL);
    size_t count = result->mismatch_count;
    assert_int_equal(result->expectations, 1);
    assert_verdict(result->verdict, count ? GCK_VERDICT_WRONG : GCK_VERDICT_OK);
    gck_result_free(result);
    return count;
}

static void half_a_unit_of_the_last_digit(void **state)
{
    (void)state;
    static const struct {
        const char *x, *expected, *by;
        size_t count;
    } numbers[] = {
        {"1", "0.33", "published", 0},
        {"1", "0.34", "published", 1},
        {"1", "0.333333333333333333333333", "published", 0},
        {"1", "0.333333333333333333333334", "published", 1},
        {"-1", "-0.33", "published", 0},
        {"-1", "0.33", "published", 1},
        {"1", "1/3", "published", 0},
        {"1", "1/3", "closed-form", 0},
        {"1", "33/100", "closed-form", 1},
        {"1", "33333333333/100000000000", "published", 1}, /* fractions are exact */
        {"1", "0.33", "closed-form", 1},                   /* so are short closed forms */
        {"1.5", "0.5", "closed-form", 0},
        {"1", "0.3333333333333333", "closed-form", 0}, /* 16 digits are a rounding of more */
        {"1", "0.3333333333333334", "closed-form", 1},
        {"3000", "1e3", "published", 0},
        {"2400", "1e3", "published", 0}, /* one digit: 1000 +- 500 */
        {"2400", "1.0e3", "published", 1},
        {"1.35", "0.45", "published", 0},
        {"1.335", "0.45", "published", 0}, /* 0.445: just half a unit off */
        {"1.3349", "0.45", "published", 1},
        {"0", "0", "closed-form", 0},
        {"3e-30", "0", "closed-form", 1}, /* nothing but 0 is 0 */
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        size_t found = mismatches(numbers[i].x, numbers[i].expected, numbers[i].by);
        if (found != numbers[i].count)
            fail_msg("%s / 3 expected %s by %s: %zu mismatches", numbers[i].x, numbers[i].expected,
                     numbers[i].by, found);
    }
}

/* The decimals of the case count, not the doubles next to them. */
static void inputs_are_exact(void **state)
{
    (void)state;
    gck_result *result =
        check_text("{a: 0.1, b: 0.2}", "  - s = a + b\n  - y = s - 0.3",
                   "expect:\n  value: {s: 3/10, y: 0}\n  grad: {a: 1, b: 1}\n  by: closed-form", NULL, NULL);
    assert_int_equal(result->expectations, 4);
    assert_int_equal(result->mismatch_count, 0);
    gck_result_free(result);
}

/* Neither few bits nor many change what an expectation says. */
static void bits_do_not_matter(void **state)
{
    (void)state;
    const int bits[] = {64, 256, 1024};
    for (int i = 0; i < 3; i++) {
        gck_options options = gck_options_default();
        options.bits = bits[i];
        gck_result *result = check_text("{x: 0.1}", "  - y = x / 3",
                                        "expect:\n  value: {y: 0.0333333333333333333333333333333333}\n"
                                        "  grad: {x: 1/3}\n  by: closed-form",
                                        NULL, &options);
        assert_int_equal(result->mismatch_count, 0);
        gck_result_free(result);
        /* 1 - 1e-50: short closed forms hold to 2^-128 */
        result = check_text("{x: 1e-50}", "  - y = 1 - x", "expect:\n  value: {y: 1}\n  by: closed-form", NULL,
                            &options);
        assert_int_equal(result->mismatch_count, 0);
        gck_result_free(result);
    }
}

static void mismatches_say_what_and_where(void **state)
{
    (void)state;
    gck_result *result =
        check_text("{x: [1, 2]}", "  - q = x * x\n  - y = sum(q)",
                   "expect:\n  value: {y: 6}\n  grad: {x: [2, 5]}\n  by: closed-form", NULL, NULL);
    assert_int_equal(result->mismatch_count, 2);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    assert_verdict(result->runs[0].verdict, GCK_VERDICT_OK); /* the engine is not judged by it */
    assert_string_equal(result->mismatches[0].what, "value y");
    assert_string_equal(result->mismatches[0].expected, "6");
    assert_string_equal(result->mismatches[0].found, "5.000000000000000000000000");
    assert_string_equal(result->mismatches[1].what, "grad x[1]");
    assert_string_equal(result->mismatches[1].expected, "5");
    assert_int_equal(result->mismatches[1].line, 10);
    assert_true(result->mismatches[1].column > 0);
    gck_result_free(result);
}

static void twins_by_graph(void **state)
{
    (void)state;
    static const char in[] = "{x: [0.3, -1.2], w: [2, 0.7]}",
                      rows[] = "  - p = x * w\n  - t = tanh(p)\n  - y = sum(t)";
    static const char same[] =
        "equals:\n  graph:\n    - e = exp(-2 * x * w)\n    - t = (1 - e) / (1 + e)\n    - y = "
        "sum(t)\n  output: y";
    static const char other[] = "equals:\n  graph:\n    - t = x * w\n    - y = sum(t)\n  output: y";
    gck_result *result = check_text(in, rows, same, NULL, NULL);
    assert_int_equal(result->mismatch_count, 0);
    assert_int_equal(result->expectations, 5);
    assert_verdict(result->verdict, GCK_VERDICT_OK);
    gck_result_free(result);
    result = check_text(in, rows, other, NULL, NULL);
    assert_int_equal(result->mismatch_count, 5);
    assert_verdict(result->verdict, GCK_VERDICT_WRONG);
    assert_string_equal(result->mismatches[0].what, "value y, as in the equal graph");
    gck_result_free(result);
}

struct library {
    char root[64], folder[96], one[128], two[128];
};

static void write_case(const char *path, const char *id, const char *graph, const char *more)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "gradcheck: 1\nid: %s\ninputs: {x: 0.75}\ngraph:\n%s\noutput: y\n%s\n", id, graph, more);
    assert_int_equal(fclose(file), 0);
}

static gck_status check_file(const char *path, gck_result **result, gck_errors **errors)
{
    gck_case *c;
    *result = NULL;
    *errors = NULL;
    gck_status status = gck_case_load(&c, path, errors);
    if (!status) {
        status = gck_check(result, c, NULL, errors);
        gck_case_free(c);
    }
    return status;
}

static void twins_by_id(void **state)
{
    (void)state;
    struct library l = {.root = "/tmp/gck-expect-XXXXXX"};
    gck_result *result;
    gck_errors *errors;
    assert_non_null(mkdtemp(l.root));
    snprintf(l.folder, sizeof l.folder, "%s/set", l.root);
    snprintf(l.one, sizeof l.one, "%s/one.yaml", l.folder);
    snprintf(l.two, sizeof l.two, "%s/two.yaml", l.folder);
    assert_int_equal(mkdir(l.folder, 0755), 0);
    write_case(l.one, "set/one", "  - y = x * x", "equals: set/two");
    write_case(l.two, "set/two", "  - y = square(x)", "");
    assert_int_equal(check_file(l.one, &result, &errors), GCK_OK);
    assert_int_equal(result->expectations, 2);
    assert_int_equal(result->mismatch_count, 0);
    gck_result_free(result);
    write_case(l.two, "set/two", "  - y = x * 0.75 + 0 * x", "");
    assert_int_equal(check_file(l.one, &result, &errors), GCK_OK);
    assert_int_equal(result->mismatch_count,
                     1); /* the value agrees at this very point, the gradient does not */
    assert_string_equal(result->mismatches[0].what, "grad x, as in set/two");
    gck_result_free(result);
    assert_int_equal(unlink(l.two), 0);
    assert_int_not_equal(check_file(l.one, &result, &errors), GCK_OK);
    assert_null(result);
    assert_int_equal(gck_errors_count(errors), 1);
    gck_errors_free(errors);
    write_case(l.one, "elsewhere/one", "  - y = x * x", "equals: set/two");
    assert_int_equal(check_file(l.one, &result, &errors), GCK_BAD_CASE);
    assert_true(gck_errors_count(errors) > 0);
    gck_errors_free(errors);
    assert_int_equal(unlink(l.one), 0);
    assert_int_equal(rmdir(l.folder), 0);
    assert_int_equal(rmdir(l.root), 0);
}

/* Freezes a case; `block` is the caller's. */
static gck_status freeze(struct text *block, struct errors *errors, const char *inputs, const char *graph)
{
    struct case_file *file;
    struct text text = {0};
    text_add(&text, "gradcheck: 1\nid: a/b\ninputs: %s\ngraph:\n%s\noutput: y\ndtypes: [float64]\n", inputs,
             graph);
    assert_int_equal(case_read(&file, "b.yaml", text.data, text.size, NULL, errors), GCK_OK);
    gck_status status = expect_frozen(block, file, 256, errors);
    case_free(file);
    text_free(&text);
    return status;
}

/* What is frozen is met when it is read again. */
static void frozen_numbers_hold(void **state)
{
    (void)state;
    static const char inputs[] = "{x: [[0.3, 1], [-2, 0]]}", graph[] = "  - t = tanh(x)\n  - y = sum(t)";
    struct errors errors = {0};
    struct text block = {0};
    assert_int_equal(freeze(&block, &errors, inputs, graph), GCK_OK);
    assert_non_null(strstr(block.data, "by: reference"));
    gck_result *result = check_text(inputs, graph, block.data, NULL, NULL);
    assert_int_equal(result->expectations, 5);
    assert_int_equal(result->mismatch_count, 0);
    gck_result_free(result);
    text_free(&block);
    errors_free(&errors);
}

/* Softmax adds up to 1 whatever x is: what 256 bits give for its gradient is noise, and no digit of it is
 * written. A frozen zero is exact. */
static void noise_is_frozen_as_zero(void **state)
{
    (void)state;
    static const char graph[] = "  - s = softmax(x)\n  - y = sum(s)";
    struct errors errors = {0};
    struct text block = {0};
    assert_int_equal(freeze(&block, &errors, "{x: [0.3, 1, 0.1]}", graph), GCK_OK);
    assert_non_null(strstr(block.data, "x: [0, 0, 0]"));
    gck_result *result = check_text("{x: [0.3, 1, 0.1]}", graph, block.data, NULL, NULL);
    assert_int_equal(result->mismatch_count, 0);
    gck_result_free(result);
    result = check_text("{x: [0.3, 1, 0.1]}", "  - s = softmax(x)\n  - y = sum(s * s)", block.data, NULL, NULL);
    assert_int_equal(result->mismatch_count, 4);
    gck_result_free(result);
    text_free(&block);
    errors_free(&errors);
}

/* What 256 bits hold of 1e-70 beside 1 are seven digits; 512 will do. */
static void bits_are_raised_for_digits(void **state)
{
    (void)state;
    struct errors errors = {0};
    struct text block = {0};
    assert_int_equal(freeze(&block, &errors, "{x: 1, t: 1e-70}", "  - s = x + t\n  - d = s - x\n  - y = d / t"),
                     GCK_OK);
    assert_non_null(strstr(block.data, "y: 1.000000000000000000000000000000000000000\n"));
    text_free(&block);
    errors_free(&errors);
}

/* The sign of 0.1 + 0.13 - 0.23 is that of the last rounding, another one with more bits. */
static void uncertain_numbers_are_not_frozen(void **state)
{
    (void)state;
    static const char sign[] = "  - s = a + b\n  - d = s - c\n  - e = abs(d)\n  - y = d / e";
    struct errors errors = {0};
    struct text block = {0};
    assert_int_equal(freeze(&block, &errors, "{a: 0.1, b: 0.13, c: 0.23}", sign), GCK_BAD_CASE);
    assert_string_equal(errors.first->message, "the value y keeps fewer than 17 digits at 4096 bits");
    errors_free(&errors);
    errors = (struct errors){0};
    assert_int_equal(freeze(&block, &errors, "{x: [1, -1]}", "  - l = log(x)\n  - y = sum(l)"), GCK_BAD_CASE);
    assert_string_equal(errors.first->message, "the value y is not a number at 4096 bits");
    text_free(&block);
    errors_free(&errors);
}

/* sqrt at 0: one infinite derivative says nothing of the elements beside it, and is no finite one. */
static void infinite_gradients_are_compared(void **state)
{
    (void)state;
    static const struct {
        const char *graph;
        size_t count;
    } twins[] = {
        {"[a = sqrt(x), b = 3 * a, y = sum(b)]", 0},
        {"[a = sqrt(x), b = a * 3 + x, y = sum(b)]", 3}, /* the value, and all that is finite */
        {"[b = x * 3, y = sum(b)]", 4},
    };
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        char more[200];
        snprintf(more, sizeof more,
                 "kinks:\n  - {at: x, choice: c, allowed: [inf]}\nequals: {graph: %s, output: y}",
                 twins[i].graph);
        gck_result *result =
            check_text("{x: [0, 1, 4]}", "  - s = sqrt(x)\n  - t = s * 3\n  - y = sum(t)", more, NULL, NULL);
        assert_int_equal(result->expectations, 4);
        if (result->mismatch_count != twins[i].count)
            fail_msg("%s: %zu mismatches", twins[i].graph, result->mismatch_count);
        gck_result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_a_unit_of_the_last_digit),
        cmocka_unit_test(inputs_are_exact),
        cmocka_unit_test(bits_do_not_matter),
        cmocka_unit_test(mismatches_say_what_and_where),
        cmocka_unit_test(twins_by_graph),
        cmocka_unit_test(twins_by_id),
        cmocka_unit_test(infinite_gradients_are_compared),
        cmocka_unit_test(frozen_numbers_hold),
        cmocka_unit_test(noise_is_frozen_as_zero),
        cmocka_unit_test(bits_are_raised_for_digits),
        cmocka_unit_test(uncertain_numbers_are_not_frozen),
    };
    return cmocka_run_group_tests_name("expect", tests, NULL, NULL);
}
