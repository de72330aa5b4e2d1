/* Runs of graphs with an op of the engine's own: no reference exists, so the engine's gradient is compared with
 * differences of the engine's own values. */
#ifndef GCK_CHECK_FOREIGN_RUN_H
#define GCK_CHECK_FOREIGN_RUN_H
#include "check/run.h"

/* The first such op of the graph; NULL: none, and run_take() does. */
const char *foreign_op(const struct graph *graph);

/* Adds an error when the graph has one; `what` needs a reference: "explain". */
gck_status foreign_refuse(const struct graph *graph, const char *what, struct errors *errors);

/* As run_take(). Judged as gck_check_function() does, with the noise of the engine's values measured; a
 * gradient may be off by the rounding of the dtype, too. */
gck_status foreign_run_take(gck_run *run, struct arena *results, const struct subject *subject,
                            enum dtype dtype, const struct run_settings *settings, struct errors *errors);

#endif
