/* One direction of one recurrent layer over a sequence. The weights of all gates lie below each other: W_ih
 * (gates H, I), W_hh (gates H, H). The shares of the input and of the state in the gates' sums are kept for the
 * whole sequence, and so are the states: backward reads them, and puts the sums' gradients in their place. */
#include "ops/families/recurrent.h"

void R(layer_place)(struct R(layer) * l, R(element) * room)
{
    size_t shares = l->steps * l->n * l->rows, state = l->n * l->hidden;
    for (int i = 0; i < 2; i++, room += shares)
        l->share[i] = room;
    for (int i = 0; i < 2; i++, room += (l->steps + 1) * state)
        l->state[i] = room;
    for (int i = 0; i < 2; i++, room += state)
        l->carried[i] = room;
}

/* A state before or after step t. They are kept in the order of time, so the one before the first step comes
 * first, or last where the layer runs backwards. */
static R(element) * R(state_at)(const struct R(layer) * l, int which, size_t t, bool after)
{
    return l->state[which] + (t + (after != l->reverse)) * l->n * l->hidden;
}

const R(element) * R(layer_after)(const struct R(layer) * l, int which, size_t t)
{
    return R(state_at)(l, which, t, true);
}

/* The sums' part that comes from `n` rows of the input, or of the state. */
static struct R(linear) R(share_of)(const struct R(layer) * l, int which, const R(element) * source, size_t n)
{
    return (struct R(linear)){.n = n,
                              .d = which ? l->hidden : l->inputs,
                              .h = l->rows,
                              .x = source,
                              .w = l->w[which],
                              .b = l->b[which],
                              .dw = l->dw[which],
                              .db = l->db[which]};
}

/* s = sigmoid(a), slope = s (1 - s) as e / (1 + e)^2 with e = e^-|a|, rest = 1 - s */
static void R(gate)(R(element) * s, R(element) * slope, R(element) * rest, const R(element) * a,
                    const R(context) * c)
{
    LOCAL(e, c);
    LOCAL(t, c);
    LOCAL(one, c);
    bool negative = R(sign)(a) < 0;
    R(set_si)(one, 1, c);
    R(abs)(e, a, c);
    R(neg)(e, e, c);
    R(exp)(e, e, c);
    R(add)(t, one, e, c);
    R(div)(s, negative ? e : one, t, c);
    R(div)(rest, negative ? one : e, t, c);
    R(div)(slope, e, t, c);
    R(div)(slope, slope, t, c);
}

/* t = tanh(a), slope = 1 - t^2 as 4 e / (1 + e)^2 with e = e^(-2 |a|) */
static void R(bend)(R(element) * t, R(element) * slope, const R(element) * a, const R(context) * c)
{
    LOCAL(twice, c);
    LOCAL(s, c);
    LOCAL(rest, c);
    R(scale)(twice, a, 1, c);
    R(gate)(s, slope, rest, twice, c);
    R(scale)(slope, slope, 2, c);
    R(tanh)(t, a, c);
}

/* What step t reads and writes: the sums of element 0, the states around it, the gradients behind it. */
struct R(step) {
    size_t count, hidden, rows;
    R(element) * of_x, *of_h;        /* (N, rows) */
    const R(element) * h, *cell;     /* (N, H), before */
    R(element) * next_h, *next_cell; /* after */
    R(element) * dh, *dcell;         /* of the states after; a step back leaves those before, h's direct part */
};

static struct R(step) R(step_at)(const struct R(layer) * l, size_t t)
{
    size_t sums = t * l->n * l->rows;
    return (struct R(step)){.count = l->n * l->hidden,
                            .hidden = l->hidden,
                            .rows = l->rows,
                            .of_x = l->share[0] + sums,
                            .of_h = l->share[1] + sums,
                            .h = R(state_at)(l, 0, t, false),
                            .cell = R(state_at)(l, 1, t, false),
                            .next_h = R(state_at)(l, 0, t, true),
                            .next_cell = R(state_at)(l, 1, t, true),
                            .dh = l->carried[0],
                            .dcell = l->carried[1]};
}

