/* One step of recurrent layers. The weights of all gates lie below each other: W_ih (gates H, I), W_hh (gates
 * H, H). Scratch: the gates' shares of x and of h, (N, gates H) each, and one state (N, H). */
#include "ops/families/shared.h"

/* One call: N samples, I inputs, H numbers of state, and where its weights are among the arguments. */
struct cell {
    size_t n, inputs, hidden, rows, weights;
    bool biased;
};

static struct cell cell_of(const R(call) * k, size_t weights)
{
    const struct shape *x = k->shapes[0], *w = k->shapes[weights];
    return (struct cell){x->dim[0], x->dim[1], k->node->shape.dim[1],
                         w->dim[0], weights,   k->node->arity > weights + 2};
}

/* out (N, rows) = x W^T + b for `which` = 0: the input x, 1: the state h */
static void R(share)(R(element) * out, const R(call) * k, const struct cell *cell, size_t which,
                     const R(context) * c)
{
    size_t width = which ? cell->hidden : cell->inputs;
    R(matrix) x = {k->x[which], (ptrdiff_t)width, 1}, w = {k->x[cell->weights + which], 1, (ptrdiff_t)width};
    R(matmul)(out, x, w, cell->n, width, cell->rows, c);
    const R(element) *b = cell->biased ? k->x[cell->weights + 2 + which] : NULL;
    for (size_t i = 0; i < cell->n * cell->rows && b; i++)
        R(add)(out + i, out + i, b + i % cell->rows, c);
}

