/* Walking a graph in the order of the backward pass. */
#include "check/explain.h"

#include <math.h>
#include <string.h>

#include "check/explain_parts.h"
#include "real/wide.h"

bool explain_flows(const struct explaining *e, size_t at, size_t k)
{
    const struct node *node = &e->ladder->graph->nodes[at];
    const struct node *input = &e->ladder->graph->nodes[node->inputs[k]];
    return graph_flows(node, k, false) && input->kind == KIND_FLOAT && !input->literal &&
           reference_gradient(&e->ladder->levels[0], node->inputs[k]) != NULL;
}

const char *explain_keep(struct arena *results, struct text *text)
{
    const char *kept = text->failed ? NULL : arena_text(results, text->data ? text->data : "", text->size);
    text_free(text);
    return kept;
}

static gck_status numbers_new(gck_numbers *numbers, struct arena *results, const struct shape *shape,
                              double **values)
{
    size_t count = shape_count(shape);
    size_t *dims = arena_alloc(results, (size_t)shape->rank, sizeof *dims);
    *values = arena_alloc(results, count, sizeof **values);
    *numbers = (gck_numbers){.rank = shape->rank, .dims = dims, .count = count, .values = *values};
    if (!dims || !*values)
        return GCK_NO_MEMORY;
    memcpy(dims, shape->dim, (size_t)shape->rank * sizeof *dims);
    return GCK_OK;
}

/* Norm and extremes, scaled so that squares neither overflow nor vanish. */
static void measure(gck_numbers *numbers)
{
    double size = 0, squares = 0;
    bool any = false;
    for (size_t i = 0; i < numbers->count; i++) {
        double x = numbers->values[i];
        if (!isfinite(x))
            continue;
        numbers->least = any ? fmin(numbers->least, x) : x;
        numbers->greatest = any ? fmax(numbers->greatest, x) : x;
        any = true;
    }
    size = fmax(fabs(numbers->least), fabs(numbers->greatest));
    for (size_t i = 0; i < numbers->count && size > 0; i++)
        if (isfinite(numbers->values[i]))
            squares += numbers->values[i] / size * (numbers->values[i] / size);
    numbers->norm = size * sqrt(squares);
}

gck_status explain_numbers(gck_numbers *numbers, struct arena *results, const struct shape *shape,
                           const m_element *x)
{
    double *values;
    gck_status status = numbers_new(numbers, results, shape, &values);
    if (status)
        return status;
    for (size_t i = 0; i < numbers->count; i++)
        values[i] = m_to_double(x + i);
    measure(numbers);
    if (numbers->count > GCK_EXPLAIN_MOST)
        return GCK_OK;
    gck_number *texts = arena_alloc(results, numbers->count, sizeof *texts);
    for (size_t i = 0; texts && i < numbers->count; i++)
        number_set(&texts[i], x + i);
    numbers->numbers = texts;
    return texts ? GCK_OK : GCK_NO_MEMORY;
}

/* Labels and indices. */
static gck_status integers(gck_numbers *numbers, struct arena *results, const struct node *node)
{
    double *values;
    gck_status status = numbers_new(numbers, results, &node->shape, &values);
    for (size_t i = 0; !status && i < numbers->count; i++)
        values[i] = (double)node->values.integers[i];
    if (!status)
        measure(numbers);
    return status;
}

static const char *copy(struct arena *results, const char *text)
{
    return arena_text(results, text, strlen(text));
}

/* ", axis=1" for every attribute that the case gives. */
static void add_attributes(struct text *text, const struct graph *graph, size_t at)
{
    const struct node *node = &graph->nodes[at];
    gck_request request = {.graph = graph};
    char buffer[256];
    for (int k = 0; k < MOST_ATTRIBUTES && node->op->attributes[k].name; k++) {
        const char *name = node->op->attributes[k].name;
        const char *quote = node->op->attributes[k].type == ATTRIBUTE_TEXT ? "\"" : "";
        if (node->attributes[k].given && gck_request_attribute(&request, at, name, buffer, sizeof buffer))
            text_add(text, ", %s=%s%s%s", name, quote, buffer, quote);
    }
}

