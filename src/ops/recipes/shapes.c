/* Recipes of reductions, of the ops that move elements, and of indexing. */
#include "ops/recipes.h"

#include <assert.h>

static size_t below(struct draft *draft, size_t n)
{
    return (size_t)random_below(draft->random, n);
}

/* Adds random indices -size .. size - 1. */
static void indices(struct draft *draft, struct shape shape, size_t size)
{
    int64_t numbers[64];
    size_t n = shape_count(&shape);
    assert(n <= sizeof numbers / sizeof *numbers);
    for (size_t i = 0; i < n; i++)
        numbers[i] = (int64_t)below(draft, 2 * size) - (int64_t)size;
    draft_given_integers(draft, shape, numbers);
}

/* A shape of so many axes with sizes 1 .. 3. */
static struct shape some(struct draft *draft, int rank)
{
    struct shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++)
        shape.dim[i] = 1 + below(draft, 3);
    return shape;
}

static void axis(struct draft *draft, size_t axis, int rank)
{
    draw_attribute(draft, "axis=%d; ", (int)axis - (below(draft, 2) ? rank : 0));
}

/* x and an index of the same rank, smaller off the axis; for three arguments src, larger than the index. */
static void crossed(struct draft *draft, const struct recipe *recipe)
{
    struct shape x = some(draft, 1 + (int)below(draft, 3)), index = x;
    size_t along = below(draft, (size_t)x.rank);
    for (int i = 0; i < x.rank; i++)
        index.dim[i] = 1 + below(draft, i == (int)along ? 4 : x.dim[i]);
    draw_argument(draft, x, recipe);
    indices(draft, index, x.dim[along]);
    axis(draft, along, x.rank);
    if (op_named(recipe->op)->least < 3)
        return;
    for (int i = 0; i < x.rank; i++)
        index.dim[i] += below(draft, 4) == 0;
    if (index.dim[along] <= x.dim[along] && below(draft, 2))
        index = x; /* a src of x's shape, of which the index takes a part */
    draw_argument(draft, index, recipe);
}

static void taken(struct draft *draft, const struct recipe *recipe)
{
    struct shape x = some(draft, 1 + (int)below(draft, 3));
    size_t along = below(draft, (size_t)x.rank);
    draw_argument(draft, x, recipe);
    indices(draft, some(draft, (int)below(draft, 3)), x.dim[along]);
    axis(draft, along, x.rank);
}

static void embedded(struct draft *draft, const struct recipe *recipe)
{
    struct shape w = some(draft, 2);
    draw_argument(draft, w, recipe);
    indices(draft, some(draft, (int)below(draft, 3)), w.dim[0]);
    if (below(draft, 2))
        draw_attribute(draft, "padding_idx=%d; ", (int)below(draft, 2 * w.dim[0]) - (int)w.dim[0]);
}

/* x, indices of its rows, and a row for each. */
static void put(struct draft *draft, const struct recipe *recipe)
{
    struct shape x = some(draft, 1 + (int)below(draft, 2)), index = some(draft, (int)below(draft, 3));
    struct shape src = index;
    for (int i = 1; i < x.rank; i++)
        src.dim[src.rank++] = x.dim[i];
    draw_argument(draft, x, recipe);
    indices(draft, index, x.dim[0]);
    draw_argument(draft, src, recipe);
}

