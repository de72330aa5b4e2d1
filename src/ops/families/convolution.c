/* Convolutions as products of matrices: the taps of every window are laid out in scratch, one column a window.
 */
#include "ops/rules/convolution.h"
#include "ops/families/shared.h"

/* The spatial axes as laid out from one side: image_at or map_at, and the sizes of both sides. */
struct side {
    ptrdiff_t (*at)(const struct conv_axis *axis, size_t i, size_t k);
    size_t channels, size, width; /* of what is read: channels of a group, elements of one, its rows' length */
    size_t rows, columns;         /* of the positions that it is read from */
};

static struct side image_side(const struct convolution *v)
{
    return (struct side){conv_image_at,    v->image_channels, conv_image_size(v),
                         v->axis[1].image, v->axis[0].map,    v->axis[1].map};
}

static struct side map_side(const struct convolution *v)
{
    return (struct side){conv_map_at,    v->map_channels,  conv_map_size(v),
                         v->axis[1].map, v->axis[0].image, v->axis[1].image};
}

/* One row of taps: what tap (p, q) of each position reads from `channel`, 0 where it reads nothing. */
static void R(lay_out_tap)(R(element) * to, const R(element) * channel, const struct convolution *v,
                           const struct side *side, size_t p, size_t q, const R(context) * c)
{
    for (size_t i = 0; i < side->rows; i++) {
        ptrdiff_t row = side->at(&v->axis[0], i, p);
        for (size_t j = 0; j < side->columns; j++, to++) {
            ptrdiff_t column = row == NO_TAP ? NO_TAP : side->at(&v->axis[1], j, q);
            if (column == NO_TAP)
                R(set_si)(to, 0, c);
            else
                R(set)(to, channel + row * (ptrdiff_t)side->width + column, c);
        }
    }
}

/* Rows (channel, tap) by columns (position) of one group of a sample; rows are `length` apart. */
static void R(lay_out)(R(element) * to, size_t length, const R(element) * from, const struct convolution *v,
                       const struct side *side, const R(context) * c)
{
    for (size_t channel = 0; channel < side->channels; channel++, from += side->size)
        for (size_t p = 0; p < v->axis[0].kernel; p++)
            for (size_t q = 0; q < v->axis[1].kernel; q++, to += length)
                R(lay_out_tap)(to, from, v, side, p, q, c);
}

typedef void R(product)(R(element) *restrict y, R(matrix) a, R(matrix) b, size_t m, size_t k, size_t n,
                        const R(context) * c);

/* map = (or, with matmul_add, +=) the image's windows times the weights. */
static void R(image_to_map)(R(element) * map, const R(element) * image, const R(element) * w,
                            const struct convolution *v, R(product) * product, R(element) * scratch,
                            const R(context) * c)
{
    struct side side = image_side(v);
    size_t positions = conv_map_size(v), depth = side.channels * conv_taps(v);
    for (size_t n = 0; n < v->batch; n++)
        for (size_t g = 0; g < v->groups; g++) {
            R(lay_out)(scratch, positions, image, v, &side, c);
            product(map, R(rows_of)(w + g * v->map_channels * depth, depth), R(rows_of)(scratch, positions),
                    v->map_channels, depth, positions, c);
            image += side.channels * side.size;
            map += v->map_channels * positions;
        }
}

/* The weights of one group as (image channel) by (map channel, tap). */
static void R(swap_channels)(R(element) * to, const R(element) * w, const struct convolution *v,
                             const R(context) * c)
{
    size_t taps = conv_taps(v);
    for (size_t i = 0; i < v->image_channels; i++)
        for (size_t m = 0; m < v->map_channels; m++)
            for (size_t t = 0; t < taps; t++, to++)
                R(set)(to, w + (m * v->image_channels + i) * taps + t, c);
}