/* Where the sums of element i begin; its gates are `hidden` apart. */
static size_t R(sums_at)(const struct R(step) * s, size_t i)
{
    return i / s->hidden * s->rows + i % s->hidden;
}

/* of_x = of_x + of_h: all sums, of layers that need the shares no longer */
static void R(add_shares)(const struct R(step) * s, const R(context) * c)
{
    size_t sums = s->hidden ? s->count / s->hidden * s->rows : 0;
    for (size_t i = 0; i < sums; i++)
        R(add)(s->of_x + i, s->of_x + i, s->of_h + i, c);
}

/* h' = tanh(a), or relu */
static void R(plain_step)(const struct R(step) * s, bool relu, const R(context) * c)
{
    LOCAL(zero, c);
    R(add_shares)(s, c);
    for (size_t i = 0; i < s->count; i++) {
        const R(element) *a = s->of_x + i;
        if (!relu)
            R(tanh)(s->next_h + i, a, c);
        else
            R(set)(s->next_h + i, R(compare)(a, zero, c) > 0 || R(is_nan)(a) ? a : zero, c);
    }
}

/* da = dh' (1 - tanh(a)^2), or dh' [a > 0] */
static void R(plain_step_back)(const struct R(step) * s, bool relu, const R(context) * c)
{
    LOCAL(zero, c);
    LOCAL(slope, c);
    LOCAL(t, c);
    for (size_t i = 0; i < s->count; i++) {
        R(element) *a = s->of_x + i;
        if (relu)
            R(set_si)(slope, R(compare)(a, zero, c) > 0, c);
        else
            R(bend)(t, slope, a, c);
        R(mul)(a, s->dh + i, slope, c);
        R(set_si)(s->dh + i, 0, c);
    }
}

/* One element of an LSTM: its gates i, f, g, o and their slopes, the new state, its tanh and slope. */
enum { GATE_I, GATE_F, GATE_G, GATE_O, GATES };

/* gates and slopes of element j of a sample from its sums a; state = f c + i g */
static void R(lstm_gates)(R(element) * gates[GATES], R(element) * slopes[GATES], R(element) * state,
                          const R(element) * a, const R(element) * before, size_t hidden, const R(context) * c)
{
    LOCAL(rest, c);
    for (size_t gate = 0; gate < GATES; gate++)
        if (gate == GATE_G)
            R(bend)(gates[gate], slopes[gate], a + gate * hidden, c);
        else
            R(gate)(gates[gate], slopes[gate], rest, a + gate * hidden, c);
    R(mul)(state, gates[GATE_F], before, c);
    R(mul)(rest, gates[GATE_I], gates[GATE_G], c);
    R(add)(state, state, rest, c);
}

#define LSTM_LOCALS                                                                                            \
    LOCAL(i, c);                                                                                               \
    LOCAL(f, c);                                                                                               \
    LOCAL(g, c);                                                                                               \
    LOCAL(o, c);                                                                                               \
    LOCAL(di, c);                                                                                              \
    LOCAL(df, c);                                                                                              \
    LOCAL(dg, c);                                                                                              \
    LOCAL(d_o, c);                                                                                             \
    LOCAL(state, c);                                                                                           \
    LOCAL(t, c);                                                                                               \
    R(element) * gates[GATES] = {i, f, g, o}, *slopes[GATES] = {di, df, dg, d_o}

/* c' = f c + i g, h' = o tanh(c') */
static void R(lstm_step)(const struct R(step) * s, const R(context) * c)
{
    LSTM_LOCALS;
    R(add_shares)(s, c);
    for (size_t at = 0; at < s->count; at++) {
        R(lstm_gates)(gates, slopes, state, s->of_x + R(sums_at)(s, at), s->cell + at, s->hidden, c);
        R(tanh)(t, state, c);
        R(mul)(s->next_h + at, o, t, c);
        R(set)(s->next_cell + at, state, c);
    }
}

