/* Calls drawn by recipes (src/ops/recipes.h), in graphs of tests. */
#ifndef GCK_TESTS_SUPPORT_RECIPES_H
#define GCK_TESTS_SUPPORT_RECIPES_H
#include "ops/recipes.h"
#include "support/build.h"

/* The arguments of one call; recipe_apply adds the call to the graph. */
struct drawn {
    const char *op;
    size_t inputs[CALL_MOST], arity;
    char attributes[ATTRIBUTES_TEXT];
};

/* Adds random inputs for a call of the op to the graph. */
struct drawn recipe_draw_call(struct build *build, const struct recipe *recipe);
/* Applies the op to these inputs and makes it the output; fails the test when it is refused. */
size_t recipe_apply(struct build *build, const struct drawn *drawn);

#endif
