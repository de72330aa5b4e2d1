/* The backward of a planted op: the true one, spoiled; compiled once per scalar. */
#include "engine/planted.h"

#include <string.h>

#include "base/random.h"
#include "real/real.h"
#include "tensor/storage.h"

#if defined REAL_DOUBLE
#define BACKWARD d_backward
#else
#define BACKWARD m_backward
#endif

/* A call whose gradients are its own, and what it was made from. */
struct R(spoiled) {
    R(call) call;
    const R(call) * given;
    struct node node;
    const R(element) * *x;
    R(element) * *dx, *dy;
    size_t count;  /* elements of the output */
    double digits; /* of all arguments: they change beside the point */
    struct arena arena;
};

static R(element) * R(fresh)(struct R(spoiled) * s, size_t n, const R(context) * c)
{
    return R(elements)(&s->arena, n, c);
}

/* Room for everything; false when memory fails. */
static bool R(spoiled_new)(struct R(spoiled) * s, const R(call) * k, const struct planted *planted,
                           const R(context) * c)
{
    size_t arity = k->node->arity;
    *s = (struct R(spoiled)){.call = *k, .given = k, .count = shape_count(&k->node->shape)};
    s->node = *planted->altered;
    s->node.op = planted->truth;
    s->x = arena_alloc(&s->arena, arity, sizeof *s->x);
    s->dx = arena_alloc(&s->arena, arity, sizeof *s->dx);
    s->dy = R(fresh)(s, s->count, c);
    if (!s->x || !s->dx || !s->dy)
        return false;
    for (size_t i = 0; i < s->count; i++)
        R(set)(s->dy + i, k->dy + i, c);
    for (size_t j = 0; j < arity; j++) {
        s->x[j] = k->x[j];
        s->dx[j] = k->dx[j] ? R(fresh)(s, shape_count(k->shapes[j]), c) : NULL;
        if (k->dx[j] && !s->dx[j])
            return false;
        for (size_t i = 0; k->x[j] && i < shape_count(k->shapes[j]); i++)
            s->digits += R(to_double)(k->x[j] + i) / (double)(i + j + 1);
    }
    s->call.node = &s->node;
    s->call.x = s->x;
    s->call.dx = s->dx;
    s->call.dy = s->dy;
    return true;
}

/* Each element of the upstream gradient alone; the last one that reaches an element of dx stays. */
static bool R(last_term)(struct R(spoiled) * s, size_t argument, const R(context) * c)
{
    size_t n = shape_count(s->given->shapes[argument]);
    R(element) *last = R(fresh)(s, n, c);
    if (!last)
        return false;
    R(zero)(s->dy, s->count);
    for (size_t i = 0; i < s->count; i++) {
        R(zero)(s->dx[argument], n);
        R(set)(s->dy + i, s->given->dy + i, c);
        s->node.op->BACKWARD(&s->call, c);
        R(set_si)(s->dy + i, 0, c);
        for (size_t e = 0; e < n; e++)
            if (!R(is_zero)(s->dx[argument] + e))
                R(set)(last + e, s->dx[argument] + e, c);
    }
    for (size_t j = 0; j < s->node.arity; j++)
        if (s->dx[j])
            R(zero)(s->dx[j], shape_count(s->given->shapes[j]));
    for (size_t i = 0; i < s->count; i++)
        R(set)(s->dy + i, s->given->dy + i, c);
    s->node.op->BACKWARD(&s->call, c);
    s->dx[argument] = last;
    return true;
}

/* What the kernel is given. */
static void R(spoil_before)(struct R(spoiled) * s, enum bug bug, size_t argument, const R(context) * c)
{
    if (bug == BUG_SEED_ONES)
        for (size_t i = 0; i < s->count; i++)
            R(set_si)(s->dy + i, 1, c);
    if (bug == BUG_LAST_OUTPUT && s->count)
        R(set_si)(s->dy + s->count - 1, 0, c);
    if (bug == BUG_OUTPUT_SAVED)
        s->x[argument] = s->call.y;
    if (bug == BUG_OPERANDS) {
        s->x[0] = s->given->x[1];
        s->x[1] = s->given->x[0];
    }
}

/* t (1 + part); an infinity stays. */
static void R(off_by)(R(element) * t, double part, const R(context) * c)
{
    LOCAL(more, c);
    if (!R(is_finite)(t))
        return;
    R(set_double)(more, part, c);
    R(mul)(more, more, t, c);
    R(add)(t, t, more, c);
}

/* In -1 .. 1, from the digits of numbers: another one beside the point. */
static double R(erratic)(double a, double b)
{
    double values[] = {a, b};
    uint64_t bits[2];
    memcpy(bits, values, sizeof bits);
    struct random random = random_new(bits[0], bits[1]);
    return (double)(int64_t)random_next(&random) * 0x1p-63;
}

