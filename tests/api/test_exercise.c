/* Exercises: what a claim is found to be, and what may not be changed. */
#include "api/exercise.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct case_file *read_case(const char *text)
{
    struct errors errors = {0};
    struct case_file *file = NULL;
    gck_status status = case_read(&file, "t.yaml", text, strlen(text), NULL, &errors);
    if (status)
        print_message("%s\n", errors.first ? errors.first->message : "no message");
    assert_int_equal(status, GCK_OK);
    errors_free(&errors);
    return file;
}

#define CASE(inputs, formula, claim)                                                                           \
    "gradcheck: 1\nid: t/t\ninputs: " inputs "\ngraph:\n  - expr: y = " formula "\n    claim: " claim          \
    "\n  - L = sum(y)\noutput: L\n"

/* The first claim of `text`, an exercise whose right answer nobody has to know. */
static struct claim_finding judged(const char *text)
{
    struct errors errors = {0};
    struct exercise_judgement judgement;
    gck_options options = gck_options_default();
    struct case_file *given = read_case(text), *original = read_case(text);
    assert_int_equal(exercise_judge(&judgement, given, original, &options, &errors), GCK_OK);
    assert_int_equal(judgement.difference.kind, ALIKE);
    assert_true(judgement.count >= 1);
    struct claim_finding finding = judgement.findings[0];
    assert_string_equal(finding.gate, "y");
    assert_int_equal(judgement.solved, judgement.right == judgement.count);
    exercise_judgement_free(&judgement);
    case_free(given);
    case_free(original);
    errors_free(&errors);
    finding.gate = finding.variable = NULL;
    return finding;
}

static void claims_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum claim_state state;
    } rows[] = {
        {CASE("{x: [-1, 2]}", "x ** 3", "3 * x ** 2"), CLAIM_RIGHT},
        {CASE("{x: [0, 2]}", "x ** 3", "3 * x ** 3 / x"), CLAIM_NOT_FINITE},
        {CASE("{x: [-1, 2]}", "x ** 3", "3.000000001 * x ** 2"), CLAIM_CLOSE},
        {CASE("{x: 2}", "x ** 3", "12 * x ** 0"), CLAIM_HERE_ONLY},
        {CASE("{x: [-1, 2]}", "x ** 3", "0 * x"), CLAIM_ZERO},
        {CASE("{x: [-1, 2]}", "x ** 3", "-3 * x ** 2"), CLAIM_SIGN},
        {CASE("{x: [-1, 2]}", "x ** 3", "x ** 2"), CLAIM_FACTOR},
        {CASE("{x: [-1, 2]}", "x ** 3", "3 * x ** 2 - 7"), CLAIM_OFFSET},
        {CASE("{x: [-1, 2]}", "x ** 3", "3 * x * max(x, 0)"), CLAIM_SOME},
        {CASE("{x: [-1, 2]}", "x ** 3", "x ** 4"), CLAIM_SIGNS_RIGHT},
        {CASE("{x: [-1, 2]}", "x ** 3", "2 * x"), CLAIM_WRONG},
        {CASE("{x: {shape: [70], fill: uniform, low: 1, high: 2, seed: 1}}", "x ** 3", "-3 * x ** 2"),
         CLAIM_WRONG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct claim_finding finding = judged(rows[i].text);
        if (finding.state != rows[i].state)
            print_message("row %zu: %d, not %d\n", i, (int)finding.state, (int)rows[i].state);
        assert_int_equal(finding.state, rows[i].state);
    }
    assert_true(fabs(judged(rows[6].text).by - 1.0 / 3) < 1e-12);
    assert_true(fabs(judged(rows[7].text).by + 7) < 1e-9);
    assert_int_equal(judged(rows[0].text).places, 2 * EXERCISE_POINTS);
}

static enum alike compared(const char *given, const char *original)
{
    struct case_file *a = read_case(given), *b = read_case(original);
    enum alike kind = case_compare(a, b).kind;
    case_free(a);
    case_free(b);
    return kind;
}

static void claims_alone_may_change(void **state)
{
    (void)state;
    const char *original = CASE("{x: [-1, 2]}", "x ** 3", "x");
    assert_int_equal(compared(CASE("{x: [-1.0, 20e-1]}", "x ** 3.0", "7 * x"), original), ALIKE);
    assert_int_equal(compared(CASE("{x: [-1, 2.5]}", "x ** 3", "x"), original), ALIKE_INPUT_CHANGED);
    assert_int_equal(compared(CASE("{x: [[-1, 2]]}", "x ** 3", "x"), original), ALIKE_INPUT_CHANGED);
    assert_int_equal(compared(CASE("{x: [-1, 2]}", "x ** 2", "x"), original), ALIKE_ROW_CHANGED);
    assert_int_equal(compared(CASE("{x: [-1, 2]}", "x * x * x", "x"), original), ALIKE_ROW_CHANGED);
    assert_int_equal(compared(CASE("{x: [-1, 2], k: 1}", "x ** 3", "k * x"), original), ALIKE_INPUT_ADDED);
    const char *mean =
        "gradcheck: 1\nid: t/t\ninputs: {x: [[1, 2]]}\ngraph:\n  - L = mean(x, axes=[0, 1])\noutput: L\n";
    const char *axis = "gradcheck: 1\nid: t/t\ninputs: {x: [[1, 2]]}\ngraph:\n  - m = mean(x, axes=[1])\n"
                       "  - L = mean(m)\noutput: L\n";
    assert_int_equal(compared(axis, mean), ALIKE_ROW_CHANGED);
    assert_int_equal(compared(mean, mean), ALIKE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_told_apart),
        cmocka_unit_test(claims_alone_may_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
