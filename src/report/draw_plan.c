/* Planning a drawing: arguments found by name, boxes from groups of steps, wires between boxes. */
#include "report/draw_plan.h"

#include <stdlib.h>
#include <string.h>

#include "report/draw_fold.h"

struct named {
    const char *name;
    size_t step;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* Finds the arguments of every step. */
static gck_status find_arguments(struct draw_plan *plan)
{
    const gck_explanation *x = plan->x;
    struct named *names = arena_alloc(&plan->arena, x->step_count, sizeof *names);
    plan->arguments = arena_alloc(&plan->arena, x->step_count, sizeof *plan->arguments);
    size_t count = 0;
    if (!names || !plan->arguments)
        return GCK_NO_MEMORY;
    for (size_t s = 0; s < x->step_count; s++)
        if (!x->steps[s].literal)
            names[count++] = (struct named){x->steps[s].name, s};
    qsort(names, count, sizeof *names, by_name);
    for (size_t s = 0; s < x->step_count; s++) {
        const gck_step *step = &x->steps[s];
        long *found = arena_alloc(&plan->arena, step->input_count, sizeof *found);
        if (!found)
            return GCK_NO_MEMORY;
        for (size_t k = 0; k < step->input_count; k++) {
            struct named key = {step->inputs[k], 0};
            const struct named *hit = bsearch(&key, names, count, sizeof *names, by_name);
            found[k] = hit ? (long)hit->step : NO_STEP;
        }
        plan->arguments[s] = found;
    }
    return GCK_OK;
}

/* Numbers the boxes in the order in which their values leave them, so that every wire leads on. */
static gck_status number_boxes(struct draw_plan *plan, const struct draw_groups *groups)
{
    const gck_explanation *x = plan->x;
    size_t *number = arena_alloc(&plan->arena, x->step_count, sizeof *number);
    size_t *size = arena_alloc(&plan->arena, x->step_count, sizeof *size);
    if (!number || !size)
        return GCK_NO_MEMORY;
    for (size_t s = 0; s < x->step_count; s++)
        if (!x->steps[s].literal && size[groups->of[s]]++ == 0)
            number[groups->of[s]] = ++plan->box_count; /* backward for now */
    plan->boxes = arena_alloc(&plan->arena, plan->box_count, sizeof *plan->boxes);
    plan->box_of = arena_alloc(&plan->arena, x->step_count, sizeof *plan->box_of);
    if (!plan->boxes || !plan->box_of)
        return GCK_NO_MEMORY;
    for (size_t s = 0; s < x->step_count; s++) {
        size_t group = groups->of[s];
        if (x->steps[s].literal)
            continue;
        struct draw_box *box = &plan->boxes[plan->box_of[s] = plan->box_count - number[group]];
        box->kind = size[group] > 1 || groups->kind[group] == DRAW_SHARED ? groups->kind[group] : DRAW_NODE;
        if (!box->steps)
            box->steps = arena_alloc(&plan->arena, size[group], sizeof *box->steps);
        if (!box->steps)
            return GCK_NO_MEMORY;
    }
    return GCK_OK;
}

static gck_status make_boxes(struct draw_plan *plan, const struct draw_groups *groups)
{
    gck_status status = number_boxes(plan, groups);
    for (size_t s = plan->x->step_count; s-- > 0 && !status;) {
        struct draw_box *box = &plan->boxes[plan->box_of[s]];
        if (plan->x->steps[s].literal)
            continue;
        box->steps[box->count++] = s;
        box->exit = s; /* the last one stays */
    }
    plan->layer_of = groups->layer;
    return status;
}

/* The wire of this value to this box; a new one where each use is drawn, or there is none yet. */
static struct draw_wire *wire_for(struct draw_plan *plan, size_t step, size_t to)
{
    for (size_t w = plan->wire_count; w-- > 0 && plan->fold != DRAW_FOLD_NONE;)
        if (plan->wires[w].to != to)
            break;
        else if (plan->wires[w].step == step)
            return &plan->wires[w];
    plan->wires_from[step]++;
    struct draw_wire *wire = &plan->wires[plan->wire_count++];
    *wire = (struct draw_wire){.step = step, .to = to};
    return wire;
}

/* Adds the wires into one step; its sends are in the order of its arguments. */
static gck_status wire_step(struct draw_plan *plan, size_t s)
{
    const gck_step *step = &plan->x->steps[s];
    size_t next = 0;
    for (size_t k = 0; k < step->input_count; k++) {
        long from = plan->arguments[s][k];
        const gck_contribution *sent = NULL;
        if (from == NO_STEP)
            continue;
        if (next < step->send_count && step->sends[next].to == (size_t)from)
            sent = &step->sends[next++];
        size_t box = plan->box_of[from];
        if (box == plan->box_of[s] || plan->boxes[box].kind == DRAW_SHARED)
            continue;
        struct draw_wire *wire = wire_for(plan, (size_t)from, plan->box_of[s]);
        if (!sent)
            continue;
        const gck_contribution **list = arena_alloc(&plan->arena, wire->sent_count + 1, sizeof *list);
        if (!list)
            return GCK_NO_MEMORY;
        for (size_t i = 0; i < wire->sent_count; i++)
            list[i] = wire->sent[i];
        list[wire->sent_count++] = sent;
        wire->sent = list;
    }
    return GCK_OK;
}

static gck_status make_wires(struct draw_plan *plan)
{
    size_t most = 0;
    gck_status status = GCK_OK;
    for (size_t s = 0; s < plan->x->step_count; s++)
        most += plan->x->steps[s].input_count;
    plan->wires = arena_alloc(&plan->arena, most, sizeof *plan->wires);
    plan->wires_from = arena_alloc(&plan->arena, plan->x->step_count, sizeof *plan->wires_from);
    if (!plan->wires || !plan->wires_from)
        return GCK_NO_MEMORY;
    for (size_t b = 0; b < plan->box_count; b++)
        for (size_t i = 0; i < plan->boxes[b].count && !status; i++)
            status = wire_step(plan, plan->boxes[b].steps[i]);
    return status;
}

gck_status draw_plan_new(struct draw_plan *plan, const gck_explanation *x, enum draw_fold fold)
{
    *plan = (struct draw_plan){.x = x};
    struct draw_groups groups;
    gck_status status = find_arguments(plan);
    if (!status)
        status = draw_fold_take(&groups, plan, fold);
    if (!status)
        status = make_boxes(plan, &groups);
    return status ? status : make_wires(plan);
}

void draw_plan_free(struct draw_plan *plan)
{
    arena_free(&plan->arena);
}
