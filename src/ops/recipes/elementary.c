/* Recipes of the elementary functions, the activations and the gates of three arguments. */
#include "ops/recipes.h"

/* A shape that broadcasts to `to`: axes of size 1, or the leading one dropped. */
static struct shape part_of(struct draft *draft, struct shape to)
{
    int drop = to.rank > 0 && random_below(draft->random, 4) == 0;
    struct shape shape = {.rank = to.rank - drop};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = random_below(draft->random, 4) ? to.dim[i + drop] : 1;
    return shape;
}

static void three(struct draft *draft, const struct recipe *recipe)
{
    struct shape to = draft_shape(draft, 3, 3);
    for (int i = 0; i < 3; i++)
        draw_argument(draft, part_of(draft, to), recipe);
}

static void masked(struct draft *draft, const struct recipe *recipe)
{
    struct shape to = draft_shape(draft, 3, 3);
    draft_integers(draft, part_of(draft, to), 2);
    for (int i = 0; i < 2; i++)
        draw_argument(draft, part_of(draft, to), recipe);
}

#define UNARY(name, low, high)                                                                                 \
    {                                                                                                          \
        .op = name, .draw = draw_one, .first = { low, high }                                                   \
    }
#define PAIR(name, low, high, low_b, high_b)                                                                   \
    {                                                                                                          \
        .op = name, .draw = draw_broadcast, .first = {low, high}, .others = { low_b, high_b }                  \
    }
#define CHOICES(name, low, high, ...)                                                                          \
    {                                                                                                          \
        .op = name, .draw = draw_one, .first = {low, high}, .attributes = { __VA_ARGS__ }                      \
    }

const struct recipe recipes_elementary[] = {
    UNARY("rsqrt", 0.5, 2),
    UNARY("sign", -2, 2),
    {.op = "fma", .draw = three, .first = {-2, 2}, .others = {-2, 2}},
    UNARY("expm1", -2, 2),
    UNARY("log1p", -0.5, 2),
    UNARY("log2", 0.5, 2),
    UNARY("tan", -1.2, 1.2),
    UNARY("asin", -0.9, 0.9),
    UNARY("acos", -0.9, 0.9),
    UNARY("atan", -3, 3),
    UNARY("sinh", -2, 2),
    UNARY("cosh", -2, 2),
    UNARY("asinh", -3, 3),
    UNARY("acosh", 1.25, 3),
    UNARY("atanh", -0.8, 0.8),
    UNARY("erf", -2, 2),
    UNARY("erfc", -2, 2),
    UNARY("lgamma", 0.5, 4),
    PAIR("atan2", 0.5, 2, -2, 2),
    PAIR("hypot", 0.5, 2, -2, 2),
    PAIR("logaddexp", -3, 3, -3, 3),
    PAIR("xlogy", 0.5, 2, 0.5, 2),
    UNARY("log_sigmoid", -4, 4),
    UNARY("relu6", -3, 9),
    {.op = "prelu",
     .draw = draw_listed,
     .first = {-2, 2},
     .others = {-1, 1},
     .listed = {"[] []", "[1] [1]", "[5] [1]", "[3, 2] [2]", "[2, 3] []", "[2, 3, 4] [3]", "[2, 2, 2, 3] [2]",
                "[2, 3, 2] [1]"}},
    CHOICES("elu", -2, 2, "", "alpha=0.25", "alpha=-0.5"),
    UNARY("selu", -2, 2),
    CHOICES("celu", -2, 2, "", "alpha=0.5", "alpha=2"),
    CHOICES("gelu", -3, 3, "", "approximate=none", "approximate=tanh"),
    UNARY("silu", -4, 4),
    UNARY("mish", -4, 4),
    CHOICES("softplus", -4, 4, "", "beta=2", "beta=0.5; threshold=1", "threshold=-1"),
    UNARY("softsign", -3, 3),
    CHOICES("hardtanh", -2, 2, "", "min_val=-0.5", "min_val=0.25; max_val=1.5"),
    UNARY("hardsigmoid", -5, 5),
    UNARY("hardswish", -5, 5),
    UNARY("tanhshrink", -2, 2),
    CHOICES("softshrink", -2, 2, "", "lambd=0.75", "lambd=0"),
    CHOICES("hardshrink", -2, 2, "", "lambd=0.75", "lambd=0"),
    CHOICES("threshold", -2, 2, "threshold=0.5; value=0.25", "threshold=-1; value=-20"),
    {.op = "glu",
     .draw = draw_listed,
     .first = {-3, 3},
     .listed = {"[2]", "[4]", "[3, 4]", "[4, 3] | axis=0", "[2, 6, 3] | axis=1", "[2, 3, 2] | axis=-1",
                "[2, 1, 2, 2] | axis=-2"}},
    {.op = "where", .draw = masked, .first = {-2, 2}, .others = {-2, 2}},
    CHOICES("clamp", -2, 2, "min=-0.5; max=1", "min=0.25", "max=-0.75"),
    {.op = NULL},
};
