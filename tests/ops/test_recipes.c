/* Recipes: a call is drawn for every op, whatever shape is wished for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ops/recipes.h"

enum { DRAWS = 8 };

/* Shapes that nodes of random graphs have, up to their largest. */
static const struct shape wishes[] = {
    {.rank = 0},
    {.rank = 1, .dim = {200}},
    {.rank = 2, .dim = {20, 10}},
    {.rank = 2, .dim = {1, 150}},
    {.rank = 3, .dim = {2, 2, 50}},
    {.rank = 4, .dim = {2, 3, 4, 5}},
};

static void look_at(const struct draft *draft, const struct op *op)
{
    assert_false(draft->failed);
    assert_in_range(draft->arity, 1, CALL_MOST);
    for (size_t k = 0; k < draft->arity; k++) {
        const struct draft_argument *a = &draft->arguments[k];
        size_t n = shape_count(&a->shape);
        if (a->kind == KIND_INTEGER ? !a->integers : !a->numbers && !(a->range.low <= a->range.high))
            fail_msg("%s: argument %zu has no numbers", op->name, k);
        for (size_t i = 0; a->numbers && i < n; i++)
            assert_true(isfinite(a->numbers[i]));
    }
}

static void test_wishes(void **state)
{
    (void)state;
    struct random random = random_new(7, 0);
    for (size_t i = 0; i < op_count; i++) {
        const struct recipe *recipe = recipe_named(op_table[i].name);
        if (!recipe)
            fail_msg("no recipe for %s", op_table[i].name);
        for (size_t w = 0; w <= sizeof wishes / sizeof *wishes; w++)
            for (int k = 0; k < DRAWS; k++) {
                struct arena arena = {0};
                struct draft draft = {.random = &random, .arena = &arena, .wish = w ? &wishes[w - 1] : NULL};
                recipe_call(&draft, recipe);
                look_at(&draft, &op_table[i]);
                arena_free(&arena);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wishes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
