/* Cover: cheap cases first, and only what is still open. */
#include "api/cover.h"

#include <stdlib.h>
#include <string.h>

#include "api/case_handle.h"

enum {
    WAVE = 32,       /* cases that are tried side by side: a number that no machine changes */
    MOST_HIDDEN = 60 /* cases that hide a bug; then it counts as hidden everywhere */
};

struct work {
    struct cover *cover;
    gck_case *const *cases;
    double *cost; /* a case each */
    size_t *order;
    gck_dtype dtype;
    const gck_options *options;
    size_t from; /* of the wave, in `order` */
    struct trials trials[WAVE];
    gck_status status[WAVE];
};

static int compare_keys(const struct cover_item *a, const struct cover_item *b)
{
    int names = strcmp(a->op->name, b->op->name);
    if (names)
        return names;
    if (a->argument != b->argument)
        return a->argument < b->argument ? -1 : 1;
    return (a->bug > b->bug) - (a->bug < b->bug);
}

static int compare_items(const void *a, const void *b)
{
    return compare_keys(a, b);
}

static struct cover_item key_of(const struct mutant *m)
{
    const struct op *op = m->graph->nodes[m->node].op;
    size_t named = 1; /* those of add_n are all alike, and behind the last name more of its kind may follow */
    for (const char *c = op->arguments; *c; c++)
        named += *c == ' ';
    return (struct cover_item){.op = op,
                               .argument = m->argument < named ? m->argument : named - 1,
                               .bug = m->bug,
                               .outcome = TRIAL_EQUIVALENT};
}

static struct cover_item *find(const struct cover *cover, const struct mutant *m)
{
    struct cover_item key = key_of(m);
    return bsearch(&key, cover->items, cover->count, sizeof key, compare_items);
}

static bool open_still(const struct mutant *m, const void *user)
{
    if (m->own)
        return false;
    const struct cover_item *item = find(user, m);
    return !item->caught && item->hidden < MOST_HIDDEN;
}

/* Calls `take` for every mutant of every case; false when memory fails. */
static bool each_mutant(struct cover *cover, gck_case *const *cases, size_t count,
                        void (*take)(struct cover *cover, const struct mutant *m))
{
    struct arena arena = {0};
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        const struct graph *graph = &cases[i]->file->graph;
        bool *reached = arena_alloc(&arena, graph->count, sizeof *reached);
        good = reached && !mutant_reached(reached, graph);
        for (struct mutant m = {.graph = graph}; good && mutant_next(&m, reached);)
            take(cover, &m);
        arena_free(&arena);
    }
    return good;
}

static void count_mutant(struct cover *cover, const struct mutant *m)
{
    (void)m;
    cover->count++;
}

static void add_key(struct cover *cover, const struct mutant *m)
{
    cover->items[cover->count++] = key_of(m);
}

/* Every key once, in order. */
static gck_status list_keys(struct cover *cover, gck_case *const *cases, size_t count)
{
    if (!each_mutant(cover, cases, count, count_mutant))
        return GCK_NO_MEMORY;
    cover->items = arena_alloc(&cover->arena, cover->count, sizeof *cover->items);
    cover->count = 0;
    if (!cover->items || !each_mutant(cover, cases, count, add_key))
        return GCK_NO_MEMORY;
    qsort(cover->items, cover->count, sizeof *cover->items, compare_items);
    size_t kept = 0;
    for (size_t i = 0; i < cover->count; i++)
        if (!kept || compare_keys(&cover->items[kept - 1], &cover->items[i]) != 0)
            cover->items[kept++] = cover->items[i];
    cover->count = kept;
    return GCK_OK;
}

/* The cheapest first, and of equal ones the earlier. */
static gck_status order_cases(struct work *work, size_t count)
{
    struct arena *arena = &work->cover->arena;
    work->cost = arena_alloc(arena, count, sizeof *work->cost);
    work->order = arena_alloc(arena, count, sizeof *work->order);
    for (size_t i = 0; work->cost && work->order && i < count; i++) {
        size_t at = i;
        work->cost[i] = graph_work(&work->cases[i]->file->graph, NULL);
        for (; at > 0 && work->cost[work->order[at - 1]] > work->cost[i]; at--)
            work->order[at] = work->order[at - 1];
        work->order[at] = i;
    }
    return work->cost && work->order ? GCK_OK : GCK_NO_MEMORY;
}

static void try_case(void *user, size_t i)
{
    struct work *work = user;
    const gck_case *c = work->cases[work->order[work->from + i]];
    gck_status status = trials_take(&work->trials[i], c, work->dtype, work->options, open_still, work->cover);
    work->status[i] = status == GCK_BAD_CASE ? GCK_OK : status; /* the dtype does not hold its numbers */
}

/* Enters what became of one case's mutants. */
static void enter(struct cover *cover, const struct trials *trials, const char *id)
{
    cover->trials += trials->count;
    cover->cases += trials->count > 0;
    for (size_t i = 0; i < trials->count; i++) {
        const struct trial *t = &trials->items[i];
        struct cover_item *item = find(cover, &t->mutant);
        if (item->caught)
            continue;
        item->tried++;
        item->hidden += t->outcome == TRIAL_EQUIVALENT;
        item->caught = t->outcome == TRIAL_CAUGHT;
        if (t->outcome == TRIAL_EQUIVALENT)
            continue;
        item->outcome = t->outcome;
        item->id = id;
    }
}

gck_status cover_take(struct cover *cover, gck_case *const *cases, size_t count, gck_dtype dtype,
                      const gck_options *options, struct workers *workers, cover_told *told, void *user)
{
    *cover = (struct cover){0};
    struct work *work = calloc(1, sizeof *work);
    if (!work)
        return GCK_NO_MEMORY;
    *work = (struct work){.cover = cover, .cases = cases, .dtype = dtype, .options = options};
    gck_status status = list_keys(cover, cases, count);
    if (!status)
        status = order_cases(work, count);
    for (; work->from < count && !status; work->from += WAVE) {
        size_t wave = count - work->from < WAVE ? count - work->from : WAVE;
        memset(work->trials, 0, sizeof work->trials);
        memset(work->status, 0, sizeof work->status);
        parallel_for(workers, wave, try_case, work);
        for (size_t i = 0; i < wave; i++) {
            if (!status && !work->status[i])
                enter(cover, &work->trials[i], cases[work->order[work->from + i]]->file->id);
            status = status ? status : work->status[i];
            trials_free(&work->trials[i]);
        }
        told(user, work->from + wave);
        if (!status && workers_stopped(workers))
            status = GCK_STOPPED;
    }
    free(work);
    return status;
}

void cover_free(struct cover *cover)
{
    arena_free(&cover->arena);
    *cover = (struct cover){0};
}
