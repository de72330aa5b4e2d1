/* An engine's own op: its gradient beside differences of its own values, alone and at corners jointly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/engines.h"

/* y = f(x), and the gradient that the engine claims. */
struct own_op {
    double (*value)(const double *x, size_t n);
    const double *gradient;
    bool single; /* float32: rounds both */
};

static double rounded(const struct own_op *op, double x)
{
    return op->single ? (float)x : x;
}

static void own_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct own_op *op = user;
    const gck_node *x = &request->nodes[0];
    double y = rounded(op, op->value(x->values, x->count)), g[4];
    gck_answer_value(answer, &y, 1);
    for (size_t i = 0; i < x->count; i++)
        g[i] = rounded(op, op->gradient[i]);
    if (x->wanted)
        gck_answer_gradient(answer, 0, g, x->rank, x->dims);
}

static gck_verdict verdict(const char *x, struct own_op op)
{
    gck_engine engine = {.name = "own", .grad = own_grad, .user = &op};
    gck_options options = gck_options_default();
    options.dtypes = op.single ? 1u << GCK_FLOAT32 : 1u << GCK_FLOAT64;
    gck_result *result = check_text(x, "  - y = engine:own(x, shape=[])", "", &engine, &options);
    gck_verdict found = result->verdict;
    gck_result_free(result);
    return found;
}

static double largest(const double *x, size_t n)
{
    double y = x[0];
    for (size_t i = 1; i < n; i++)
        y = fmax(y, x[i]);
    return y;
}

static double sum_of_sines(const double *x, size_t n)
{
    double y = 0;
    for (size_t i = 0; i < n; i++)
        y += sin(x[i]);
    return y;
}

/* Three equal numbers: each derivative may be anything in [0, 1], and they must add up to 1. */
static void tied_elements_must_fit_each_other(void **state)
{
    (void)state;
    static const double first[] = {1, 0, 0}, all[] = {1, 1, 1}, halves[] = {0.5, 0.5, 0.5},
                        thirds[] = {1. / 3, 1. / 3, 1. / 3};
    const char *x = "{x: [0.5, 0.5, 0.5]}";
    assert_verdict(verdict(x, (struct own_op){largest, first, false}), GCK_VERDICT_KINK);
    assert_verdict(verdict(x, (struct own_op){largest, thirds, false}), GCK_VERDICT_KINK);
    assert_verdict(verdict(x, (struct own_op){largest, all, false}), GCK_VERDICT_WRONG);
    assert_verdict(verdict(x, (struct own_op){largest, halves, false}), GCK_VERDICT_WRONG);
}

/* A gradient in float32 is off by the rounding of float32, which is no finding; one that is off by more is. */
static void the_dtype_rounds(void **state)
{
    (void)state;
    const char *x = "{x: [0.5, 0.25]}";
    const double right[] = {cos(0.5), cos(0.25)}, wrong[] = {cos(0.5) * 1.01, cos(0.25)},
                 none[] = {INFINITY, cos(0.25)};
    assert_verdict(verdict(x, (struct own_op){sum_of_sines, right, false}), GCK_VERDICT_OK);
    assert_verdict(verdict(x, (struct own_op){sum_of_sines, wrong, false}), GCK_VERDICT_WRONG);
    assert_verdict(verdict(x, (struct own_op){sum_of_sines, none, false}), GCK_VERDICT_NONFINITE);
    assert_verdict(verdict(x, (struct own_op){sum_of_sines, right, true}), GCK_VERDICT_OK);
    assert_verdict(verdict(x, (struct own_op){sum_of_sines, wrong, true}), GCK_VERDICT_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tied_elements_must_fit_each_other),
        cmocka_unit_test(the_dtype_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