/* Whether the argument has that number in another place too, or another one has it in the same place. */
static bool R(tied)(const struct R(spoiled) * s, size_t j, size_t i)
{
    const R(element) *const *x = (const R(element) *const *)s->given->x;
    const struct shape *shape = s->given->shapes[j];
    for (size_t k = 0; k < s->node.arity; k++)
        for (size_t e = 0, n = x[k] && shape_equal(s->given->shapes[k], shape) ? shape_count(shape) : 0; e < n;
             e++)
            if ((k == j) != (e == i) && !R(less)(x[k] + e, x[j] + i) && !R(less)(x[j] + i, x[k] + e))
                return true;
    return false;
}

/* Whether a bug that doubles the gradient of some elements doubles that of this one. */
static bool R(doubled)(const struct R(spoiled) * s, enum bug bug, size_t j, size_t i)
{
    const struct shape *shape = s->given->shapes[j];
    switch (bug) {
    case BUG_DOUBLED:
        return true;
    case BUG_HALF_LINE:
        return R(sign)(s->given->x[j] + i) < 0;
    case BUG_BATCH_ONE:
        return shape->dim[0] == 1;
    case BUG_THREE_AXES:
        return shape->rank >= 3;
    case BUG_TIE:
        return R(tied)(s, j, i);
    default:
        return false;
    }
}

/* One element of one argument's gradient. */
static void R(spoil_element)(struct R(spoiled) * s, enum bug bug, size_t j, size_t i, const R(context) * c)
{
    R(element) *t = s->dx[j] + i;
    const R(element) *x = s->given->x[j] ? s->given->x[j] + i : NULL;
    const struct shape *shape = s->given->shapes[j];
    size_t n = shape_count(shape);
    if (bug == BUG_NEGATED)
        R(neg)(t, t, c);
    else if (R(doubled)(s, bug, j, i))
        R(mul_si)(t, t, 2, c);
    else if (bug == BUG_CONSTANT)
        R(off_by)(t, 0x1p-26, c);
    else if (bug == BUG_LAST_ELEMENT && i == n - 1)
        R(off_by)(t, 1e-9, c);
    else if (bug == BUG_MEAN)
        R(div_si)(t, t, (long)(n > s->count ? n / s->count : s->count / n), c);
    else if (bug == BUG_BATCH)
        R(div_si)(t, t, (long)shape->dim[0], c);
    else if (bug == BUG_UNMASKED && R(is_zero)(t))
        R(set)(t, s->given->dy + i, c);
    else if (bug == BUG_ABSOLUTE)
        R(abs)(t, t, c);
    else if (bug == BUG_UNGUARDED && R(is_zero)(x))
        R(set_double)(t, (double)NAN, c);
    else if (bug == BUG_FLOAT32)
        R(set_double)(t, dtype_round(FLOAT32, R(to_double)(t)), c);
    else if (bug == BUG_NOISE)
        R(off_by)(t, 1e-9 * R(erratic)(R(to_double)(t) + (double)i, s->digits), c);
    else if (bug == BUG_LAST_ROW && i >= n - n / shape->dim[0])
        R(set_si)(t, 0, c);
    else if (bug == BUG_LAST_COLUMN && (i + 1) % shape->dim[shape->rank - 1] == 0)
        R(set_si)(t, 0, c);
    else if (bug == BUG_DETACHED)
        R(set_si)(t, 0, c);
}

/* Where element i of the argument's gradient is taken from. */
static size_t R(source)(enum bug bug, const struct shape *shape, size_t i)
{
    size_t n = shape_count(shape);
    if (bug == BUG_SHIFTED)
        return (i + 1) % n;
    size_t rows = shape->dim[shape->rank - 2], columns = shape->dim[shape->rank - 1], face = rows * columns;
    size_t place = i % face;
    return i - place + place / columns + place % columns * rows;
}

static bool R(rearrange)(struct R(spoiled) * s, enum bug bug, size_t argument, const R(context) * c)
{
    const struct shape *shape = s->given->shapes[argument];
    size_t n = shape_count(shape);
    R(element) *moved = R(fresh)(s, n, c);
    for (size_t i = 0; moved && i < n; i++)
        R(set)(moved + i, s->dx[argument] + R(source)(bug, shape, i), c);
    s->dx[argument] = moved;
    return moved != NULL;
}

