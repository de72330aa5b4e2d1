/* The check layer's parts for tests. */
#include "support/proving.h"

#include "case/case_text.h"
#include "check/corners.h"

void proving_new(struct proving *p, const char *inputs, const char *graph, const char *more, enum dtype dtype,
                 int bits, int more_levels)
{
    *p = (struct proving){.file = case_with(inputs, graph, more)};
    const struct graph *g = &p->file->graph;
    bool any;
    assert_int_equal(binding_new(&p->binding, &p->arena, g, dtype, &p->errors), GCK_OK);
    p->ladder = (struct ladder){.graph = g, .binding = &p->binding, .bits = bits};
    assert_int_equal(ladder_reach(&p->ladder, 0), GCK_OK);
    assert_int_equal(budget_new(&p->budget, &p->ladder.levels[0], 1, false, NULL), GCK_OK);
    p->corners = arena_alloc(&p->arena, g->count, sizeof *p->corners);
    assert_non_null(p->corners);
    assert_int_equal(corners_mark(p->corners, &any, &p->arena, &p->ladder.levels[0], &p->budget), GCK_OK);
    p->proof = (struct proof){.ladder = &p->ladder,
                              .budget = &p->budget,
                              .corners = p->corners,
                              .most_level = more_levels,
                              .seed = 1};
}

void proving_free(struct proving *p)
{
    budget_free(&p->budget);
    ladder_free(&p->ladder);
    arena_free(&p->arena);
    errors_free(&p->errors);
    case_free(p->file);
}

size_t proving_node(const struct proving *p, const char *name)
{
    long node = graph_find(&p->file->graph, name);
    assert_int_not_equal(node, NO_NODE);
    return (size_t)node;
}

struct difference proving_difference(struct proving *p, size_t index, double length)
{
    const struct graph *graph = &p->file->graph;
    struct direction direction = {.single = true, .node = graph->wrt[0], .index = index, .length = length};
    bool *moves = arena_alloc(&p->arena, graph->count, sizeof *moves);
    struct mover mover;
    struct difference d;
    assert_non_null(moves);
    moves[graph->wrt[0]] = true;
    assert_int_equal(difference_new(&d, &p->arena, p->ladder.bits), GCK_OK);
    assert_int_equal(mover_new(&mover, &p->ladder, 0, moves), GCK_OK);
    difference_take(&d, &mover, &direction);
    mover_free(&mover);
    return d;
}
