/* Gradients beside differences. */
#include "check/numeric.h"

#include <math.h>

#include "real/wide.h"

/* Above so many scalar operations for one difference of every element they share a direction. */
static const double most_work = 2e7;

void number_set(gck_number *number, const m_element *x)
{
    number->value = m_to_double(x);
    m_text(number->text, sizeof number->text, x, 17);
}

/* One node's comparison at one level. */
struct comparing {
    struct arena *results, *scratch;
    const struct ladder *ladder;
    const struct reference *reference; /* the level's */
    struct mover mover;
    size_t node, count;
    const m_element *gradient;
    double *x;   /* the node's value */
    bool single; /* a difference for every element */
    double objective;
};

/* Whether every element gets a difference of its own. */
static bool few(const struct graph *graph, size_t node, bool *marked)
{
    size_t count = shape_count(&graph->nodes[node].shape);
    if (count > GCK_EXPLAIN_MOST)
        return false;
    marked[node] = true;
    graph_depends(marked, graph, marked);
    return graph_work(graph, marked) * (double)count <= most_work;
}

static gck_status comparing_new(struct comparing *c, const struct ladder *ladder, size_t node, int level,
                                bool all_single)
{
    const struct reference *r = &ladder->levels[level];
    c->ladder = ladder;
    c->reference = r;
    c->node = node;
    c->count = shape_count(&r->graph->nodes[node].shape);
    c->gradient = reference_gradient(r, node);
    c->objective = reference_objective_size(r);
    c->x = arena_alloc(c->scratch, c->count, sizeof *c->x);
    bool *moves = arena_alloc(c->scratch, r->graph->count, sizeof *moves);
    bool *marked = arena_alloc(c->scratch, r->graph->count, sizeof *marked);
    if (!c->x || !moves || !marked)
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        c->x[i] = m_to_double(reference_value(r, node) + i);
    moves[node] = true;
    c->single = all_single || few(r->graph, node, marked);
    return (c->single ? mover_new_single : mover_new)(&c->mover, ladder, level, moves);
}

/* How the gradient g compares with a difference whose error is at most `error`. Derivatives below 2^-(bits/4)
 * of the `natural` size, the function's over that of its argument, count as zero as soon as both are. */
static gck_agreement compare(double *relative, const struct comparing *c, const m_element *g,
                             const struct difference *d, double error, double natural)
{
    int bits = c->reference->bits;
    double size = fmax(m_size(g), m_size(d->numeric)), distance = m_distance(g, d->numeric);
    double floor = fmax(size, ldexp_up(natural, -bits / 4));
    *relative = distance == 0 ? 0 : distance / floor;
    bool resolved = error <= ldexp_up(floor, -bits / 8); /* false for NaN */
    if (d->side != SIDE_SMOOTH)
        return GCK_CORNER;
    if (resolved && distance <= error + ldexp_up(floor, -bits / 2))
        return GCK_AGREES;
    if (c->reference->decisions.ties)
        return GCK_CORNER;
    return resolved ? GCK_DIFFERS : GCK_UNDECIDED;
}

static void add_outcome(gck_numeric *numeric, gck_agreement agreement, double relative)
{
    numeric->taken = true;
    if (agreement > numeric->agreement)
        numeric->agreement = agreement;
    if (!(relative <= numeric->distance))
        numeric->distance = relative;
}

/* The difference of one element, its numbers brought to the element's own units. */
static gck_agreement take_single(double *relative, struct difference *d, struct comparing *c, size_t i)
{
    int scale = scale_exponent(c->x[i], typical_exponent(c->x, c->count));
    const m_context *context = m_evaluation_context(c->mover.narrow);
    struct direction direction = {.single = true, .node = c->node, .index = i, .length = ldexp(1, scale)};
    difference_take(d, &c->mover, &direction);
    m_scale(d->numeric, d->numeric, -scale, context);
    m_scale(d->left, d->left, -scale, context);
    m_scale(d->right, d->right, -scale, context);
    double error = ldexp(d->truncation + d->rounding, -scale);
    return compare(relative, c, c->gradient + i, d, error, ldexp(c->objective, -scale));
}

