/* Pooling: the largest of every window, or its mean. */
#include "ops/rules/pooling.h"
#include "ops/families/shared.h"

/* The taps of one window of a plane, rows and columns. */
struct window {
    struct taps row, column;
};

static struct window window_at(const struct pooling *p, size_t o)
{
    return (struct window){pool_taps(&p->axis[0], o / p->axis[1].to),
                           pool_taps(&p->axis[1], o % p->axis[1].to)};
}

static size_t plane_size(const struct pooling *p)
{
    return p->axis[0].from * p->axis[1].from;
}

static size_t windows_of(const struct pooling *p)
{
    return p->axis[0].to * p->axis[1].to;
}

/* Whether x_i is larger than the largest so far: one decision whatever the values are, so that a replay stays
 * in step. NaN is larger than any number. */
static bool R(exceeds)(const R(element) * x, const R(element) * largest, const R(context) * c)
{
    bool larger = R(compare)(x, largest, c) > 0;
    return R(is_nan)(x) ? !R(is_nan)(largest) : larger && !R(is_nan)(largest);
}

/* Index in the plane of the window's largest element, the first one at a tie. */
static size_t R(largest_in)(const R(element) * plane, struct window w, size_t width, const R(context) * c)
{
    size_t first = w.row.first * width + w.column.first, largest = first;
    for (size_t i = 0; i < w.row.count; i++)
        for (size_t j = 0; j < w.column.count; j++) {
            size_t at = (w.row.first + i * w.row.step) * width + w.column.first + j * w.column.step;
            if (at != first && R(exceeds)(plane + at, plane + largest, c))
                largest = at;
        }
    return largest;
}

/* y = the largest of every window */
void R(max_pool2d_forward)(const R(call) * k, const R(context) * c)
{
    struct pooling p = pooling_of(k->node, k->shapes[0]);
    const R(element) *x = k->x[0];
    R(element) *y = k->y;
    for (size_t plane = 0; plane < p.planes; plane++, x += plane_size(&p))
        for (size_t o = 0; o < windows_of(&p); o++, y++)
            R(set)(y, x + R(largest_in)(x, window_at(&p, o), p.axis[1].from, c), c);
}

/* dx += dy at the largest of every window; what overlapping windows give is added up first */
void R(max_pool2d_backward)(const R(call) * k, const R(context) * c)
{
    struct pooling p = pooling_of(k->node, k->shapes[0]);
    const R(element) *x = k->x[0], *dy = k->dy;
    R(element) *dx = k->dx[0], *total = k->scratch;
    for (size_t plane = 0; plane < p.planes; plane++, x += plane_size(&p), dx += plane_size(&p)) {
        for (size_t i = 0; i < plane_size(&p); i++)
            R(set_si)(total + i, 0, c);
        for (size_t o = 0; o < windows_of(&p); o++, dy++) {
            size_t at = R(largest_in)(x, window_at(&p, o), p.axis[1].from, c);
            R(add)(total + at, total + at, dy, c);
        }
        for (size_t i = 0; i < plane_size(&p); i++)
            R(add)(dx + i, dx + i, total + i, c);
    }
}

void R(max_pool1d_forward)(const R(call) * k, const R(context) * c)
{
    R(max_pool2d_forward)(k, c);
}

void R(max_pool1d_backward)(const R(call) * k, const R(context) * c)
{
    R(max_pool2d_backward)(k, c);
}

/* What window o divides by. */
static size_t divisor(const R(call) * k, const struct pooling *p, size_t o)
{
    bool padded = !p->axis[1].adaptive && node_attribute(k->node, "count_include_pad")->integer;
    return pool_size(&p->axis[0], o / p->axis[1].to, padded) *
           pool_size(&p->axis[1], o % p->axis[1].to, padded);
}

