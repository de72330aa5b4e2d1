/* What takes time with the size of a case file and no faster, and what takes no more memory than one graph. */
#include "case_text.h"

#include <stdlib.h>
#include <time.h>

#include "base/text.h"

/* Reads the case, and says what part of a second of processor time that took. */
static struct case_file *case_timed(double *seconds, const struct text *text)
{
    clock_t start = clock();
    struct case_file *file = case_of(text->data);
    *seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    return file;
}

enum { ROWS = 20000 };

/* A case of so many rows as JSON, with that between them. */
static struct case_file *rows_timed(double *seconds, const char *between)
{
    struct text text = {0};
    text_add(&text, "{\"gradcheck\": 1, \"id\": \"t/x\", \"inputs\": {\"y0\": 1}, \"graph\": [\"y1 = -y0\"");
    for (int i = 1; i < ROWS; i++)
        text_add(&text, ",%s\"y%d = -y%d\"", between, i + 1, i);
    text_add(&text, "], \"output\": \"y%d\"}", ROWS);
    struct case_file *file = case_timed(seconds, &text);
    if (*between == ' ')
        assert_int_equal(file->graph.nodes[ROWS].place.column,
                         strstr(text.data, "y20000 =") - text.data + 1); /* ASCII alone */
    text_free(&text);
    return file;
}

/* JSON as programs write it is one long line. Each row's place was sought from the beginning of its line, which
 * took some 700 times as long as the same rows in lines of their own. */
static void one_line(void **state)
{
    double in_one, in_many;
    (void)state;
    case_free(rows_timed(&in_many, "\n"));
    case_free(rows_timed(&in_one, " "));
    assert_true(in_one <= 20 * in_many);
}

/* A case of a thousand bugs in a node of so many arguments. */
static double bugs_timed(int arguments)
{
    enum { BUGS = 1000 };
    struct text text = {0};
    double seconds;
    text_add(&text, "gradcheck: 1\nid: t/x\ninputs: {x: 1}\ngraph:\n  - 'y = add_n(x");
    for (int i = 1; i < arguments; i++)
        text_add(&text, ",x");
    text_add(&text, ")'\noutput: y\nbugs:\n");
    for (int i = 0; i < BUGS; i++)
        text_add(&text, " - {name: b%d, node: y, backward: [dx=dy*2]}\n", i);
    struct case_file *file = case_timed(&seconds, &text);
    assert_int_equal(file->bug_count, BUGS);
    assert_true(file->bugs[0].gradients[0] >= 0);
    assert_int_equal(file->bugs[0].gradients[1], -1);
    case_free(file);
    text_free(&text);
    return seconds;
}

/* Every argument of a node was compared with all before it, once for each bug: ten times as many arguments took
 * a hundred times as long. */
static void bugs_of_many_arguments(void **state)
{
    (void)state;
    double few = bugs_timed(1000);
    assert_true(bugs_timed(10000) <= 40 * few);
}

static void expect_error(const char *text, const char *message)
{
    struct errors errors = {0};
    struct case_file *file;
    assert_int_equal(case_read(&file, "test.yaml", text, strlen(text), NULL, &errors), GCK_BAD_CASE);
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.first->message, message);
    errors_free(&errors);
}

/* A bug of fifty bytes brings stand-ins for all that its node takes: a file of 64 KB asked for gigabytes. */
static void bugs_together(void **state)
{
    (void)state;
    struct text text = {0};
    text_add(&text, "gradcheck: 1\nid: t/x\ninputs: {x: {shape: [300000], fill: constant, value: 1}}\n"
                    "graph: [z = x * x, y = sum(z)]\noutput: y\nbugs:\n"
                    " - {name: one, node: z, backward: [dx = dz * 2]}\n"
                    " - {name: two, node: z, backward: [dx = dz * 3]}\n");
    expect_error(text.data, "dz would have shape [300000]: more than 2097152 elements in the whole graph");
    text_clear(&text);
    text_add(&text, "gradcheck: 1\nid: t/x\ninputs: {x0: 1");
    for (int i = 1; i < 1000; i++)
        text_add(&text, ", x%d: 1", i);
    text_add(&text, "}\ngraph:\n - 'y = add_n(x0");
    for (int i = 1; i < 1000; i++)
        text_add(&text, ",x%d", i);
    text_add(&text, ")'\noutput: y\nbugs:\n");
    for (int i = 0; i < 200; i++)
        text_add(&text, " - {name: b%d, node: y, instead: [y = x0 * 2]}\n", i);
    expect_error(text.data, "more than 100000 nodes in all bugs together");
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line),
        cmocka_unit_test(bugs_of_many_arguments),
        cmocka_unit_test(bugs_together),
    };
    return cmocka_run_group_tests_name("linear", tests, NULL, NULL);
}
