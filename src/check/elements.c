/* Differences of single elements, in parallel chunks of one parameter each. */
#include "check/elements.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/classic.h"
#include "check/effort.h"

enum { CHUNKS = 4 };

/* A run of elements of one parameter. */
struct chunk {
    struct arena arena;
    const struct proof *proof;
    size_t node;
    struct element_check *items;
    size_t count;
    gck_method method;
    gck_status status;
};

/* How many elements of a parameter the choice allows. */
static gck_status allowance(size_t *elements, const struct graph *graph, size_t node,
                            struct element_choice choice)
{
    size_t count = shape_count(&graph->nodes[node].shape);
    if (choice.exhaustive == GCK_AUTO)
        return effort_elements(elements, graph, node);
    *elements = choice.exhaustive >= 0 && (size_t)choice.exhaustive < count ? (size_t)choice.exhaustive : count;
    return GCK_OK;
}

static int by_index(const void *a, const void *b)
{
    size_t i = ((const struct element_check *)a)->index, j = ((const struct element_check *)b)->index;
    return (i > j) - (i < j);
}

/* Chooses n of count elements: all, or corners first, then one at random from each of equal stretches. */
static void choose(struct element_list *list, size_t n, size_t count, const bool *corners,
                   struct random *random)
{
    size_t taken = 0;
    if (n >= count) {
        for (; taken < count; taken++)
            list->items[taken].index = taken;
        list->count = count;
        return;
    }
    for (size_t i = 0; corners && i < count && taken < (n + 1) / 2; i++)
        if (corners[i])
            list->items[taken++].index = i;
    size_t stretches = n - taken;
    for (size_t k = 0; k < stretches; k++) {
        size_t from = count / stretches * k + count % stretches * k / stretches;
        size_t to = count / stretches * (k + 1) + count % stretches * (k + 1) / stretches;
        list->items[taken++].index = from + (size_t)(random_next(random) % (to - from));
    }
    qsort(list->items, taken, sizeof *list->items, by_index);
    size_t kept = 0;
    for (size_t i = 0; i < taken; i++)
        if (kept == 0 || list->items[i].index != list->items[kept - 1].index)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* Takes one element's difference at the given level and compares it with the reference. */
static gck_status take_at(struct element_check *item, struct arena *arena, const struct proof *proof,
                          struct mover *mover, size_t node, int level, int scale)
{
    int bits = proof->ladder->levels[level].bits;
    struct direction direction = {
        .single = true, .node = node, .index = item->index, .length = ldexp(1, scale)};
    struct difference d;
    gck_status status = difference_new(&d, arena, bits);
    if (status)
        return status;
    difference_take(&d, mover, &direction);
    struct agreement a = agreement_of(proof, level, &direction, &d);
    m_context c = m_context_wide(bits, FLOAT64);
    m_scale(d.numeric, d.numeric, -scale, &c);
    m_scale(d.left, d.left, -scale, &c);
    m_scale(d.right, d.right, -scale, &c);
    item->numeric = d.numeric;
    item->left = d.left;
    item->right = d.right;
    item->error = ldexp(d.truncation + d.rounding, -scale);
    item->left_error = ldexp(d.left_error, -scale);
    item->right_error = ldexp(d.right_error, -scale);
    item->order = d.order;
    item->side = d.side;
    item->settles = d.settles;
    item->left_grows = d.left_grows;
    item->right_grows = d.right_grows;
    item->bits = bits;
    item->resolved = a.resolved;
    item->agrees = a.agrees;
    return GCK_OK;
}

/* Whether `a` says more than `b`: at an element of its own size, a step of the tensor's may cross a corner or
 * leave the domain, which tells nothing about the point itself. */
static bool says_more(const struct element_check *a, const struct element_check *b)
{
    if (a->side != SIDE_SMOOTH || b->side != SIDE_SMOOTH)
        return a->side == SIDE_SMOOTH && b->side != SIDE_SMOOTH;
    if (a->resolved != b->resolved)
        return a->resolved;
    return a->error < b->error;
}

/* The scales worth trying: of the element, of the tensor, and 1. */
static gck_status take_scales(struct element_check *item, struct arena *arena, const struct proof *proof,
                              struct mover *mover, size_t node, int level, int typical)
{
    double x = proof->ladder->binding->values[node][item->index];
    int scales[] = {scale_exponent(x, typical), typical, 0};
    gck_status status = take_at(item, arena, proof, mover, node, level, scales[0]);
    for (int i = 1; i < 3 && !status && !item->resolved && item->side == SIDE_SMOOTH; i++) {
        struct element_check other = *item;
        if (scales[i] == scales[i - 1] || scales[i] == scales[0])
            continue;
        status = take_at(&other, arena, proof, mover, node, level, scales[i]);
        if (!status && says_more(&other, item))
            *item = other;
    }
    return status;
}

static gck_status take_classic(struct chunk *chunk)
{
    struct classic classic = {0};
    gck_status status = classic_new(&classic, chunk->proof->ladder->graph, chunk->proof->ladder->binding);
    if (!status)
        status = classic_move(&classic, chunk->node);
    for (size_t i = 0; i < chunk->count && !status; i++) {
        chunk->items[i].classic = classic_difference(&classic, chunk->items[i].index, chunk->method);
        status = workers_stopped(chunk->proof->workers) ? GCK_STOPPED : GCK_OK;
    }
    classic_free(&classic);
    return status;
}

static void chunk_take(void *user, size_t k)
{
    struct chunk *chunk = (struct chunk *)user + k;
    const struct graph *graph = chunk->proof->ladder->graph;
    struct mover mover = {0};
    bool *moves = arena_alloc(&chunk->arena, graph->count, sizeof *moves);
    if (!moves) {
        chunk->status = GCK_NO_MEMORY;
        return;
    }
    moves[chunk->node] = true;
    int typical = typical_exponent(chunk->proof->ladder->binding->values[chunk->node],
                                   shape_count(&graph->nodes[chunk->node].shape));
    chunk->status = mover_new_single(&mover, chunk->proof->ladder, 0, moves);
    for (size_t i = 0; i < chunk->count && !chunk->status; i++)
        chunk->status =
            workers_stopped(chunk->proof->workers)
                ? GCK_STOPPED
                : take_scales(&chunk->items[i], &chunk->arena, chunk->proof, &mover, chunk->node, 0, typical);
    mover_free(&mover);
    if (!chunk->status)
        chunk->status = take_classic(chunk);
}

/* Whether a difference says what it can about the reference. One that disagrees does not yet: function and
 * gradient may both have lost all their digits. Nor does one that looks like a corner where no tie is: to a
 * coarse step so does a fast ripple, and SURE_BITS make the steps fine enough. */
enum { SURE_BITS = 512 };
static bool settled(const struct element_check *item, bool tied)
{
    if (item->side != SIDE_SMOOTH)
        return tied || item->bits >= SURE_BITS;
    return tied || (item->resolved && item->agrees);
}

/* Elements that were not settled are tried at more bits, one after the other. */
static gck_status raise(struct element_check *item, struct arena *arena, const struct proof *proof, size_t node)
{
    const struct graph *graph = proof->ladder->graph;
    bool *moves = arena_alloc(arena, graph->count, sizeof *moves);
    if (!moves)
        return GCK_NO_MEMORY;
    moves[node] = true;
    int typical =
        typical_exponent(proof->ladder->binding->values[node], shape_count(&graph->nodes[node].shape));
    gck_status status = GCK_OK;
    for (int level = 1; level <= proof->most_level && !status; level++) {
        struct mover mover;
        if (settled(item, proof->corners[node] && proof->corners[node][item->index]))
            break;
        status = workers_stopped(proof->workers) ? GCK_STOPPED : ladder_reach(proof->ladder, level);
        if (!status)
            status = mover_new_single(&mover, proof->ladder, level, moves);
        if (status)
            break;
        status = take_scales(item, arena, proof, &mover, node, level, typical);
        mover_free(&mover);
    }
    return status;
}

gck_status elements_take(struct element_checks *checks, const struct proof *proof, struct element_choice choice)
{
    const struct graph *graph = proof->ladder->graph;
    *checks = (struct element_checks){0};
    struct arena arena = {0};
    checks->parameters = arena_alloc(&checks->arena, graph->wrt_count, sizeof *checks->parameters);
    struct chunk *chunks = arena_alloc(&arena, graph->wrt_count * CHUNKS, sizeof *chunks);
    gck_status status = checks->parameters && chunks ? GCK_OK : GCK_NO_MEMORY;
    size_t count = 0;
    for (size_t p = 0; p < graph->wrt_count && !status; p++) {
        size_t node = graph->wrt[p], of = shape_count(&graph->nodes[node].shape);
        size_t n = 0;
        status = allowance(&n, graph, node, choice);
        struct element_list *list = &checks->parameters[p];
        struct random random = random_new(proof->seed, 1000 + p);
        list->items = arena_alloc(&checks->arena, n, sizeof *list->items);
        status = status || list->items ? status : GCK_NO_MEMORY;
        if (status)
            break;
        choose(list, n, of, proof->corners[node], &random);
        size_t parts = list->count >= 16 * CHUNKS ? CHUNKS : list->count > 0;
        for (size_t part = 0; part < parts; part++) {
            size_t from = list->count * part / parts, to = list->count * (part + 1) / parts;
            chunks[count++] = (struct chunk){.proof = proof,
                                             .node = node,
                                             .items = list->items + from,
                                             .count = to - from,
                                             .method = choice.method};
        }
    }
    if (!status)
        parallel_for(proof->workers, count, chunk_take, chunks);
    for (size_t k = 0; k < count; k++) {
        status = status ? status : chunks[k].status;
        for (size_t i = 0; i < chunks[k].count && !status; i++)
            status = raise(&chunks[k].items[i], &checks->arena, proof, chunks[k].node);
        arena_join(&checks->arena, &chunks[k].arena);
    }
    arena_free(&arena);
    if (status)
        elements_free(checks);
    return status;
}

gck_status element_take(struct element_check *out, struct element_checks *checks, const struct proof *proof,
                        size_t parameter, size_t index, gck_method method)
{
    *out = (struct element_check){.index = index};
    struct chunk chunk = {.proof = proof,
                          .node = proof->ladder->graph->wrt[parameter],
                          .items = out,
                          .count = 1,
                          .method = method};
    chunk_take(&chunk, 0);
    gck_status status = chunk.status ? chunk.status : raise(out, &checks->arena, proof, chunk.node);
    arena_join(&checks->arena, &chunk.arena);
    return status;
}

const struct element_check *elements_find(const struct element_checks *checks, size_t parameter, size_t index)
{
    const struct element_list *list = &checks->parameters[parameter];
    struct element_check key = {.index = index};
    return list->count ? bsearch(&key, list->items, list->count, sizeof key, by_index) : NULL;
}

void elements_free(struct element_checks *checks)
{
    arena_free(&checks->arena);
    *checks = (struct element_checks){0};
}
