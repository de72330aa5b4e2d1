/* Random sketches. Each call is drawn by its op's recipe; arguments are earlier nodes where shape and numbers
 * fit, and new inputs elsewhere. */
#include "case/random_sketch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 60, MOST_SIZE = 200, SPARE = 8 };
static const double LARGEST = 1e6; /* of any node */

struct growth {
    struct sketch *sketch;
    struct arena *arena;
    struct random random;
    const bool *ops;                            /* which may be drawn; NULL: all */
    double low[SKETCH_MOST], high[SKETCH_MOST]; /* of each float node's numbers */
    bool used[SKETCH_MOST];                     /* by a later node */
    size_t redrawn;
    bool failed; /* memory ran out */
};

static size_t below(struct growth *g, size_t n)
{
    return (size_t)random_below(&g->random, n);
}

static bool chance(struct growth *g, size_t percent)
{
    return below(g, 100) < percent;
}

/* x with so many significant digits. */
static double rounded(double x, int digits)
{
    char text[40];
    snprintf(text, sizeof text, "%.*g", digits, x);
    return strtod(text, NULL);
}

/* Whether the op takes any number, and not just those of a part of the line. */
static bool is_free(struct range range)
{
    return range.low <= -1 && range.high >= 1;
}

/* How the numbers of an input are drawn: anywhere in the range; halves, with ties and corners; all the same; of
 * many magnitudes. */
enum style { STYLE_UNIFORM, STYLE_HALVES, STYLE_SAME, STYLE_MAGNITUDES };

static enum style draw_style(struct growth *g, struct range range)
{
    if (!is_free(range) || chance(g, 75))
        return STYLE_UNIFORM;
    return chance(g, 40) ? STYLE_HALVES : chance(g, 20) ? STYLE_SAME : STYLE_MAGNITUDES;
}

static double draw_number(struct growth *g, struct range range, enum style style, int digits)
{
    double x = random_between(&g->random, range.low, range.high);
    if (style == STYLE_HALVES)
        return nearbyint(2 * x) / 2;
    if (style == STYLE_MAGNITUDES) {
        static const double powers[] = {1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 50};
        x *= powers[below(g, sizeof powers / sizeof *powers)];
    }
    x = rounded(x, digits);
    return style == STYLE_MAGNITUDES ? x : fmin(fmax(x, range.low), range.high);
}

static const double *draw_numbers(struct growth *g, size_t n, struct range range)
{
    static const int digits[] = {2, 3, 3, 6, 17};
    double *numbers = sketch_numbers(g->arena, n);
    enum style style = draw_style(g, range);
    int kept = digits[below(g, sizeof digits / sizeof *digits)];
    for (size_t i = 0; numbers && i < n; i++)
        numbers[i] = style == STYLE_SAME && i ? numbers[0] : draw_number(g, range, style, kept);
    g->failed |= !numbers;
    return numbers;
}

/* Whether a node's numbers are what an argument may be. Now and then anything is. */
static bool fits(struct growth *g, size_t node, const struct draft_argument *argument)
{
    const struct sketch_node *n = &g->sketch->nodes[node];
    struct range range = argument->range;
    if (n->integers || !shape_equal(&n->shape, &argument->shape))
        return false;
    if (is_free(range) || chance(g, 4))
        return true;
    if (range.low > 0)
        return g->low[node] >= range.low / 8 && g->high[node] <= 8 * range.high;
    return g->low[node] >= range.low && g->high[node] <= range.high;
}

/* An earlier node for an argument, rather one that nothing uses yet; SKETCH_MOST: none. */
static size_t find_node(struct growth *g, const struct draft_argument *argument)
{
    size_t found = SKETCH_MOST, count = 0;
    bool unused = false;
    for (size_t i = 0; i < g->sketch->count; i++) {
        bool open = g->sketch->nodes[i].op && !g->used[i];
        if ((unused && !open) || !fits(g, i, argument))
            continue;
        if (open && !unused)
            count = 0;
        unused |= open;
        if (below(g, ++count) == 0)
            found = i;
    }
    return found;
}

static size_t add_input(struct growth *g, const struct draft_argument *argument)
{
    struct sketch_node *node = &g->sketch->nodes[g->sketch->count];
    size_t n = shape_count(&argument->shape);
    *node = (struct sketch_node){
        .shape = argument->shape, .numbers = argument->numbers, .integers = argument->integers};
    if (!node->numbers && !node->integers)
        node->numbers = draw_numbers(g, n, argument->range);
    return g->sketch->count++;
}

