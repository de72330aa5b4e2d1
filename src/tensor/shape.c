/* Shapes of tensors. */
#include "tensor/shape.h"

#include <stdio.h>
#include <string.h>

size_t shape_count(const struct shape *shape)
{
    size_t count = 1;
    for (int i = 0; i < shape->rank; i++)
        count *= shape->dim[i];
    return count;
}

bool shape_count_within(size_t *count, const struct shape *shape, size_t limit)
{
    bool empty = false;
    *count = 1;
    for (int i = 0; i < shape->rank; i++) {
        size_t dim = shape->dim[i] ? shape->dim[i] : 1;
        if (dim > limit / *count)
            return false;
        empty = empty || shape->dim[i] == 0;
        *count *= dim;
    }
    if (empty)
        *count = 0;
    return true;
}

bool shape_equal(const struct shape *a, const struct shape *b)
{
    return a->rank == b->rank && memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0;
}

bool shape_broadcast(struct shape *out, const struct shape *a, const struct shape *b)
{
    struct shape result = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int back = 1; back <= result.rank; back++) {
        size_t m = back <= a->rank ? a->dim[a->rank - back] : 1;
        size_t n = back <= b->rank ? b->dim[b->rank - back] : 1;
        if (m != n && m != 1 && n != 1)
            return false;
        result.dim[result.rank - back] = m == 1 ? n : m;
    }
    *out = result;
    return true;
}

bool shape_expands(const struct shape *from, const struct shape *to)
{
    struct shape both;
    return shape_broadcast(&both, from, to) && shape_equal(&both, to);
}

struct shape shape_reduced(const struct shape *shape, unsigned axes, bool keepdims)
{
    struct shape out = {0};
    for (int i = 0; i < shape->rank; i++) {
        bool inside = axes >> i & 1;
        if (!inside || keepdims)
            out.dim[out.rank++] = inside ? 1 : shape->dim[i];
    }
    return out;
}

bool shape_axis(int *axis, const struct shape *shape, long given)
{
    if (given < -shape->rank || given >= shape->rank)
        return false;
    *axis = (int)(given < 0 ? given + shape->rank : given);
    return true;
}

/* "[a, b]" of n numbers. */
static const char *list_text(char *text, const size_t *numbers, int n)
{
    size_t used = 0;
    text[used++] = '[';
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, SHAPE_TEXT - used, i ? ", %zu" : "%zu", numbers[i]);
    text[used++] = ']';
    text[used] = '\0';
    return text;
}

const char *shape_text(char *text, const struct shape *shape)
{
    return list_text(text, shape->dim, shape->rank);
}

const char *shape_index_text(char *text, const struct shape *shape, size_t index)
{
    size_t coordinates[MOST_RANK];
    text[0] = '\0';
    if (shape->rank == 0)
        return text;
    for (int i = shape->rank; i-- > 0; index /= shape->dim[i])
        coordinates[i] = index % shape->dim[i];
    return list_text(text, coordinates, shape->rank);
}
