/* sort, topk and median: elements by rank along an axis. Every pair is compared, so that what is compared
 * follows from the shape alone; equal elements keep their order. */
#include "ops/families/shared.h"
#include "ops/rules/reductions.h"

/* Whether a, which stands in front of b, keeps its place: one decision. `sign` is 1 for ascending order, -1 for
 * descending. NaN is larger than any number. */
static inline bool R(in_order)(const R(element) * a, const R(element) * b, int sign, const R(context) * c)
{
    int order = R(compare)(a, b, c), nan = R(is_nan)(a) - R(is_nan)(b);
    return sign * (nan ? nan : order) <= 0;
}

/* The place of element i of a lane once that is sorted. */
static size_t R(rank)(const R(element) * lane, const struct lanes *lanes, size_t i, int sign,
                      const R(context) * c)
{
    size_t rank = 0, step = (size_t)lanes->step;
    for (size_t j = 0; j < lanes->length; j++)
        if (j < i)
            rank += R(in_order)(lane + j * step, lane + i * step, sign, c);
        else if (j > i)
            rank += !R(in_order)(lane + i * step, lane + j * step, sign, c);
    return rank;
}

/* The lanes of x, and y's: the first `kept` of every sorted lane of x. */
struct ranking {
    struct lanes x, y;
    int sign;
};

static struct ranking ranking_of(const R(call) * k, int sign)
{
    return (struct ranking){lanes_along(k->shapes[0], k->node->axis),
                            lanes_along(&k->node->shape, k->node->axis), sign};
}

/* y = the first of each sorted lane */
static void R(ranked_forward)(const R(call) * k, int sign, const R(context) * c)
{
    struct ranking r = ranking_of(k, sign);
    for (size_t l = 0; l < r.x.count; l++) {
        const R(element) *x = k->x[0] + lane_offset(&r.x, l);
        R(element) *y = k->y + lane_offset(&r.y, l);
        for (size_t i = 0; i < r.x.length; i++) {
            size_t rank = R(rank)(x, &r.x, i, sign, c);
            if (rank < r.y.length)
                R(set)(y + rank * (size_t)r.y.step, x + i * (size_t)r.x.step, c);
        }
    }
}

/* dx_i += dy at i's rank */
static void R(ranked_backward)(const R(call) * k, int sign, const R(context) * c)
{
    struct ranking r = ranking_of(k, sign);
    for (size_t l = 0; l < r.x.count; l++) {
        const R(element) *x = k->x[0] + lane_offset(&r.x, l), *dy = k->dy + lane_offset(&r.y, l);
        R(element) *dx = k->dx[0] + lane_offset(&r.x, l);
        for (size_t i = 0; i < r.x.length; i++) {
            size_t rank = R(rank)(x, &r.x, i, sign, c);
            R(element) *to = dx + i * (size_t)r.x.step;
            if (rank < r.y.length)
                R(add)(to, to, dy + rank * (size_t)r.y.step, c);
        }
    }
}

static int R(sort_sign)(const R(call) * k)
{
    return node_attribute(k->node, "descending")->integer ? -1 : 1;
}

/* y = x sorted along the axis */
void R(sort_forward)(const R(call) * k, const R(context) * c)
{
    R(ranked_forward)(k, R(sort_sign)(k), c);
}

/* dx_i += dy at the place to which x_i was moved */
void R(sort_backward)(const R(call) * k, const R(context) * c)
{
    R(ranked_backward)(k, R(sort_sign)(k), c);
}

static int R(topk_sign)(const R(call) * k)
{
    return node_attribute(k->node, "largest")->integer ? -1 : 1;
}

/* y = the k largest along the axis, the largest first */
void R(topk_forward)(const R(call) * k, const R(context) * c)
{
    R(ranked_forward)(k, R(topk_sign)(k), c);
}

/* dx_i += dy at the place of x_i among the k largest */
void R(topk_backward)(const R(call) * k, const R(context) * c)
{
    R(ranked_backward)(k, R(topk_sign)(k), c);
}