/* dc' += dh' o (1 - tanh(c')^2); di = dc' g, df = dc' c, dg = dc' i, do = dh' tanh(c'), each through its slope;
 * dc = dc' f */
static void R(lstm_step_back)(const struct R(step) * s, const R(context) * c)
{
    LSTM_LOCALS;
    LOCAL(grown, c);
    for (size_t at = 0; at < s->count; at++) {
        R(element) *a = s->of_x + R(sums_at)(s, at), *dh = s->dh + at, *dcell = s->dcell + at;
        R(lstm_gates)(gates, slopes, state, a, s->cell + at, s->hidden, c);
        R(bend)(t, grown, state, c);
        R(mul)(grown, grown, o, c);
        R(mul)(grown, grown, dh, c);
        R(add)(grown, grown, dcell, c);
        R(mul)(t, t, dh, c);
        const R(element) * factors[GATES] = {g, s->cell + at, i, NULL};
        for (size_t gate = 0; gate < GATES; gate++) {
            if (gate != GATE_O)
                R(mul)(state, grown, factors[gate], c);
            R(mul)(a + gate * s->hidden, gate == GATE_O ? t : state, slopes[gate], c);
        }
        R(mul)(dcell, grown, f, c);
        R(set_si)(dh, 0, c);
    }
}

enum { GATE_R, GATE_Z, GATE_N };

/* r, z = sigmoid, n = tanh(x's share + r h's share), h' = (1 - z) n + z h */
static void R(gru_step)(const struct R(step) * s, const R(context) * c)
{
    LOCAL(r, c);
    LOCAL(z, c);
    LOCAL(rest, c);
    LOCAL(slope, c);
    LOCAL(t, c);
    for (size_t at = 0; at < s->count; at++) {
        const R(element) *a = s->of_x + R(sums_at)(s, at), *b = s->of_h + R(sums_at)(s, at);
        R(add)(t, a + GATE_R * s->hidden, b + GATE_R * s->hidden, c);
        R(gate)(r, slope, rest, t, c);
        R(add)(t, a + GATE_Z * s->hidden, b + GATE_Z * s->hidden, c);
        R(gate)(z, slope, rest, t, c);
        R(mul)(t, r, b + GATE_N * s->hidden, c);
        R(add)(t, a + GATE_N * s->hidden, t, c);
        R(tanh)(t, t, c);
        R(mul)(t, t, rest, c);
        R(mul)(z, z, s->h + at, c);
        R(add)(s->next_h + at, t, z, c);
    }
}

/* dn = dh' (1 - z) (1 - n^2), dz = dh' (h - n) z (1 - z), dr = dn (h's share of n) r (1 - r); dh = dh' z */
static void R(gru_step_back)(const struct R(step) * s, const R(context) * c)
{
    LOCAL(r, c);
    LOCAL(r_slope, c);
    LOCAL(z, c);
    LOCAL(z_slope, c);
    LOCAL(rest, c);
    LOCAL(n, c);
    LOCAL(n_slope, c);
    LOCAL(t, c);
    for (size_t at = 0; at < s->count; at++) {
        size_t hidden = s->hidden;
        R(element) *a = s->of_x + R(sums_at)(s, at), *b = s->of_h + R(sums_at)(s, at), *dh = s->dh + at;
        R(add)(t, a + GATE_R * hidden, b + GATE_R * hidden, c);
        R(gate)(r, r_slope, rest, t, c);
        R(add)(t, a + GATE_Z * hidden, b + GATE_Z * hidden, c);
        R(gate)(z, z_slope, rest, t, c);
        R(mul)(t, r, b + GATE_N * hidden, c);
        R(add)(t, a + GATE_N * hidden, t, c);
        R(bend)(n, n_slope, t, c);
        R(sub)(t, s->h + at, n, c);
        R(mul)(t, t, z_slope, c);
        R(mul)(a + GATE_Z * hidden, t, dh, c);
        R(set)(b + GATE_Z * hidden, a + GATE_Z * hidden, c);
        R(mul)(t, dh, rest, c);
        R(mul)(t, t, n_slope, c);
        R(set)(a + GATE_N * hidden, t, c);
        R(mul)(a + GATE_R * hidden, t, b + GATE_N * hidden, c);
        R(mul)(a + GATE_R * hidden, a + GATE_R * hidden, r_slope, c);
        R(set)(b + GATE_R * hidden, a + GATE_R * hidden, c);
        R(mul)(b + GATE_N * hidden, t, r, c);
        R(mul)(dh, dh, z, c);
    }
}

