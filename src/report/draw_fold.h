/* Folding: which nodes of a drawing share a box. */
#ifndef GCK_REPORT_DRAW_FOLD_H
#define GCK_REPORT_DRAW_FOLD_H
#include "report/draw_plan.h"

/* Steps of one group share a box. */
struct draw_groups {
    size_t *of;               /* per step: its group, named by one of its steps */
    size_t *layer;            /* per step: its group before layers were stacked */
    enum draw_box_kind *kind; /* per group: of more than one step; DRAW_SHARED also of one */
};

/* Chooses the groups and notes in the plan how much was folded. The plan's arguments are known by then; the
 * groups live in its arena. */
gck_status draw_fold_take(struct draw_groups *groups, struct draw_plan *plan, enum draw_fold fold);

#endif
