/* Recipes: how to draw a random call of every op. */
#include "ops/recipes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t below(struct draft *draft, size_t n)
{
    return (size_t)random_below(draft->random, n);
}

void draw_attribute(struct draft *draft, const char *format, ...)
{
    size_t used = strlen(draft->attributes);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(draft->attributes + used, sizeof draft->attributes - used, format, arguments);
    va_end(arguments);
    assert(strlen(draft->attributes) + 1 < sizeof draft->attributes);
}

static void add(struct draft *draft, struct draft_argument argument)
{
    assert(draft->arity < CALL_MOST);
    draft->arguments[draft->arity++] = argument;
}

void draw_argument(struct draft *draft, struct shape shape, const struct recipe *recipe)
{
    struct range range = draft->arity ? recipe->others : recipe->first;
    add(draft, (struct draft_argument){.shape = shape, .range = range});
}

static void *copy_of(struct draft *draft, const void *numbers, size_t count, size_t size)
{
    void *copy = arena_alloc(draft->arena, count, size);
    if (copy)
        memcpy(copy, numbers, count * size);
    draft->failed |= !copy;
    return copy;
}

void draft_numbers(struct draft *draft, struct shape shape, const double *numbers)
{
    double *copy = copy_of(draft, numbers, shape_count(&shape), sizeof *copy);
    add(draft, (struct draft_argument){.shape = shape, .numbers = copy});
}

void draft_given_integers(struct draft *draft, struct shape shape, const int64_t *integers)
{
    int64_t *copy = copy_of(draft, integers, shape_count(&shape), sizeof *copy);
    add(draft, (struct draft_argument){.shape = shape, .kind = KIND_INTEGER, .integers = copy});
}

void draft_integers(struct draft *draft, struct shape shape, size_t limit)
{
    int64_t *integers = arena_alloc(draft->arena, shape_count(&shape), sizeof *integers);
    for (size_t i = 0; integers && i < shape_count(&shape); i++)
        integers[i] = (int64_t)below(draft, limit);
    draft->failed |= !integers;
    add(draft, (struct draft_argument){.shape = shape, .kind = KIND_INTEGER, .integers = integers});
}

bool draft_read_shape(struct shape *shape, const char **text)
{
    const char *at = *text + strspn(*text, " ");
    *shape = (struct shape){0};
    if (*at != '[')
        return false;
    for (at++; *at && *at != ']'; at += strspn(at, " ,")) {
        char *end;
        assert(shape->rank < MOST_RANK);
        shape->dim[shape->rank++] = strtoul(at, &end, 10);
        at = end;
    }
    *text = at + 1;
    return true;
}

/* Whether there is a wish of that many axes. */
static bool wished(const struct draft *draft, int least_rank, int most_rank)
{
    return draft->wish && draft->wish->rank >= least_rank && draft->wish->rank <= most_rank;
}

struct shape draft_shape(struct draft *draft, int most_rank, size_t most_size)
{
    if (wished(draft, 0, most_rank))
        return *draft->wish;
    struct shape shape = {.rank = (int)below(draft, (size_t)most_rank + 1)};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = below(draft, 24) == 0 ? 0 : 1 + below(draft, most_size);
    return shape;
}

/* A shape without a size of 0. */
static struct shape solid(struct draft *draft, int least_rank, int most_rank)
{
    if (wished(draft, least_rank, most_rank))
        return *draft->wish;
    struct shape shape = {.rank = least_rank + (int)below(draft, (size_t)(most_rank - least_rank) + 1)};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = 1 + below(draft, 4);
    return shape;
}

/* A shape that broadcasts to `to`: leading axes dropped, others of size 1. */
static struct shape smaller(struct draft *draft, struct shape to)
{
    int drop = below(draft, 3) ? 0 : (int)below(draft, (size_t)to.rank + 1);
    struct shape shape = {.rank = to.rank - drop};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = below(draft, 4) ? to.dim[i + drop] : 1;
    return shape;
}

void draw_one(struct draft *draft, const struct recipe *recipe)
{
    draw_argument(draft, draft_shape(draft, 4, 4), recipe);
}

void draw_broadcast(struct draft *draft, const struct recipe *recipe)
{
    struct shape to = draft_shape(draft, 4, 3);
    draw_argument(draft, smaller(draft, to), recipe);
    draw_argument(draft, smaller(draft, to), recipe);
}

void draw_same(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = solid(draft, 0, 3);
    draw_argument(draft, shape, recipe);
    draw_argument(draft, shape, recipe);
}

