/* Shape rules of recurrent cells and layers, and the sizes that their kernels walk through. */
#ifndef GCK_OPS_RULES_RECURRENT_H
#define GCK_OPS_RULES_RECURRENT_H
#include "ops/op.h"

shape_rule rule_rnn_cell;  /* x (N, I), h (N, H), weights (H, I) and (H, H), biases (H) */
shape_rule rule_lstm_cell; /* the same with c (N, H) behind h, and 4 H in the place of H in weights */
shape_rule rule_gru_cell;  /* the same without c, 3 H */
/* x (T, N, I), perhaps states (layers directions, N, H), and the weights of each layer and direction */
shape_rule rule_rnn, rule_lstm, rule_gru;

enum recurrence { RECURRENCE_TANH, RECURRENCE_RELU, RECURRENCE_LSTM, RECURRENCE_GRU };

/* RECURRENCE_TANH or RECURRENCE_RELU, as the node's nonlinearity says. */
enum recurrence recurrence_plain(const struct node *node);

/* One recurrent op. Its weights start with argument `weights`: for each layer and direction two matrices, and
 * two biases where it is biased; before them come x and `states` states. */
struct recurrent {
    enum recurrence kind;
    bool biased;
    size_t layers, directions, steps, n, inputs, hidden, rows; /* rows of the weights: gates hidden */
    size_t states, weights;
};
struct recurrent recurrent_cell(const struct node *node, const struct shape *const *shapes,
                                enum recurrence kind);
struct recurrent recurrent_sequence(const struct node *node, const struct shape *const *shapes,
                                    enum recurrence kind);

/* Numbers in a step's state, and elements of room for one direction of one layer, and of all h of a layer. */
size_t recurrent_state(const struct recurrent *r);
size_t recurrent_room(const struct recurrent *r);
size_t recurrent_output(const struct recurrent *r);

#endif
