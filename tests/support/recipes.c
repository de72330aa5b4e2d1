/* Recipes: how to draw a random call of every op. */
#include "support/recipes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static size_t below(struct build *build, size_t n)
{
    return (size_t)random_below(&build->random, n);
}

void draw_attribute(struct drawn *drawn, const char *format, ...)
{
    size_t used = strlen(drawn->attributes);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(drawn->attributes + used, sizeof drawn->attributes - used, format, arguments);
    va_end(arguments);
    assert_true(strlen(drawn->attributes) + 1 < sizeof drawn->attributes);
}

void draw_argument(struct drawn *drawn, struct build *build, struct shape shape, const struct recipe *recipe)
{
    struct range range = drawn->arity ? recipe->others : recipe->first;
    drawn->inputs[drawn->arity++] = build_input(build, shape, range.low, range.high);
}

/* A shape without a size of 0. */
static struct shape solid(struct build *build, int least_rank, int most_rank)
{
    struct shape shape = {.rank = least_rank + (int)below(build, (size_t)(most_rank - least_rank) + 1)};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = 1 + below(build, 4);
    return shape;
}

/* A shape that broadcasts to `to`: leading axes dropped, others of size 1. */
static struct shape smaller(struct build *build, struct shape to)
{
    int drop = below(build, 3) ? 0 : (int)below(build, (size_t)to.rank + 1);
    struct shape shape = {.rank = to.rank - drop};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = below(build, 4) ? to.dim[i + drop] : 1;
    return shape;
}

void draw_one(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    draw_argument(drawn, build, build_random_shape(&build->random, 4, 4), recipe);
}

void draw_broadcast(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape to = build_random_shape(&build->random, 4, 3);
    draw_argument(drawn, build, smaller(build, to), recipe);
    draw_argument(drawn, build, smaller(build, to), recipe);
}

void draw_same(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = solid(build, 0, 3);
    draw_argument(drawn, build, shape, recipe);
    draw_argument(drawn, build, shape, recipe);
}

void draw_many(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = build_random_shape(&build->random, 3, 4);
    size_t count = 1 + below(build, 5);
    for (size_t i = 0; i < count; i++)
        draw_argument(drawn, build, shape, recipe);
}

void draw_along(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = solid(build, 1, 4);
    draw_argument(drawn, build, shape, recipe);
    draw_attribute(drawn, "axis=%d; ", (int)below(build, 2 * (size_t)shape.rank) - shape.rank);
}

void draw_reduced(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = solid(build, 0, 4);
    draw_argument(drawn, build, shape, recipe);
    draw_attribute(drawn, "keepdims=%s; ", below(build, 2) ? "true" : "false");
    if (below(build, 4) == 0)
        return;
    const char *comma = "";
    draw_attribute(drawn, "axes=[");
    for (int i = 0; i < shape.rank; i++)
        if (below(build, 2)) {
            draw_attribute(drawn, "%s%d", comma, below(build, 2) ? i : i - shape.rank);
            comma = ", ";
        }
    draw_attribute(drawn, "]; ");
}

static void transposed(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = solid(build, 0, 4);
    int turn = (int)below(build, 4), mirror = (int)below(build, 2);
    draw_argument(drawn, build, shape, recipe);
    if (below(build, 4) == 0)
        return;
    draw_attribute(drawn, "axes=[");
    for (int i = 0; i < shape.rank; i++)
        draw_attribute(drawn, "%s%d", i ? ", " : "", ((mirror ? shape.rank - i : i) + turn) % shape.rank);
    draw_attribute(drawn, "]; ");
}

static void joined(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = solid(build, 1, 3);
    size_t count = 1 + below(build, 4), axis = below(build, (size_t)shape.rank);
    for (size_t i = 0; i < count; i++) {
        draw_argument(drawn, build, shape, recipe);
        if (below(build, 2))
            shape.dim[axis] = below(build, 4);
    }
    draw_attribute(drawn, "axis=%d; ", (int)axis - (below(build, 2) ? shape.rank : 0));
}

/* One of the recipe's "shapes | attributes". */
void draw_listed(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    size_t count = 0;
    char shape[SHAPE_TEXT];
    while (count < sizeof recipe->listed / sizeof *recipe->listed && recipe->listed[count])
        count++;
    const char *at = count ? recipe->listed[below(build, count)] : "[]";
    for (; *at == '['; at += strspn(at, " ")) {
        size_t size = strcspn(at, "]") + 1;
        snprintf(shape, sizeof shape, "%.*s", (int)size, at);
        draw_argument(drawn, build, build_shape(shape), recipe);
        at += size;
    }
    if (*at == '|')
        draw_attribute(drawn, "%s; ", at + 1);
}