void draw_many(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = draft_shape(draft, 3, 4);
    size_t count = 1 + below(draft, 5);
    for (size_t i = 0; i < count; i++)
        draw_argument(draft, shape, recipe);
}

void draw_along(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = solid(draft, 1, 4);
    draw_argument(draft, shape, recipe);
    draw_attribute(draft, "axis=%d; ", (int)below(draft, 2 * (size_t)shape.rank) - shape.rank);
}

void draw_reduced(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = solid(draft, 0, 4);
    draw_argument(draft, shape, recipe);
    draw_attribute(draft, "keepdims=%s; ", below(draft, 2) ? "true" : "false");
    if (below(draft, 4) == 0)
        return;
    const char *comma = "";
    draw_attribute(draft, "axes=[");
    for (int i = 0; i < shape.rank; i++)
        if (below(draft, 2)) {
            draw_attribute(draft, "%s%d", comma, below(draft, 2) ? i : i - shape.rank);
            comma = ", ";
        }
    draw_attribute(draft, "]; ");
}

static void transposed(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = solid(draft, 0, 4);
    int turn = (int)below(draft, 4), mirror = (int)below(draft, 2);
    draw_argument(draft, shape, recipe);
    if (below(draft, 4) == 0)
        return;
    draw_attribute(draft, "axes=[");
    for (int i = 0; i < shape.rank; i++)
        draw_attribute(draft, "%s%d", i ? ", " : "", ((mirror ? shape.rank - i : i) + turn) % shape.rank);
    draw_attribute(draft, "]; ");
}

static void joined(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = solid(draft, 1, 3);
    size_t count = 1 + below(draft, 4), axis = below(draft, (size_t)shape.rank);
    for (size_t i = 0; i < count; i++) {
        draw_argument(draft, shape, recipe);
        if (below(draft, 2))
            shape.dim[axis] = below(draft, 4);
    }
    draw_attribute(draft, "axis=%d; ", (int)axis - (below(draft, 2) ? shape.rank : 0));
}

/* One of the recipe's "shapes | attributes". */
void draw_listed(struct draft *draft, const struct recipe *recipe)
{
    size_t count = 0;
    while (count < sizeof recipe->listed / sizeof *recipe->listed && recipe->listed[count])
        count++;
    const char *at = count ? recipe->listed[below(draft, count)] : "[]";
    for (struct shape shape; draft_read_shape(&shape, &at);)
        draw_argument(draft, shape, recipe);
    at += strspn(at, " ");
    if (*at == '|')
        draw_attribute(draft, "%s; ", at + 1);
}

static struct shape scores(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = solid(draft, 1, 2);
    draw_argument(draft, shape, recipe);
    return shape;
}

/* Labels for the rows of (N, C) or (C). */
static void labels(struct draft *draft, struct shape shape)
{
    size_t classes = shape.dim[--shape.rank];
    draft_integers(draft, shape, classes);
}

static void labelled(struct draft *draft, const struct recipe *recipe)
{
    labels(draft, scores(draft, recipe));
}

/* Labels, one-hot rows, or rows of weights that do not sum to 1. */
static void targeted(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = scores(draft, recipe);
    size_t choice = below(draft, 3), classes = shape.dim[shape.rank - 1], n = shape_count(&shape);
    if (choice == 0) {
        labels(draft, shape);
    } else if (choice == 1) {
        draw_argument(draft, shape, recipe);
    } else {
        double *hot = arena_alloc(draft->arena, n, sizeof *hot);
        for (size_t i = 0; hot && i < n; i += classes)
            hot[i + below(draft, classes)] = 1;
        draft->failed |= !hot;
        add(draft, (struct draft_argument){.shape = shape, .numbers = hot});
    }
}

/* A formula's value and up to two pairs of a variable and its claimed derivative. */
static void formula(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = draft_shape(draft, 3, 4);
    size_t claims = below(draft, 3);
    draw_argument(draft, shape, recipe);
    for (size_t i = 0; i < 2 * claims; i++)
        draw_argument(draft, smaller(draft, shape), recipe);
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

void recipe_call(struct draft *draft, const struct recipe *recipe)
{
    size_t choices = 0;
    draft->arity = 0;
    draft->attributes[0] = '\0';
    recipe->draw(draft, recipe);
    while (choices < sizeof recipe->attributes / sizeof *recipe->attributes && recipe->attributes[choices])
        choices++;
    if (choices)
        draw_attribute(draft, "%s", recipe->attributes[below(draft, choices)]);
    size_t size = strlen(draft->attributes);
    if (size >= 2 && strcmp(draft->attributes + size - 2, "; ") == 0)
        draft->attributes[size - 2] = '\0';
}
