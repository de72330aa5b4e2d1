/* Shape rules of recurrent cells and layers. */
#include "ops/rules/recurrent.h"

static size_t gates_of(enum recurrence kind)
{
    return kind == RECURRENCE_LSTM ? 4 : kind == RECURRENCE_GRU ? 3 : 1;
}

enum recurrence recurrence_plain(const struct node *node)
{
    static const enum recurrence kinds[] = {RECURRENCE_TANH, RECURRENCE_RELU};
    return kinds[node_attribute(node, "nonlinearity")->integer];
}

size_t recurrent_state(const struct recurrent *r)
{
    return r->n * r->hidden;
}

/* Two shares of the sums, of a step T + 1 states h and c, and both states' gradients. */
size_t recurrent_room(const struct recurrent *r)
{
    return 2 * r->steps * r->n * r->rows + 2 * (r->steps + 1) * recurrent_state(r) + 2 * recurrent_state(r);
}

size_t recurrent_output(const struct recurrent *r)
{
    return r->steps * r->directions * recurrent_state(r);
}

struct recurrent recurrent_cell(const struct node *node, const struct shape *const *shapes,
                                enum recurrence kind)
{
    struct recurrent r = {.kind = kind, .layers = 1, .directions = 1, .steps = 1};
    r.states = kind == RECURRENCE_LSTM ? 2 : 1;
    r.weights = 1 + r.states;
    r.biased = node->arity > r.weights + 2;
    r.n = shapes[0]->dim[0];
    r.inputs = shapes[0]->dim[1];
    r.hidden = shapes[1]->dim[1];
    r.rows = gates_of(kind) * r.hidden;
    return r;
}

/* States have three axes, weights fewer. The hidden size is the width of the first weights for the state. */
struct recurrent recurrent_sequence(const struct node *node, const struct shape *const *shapes,
                                    enum recurrence kind)
{
    struct recurrent r = {.kind = kind, .steps = shapes[0]->dim[0]};
    r.layers = (size_t)node_attribute(node, "layers")->integer;
    r.directions = node_attribute(node, "bidirectional")->integer ? 2 : 1;
    r.states = shapes[1]->rank < 3 ? 0 : kind == RECURRENCE_LSTM ? 2 : 1;
    r.weights = 1 + r.states;
    r.biased = node->arity - r.weights == 4 * r.layers * r.directions;
    r.n = shapes[0]->dim[1];
    r.inputs = shapes[0]->dim[2];
    r.hidden = shapes[r.weights + 1]->dim[1];
    r.rows = gates_of(kind) * r.hidden;
    return r;
}

static gck_status expect(const struct node *node, const struct argument *argument, struct shape wanted,
                         struct errors *errors)
{
    char given[SHAPE_TEXT], text[SHAPE_TEXT];
    if (shape_equal(&argument->shape, &wanted))
        return GCK_OK;
    return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must have shape %s", node->op->name,
                      argument->name, shape_text(given, &argument->shape), shape_text(text, &wanted));
}

/* The states, and the weights of every layer and direction. */
static gck_status check(struct node *node, const struct argument *arguments, const struct recurrent *r,
                        struct shape state, struct errors *errors)
{
    gck_status status = GCK_OK;
    size_t each = r->biased ? 4 : 2;
    for (size_t i = 1; i <= r->states && !status; i++)
        status = expect(node, &arguments[i], state, errors);
    for (size_t i = r->weights; i < node->arity && !status; i++) {
        size_t which = (i - r->weights) % each, layer = (i - r->weights) / each / r->directions;
        size_t width = which ? r->hidden : layer ? r->directions * r->hidden : r->inputs;
        struct shape wanted = {which < 2 ? 2 : 1, {r->rows, which < 2 ? width : 0}};
        status = expect(node, &arguments[i], wanted, errors);
    }
    return status;
}

static gck_status cell_rule(struct node *node, const struct argument *arguments, enum recurrence kind,
                            struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct shape *shapes[] = {&arguments[0].shape, &arguments[1].shape};
    for (int i = 0; i < 2; i++)
        if (arguments[i].shape.rank != 2)
            return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must be (N, %s)", node->op->name,
                              arguments[i].name, shape_text(text, &arguments[i].shape), i ? "H" : "I");
    struct recurrent r = recurrent_cell(node, shapes, kind);
    if (node->arity == r.weights + 3)
        return errors_add(errors, GCK_BAD_CASE, "%s takes both biases or none, not one", node->op->name);
    node->shape = (struct shape){2, {r.n, r.hidden}};
    node->scratch = recurrent_room(&r);
    node->terms = r.rows / (r.hidden ? r.hidden : 1) * (r.inputs + r.hidden);
    return check(node, arguments, &r, node->shape, errors);
}

