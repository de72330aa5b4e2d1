/* Mutants: which bugs fit where, and the engine with one of them. */
#include "engine/mutant.h"

#include <string.h>

#include "check/answer.h"
#include "engine/builtin.h"
#include "engine/planted.h"

enum { MOST_TERMS_WORK = 1 << 22, MOST_TIED = 1 << 12 };

/* What hides a bug that any gradient shows. */
#define NO_GRADIENT "every gradient behind it is zero"
#define ANY_GRADIENT "choose inputs, and a `seed` that is not constant, where the output depends on it"

const struct bug_row bug_rows[BUGS] = {
    [BUG_NONE] = {"none", "no bug", GCK_VERDICT_OK, GCK_VERDICT_OK, "there is no bug", "plant one"},
    [BUG_NEGATED] = {"negated", "all gradients have the wrong sign", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                     NO_GRADIENT, ANY_GRADIENT},
    [BUG_DOUBLED] = {"doubled", "a factor of 2 too much", GCK_VERDICT_WRONG, GCK_VERDICT_OK, NO_GRADIENT,
                     ANY_GRADIENT},
    [BUG_CONSTANT] = {"constant", "a constant kept in float32: off by 1.5e-8", GCK_VERDICT_WRONG,
                      GCK_VERDICT_OK, NO_GRADIENT, ANY_GRADIENT},
    [BUG_SEED_ONES] = {"seed-ones", "the upstream gradient is taken for ones", GCK_VERDICT_WRONG,
                       GCK_VERDICT_OK, "every upstream gradient is 1",
                       "give the case a `seed` with other numbers than 1"},
    [BUG_LAST_OUTPUT] = {"last-output", "the last upstream element is forgotten", GCK_VERDICT_WRONG,
                         GCK_VERDICT_OK, "the last upstream element is zero, or sends nothing on",
                         "choose inputs where the last element of the output counts"},
    [BUG_OPERANDS] = {"operands", "the saved operands are exchanged", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                      "the operands are equal, or the local gradient does not need them",
                      "give the operands different numbers"},
    [BUG_EXCHANGED] = {"exchanged", "two arguments get each other's gradient", GCK_VERDICT_WRONG,
                       GCK_VERDICT_OK, "both have the same gradient",
                       "choose inputs that play different parts"},
    [BUG_DETACHED] = {"detached", "an argument gets no gradient", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                      "its gradient is zero", ANY_GRADIENT},
    [BUG_BRANCH] = {"branch", "overwrites what other branches sent", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                    "the other branches send nothing, or come later",
                    "choose inputs where every branch has a gradient"},
    [BUG_TERMS] = {"terms", "of the terms of a sum the last overwrites the others", GCK_VERDICT_WRONG,
                   GCK_VERDICT_OK, "no element sums several terms: unique indices, or sizes of 1",
                   "repeat an index, or use sizes above 1 where the op sums"},
    [BUG_MEAN] = {"mean", "the mean instead of the sum", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                  "the gradient is zero", ANY_GRADIENT},
    [BUG_BATCH] = {"batch", "divided by the size of the first axis", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                   "the batch has size 1, or the gradient is zero", "use a batch of 2 or more"},
    [BUG_TRANSPOSED] = {"transposed", "the gradient is not transposed back", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                        "the gradient is symmetric, constant, or a single row or column",
                        "use a matrix that is not symmetric, with sizes above 1"},
    [BUG_SHIFTED] = {"shifted", "by one element", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                     "all elements have the same gradient",
                     "use different numbers, and a `seed` that is not constant"},
    [BUG_LAST_ROW] = {"last-row", "the last row gets no gradient", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                      "the last row's gradient is zero", "choose inputs where the last row counts"},
    [BUG_LAST_COLUMN] = {"last-column", "the last column gets no gradient", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                         "the last column's gradient is zero", "choose inputs where the last column counts"},
    [BUG_LAST_ELEMENT] = {"last-element", "the last element is off by 1e-9", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                          "the last element's gradient is zero", "choose inputs where the last element counts"},
    [BUG_OUTPUT_SAVED] = {"output-saved", "the output is used in place of the argument", GCK_VERDICT_WRONG,
                          GCK_VERDICT_OK,
                          "output and argument are alike there, or the local gradient does not need them",
                          "choose inputs that the op changes"},
    [BUG_HALF_LINE] = {"half-line", "wrong where the argument is negative", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                       "no argument is negative where it has a gradient", "use numbers of both signs"},
    [BUG_BATCH_ONE] = {"batch-one", "wrong where the first axis has size 1", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                       "the first axis has more elements, or the gradient is zero",
                       "add a case with a batch of 1"},
    [BUG_THREE_AXES] = {"three-axes", "wrong where an argument has three axes or more", GCK_VERDICT_WRONG,
                        GCK_VERDICT_OK, "there are two axes, or the gradient is zero",
                        "add a case with three axes, where the op takes them"},
    [BUG_TIE] = {"tie", "wrong where equal numbers are compared", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                 "no equal numbers are compared where there is a gradient",
                 "make two of the numbers that are compared equal"},
    [BUG_UNMASKED] = {"unmasked", "the mask is forgotten where the local gradient is zero", GCK_VERDICT_WRONG,
                      GCK_VERDICT_OK, "the local gradient is zero nowhere, so no mask is at work",
                      "use inputs on both sides of the op's corner"},
    [BUG_ABSOLUTE] = {"absolute", "the sign is lost", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                      "no gradient is negative", "use a `seed` or inputs of both signs"},
    [BUG_UNGUARDED] = {"unguarded", "0 / 0 where the argument is zero", GCK_VERDICT_NONFINITE, GCK_VERDICT_OK,
                       "no argument is exactly zero", "make an element exactly zero, where the op allows it"},
    [BUG_UNSCALED] = {"unscaled", "the division by a deviation or norm is forgotten", GCK_VERDICT_WRONG,
                      GCK_VERDICT_OK, "the standard deviation, or norm, is 1, or the gradient is zero",
                      "use numbers whose standard deviation, or norm, is not 1"},
    [BUG_EPS] = {"eps", "eps is added outside the root", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                 "eps makes no difference, or the gradient is zero", "use a larger eps, or a smaller variance"},
    [BUG_AXIS] = {"axis", "works along another axis", GCK_VERDICT_WRONG, GCK_VERDICT_OK,
                  "the axes are alike, or all are meant, or the gradient is zero",
                  "use sizes above 1, and numbers without a symmetry"},
    [BUG_DEFAULTS] = {"defaults", "the attributes are forgotten: their defaults are taken", GCK_VERDICT_WRONG,
                      GCK_VERDICT_OK, "the attributes are at their defaults, or make no difference here",
                      "give other attributes than the defaults, and numbers where they count"},
    [BUG_FLOAT32] = {"float32", "float32 inside double code", GCK_VERDICT_INACCURATE, GCK_VERDICT_WRONG,
                     "every gradient is a float32 number",
                     "use numbers that float32 does not have, such as 0.1"},
    [BUG_NOISE] = {"noise", "erratic digits: some parts in 1e9", GCK_VERDICT_INACCURATE, GCK_VERDICT_OK,
                   NO_GRADIENT, ANY_GRADIENT},
};

