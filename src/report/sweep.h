/* Sweeps shown: on a terminal, as CSV and JSON, and as pictures drawn by gnuplot. */
#ifndef GCK_REPORT_SWEEP_H
#define GCK_REPORT_SWEEP_H
#include "base/text.h"
#include "check/sweep.h"

/* A sweep with the words around it. */
struct sweep_view {
    const struct sweep *sweep;
    const char *objective; /* what is differentiated: "f" */
    const char *element;   /* by what: "x[3]" */
    bool colour;
};

enum sweep_format { SWEEP_PRETTY, SWEEP_CSV, SWEEP_JSON, SWEEP_SVG, SWEEP_PNG, SWEEP_FORMATS };
extern const char *const sweep_format_names[SWEEP_FORMATS];

/* Appends the sweep in the format. GCK_IO with an error where gnuplot is missing or fails. */
gck_status sweep_add(struct text *text, const struct sweep_view *view, enum sweep_format format,
                     const volatile bool *stop, struct errors *errors);

/* The parts of SWEEP_PRETTY. */
void sweep_pretty(struct text *text, const struct sweep_view *view);
void sweep_plots(struct text *text, const struct sweep_view *view); /* two plots in 80 columns */
void sweep_words(struct text *text, const struct sweep_view *view); /* what one sees, as sentences */

/* The least decade that a picture of one method at one precision should reach: a little below its best error.
 */
double sweep_floor(const struct sweep *sweep, enum sweep_curve_index curve, gck_method method);

/* Whether the element has a derivative that relative errors can be taken of, so that theory applies. */
bool sweep_is_smooth(const struct sweep *sweep);

void sweep_csv(struct text *text, const struct sweep_view *view);
void sweep_json(struct text *text, const struct sweep_view *view);

/* A gnuplot script that writes the picture on standard output; its data are in it, and nothing that a case file
 * says can be a command there. */
void sweep_gnuplot(struct text *script, const struct sweep_view *view, enum sweep_format format);

#endif
