/* Variations of a case: other inputs for the same graph, the same on every machine.
 *
 * In variation K a generated tensor of seed S is that of seed S + K 0x9e3779b97f4a7c15 (mod 2^64). The other
 * floats of parameters move, each x to x (1 + k / 2^30) with a random |k| <= 2^24: by a 64th of itself at most.
 * Where the output is not finite then, k / 2^44 is tried, k / 2^58, and at last no move. Zeros stay, and so do
 * numbers that would overflow, constants that are no parameters, and upstream gradients that are written out.
 * What the case expects, and what it equals, is about other numbers then, and is left out. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "case/reader.h"
#include "check/foreign_run.h"
#include "graph/evaluation.h"

enum { WIDEST_MOVE = -30, NARROWEST_MOVE = -58, NARROWER = 14 };

uint64_t seed_varied(struct reader *reader, uint64_t seed)
{
    reader->varied |= reader->file->loading.vary != 0;
    return seed + reader->file->loading.vary * 0x9e3779b97f4a7c15u;
}

/* A parameter of one name moves alike wherever it stands among the inputs. */
static uint64_t name_stream(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

static double moved(const struct reader *reader, double x, double k)
{
    double y = x * (1 + k);
    for (int d = 0; d < DTYPES; d++)
        if (reader->file->dtypes[d] && !isfinite(dtype_round((enum dtype)d, y)))
            return x;
    return y;
}

/* The node's numbers, moved from `values` by k 2^exponent of themselves. */
static void parameter_move(struct reader *reader, struct node *node, const struct values *values, int exponent)
{
    size_t n = shape_count(&node->shape);
    double *x = arena_alloc(reader->arena, n, sizeof *x);
    struct random random = random_new(reader->file->loading.vary, name_stream(node->name));
    if (!x) {
        reader_no_memory(reader);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double k = (double)(random_next(&random) >> 39) - 0x1p24;
        if (values->texts)
            dtype_parse(&x[i], FLOAT64, values->texts[i]);
        else
            x[i] = values->doubles[i];
        x[i] = moved(reader, x[i], ldexp(k, exponent));
    }
    node->values = (struct values){.doubles = x};
}

static bool output_is_finite(const struct graph *graph, const struct binding *binding)
{
    d_context context = {0};
    d_evaluation *e = NULL;
    bool finite = d_evaluation_new(&e, graph, &context) == GCK_OK;
    if (finite) {
        d_evaluation_bind(e, binding);
        d_evaluation_forward(e);
        const double *y = d_evaluation_value(e, graph->output);
        for (size_t i = shape_count(&graph->nodes[graph->output].shape); i-- > 0 && finite;)
            finite = isfinite(y[i]);
    }
    d_evaluation_free(e);
    return finite;
}

/* Whether the output is finite in every dtype of the case. */
static bool is_in_domain(const struct case_file *file)
{
    bool finite = true;
    for (int d = 0; d < DTYPES && finite; d++) {
        struct arena arena = {0};
        struct errors errors = {0};
        struct binding binding;
        if (file->dtypes[d])
            finite = binding_new(&binding, &arena, &file->graph, (enum dtype)d, &errors) == GCK_OK &&
                     output_is_finite(&file->graph, &binding);
        arena_free(&arena);
        errors_free(&errors);
    }
    return finite;
}

static bool is_drawn(const struct reader *reader, size_t node)
{
    const struct name *name = names_find(&reader->names, reader->graph->nodes[node].name);
    return name && name->drawn;
}

/* Moves all parameters; false when their values stay as they are. */
static bool parameters_move(struct reader *reader, const struct values *originals)
{
    struct graph *graph = reader->graph;
    for (int exponent = WIDEST_MOVE; exponent >= NARROWEST_MOVE && !reader_full(reader); exponent -= NARROWER) {
        for (size_t i = 0; i < graph->wrt_count; i++)
            if (!is_drawn(reader, graph->wrt[i]))
                parameter_move(reader, &graph->nodes[graph->wrt[i]], &originals[i], exponent);
        if (foreign_op(graph) || is_in_domain(reader->file))
            return true;
    }
    for (size_t i = 0; i < graph->wrt_count; i++)
        graph->nodes[graph->wrt[i]].values = originals[i];
    return false;
}

void inputs_vary(struct reader *reader)
{
    struct case_file *file = reader->file;
    struct graph *graph = reader->graph;
    struct values *originals = arena_alloc(&reader->scratch, graph->wrt_count + 1, sizeof *originals);
    if (!originals) {
        reader_no_memory(reader);
        return;
    }
    if (reader->errors->count > reader->errors_before)
        return;
    for (size_t i = 0; i < graph->wrt_count; i++)
        originals[i] = graph->nodes[graph->wrt[i]].values;
    reader->varied |= parameters_move(reader, originals);
    if (!reader->varied)
        return;
    file->expected_count = 0;
    file->equals_id = NULL;
    file->equals_graph = NULL;
}