/* Whether y jumps where x_i is one of the numbers that STYLE_HALVES draws: no derivative, and no verdict. */
static bool jumps(const struct growth *g, double **values)
{
    static const struct {
        const char *op;
        double at; /* of its first argument, on either side of 0; INFINITY: at any number of few digits */
    } jumping[] = {
        {"sign", 0},
        {"atan2", 0}, /* where x is negative */
        {"hardshrink", INFINITY},
        {"threshold", INFINITY},
        {"softplus", INFINITY},
        {"poisson_nll", INFINITY},
    };
    const struct sketch_node *node = &g->sketch->nodes[g->sketch->count - 1];
    for (size_t j = 0; j < sizeof jumping / sizeof *jumping; j++)
        for (size_t k = 0; strcmp(node->op->name, jumping[j].op) == 0 && k < node->arity; k++) {
            size_t i = node->inputs[k], n = shape_count(&g->sketch->nodes[i].shape);
            for (size_t e = 0; e < n; e++)
                if (values[i][e] == jumping[j].at ||
                    (isinf(jumping[j].at) && rounded(values[i][e], 4) == values[i][e]))
                    return true;
        }
    return false;
}

/* Builds what there is and looks at the last node: whether it was taken, and all numbers are moderate
 * and well-conditioned. */
static bool settles(struct growth *g)
{
    struct arena arena = {0};
    struct graph graph;
    double **values;
    g->sketch->output = g->sketch->count - 1;
    gck_status status = sketch_graph(&graph, g->sketch, &arena);
    size_t n = status ? 0 : shape_count(&g->sketch->nodes[g->sketch->output].shape);
    bool sound = n > 0 && n <= MOST_SIZE, fine = true;
    if (sound)
        status = sketch_values(&values, &fine, &graph, &arena);
    sound = sound && fine && !status && !jumps(g, values);
    for (size_t i = 0; i < g->sketch->count && sound && !status; i++) {
        n = values[i] ? shape_count(&g->sketch->nodes[i].shape) : 0;
        g->low[i] = INFINITY;
        g->high[i] = -INFINITY;
        for (size_t k = 0; k < n; k++) {
            sound = sound && fabs(values[i][k]) <= LARGEST;
            g->low[i] = fmin(g->low[i], values[i][k]);
            g->high[i] = fmax(g->high[i], values[i][k]);
        }
    }
    arena_free(&arena);
    g->failed |= status == GCK_NO_MEMORY;
    return sound && !status;
}

/* Adds the drawn call with its new inputs; takes everything back when it does not settle. */
static bool add_call(struct growth *g, const struct op *op, const struct draft *draft)
{
    size_t before = g->sketch->count;
    bool connected = before == 0 || chance(g, 5);
    struct sketch_node node = {.op = op, .arity = draft->arity};
    memcpy(node.attributes, draft->attributes, sizeof node.attributes);
    for (size_t k = 0; k < draft->arity; k++) {
        const struct draft_argument *a = &draft->arguments[k];
        size_t found = a->numbers || a->integers || (k > 0 && chance(g, 25)) ? SKETCH_MOST : find_node(g, a);
        connected |= found < before;
        node.inputs[k] = found < SKETCH_MOST ? found : add_input(g, a);
    }
    g->sketch->nodes[g->sketch->count++] = node;
    if (connected && !g->failed && settles(g)) {
        for (size_t k = 0; k < node.arity; k++)
            g->used[node.inputs[k]] = true;
        return true;
    }
    g->redrawn += connected;
    g->sketch->count = before;
    return false;
}

static bool small_enough(const struct draft *draft)
{
    size_t total = 0;
    for (size_t k = 0; k < draft->arity; k++) {
        size_t n = shape_count(&draft->arguments[k].shape);
        if (n == 0 || n > MOST_SIZE)
            return false;
        total += n;
    }
    return total <= 2 * MOST_SIZE;
}

static bool may_draw(const struct growth *g, const struct op *op)
{
    return !op_is_user(op) && (!g->ops || g->ops[op - op_table]);
}

/* Any op of those that may be drawn, or the user's, for which one draws again. */
static const struct op *draw_op(struct growth *g)
{
    size_t count = 0, chosen;
    if (!g->ops)
        return &op_table[below(g, op_count)];
    for (size_t i = 0; i < op_count; i++)
        count += may_draw(g, &op_table[i]);
    chosen = below(g, count);
    for (size_t i = 0;; i++)
        if (may_draw(g, &op_table[i]) && chosen-- == 0)
            return &op_table[i];
}

