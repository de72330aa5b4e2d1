/* Recipes of convolution, pooling and linear forms. */
#include "support/recipes.h"

#define LISTED(name, ...)                                                                                      \
    {                                                                                                          \
        .op = name, .draw = draw_listed, .first = {-2, 2}, .others = {-2, 2}, .listed = { __VA_ARGS__ }        \
    }

const struct recipe recipes_convolution[] = {
    LISTED("conv1d", "[2, 2, 5] [2, 2, 5]", "[1, 1, 4] [1, 1, 1] [1]", "[2, 2, 7] [3, 2, 3] [3] | stride=2",
           "[2, 4, 6] [2, 2, 2] | groups=2; padding=2; dilation=3", "[0, 2, 4] [1, 2, 2] [1]"),
    LISTED("conv2d", "[2, 2, 3, 3] [2, 2, 3, 3]", "[2, 2, 3, 3] [2, 2, 3, 3] [2] | padding=1",
           "[1, 1, 16, 16] [1, 1, 7, 7] [1] | stride=3; padding=2",
           "[2, 3, 5, 4] [2, 3, 2, 3] [2] | stride=[2, 1]; padding=[0, 2]",
           "[1, 4, 4, 5] [4, 2, 2, 2] [4] | groups=2; dilation=[1, 2]", "[2, 3, 3, 2] [3, 1, 2, 1] | groups=3",
           "[1, 2, 6, 6] [3, 2, 3, 2] | stride=3; dilation=2; padding=2", "[0, 1, 3, 3] [2, 1, 2, 2] [2]"),
    LISTED("conv_transpose2d", "[2, 2, 3, 3] [2, 2, 3, 3]", "[1, 1, 1, 1] [1, 1, 1, 1] [1]",
           "[2, 3, 2, 3] [3, 2, 3, 2] [2] | stride=[2, 3]; padding=1; output_padding=[1, 2]",
           "[1, 4, 3, 2] [4, 2, 2, 3] [4] | groups=2; dilation=2; padding=[1, 0]",
           "[1, 2, 2, 2] [2, 1, 2, 2] | stride=4; output_padding=3",
           "[1, 1, 3, 3] [1, 2, 1, 2] [2] | dilation=3; output_padding=[0, 2]",
           "[0, 2, 2, 2] [2, 2, 2, 2] [4] | groups=2"),
    LISTED("max_pool1d", "[2, 2, 6] | kernel=2", "[1, 3, 5] | kernel=3; stride=1; padding=1",
           "[2, 1, 5] | kernel=2; ceil_mode=true", "[1, 1, 7] | kernel=3; stride=2; dilation=2; padding=2",
           "[0, 1, 3] | kernel=1", "[1, 1, 1] | kernel=1"),
    LISTED("max_pool2d", "[2, 2, 4, 4] | kernel=2",
           "[1, 2, 5, 4] | kernel=[3, 2]; stride=[1, 2]; padding=[1, 0]",
           "[2, 1, 5, 5] | kernel=2; ceil_mode=true",
           "[1, 1, 6, 7] | kernel=2; dilation=[3, 2]; stride=1; padding=1",
           "[1, 2, 3, 3] | kernel=3; stride=1; padding=1; ceil_mode=true",
           "[1, 1, 16, 16] | kernel=7; stride=3; padding=2"),
    LISTED("avg_pool1d", "[2, 2, 6] | kernel=2", "[1, 3, 5] | kernel=3; stride=1; padding=1",
           "[2, 1, 5] | kernel=2; ceil_mode=true; count_include_pad=false",
           "[1, 1, 7] | kernel=4; stride=3; padding=2; ceil_mode=true", "[0, 1, 3] | kernel=1"),
    LISTED(
        "avg_pool2d", "[2, 2, 4, 4] | kernel=2", "[1, 2, 5, 4] | kernel=[3, 2]; stride=[1, 2]; padding=[1, 0]",
        "[2, 1, 5, 5] | kernel=2; ceil_mode=true",
        "[1, 1, 6, 7] | kernel=[3, 4]; stride=[2, 3]; padding=[1, 2]; count_include_pad=false; ceil_mode=true",
        "[1, 1, 16, 16] | kernel=7; stride=3; padding=2", "[1, 1, 4, 4] | kernel=1; stride=3"),
    LISTED("global_average_pool", "[2, 3, 4]", "[2, 2, 3, 2]", "[1, 1, 1]", "[1, 2, 2, 1, 3]", "[0, 2, 3]"),
    LISTED("linear", "[2, 3] [4, 3] [4]", "[3, 3] [3, 3] [3]", "[2] [1, 2] [1]", "[2, 2, 3] [2, 3]",
           "[0, 2] [3, 2] [3]"),
    LISTED("outer", "[3] [3]", "[2] [4]", "[] [3]", "[2, 2] [2, 2]", "[2, 3] []", "[1, 2] [3, 1]"),
    LISTED("dot", "[3] [3]", "[1] [1]", "[7] [7]", "[0] [0]"),
    LISTED("bilinear", "[2, 3] [2, 3] [4, 3, 3] [4]", "[2] [3] [2, 2, 3]", "[2, 2, 2] [2, 2, 3] [1, 2, 3] [1]",
           "[3, 1] [3, 1] [1, 1, 1]", "[0, 2] [0, 3] [2, 2, 3] [2]"),
    {.op = NULL},
};
