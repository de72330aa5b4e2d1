/* Drawings: values without differences, what shares a box, wires and what comes back on them, marks, SVG for
 * pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "api/explain.h"
#include "report/draw_marks.h"
#include "report/draw_plan.h"

static gck_case *parse(const char *graph)
{
    struct text text = {0};
    gck_case *c = NULL;
    text_add(&text, "gradcheck: 1\nid: t/drawn\ntitle: drawn\n%s", graph);
    assert_int_equal(gck_case_parse(&c, "drawn.yaml", text.data, text.size, NULL), GCK_OK);
    text_free(&text);
    return c;
}

static gck_explanation *values_of(const gck_case *c)
{
    struct errors errors = {0};
    gck_explanation *x = NULL;
    assert_int_equal(explain_values(&x, c, NULL, &errors), GCK_OK);
    assert_int_equal(errors.count, 0);
    return x;
}

static size_t step_named(const gck_explanation *x, const char *name)
{
    for (size_t s = 0; s < x->step_count; s++)
        if (strcmp(x->steps[s].name, name) == 0)
            return s;
    fail_msg("no step %s", name);
    return 0;
}

static const char circuit[] = "inputs: {x: [2, -3], y: 5}\ngraph: [q = x * y, f = sum(q * x)]\noutput: f\n";

/* Values and gradients are those of a whole explanation; nothing is compared. */
static void test_values(void **state)
{
    (void)state;
    gck_case *c = parse(circuit);
    gck_explanation *x = values_of(c), *whole;
    assert_int_equal(gck_explain(&whole, c, NULL, NULL), GCK_OK);
    assert_int_equal(x->step_count, whole->step_count);
    for (size_t s = 0; s < x->step_count; s++) {
        const gck_step *a = &x->steps[s], *b = &whole->steps[s];
        assert_string_equal(a->name, b->name);
        assert_false(a->numeric.taken);
        assert_int_equal(a->send_count, b->send_count);
        assert_memory_equal(a->value.values, b->value.values, a->value.count * sizeof(double));
        assert_memory_equal(a->gradient.values, b->gradient.values, a->gradient.count * sizeof(double));
        for (size_t k = 0; k < a->send_count; k++)
            assert_memory_equal(a->sends[k].product.values, b->sends[k].product.values,
                                a->sends[k].product.count * sizeof(double));
    }
    gck_explanation_free(whole);
    gck_explanation_free(x);
    gck_case_free(c);
}

/* Every use of a value is a wire with its own contribution; x * x is two. */
static void test_wires(void **state)
{
    (void)state;
    gck_case *c = parse("inputs: {x: 3}\ngraph: [q = x * x, f = q + x]\noutput: f\n");
    gck_explanation *x = values_of(c);
    struct draw_plan plan;
    assert_int_equal(draw_plan_new(&plan, x, DRAW_FOLD_AUTO), GCK_OK);
    assert_int_equal(plan.fold, DRAW_FOLD_NONE);
    assert_int_equal(plan.box_count, 3);
    assert_int_equal(plan.wire_count, 4);
    assert_int_equal(plan.wires_from[step_named(x, "x")], 3);
    double sum = 0;
    for (size_t w = 0; w < plan.wire_count; w++)
        if (plan.wires[w].step == step_named(x, "x")) {
            assert_int_equal(plan.wires[w].sent_count, 1);
            sum += plan.wires[w].sent[0]->product.values[0];
        }
    assert_float_equal(sum, 7, 0);
    draw_plan_free(&plan);
    assert_int_equal(draw_plan_new(&plan, x, DRAW_FOLD_LAYERS), GCK_OK);
    assert_true(plan.wire_count < 4);
    draw_plan_free(&plan);
    gck_explanation_free(x);
    gck_case_free(c);
}

/* A net of so many layers: matrix, bias, tanh. */
static gck_case *net(int layers)
{
    struct text text = {0};
    text_add(&text, "inputs:\n  x: [0.5, -1]\n  t: 1\n");
    for (int i = 1; i <= layers; i++)
        text_add(&text, "  W%d: [[1, -0.5], [0.25, 0.5]]\n  b%d: [0.5, 0.25]\n", i, i);
    text_add(&text, "graph:\n  - h0 = x * t\n");
    for (int i = 1; i <= layers; i++)
        text_add(&text, "  - a%d = matmul(h%d, W%d)\n  - s%d = a%d + b%d\n  - h%d = tanh(s%d) * t\n", i, i - 1,
                 i, i, i, i, i, i);
    text_add(&text, "  - f = sum(h%d)\noutput: f\n", layers);
    gck_case *c = parse(text.data);
    text_free(&text);
    return c;
}

static const struct draw_box *box_of(const struct draw_plan *plan, const char *name)
{
    return &plan->boxes[plan->box_of[step_named(plan->x, name)]];
}

