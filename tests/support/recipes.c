/* Calls drawn by recipes, in graphs of tests. */
#include "support/recipes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct drawn recipe_draw_call(struct build *build, const struct recipe *recipe)
{
    struct drawn drawn = {.op = recipe->op};
    struct draft draft = {.random = &build->random, .arena = &build->arena};
    recipe_call(&draft, recipe);
    assert_false(draft.failed);
    for (; drawn.arity < draft.arity; drawn.arity++) {
        const struct draft_argument *a = &draft.arguments[drawn.arity];
        drawn.inputs[drawn.arity] = a->integers  ? build_given_integers(build, a->shape, a->integers)
                                    : a->numbers ? build_numbers(build, a->shape, a->numbers)
                                                 : build_input(build, a->shape, a->range.low, a->range.high);
    }
    strcpy(drawn.attributes, draft.attributes);
    return drawn;
}

size_t recipe_apply(struct build *build, const struct drawn *drawn)
{
    long node = build_apply(build, drawn->op, drawn->attributes, drawn->inputs, drawn->arity);
    if (node == NO_NODE)
        fail_msg("%s with %s was refused: %s", drawn->op, drawn->attributes, build_error(build));
    return (size_t)node;
}
