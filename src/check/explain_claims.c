/* Derivatives that a case claims for a formula, beside the true ones. */
#include <math.h>
#include <string.h>

#include "check/explain_parts.h"
#include "real/wide.h"
#include "tensor/walk.h"

/* The formula of one `expr`, cut out between its variables and its result. */
struct formula {
    const struct explaining *e;
    const struct node *node;
    size_t rows;
    size_t *variables; /* nodes of the whole graph */
    size_t count;
};

/* Index in the gate's graph of a variable. */
static size_t leaf_of(const struct gate *gate, size_t variable)
{
    size_t i = 0;
    while (i < gate->graph.count && gate->from[i] != variable)
        i++;
    return i;
}

/* Column of the claimed derivative's one entry in each row: broadcasting tells. */
static gck_status columns_of(size_t *columns, const struct shape *variable, const struct shape *result)
{
    const struct view views[] = {view_of(result), view_expanded(variable, result)};
    struct walk w = walk_over(result, 2, views);
    while (walk_next(&w))
        for (size_t i = 0; i < w.count; i++)
            columns[w.offset[0] + (ptrdiff_t)i * w.step[0]] = (size_t)(w.offset[1] + (ptrdiff_t)i * w.step[1]);
    return GCK_OK;
}

/* One claim while it is compared. */
struct claiming {
    gck_claim *out;
    size_t variable;
    const m_element *given;        /* of the claim's shape */
    size_t *column, *given_column; /* per row: the variable's element, the claim's */
    gck_number *numbers, *truth, *differences;
    double largest, worst; /* of true and claimed entries; distance between them */
};

static gck_status claiming_new(struct claiming *c, const struct formula *f, size_t i, gck_claim *out)
{
    struct arena *results = f->e->results;
    const struct graph *graph = f->e->ladder->graph;
    const struct node *variable = &graph->nodes[f->variables[i]];
    size_t claim = f->node->inputs[2 * i + 2];
    const struct shape *shape = &graph->nodes[claim].shape;
    *c = (struct claiming){.out = out, .variable = f->variables[i]};
    *out =
        (gck_claim){.variable = arena_text(results, variable->name, strlen(variable->name)), .count = f->rows};
    c->given = reference_value(&f->e->ladder->levels[0], claim);
    gck_status status = explain_numbers(&out->claimed, results, shape, c->given);
    c->column = arena_alloc(results, f->rows, sizeof *c->column);
    c->given_column = arena_alloc(results, f->rows, sizeof *c->given_column);
    if (status || !out->variable || !c->column || !c->given_column)
        return GCK_NO_MEMORY;
    columns_of(c->column, &variable->shape, &f->node->shape);
    columns_of(c->given_column, shape, &f->node->shape);
    if (f->rows > GCK_EXPLAIN_MOST)
        return GCK_OK;
    c->numbers = arena_alloc(results, f->rows, sizeof *c->numbers);
    c->truth = arena_alloc(results, f->rows, sizeof *c->truth);
    c->differences = arena_alloc(results, f->rows, sizeof *c->differences);
    out->given = c->numbers;
    out->truth = c->truth;
    return c->numbers && c->truth && c->differences ? GCK_OK : GCK_NO_MEMORY;
}

/* The larger one; NaN once either is. */
static double worse(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : fmax(a, b);
}

/* Adds |claimed - true| of one number and its size. */
static void add_distance(struct claiming *c, const m_element *claimed, const m_element *truth)
{
    double distance = m_distance(claimed, truth);
    double relative = distance == 0 ? 0 : distance / fmax(m_size(claimed), m_size(truth));
    c->out->distance = worse(c->out->distance, relative);
    c->largest = fmax(c->largest, fmax(m_size(claimed), m_size(truth)));
    c->worst = worse(c->worst, distance);
}

/* Row r: what the formula's own backward gives for a unit seed, and what is claimed. */
static gck_status claim_row(struct claiming *c, const struct formula *f, struct trial_gate *trial, size_t r)
{
    size_t leaf = leaf_of(&trial->gate, c->variable);
    m_context context = m_context_wide(f->e->ladder->bits, FLOAT64);
    const m_element *gradient =
        leaf < trial->gate.graph.count ? reference_gradient(&trial->ladder.levels[0], leaf) : NULL;
    M_LOCAL(zero, &context);
    size_t columns = shape_count(&f->e->ladder->graph->nodes[c->variable].shape);
    for (size_t k = 0; k < columns; k++)
        add_distance(c, k == c->column[r] ? c->given + c->given_column[r] : zero,
                     gradient ? gradient + k : zero);
    number_set(&c->numbers[r], c->given + c->given_column[r]);
    number_set(&c->truth[r], gradient ? gradient + c->column[r] : zero);
    gck_numeric numeric = {0};
    gck_status status = GCK_OK;
    if (gradient)
        status = numeric_take(&numeric, NULL, &trial->arena, &trial->ladder, leaf, f->e->seed, 0);
    if (status || !numeric.numbers)
        return status;
    gck_numeric *all = &c->out->numeric;
    c->differences[r] = numeric.numbers[c->column[r]];
    all->numbers = c->differences;
    all->count = f->rows;
    all->taken = true;
    all->agreement = numeric.agreement > all->agreement ? numeric.agreement : all->agreement;
    all->distance = fmax(all->distance, numeric.distance);
    return GCK_OK;
}

