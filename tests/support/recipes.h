/* Recipes: for every op, how to draw a call of it, with random shapes, attributes and numbers, at a point where
 * it is smooth and far from the edges of its domain. What holds for every op is tested with them. */
#ifndef GCK_TESTS_SUPPORT_RECIPES_H
#define GCK_TESTS_SUPPORT_RECIPES_H
#include "support/build.h"

enum { CALL_MOST = 12 };

/* The arguments of one call; recipe_apply adds the call to the graph. */
struct drawn {
    const char *op;
    size_t inputs[CALL_MOST], arity;
    char attributes[160];
};

struct recipe;
typedef void recipe_draw(struct drawn *drawn, struct build *build, const struct recipe *recipe);

struct range {
    double low, high;
};

struct recipe {
    const char *op;
    recipe_draw *draw;
    struct range first, others; /* of the arguments' numbers */
    const char *attributes[4];  /* one of these is taken; none: no attributes */
    const char *listed[12];     /* for ops with shapes that must fit: "shapes | attributes" */
};

/* Tables of recipes, each ended by one without an op. */
extern const struct recipe recipes_elementary[], recipes_shapes[], recipes_layers[], recipes_losses[],
    recipes_convolution[], recipes_linear[];

/* Ways to draw: a tensor of any shape; two that broadcast; two of one shape; some of one shape; one with an
 * attribute axis; one with axes and keepdims; one of the recipe's list. */
recipe_draw draw_one, draw_broadcast, draw_same, draw_many, draw_along, draw_reduced, draw_listed;
/* What they are made of: adds an argument with numbers from the recipe's range; adds to the attributes. */
void draw_argument(struct drawn *drawn, struct build *build, struct shape shape, const struct recipe *recipe);
void draw_attribute(struct drawn *drawn, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The op's recipe, or NULL. */
const struct recipe *recipe_named(const char *op);

/* Adds random inputs for a call of the op to the graph. */
struct drawn recipe_draw_call(struct build *build, const struct recipe *recipe);
/* Applies the op to these inputs and makes it the output; fails the test when it is refused. */
size_t recipe_apply(struct build *build, const struct drawn *drawn);

#endif