gck_status mutant_reached(bool *reached, const struct graph *graph)
{
    struct arena arena = {0};
    bool *wanted = arena_alloc(&arena, graph->count, sizeof *wanted);
    bool *live = arena_alloc(&arena, graph->count, sizeof *live);
    if (!wanted || !live) {
        arena_free(&arena);
        return GCK_NO_MEMORY;
    }
    for (size_t p = 0; p < graph->wrt_count; p++)
        wanted[graph->wrt[p]] = true;
    graph_depends(reached, graph, wanted);
    graph_live(live, graph, true);
    for (size_t i = 0; i < graph->count; i++)
        reached[i] = reached[i] && live[i];
    arena_free(&arena);
    return GCK_OK;
}

/* How often live nodes use a value. */
static size_t uses(const struct graph *graph, const bool *reached, size_t value)
{
    size_t count = value == graph->output;
    for (size_t i = value + 1; i <= graph->output; i++)
        for (size_t k = 0; reached[i] && k < graph->nodes[i].arity; k++)
            count += graph->nodes[i].inputs[k] == value;
    return count;
}

/* Whether arguments j and j + 1 are two tensors of one shape. */
static bool alike(const struct graph *graph, const struct node *node, size_t j)
{
    if (j + 1 >= node->arity || node->inputs[j] == node->inputs[j + 1])
        return false;
    const struct node *a = &graph->nodes[node->inputs[j]], *b = &graph->nodes[node->inputs[j + 1]];
    return a->kind == KIND_FLOAT && b->kind == KIND_FLOAT && shape_equal(&a->shape, &b->shape);
}

/* Whether the op compares its numbers with each other. */
static bool chooses(const struct op *op)
{
    static const char *const names[] = {"max",
                                        "min",
                                        "amax",
                                        "amin",
                                        "median",
                                        "max_pool1d",
                                        "max_pool2d",
                                        "adaptive_max_pool1d",
                                        "adaptive_max_pool2d",
                                        "topk",
                                        "sort"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(op->name, names[i]) == 0)
            return true;
    return false;
}