/* What the kernel gave. */
static bool R(spoil_after)(struct R(spoiled) * s, enum bug bug, size_t argument, const R(context) * c)
{
    bool all = bug == BUG_NEGATED || bug == BUG_DOUBLED || bug == BUG_CONSTANT;
    if (bug == BUG_SHIFTED || bug == BUG_TRANSPOSED)
        return R(rearrange)(s, bug, argument, c);
    if (bug == BUG_EXCHANGED) {
        R(element) *kept = s->dx[argument];
        s->dx[argument] = s->dx[argument + 1];
        s->dx[argument + 1] = kept;
        return true;
    }
    struct divisor divisor;
    if ((bug == BUG_UNSCALED || bug == BUG_EPS) && divisor_find(&divisor, &s->node, s->given->shapes[0]))
        R(divisor_undo)(s->dx[0], &divisor, bug == BUG_EPS, &s->call, c);
    for (size_t j = 0; j < s->node.arity; j++)
        for (size_t i = 0; s->dx[j] && (all || j == argument) && i < shape_count(s->given->shapes[j]); i++)
            R(spoil_element)(s, bug, j, i, c);
    return true;
}

/* Adds what the spoiled call gave to the gradients. */
static void R(hand_over)(const struct R(spoiled) * s, enum bug bug, size_t argument, const R(context) * c)
{
    for (size_t j = 0; j < s->node.arity; j++) {
        R(element) *dx = s->given->dx[j];
        size_t n = dx ? shape_count(s->given->shapes[j]) : 0;
        if (dx && bug == BUG_BRANCH && j == argument)
            R(zero)(dx, n);
        for (size_t i = 0; i < n; i++)
            R(add)(dx + i, dx + i, s->dx[j] + i, c);
    }
}

void R(planted_backward)(const R(call) * k, const R(context) * c)
{
    const struct planted *planted = (const struct planted *)k->node->op;
    enum bug bug = planted->bug;
    size_t argument = planted->argument;
    struct R(spoiled) s;
    bool done = R(spoiled_new)(&s, k, planted, c);
    bool wanted = k->dx[argument] != NULL && (bug != BUG_EXCHANGED || k->dx[argument + 1]);
    if (!wanted)
        bug = BUG_NONE;
    if (done && bug == BUG_TERMS) {
        done = R(last_term)(&s, argument, c);
    } else if (done) {
        R(spoil_before)(&s, bug, argument, c);
        planted->truth->BACKWARD(&s.call, c);
        done = bug == BUG_OWN ? R(own_backward)(s.dx, &s.call, planted->own, c) == GCK_OK
                              : R(spoil_after)(&s, bug, argument, c);
    }
    if (done)
        R(hand_over)(&s, bug, argument, c);
    else
        *planted->failed = true;
    arena_free(&s.arena);
}

static gck_status R(swept)(R(evaluation) * *e, const struct graph *graph, const struct binding *binding,
                           const R(context) * context)
{
    gck_status status = R(evaluation_new)(e, graph, context);
    if (status)
        return status;
    R(evaluation_bind)(*e, binding);
    R(evaluation_forward)(*e);
    return R(evaluation_backward)(*e, NULL);
}

/* Up to `slack` of the larger one, or `floor`. */
static bool R(same_number)(const R(element) * a, const R(element) * b, double slack, double floor,
                           const R(context) * c)
{
    LOCAL(t, c);
    if (R(is_nan)(a) || R(is_nan)(b))
        return R(is_nan)(a) && R(is_nan)(b);
    if (!R(less)(a, b) && !R(less)(b, a))
        return true;
    R(sub)(t, a, b, c);
    double distance = fabs(R(to_double)(t));
    return distance < slack * fmax(fabs(R(to_double)(a)), fabs(R(to_double)(b))) || distance < floor;
}

/* The largest finite gradient of all nodes. */
static double R(largest)(const R(evaluation) * e, const struct graph *graph)
{
    double most = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const R(element) *g = R(evaluation_gradient)(e, i);
        for (size_t k = 0; g && k < shape_count(&graph->nodes[i].shape); k++)
            if (R(is_finite)(g + k))
                most = fmax(most, fabs(R(to_double)(g + k)));
    }
    return most;
}

gck_status R(planted_compare)(struct comparison *comparison, const struct graph *a, const struct graph *b,
                              const struct binding *binding, const R(context) * context)
{
    R(evaluation) *x = NULL, *y = NULL;
    gck_status status = R(swept)(&x, a, binding, context);
    if (!status)
        status = R(swept)(&y, b, binding, context);
    double floor = status || comparison->noise == 0 ? 0 : comparison->noise * R(largest)(x, a);
    for (size_t p = 0; p < a->wrt_count && !status; p++) {
        const R(element) *g = R(evaluation_gradient)(x, a->wrt[p]), *h = R(evaluation_gradient)(y, a->wrt[p]);
        for (size_t i = 0; i < shape_count(&a->nodes[a->wrt[p]].shape) && g; i++) {
            if (R(same_number)(g + i, h + i, comparison->slack, floor, context))
                continue;
            comparison->differs = true;
            comparison->nonfinite |= !R(is_finite)(h + i);
        }
    }
    R(evaluation_free)(x);
    R(evaluation_free)(y);
    return status;
}
