/* einsum, and its gradients, which are sums of the same kind: dy takes the place of the argument. */
#include "ops/rules/einsum.h"
#include "ops/kernels.h"

/* One factor of the products, over the labels that are summed. */
typedef struct R(factor) {
    const R(element) * data;
    const ptrdiff_t *stride; /* per label */
    bool straight;           /* a row of elements `step` apart; else they are put side by side */
    ptrdiff_t step;
    R(element) * room;
} R(factor);

struct sum {
    const struct einsum *einsum;
    struct labels over, summed; /* of the result; of the terms */
    struct shape to, terms;
    size_t count; /* terms */
};

static struct sum sum_over(const struct einsum *e, const struct labels *over)
{
    struct sum sum = {.einsum = e, .over = *over, .summed = labels_outside(e, over)};
    sum.to = labels_shape(e, over);
    sum.terms = labels_shape(e, &sum.summed);
    sum.count = shape_count(&sum.terms);
    return sum;
}

static struct view terms_view(const struct sum *sum, const ptrdiff_t *stride, ptrdiff_t offset)
{
    struct view view = {.offset = offset};
    for (int i = 0; i < sum->summed.count; i++)
        view.stride[i] = stride[sum->summed.of[i]];
    return view;
}

static R(factor)
    R(factor_of)(const struct sum *sum, const R(element) * data, const ptrdiff_t *stride, R(element) * room)
{
    struct view view = terms_view(sum, stride, 0);
    struct walk walk = walk_over(&sum->terms, 1, &view);
    return (R(factor)){data, stride, walk.count == sum->count, walk.step[0], room};
}

/* The offset of element o of the result in a tensor with these strides. */
static ptrdiff_t offset_at(const struct sum *sum, size_t o, const ptrdiff_t *stride)
{
    ptrdiff_t offset = 0;
    for (int i = sum->over.count; i-- > 0; o /= sum->to.dim[i])
        offset += (ptrdiff_t)(o % sum->to.dim[i]) * stride[sum->over.of[i]];
    return offset;
}

/* The factor's terms of element o: a row, *step apart. */
static const R(element) *
    R(row_of)(const R(factor) * f, ptrdiff_t *step, const struct sum *sum, size_t o, const R(context) * c)
{
    ptrdiff_t offset = offset_at(sum, o, f->stride);
    struct view view = terms_view(sum, f->stride, offset);
    struct walk walk = walk_over(&sum->terms, 1, &view);
    R(element) *to = f->room;
    *step = f->straight ? f->step : 1;
    while (!f->straight && walk_next(&walk))
        for (size_t i = 0; i < walk.count; i++, to++)
            R(set)(to, f->data + walk.offset[0] + (ptrdiff_t)i * walk.step[0], c);
    return f->straight ? f->data + offset : f->room;
}

/* r = the sum of the products for element o: a dot of the last factor and the product of the others, which goes
 * to `products` */
static void R(sum_at)(R(element) * r, const struct sum *sum, const R(factor) * factors, size_t count, size_t o,
                      R(element) * products, const R(context) * c)
{
    ptrdiff_t step, last;
    const R(element) *row = R(row_of)(&factors[0], &step, sum, o, c);
    if (count == 1) {
        SUM(s, c);
        R(sum_add)(s, row, step, sum->count, c);
        R(sum_get)(r, s, c);
        return;
    }
    for (size_t k = 1; k + 1 < count; k++) {
        const R(element) *next = R(row_of)(&factors[k], &last, sum, o, c);
        for (size_t i = 0; i < sum->count; i++)
            R(mul)(products + i, row + (ptrdiff_t)i * step, next + (ptrdiff_t)i * last, c);
        row = products;
        step = 1;
    }
    const R(element) *next = R(row_of)(&factors[count - 1], &last, sum, o, c);
    R(dot)(r, row, step, next, last, sum->count, c);
}

/* y = sum of the products */
void R(einsum_forward)(const R(call) * k, const R(context) * c)
{
    struct einsum e = einsum_of(k->node, k->shapes);
    struct sum sum = sum_over(&e, &e.out);
    R(factor) factors[EINSUM_MOST];
    for (size_t i = 0; i < e.arity; i++)
        factors[i] = R(factor_of)(&sum, k->x[i], e.stride[i], k->scratch + i * sum.count);
    for (size_t o = 0; o < shape_count(&sum.to); o++)
        R(sum_at)(k->y + o, &sum, factors, e.arity, o, k->scratch + e.arity * sum.count, c);
}

/* dx += the sum over all labels that x does not have, of dy and the other arguments */
void R(einsum_backward)(const R(call) * k, const R(context) * c)
{
    struct einsum e = einsum_of(k->node, k->shapes);
    R(factor) factors[EINSUM_MOST];
    LOCAL(total, c);
    for (size_t argument = 0; argument < e.arity; argument++) {
        if (!k->dx[argument])
            continue;
        struct sum sum = sum_over(&e, &e.in[argument]);
        for (size_t i = 0; i < e.arity; i++) {
            bool own = i == argument;
            factors[i] = R(factor_of)(&sum, own ? k->dy : k->x[i], e.stride[own ? e.arity : i],
                                      k->scratch + i * sum.count);
        }
        for (size_t o = 0; o < shape_count(&sum.to); o++) {
            R(element) *dx = k->dx[argument] + offset_at(&sum, o, e.stride[argument]);
            R(sum_at)(total, &sum, factors, e.arity, o, k->scratch + e.arity * sum.count, c);
            R(add)(dx, dx, total, c);
        }
    }
}
