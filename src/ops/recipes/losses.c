/* Recipes of losses. */
#include "ops/recipes.h"

#include <stdint.h>
#include <string.h>

/* Shapes from the list; the last argument becomes labels 1 and -1. */
static void signed_labels(struct draft *draft, const struct recipe *recipe)
{
    int64_t labels[64];
    draw_listed(draft, recipe);
    struct shape shape = draft->arguments[--draft->arity].shape;
    for (size_t i = 0; i < shape_count(&shape) && i < 64; i++)
        labels[i] = random_below(draft->random, 2) ? 1 : -1;
    draft_given_integers(draft, shape, labels);
}

/* Labels, of which a few are -1 where the call ignores that, for the rows of scores of the list "x t w |
 * attributes". */
static void labelled_rows(struct draft *draft, const struct recipe *recipe)
{
    int64_t labels[64];
    draw_listed(draft, recipe);
    bool ignores = strstr(draft->attributes, "ignore_index=-1");
    struct shape x = draft->arguments[0].shape;
    struct shape shape = draft->arguments[1].shape;
    if (shape_equal(&shape, &x))
        return; /* weights of the classes */
    for (size_t i = 0; i < shape_count(&shape) && i < 64; i++) {
        bool ignored = ignores && i > 0 && random_below(draft->random, 3) == 0;
        labels[i] = ignored ? -1 : (int64_t)random_below(draft->random, x.dim[x.rank - 1]);
    }
    size_t arity = draft->arity;
    draft->arity = 1;
    draft_given_integers(draft, shape, labels);
    draft->arity = arity;
}

