/* Folding: layers out of gates, and stacks out of layers. */
#include "report/draw_fold.h"

#include <string.h>

/* Up to so many nodes each has its own box; up to so many boxes layers are not stacked. A stack has so many
 * layers at least; an input with so many uses is not wired to each of them. */
enum { FEW_NODES = 16, FEW_BOXES = 20, LEAST_STACK = 3, MANY_USES = 4 };

struct folding {
    struct draw_plan *plan;
    struct draw_groups *groups;
    size_t *uses;  /* per step: arguments that it is, of other groups' steps */
    size_t *wires; /* per group: values of other groups that come in */
    long *only;    /* per group: the step whose value comes in, where it is one; NO_STEP */
    long *next;    /* per group: the one group that its values go to; NO_STEP: none or several */
};

static size_t step_count(const struct folding *f)
{
    return f->plan->x->step_count;
}

static bool is_input(const struct folding *f, long step)
{
    return step != NO_STEP && !f->plan->x->steps[step].op;
}

/* Counts uses of steps: an argument given twice to one step is one use. */
static void count_uses(struct folding *f)
{
    memset(f->uses, 0, step_count(f) * sizeof *f->uses);
    for (size_t s = 0; s < step_count(f); s++) {
        const long *arguments = f->plan->arguments[s];
        for (size_t k = 0; k < f->plan->x->steps[s].input_count; k++) {
            bool again = arguments[k] == NO_STEP;
            for (size_t j = 0; j < k; j++)
                again |= arguments[j] == arguments[k];
            f->uses[again ? s : (size_t)arguments[k]] += !again;
        }
    }
}

/* A group becomes part of another. */
static void join(struct folding *f, size_t from, size_t into, enum draw_box_kind kind)
{
    for (size_t s = 0; s < step_count(f); s++)
        if (f->groups->of[s] == from)
            f->groups->of[s] = into;
    f->groups->kind[into] = kind;
}

/* An input that one gate alone uses belongs to the gate, unless nothing else would lead to it. */
static void fold_parameters(struct folding *f)
{
    for (size_t s = 0; s < step_count(f); s++) {
        const gck_step *step = &f->plan->x->steps[s];
        const long *arguments = f->plan->arguments[s];
        bool computed = false;
        for (size_t k = 0; k < step->input_count; k++)
            computed |= arguments[k] != NO_STEP && !is_input(f, arguments[k]);
        for (size_t k = computed ? 0 : 1; k < step->input_count; k++)
            if (is_input(f, arguments[k]) && f->uses[arguments[k]] == 1 &&
                (computed || arguments[k] != arguments[0]))
                join(f, (size_t)arguments[k], f->groups->of[s], DRAW_LAYER);
    }
}

/* Inputs with many uses gather in a box of their own. */
static void fold_shared(struct folding *f)
{
    long first = NO_STEP;
    for (size_t s = 0; s < step_count(f); s++) {
        if (f->plan->x->steps[s].op || f->plan->x->steps[s].literal || f->uses[s] < MANY_USES)
            continue;
        first = first == NO_STEP ? (long)s : first;
        join(f, s, (size_t)first, DRAW_SHARED);
    }
}