static void test_folds(void **state)
{
    (void)state;
    gck_case *c = net(30);
    gck_explanation *x = values_of(c);
    struct draw_plan plan;
    assert_int_equal(draw_plan_new(&plan, x, DRAW_FOLD_NONE), GCK_OK);
    assert_int_equal(plan.box_count, x->step_count);
    draw_plan_free(&plan);

    assert_int_equal(draw_plan_new(&plan, x, DRAW_FOLD_LAYERS), GCK_OK);
    assert_int_equal(box_of(&plan, "W7")->kind, DRAW_LAYER);
    assert_ptr_equal(box_of(&plan, "W7"), box_of(&plan, "b7"));
    assert_ptr_equal(box_of(&plan, "W7"), box_of(&plan, "h7"));
    assert_ptr_not_equal(box_of(&plan, "W7"), box_of(&plan, "W8"));
    assert_string_equal(x->steps[box_of(&plan, "W7")->exit].name, "h7");
    assert_int_equal(box_of(&plan, "t")->kind, DRAW_SHARED); /* no 31 wires from it */
    assert_int_equal(plan.wires_from[step_named(x, "t")], 0);
    draw_plan_free(&plan);

    assert_int_equal(draw_plan_new(&plan, x, DRAW_FOLD_AUTO), GCK_OK);
    assert_int_equal(plan.fold, DRAW_FOLD_ALL);
    assert_int_equal(box_of(&plan, "W7")->kind, DRAW_STACK);
    assert_ptr_equal(box_of(&plan, "W7"), box_of(&plan, "W8"));
    assert_int_not_equal(plan.layer_of[step_named(x, "W7")], plan.layer_of[step_named(x, "W8")]);
    assert_int_equal(plan.layer_of[step_named(x, "W7")], plan.layer_of[step_named(x, "h7")]);
    assert_true(plan.box_count <= 5);
    for (size_t w = 0; w < plan.wire_count; w++)
        assert_true(plan.box_of[plan.wires[w].step] < plan.wires[w].to);
    draw_plan_free(&plan);
    gck_explanation_free(x);
    gck_case_free(c);
}

static void test_marks(void **state)
{
    (void)state;
    gck_case *c =
        parse("inputs: {x: 3, y: 2}\ngraph:\n  - expr: r = x ** 2\n    claim: x\n  - f = r * y\noutput: f\n");
    gck_explanation *x = values_of(c);
    gck_result *result;
    struct text text = {0};
    assert_int_equal(gck_check(&result, c, NULL, NULL), GCK_OK);
    const gck_run *run = draw_marked_run(result);
    assert_int_equal(run->verdict, GCK_VERDICT_WRONG);
    draw_marks(&text, run, &x->steps[step_named(x, "x")], false);
    assert_string_equal(text.data, "wrong gradient: 6.000, not 12.00\n");
    text_clear(&text);
    draw_marks(&text, run, &x->steps[step_named(x, "r")], false);
    assert_string_equal(text.data, "going backward, wrong from here on\n");
    text_clear(&text);
    draw_marks(&text, run, &x->steps[step_named(x, "y")], false);
    draw_marks(&text, run, &x->steps[0], true);
    draw_marks(&text, NULL, &x->steps[step_named(x, "x")], false);
    assert_int_equal(text.size, 0);
    draw_verdict(&text, result);
    assert_non_null(strstr(text.data, "float64: wrong; going backward, the first wrong gate is r (expr)"));
    text_free(&text);
    gck_result_free(result);
    gck_explanation_free(x);
    gck_case_free(c);
}

/* For pages: no XML declaration, and two drawings share no id. */
static void test_embedded(void **state)
{
    (void)state;
    gck_case *c = parse(circuit);
    struct text text = {0};
    struct errors errors = {0};
    gck_status status = draw_case(&text, c, NULL, "first", NULL, &errors);
    if (!draw_graphviz_version()) {
        assert_int_equal(status, GCK_IO);
        assert_int_equal(text.size, 0);
        assert_non_null(strstr(errors.first->message, "install libgraphviz-dev"));
    } else {
        assert_int_equal(status, GCK_OK);
        assert_int_equal(strncmp(text.data, "<svg class=\"gradcheck-graph\"", 27), 0);
        assert_null(strstr(text.data, "<style>"));
        size_t ids = 0;
        for (const char *s = text.data; (s = strstr(s, " id=\"")) != NULL; s += 5, ids++)
            assert_int_equal(strncmp(s, " id=\"first-", 11), 0);
        assert_true(ids >= 6); /* four boxes, title and description */
        assert_string_equal(text.data + text.size - strlen("</svg>\n"), "</svg>\n");
    }
    errors_free(&errors);
    text_free(&text);
    gck_case_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_wires),    cmocka_unit_test(test_folds),
        cmocka_unit_test(test_marks),  cmocka_unit_test(test_embedded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