static bool alterable(const struct mutant *m)
{
    struct arena arena = {0};
    struct node altered;
    bool right = node_altered(&altered, &arena, m->graph, &m->graph->nodes[m->node], m->bug);
    arena_free(&arena);
    return right;
}

static bool fits(const struct mutant *m, const bool *reached)
{
    const struct graph *graph = m->graph;
    const struct node *node = &graph->nodes[m->node];
    size_t input = node->inputs[m->argument], count = shape_count(&node->shape);
    const struct shape *shape = &graph->nodes[input].shape;
    size_t n = shape_count(shape);
    bool same = shape_equal(shape, &node->shape);
    if (!reached[input] || !n || !count)
        return false;
    size_t first = 0;
    while (!reached[node->inputs[first]])
        first++;
    switch (m->bug) {
    case BUG_NEGATED:
    case BUG_DOUBLED:
    case BUG_CONSTANT:
    case BUG_SEED_ONES:
    case BUG_LAST_OUTPUT:
        return m->argument == first;
    case BUG_OPERANDS:
        return m->argument == first && alike(graph, node, 0);
    case BUG_EXCHANGED:
        return alike(graph, node, m->argument) && reached[node->inputs[m->argument + 1]];
    case BUG_BRANCH:
        return uses(graph, reached, input) > 1;
    case BUG_TERMS:
        return !(node->op->pointwise && same) &&
               (double)count * (double)(n + count) * (double)(node->terms + 1) < MOST_TERMS_WORK;
    case BUG_MEAN:
        return n != count && (n > count ? n % count : count % n) == 0;
    case BUG_BATCH:
    case BUG_TRANSPOSED:
    case BUG_LAST_ROW:
    case BUG_LAST_COLUMN:
    case BUG_BATCH_ONE:
    case BUG_THREE_AXES:
        return shape->rank >= 2;
    case BUG_TIE:
        return chooses(node->op) && n <= MOST_TIED;
    case BUG_SHIFTED:
        return shape->rank >= 1;
    case BUG_OUTPUT_SAVED:
        return same;
    case BUG_UNSCALED:
    case BUG_EPS:
        return m->argument == 0 && divisor_find(&(struct divisor){0}, node, shape) &&
               (m->bug == BUG_UNSCALED || op_attribute(node->op, "eps") >= 0);
    case BUG_AXIS:
    case BUG_DEFAULTS:
        return m->argument == first && alterable(m);
    case BUG_UNMASKED:
        return same && node->op->pointwise;
    default:
        return true;
    }
}

struct mutant mutant_own(const struct graph *graph, const struct case_bug *bug)
{
    struct mutant m = {.graph = graph, .node = bug->node, .bug = BUG_OWN, .own = bug};
    const struct node *node = &graph->nodes[bug->node];
    while (!bug->instead && m.argument + 1 < node->arity && bug->gradients[m.argument] == NO_NODE)
        m.argument++;
    return m;
}

const char *mutant_name(const struct mutant *m)
{
    return m->own ? m->own->name : bug_rows[m->bug].name;
}

bool mutant_due(const struct mutant *m, gck_verdict verdict, bool nonfinite)
{
    if (m->own)
        return verdict == m->own->verdict;
    if (verdict == GCK_VERDICT_NONFINITE)
        return nonfinite;
    return verdict == bug_rows[m->bug].expected || verdict == bug_rows[m->bug].also;
}

bool mutant_next(struct mutant *m, const bool *reached)
{
    while (m->node < m->graph->count) {
        if (!reached[m->node] || m->argument >= m->graph->nodes[m->node].arity) {
            m->node++;
            m->argument = 0;
            m->bug = BUG_NONE;
        } else if (++m->bug == BUGS) {
            m->argument++;
            m->bug = BUG_NONE;
        } else if (fits(m, reached)) {
            return true;
        }
    }
    return false;
}

size_t mutant_guilty(const struct mutant *m)
{
    const struct node *node = &m->graph->nodes[m->node];
    bool within = m->bug != BUG_BRANCH;
    for (size_t k = 0; k < m->argument; k++) /* op(x, x) alone shows it */
        within |= node->inputs[k] == node->inputs[m->argument];
    return within ? m->node : node->inputs[m->argument];
}

/* A copy of a graph in which the mutant's node, known by its name, has the bug. */
struct copy {
    struct graph graph;
    struct planted planted;
    struct arena arena;
    bool failed;
};

