/* Ops that take and put elements by index. An element that is taken several times gets the sum of what its
 * copies get, in one accumulator. */
#include <string.h>

#include "ops/families/shared.h"
#include "ops/rules/indexing.h"

/* Which of some indices mean the same position, in their order: first[position] is one more than the number of
 * the first, next[i] of the one behind the i-th; 0 ends. */
struct chains {
    size_t *first, *next;
};

/* `count` indices, each `step` behind the one before, along an axis of `size`. Lives in the call's room. */
static struct chains chains_of(const R(call) * k, const int64_t *index, size_t step, size_t count, size_t size)
{
    struct chains chains = {k->places, k->places + size};
    memset(chains.first, 0, size * sizeof *chains.first);
    for (size_t i = count; i-- > 0;) {
        size_t *first = &chains.first[position(index[i * step], size)];
        chains.next[i] = *first;
        *first = i + 1;
    }
    return chains;
}

/* s += from at every index of the chain that begins at the i-th, from's being `step` apart */
static void R(add_chain)(R(element) * s, const struct chains *chains, size_t i, const R(element) * from,
                         size_t step, const R(context) * c)
{
    for (size_t at = i + 1; at; at = chains->next[at - 1])
        R(sum_add)(s, from + (at - 1) * step, 0, 1, c);
}

/* Index tensors of gather and scatter_add, lane by lane: the lanes of x, of index and of src (scatter_add) that
 * belong together start at these elements. */
struct crossing {
    size_t count, x, index, src; /* `count` lanes */
    size_t length, x_step, index_step, src_step;
    size_t size; /* of a lane of x */
};

/* Where the lane of `tensor` starts that crosses the same elements as lane l of `index`. */
static size_t crossing_start(const struct shape *tensor, const struct shape *index, int axis, size_t l)
{
    struct view view = view_of(tensor);
    size_t start = 0;
    for (int i = index->rank; i-- > 0;) {
        if (i == axis)
            continue;
        start += l % index->dim[i] * (size_t)view.stride[i];
        l /= index->dim[i];
    }
    return start;
}

static struct crossing crossing_of(const R(call) * k, size_t l)
{
    const struct shape *x = k->shapes[0], *index = k->shapes[1],
                       *src = k->node->arity > 2 ? k->shapes[2] : index;
    int axis = k->node->axis;
    struct crossing crossing = {.length = index->dim[axis], .size = x->dim[axis]};
    crossing.count = lanes_along(index, axis).count;
    crossing.x_step = (size_t)view_of(x).stride[axis];
    crossing.index_step = (size_t)view_of(index).stride[axis];
    crossing.src_step = (size_t)view_of(src).stride[axis];
    if (l < crossing.count) {
        crossing.x = crossing_start(x, index, axis, l);
        crossing.index = crossing_start(index, index, axis, l);
        crossing.src = crossing_start(src, index, axis, l);
    }
    return crossing;
}

/* The position along x's axis that the lane's i-th index means. */
static size_t target(const R(call) * k, const struct crossing *lane, size_t i)
{
    return position(k->integers[1][lane->index + i * lane->index_step], lane->size);
}

/* y[i, j] = x[index[i, j], j] */
void R(gather_forward)(const R(call) * k, const R(context) * c)
{
    size_t count = crossing_of(k, 0).count;
    for (size_t l = 0; l < count; l++) {
        struct crossing lane = crossing_of(k, l);
        R(element) *y = k->y + lane.index;
        const R(element) *x = k->x[0] + lane.x;
        for (size_t i = 0; i < lane.length; i++)
            R(set)(y + i * lane.index_step, x + target(k, &lane, i) * lane.x_step, c);
    }
}

static struct chains lane_chains(const R(call) * k, const struct crossing *lane)
{
    return chains_of(k, k->integers[1] + lane->index, lane->index_step, lane->length, lane->size);
}