/* One more op; false when none was found that fits. */
static bool grow(struct growth *g)
{
    for (int try = 0; try < TRIES && !g->failed; try++) {
        const struct op *op = draw_op(g);
        struct draft draft = {.random = &g->random, .arena = g->arena};
        if (!may_draw(g, op))
            continue;
        if (g->sketch->count && chance(g, 90)) {
            size_t i = below(g, g->sketch->count);
            size_t last = g->sketch->count - 1;
            draft.wish = &g->sketch->nodes[chance(g, 50) ? last : i].shape;
        }
        recipe_call(&draft, recipe_named(op->name));
        g->failed |= draft.failed;
        if (!draft.failed && small_enough(&draft) && add_call(g, op, &draft))
            return true;
    }
    return false;
}

/* The last op node that nothing uses, before `end`; SKETCH_MOST: none. */
static size_t loose_end(const struct growth *g, size_t end)
{
    for (size_t i = end; i-- > 0;)
        if (g->sketch->nodes[i].op && !g->used[i])
            return i;
    return SKETCH_MOST;
}

/* A call of one or two given nodes. */
static bool join(struct growth *g, const char *op, size_t a, size_t b)
{
    if (!may_draw(g, op_named(op)))
        return false;
    struct sketch_node *node = &g->sketch->nodes[g->sketch->count++];
    *node = (struct sketch_node){.op = op_named(op), .arity = b < SKETCH_MOST ? 2 : 1, .inputs = {a, b}};
    if (!settles(g)) {
        g->sketch->count--;
        return false;
    }
    g->used[a] = true;
    if (b < SKETCH_MOST)
        g->used[b] = true;
    return true;
}

static bool scalar(struct growth *g, size_t *node)
{
    if (g->sketch->nodes[*node].shape.rank == 0)
        return true;
    bool joined = join(g, chance(g, 50) ? "sum" : "mean", *node, SKETCH_MOST);
    *node = g->sketch->count - 1;
    return joined;
}

/* Brings loose ends together, two at a time; what cannot be joined is left out. */
static void tie_up(struct growth *g)
{
    static const char *const pairs[] = {"add", "sub", "mul"};
    for (;;) {
        size_t a = loose_end(g, g->sketch->count), b = a < SKETCH_MOST ? loose_end(g, a) : SKETCH_MOST;
        if (b == SKETCH_MOST || g->sketch->count + SPARE > SKETCH_MOST || g->failed)
            break;
        if (!scalar(g, &a) || !scalar(g, &b) || !join(g, pairs[below(g, 3)], a, b))
            break;
    }
    size_t last = loose_end(g, g->sketch->count);
    g->sketch->output = last < SKETCH_MOST ? last : g->sketch->count - 1;
    sketch_prune(g->sketch);
}

/* Calls that tie_up() will add at most. */
static size_t open_calls(const struct growth *g)
{
    size_t loose = 0;
    for (size_t i = 0; i < g->sketch->count; i++)
        loose += g->sketch->nodes[i].op && !g->used[i];
    return loose > 1 ? 3 * (loose - 1) : 0;
}

gck_status random_sketch(struct sketch *sketch, size_t *redrawn, struct arena *arena, uint64_t seed,
                         uint64_t index, const bool *ops)
{
    struct growth *g = arena_alloc(arena, 1, sizeof *g);
    if (!g)
        return GCK_NO_MEMORY;
    *sketch = (struct sketch){0};
    g->sketch = sketch;
    g->arena = arena;
    g->ops = ops;
    g->random = random_new(seed, index);
    size_t span = RANDOM_MOST_OPS - RANDOM_LEAST_OPS + 1;
    size_t target = RANDOM_LEAST_OPS + below(g, 1 + below(g, span));
    while (sketch_ops(sketch) < target && sketch_ops(sketch) + open_calls(g) + 4 <= RANDOM_MOST_OPS &&
           sketch->count + CALL_MOST + SPARE < SKETCH_MOST && grow(g))
        continue;
    if (sketch->count && !g->failed)
        tie_up(g);
    *redrawn = g->redrawn;
    if (g->failed || !sketch->count)
        return GCK_NO_MEMORY;
    struct graph graph;
    gck_status status = sketch_graph(&graph, sketch, arena);
    const struct shape *shape = &sketch->nodes[sketch->output].shape;
    size_t n = shape_count(shape);
    double *seeds = sketch_numbers(arena, n);
    for (size_t i = 0; i < n && seeds; i++)
        seeds[i] = shape->rank || chance(g, 30) ? rounded(random_between(&g->random, -2, 2), 3) : 1;
    sketch->seed = seeds;
    return status ? status : seeds ? GCK_OK : GCK_NO_MEMORY;
}
