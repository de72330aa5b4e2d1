/* The parts of drawing; draw.h has the whole. */
#ifndef GCK_REPORT_DRAW_PARTS_H
#define GCK_REPORT_DRAW_PARTS_H
#include "report/draw_plan.h"

/* Font and colours of a drawing on a light screen; draw_style() has their counterparts on a dark one. */
#define DRAW_FONT "Helvetica,Arial,sans-serif"
#define DRAW_INK "#1f2328"
#define DRAW_DIM "#59636e"
#define DRAW_LINE "#818b98"
#define DRAW_VALUE "#1a7f37"
#define DRAW_GRADIENT "#cf222e"
#define DRAW_GATE "#f6f8fa"
#define DRAW_INPUT "#ddf4ff"
#define DRAW_WRONG "#a40e26"
#define DRAW_WRONG_PAPER "#ffdad6"

/* The graph as DOT. Nothing that a case says can be anything there but text. */
void draw_dot(struct text *text, const struct drawing *drawing, const struct draw_plan *plan);

/* Few numbers in full, else the norm, with the shape where it is not said already. */
void draw_write_numbers(struct text *text, const gck_numbers *numbers, bool shape);
/* "f = mul(q, z)", or without its arguments where they make it long; an input's name. */
void draw_write_row(struct text *text, const gck_step *step);
/* What an input is: "parameter [3, 4]". */
void draw_write_input(struct text *text, const gck_step *step);
/* What a gate does: "mul switches", "affine: a fully connected layer"; where the op has no words for it, the
 * backward half of its formula. */
void draw_write_role(struct text *text, const gck_step *step);
/* The gradients that come back on a wire: "norm 9.1 + norm 9.2". */
void draw_write_sent(struct text *text, const struct draw_wire *wire);

/* What Graphviz makes of DOT: SVG, or PNG of twice the usual resolution. */
gck_status draw_graphviz(struct text *text, const char *dot, enum draw_format format, struct errors *errors);

/* Appends Graphviz's SVG with a name and a description for screen readers, a dark side, and ids of its own. */
void draw_svg(struct text *text, const char *svg, const struct drawing *drawing, const struct draw_plan *plan);

#endif
