/* Recurrent cells and layers as ops: which arguments are weights and states, and how layers stand on each
 * other. */
#include "ops/families/recurrent.h"
#include "tensor/storage.h"

/* One direction of one layer: its states are those of number `run`, its weights the run-th pair of matrices and
 * biases; x, and dx, are the caller's. */
static struct R(layer) R(layer_of)(const R(call) * k, const struct recurrent *r, size_t run)
{
    size_t first = r->weights + run * (r->biased ? 4 : 2);
    struct R(layer) l = {.kind = r->kind,
                         .reverse = run % r->directions,
                         .steps = r->steps,
                         .n = r->n,
                         .inputs = run < r->directions ? r->inputs : r->directions * r->hidden,
                         .hidden = r->hidden,
                         .rows = r->rows};
    for (size_t i = 0; i < 2; i++) {
        l.w[i] = k->x[first + i];
        l.b[i] = r->biased ? k->x[first + 2 + i] : NULL;
        l.initial[i] = i < r->states ? k->x[1 + i] + run * recurrent_state(r) : NULL;
        if (!k->dx)
            continue;
        l.dw[i] = k->dx[first + i];
        l.db[i] = r->biased ? k->dx[first + 2 + i] : NULL;
        l.d_initial[i] = i < r->states && k->dx[1 + i] ? k->dx[1 + i] + run * recurrent_state(r) : NULL;
    }
    R(layer_place)(&l, k->scratch + run * recurrent_room(r));
    return l;
}

/* A cell's only step. */
static struct R(layer) R(cell_of)(const R(call) * k, const struct recurrent *r)
{
    struct R(layer) l = R(layer_of)(k, r, 0);
    l.x = k->x[0];
    l.dx = k->dx ? k->dx[0] : NULL;
    return l;
}

/* y = the state `which` after the step */
static void R(cell_forward)(const R(call) * k, enum recurrence kind, int which, const R(context) * c)
{
    struct recurrent r = recurrent_cell(k->node, k->shapes, kind);
    struct R(layer) l = R(cell_of)(k, &r);
    R(layer_forward)(&l, c);
    for (size_t i = 0; i < recurrent_state(&r); i++)
        R(set)(k->y + i, R(layer_after)(&l, which, 0) + i, c);
}

static void R(cell_backward)(const R(call) * k, enum recurrence kind, int which, const R(context) * c)
{
    struct recurrent r = recurrent_cell(k->node, k->shapes, kind);
    struct R(layer) l = R(cell_of)(k, &r);
    R(layer_forward)(&l, c);
    R(layer_backward)(&l, which ? NULL : k->dy, r.hidden, which ? k->dy : NULL, c);
}

/* h' = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu */
void R(rnn_cell_forward)(const R(call) * k, const R(context) * c)
{
    R(cell_forward)(k, recurrence_plain(k->node), 0, c);
}

void R(rnn_cell_backward)(const R(call) * k, const R(context) * c)
{
    R(cell_backward)(k, recurrence_plain(k->node), 0, c);
}

enum { OUTPUT_H, OUTPUT_C };

static bool R(of_c)(const R(call) * k)
{
    return node_attribute(k->node, "output")->integer == OUTPUT_C;
}

/* c' = f c + i g, h' = o tanh(c') */
void R(lstm_cell_forward)(const R(call) * k, const R(context) * c)
{
    R(cell_forward)(k, RECURRENCE_LSTM, R(of_c)(k), c);
}

void R(lstm_cell_backward)(const R(call) * k, const R(context) * c)
{
    R(cell_backward)(k, RECURRENCE_LSTM, R(of_c)(k), c);
}

/* h' = (1 - z) n + z h */
void R(gru_cell_forward)(const R(call) * k, const R(context) * c)
{
    R(cell_forward)(k, RECURRENCE_GRU, 0, c);
}

void R(gru_cell_backward)(const R(call) * k, const R(context) * c)
{
    R(cell_backward)(k, RECURRENCE_GRU, 0, c);
}

/* Room behind that of the runs, for layers below the top: what each one gives the next, then the gradients of
 * that; then the gradient of x, (T, N, I). */
