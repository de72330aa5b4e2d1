/* Recipes of normalization, attention and recurrent cells. */
#include "ops/recipes.h"

/* x and a mask of 0 and 1 of a shape from the list "x mask | attributes". */
static void masked(struct draft *draft, const struct recipe *recipe)
{
    draw_listed(draft, recipe);
    struct shape shape = draft->arguments[1].shape;
    draft->arity = 1;
    draft_integers(draft, shape, 2);
}

/* Half of the masks are drawn as 0 and 1, key 0 always seen. */
static void attended(struct draft *draft, const struct recipe *recipe)
{
    int64_t seen[64];
    draw_listed(draft, recipe);
    size_t last = draft->arity - 1;
    if (draft->arity % 2 || random_below(draft->random, 2)) /* without masks there are 3, 5 or 7 arguments */
        return;
    struct shape shape = draft->arguments[last].shape;
    size_t keys = shape.rank ? shape.dim[shape.rank - 1] : 1;
    for (size_t i = 0; i < shape_count(&shape); i++)
        seen[i] = i % keys == 0 || random_below(draft->random, 2);
    draft->arity = last;
    draft_given_integers(draft, shape, seen);
}

const struct recipe recipes_layers[] = {
    {.op = "layer_norm",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[5]", "[3, 4] [4] | eps=0.5", "[3, 4] [4] [4]", "[2, 3, 4] [3, 4] [3, 4] | axis=1; eps=0.1",
                "[2, 1, 3] [2, 1, 3] [2, 1, 3] | axis=-3; eps=0.25", "[1, 4] [4] [4] | eps=0.001",
                "[3, 1] [1] [1]", "[3, 2] [2] [2] | eps=0.25", "[0, 3] [3] [3]",
                "[2, 5] [5] [5] | axis=-1; eps=1"}},
    {.op = "rms_norm",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[5]", "[3, 4] [4]", "[2, 3, 4] [3, 4] | axis=1; eps=0.1", "[5] [5] | eps=0.1",
                "[2, 3] [2, 3] | axis=0", "[3, 1] [1] | eps=0.5"}},
    {.op = "batch_norm",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {0.5, 2},
     .listed = {"[5, 3]", "[4, 3] [3]", "[4, 3] [3] [3]", "[3, 2, 2, 3] [2] [2] | eps=0.1", "[1, 3] [3] [3]",
                "[2, 1, 5] [1] [1]", "[5, 3] [3] [3] [3] [3] | training=false",
                "[2, 3, 2, 2] [3] [3] [3] [3] | training=false; eps=0.1", "[2, 4] [4] [4] | eps=0.5"}},
    {.op = "group_norm",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[2, 6] [6] [6] | groups=2; eps=0.1", "[2, 4, 3] | groups=2", "[1, 6, 2, 2] [6] [6] | groups=3",
                "[2, 3, 3] [3] [3] | groups=1", "[2, 4, 3] [4] | groups=4; eps=0.1"}},
    {.op = "instance_norm",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[2, 3, 5]", "[2, 3, 4] [3] | eps=0.1", "[1, 2, 3, 3] [2] [2]", "[2, 1, 4] [1] [1] | eps=0.5"}},
    {.op = "local_response_norm",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[2, 5] | size=3", "[1, 4, 3] | size=2; alpha=0.5",
                "[2, 5, 2] | size=5; alpha=1; beta=0.5; k=2", "[3, 1] | size=1; alpha=2",
                "[2, 3] | size=9; alpha=3; beta=-0.75"}},
    {.op = "l2_normalize",
     .draw = draw_along,
     .first = {0.25, 2},
     .attributes = {"", "eps=0.125", "eps=10", "eps=0"}},
    {.op = "softmin", .draw = draw_along, .first = {-3, 3}},
    {.op = "dropout",
     .draw = masked,
     .first = {-2, 2},
     .listed = {"[3, 4] [3, 4]", "[2, 3, 4] [2, 3, 1] | p=0.25", "[] [] | p=0", "[5] [1] | p=0.9",
                "[2, 3] [3] | p=0.1"}},
    {.op = "scaled_dot_product_attention",
     .draw = attended,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[3, 4] [2, 4] [2, 5]", "[3, 3] [3, 3] [3, 3] | causal=true",
                "[2, 3, 2] [2, 4, 2] [2, 4, 3] | scale=0.5", "[2, 2, 3, 2] [2, 2, 3, 2] [2, 2, 3, 2] [3, 3]",
                "[2, 3, 2] [2, 4, 2] [2, 4, 2] [2, 1, 4] | scale=-1",
                "[3, 2] [4, 2] [4, 1] [3, 4] | causal=true", "[1, 1] [1, 1] [1, 1]",
                "[2, 2, 2] [2, 3, 2] [2, 3, 2] [] | causal=true"}},
    {.op = "multi_head_attention",
     .draw = attended,
     .first = {-1, 1},
     .others = {-1, 1},
     .listed = {"[3, 4] [2, 4] [2, 4] [12, 4] [4, 4] | heads=2",
                "[2, 2] [2, 2] [2, 2] [6, 2] [6] [2, 2] [2] | heads=1",
                "[2, 2, 2] [2, 3, 2] [2, 3, 2] [6, 2] [6] [2, 2] [2] [2, 2, 3] | heads=2",
                "[2, 4] [3, 4] [3, 4] [12, 4] [4, 4] [2, 3] | heads=4; causal=true",
                "[2, 2, 2] [2, 3, 2] [2, 3, 2] [6, 2] [2, 2] [2, 1, 1, 3] | heads=2",
                "[1, 2, 2, 2] [1, 2, 3, 2] [1, 2, 3, 2] [6, 2] [6] [2, 2] [2] | heads=2; causal=true"}},
    {.op = "rotary_embedding",
     .draw = draw_listed,
     .first = {-2, 2},
     .listed = {"[3, 4]", "[2, 3, 6] | interleaved=true", "[2, 2, 3, 2] | base=10; offset=2",
                "[1, 2] | offset=-3", "[4, 8] | base=100; interleaved=true; offset=1"}},
    {.op = "rnn_cell",
     .draw = draw_listed,
     .first = {-1, 1},
     .others = {-1, 1},
     .listed = {"[2, 3] [2, 4] [4, 3] [4, 4]", "[2, 3] [2, 3] [3, 3] [3, 3] [3] [3]",
                "[1, 2] [1, 1] [1, 2] [1, 1] [1] [1]", "[3, 2] [3, 2] [2, 2] [2, 2] [2] [2]"},
     .attributes = {"nonlinearity=tanh", "nonlinearity=relu"}},
    {.op = "lstm_cell",
     .draw = draw_listed,
     .first = {-1, 1},
     .others = {-1, 1},
     .listed = {"[2, 3] [2, 2] [2, 2] [8, 3] [8, 2]", "[2, 2] [2, 2] [2, 2] [8, 2] [8, 2] [8] [8]",
                "[1, 3] [1, 1] [1, 1] [4, 3] [4, 1] [4] [4]"},
     .attributes = {"output=h", "output=c"}},
    {.op = "gru_cell",
     .draw = draw_listed,
     .first = {-1, 1},
     .others = {-1, 1},
     .listed = {"[2, 3] [2, 2] [6, 3] [6, 2]", "[2, 2] [2, 2] [6, 2] [6, 2] [6] [6]",
                "[1, 3] [1, 1] [3, 3] [3, 1] [3] [3]"}},
    {.op = "rnn",
     .draw = draw_listed,
     .first = {-1, 1},
     .others = {-1, 1},
     .listed = {"[3, 2, 3] [2, 3] [2, 2] [2] [2]", "[2, 1, 2] [2, 1, 2] [2, 2] [2, 2] [2, 2] [2, 2] | layers=2",
                "[3, 1, 2] [1, 2] [1, 1] [1, 2] [1, 1] | bidirectional=true", "[1, 2, 1] [1, 1] [1, 1] [1] [1]",
                "[2, 2, 1] [4, 2, 1] [1, 1] [1, 1] [1, 1] [1, 1] [1, 2] [1, 1] [1, 2] [1, 1] | layers=2; "
                "bidirectional=true"},
     .attributes = {"nonlinearity=tanh", "nonlinearity=relu"}},
    {.op = "lstm",
     .draw = draw_listed,
     .first = {-1, 1},
     .others = {-1, 1},
     .listed = {"[3, 2, 3] [8, 3] [8, 2]", "[2, 1, 2] [1, 1, 2] [1, 1, 2] [8, 2] [8, 2] [8] [8]",
                "[2, 2, 1] [4, 1] [4, 1] [4, 1] [4, 1] | layers=2",
                "[3, 1, 2] [2, 1, 1] [2, 1, 1] [4, 2] [4, 1] [4, 2] [4, 1] | bidirectional=true"}},
    {.op = "gru",
     .draw = draw_listed,
     .first = {-1, 1},
     .others = {-1, 1},
     .listed = {"[3, 2, 3] [6, 3] [6, 2]", "[2, 1, 2] [1, 1, 2] [6, 2] [6, 2] [6] [6]",
                "[2, 2, 1] [2, 2, 1] [3, 1] [3, 1] [3, 1] [3, 1] | layers=2",
                "[3, 1, 2] [2, 1, 1] [3, 2] [3, 1] [3, 2] [3, 1] | bidirectional=true",
                "[2, 2, 1] [3, 1] [3, 1] [3, 1] [3, 1] [3, 2] [3, 1] [3, 2] [3, 1] | layers=2; "
                "bidirectional=true"}},
    {.op = NULL},
};