/* "f" for the inner step "f.1" of a formula; NO_STEP for others. */
static long formula_of(const struct folding *f, size_t s)
{
    const char *name = f->plan->x->steps[s].name, *dot = strrchr(name, '.');
    if (!dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")])
        return NO_STEP;
    for (size_t i = 0; i < s; i++) {
        const char *other = f->plan->x->steps[i].name;
        if (strlen(other) == (size_t)(dot - name) && strncmp(other, name, (size_t)(dot - name)) == 0)
            return (long)i;
    }
    return NO_STEP;
}

static void fold_formulas(struct folding *f)
{
    for (size_t s = 0; s < step_count(f); s++) {
        long formula = f->plan->x->steps[s].op && !f->plan->x->steps[s].literal ? formula_of(f, s) : NO_STEP;
        if (formula != NO_STEP)
            join(f, f->groups->of[s], f->groups->of[formula], DRAW_LAYER);
    }
}

/* What comes into each group and where its values go. */
static void connect(struct folding *f)
{
    const size_t *of = f->groups->of;
    for (size_t s = 0; s < step_count(f); s++) {
        f->wires[s] = 0;
        f->only[s] = f->next[s] = NO_STEP;
    }
    bool several = false;
    for (size_t s = 0; s < step_count(f); s++)
        for (size_t k = 0; k < f->plan->x->steps[s].input_count; k++) {
            long from = f->plan->arguments[s][k];
            if (from == NO_STEP || of[from] == of[s] || f->groups->kind[of[from]] == DRAW_SHARED)
                continue;
            if (f->only[of[s]] != from)
                f->wires[of[s]]++;
            f->only[of[s]] = from;
            several = f->next[of[from]] != NO_STEP && f->next[of[from]] != (long)of[s];
            f->next[of[from]] = several ? (long)step_count(f) : (long)of[s];
        }
}

/* Whether a group continues the one that feeds it: nothing else comes in, and nothing else comes out there. */
static bool continues(const struct folding *f, size_t group)
{
    return f->wires[group] == 1 && !is_input(f, f->only[group]) &&
           f->next[f->groups->of[f->only[group]]] == (long)group;
}

/* Begins a layer: a gate with a parameter or label of its own, a bias or factor aside. */
static bool begins_layer(const struct folding *f, size_t group)
{
    static const char *const light[] = {"add", "sub", "mul", "div"};
    bool begins = false;
    for (size_t s = 0; s < step_count(f); s++) {
        const gck_step *step = &f->plan->x->steps[s];
        if (f->groups->of[s] != group || !step->op)
            continue;
        bool heavy = true;
        for (size_t i = 0; i < sizeof light / sizeof *light; i++)
            heavy &= strcmp(step->op, light[i]) != 0;
        for (size_t k = 0; k < step->input_count && heavy; k++)
            begins |= is_input(f, f->plan->arguments[s][k]);
    }
    return begins;
}

/* Joins every group that continues another, in the order of the forward pass. */
static void fold_chains(struct folding *f)
{
    for (size_t s = step_count(f); s-- > 0;) {
        size_t group = f->groups->of[s];
        connect(f);
        if (f->plan->x->steps[s].op && group == s && continues(f, group) && !begins_layer(f, group))
            join(f, group, f->groups->of[f->only[group]], DRAW_LAYER);
    }
}

/* The two values that come into a group; false where there are more or fewer. */
static bool two_values(long values[2], const struct folding *f, size_t group)
{
    const size_t *of = f->groups->of;
    size_t count = 0;
    for (size_t s = 0; s < step_count(f); s++)
        for (size_t k = 0; of[s] == group && k < f->plan->x->steps[s].input_count; k++) {
            long from = f->plan->arguments[s][k];
            if (from == NO_STEP || of[from] == group || f->groups->kind[of[from]] == DRAW_SHARED ||
                (count > 0 && from == values[0]) || (count > 1 && from == values[1]))
                continue;
            if (count == 2)
                return false;
            values[count++] = from;
        }
    return count == 2;
}

/* Whether nothing but a row of groups leads from the value `start` to `end` and so into `group`. With `fold`
 * they become part of it. */
static bool leads_to(struct folding *f, long start, long end, size_t group, bool fold)
{
    size_t follower = group;
    while (end != start) {
        size_t at = f->groups->of[end];
        if (is_input(f, end) || f->wires[at] != 1 || f->next[at] != (long)follower)
            return false;
        end = f->only[at];
        follower = at;
        if (fold)
            join(f, at, group, DRAW_LAYER);
    }
    return follower != group;
}

/* Whether shortcuts end at gates of this op; elsewhere two ways are no shortcut, but a weight used twice. */
static bool is_join(const char *op)
{
    return op && (strcmp(op, "add") == 0 || strcmp(op, "add_n") == 0 || strcmp(op, "concat") == 0);
}

/* A shortcut around a row of layers: they are one layer with the gate where both meet. */
static void fold_shortcuts(struct folding *f)
{
    for (size_t s = step_count(f); s-- > 0;) {
        long values[2];
        if (f->groups->of[s] != s || !is_join(f->plan->x->steps[s].op))
            continue;
        connect(f);
        if (!two_values(values, f, s))
            continue;
        for (int i = 0; i < 2; i++)
            if (leads_to(f, values[i], values[1 - i], s, false)) {
                (void)leads_to(f, values[i], values[1 - i], s, true);
                break;
            }
    }
}

/* Joins layers behind one another into stacks. */
static void fold_stacks(struct folding *f)
{
    connect(f);
    for (size_t s = 0; s < step_count(f); s++) { /* from the end of each chain */
        size_t group = f->groups->of[s], length = 1;
        if (group == f->groups->of[0] || f->groups->kind[group] == DRAW_STACK)
            continue; /* the output's box stays on its own */
        size_t first = group;
        for (; continues(f, first) && f->groups->kind[first] != DRAW_STACK; length++)
            first = f->groups->of[f->only[first]];
        if (length < LEAST_STACK)
            continue;
        for (size_t at = group; at != first;) {
            size_t before = f->groups->of[f->only[at]];
            join(f, before, group, DRAW_STACK);
            at = before;
        }
    }
}

static size_t count_groups(const struct folding *f)
{
    size_t count = 0;
    for (size_t s = 0; s < step_count(f); s++)
        count += f->groups->of[s] == s && !f->plan->x->steps[s].literal;
    return count;
}

static gck_status folding_new(struct folding *f, struct draw_groups *groups, struct draw_plan *plan)
{
    struct arena *arena = &plan->arena;
    size_t n = plan->x->step_count;
    *groups = (struct draw_groups){arena_alloc(arena, n, sizeof *groups->of),
                                   arena_alloc(arena, n, sizeof *groups->layer),
                                   arena_alloc(arena, n, sizeof *groups->kind)};
    *f = (struct folding){plan,
                          groups,
                          arena_alloc(arena, n, sizeof *f->uses),
                          arena_alloc(arena, n, sizeof *f->wires),
                          arena_alloc(arena, n, sizeof *f->only),
                          arena_alloc(arena, n, sizeof *f->next)};
    if (!groups->of || !groups->layer || !groups->kind || !f->uses || !f->wires || !f->only || !f->next)
        return GCK_NO_MEMORY;
    for (size_t s = 0; s < n; s++)
        groups->of[s] = s;
    return GCK_OK;
}

gck_status draw_fold_take(struct draw_groups *groups, struct draw_plan *plan, enum draw_fold fold)
{
    struct folding f;
    gck_status status = folding_new(&f, groups, plan);
    if (status)
        return status;
    plan->fold = fold;
    if (fold == DRAW_FOLD_AUTO)
        plan->fold = count_groups(&f) <= FEW_NODES ? DRAW_FOLD_NONE : DRAW_FOLD_LAYERS;
    memcpy(groups->layer, groups->of, plan->x->step_count * sizeof *groups->layer);
    if (plan->fold == DRAW_FOLD_NONE)
        return GCK_OK;
    count_uses(&f);
    fold_parameters(&f);
    fold_shared(&f);
    fold_formulas(&f);
    fold_chains(&f);
    if (fold == DRAW_FOLD_AUTO && count_groups(&f) > FEW_BOXES)
        plan->fold = DRAW_FOLD_ALL;
    if (plan->fold == DRAW_FOLD_ALL)
        fold_shortcuts(&f);
    memcpy(groups->layer, groups->of, plan->x->step_count * sizeof *groups->layer);
    if (plan->fold == DRAW_FOLD_ALL)
        fold_stacks(&f);
    return GCK_OK;
}
