/* Ops that arrange elements anew: flip, roll, tile, pad, diagonal, tril, triu. No arithmetic forward; backward
 * an element gets the sum of what its copies get. */
#include "ops/rules/arranging.h"
#include "ops/families/shared.h"

/* Counts `at` up to the next multi-index below `size`; false after the last. */
static bool next_index(size_t *at, const size_t *size, int rank)
{
    for (int i = rank; i-- > 0;) {
        if (++at[i] < size[i])
            return true;
        at[i] = 0;
    }
    return false;
}

/* Flat index in x of what y's element `at` takes, NO_SOURCE for none. */
static ptrdiff_t source_of(const struct arrangement *a, const size_t *at)
{
    ptrdiff_t flat = 0;
    for (int i = 0; i < a->rank; i++) {
        ptrdiff_t source = arranged_source(&a->axis[i], at[i]);
        if (source == NO_SOURCE)
            return NO_SOURCE;
        flat = flat * (ptrdiff_t)a->axis[i].from + source;
    }
    return flat;
}

/* y = x arranged, `filling` where nothing is taken */
static void R(arranged_forward)(const R(call) * k, const R(element) * filling, const R(context) * c)
{
    struct arrangement a = arrangement_of(k->node, k->shapes[0]);
    size_t n = shape_count(&k->node->shape), at[MOST_RANK] = {0}, to[MOST_RANK];
    for (int i = 0; i < a.rank; i++)
        to[i] = a.axis[i].to;
    for (size_t i = 0; i < n; i++, next_index(at, to, a.rank)) {
        ptrdiff_t source = source_of(&a, at);
        R(set)(k->y + i, source == NO_SOURCE ? filling : k->x[0] + source, c);
    }
}

/* s += dy at every copy of x's element `at` */
static void R(add_copies)(R(element) * s, const R(call) * k, const struct arrangement *a, const size_t *at,
                          const R(context) * c)
{
    size_t copies[MOST_RANK], n[MOST_RANK] = {0};
    for (int i = 0; i < a->rank; i++) {
        copies[i] = arranged_copies(&a->axis[i], at[i]);
        if (copies[i] == 0)
            return;
    }
    do {
        size_t flat = 0;
        for (int i = 0; i < a->rank; i++)
            flat = flat * a->axis[i].to + arranged_copy(&a->axis[i], at[i], n[i]);
        R(sum_add)(s, k->dy + flat, 0, 1, c);
    } while (next_index(n, copies, a->rank));
}

/* dx += the sum of dy over the copies */
static void R(arranged_backward)(const R(call) * k, const R(context) * c)
{
    struct arrangement a = arrangement_of(k->node, k->shapes[0]);
    size_t n = shape_count(k->shapes[0]), at[MOST_RANK] = {0}, from[MOST_RANK];
    LOCAL(total, c);
    for (int i = 0; i < a.rank; i++)
        from[i] = a.axis[i].from;
    for (size_t i = 0; i < n; i++, next_index(at, from, a.rank)) {
        SUM(s, c);
        R(add_copies)(s, k, &a, at, c);
        R(sum_get)(total, s, c);
        R(add)(k->dx[0] + i, k->dx[0] + i, total, c);
    }
}

/* y[i] = x[n - 1 - i] */
void R(flip_forward)(const R(call) * k, const R(context) * c)
{
    R(arranged_forward)(k, NULL, c);
}

/* dx[n - 1 - i] += dy[i] */
void R(flip_backward)(const R(call) * k, const R(context) * c)
{
    R(arranged_backward)(k, c);
}

/* y[(i + shift) mod n] = x[i] */
void R(roll_forward)(const R(call) * k, const R(context) * c)
{
    R(arranged_forward)(k, NULL, c);
}

/* dx[i] += dy[(i + shift) mod n] */
void R(roll_backward)(const R(call) * k, const R(context) * c)
{
    R(arranged_backward)(k, c);
}

/* y[i] = x[i mod n] */
void R(tile_forward)(const R(call) * k, const R(context) * c)
{
    R(arranged_forward)(k, NULL, c);
}

/* dx[i] += dy[i] + dy[i + n] + ... */
void R(tile_backward)(const R(call) * k, const R(context) * c)
{
    R(arranged_backward)(k, c);
}

/* y = x with elements around it */
void R(pad_forward)(const R(call) * k, const R(context) * c)
{
    LOCAL(value, c);
    if (node_attribute(k->node, "value")->given)
        R(attribute)(value, k, "value", c);
    R(arranged_forward)(k, value, c);
}

/* dx += dy at the element and at its copies in the padding */
void R(pad_backward)(const R(call) * k, const R(context) * c)
{
    R(arranged_backward)(k, c);
}

/* y_i = x[i, i + offset] */
void R(diagonal_forward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    const struct view views[] = {view_of(shape), diagonal_view(k->node, k->shapes[0])};
    struct walk w = walk_over(shape, 2, views);
    while (walk_next(&w)) {
        R(element) *y = k->y + w.offset[0];
        const R(element) *x = k->x[0] + w.offset[1];
        for (size_t i = 0; i < w.count; i++)
            R(set)(y + (ptrdiff_t)i * w.step[0], x + (ptrdiff_t)i * w.step[1], c);
    }
}

/* dx[i, i + offset] += dy_i */
void R(diagonal_backward)(const R(call) * k, const R(context) * c)
{
    const struct shape *shape = &k->node->shape;
    const struct view views[] = {view_of(shape), diagonal_view(k->node, k->shapes[0])};
    struct walk w = walk_over(shape, 2, views);
    while (walk_next(&w))
        for (size_t i = 0; i < w.count; i++) {
            R(element) *dx = k->dx[0] + w.offset[1] + (ptrdiff_t)i * w.step[1];
            R(add)(dx, dx, k->dy + w.offset[0] + (ptrdiff_t)i * w.step[0], c);
        }
}

/* Whether element i of a stack of matrices is kept: side = -1 on or below diagonal k, 1 on or above it. */
static bool kept(const struct node *node, size_t i, int side)
{
    const struct shape *shape = &node->shape;
    size_t columns = shape->dim[shape->rank - 1], rows = shape->dim[shape->rank - 2];
    long above = (long)(i % columns) - (long)(i / columns % rows), k = node_attribute(node, "k")->integer;
    return side < 0 ? above <= k : above >= k;
}

static void R(triangle_forward)(const R(call) * k, int side, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    LOCAL(zero, c);
    for (size_t i = 0; i < n; i++)
        R(set)(k->y + i, kept(k->node, i, side) ? k->x[0] + i : zero, c);
}

static void R(triangle_backward)(const R(call) * k, int side, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape);
    for (size_t i = 0; i < n; i++)
        if (kept(k->node, i, side))
            R(add)(k->dx[0] + i, k->dx[0] + i, k->dy + i, c);
}

/* y = x on and below diagonal k, 0 above */
void R(tril_forward)(const R(call) * k, const R(context) * c)
{
    R(triangle_forward)(k, -1, c);
}

/* dx += dy on and below diagonal k */
void R(tril_backward)(const R(call) * k, const R(context) * c)
{
    R(triangle_backward)(k, -1, c);
}

/* y = x on and above diagonal k, 0 below */
void R(triu_forward)(const R(call) * k, const R(context) * c)
{
    R(triangle_forward)(k, 1, c);
}

/* dx += dy on and above diagonal k */
void R(triu_backward)(const R(call) * k, const R(context) * c)
{
    R(triangle_backward)(k, 1, c);
}
