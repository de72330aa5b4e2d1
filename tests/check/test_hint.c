/* Hints: each pattern is recognized, and not seen where it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/engines.h"

static const char net[] = "{x: [[0.3, -1.7, 0.9], [2.1, 0.4, -0.6], [-0.9, 1.3, 0.2], [0.7, -0.8, 1.9]], "
                          "W: [[0.5, -1.2, 0.3], [0.8, 0.25, -0.9], [-0.4, 0.6, 1.1]], V: [[1.5, -0.2, 0.4], "
                          "[0.1, 0.35, -0.7], [-0.3, 0.9, 0.8]], b: [0.1, -0.2, 0.3]}";
static const char rows[] =
    "  - z = affine(x, W, b)\n  - a = tanh(z)\n  - u = matmul(a, V)\n  - q = u * u\n  - y = sum(q)";

/* Asserts that the hint of the planted tensor holds the text; NULL: that there is none. */
static void expect_hint(const char *in, const char *graph, struct planted planted, const char *text)
{
    gck_engine engine = planted_engine(&planted);
    gck_result *result = check_text(in, graph, "", &engine, NULL);
    const gck_run *run = &result->runs[0];
    const char *hint = NULL;
    for (size_t k = 0; k < run->tensor_count; k++) {
        if (strcmp(run->tensors[k].name, planted.node) == 0)
            hint = run->tensors[k].hint;
        else
            assert_null(run->tensors[k].hint);
    }
    assert_false(gck_verdict_passes(result->verdict));
    if (!hint != !text || (text && !strstr(hint, text)))
        fail_msg("bug %d in %s: \"%s\", not \"%s\"", (int)planted.plant, planted.node, hint ? hint : "",
                 text ? text : "");
    gck_result_free(result);
}

static void every_pattern(void **state)
{
    (void)state;
    static const struct {
        struct planted planted;
        const char *text;
    } hints[] = {
        {{.plant = PLANT_FACTOR, .node = "W", .amount = 2}, "every element is 2 times the reference"},
        {{.plant = PLANT_FACTOR, .node = "W", .amount = 0.5}, "every element is 0.5 times the reference"},
        {{.plant = PLANT_FACTOR, .node = "b", .amount = -1}, "opposite sign"},
        {{.plant = PLANT_FACTOR, .node = "x", .amount = 4},
         "every element is 4 times the reference, the size of one"},
        {{.plant = PLANT_FACTOR, .node = "x", .amount = 1.0 / 12}, "every element is 1/12 of the reference"},
        {{.plant = PLANT_TRANSPOSED, .node = "W"}, "transpose"},
        {{.plant = PLANT_SHIFTED, .node = "x"}, "shifted by one"},
        {{.plant = PLANT_SWAPPED, .node = "W", .other = "V"}, "equals the gradient of V"},
        {{.plant = PLANT_ZEROS, .node = "x"}, "all zeros"},
        {{.plant = PLANT_LAST_ROW, .node = "x", .amount = 0.3}, "only the last row (index 3 of axis 0)"},
        {{.plant = PLANT_RELATIVE, .node = "x", .index = 4, .amount = 1e-10}, "only this element of 12"},
        {{.plant = PLANT_SHAPE, .node = "b"}, "the gradient has shape [3, 2], the parameter [3]"},
        {{.plant = PLANT_ERRATIC, .node = "W", .amount = 0.5}, NULL},
        {{.plant = PLANT_ALL, .node = "W", .amount = 1e-9}, NULL},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        expect_hint(net, rows, hints[i].planted, hints[i].text);
}

static void off_at_ties_and_negatives(void **state)
{
    (void)state;
    expect_hint("{x: [1, 0, -2, 3]}", "  - r = relu(x)\n  - y = sum(r)",
                (struct planted){.plant = PLANT_SET, .node = "x", .index = 1, .amount = 7},
                "a corner or a tie");
    const double leaky[] = {1, 0.2, 0.2, 1};
    expect_hint("{x: [1, -1, -2, 3]}", "  - r = leaky_relu(x, slope=0.1)\n  - y = sum(r)",
                (struct planted){.plant = PLANT_LIST, .node = "x", .list = leaky, .count = 4},
                "exactly where the parameter is negative");
}

/* A gradient that equals its own transpose, its neighbour and another parameter's: the pattern explains nothing
 * when the last digits of one element are off. */
static void patterns_of_the_reference_itself(void **state)
{
    (void)state;
    static const char in[] = "{A: [[1, 2], [3, 4]], B: [[5, 6], [7, 8]]}";
    static const char sum[] = "  - c = A + B\n  - d = c * 0.3\n  - y = sum(d)";
    expect_hint(in, sum, (struct planted){.plant = PLANT_RELATIVE, .node = "A", .index = 1, .amount = 1e-12},
                "only this element of 4");
    expect_hint(in, sum, (struct planted){.plant = PLANT_RELATIVE, .node = "B", .index = 0, .amount = 1e-9},
                "only this element of 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pattern),
        cmocka_unit_test(off_at_ties_and_negatives),
        cmocka_unit_test(patterns_of_the_reference_itself),
    };
    return cmocka_run_group_tests_name("hint", tests, NULL, NULL);
}
