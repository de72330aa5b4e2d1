/* One gate: its Jacobians row by row, and what it sends to its inputs. */
#include <math.h>

#include "check/explain_parts.h"
#include "real/wide.h"

/* Gives a reference of the gate the whole graph's values with all their bits. */
static void refine(struct reference *of_gate, const struct gate *gate, const struct reference *whole)
{
    m_evaluation *evaluation = of_gate->evaluation;
    const m_context *c = m_evaluation_context(evaluation);
    for (size_t i = 0; i < gate->graph.count; i++) {
        const struct node *node = &gate->graph.nodes[i];
        size_t n = node->op || node->kind != KIND_FLOAT ? 0 : shape_count(&node->shape);
        for (size_t k = 0; k < n; k++)
            m_set(m_evaluation_value(evaluation, i) + k, reference_value(whole, gate->from[i]) + k, c);
    }
    m_evaluation_forward(evaluation);
}

/* Backward through the gate alone with this seed; the gradients are then those of this sweep. */
static gck_status sweep(struct trial_gate *trial, const m_element *seed)
{
    m_evaluation_clear(trial->ladder.levels[0].evaluation);
    return m_evaluation_backward(trial->ladder.levels[0].evaluation, seed);
}

gck_status trial_gate_run(struct trial_gate *trial, const struct ladder *whole)
{
    struct errors errors = {0};
    gck_status status =
        binding_new(&trial->binding, &trial->arena, &trial->gate.graph, whole->binding->dtype, &errors);
    errors_free(&errors);
    trial->binding.exact = whole->binding->exact; /* decimal attributes too */
    trial->ladder =
        (struct ladder){.graph = &trial->gate.graph, .binding = &trial->binding, .bits = whole->bits};
    if (!status)
        status = ladder_reach(&trial->ladder, 0);
    if (status)
        return status;
    refine(&trial->ladder.levels[0], &trial->gate, &whole->levels[0]);
    refine(&trial->ladder.guards[0], &trial->gate, &whole->guards[0]);
    return sweep(trial, NULL);
}

void trial_gate_free(struct trial_gate *trial)
{
    ladder_free(&trial->ladder);
    arena_free(&trial->arena);
}

/* The gate with every argument a leaf of its own; those that gradients do not flow to count as literals. */
static gck_status gate_start(struct trial_gate *trial, const struct explaining *e, size_t at)
{
    *trial = (struct trial_gate){0};
    gck_status status = gate_alone(&trial->gate, &trial->arena, &e->ladder->levels[0], at, true);
    for (size_t k = 0; !status && k < e->ladder->graph->nodes[at].arity; k++)
        trial->gate.graph.nodes[k].literal = !explain_flows(e, at, k);
    return status;
}

/* One argument that gradients flow to, while the gate is taken apart. */
struct branch {
    size_t argument;
    gck_contribution *out;
    bool small;           /* the Jacobian is shown */
    gck_number *entries;  /* of it */
    gck_number *numbers;  /* differences */
    double *left, *right; /* one-sided ones */
    m_element *products;  /* differences times upstream */
};

struct taking {
    const struct explaining *e;
    size_t at, rows;
    struct branch *branches;
    size_t count;
    struct arena scratch;
};