/* The lanes of a median: along its axis, or everything as one. */
static struct lanes median_lanes(const R(call) * k)
{
    if (node_attribute(k->node, "axis")->given)
        return lanes_along(k->shapes[0], k->node->axis);
    return (struct lanes){.count = 1, .length = shape_count(k->shapes[0]), .step = 1};
}

/* The ranks whose elements make the median; twice the same where one element does. */
struct middle {
    size_t low, high;
};

static struct middle middle_of(const R(call) * k, size_t n)
{
    struct middle middle = {(n - 1) / 2, n / 2};
    if (node_attribute(k->node, "interpolation")->integer == MEDIAN_LOWER)
        middle.high = middle.low;
    return middle;
}

/* Where one element of a lane stands: so many are smaller, so many equal to it, itself among them, and so many
 * of those stand in front of it. Every pair is compared the same way round, from whichever side it is seen. */
struct standing {
    size_t smaller, equal, in_front;
};

static struct standing R(standing)(const R(element) * lane, const struct lanes *lanes, size_t i,
                                   const R(context) * c)
{
    struct standing standing = {.equal = 1};
    size_t step = (size_t)lanes->step;
    for (size_t j = 0; j < lanes->length; j++) {
        if (j == i)
            continue;
        const R(element) *front = lane + (j < i ? j : i) * step, *behind = lane + (j < i ? i : j) * step;
        int order = R(compare)(front, behind, c), nan = R(is_nan)(front) - R(is_nan)(behind);
        order = (j < i ? 1 : -1) * (nan ? nan : order);
        standing.smaller += order < 0;
        standing.equal += order == 0;
        standing.in_front += order == 0 && j < i;
    }
    return standing;
}

/* How many of the two ranks in the middle (one, counted twice, where they are the same) equal elements hold. */
static long held(const struct standing *standing, const struct middle *middle)
{
    size_t end = standing->smaller + standing->equal;
    return (standing->smaller <= middle->low && middle->low < end) +
           (standing->smaller <= middle->high && middle->high < end);
}

/* y = the element in the middle, or the mean of the two there */
void R(median_forward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = median_lanes(k);
    struct middle middle = middle_of(k, lanes.length);
    LOCAL(part, c);
    for (size_t l = 0; l < lanes.count; l++) {
        const R(element) *x = k->x[0] + lane_offset(&lanes, l);
        R(set_si)(k->y + l, 0, c);
        for (size_t i = 0; i < lanes.length; i++) {
            const R(element) *candidate = x + i * (size_t)lanes.step;
            struct standing standing = R(standing)(x, &lanes, i, c);
            long ranks = held(&standing, &middle);
            R(scale)(part, candidate, -1, c);
            if (ranks == 2)
                R(set)(k->y + l, candidate, c);
            else if (ranks == 1 && standing.in_front == 0) /* one for all that are equal */
                R(add)(k->y + l, k->y + l, part, c);
        }
    }
}

/* dx += dy at the element in the middle, or half of it at each of the two; shared evenly among equal ones */
void R(median_backward)(const R(call) * k, const R(context) * c)
{
    struct lanes lanes = median_lanes(k);
    struct middle middle = middle_of(k, lanes.length);
    LOCAL(share, c);
    for (size_t l = 0; l < lanes.count; l++) {
        size_t start = lane_offset(&lanes, l);
        for (size_t i = 0; i < lanes.length; i++) {
            R(element) *dx = k->dx[0] + start + i * (size_t)lanes.step;
            struct standing standing = R(standing)(k->x[0] + start, &lanes, i, c);
            long ranks = held(&standing, &middle);
            if (ranks == 0)
                continue;
            R(scale)(share, k->dy + l, (int)ranks - 2, c);
            R(div_si)(share, share, (long)standing.equal, c);
            R(add)(dx, dx, share, c);
        }
    }
}
