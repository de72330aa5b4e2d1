/* Kernels of builtin:reordered with other formulas than src/ops/families: equal in algebra, and as stable. */
#define REAL_REORDERED
#include "engine/otherwise.h"

#include <string.h>

#include "ops/families/groups.h"
#include "ops/families/softmax.h"

static void set_half(r_element *half, const r_context *c)
{
    r_set_si(half, 1, c);
    r_scale(half, half, -1, c);
}

/* y = (1 + tanh(x / 2)) / 2 for x > -1, below as 1 - sigmoid(-x) without the difference: e^x / (1 + e^x) */
static void sigmoid_of(r_element *y, const r_element *x, const r_context *c)
{
    r_real half, t = {{0}};
    set_half(half, c);
    if (r_to_double(x) > -1) {
        r_scale(t, x, -1, c);
        r_tanh(t, t, c);
        r_mul(t, t, half, c);
        r_add(y, half, t, c);
        return;
    }
    r_real e = {{0}};
    r_exp(e, x, c);
    r_set_si(t, 1, c);
    r_add(t, t, e, c);
    r_div(y, e, t, c);
}

static void sigmoid_forward(const r_call *k, const r_context *c)
{
    r_each(k, sigmoid_of, c);
}

/* dx += dy s^2 with s = 1 / cosh x, x taken times 2^power; s times 2^power too */
static void add_bells(const r_call *k, int power, const r_context *c)
{
    size_t n = shape_count(&k->node->shape);
    r_real one = {{0}}, t = {{0}};
    r_set_si(one, 1, c);
    for (size_t i = 0; i < n; i++) {
        r_scale(t, k->x[0] + i, power, c);
        r_cosh(t, t, c);
        r_div(t, one, t, c);
        r_scale(t, t, power, c);
        r_mul(t, t, t, c);
        r_mul(t, k->dy + i, t, c);
        r_add(k->dx[0] + i, k->dx[0] + i, t, c);
    }
}

/* dx += dy (1 / (2 cosh(x / 2)))^2 */
static void sigmoid_backward(const r_call *k, const r_context *c)
{
    add_bells(k, -1, c);
}

/* dx += dy (1 / cosh x)^2 */
static void tanh_backward(const r_call *k, const r_context *c)
{
    add_bells(k, 0, c);
}

/* dx_j += y_j d_j - y_j sum_i y_i d_i with d = dy - dy_m */
static void softmax_backward(const r_call *k, const r_context *c)
{
    struct lanes lanes = lanes_along(&k->node->shape, k->node->axis);
    r_element *d = k->scratch;
    r_real mean = {{0}}, t = {{0}};
    for (size_t l = 0; l < lanes.count; l++) {
        size_t at = lane_offset(&lanes, l);
        const r_element *dy = k->dy + at, *y = k->y + at;
        size_t m = r_lane_largest(k->x[0] + at, lanes.step, lanes.length);
        for (size_t j = 0; j < lanes.length; j++)
            r_sub(d + j, dy + (ptrdiff_t)j * lanes.step, dy + (ptrdiff_t)m * lanes.step, c);
        r_dot(mean, y, lanes.step, d, 1, lanes.length, c);
        for (size_t j = 0; j < lanes.length; j++) {
            const r_element *of = y + (ptrdiff_t)j * lanes.step;
            r_element *dx = k->dx[0] + at + (ptrdiff_t)j * lanes.step;
            r_mul(t, of, d + j, c);
            r_mul(d + j, of, mean, c);
            r_sub(t, t, d + j, c);
            r_add(dx, dx, t, c);
        }
    }
}

/* y = sum of x_i / n */
static void mean_forward(const r_call *k, const r_context *c)
{
    struct groups groups = groups_of(k);
    r_real t = {{0}};
    for (size_t o = 0; next_group(&groups); o++) {
        R_SUM(s, c);
        for (struct members m = members_of(&groups); next_member(&m);) {
            r_div_si(t, k->x[0] + m.at, (long)groups.count, c);
            r_sum_add(s, t, 0, 1, c);
        }
        r_sum_get(k->y + o, s, c);
    }
}

/* y = (sum of d^2 - (sum of d)^2 / n) / (n - correction), where d = x - mean: the mean's rounding is taken off
 * at the end (the corrected two-pass algorithm; Chan, Golub and LeVeque 1983) */
static void var_forward(const r_call *k, const r_context *c)
{
    struct groups groups = groups_of(k);
    long n = (long)groups.count, freedom = n - node_attribute(k->node, "correction")->integer;
    r_real mean = {{0}}, d = {{0}}, of_squares = {{0}}, of_deviations = {{0}};
    for (size_t o = 0; next_group(&groups); o++) {
        R_SUM(s, c);
        R_SUM(squares, c);
        R_SUM(deviations, c);
        r_add_group(s, k, &groups, c);
        r_sum_get_mean(mean, s, groups.count, c);
        for (struct members m = members_of(&groups); next_member(&m);) {
            r_sub(d, k->x[0] + m.at, mean, c);
            r_sum_add(deviations, d, 0, 1, c);
            r_mul(d, d, d, c);
            r_sum_add(squares, d, 0, 1, c);
        }
        r_sum_get(of_squares, squares, c);
        r_sum_get(of_deviations, deviations, c);
        r_mul(of_deviations, of_deviations, of_deviations, c);
        r_div_si(of_deviations, of_deviations, n, c);
        r_sub(d, of_squares, of_deviations, c);
        r_div_si(k->y + o, d, freedom, c);
    }
}

/* NULL: the kernel of src/ops/families. */
static const struct {
    const char *op;
    r_kernel *forward, *backward;
} formulas[] = {
    {"sigmoid", sigmoid_forward, sigmoid_backward},
    {"tanh", NULL, tanh_backward},
    {"softmax", NULL, softmax_backward},
    {"mean", mean_forward, NULL},
    {"var", var_forward, NULL},
};

/* A row of the table whose forward stores what is rounded: a product is fused with a sum of the same kernel
 * only. */
struct stored {
    struct op op; /* first: a node's op is one of these */
    r_kernel *forward;
};

static void stored_forward(const r_call *k, const r_context *c)
{
    const struct stored *stored = (const struct stored *)(const void *)k->node->op;
    stored->forward(k, c);
    for (size_t i = 0; i < shape_count(&k->node->shape); i++)
        r_set(k->y + i, k->y + i, c);
}

/* The op as it computes here; NULL when memory fails. */
static const struct op *otherwise_op(struct arena *arena, const struct op *op)
{
    struct stored *stored = arena_alloc(arena, 1, sizeof *stored);
    if (!stored)
        return NULL;
    *stored = (struct stored){.op = *op, .forward = op->r_forward};
    stored->op.r_forward = stored_forward;
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        if (strcmp(formulas[i].op, op->name) != 0)
            continue;
        stored->forward = formulas[i].forward ? formulas[i].forward : op->r_forward;
        stored->op.r_backward = formulas[i].backward ? formulas[i].backward : op->r_backward;
    }
    return &stored->op;
}

gck_status otherwise_graph(struct graph *other, struct arena *arena, const struct graph *graph)
{
    struct node *nodes = arena_alloc(arena, graph->count, sizeof *nodes);
    *other = *graph;
    if (!nodes)
        return GCK_NO_MEMORY;
    memcpy(nodes, graph->nodes, graph->count * sizeof *nodes);
    for (size_t i = 0; i < graph->count; i++)
        if (nodes[i].op && !(nodes[i].op = otherwise_op(arena, nodes[i].op)))
            return GCK_NO_MEMORY;
    other->nodes = nodes;
    return GCK_OK;
}