/* The step number i of the run: forwards, or from the last one. */
static size_t R(time_of)(const struct R(layer) * l, size_t i)
{
    return l->reverse ? l->steps - 1 - i : i;
}

void R(layer_forward)(struct R(layer) * l, const R(context) * c)
{
    size_t first = R(time_of)(l, 0), state = l->n * l->hidden;
    for (int which = 0; which < 2; which++)
        for (size_t i = 0; i < state; i++) {
            R(element) *to = R(state_at)(l, which, first, false) + i;
            if (l->initial[which])
                R(set)(to, l->initial[which] + i, c);
            else
                R(set_si)(to, 0, c);
        }
    struct R(linear) of_x = R(share_of)(l, 0, l->x, l->steps * l->n);
    R(linear_map)(l->share[0], &of_x, c);
    for (size_t i = 0; i < l->steps; i++) {
        struct R(step) s = R(step_at)(l, R(time_of)(l, i));
        struct R(linear) of_h = R(share_of)(l, 1, s.h, l->n);
        R(linear_map)(s.of_h, &of_h, c);
        if (l->kind == RECURRENCE_LSTM)
            R(lstm_step)(&s, c);
        else if (l->kind == RECURRENCE_GRU)
            R(gru_step)(&s, c);
        else
            R(plain_step)(&s, l->kind == RECURRENCE_RELU, c);
    }
}

/* The gradients of h's share of the sums; but for a GRU they are those of x's. */
static R(element) * R(share_gradient)(const struct R(layer) * l, int which)
{
    return l->share[which && l->kind == RECURRENCE_GRU];
}

void R(layer_backward)(struct R(layer) * l, const R(element) * dy, size_t apart, const R(element) * d_last,
                       const R(context) * c)
{
    size_t state = l->n * l->hidden;
    for (size_t i = 0; i < state; i++) {
        R(set_si)(l->carried[0] + i, 0, c);
        R(set_si)(l->carried[1] + i, 0, c);
        if (d_last)
            R(set)(l->carried[1] + i, d_last + i, c);
    }
    for (size_t i = l->steps; i-- > 0;) {
        size_t t = R(time_of)(l, i);
        struct R(step) s = R(step_at)(l, t);
        for (size_t j = 0; j < state && dy; j++)
            R(add)(s.dh + j, s.dh + j, dy + (t * l->n + j / l->hidden) * apart + j % l->hidden, c);
        if (l->kind == RECURRENCE_LSTM)
            R(lstm_step_back)(&s, c);
        else if (l->kind == RECURRENCE_GRU)
            R(gru_step_back)(&s, c);
        else
            R(plain_step_back)(&s, l->kind == RECURRENCE_RELU, c);
        const R(element) *da = R(share_gradient)(l, 1) + t * l->n * l->rows;
        R(matmul_add)
        (s.dh, R(rows_of)(da, l->rows), R(rows_of)(l->w[1], l->hidden), l->n, l->rows, l->hidden, c);
    }
    struct R(linear) of_x = R(share_of)(l, 0, l->x, l->steps * l->n);
    struct R(linear) of_h = R(share_of)(l, 1, R(state_at)(l, 0, 0, false), l->steps * l->n);
    of_x.dx = l->dx;
    R(linear_map_backward)(&of_x, R(share_gradient)(l, 0), c);
    R(linear_map_backward)(&of_h, R(share_gradient)(l, 1), c);
    for (int which = 0; which < 2; which++)
        for (size_t i = 0; i < state && l->d_initial[which]; i++)
            R(add)(l->d_initial[which] + i, l->d_initial[which] + i, l->carried[which] + i, c);
}