/* image = (or +=) every window that an element is part of, times its weight there: one dot an element. */
static void R(map_to_image)(R(element) * image, const R(element) * map, const R(element) * w,
                            const struct convolution *v, R(product) * product, R(element) * scratch,
                            const R(context) * c)
{
    struct side side = map_side(v);
    size_t positions = conv_image_size(v), depth = side.channels * conv_taps(v);
    R(element) *weights = scratch + depth * positions;
    for (size_t g = 0; g < v->groups; g++) {
        R(swap_channels)(weights, w + g * v->image_channels * depth, v, c);
        for (size_t n = 0; n < v->batch; n++) {
            size_t group = n * v->groups + g;
            R(lay_out)(scratch, positions, map + group * side.channels * side.size, v, &side, c);
            product(image + group * v->image_channels * positions, R(rows_of)(weights, depth),
                    R(rows_of)(scratch, positions), v->image_channels, depth, positions, c);
        }
    }
}

/* dw += map times the image's windows, summed over positions and the batch in one dot. */
static void R(add_weights)(R(element) * dw, const R(element) * image, const R(element) * map,
                           const struct convolution *v, R(element) * scratch, const R(context) * c)
{
    struct side side = image_side(v);
    size_t positions = conv_map_size(v), depth = side.channels * conv_taps(v);
    size_t all = v->batch * positions;
    R(element) *maps = scratch + depth * all;
    for (size_t g = 0; g < v->groups; g++) {
        for (size_t n = 0; n < v->batch; n++) {
            size_t group = n * v->groups + g;
            const R(element) *from = map + group * v->map_channels * positions;
            R(lay_out)(scratch + n * positions, all, image + group * side.channels * side.size, v, &side, c);
            for (size_t m = 0; m < v->map_channels; m++)
                for (size_t i = 0; i < positions; i++)
                    R(set)(maps + m * all + n * positions + i, from + m * positions + i, c);
        }
        R(matmul_add)
        (dw + g * v->map_channels * depth, R(rows_of)(maps, all), R(columns_of)(scratch, all), v->map_channels,
         all, depth, c);
    }
}

/* y += b, and db += the sum of dy: per channel of y. */
static void R(add_bias)(const R(call) * k, const R(context) * c)
{
    const struct shape *y = &k->node->shape;
    size_t channels = y->dim[1], planes = y->dim[0] * channels;
    size_t size = planes ? shape_count(y) / planes : 0;
    if (k->node->arity < 3)
        return;
    for (size_t p = 0; p < planes; p++)
        for (size_t i = 0; i < size; i++)
            R(add)(k->y + p * size + i, k->y + p * size + i, k->x[2] + p % channels, c);
}

static void R(bias_backward)(const R(call) * k, const R(context) * c)
{
    const struct shape *y = &k->node->shape;
    size_t channels = y->dim[1], planes = y->dim[0] * channels;
    size_t size = planes ? shape_count(y) / planes : 0;
    LOCAL(total, c);
    if (k->node->arity < 3 || !k->dx[2])
        return;
    for (size_t channel = 0; channel < channels; channel++) {
        SUM(s, c);
        for (size_t p = channel; p < planes; p += channels)
            R(sum_add)(s, k->dy + p * size, 1, size, c);
        R(sum_get)(total, s, c);
        R(add)(k->dx[2] + channel, k->dx[2] + channel, total, c);
    }
}

/* y = x windows times W, + b */
void R(conv2d_forward)(const R(call) * k, const R(context) * c)
{
    struct convolution v = convolution_of(k->node, k->shapes[0], k->shapes[1]);
    R(image_to_map)(k->y, k->x[0], k->x[1], &v, R(matmul), k->scratch, c);
    R(add_bias)(k, c);
}

/* dx += dy scattered through W, dW += dy times x windows, db += sum dy */
void R(conv2d_backward)(const R(call) * k, const R(context) * c)
{
    struct convolution v = convolution_of(k->node, k->shapes[0], k->shapes[1]);
    if (k->dx[0])
        R(map_to_image)(k->dx[0], k->dy, k->x[1], &v, R(matmul_add), k->scratch, c);
    if (k->dx[1])
        R(add_weights)(k->dx[1], k->x[0], k->dy, &v, k->scratch, c);
    R(bias_backward)(k, c);
}

void R(conv1d_forward)(const R(call) * k, const R(context) * c)
{
    R(conv2d_forward)(k, c);
}

void R(conv1d_backward)(const R(call) * k, const R(context) * c)
{
    R(conv2d_backward)(k, c);
}