static struct shape scores(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = solid(build, 1, 2);
    draw_argument(drawn, build, shape, recipe);
    return shape;
}

/* Labels for the rows of (N, C) or (C). */
static void labels(struct drawn *drawn, struct build *build, struct shape shape)
{
    size_t classes = shape.dim[--shape.rank];
    drawn->inputs[drawn->arity++] = build_integers(build, shape, classes);
}

static void labelled(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    labels(drawn, build, scores(drawn, build, recipe));
}

/* Labels, one-hot rows, or rows of weights that do not sum to 1. */
static void targeted(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = scores(drawn, build, recipe);
    size_t choice = below(build, 3), classes = shape.dim[shape.rank - 1], n = shape_count(&shape);
    double hot[64] = {0};
    assert_true(n <= sizeof hot / sizeof *hot);
    if (choice == 0) {
        labels(drawn, build, shape);
    } else if (choice == 1) {
        draw_argument(drawn, build, shape, recipe);
    } else {
        for (size_t i = 0; i < n; i += classes)
            hot[i + below(build, classes)] = 1;
        drawn->inputs[drawn->arity++] = build_numbers(build, shape, hot);
    }
}

/* A formula's value and up to two pairs of a variable and its claimed derivative. */
static void formula(struct drawn *drawn, struct build *build, const struct recipe *recipe)
{
    struct shape shape = build_random_shape(&build->random, 3, 4);
    size_t claims = below(build, 3);
    draw_argument(drawn, build, shape, recipe);
    for (size_t i = 0; i < 2 * claims; i++)
        draw_argument(drawn, build, smaller(build, shape), recipe);
}

