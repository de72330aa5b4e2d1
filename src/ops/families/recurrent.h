/* One direction of one recurrent layer over a sequence; a cell is a layer of one step. */
#ifndef GCK_OPS_FAMILIES_RECURRENT_H
#define GCK_OPS_FAMILIES_RECURRENT_H
#include "ops/families/shared.h"
#include "ops/rules/recurrent.h"

/* Weights, biases and shares come in pairs, for the input and for the state; states are h and, of an LSTM, c.
 */
struct R(layer) {
    enum recurrence kind;
    bool reverse;                                  /* from the last step to the first */
    size_t steps, n, inputs, hidden, rows;         /* rows of the weights: gates times hidden */
    const R(element) * x;                          /* (T, N, I) */
    const R(element) * w[2], *b[2];                /* (rows, I) and (rows, H); (rows), NULL: none */
    const R(element) * initial[2];                 /* (N, H), NULL: zeros */
    R(element) * dx, *dw[2], *db[2];               /* NULL: not wanted */
    R(element) * d_initial[2];                     /* NULL: not wanted */
    R(element) * share[2], *state[2], *carried[2]; /* room: what forward leaves for backward */
};

/* Lays the layer's room out; it takes recurrent_room elements. */
void R(layer_place)(struct R(layer) * l, R(element) * room);

/* Runs over the sequence. h, and c of an LSTM, after step t are at layer_after(l, 0 or 1, t), (N, H). */
void R(layer_forward)(struct R(layer) * l, const R(context) * c);
const R(element) * R(layer_after)(const struct R(layer) * l, int which, size_t t);

/* Adds each gradient once, from dy of all h, whose rows are `apart` elements apart, and d_last (N, H), of the
 * last c (NULL: zeros). Comes after layer_forward, with its room as it was left, and destroys it. */
void R(layer_backward)(struct R(layer) * l, const R(element) * dy, size_t apart, const R(element) * d_last,
                       const R(context) * c);

#endif