#define REDUCTIONS .attributes = {"reduction=mean", "reduction=sum", "reduction=none"}
const struct recipe recipes_losses[] = {
    {.op = "softmax_cross_entropy",
     .draw = labelled_rows,
     .first = {-3, 3},
     .others = {0.1, 0.9},
     .listed = {"[3] []", "[4, 3] [4]", "[3, 4] [3, 4] | reduction=sum", "[4] [4]",
                "[4, 3] [4] [3] | reduction=none; ignore_index=-1", "[5, 3] [5] [3] | ignore_index=-1",
                "[4, 3] [4] [3] | label_smoothing=0.25", "[4, 3] [4] | label_smoothing=0.1; ignore_index=-1",
                "[3, 3] [3, 3] [3] | label_smoothing=0.25", "[4, 2] [4] [2] | reduction=sum; label_smoothing=1",
                "[3] [3] [3]", "[2, 3] [2, 3] [3] | reduction=none"}},
    {.op = "nll_loss",
     .draw = labelled_rows,
     .first = {-3, 0},
     .others = {0.1, 0.9},
     .listed = {"[3] []", "[4, 3] [4]", "[3, 4] [3] | reduction=sum", "[4] [1]",
                "[4, 3] [4] [3] | reduction=none; ignore_index=-1", "[5, 3] [5] [3] | ignore_index=-1",
                "[4, 3] [4] [3]", "[4, 3] [4] | ignore_index=-1", "[4, 2] [4] [2] | reduction=sum"}},
    {.op = "bce_with_logits",
     .draw = draw_listed,
     .first = {-3, 3},
     .others = {0.1, 0.9},
     .listed = {"[] []", "[3, 4] [3, 4]", "[5] [5] | reduction=sum", "[2, 3] [2, 3] | reduction=none",
                "[2, 3] [2, 3] [3]", "[2, 3] [2, 3] [2, 1] [3] | reduction=none",
                "[4] [4] [] [4] | reduction=sum", "[2, 2, 2] [2, 2, 2] [2, 2, 2] [1, 2, 1]"}},
    {.op = "l1_loss", .draw = draw_same, .first = {-2, 2}, .others = {-2, 2}, REDUCTIONS},
    {.op = "smooth_l1_loss",
     .draw = draw_same,
     .first = {-2, 2},
     .others = {-2, 2},
     .attributes = {"beta=0", "beta=0.5; reduction=sum", "reduction=none", "beta=2"}},
    {.op = "huber_loss",
     .draw = draw_same,
     .first = {-2, 2},
     .others = {-2, 2},
     .attributes = {"", "delta=0.5; reduction=sum", "reduction=none; delta=2"}},
    {.op = "binary_hinge_loss",
     .draw = signed_labels,
     .first = {-2, 2},
     .listed = {"[] []", "[3, 4] [3, 4]", "[5] [5] | margin=0.5", "[2, 2] [2, 2] | reduction=none",
                "[3] [3] | reduction=sum; margin=2"}},
    {.op = "margin_ranking_loss",
     .draw = signed_labels,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[] [] []", "[3, 4] [3, 4] [3, 4]", "[5] [5] [5] | margin=0.5",
                "[2, 2] [2, 2] [2, 2] | reduction=none; margin=-1", "[3] [3] [3] | reduction=sum; margin=2"}},
    {.op = "kl_div",
     .draw = draw_listed,
     .first = {-3, 0},
     .others = {0.25, 1},
     .listed = {"[] []", "[3, 4] [3, 4]", "[5] [5] | reduction=sum", "[2, 3] [2, 3] | reduction=batchmean",
                "[3, 2] [3, 2] | log_target=true; reduction=batchmean",
                "[2, 2] [2, 2] | log_target=true; reduction=none", "[4] [4] | reduction=none"}},
    {.op = "poisson_nll",
     .draw = draw_listed,
     .first = {0.5, 2},
     .others = {0, 3},
     .listed = {"[] []", "[3, 4] [3, 4]", "[5] [5] | reduction=sum; log_input=false",
                "[2, 3] [2, 3] | reduction=none", "[3, 2] [3, 2] | log_input=false; eps=0.5",
                "[2] [2] | log_input=false; reduction=none; eps=0", "[3] [3] | full=true; reduction=none"}},
    {.op = "gaussian_nll",
     .draw = draw_listed,
     .first = {0.5, 2},
     .others = {0.5, 2},
     .listed = {"[] [] []", "[3, 4] [3, 4] [3, 4]", "[5] [5] [5] | reduction=sum; eps=1",
                "[2, 3] [2, 3] [2, 3] | reduction=none; eps=1.25", "[3] [3] [3] | eps=0",
                "[2] [2] [2] | full=true"}},
    {.op = "cosine_similarity",
     .draw = draw_listed,
     .first = {0.25, 2},
     .others = {-2, -0.25},
     .listed = {"[3] [3]", "[2, 4] [2, 4]", "[3, 2] [3, 2] | axis=0", "[2, 3, 2] [2, 3, 2] | axis=-2; eps=1.5",
                "[2, 1] [2, 1]", "[2, 3] [2, 3] | eps=0", "[2, 3] [2, 3] | eps=10", "[0, 2] [0, 2]"}},
    {.op = "cosine_embedding_loss",
     .draw = signed_labels,
     .first = {0.25, 2},
     .others = {-1, 2},
     .listed = {"[3] [3] []", "[3] [3] [1] | margin=-0.5", "[4, 3] [4, 3] [4] | margin=0.25",
                "[3, 2] [3, 2] [3] | reduction=sum; eps=0.5",
                "[3, 4] [3, 4] [3] | reduction=none; margin=-0.75", "[2, 1] [2, 1] [2] | eps=0.25"}},
    {.op = "triplet_margin_loss",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[3] [3] [3]", "[3, 4] [3, 4] [3, 4]", "[3, 4] [3, 4] [3, 4] | p=1; margin=3",
                "[4, 2] [4, 2] [4, 2] | p=3.5; reduction=sum",
                "[4, 3] [4, 3] [4, 3] | swap=true; margin=2; reduction=none",
                "[5, 3] [5, 3] [5, 3] | swap=true; margin=4; eps=0.25", "[3, 1] [3, 1] [3, 1] | margin=2"}},
    {.op = NULL},
};
#undef REDUCTIONS