#define REDUCTIONS .attributes = {"reduction=mean", "reduction=sum", "reduction=none"}
static const struct recipe recipes[] = {
    {.op = "add", .draw = draw_broadcast, .first = {-2, 2}, .others = {-2, 2}},
    {.op = "sub", .draw = draw_broadcast, .first = {-2, 2}, .others = {-2, 2}},
    {.op = "mul", .draw = draw_broadcast, .first = {-2, 2}, .others = {-2, 2}},
    {.op = "div", .draw = draw_broadcast, .first = {-2, 2}, .others = {0.5, 2}},
    {.op = "neg", .draw = draw_one, .first = {-2, 2}},
    {.op = "reciprocal", .draw = draw_one, .first = {0.5, 2}},
    {.op = "square", .draw = draw_one, .first = {-2, 2}},
    {.op = "sqrt", .draw = draw_one, .first = {0.5, 2}},
    {.op = "pow", .draw = draw_broadcast, .first = {0.5, 2}, .others = {-2, 2}},
    {.op = "abs", .draw = draw_one, .first = {-2, 2}},
    {.op = "max",
     .draw = draw_broadcast,
     .first = {-2, 2},
     .others = {-2, 2},
     .attributes = {"ties=half", "ties=first", "ties=second"}},
    {.op = "min",
     .draw = draw_broadcast,
     .first = {-2, 2},
     .others = {-2, 2},
     .attributes = {"ties=half", "ties=first", "ties=second"}},
    {.op = "add_n", .draw = draw_many, .first = {-2, 2}, .others = {-2, 2}},
    {.op = "exp", .draw = draw_one, .first = {-2, 2}},
    {.op = "log", .draw = draw_one, .first = {0.5, 2}},
    {.op = "sin", .draw = draw_one, .first = {-4, 4}},
    {.op = "cos", .draw = draw_one, .first = {-4, 4}},
    {.op = "tanh", .draw = draw_one, .first = {-2, 2}},
    {.op = "sigmoid", .draw = draw_one, .first = {-4, 4}},
    {.op = "relu", .draw = draw_one, .first = {-2, 2}},
    {.op = "leaky_relu", .draw = draw_one, .first = {-2, 2}, .attributes = {"", "slope=0.25", "slope=-0.3"}},
    {.op = "sum", .draw = draw_reduced, .first = {-2, 2}},
    {.op = "mean", .draw = draw_reduced, .first = {-2, 2}},
    {.op = "amax",
     .draw = draw_reduced,
     .first = {-2, 2},
     .attributes = {"ties=share", "ties=first", "ties=last"}},
    {.op = "repeat",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[] | repeats=3", "[3] | repeats=[2, 0, 1]", "[2, 3] | repeats=2; axis=0",
                "[2, 3] | repeats=[1, 3, 2]; axis=-1", "[2, 2, 2] | repeats=3; axis=1"}},
    {.op = "expand",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[] | shape=[2, 3]", "[3] | shape=[2, 3]", "[2, 1] | shape=[2, 4]",
                "[1, 2, 1] | shape=[2, 3, -1, 2]", "[2] | shape=[2]"}},
    {.op = "reshape",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[] | shape=[1, 1]", "[2, 3] | shape=[-1]", "[4, 3] | shape=[2, -1, 2]", "[1] | shape=[]",
                "[2, 3] | shape=[3, 2]"}},
    {.op = "transpose", .draw = transposed, .first = {-2, 2}},
    {.op = "concat", .draw = joined, .first = {-2, 2}, .others = {-2, 2}},
    {.op = "slice",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[5] | starts=[1]; stops=[-1]", "[4, 5] | steps=[-2]; axes=[1]",
                "[4, 5] | starts=[3, 0]; stops=[0, 5]; steps=[-1, 3]", "[3] | stops=[0]",
                "[2, 3, 4] | starts=[1, -2]; axes=[2, 0]"}},
    {.op = "matmul",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[3] [3]", "[2, 3] [3]", "[3] [3, 2]", "[2, 3] [3, 4]", "[3, 3] [3, 3]", "[2, 2, 3] [3, 2]",
                "[2, 1, 2, 3] [4, 3, 2]", "[3] [2, 3, 4]", "[2, 2, 2] [2, 2, 2]"}},
    {.op = "affine",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[2, 3] [3, 4] [4]", "[3, 3] [3, 3] [3]", "[1, 2] [2, 1] [1]", "[4, 2] [2, 3] [3]"}},
    {.op = "softmax", .draw = draw_along, .first = {-3, 3}},
    {.op = "log_softmax", .draw = draw_along, .first = {-3, 3}},
    {.op = "logsumexp",
     .draw = draw_along,
     .first = {-3, 3},
     .attributes = {"keepdims=true", "keepdims=false"}},
    {.op = "cross_entropy_error", .draw = targeted, .first = {0.1, 0.9}, .others = {0.1, 0.9}, REDUCTIONS},
    {.op = "mse_loss", .draw = draw_same, .first = {-2, 2}, .others = {-2, 2}, REDUCTIONS},
    {.op = "hinge_loss",
     .draw = labelled,
     .first = {-2, 2},
     .attributes = {"reduction=mean", "reduction=sum; margin=0.5", "reduction=none"}},
    {.op = "bce_loss", .draw = draw_same, .first = {0.1, 0.9}, .others = {0.1, 0.9}, REDUCTIONS},
    {.op = "l1_regularization", .draw = draw_one, .first = {-2, 2}, .attributes = {"strength=0.1"}},
    {.op = "l2_regularization",
     .draw = draw_one,
     .first = {-2, 2},
     .attributes = {"strength=0.1", "strength=3"}},
    {.op = "expr", .draw = formula, .first = {-2, 2}, .others = {-2, 2}},
    {.op = NULL},
};
#undef REDUCTIONS

const struct recipe *recipe_named(const char *op)
{
    static const struct recipe *const tables[] = {recipes,        recipes_elementary, recipes_shapes,
                                                  recipes_layers, recipes_losses,     recipes_convolution,
                                                  recipes_linear};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct recipe *recipe = tables[t]; recipe->op; recipe++)
            if (strcmp(recipe->op, op) == 0)
                return recipe;
    return NULL;
}

struct drawn recipe_draw_call(struct build *build, const struct recipe *recipe)
{
    struct drawn drawn = {.op = recipe->op};
    size_t choices = 0;
    recipe->draw(&drawn, build, recipe);
    while (choices < sizeof recipe->attributes / sizeof *recipe->attributes && recipe->attributes[choices])
        choices++;
    if (choices)
        draw_attribute(&drawn, "%s", recipe->attributes[below(build, choices)]);
    size_t size = strlen(drawn.attributes);
    if (size >= 2 && strcmp(drawn.attributes + size - 2, "; ") == 0)
        drawn.attributes[size - 2] = '\0';
    return drawn;
}

size_t recipe_apply(struct build *build, const struct drawn *drawn)
{
    long node = build_apply(build, drawn->op, drawn->attributes, drawn->inputs, drawn->arity);
    if (node == NO_NODE)
        fail_msg("%s with %s was refused: %s", drawn->op, drawn->attributes, build_error(build));
    return (size_t)node;
}