static gck_status branch_new(struct branch *branch, struct taking *taking, size_t k, gck_contribution *out)
{
    const struct explaining *e = taking->e;
    const struct graph *graph = e->ladder->graph;
    size_t input = graph->nodes[taking->at].inputs[k], columns = shape_count(&graph->nodes[input].shape);
    m_context c = m_context_wide(e->ladder->bits, FLOAT64);
    bool failed = false;
    *branch = (struct branch){.argument = k, .out = out};
    *out = (gck_contribution){.from = e->step[taking->at], .to = e->step[input]};
    out->argument = explain_argument(e->results, &graph->nodes[taking->at], k);
    out->local = (gck_jacobian){.rows = taking->rows, .columns = columns};
    out->local.bytes = 8 * (double)taking->rows * (double)columns;
    out->local.symbol = explain_symbol(e->results, graph, taking->at, k, &failed);
    size_t entries = taking->rows * columns;
    branch->small = !e->values_only && entries > 0 && entries <= GCK_EXPLAIN_MOST;
    if (!out->argument || failed)
        return GCK_NO_MEMORY;
    if (!branch->small)
        return GCK_OK;
    branch->entries = arena_alloc(e->results, entries, sizeof *branch->entries);
    branch->numbers = arena_alloc(e->results, entries, sizeof *branch->numbers);
    branch->left = arena_alloc(e->results, entries, sizeof *branch->left);
    branch->right = arena_alloc(e->results, entries, sizeof *branch->right);
    branch->products = m_elements(&taking->scratch, columns, &c);
    bool all = branch->entries && branch->numbers && branch->left && branch->right && branch->products;
    out->local.entries = branch->entries;
    out->local.numeric.numbers = branch->numbers;
    out->local.numeric.count = entries;
    return all ? GCK_OK : GCK_NO_MEMORY;
}

static void add_outcome(gck_numeric *to, const gck_numeric *from)
{
    to->taken |= from->taken;
    if (from->taken && from->agreement > to->agreement)
        to->agreement = from->agreement;
    if (from->taken && !(from->distance <= to->distance))
        to->distance = from->distance;
}

/* Row r of one argument's Jacobian. */
static gck_status branch_row(struct branch *branch, struct taking *taking, struct trial_gate *trial, size_t r)
{
    const struct explaining *e = taking->e;
    gck_jacobian *local = &branch->out->local;
    size_t columns = local->columns;
    m_context c = m_context_wide(e->ladder->bits, FLOAT64);
    m_element *differences = m_elements(&trial->arena, columns, &c);
    gck_numeric numeric;
    if (!differences)
        return GCK_NO_MEMORY;
    gck_status status =
        numeric_take(&numeric, differences, &trial->arena, &trial->ladder, branch->argument, e->seed, 0);
    if (status)
        return status;
    const m_element *gradient = reference_gradient(&trial->ladder.levels[0], branch->argument);
    const m_element *upstream = reference_gradient(&e->ladder->levels[0], taking->at) + r;
    M_LOCAL(t, &c);
    for (size_t k = 0; k < columns; k++) {
        size_t at = r * columns + k;
        number_set(&branch->entries[at], gradient + k);
        branch->numbers[at] = numeric.numbers[k];
        branch->left[at] = numeric.left ? numeric.left[k] : numeric.numbers[k].value;
        branch->right[at] = numeric.right ? numeric.right[k] : numeric.numbers[k].value;
        m_mul(t, differences + k, upstream, &c);
        m_add(branch->products + k, branch->products + k, t, &c);
    }
    if (numeric.left) {
        local->numeric.left = branch->left;
        local->numeric.right = branch->right;
    }
    add_outcome(&local->numeric, &numeric);
    return GCK_OK;
}

/* Row r of all Jacobians that are shown: one backward with a unit seed. */
static gck_status take_row(struct taking *taking, size_t r)
{
    struct trial_gate trial;
    gck_status status = gate_start(&trial, taking->e, taking->at);
    double *unit = arena_alloc(&trial.arena, taking->rows, sizeof *unit);
    if (!status && !unit)
        status = GCK_NO_MEMORY;
    if (!status) {
        unit[r] = 1;
        trial.gate.graph.seed.doubles = unit;
        status = trial_gate_run(&trial, taking->e->ladder);
    }
    for (size_t k = 0; k < taking->count && !status; k++)
        if (taking->branches[k].small)
            status = branch_row(&taking->branches[k], taking, &trial, r);
    trial_gate_free(&trial);
    return status;
}

/* The product that differences give beside the one that the backward pass gives. */
static gck_status compare_products(struct branch *branch, const struct explaining *e, const m_element *product)
{
    gck_contribution *out = branch->out;
    size_t columns = out->local.columns;
    gck_number *numbers = arena_alloc(e->results, columns, sizeof *numbers);
    double largest = 0, distance = 0;
    if (!numbers)
        return GCK_NO_MEMORY;
    for (size_t k = 0; k < columns; k++) {
        number_set(&numbers[k], branch->products + k);
        largest = fmax(largest, m_size(product + k));
        distance = fmax(distance, m_distance(product + k, branch->products + k));
    }
    out->numeric = (gck_numeric){.taken = out->local.numeric.taken,
                                 .agreement = out->local.numeric.agreement,
                                 .distance = distance == 0 ? 0 : distance / largest,
                                 .count = columns,
                                 .numbers = numbers};
    return GCK_OK;
}