static gck_status copy_new(struct copy *copy, const struct graph *graph, const struct mutant *m, enum bug bug)
{
    const struct node *spoiled = &m->graph->nodes[m->node];
    *copy = (struct copy){.graph = *graph};
    struct node *nodes = arena_alloc(&copy->arena, graph->count, sizeof *nodes);
    struct node *altered = arena_alloc(&copy->arena, 1, sizeof *altered);
    if (!nodes || !altered)
        return GCK_NO_MEMORY;
    *altered = *spoiled;
    if ((bug == BUG_AXIS || bug == BUG_DEFAULTS) &&
        !node_altered(altered, &copy->arena, m->graph, spoiled, bug))
        return GCK_NO_MEMORY; /* it could be altered when the mutants were listed */
    copy->planted = (struct planted){.op = *spoiled->op,
                                     .truth = spoiled->op,
                                     .altered = altered,
                                     .bug = bug,
                                     .argument = m->argument,
                                     .own = m->own,
                                     .failed = &copy->failed};
    copy->planted.op.d_backward = d_planted_backward;
    copy->planted.op.m_backward = m_planted_backward;
    memcpy(nodes, graph->nodes, graph->count * sizeof *nodes);
    for (size_t i = 0; i < graph->count; i++) {
        if (nodes[i].op != spoiled->op || nodes[i].name != spoiled->name)
            continue;
        nodes[i].op = &copy->planted.op;
        if (altered->scratch > nodes[i].scratch)
            nodes[i].scratch = altered->scratch;
        if (altered->places > nodes[i].places)
            nodes[i].places = altered->places;
    }
    copy->graph.nodes = nodes;
    return GCK_OK;
}

static void mutant_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct mutant *m = user;
    struct copy copy;
    gck_request spoiled = *request;
    gck_status status = copy_new(&copy, request->graph, m, m->bug);
    spoiled.graph = &copy.graph;
    if (!status)
        builtin_grad(answer, &spoiled, NULL);
    answer->no_memory |= status || copy.failed;
    arena_free(&copy.arena);
}

gck_engine mutant_engine(const struct mutant *mutant)
{
    return (gck_engine){.name = "mutant", .grad = mutant_grad, .user = (void *)(uintptr_t)mutant};
}

static void nudge_grad(gck_answer *answer, const gck_request *request, void *user)
{
    const struct nudge *nudge = user;
    builtin_grad(answer, request, NULL);
    if (answer->state != ANSWER_GIVEN || request->graph != nudge->graph ||
        !answer->gradients[nudge->node].numbers)
        return;
    double *number = (double *)(uintptr_t)answer->gradients[nudge->node].numbers + nudge->index;
    *number = dtype_round(answer->dtype, *number * (1 + nudge->part));
}

gck_engine nudge_engine(const struct nudge *nudge)
{
    return (gck_engine){.name = "nudge", .grad = nudge_grad, .user = (void *)(uintptr_t)nudge};
}

/* Compares at the precision of the binding's dtype. */
static gck_status compare_in_dtype(struct comparison *comparison, const struct graph *a, const struct graph *b,
                                   const struct binding *binding)
{
    d_context narrow = {.claims = true};
    m_context m = m_context_dtype(binding->dtype);
    m.claims = true;
    comparison->slack = ldexp(4, -dtype_formats[binding->dtype].bits); /* what every budget allows */
    return binding->dtype == FLOAT64 ? d_planted_compare(comparison, a, b, binding, &narrow)
                                     : m_planted_compare(comparison, a, b, binding, &m);
}

gck_status mutant_differs(struct mutant_effect *effect, const struct mutant *m, const struct binding *binding,
                          int bits)
{
    struct copy truth, spoiled = {0};
    /* Not bit for bit: a gradient that is zero in theory is 2^-bits of noise in practice, and doubled it is
     * other noise. Over the library noise is 2^-248 to 2^-270 of the largest gradient at 256 bits, seldom up to
     * 2^-238. */
    struct comparison wide = {.noise = ldexp(1, 56 - bits)}, narrow = {0};
    m_context c = m_context_wide(bits, binding->dtype);
    c.claims = true; /* as the built-in engine has it */
    gck_status status = copy_new(&truth, m->graph, m, BUG_NONE);
    if (!status)
        status = copy_new(&spoiled, m->graph, m, m->bug);
    if (!status)
        status = m_planted_compare(&wide, &truth.graph, &spoiled.graph, binding, &c);
    if (!status)
        status = compare_in_dtype(&narrow, &truth.graph, &spoiled.graph, binding);
    if (!status && (truth.failed || spoiled.failed))
        status = GCK_NO_MEMORY;
    *effect = (struct mutant_effect){wide.differs, narrow.differs, narrow.nonfinite};
    arena_free(&truth.arena);
    arena_free(&spoiled.arena);
    return status;
}