/* "f = mul(q, z)"; a number of a formula is written as it is. */
static gck_status row(gck_step *step, const struct explaining *e, size_t at)
{
    const struct graph *graph = e->ladder->graph;
    const struct node *node = &graph->nodes[at];
    struct text text = {0};
    bool formula = strcmp(node->op->name, "expr") == 0; /* claims are shown apart */
    size_t shown = formula ? 1 : node->arity;
    const char **inputs = arena_alloc(e->results, shown, sizeof *inputs);
    if (!inputs)
        return GCK_NO_MEMORY;
    text_add(&text, "%s = %s(", node->name, node->op->name);
    for (size_t k = 0; k < shown; k++) {
        const struct node *input = &graph->nodes[node->inputs[k]];
        inputs[k] = copy(e->results, input->literal ? input->values.texts[0] : input->name);
        if (!inputs[k])
            text.failed = true;
        else
            text_add(&text, "%s%s", k ? ", " : "", inputs[k]);
    }
    add_attributes(&text, graph, at);
    text_add(&text, ")");
    step->inputs = inputs;
    step->input_count = shown;
    step->row = explain_keep(e->results, &text);
    return step->row ? GCK_OK : GCK_NO_MEMORY;
}

/* What a node is. */
static gck_status describe(gck_step *step, const struct explaining *e, size_t at)
{
    const struct graph *graph = e->ladder->graph;
    const struct node *node = &graph->nodes[at];
    *step = (gck_step){.literal = node->literal};
    for (size_t i = 0; i < graph->wrt_count; i++)
        step->parameter |= graph->wrt[i] == at;
    step->name = copy(e->results, node->literal ? node->values.texts[0] : node->name);
    gck_status status = node->kind == KIND_FLOAT ? explain_numbers(&step->value, e->results, &node->shape,
                                                                   reference_value(&e->ladder->levels[0], at))
                                                 : integers(&step->value, e->results, node);
    if (!step->name || status)
        return GCK_NO_MEMORY;
    if (!node->op)
        return GCK_OK;
    step->op = node->op->name;
    step->role = node->op->role;
    step->formula = node->op->formula;
    step->convention = node->op->convention;
    return row(step, e, at);
}

/* What a node's gradient is, and what it sends on. */
static gck_status differentiate(gck_step *step, struct explaining *e, size_t at)
{
    const struct node *node = &e->ladder->graph->nodes[at];
    const m_element *gradient = reference_gradient(&e->ladder->levels[0], at);
    step->reached = gradient && !node->literal;
    if (!step->reached)
        return GCK_OK;
    gck_status status = explain_numbers(&step->gradient, e->results, &node->shape, gradient);
    if (!status && !e->values_only)
        status = numeric_take(&step->numeric, NULL, e->results, e->ladder, at, e->seed, e->most_level);
    if (!status && node->op)
        status = explain_gate(step, e, at);
    if (!status && node->op && !e->values_only)
        status = explain_claims(step, e, at);
    return status;
}

/* Lists for every step what it receives. */
static gck_status connect(gck_step *steps, size_t count, struct arena *results)
{
    const gck_contribution ***lists = arena_alloc(results, count, sizeof *lists);
    if (!lists)
        return GCK_NO_MEMORY;
    for (size_t s = 0; s < count; s++)
        for (size_t k = 0; k < steps[s].send_count; k++)
            steps[steps[s].sends[k].to].receive_count++;
    for (size_t s = 0; s < count; s++) {
        lists[s] = arena_alloc(results, steps[s].receive_count, sizeof *lists[s]);
        if (!lists[s])
            return GCK_NO_MEMORY;
        steps[s].receives = lists[s];
        steps[s].receive_count = 0;
    }
    for (size_t s = 0; s < count; s++)
        for (size_t k = 0; k < steps[s].send_count; k++) {
            size_t to = steps[s].sends[k].to;
            lists[to][steps[to].receive_count++] = &steps[s].sends[k];
        }
    return GCK_OK;
}

static void add_agreement(gck_explanation *x, const gck_numeric *numeric)
{
    if (numeric->taken && numeric->agreement > x->agreement)
        x->agreement = numeric->agreement;
}