/* dx[index[i, j], j] += dy[i, j] */
void R(gather_backward)(const R(call) * k, const R(context) * c)
{
    size_t count = crossing_of(k, 0).count;
    LOCAL(total, c);
    for (size_t l = 0; l < count; l++) {
        struct crossing lane = crossing_of(k, l);
        struct chains chains = lane_chains(k, &lane);
        for (size_t to = 0; to < lane.size; to++) {
            R(element) *dx = k->dx[0] + lane.x + to * lane.x_step;
            if (!chains.first[to])
                continue;
            SUM(s, c);
            R(add_chain)(s, &chains, chains.first[to] - 1, k->dy + lane.index, lane.index_step, c);
            R(sum_get)(total, s, c);
            R(add)(dx, dx, total, c);
        }
    }
}

/* y = x; y[index[i, j], j] += src[i, j] */
void R(scatter_add_forward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape), count = crossing_of(k, 0).count;
    for (size_t i = 0; i < n; i++)
        R(set)(k->y + i, k->x[0] + i, c);
    for (size_t l = 0; l < count; l++) {
        struct crossing lane = crossing_of(k, l);
        struct chains chains = lane_chains(k, &lane);
        for (size_t to = 0; to < lane.size; to++) {
            R(element) *y = k->y + lane.x + to * lane.x_step;
            SUM(s, c);
            R(sum_add)(s, y, 0, 1, c);
            if (!chains.first[to])
                continue;
            R(add_chain)(s, &chains, chains.first[to] - 1, k->x[2] + lane.src, lane.src_step, c);
            R(sum_get)(y, s, c);
        }
    }
}

/* dx += dy, dsrc[i, j] += dy[index[i, j], j] */
void R(scatter_add_backward)(const R(call) * k, const R(context) * c)
{
    size_t n = shape_count(&k->node->shape), count = crossing_of(k, 0).count;
    for (size_t i = 0; k->dx[0] && i < n; i++)
        R(add)(k->dx[0] + i, k->dx[0] + i, k->dy + i, c);
    for (size_t l = 0; k->dx[2] && l < count; l++) {
        struct crossing lane = crossing_of(k, l);
        for (size_t i = 0; i < lane.length; i++) {
            R(element) *dsrc = k->dx[2] + lane.src + i * lane.src_step;
            R(add)(dsrc, dsrc, k->dy + lane.x + target(k, &lane, i) * lane.x_step, c);
        }
    }
}

/* x as `count` blocks of `size` rows of `row` elements; the rows along an axis are what indices mean. */
struct rows {
    size_t count, size, row, indices;
};

static struct rows rows_of(const R(call) * k)
{
    const struct shape *x = k->shapes[0];
    struct rows rows = {1, x->dim[k->node->axis], 1, shape_count(k->shapes[1])};
    for (int i = 0; i < x->rank; i++)
        if (i < k->node->axis)
            rows.count *= x->dim[i];
        else if (i > k->node->axis)
            rows.row *= x->dim[i];
    return rows;
}

enum { NO_ROW = -1 };

/* Copies the rows that the indices mean; zeros for the row `silent`. */
static void R(take_rows)(const R(call) * k, long silent, const R(context) * c)
{
    struct rows rows = rows_of(k);
    R(element) *y = k->y;
    LOCAL(zero, c);
    for (size_t b = 0; b < rows.count; b++)
        for (size_t i = 0; i < rows.indices; i++) {
            size_t from = position(k->integers[1][i], rows.size);
            const R(element) *x = k->x[0] + (b * rows.size + from) * rows.row;
            for (size_t j = 0; j < rows.row; j++, y++)
                R(set)(y, (long)from == silent ? zero : x + j, c);
        }
}

static struct chains row_chains(const R(call) * k, const struct rows *rows)
{
    return chains_of(k, k->integers[1], 1, rows->indices, rows->size);
}