/* What is sent, and what the Jacobians look like. */
static gck_status take_sweeps(struct taking *taking, struct trial_gate *trial)
{
    const struct explaining *e = taking->e;
    const struct graph *graph = e->ladder->graph;
    const struct reference *alone = &trial->ladder.levels[0];
    m_context c = m_context_wide(e->ladder->bits, FLOAT64);
    gck_status status = sweep(trial, reference_gradient(&e->ladder->levels[0], taking->at));
    for (size_t k = 0; k < taking->count && !status; k++) {
        struct branch *branch = &taking->branches[k];
        const m_element *product = reference_gradient(alone, branch->argument);
        const struct shape *shape = &trial->gate.graph.nodes[branch->argument].shape;
        status = explain_numbers(&branch->out->product, e->results, shape, product);
        if (!status && branch->small)
            status = compare_products(branch, e, product);
    }
    if (status || e->values_only)
        return status;
    m_element *ones = m_elements(&taking->scratch, taking->rows, &c);
    if (!ones)
        return GCK_NO_MEMORY;
    for (size_t r = 0; r < taking->rows; r++)
        m_set_si(ones + r, 1, &c);
    status = sweep(trial, ones);
    for (size_t k = 0; k < taking->count && !status; k++)
        status = explain_structure(&taking->branches[k].out->local, e->results, graph, taking->at,
                                   taking->branches[k].argument,
                                   reference_gradient(alone, taking->branches[k].argument));
    return status;
}

/* What is taken for all rows at once. */
static gck_status take_whole(struct taking *taking)
{
    struct trial_gate trial;
    gck_status status = gate_start(&trial, taking->e, taking->at);
    if (!status)
        status = gate_seed(&trial.gate, taking->e->seed);
    if (!status)
        status = trial_gate_run(&trial, taking->e->ladder);
    for (size_t k = 0; k < taking->count && !status; k++)
        if (!taking->branches[k].small && !taking->e->values_only)
            status = numeric_take(&taking->branches[k].out->local.numeric, NULL, taking->e->results,
                                  &trial.ladder, taking->branches[k].argument, taking->e->seed, 0);
    if (!status)
        status = take_sweeps(taking, &trial);
    trial_gate_free(&trial);
    return status;
}

static gck_status take(gck_step *step, struct taking *taking, const struct node *node)
{
    const struct explaining *e = taking->e;
    size_t count = 0;
    for (size_t k = 0; k < node->arity; k++)
        count += explain_flows(e, taking->at, k);
    gck_contribution *sends = arena_alloc(e->results, count, sizeof *sends);
    taking->branches = arena_alloc(&taking->scratch, count, sizeof *taking->branches);
    if (!sends || !taking->branches)
        return GCK_NO_MEMORY;
    gck_status status = GCK_OK;
    bool small = false;
    for (size_t k = 0; k < node->arity && !status; k++) {
        if (!explain_flows(e, taking->at, k))
            continue;
        struct branch *branch = &taking->branches[taking->count];
        status = branch_new(branch, taking, k, &sends[taking->count++]);
        small |= branch->small;
    }
    for (size_t r = 0; r < taking->rows && small && !status; r++)
        status = take_row(taking, r);
    if (!status)
        status = take_whole(taking);
    step->sends = sends;
    step->send_count = count;
    return status;
}

gck_status explain_gate(gck_step *step, const struct explaining *e, size_t at)
{
    const struct node *node = &e->ladder->graph->nodes[at];
    struct taking taking = {.e = e, .at = at, .rows = shape_count(&node->shape)};
    gck_status status = take(step, &taking, node);
    arena_free(&taking.scratch);
    return status;
}