static R(element) * R(output_of)(const R(call) * k, const struct recurrent *r, size_t layer)
{
    return k->scratch + r->layers * r->directions * recurrent_room(r) + layer * recurrent_output(r);
}

/* The gradient of what `layer` reads. */
static R(element) * R(gradient_into)(const R(call) * k, const struct recurrent *r, size_t layer)
{
    return R(output_of)(k, r, layer ? r->layers - 1 + layer - 1 : 2 * (r->layers - 1));
}

/* to (T, N, directions H), the columns of this direction = all h */
static void R(copy_states)(R(element) * to, const struct R(layer) * l, size_t apart, const R(context) * c)
{
    for (size_t i = 0; i < l->steps * l->n; i++, to += apart)
        for (size_t j = 0; j < l->hidden; j++)
            R(set)(to + j, R(layer_after)(l, 0, i / l->n) + i % l->n * l->hidden + j, c);
}

/* Runs every layer on the states of the one below; those of the top one go to `y`, unless it is NULL. */
static void R(run_layers)(const R(call) * k, const struct recurrent *r, R(element) * y, const R(context) * c)
{
    for (size_t run = 0; run < r->layers * r->directions; run++) {
        size_t layer = run / r->directions;
        struct R(layer) l = R(layer_of)(k, r, run);
        l.x = layer ? R(output_of)(k, r, layer - 1) : k->x[0];
        R(layer_forward)(&l, c);
        R(element) *to = layer + 1 < r->layers ? R(output_of)(k, r, layer) : y;
        if (to)
            R(copy_states)(to + run % r->directions * r->hidden, &l, r->directions * r->hidden, c);
    }
}

/* From the top layer down: each one's gradient of what it reads is what the one below gets. */
static void R(layers_backward)(const R(call) * k, enum recurrence kind, const R(context) * c)
{
    struct recurrent r = recurrent_sequence(k->node, k->shapes, kind);
    const R(element) *dy = k->dy;
    R(run_layers)(k, &r, NULL, c);
    for (size_t layer = r.layers; layer-- > 0;) {
        R(element) *into = R(gradient_into)(k, &r, layer);
        R(zero)(into, layer ? recurrent_output(&r) : shape_count(k->shapes[0]));
        for (size_t direction = 0; direction < r.directions; direction++) {
            struct R(layer) l = R(layer_of)(k, &r, layer * r.directions + direction);
            l.x = layer ? R(output_of)(k, &r, layer - 1) : k->x[0];
            l.dx = layer || k->dx[0] ? into : NULL;
            R(layer_backward)(&l, dy + direction * r.hidden, r.directions * r.hidden, NULL, c);
        }
        dy = into;
    }
    for (size_t i = 0; i < shape_count(k->shapes[0]) && k->dx[0]; i++)
        R(add)(k->dx[0] + i, k->dx[0] + i, dy + i, c);
}

static void R(layers_forward)(const R(call) * k, enum recurrence kind, const R(context) * c)
{
    struct recurrent r = recurrent_sequence(k->node, k->shapes, kind);
    R(run_layers)(k, &r, k->y, c);
}

/* y_t = h_t of the top layer, both directions side by side; so in all three */
void R(rnn_forward)(const R(call) * k, const R(context) * c)
{
    R(layers_forward)(k, recurrence_plain(k->node), c);
}

void R(rnn_backward)(const R(call) * k, const R(context) * c)
{
    R(layers_backward)(k, recurrence_plain(k->node), c);
}

void R(lstm_forward)(const R(call) * k, const R(context) * c)
{
    R(layers_forward)(k, RECURRENCE_LSTM, c);
}

void R(lstm_backward)(const R(call) * k, const R(context) * c)
{
    R(layers_backward)(k, RECURRENCE_LSTM, c);
}

void R(gru_forward)(const R(call) * k, const R(context) * c)
{
    R(layers_forward)(k, RECURRENCE_GRU, c);
}

void R(gru_backward)(const R(call) * k, const R(context) * c)
{
    R(layers_backward)(k, RECURRENCE_GRU, c);
}
