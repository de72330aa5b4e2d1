/* Shape rules of the convolutions, and the geometry that their kernels walk through. */
#ifndef GCK_OPS_RULES_CONVOLUTION_H
#define GCK_OPS_RULES_CONVOLUTION_H
#include "ops/op.h"

shape_rule rule_conv1d;           /* x (N, C, L), W (C', C / groups, K), b (C') or none */
shape_rule rule_conv2d;           /* x (N, C, H, W), W (C', C / groups, KH, KW), b (C') or none */
shape_rule rule_conv_transpose2d; /* x (N, C, H, W), W (C, C' / groups, KH, KW), b (C') or none */

/* One element of x, W or b changes one window's worth of y, one channel, or a channel and its bias. */
d_touch_kernel d_conv2d_touch;
m_touch_kernel m_conv2d_touch;
r_touch_kernel r_conv2d_touch;

/* One spatial axis. Element i of the map takes part with tap k of the kernel and element
 * i stride - padding + k dilation of the image, where there is one. */
struct conv_axis {
    size_t image, map, kernel;
    long stride, padding, dilation;
};

/* What a convolution reads is the image, what it writes the map; a transposed convolution reads the map and
 * writes the image. Channels are those of one group; the weights are (groups map_channels, image_channels,
 * taps) for both. */
struct convolution {
    size_t batch, groups, image_channels, map_channels;
    struct conv_axis axis[2]; /* rows, columns; a conv1d has one row */
};
struct convolution convolution_of(const struct node *node, const struct shape *x, const struct shape *w);

/* The index in the image of tap k of the map's element i; the index in the map whose tap k is the image's
 * element i. NO_TAP: padding, or between strides. */
enum { NO_TAP = -1 };
ptrdiff_t conv_image_at(const struct conv_axis *axis, size_t i, size_t k);
ptrdiff_t conv_map_at(const struct conv_axis *axis, size_t i, size_t k);

static inline size_t conv_taps(const struct convolution *v)
{
    return v->axis[0].kernel * v->axis[1].kernel;
}
static inline size_t conv_image_size(const struct convolution *v)
{
    return v->axis[0].image * v->axis[1].image;
}
static inline size_t conv_map_size(const struct convolution *v)
{
    return v->axis[0].map * v->axis[1].map;
}

#endif