const struct recipe recipes_shapes[] = {
    {.op = "amin",
     .draw = draw_reduced,
     .first = {-2, 2},
     .attributes = {"ties=share", "ties=first", "ties=last"}},
    {.op = "prod", .draw = draw_reduced, .first = {-1.25, 1.25}},
    {.op = "var",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[5]", "[2, 3] | axes=[0]", "[3, 4] | axes=[-1]; correction=0", "[2, 3, 2] | correction=2",
                "[2, 4, 3] | axes=[0, 2]; keepdims=true", "[] | correction=0", "[1, 3] | axes=0; correction=0",
                "[0, 3] | axes=1", "[3, 2] | keepdims=true; correction=5"}},
    {.op = "std",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[5]", "[3, 3] | axes=[0]", "[3, 4] | axes=[-1]; correction=0", "[2, 3, 2] | correction=2",
                "[2, 4, 3] | axes=[0, 2]; keepdims=true", "[0, 3] | axes=1",
                "[3, 2] | keepdims=true; correction=5"}},
    {.op = "norm",
     .draw = draw_reduced,
     .first = {-2, 2},
     .attributes = {"ord=1", "", "ord=inf", "ord=p; p=3.5"}},
    {.op = "cumsum", .draw = draw_along, .first = {-2, 2}},
    {.op = "cumprod", .draw = draw_along, .first = {-2, 2}},
    {.op = "sort",
     .draw = draw_along,
     .first = {-2, 2},
     .attributes = {"", "descending=true", "descending=false"}},
    {.op = "topk",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[5] | k=3", "[4] | k=4; largest=false", "[3, 4] | k=2; axis=0",
                "[3, 4] | k=3; axis=-1; largest=false", "[2, 3, 2] | k=2; axis=1", "[1] | k=1"}},
    {.op = "median",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[]", "[5]", "[4]", "[3, 4] | interpolation=midpoint", "[4, 3] | axis=0",
                "[5, 2] | axis=0; keepdims=true", "[2, 6] | axis=-1; interpolation=midpoint",
                "[2, 3, 4] | axis=1; keepdims=true"}},
    {.op = "flatten",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[]", "[3]", "[2, 3, 2]", "[2, 3, 2] | start_axis=1",
                "[2, 3, 2, 1] | start_axis=-3; end_axis=2"}},
    {.op = "squeeze",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[]", "[1, 3, 1]", "[1, 3, 1] | axes=[-1]", "[1, 1] | axes=[0]", "[2, 3] | axes=[]"}},
    {.op = "unsqueeze",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[] | axes=[0]", "[3] | axes=[0, -1]", "[2, 3] | axes=1", "[2, 3] | axes=[-1, 0, 2]"}},
    {.op = "stack",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[] []", "[3] [3] [3] | axis=1", "[2, 3] [2, 3]", "[2, 3] [2, 3] [2, 3] | axis=-1",
                "[2] | axis=-2"}},
    {.op = "split",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[5] | sizes=[2, 3]; index=1", "[5, 2] | sizes=[1, 3, 1]; index=1",
                "[2, 4] | sizes=[4]; index=0; axis=-1", "[2, 3, 4] | sizes=[1, 2]; index=0; axis=1",
                "[3] | sizes=[3, 0]; index=1"}},
    {.op = "flip",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[]", "[5]", "[2, 3]", "[2, 3] | axes=[-1]", "[2, 3, 4] | axes=[0, 2]", "[2, 3] | axes=[]"}},
    {.op = "roll",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[5] | shifts=2", "[2, 3] | shifts=-4", "[4, 3] | shifts=[1, -2]; axes=[0, 1]",
                "[2, 3, 4] | shifts=7; axes=-1", "[] | shifts=3", "[3, 3] | shifts=[2, 5]; axes=[1, 0]"}},
    {.op = "tile",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[] | reps=3", "[2] | reps=[2, 3]", "[2, 3] | reps=2", "[2, 1, 3] | reps=[2, 3, 1]",
                "[2] | reps=[]", "[3] | reps=0"}},
    {.op = "pad",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[3] | before=2", "[2, 3] | before=[1, 0]; after=[0, 2]; value=-1.5",
                "[4] | before=3; after=2; mode=reflect", "[3, 2] | before=[2, 1]; after=[2, 1]; mode=reflect",
                "[2, 3] | before=[3, 0]; after=[1, 4]; mode=replicate", "[1, 2] | after=[2, 1]; mode=replicate",
                "[] | before=[]"}},
    {.op = "diagonal",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[3, 3]", "[2, 4] | offset=1", "[4, 2] | offset=-2", "[2, 3, 4] | axis1=2; axis2=0",
                "[2, 2] | offset=5", "[2, 3, 3] | axis1=-2; axis2=-1; offset=-1"}},
    {.op = "tril",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[3, 3]", "[2, 4] | k=1", "[2, 3, 2] | k=-1"}},
    {.op = "triu",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[3, 3]", "[2, 4] | k=1", "[2, 3, 2] | k=-1"}},
    {.op = "gather", .draw = crossed, .first = {-2, 2}},
    {.op = "scatter_add", .draw = crossed, .first = {-2, 2}, .others = {-2, 2}},
    {.op = "take", .draw = taken, .first = {-2, 2}},
    {.op = "embedding", .draw = embedded, .first = {-2, 2}},
    {.op = "index_put",
     .draw = put,
     .first = {-2, 2},
     .others = {-2, 2},
     .attributes = {"", "accumulate=true", "accumulate=false"}},
    {.op = NULL},
};