/* dW += da^T x, db += sum of da; and dx += da W, unless `weights_only` */
static void R(share_backward)(const R(element) * da, const R(call) * k, const struct cell *cell, size_t which,
                              bool weights_only, const R(context) * c)
{
    size_t width = which ? cell->hidden : cell->inputs;
    ptrdiff_t rows = (ptrdiff_t)cell->rows;
    const struct shape all = {2, {cell->n, cell->rows}}, bias = {1, {cell->rows}};
    R(matrix) x = {k->x[which], (ptrdiff_t)width, 1}, w = {k->x[cell->weights + which], (ptrdiff_t)width, 1};
    R(element) *dw = k->dx[cell->weights + which];
    if (k->dx[which] && !weights_only)
        R(matmul_add)(k->dx[which], (R(matrix)){da, rows, 1}, w, cell->n, cell->rows, width, c);
    if (dw)
        R(matmul_add)(dw, (R(matrix)){da, 1, rows}, x, cell->rows, cell->n, width, c);
    if (cell->biased && k->dx[cell->weights + 2 + which])
        R(add_reduced)(k->dx[cell->weights + 2 + which], &bias, da, &all, c);
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

/* a = x W_ih^T + h W_hh^T + b, all gates, at the start of scratch */
static R(element) * R(sums)(const R(call) * k, const struct cell *cell, const R(context) * c)
{
    R(element) *a = k->scratch, *of_state = a + cell->n * cell->rows;
    R(share)(a, k, cell, 0, c);
    R(share)(of_state, k, cell, 1, c);
    for (size_t i = 0; i < cell->n * cell->rows; i++)
        R(add)(a + i, a + i, of_state + i, c);
    return a;
}

enum { NONLINEARITY_TANH, NONLINEARITY_RELU };

/* y = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu */
void R(rnn_cell_forward)(const R(call) * k, const R(context) * c)
{
    struct cell cell = cell_of(k, 2);
    const R(element) *a = R(sums)(k, &cell, c);
    bool relu = node_attribute(k->node, "nonlinearity")->integer == NONLINEARITY_RELU;
    LOCAL(zero, c);
    for (size_t i = 0; i < cell.n * cell.hidden; i++)
        if (!relu)
            R(tanh)(k->y + i, a + i, c);
        else
            R(set)(k->y + i, R(compare)(a + i, zero, c) > 0 || R(is_nan)(a + i) ? a + i : zero, c);
}

/* da = dy (1 - y^2), or dy [a > 0]; dx += da W_ih, dh += da W_hh, dW_ih += da^T x, dW_hh += da^T h, db += sum
 * da */
void R(rnn_cell_backward)(const R(call) * k, const R(context) * c)
{
    struct cell cell = cell_of(k, 2);
    R(element) *a = R(sums)(k, &cell, c);
    bool relu = node_attribute(k->node, "nonlinearity")->integer == NONLINEARITY_RELU;
    LOCAL(zero, c);
    LOCAL(slope, c);
    LOCAL(t, c);
    for (size_t i = 0; i < cell.n * cell.hidden; i++) {
        if (relu)
            R(set_si)(slope, R(compare)(a + i, zero, c) > 0, c);
        else
            R(bend)(t, slope, a + i, c);
        R(mul)(a + i, k->dy + i, slope, c);
    }
    R(share_backward)(a, k, &cell, 0, false, c);
    R(share_backward)(a, k, &cell, 1, false, c);
}

enum { OUTPUT_H, OUTPUT_C };

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
void R(lstm_cell_forward)(const R(call) * k, const R(context) * c)
{
    struct cell cell = cell_of(k, 3);
    const R(element) *sums = R(sums)(k, &cell, c);
    bool of_state = node_attribute(k->node, "output")->integer == OUTPUT_C;
    LSTM_LOCALS;
    for (size_t at = 0; at < cell.n * cell.hidden; at++) {
        const R(element) *a = sums + at / cell.hidden * cell.rows + at % cell.hidden;
        R(lstm_gates)(gates, slopes, state, a, k->x[2] + at, cell.hidden, c);
        R(tanh)(t, state, c);
        R(mul)(k->y + at, o, t, c);
        if (of_state)
            R(set)(k->y + at, state, c);
    }
}

/* dc' = dy o (1 - tanh(c')^2), or dy; di = dc' g, df = dc' c, dg = dc' i, do = dy tanh(c'), each through its
 * slope; dc += dc' f */
void R(lstm_cell_backward)(const R(call) * k, const R(context) * c)
{
    struct cell cell = cell_of(k, 3);
    R(element) *sums = R(sums)(k, &cell, c);
    bool of_state = node_attribute(k->node, "output")->integer == OUTPUT_C;
    LSTM_LOCALS;
    LOCAL(grown, c);
    for (size_t at = 0; at < cell.n * cell.hidden; at++) {
        R(element) *a = sums + at / cell.hidden * cell.rows + at % cell.hidden;
        const R(element) *dy = k->dy + at, *before = k->x[2] + at;
        R(lstm_gates)(gates, slopes, state, a, before, cell.hidden, c);
        R(bend)(t, grown, state, c);
        R(mul)(grown, grown, o, c);
        R(mul)(grown, grown, dy, c);
        R(mul)(t, t, dy, c);
        if (of_state) {
            R(set)(grown, dy, c);
            R(set_si)(t, 0, c);
        }
        const R(element) * factors[GATES] = {g, before, i, NULL};
        for (size_t gate = 0; gate < GATES; gate++) {
            if (gate != GATE_O)
                R(mul)(state, grown, factors[gate], c);
            R(mul)(a + gate * cell.hidden, gate == GATE_O ? t : state, slopes[gate], c);
        }
        R(mul)(state, grown, f, c);
        if (k->dx[2])
            R(add)(k->dx[2] + at, k->dx[2] + at, state, c);
    }
    R(share_backward)(sums, k, &cell, 0, false, c);
    R(share_backward)(sums, k, &cell, 1, false, c);
}

enum { GATE_R, GATE_Z, GATE_N };

/* r, z = sigmoid, n = tanh(x's share + r h's share), y = (1 - z) n + z h */
void R(gru_cell_forward)(const R(call) * k, const R(context) * c)
{
    struct cell cell = cell_of(k, 2);
    size_t hidden = cell.hidden;
    R(element) *of_x = k->scratch, *of_h = of_x + cell.n * cell.rows;
    LOCAL(r, c);
    LOCAL(z, c);
    LOCAL(rest, c);
    LOCAL(slope, c);
    LOCAL(t, c);
    R(share)(of_x, k, &cell, 0, c);
    R(share)(of_h, k, &cell, 1, c);
    for (size_t at = 0; at < cell.n * hidden; at++) {
        size_t first = at / hidden * cell.rows + at % hidden;
        const R(element) *a = of_x + first, *b = of_h + first;
        R(add)(t, a + GATE_R * hidden, b + GATE_R * hidden, c);
        R(gate)(r, slope, rest, t, c);
        R(add)(t, a + GATE_Z * hidden, b + GATE_Z * hidden, c);
        R(gate)(z, slope, rest, t, c);
        R(mul)(t, r, b + GATE_N * hidden, c);
        R(add)(t, a + GATE_N * hidden, t, c);
        R(tanh)(t, t, c);
        R(mul)(t, t, rest, c);
        R(mul)(z, z, k->x[1] + at, c);
        R(add)(k->y + at, t, z, c);
    }
}

/* dh += dy z + the gates' gradients W_hh: added up before dh is touched */
static void R(gru_to_h)(R(element) * direct, const R(element) * db, const R(call) * k, const struct cell *cell,
                        const R(context) * c)
{
    R(matrix) rows = {db, (ptrdiff_t)cell->rows, 1}, w = {k->x[cell->weights + 1], (ptrdiff_t)cell->hidden, 1};
    R(matmul_add)(direct, rows, w, cell->n, cell->rows, cell->hidden, c);
    for (size_t i = 0; i < cell->n * cell->hidden && k->dx[1]; i++)
        R(add)(k->dx[1] + i, k->dx[1] + i, direct + i, c);
}

/* dn = dy (1 - z) (1 - n^2), dz = dy (h - n) z (1 - z), dr = dn (h's share of n) r (1 - r) */
void R(gru_cell_backward)(const R(call) * k, const R(context) * c)
{
    struct cell cell = cell_of(k, 2);
    size_t hidden = cell.hidden;
    R(element) *of_x = k->scratch, *of_h = of_x + cell.n * cell.rows, *direct = of_h + cell.n * cell.rows;
    LOCAL(r, c);
    LOCAL(r_slope, c);
    LOCAL(z, c);
    LOCAL(z_slope, c);
    LOCAL(rest, c);
    LOCAL(n, c);
    LOCAL(n_slope, c);
    LOCAL(t, c);
    R(share)(of_x, k, &cell, 0, c);
    R(share)(of_h, k, &cell, 1, c);
    for (size_t at = 0; at < cell.n * hidden; at++) {
        size_t first = at / hidden * cell.rows + at % hidden;
        R(element) *a = of_x + first, *b = of_h + first;
        const R(element) *dy = k->dy + at;
        R(add)(t, a + GATE_R * hidden, b + GATE_R * hidden, c);
        R(gate)(r, r_slope, rest, t, c);
        R(add)(t, a + GATE_Z * hidden, b + GATE_Z * hidden, c);
        R(gate)(z, z_slope, rest, t, c);
        R(mul)(t, r, b + GATE_N * hidden, c);
        R(add)(t, a + GATE_N * hidden, t, c);
        R(bend)(n, n_slope, t, c);
        R(mul)(direct + at, dy, z, c);
        R(sub)(t, k->x[1] + at, n, c);
        R(mul)(t, t, z_slope, c);
        R(mul)(a + GATE_Z * hidden, t, dy, c);
        R(set)(b + GATE_Z * hidden, a + GATE_Z * hidden, c);
        R(mul)(t, dy, rest, c);
        R(mul)(t, t, n_slope, c);
        R(set)(a + GATE_N * hidden, t, c);
        R(mul)(a + GATE_R * hidden, t, b + GATE_N * hidden, c);
        R(mul)(a + GATE_R * hidden, a + GATE_R * hidden, r_slope, c);
        R(set)(b + GATE_R * hidden, a + GATE_R * hidden, c);
        R(mul)(b + GATE_N * hidden, t, r, c);
    }
    R(share_backward)(of_x, k, &cell, 0, false, c);
    R(share_backward)(of_h, k, &cell, 1, true, c);
    R(gru_to_h)(direct, of_h, k, &cell, c);
}
