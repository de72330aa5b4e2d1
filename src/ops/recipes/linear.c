/* Recipes of the ops on square matrices. */
#include "ops/recipes.h"

/* A batch of matrices with numbers in [-1, 1), and one of 2 n or so in every row and column: in the diagonal,
 * or, for rows to be exchanged, further right. What has a logarithm or a root is positive definite. */
static struct shape well_conditioned(struct draft *draft, bool positive)
{
    double numbers[256];
    struct shape shape = {.rank = 2 + (int)random_below(draft->random, 2), .dim = {1, 1, 1}};
    size_t n = 1 + (size_t)random_below(draft->random, 4);
    if (shape.rank == 3)
        shape.dim[0] = (size_t)random_below(draft->random, 4);
    shape.dim[shape.rank - 1] = shape.dim[shape.rank - 2] = n;
    for (size_t at = 0; at < shape_count(&shape); at += n * n) {
        size_t shift = positive ? 0 : (size_t)random_below(draft->random, n);
        for (size_t i = 0; i < n * n; i++) {
            bool large = i % n == (i / n + shift) % n;
            numbers[at + i] = random_between(draft->random, -1, 1) + (large ? 2 * (double)n : 0);
        }
    }
    draft_numbers(draft, shape, numbers);
    return shape;
}

static void square(struct draft *draft, const struct recipe *recipe)
{
    (void)recipe;
    well_conditioned(draft, false);
}

static void positive(struct draft *draft, const struct recipe *recipe)
{
    (void)recipe;
    well_conditioned(draft, true);
}

static void system_of(struct draft *draft, const struct recipe *recipe)
{
    struct shape shape = well_conditioned(draft, false);
    switch (random_below(draft->random, 3)) {
    case 0:
        shape.rank--;
        break;
    case 1:
        shape.dim[shape.rank - 1] = (size_t)random_below(draft->random, 4);
        break;
    default: /* as many right sides as rows */
        break;
    }
    draw_argument(draft, shape, recipe);
}

const struct recipe recipes_linear[] = {
    {.op = "inverse", .draw = square},
    {.op = "solve", .draw = system_of, .others = {-2, 2}},
    {.op = "det", .draw = square},
    {.op = "logdet", .draw = positive},
    {.op = "einsum",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-2, 2},
     .listed = {"[2, 3] [3, 2] | equation=\"ij,jk->ik\"", "[3, 3] | equation=\"ii\"",
                "[2, 3, 2] [2, 3, 2] | equation=\"abc,abd->dc\"",
                "[2, 2] [2, 2] [2, 2] | equation=\"ij,jk,kl->il\"", "[3, 2, 3] | equation=\"iji->ji\"",
                "[2, 3] [4] | equation=\"ij,k\"", "[2, 3, 4] [1, 4, 2] | equation=\"...ij,...jk\"",
                "[2, 1, 3] [3, 3] | equation=\"...i,...i->...\"",
                "[1, 3] [2, 3] [2, 2] [2, 2] | equation=\"ab,cb,cc,dc->bd\"",
                "[2, 3, 2] | equation=\"i...j->j\"", "[] [2] | equation=\",i->i\"",
                "[0, 3] [3] | equation=\"ij,j->i\""}},
    {.op = "cholesky", .draw = positive},
    {.op = NULL},
};