/* All at once: sums of the columns under a random seed. */
static gck_status claim_sums(struct claiming *c, const struct formula *f, struct trial_gate *trial)
{
    size_t leaf = leaf_of(&trial->gate, c->variable);
    size_t columns = shape_count(&f->e->ladder->graph->nodes[c->variable].shape);
    m_context context = m_context_wide(f->e->ladder->bits, FLOAT64);
    m_element *sums = m_elements(&trial->arena, columns, &context);
    const m_element *gradient =
        leaf < trial->gate.graph.count ? reference_gradient(&trial->ladder.levels[0], leaf) : NULL;
    M_LOCAL(t, &context);
    M_LOCAL(zero, &context);
    if (!sums)
        return GCK_NO_MEMORY;
    for (size_t r = 0; r < f->rows; r++) {
        m_set_double(t, trial->gate.graph.seed.doubles[r], &context);
        m_mul(t, t, c->given + c->given_column[r], &context);
        m_add(sums + c->column[r], sums + c->column[r], t, &context);
    }
    for (size_t k = 0; k < columns; k++)
        add_distance(c, sums + k, gradient ? gradient + k : zero);
    return gradient ? numeric_take(&c->out->numeric, NULL, f->e->results, &trial->ladder, leaf, f->e->seed, 0)
                    : GCK_OK;
}

/* Evaluates the formula alone, seeded with a unit (row r) or at random (r = rows). */
static gck_status formula_run(struct trial_gate *trial, const struct formula *f, size_t r)
{
    *trial = (struct trial_gate){0};
    gck_status status = gate_between(&trial->gate, &trial->arena, &f->e->ladder->levels[0], f->node->inputs[0],
                                     f->variables, f->count);
    if (status)
        return status;
    if (r < f->rows) {
        double *unit = arena_alloc(&trial->arena, f->rows, sizeof *unit);
        if (!unit)
            return GCK_NO_MEMORY;
        unit[r] = 1;
        trial->gate.graph.seed.doubles = unit;
    } else if ((status = gate_seed(&trial->gate, f->e->seed))) {
        return status;
    }
    return trial_gate_run(trial, f->e->ladder);
}

/* Claims are evaluated as the formula is: what rounding at this precision explains is none of their fault. */
static void settle(struct claiming *c, int bits)
{
    bool right = c->worst <= ldexp_up(c->largest, -bits / 2);
    c->out->agreement = right ? GCK_AGREES : GCK_DIFFERS;
    if (!right && c->out->numeric.agreement == GCK_CORNER)
        c->out->agreement = GCK_CORNER;
}

static gck_status compare(struct claiming *claims, const struct formula *f)
{
    bool small = f->rows <= GCK_EXPLAIN_MOST;
    gck_status status = GCK_OK;
    for (size_t r = small ? 0 : f->rows; r < f->rows + !small && !status; r++) {
        struct trial_gate trial;
        status = formula_run(&trial, f, r);
        for (size_t i = 0; i < f->count && !status; i++)
            status = small ? claim_row(&claims[i], f, &trial, r) : claim_sums(&claims[i], f, &trial);
        trial_gate_free(&trial);
    }
    for (size_t i = 0; i < f->count; i++)
        settle(&claims[i], f->e->ladder->bits);
    return status;
}

gck_status explain_claims(gck_step *step, const struct explaining *e, size_t at)
{
    const struct node *node = &e->ladder->graph->nodes[at];
    struct formula f = {.e = e, .node = node, .rows = shape_count(&node->shape)};
    if (strcmp(node->op->name, "expr") != 0 || node->arity == 1)
        return GCK_OK;
    f.count = (node->arity - 1) / 2;
    f.variables = arena_alloc(e->results, f.count, sizeof *f.variables);
    gck_claim *out = arena_alloc(e->results, f.count, sizeof *out);
    struct claiming *claims = arena_alloc(e->results, f.count, sizeof *claims);
    if (!f.variables || !out || !claims)
        return GCK_NO_MEMORY;
    gck_status status = GCK_OK;
    for (size_t i = 0; i < f.count; i++)
        f.variables[i] = node->inputs[2 * i + 1];
    for (size_t i = 0; i < f.count && !status; i++)
        status = claiming_new(&claims[i], &f, i, &out[i]);
    if (!status)
        status = compare(claims, &f);
    step->claims = out;
    step->claim_count = f.count;
    return status;
}