/* y = x scattered through W, + b: what a convolution's backward pass does */
void R(conv_transpose2d_forward)(const R(call) * k, const R(context) * c)
{
    struct convolution v = convolution_of(k->node, k->shapes[0], k->shapes[1]);
    R(map_to_image)(k->y, k->x[0], k->x[1], &v, R(matmul), k->scratch, c);
    R(add_bias)(k, c);
}

/* dx += dy windows times W, dW += x times dy windows, db += sum dy */
void R(conv_transpose2d_backward)(const R(call) * k, const R(context) * c)
{
    struct convolution v = convolution_of(k->node, k->shapes[0], k->shapes[1]);
    if (k->dx[0])
        R(image_to_map)(k->dx[0], k->dy, k->x[1], &v, R(matmul_add), k->scratch, c);
    if (k->dx[1])
        R(add_weights)(k->dx[1], k->dy, k->x[0], &v, k->scratch, c);
    R(bias_backward)(k, c);
}

/* The windows of y that hold one element of x, in every channel of its group. */
static void R(touch_image)(const R(call) * k, const struct convolution *v, size_t element, const R(context) * c)
{
    struct side side = image_side(v);
    size_t depth = side.channels * conv_taps(v), positions = conv_map_size(v);
    size_t group = element / (side.channels * side.size), at = element % side.size;
    const R(element) *image = k->x[0] + group * side.channels * side.size;
    const R(element) *w = k->x[1] + group % v->groups * v->map_channels * depth;
    for (size_t tap = 0; tap < conv_taps(v); tap++) {
        ptrdiff_t row = conv_map_at(&v->axis[0], at / side.width, tap / v->axis[1].kernel);
        ptrdiff_t column = conv_map_at(&v->axis[1], at % side.width, tap % v->axis[1].kernel);
        if (row == NO_TAP || column == NO_TAP)
            continue;
        R(element) *room = k->scratch;
        for (size_t i = 0; i < side.channels; i++)
            for (size_t t = 0; t < conv_taps(v); t++, room++) {
                ptrdiff_t p = conv_image_at(&v->axis[0], (size_t)row, t / v->axis[1].kernel);
                ptrdiff_t q = conv_image_at(&v->axis[1], (size_t)column, t % v->axis[1].kernel);
                if (p == NO_TAP || q == NO_TAP)
                    R(set_si)(room, 0, c);
                else
                    R(set)(room, image + i * side.size + (size_t)p * side.width + (size_t)q, c);
            }
        for (size_t m = 0; m < v->map_channels; m++) {
            size_t channel = group % v->groups * v->map_channels + m;
            R(element) *y = k->y + (group * v->map_channels + m) * positions + (size_t)row * v->axis[1].map +
                            (size_t)column;
            R(dot)(y, w + m * depth, 1, k->scratch, 1, depth, c);
            if (k->node->arity > 2)
                R(add)(y, y, k->x[2] + channel, c);
        }
    }
}

/* One channel of y, in every sample. */
static void R(touch_channel)(const R(call) * k, const struct convolution *v, size_t channel,
                             const R(context) * c)
{
    struct side side = image_side(v);
    size_t depth = side.channels * conv_taps(v), positions = conv_map_size(v);
    for (size_t n = 0; n < v->batch; n++) {
        size_t group = n * v->groups + channel / v->map_channels;
        R(element) *y = k->y + (n * v->groups * v->map_channels + channel) * positions;
        R(lay_out)(k->scratch, positions, k->x[0] + group * side.channels * side.size, v, &side, c);
        R(matmul)
        (y, R(rows_of)(k->x[1] + channel * depth, depth), R(rows_of)(k->scratch, positions), 1, depth,
         positions, c);
        for (size_t i = 0; i < positions && k->node->arity > 2; i++)
            R(add)(y + i, y + i, k->x[2] + channel, c);
    }
}

void R(conv2d_touch)(const R(call) * k, size_t argument, size_t element, const R(context) * c)
{
    struct convolution v = convolution_of(k->node, k->shapes[0], k->shapes[1]);
    if (argument == 0)
        R(touch_image)(k, &v, element, c);
    else if (argument == 1)
        R(touch_channel)(k, &v, element / (v.image_channels * conv_taps(&v)), c);
    else
        R(touch_channel)(k, &v, element, c);
}