gck_status rule_rnn_cell(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return cell_rule(node, arguments, recurrence_plain(node), errors);
}

gck_status rule_lstm_cell(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return cell_rule(node, arguments, RECURRENCE_LSTM, errors);
}

gck_status rule_gru_cell(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return cell_rule(node, arguments, RECURRENCE_GRU, errors);
}

enum { MOST_LAYERS = 1000 };

static const char *const rows_text[] = {
    [RECURRENCE_TANH] = "H", [RECURRENCE_RELU] = "H", [RECURRENCE_LSTM] = "4 H", [RECURRENCE_GRU] = "3 H"};

/* Whether there are as many weights as layers and directions take, behind x and the states, if any. */
static gck_status counts_right(const struct node *node, const struct argument *arguments, enum recurrence kind,
                               struct errors *errors)
{
    long layers = node_attribute(node, "layers")->integer;
    bool both = node_attribute(node, "bidirectional")->integer;
    const char *name = node->op->name, *states = kind == RECURRENCE_LSTM ? ", h0 and c0" : " and h0";
    if (layers < 1 || layers > MOST_LAYERS)
        return errors_add(errors, GCK_BAD_CASE, "%s: layers = %ld; it must be 1 to %d", name, layers,
                          MOST_LAYERS);
    size_t runs = (size_t)layers * (both ? 2 : 1);
    size_t front = arguments[1].shape.rank < 3 ? 1 : kind == RECURRENCE_LSTM ? 3 : 2;
    size_t weights = node->arity > front ? node->arity - front : 0;
    if (weights != 2 * runs && weights != 4 * runs)
        return errors_add(errors, GCK_BAD_CASE,
                          "%s: %ld layer%s%s take%s %zu weights behind x%s, or %zu with biases, not %zu", name,
                          layers, layers == 1 ? "" : "s", both ? " in both directions" : "",
                          layers == 1 ? "s" : "", 2 * runs, front > 1 ? states : "", 4 * runs, weights);
    return GCK_OK;
}

static gck_status sequence_rule(struct node *node, const struct argument *arguments, enum recurrence kind,
                                struct errors *errors)
{
    char text[SHAPE_TEXT];
    const struct argument *x = &arguments[0];
    const struct shape *shapes[5];
    if (x->shape.rank != 3 || x->shape.dim[0] == 0)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must be (T, N, I), T at least 1",
                          node->op->name, x->name, shape_text(text, &x->shape));
    gck_status status = counts_right(node, arguments, kind, errors);
    if (status)
        return status;
    for (size_t i = 0; i < 5 && i < node->arity; i++)
        shapes[i] = &arguments[i].shape;
    struct recurrent r = recurrent_sequence(node, shapes, kind);
    const struct argument *w = &arguments[r.weights + 1];
    if (w->shape.rank != 2)
        return errors_add(errors, GCK_BAD_CASE, "%s: %s has shape %s; it must be (%s, H)", node->op->name,
                          w->name, shape_text(text, &w->shape), rows_text[kind]);
    size_t runs = r.layers * r.directions;
    node->shape = (struct shape){3, {r.steps, r.n, r.directions * r.hidden}};
    node->scratch =
        runs * recurrent_room(&r) + 2 * (r.layers - 1) * recurrent_output(&r) + r.steps * r.n * r.inputs;
    node->terms = r.layers * gates_of(kind) * (r.inputs + r.hidden);
    return check(node, arguments, &r, (struct shape){3, {runs, r.n, r.hidden}}, errors);
}

gck_status rule_rnn(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return sequence_rule(node, arguments, recurrence_plain(node), errors);
}

gck_status rule_lstm(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return sequence_rule(node, arguments, RECURRENCE_LSTM, errors);
}

gck_status rule_gru(struct node *node, const struct argument *arguments, struct errors *errors)
{
    return sequence_rule(node, arguments, RECURRENCE_GRU, errors);
}
