/* Scripts and pictures: names from a file stay names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/gnuplot.h"
#include "report/sweep.h"

/* Three points a curve, enough to be drawn. */
static struct sweep small(struct sweep_point *points)
{
    struct sweep s = {
        .id = "a'b`touch x`\"$(touch y)\nsystem('touch z')", .derivative = 1, .value = 1, .size = 1};
    for (int i = 0; i < 3; i++)
        points[i] = (struct sweep_point){.exponent = -i, .error = {0.5, 0, 0.25}};
    for (int k = 0; k < SWEEP_CURVES; k++)
        s.curves[k] = (struct sweep_curve){.bits = 24 + k, .points = points, .count = 3, .best = {1, 1, 1}};
    return s;
}

static void names_are_no_commands(void **state)
{
    (void)state;
    struct sweep_point points[3];
    struct sweep s = small(points);
    struct sweep_view view = {.sweep = &s, .objective = "f'", .element = "x'[1]"};
    struct text script = {0};
    sweep_gnuplot(&script, &view, SWEEP_SVG);
    assert_false(script.failed);
    /* one single-quoted string: quotes doubled, the line end gone */
    assert_non_null(
        strstr(script.data, "a''b`touch x`\"$(touch y)?system(''touch z''):  df''/dx''[1] = 1.0000000'"));
    text_free(&script);
}

static void pictures_get_a_dark_side(void **state)
{
    (void)state;
    struct text text = {0};
    gnuplot_svg(&text, "<?xml?>\n<svg \n a=\"b\">\n<title>Gnuplot</title>\n<g/></svg>\n", "errors");
    assert_non_null(strstr(text.data, "prefers-color-scheme: dark"));
    assert_null(strstr(text.data, "Gnuplot"));
    assert_memory_equal(text.data, "<?xml?>\n<svg \n a=\"b\">\n<style>", 29);
    assert_non_null(strstr(text.data, "\n<g/></svg>\n"));
    text_clear(&text);
    gnuplot_svg(&text, "no picture", "errors");
    assert_string_equal(text.data, "no picture");
    text_free(&text);
}

static void the_floor_is_below_the_best_error(void **state)
{
    (void)state;
    struct sweep_point points[3];
    struct sweep s = small(points);
    s.curves[SWEEP_53].bits = 53;
    points[1].error[GCK_CENTERED] = 3e-11;
    assert_true(sweep_floor(&s, SWEEP_53, GCK_CENTERED) == -12);
    assert_true(sweep_floor(&s, SWEEP_53, GCK_FORWARD) == -17); /* no error at all */
    points[1].error[GCK_CENTERED] = 1;
    assert_true(sweep_floor(&s, SWEEP_53, GCK_CENTERED) == -4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_no_commands),
        cmocka_unit_test(pictures_get_a_dark_side),
        cmocka_unit_test(the_floor_is_below_the_best_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
