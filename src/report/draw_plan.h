/* The plan of a drawing: which nodes share a box, and the wires between boxes. */
#ifndef GCK_REPORT_DRAW_PLAN_H
#define GCK_REPORT_DRAW_PLAN_H
#include "report/draw.h"

enum { NO_STEP = -1 };

enum draw_box_kind {
    DRAW_NODE,   /* one node */
    DRAW_LAYER,  /* gates behind one another, with the parameters that they alone use */
    DRAW_STACK,  /* layers behind one another */
    DRAW_SHARED, /* inputs that many boxes use; no wires lead from it */
};

/* A box. Its steps are indices into the explanation, in the order of the forward pass. */
struct draw_box {
    enum draw_box_kind kind;
    size_t *steps;
    size_t count;
    size_t exit; /* the step whose value leaves the box */
};

/* A value on its way from a box to a box. */
struct draw_wire {
    size_t step;                         /* whose value it is */
    size_t to;                           /* the box */
    const gck_contribution *const *sent; /* what comes back on it */
    size_t sent_count;                   /* 0: no gradient does */
};

struct draw_plan {
    struct arena arena;
    const gck_explanation *x;
    struct draw_box *boxes; /* in the order of the forward pass */
    size_t box_count;
    struct draw_wire *wires;
    size_t wire_count;
    size_t *box_of;      /* per step; literals are in none */
    size_t *layer_of;    /* per step: steps of a stack's box with the same number are one layer */
    size_t *wires_from;  /* per step: how many wires carry its value */
    long **arguments;    /* per step: of each argument the step, NO_STEP for a number of a formula */
    enum draw_fold fold; /* how much was folded; never DRAW_FOLD_AUTO */
};

/* GCK_OK or GCK_NO_MEMORY. Free with draw_plan_free() in any case. */
gck_status draw_plan_new(struct draw_plan *plan, const gck_explanation *x, enum draw_fold fold);
void draw_plan_free(struct draw_plan *plan);

#endif
