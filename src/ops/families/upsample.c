/* Upsampling: every element of y is a weighted mean of up to two rows and two columns of x. */
#include "ops/rules/upsample.h"
#include "ops/families/shared.h"

/* The weight with which element o of y takes x[i]. */
static void R(weight)(R(element) * r, const struct sampling *s, size_t o, size_t i, const R(context) * c)
{
    struct sample sample = sample_at(s, o);
    R(set_si)(r, (long)(i == sample.first ? sample.parts - sample.part : sample.part), c);
    R(div_si)(r, r, (long)sample.parts, c);
}

/* The two weights of every element of y. */
static void R(weights_of_y)(R(element) * weights, const struct sampling *s, const R(context) * c)
{
    for (size_t o = 0; o < s->to; o++)
        for (size_t k = 0; k < 2; k++)
            R(weight)(weights + 2 * o + k, s, o, sample_at(s, o).first + k, c);
}

/* For every element of x the weights with which elements of y take it, one behind the other. */
static void R(weights_of_x)(R(element) * weights, const struct sampling *s, const R(context) * c)
{
    struct takers takers = {0};
    for (size_t i = 0; i < s->from; i++) {
        takers = takers_of(s, i, takers.first);
        for (size_t k = 0; k < takers.count; k++)
            R(weight)(weights++, s, takers.first + k, i, c);
    }
}

static size_t taken(struct sample sample)
{
    return sample.part > 0 ? 2 : 1;
}

/* y = the mean over rows of the means over columns */
void R(upsample_forward)(const R(call) * k, const R(context) * c)
{
    struct sampling rows = sampling_of(k->node, k->shapes[0], 2),
                    columns = sampling_of(k->node, k->shapes[0], 3);
    size_t planes = k->node->shape.dim[0] * k->node->shape.dim[1];
    R(element) *of_rows = k->scratch, *of_columns = of_rows + 2 * rows.to, *pair = of_columns + 2 * columns.to;
    const R(element) *x = k->x[0];
    R(element) *y = k->y;
    R(weights_of_y)(of_rows, &rows, c);
    R(weights_of_y)(of_columns, &columns, c);
    for (size_t plane = 0; plane < planes; plane++, x += rows.from * columns.from)
        for (size_t i = 0; i < rows.to; i++)
            for (size_t j = 0; j < columns.to; j++, y++) {
                struct sample row = sample_at(&rows, i), column = sample_at(&columns, j);
                for (size_t r = 0; r < taken(row); r++)
                    R(dot)
                (pair + r, x + (row.first + r) * columns.from + column.first, 1, of_columns + 2 * j, 1,
                 taken(column), c);
                R(dot)(y, pair, 1, of_rows + 2 * i, 1, taken(row), c);
            }
}

/* Along the columns: t (rows of y, columns of x) = dy times the weights */
static void R(columns_back)(R(element) * t, const R(element) * dy, const R(element) * weights, size_t rows,
                            const struct sampling *columns, const R(context) * c)
{
    struct takers takers = {0};
    for (size_t j = 0; j < columns->from; j++, weights += takers.count) {
        takers = takers_of(columns, j, takers.first);
        for (size_t i = 0; i < rows; i++)
            R(dot)
        (t + i * columns->from + j, dy + i * columns->to + takers.first, 1, weights, 1, takers.count, c);
    }
}

/* dx += dy times the weights, along the columns first, then along the rows */
void R(upsample_backward)(const R(call) * k, const R(context) * c)
{
    struct sampling rows = sampling_of(k->node, k->shapes[0], 2),
                    columns = sampling_of(k->node, k->shapes[0], 3);
    size_t planes = k->node->shape.dim[0] * k->node->shape.dim[1], width = columns.from;
    R(element) *of_rows = k->scratch, *of_columns = of_rows + 2 * rows.to, *t = of_columns + 2 * columns.to;
    R(element) *dx = k->dx[0];
    LOCAL(total, c);
    R(weights_of_x)(of_rows, &rows, c);
    R(weights_of_x)(of_columns, &columns, c);
    for (size_t plane = 0; plane < planes; plane++) {
        const R(element) *weights = of_rows;
        struct takers takers = {0};
        R(columns_back)(t, k->dy + plane * rows.to * columns.to, of_columns, rows.to, &columns, c);
        for (size_t i = 0; i < rows.from; i++, weights += takers.count) {
            takers = takers_of(&rows, i, takers.first);
            for (size_t j = 0; j < width; j++, dx++) {
                R(dot)(total, t + takers.first * width + j, (ptrdiff_t)width, weights, 1, takers.count, c);
                R(add)(dx, dx, total, c);
            }
        }
    }
}
