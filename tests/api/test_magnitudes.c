/* Magnitudes: an error of one element is caught down to the budget, and not below. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/magnitudes.h"

static gck_case *load(const char *path)
{
    gck_case *c;
    gck_errors *errors = NULL;
    if (gck_case_load(&c, path, &errors))
        fail_msg("%s: %s", path, gck_errors_get(errors, 0).message);
    return c;
}

/* Everything above the budget is called wrong, nothing below it, in every dtype. */
static void down_to_the_budget(void **state)
{
    static const char *const paths[] = {
        SOURCE_DIR "/cases/lectures/add-mul.yaml",
        SOURCE_DIR "/cases/lectures/branch.yaml",
        SOURCE_DIR "/cases/lectures/cross-entropy-single.yaml",
        SOURCE_DIR "/cases/lectures/matmul-minibatch.yaml",
        SOURCE_DIR "/cases/lectures/sigmoid-neuron.yaml",
        SOURCE_DIR "/cases/lectures/two-layer-net-small.yaml",
        SOURCE_DIR "/cases/activations/tanh.yaml",
    };
    static const double most[] = {1e-13, 1e-4, 0.1, 1};
    gck_options options = gck_options_default();
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        gck_case *c = load(paths[i]);
        for (int dtype = 0; dtype < GCK_DTYPES; dtype++) {
            struct magnitude m;
            assert_int_equal(magnitude_take(&m, c, (gck_dtype)dtype, &options), GCK_OK);
            if (dtype <= GCK_FLOAT32)
                assert_true(m.checked);
            if (!m.checked)
                continue;
            assert_false(m.misjudged);
            assert_false(m.irregular);
            assert_non_null(m.parameter);
            if (m.caught)
                assert_true(pow(10, -m.caught) >= m.budget / 2);
            if (m.caught < MAGNITUDES) /* the next smaller one hides in the budget, rounded to the dtype */
                assert_true(pow(10, -m.caught - 1) <= m.budget * 2);
            if (dtype <= GCK_FLOAT32 && !(pow(10, -m.caught) <= most[dtype]))
                fail_msg("%s, %s: only 1e-%d", paths[i], gck_dtype_name((gck_dtype)dtype), m.caught);
        }
        gck_case_free(c);
    }
}

/* A case that fails without an error says nothing. */
static void of_no_use(void **state)
{
    static const char text[] =
        "gradcheck: 1\nid: t\ninputs: {x: 3}\ngraph:\n  - expr: y = x ** 2\n    claim: x\n"
        "output: y\n";
    gck_case *c;
    gck_options options = gck_options_default();
    struct magnitude m;
    (void)state;
    assert_int_equal(gck_case_parse(&c, "t.yaml", text, sizeof text - 1, NULL), GCK_OK);
    assert_int_equal(magnitude_take(&m, c, GCK_FLOAT64, &options), GCK_OK);
    assert_false(m.checked);
    assert_int_equal(m.caught, 0);
    gck_case_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(down_to_the_budget),
        cmocka_unit_test(of_no_use),
    };
    return cmocka_run_group_tests_name("magnitudes", tests, NULL, NULL);
}