/* dx += the sum of dy over the indices that mean the row; nothing for the row `silent` */
static void R(take_rows_backward)(const R(call) * k, long silent, const R(context) * c)
{
    struct rows rows = rows_of(k);
    struct chains chains = row_chains(k, &rows);
    LOCAL(total, c);
    for (size_t i = 0; i < rows.indices; i++) {
        size_t row = position(k->integers[1][i], rows.size);
        if ((long)row == silent || chains.first[row] != i + 1)
            continue;
        for (size_t b = 0; b < rows.count; b++)
            for (size_t j = 0; j < rows.row; j++) {
                R(element) *dx = k->dx[0] + (b * rows.size + row) * rows.row + j;
                SUM(s, c);
                R(add_chain)(s, &chains, i, k->dy + b * rows.indices * rows.row + j, rows.row, c);
                R(sum_get)(total, s, c);
                R(add)(dx, dx, total, c);
            }
    }
}

/* y[i] = x[index[i]] */
void R(take_forward)(const R(call) * k, const R(context) * c)
{
    R(take_rows)(k, NO_ROW, c);
}

/* dx[index[i]] += dy[i] */
void R(take_backward)(const R(call) * k, const R(context) * c)
{
    R(take_rows_backward)(k, NO_ROW, c);
}

/* The row that padding_idx names. */
static long padding_row(const R(call) * k)
{
    const struct attribute *padding = node_attribute(k->node, "padding_idx");
    return padding->given ? (long)position(padding->integer, k->shapes[0]->dim[0]) : NO_ROW;
}

/* y[i] = W[index[i]], 0 at padding_idx */
void R(embedding_forward)(const R(call) * k, const R(context) * c)
{
    R(take_rows)(k, padding_row(k), c);
}

/* dW[index[i]] += dy[i], nothing at padding_idx */
void R(embedding_backward)(const R(call) * k, const R(context) * c)
{
    R(take_rows_backward)(k, padding_row(k), c);
}

/* y = x; y[index[i]] = src[i], the last one at duplicates; or += all of them */
void R(index_put_forward)(const R(call) * k, const R(context) * c)
{
    struct rows rows = rows_of(k);
    struct chains chains = row_chains(k, &rows);
    bool accumulate = node_attribute(k->node, "accumulate")->integer;
    for (size_t i = 0; i < rows.size * rows.row; i++)
        R(set)(k->y + i, k->x[0] + i, c);
    for (size_t i = 0; i < rows.indices; i++) {
        size_t row = position(k->integers[1][i], rows.size);
        R(element) *y = k->y + row * rows.row;
        bool first = !accumulate || chains.first[row] == i + 1;
        for (size_t j = 0; first && j < rows.row; j++)
            if (accumulate) {
                SUM(s, c);
                R(sum_add)(s, y + j, 0, 1, c);
                R(add_chain)(s, &chains, i, k->x[2] + j, rows.row, c);
                R(sum_get)(y + j, s, c);
            } else {
                R(set)(y + j, k->x[2] + i * rows.row + j, c);
            }
    }
}

/* dx += dy where nothing was put (everywhere when accumulating), dsrc[i] += dy[index[i]] where it stayed */
void R(index_put_backward)(const R(call) * k, const R(context) * c)
{
    struct rows rows = rows_of(k);
    struct chains chains = row_chains(k, &rows);
    bool accumulate = node_attribute(k->node, "accumulate")->integer;
    for (size_t row = 0; k->dx[0] && row < rows.size; row++) {
        R(element) *dx = k->dx[0] + row * rows.row;
        if (accumulate || !chains.first[row])
            for (size_t j = 0; j < rows.row; j++)
                R(add)(dx + j, dx + j, k->dy + row * rows.row + j, c);
    }
    for (size_t i = 0; k->dx[2] && i < rows.indices; i++) {
        const R(element) *dy = k->dy + position(k->integers[1][i], rows.size) * rows.row;
        R(element) *dsrc = k->dx[2] + i * rows.row;
        if (accumulate || !chains.next[i]) /* one behind it overwrites what the i-th put there */
            for (size_t j = 0; j < rows.row; j++)
                R(add)(dsrc + j, dsrc + j, dy + j, c);
    }
}
