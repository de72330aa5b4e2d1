/* Recipes: for every op, how to draw a call of it, with random shapes, attributes and numbers, at a point where
 * it is smooth and far from the edges of its domain. Laws are tested with them, and random graphs are made of
 * them. */
#ifndef GCK_OPS_RECIPES_H
#define GCK_OPS_RECIPES_H
#include "base/arena.h"
#include "base/random.h"
#include "ops/op.h"

enum { CALL_MOST = 12, ATTRIBUTES_TEXT = 160 };

struct range {
    double low, high;
};

/* An argument of a call: what it must be. */
struct draft_argument {
    struct shape shape;
    enum kind kind;
    struct range range;      /* of float arguments: any numbers in it will do, unless these are given: */
    const double *numbers;   /* in the draft's arena */
    const int64_t *integers; /* of KIND_INTEGER */
};

/* A call while it is drawn. The caller sets random and arena, and `wish` to a shape that is to be taken where
 * any would do (NULL: none). */
struct draft {
    struct random *random;
    struct arena *arena;
    const struct shape *wish;
    struct draft_argument arguments[CALL_MOST];
    size_t arity;
    char attributes[ATTRIBUTES_TEXT]; /* "axes=[0, 1]; keepdims=true" */
    bool failed;                      /* memory ran out */
};

struct recipe;
typedef void recipe_draw(struct draft *draft, const struct recipe *recipe);

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

/* What they are made of. Each adds an argument: with numbers from the recipe's range, with these numbers
 * (copied), with random integers 0 .. below - 1, with these integers (copied). */
void draw_argument(struct draft *draft, struct shape shape, const struct recipe *recipe);
void draft_numbers(struct draft *draft, struct shape shape, const double *numbers);
void draft_integers(struct draft *draft, struct shape shape, size_t below);
void draft_given_integers(struct draft *draft, struct shape shape, const int64_t *integers);
/* Adds to the attributes. */
void draw_attribute(struct draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A shape of rank 0 .. most_rank with sizes 0 .. most_size, a size of 0 being rare; or the wish. */
struct shape draft_shape(struct draft *draft, int most_rank, size_t most_size);
/* Reads a shape, "[2, 3]", and moves *text behind it; false where there is none. */
bool draft_read_shape(struct shape *shape, const char **text);

/* The op's recipe, or NULL. */
const struct recipe *recipe_named(const char *op);

/* Draws a call into a draft with random, arena and wish. */
void recipe_call(struct draft *draft, const struct recipe *recipe);

#endif
