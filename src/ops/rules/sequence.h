/* Shape rules of attention and of recurrent cells. */
#ifndef GCK_OPS_RULES_SEQUENCE_H
#define GCK_OPS_RULES_SEQUENCE_H
#include "ops/op.h"

shape_rule
    rule_attention;     /* q (..., L, D), k (..., S, D), v (..., S, E), a mask that broadcasts to (..., L, S) */
shape_rule rule_rotary; /* x (..., T, D) with even D */
shape_rule rule_rnn_cell;  /* x (N, I), h (N, H), weights (H, I) and (H, H), biases (H) */
shape_rule rule_lstm_cell; /* the same with c (N, H) behind h, and 4 H in the place of H in weights */
shape_rule rule_gru_cell;  /* the same without c, 3 H */

/* The scores (..., L, S) of queries for keys. */
struct shape attention_scores(const struct shape *q, const struct shape *k);

#endif