static void fold(gck_explanation *x)
{
    for (size_t s = 0; s < x->step_count; s++) {
        const gck_step *step = &x->steps[s];
        add_agreement(x, &step->numeric);
        for (size_t k = 0; k < step->send_count; k++) {
            add_agreement(x, &step->sends[k].local.numeric);
            add_agreement(x, &step->sends[k].numeric);
        }
        for (size_t k = 0; k < step->claim_count; k++)
            if (step->claims[k].agreement > x->agreement)
                x->agreement = step->claims[k].agreement;
    }
}

/* Numbers the nodes that the output needs, from it backward. Claims are no part of that. */
static gck_status order(struct explaining *e, size_t *count)
{
    const struct graph *graph = e->ladder->graph;
    e->live = arena_alloc(e->results, graph->count, sizeof *e->live);
    e->step = arena_alloc(e->results, graph->count, sizeof *e->step);
    if (!e->live || !e->step)
        return GCK_NO_MEMORY;
    e->live[graph->output] = true;
    for (size_t i = graph->output + 1; i-- > 0;) {
        const struct node *node = &graph->nodes[i];
        if (!e->live[i])
            continue;
        e->step[i] = (*count)++;
        for (size_t k = 0; k < node->arity; k++)
            e->live[node->inputs[k]] |= graph_flows(node, k, false);
    }
    return GCK_OK;
}

static gck_status steps_take(gck_explanation *x, struct explaining *e)
{
    const struct graph *graph = e->ladder->graph;
    size_t count = 0;
    gck_status status = order(e, &count);
    gck_step *steps = arena_alloc(e->results, count, sizeof *steps);
    if (status || !steps)
        return GCK_NO_MEMORY;
    for (size_t i = graph->output + 1; i-- > 0 && !status;) {
        if (!e->live[i])
            continue;
        if (e->stop && *e->stop)
            return GCK_STOPPED;
        status = describe(&steps[e->step[i]], e, i);
        if (!status)
            status = differentiate(&steps[e->step[i]], e, i);
    }
    if (!status)
        status = connect(steps, count, e->results);
    x->steps = steps;
    x->step_count = count;
    return status;
}

/* The seed, and a name for what is differentiated. */
static gck_status objective(gck_explanation *x, const struct explaining *e, const struct binding *binding)
{
    const struct graph *graph = e->ladder->graph;
    const struct node *output = &graph->nodes[graph->output];
    struct text text = {0};
    double *values;
    gck_status status = numbers_new(&x->seed, e->results, &output->shape, &values);
    if (status)
        return status;
    memcpy(values, binding->seed, x->seed.count * sizeof *values);
    measure(&x->seed);
    bool plain = x->seed.count == 1 && values[0] == 1;
    text_add(&text, plain ? "%s" : "<seed, %s>", output->name);
    x->objective = explain_keep(e->results, &text);
    return x->objective ? GCK_OK : GCK_NO_MEMORY;
}

gck_status explain_take(gck_explanation *x, struct arena *results, const struct graph *graph,
                        const struct explain_settings *settings, struct errors *errors)
{
    struct arena scratch = {0};
    struct binding binding;
    struct ladder ladder = {.graph = graph, .binding = &binding, .bits = settings->bits};
    struct explaining e = {.results = results,
                           .ladder = &ladder,
                           .seed = settings->seed,
                           .values_only = settings->values_only,
                           .stop = settings->stop};
    while (e.most_level + 1 < MOST_LEVELS && settings->bits << (e.most_level + 1) <= settings->max_bits)
        e.most_level++;
    x->bits = settings->bits;
    gck_status status = binding_new(&binding, &scratch, graph, FLOAT64, errors);
    binding.exact = true; /* a claim of 0.1 is right where the derivative is 1/10 */
    if (!status)
        status = ladder_reach(&ladder, 0);
    if (!status)
        status = objective(x, &e, &binding);
    if (!status)
        status = steps_take(x, &e);
    if (!status)
        fold(x);
    ladder_free(&ladder);
    arena_free(&scratch);
    return status;
}
