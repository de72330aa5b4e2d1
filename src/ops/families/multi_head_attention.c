/* Attention of several heads: projections in, attention of each head, a projection of all of them out. */
#include "ops/families/attention.h"
#include "ops/rules/attention.h"
#include "tensor/storage.h"

/* Room behind that of the attention: the heads' q, k, v and outputs, the outputs side by side, and the
 * gradients of all of these; `flat` is room for one of them on its way from or to the heads. */
struct R(parts) {
    R(element) * heads[4], *d_heads[4], *joined, *flat;
};

/* Tensor `which` of q, k, v and output: its length. */
static size_t R(length_of)(const struct multi_head *m, int which)
{
    return which == 1 || which == 2 ? m->s : m->l;
}

static struct R(parts) R(parts_of)(const R(call) * k, const struct multi_head *m)
{
    struct R(parts) parts;
    R(element) *room = k->scratch + attention_room(m->batch * m->heads, m->l, m->s);
    for (int i = 0; i < 8; i++) {
        R(element) **part = i < 4 ? &parts.heads[i] : &parts.d_heads[i - 4];
        *part = room;
        room += m->batch * R(length_of)(m, i % 4) * m->width;
    }
    parts.joined = room;
    parts.flat = room + m->batch * m->l * m->width;
    return parts;
}

/* heads (N, heads, T, D) = flat (N, T, heads D), or the other way round */
static void R(move)(R(element) * heads, R(element) * flat, bool split, const struct multi_head *m,
                    size_t length, const R(context) * c)
{
    size_t d = m->width / m->heads;
    for (size_t i = 0; i < m->batch * length * m->width; i++) {
        size_t n = i / m->width / length, t = i / m->width % length, h = i % m->width / d;
        R(element) *head = heads + ((n * m->heads + h) * length + t) * d + i % d;
        R(set)(split ? head : flat + i, split ? flat + i : head, c);
    }
}

/* The projection of q, k or v, or of the output. */
static struct R(linear) R(projection)(const R(call) * k, const struct multi_head *m, int which)
{
    size_t w = which < 3 ? m->in : m->out, row = which < 3 ? (size_t)which * m->width : 0;
    struct R(linear) l = {.n = m->batch * R(length_of)(m, which), .d = m->width, .h = m->width};
    l.x = which < 3 ? k->x[which] : NULL;
    l.w = k->x[w] + row * m->width;
    l.b = m->biased ? k->x[w + 1] + row : NULL;
    if (!k->dx)
        return l;
    l.dx = which < 3 ? k->dx[which] : NULL;
    l.dw = k->dx[w] ? k->dx[w] + row * m->width : NULL;
    l.db = m->biased && k->dx[w + 1] ? k->dx[w + 1] + row : NULL;
    return l;
}

static struct R(attention)
    R(heads_of)(const R(call) * k, const struct multi_head *m, const struct R(parts) * parts)
{
    size_t d = m->width / m->heads;
    struct R(attention)
        a = {.batch = m->batch * m->heads, .l = m->l, .s = m->s, .d = d, .e = d, .scores = m->scores};
    a.causal = node_attribute(k->node, "causal")->integer;
    a.q = parts->heads[0];
    a.k = parts->heads[1];
    a.v = parts->heads[2];
    a.dq = parts->d_heads[0];
    a.dk = parts->d_heads[1];
    a.dv = parts->d_heads[2];
    a.scratch = k->scratch;
    if (m->mask)
        R(attention_mask)(&a, k, m->mask);
    return a;
}

/* joined = the heads' outputs, side by side */
static void R(join)(const R(call) * k, const struct multi_head *m, const struct R(parts) * parts,
                    const R(context) * c)
{
    struct R(attention) a = R(heads_of)(k, m, parts);
    for (int which = 0; which < 3; which++) {
        struct R(linear) l = R(projection)(k, m, which);
        R(linear_map)(parts->flat, &l, c);
        R(move)(parts->heads[which], parts->flat, true, m, R(length_of)(m, which), c);
    }
    R(attend)(parts->heads[3], &a, c);
    R(move)(parts->heads[3], parts->joined, false, m, m->l, c);
}

/* y = (the heads' softmax(q_h k_h^T / sqrt(D) + mask) v_h, side by side) W_out^T + b_out */
void R(multi_head_attention_forward)(const R(call) * k, const R(context) * c)
{
    struct multi_head m = multi_head_of(k->node, k->shapes);
    struct R(parts) parts = R(parts_of)(k, &m);
    R(join)(k, &m, &parts, c);
    struct R(linear) out = R(projection)(k, &m, 3);
    out.x = parts.joined;
    R(linear_map)(k->y, &out, c);
}

/* The same steps back: out, each head, and in. */
void R(multi_head_attention_backward)(const R(call) * k, const R(context) * c)
{
    struct multi_head m = multi_head_of(k->node, k->shapes);
    struct R(parts) parts = R(parts_of)(k, &m);
    R(join)(k, &m, &parts, c);
    struct R(linear) out = R(projection)(k, &m, 3);
    out.x = parts.joined;
    out.dx = parts.flat;
    R(zero)(parts.flat, m.batch * m.l * m.width);
    R(linear_map_backward)(&out, k->dy, c);
    R(move)(parts.d_heads[3], parts.flat, true, &m, m.l, c);
    struct R(attention) a = R(heads_of)(k, &m, &parts);
    for (int which = 0; which < 3; which++)
        R(zero)(parts.d_heads[which], m.batch * R(length_of)(&m, which) * m.width);
    R(attend_backward)(&a, parts.d_heads[3], c);
    for (int which = 0; which < 3; which++) {
        struct R(linear) l = R(projection)(k, &m, which);
        R(move)(parts.d_heads[which], parts.flat, false, &m, R(length_of)(&m, which), c);
        R(linear_map_backward)(&l, parts.flat, c);
    }
}