static gck_status take_singles(gck_numeric *numeric, m_element *differences, struct comparing *c)
{
    gck_number *numbers = arena_alloc(c->results, c->count, sizeof *numbers);
    double *left = arena_alloc(c->results, c->count, sizeof *left);
    double *right = arena_alloc(c->results, c->count, sizeof *right);
    m_context context = m_context_wide(c->ladder->bits, FLOAT64);
    struct difference d;
    bool corner = false;
    if (!numbers || !left || !right || difference_new(&d, c->scratch, c->reference->bits))
        return GCK_NO_MEMORY;
    for (size_t i = 0; i < c->count; i++) {
        double relative;
        gck_agreement agreement = take_single(&relative, &d, c, i);
        add_outcome(numeric, agreement, relative);
        corner |= agreement == GCK_CORNER;
        number_set(&numbers[i], d.numeric);
        left[i] = m_to_double(d.left);
        right[i] = m_to_double(d.right);
        if (differences)
            m_set(differences + i, d.numeric, &context);
    }
    numeric->count = c->count;
    numeric->numbers = numbers;
    numeric->left = corner ? left : NULL;
    numeric->right = corner ? right : NULL;
    return GCK_OK;
}

/* Signs and magnitudes in [1/2, 1), 20 bits, times the tensor's typical size. */
static double *random_vector(struct comparing *c, uint64_t seed)
{
    struct random random = random_new(seed, 7100 + c->node);
    double *v = arena_alloc(c->scratch, c->count, sizeof *v);
    int scale = typical_exponent(c->x, c->count);
    for (size_t i = 0; v && i < c->count; i++) {
        uint64_t bits = random_next(&random);
        double magnitude = 0.5 + (double)(bits >> 45) * 0x1p-20;
        v[i] = ldexp(bits & 1 ? -magnitude : magnitude, scale);
    }
    return v;
}

static gck_status take_direction(gck_numeric *numeric, struct comparing *c, uint64_t seed)
{
    const m_context *context = m_evaluation_context(c->mover.narrow);
    double **v = arena_alloc(c->scratch, c->reference->graph->count, sizeof *v);
    struct difference d;
    if (!v || !(v[c->node] = random_vector(c, seed)) || difference_new(&d, c->scratch, c->reference->bits))
        return GCK_NO_MEMORY;
    struct direction direction = {.v = v};
    difference_take(&d, &c->mover, &direction);
    M_LOCAL(total, context);
    M_LOCAL(t, context);
    double size = 0, relative;
    for (size_t i = 0; i < c->count; i++) {
        m_set_double(t, v[c->node][i], context);
        m_mul(t, t, c->gradient + i, context);
        m_add(total, total, t, context);
        size += m_size(t);
    }
    double natural = fmax(c->objective, ldexp(size, c->reference->bits / 4));
    add_outcome(numeric, compare(&relative, c, total, &d, d.truncation + d.rounding, natural), 0);
    numeric->distance = size > 0 ? m_distance(total, d.numeric) / size : m_distance(total, d.numeric);
    number_set(&numeric->along, d.numeric);
    number_set(&numeric->predicted, total);
    return GCK_OK;
}

static gck_status take_at(gck_numeric *numeric, m_element *differences, struct arena *results,
                          const struct ladder *ladder, size_t node, uint64_t seed, int level)
{
    struct arena scratch = {0};
    struct comparing c = {.results = results, .scratch = &scratch};
    gck_status status = comparing_new(&c, ladder, node, level, differences != NULL);
    *numeric = (gck_numeric){0};
    if (!status && c.count)
        status = c.single ? take_singles(numeric, differences, &c) : take_direction(numeric, &c, seed);
    mover_free(&c.mover);
    arena_free(&scratch);
    return status;
}

gck_status numeric_take(gck_numeric *numeric, m_element *differences, struct arena *results,
                        struct ladder *ladder, size_t node, uint64_t seed, int most_level)
{
    gck_status status = GCK_OK;
    for (int level = 0; level <= most_level && !status; level++) {
        status = ladder_reach(ladder, level);
        if (!status)
            status = take_at(numeric, differences, results, ladder, node, seed, level);
        if (!status && numeric->agreement != GCK_UNDECIDED)
            break;
    }
    return status;
}

gck_status numeric_take_element(gck_numeric *numeric, struct ladder *ladder, size_t node, size_t index)
{
    struct arena scratch = {0};
    struct comparing c = {.results = &scratch, .scratch = &scratch};
    struct difference d;
    *numeric = (gck_numeric){0};
    gck_status status = ladder_reach(ladder, 0);
    if (!status)
        status = comparing_new(&c, ladder, node, 0, true);
    if (!status)
        status = difference_new(&d, &scratch, ladder->bits);
    if (!status) {
        double relative;
        gck_agreement agreement = take_single(&relative, &d, &c, index);
        add_outcome(numeric, agreement, relative);
    }
    mover_free(&c.mover);
    arena_free(&scratch);
    return status;
}