/* y = (sum of the window) / its size */
void R(avg_pool2d_forward)(const R(call) * k, const R(context) * c)
{
    struct pooling p = pooling_of(k->node, k->shapes[0]);
    const R(element) *x = k->x[0];
    R(element) *y = k->y;
    for (size_t plane = 0; plane < p.planes; plane++, x += plane_size(&p))
        for (size_t o = 0; o < windows_of(&p); o++, y++) {
            struct window w = window_at(&p, o);
            SUM(s, c);
            for (size_t i = 0; i < w.row.count; i++)
                R(sum_add)(s, x + (w.row.first + i) * p.axis[1].from + w.column.first, 1, w.column.count, c);
            R(sum_get_mean)(y, s, divisor(k, &p, o), c);
        }
}

/* dx += the sum of dy / size over the windows that hold x */
void R(avg_pool2d_backward)(const R(call) * k, const R(context) * c)
{
    struct pooling p = pooling_of(k->node, k->shapes[0]);
    R(element) *share = k->scratch, *dx = k->dx[0];
    LOCAL(total, c);
    for (size_t o = 0; o < p.planes * windows_of(&p); o++)
        R(div_si)(share + o, k->dy + o, (long)divisor(k, &p, o % windows_of(&p)), c);
    for (size_t plane = 0; plane < p.planes; plane++, share += windows_of(&p))
        for (size_t at = 0; at < plane_size(&p); at++, dx++) {
            struct taps row = pool_windows(&p.axis[0], at / p.axis[1].from);
            struct taps column = pool_windows(&p.axis[1], at % p.axis[1].from);
            SUM(s, c);
            for (size_t i = 0; i < row.count; i++)
                R(sum_add)(s, share + (row.first + i) * p.axis[1].to + column.first, 1, column.count, c);
            R(sum_get)(total, s, c);
            R(add)(dx, dx, total, c);
        }
}

void R(avg_pool1d_forward)(const R(call) * k, const R(context) * c)
{
    R(avg_pool2d_forward)(k, c);
}

void R(avg_pool1d_backward)(const R(call) * k, const R(context) * c)
{
    R(avg_pool2d_backward)(k, c);
}

/* y = mean of every plane */
void R(global_average_pool_forward)(const R(call) * k, const R(context) * c)
{
    size_t planes = shape_count(&k->node->shape), all = shape_count(k->shapes[0]);
    size_t size = planes ? all / planes : 0;
    for (size_t p = 0; p < planes; p++) {
        SUM(s, c);
        R(sum_add)(s, k->x[0] + p * size, 1, size, c);
        R(sum_get_mean)(k->y + p, s, size, c);
    }
}

/* dx += dy / size */
void R(global_average_pool_backward)(const R(call) * k, const R(context) * c)
{
    size_t planes = shape_count(&k->node->shape), all = shape_count(k->shapes[0]);
    size_t size = planes ? all / planes : 0;
    LOCAL(share, c);
    for (size_t p = 0; p < planes; p++) {
        R(div_si)(share, k->dy + p, (long)size, c);
        for (size_t i = p * size; i < (p + 1) * size; i++)
            R(add)(k->dx[0] + i, k->dx[0] + i, share, c);
    }
}

void R(adaptive_max_pool1d_forward)(const R(call) * k, const R(context) * c)
{
    R(max_pool2d_forward)(k, c);
}

void R(adaptive_max_pool1d_backward)(const R(call) * k, const R(context) * c)
{
    R(max_pool2d_backward)(k, c);
}

void R(adaptive_max_pool2d_forward)(const R(call) * k, const R(context) * c)
{
    R(max_pool2d_forward)(k, c);
}

void R(adaptive_max_pool2d_backward)(const R(call) * k, const R(context) * c)
{
    R(max_pool2d_backward)(k, c);
}

void R(adaptive_avg_pool1d_forward)(const R(call) * k, const R(context) * c)
{
    R(avg_pool2d_forward)(k, c);
}

void R(adaptive_avg_pool1d_backward)(const R(call) * k, const R(context) * c)
{
    R(avg_pool2d_backward)(k, c);
}

void R(adaptive_avg_pool2d_forward)(const R(call) * k, const R(context) * c)
{
    R(avg_pool2d_forward)(k, c);
}

void R(adaptive_avg_pool2d_backward)(const R(call) * k, const R(context) * c)
{
    R(avg_pool2d_backward)(k, c);
}
