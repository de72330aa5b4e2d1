/* The parts of an exercise's texts; exercise.h has the whole. */
#ifndef GCK_REPORT_EXERCISE_PARTS_H
#define GCK_REPORT_EXERCISE_PARTS_H
#include "report/exercise.h"

/* The hint of the exercise. */
void exercise_add_hint(struct text *text, size_t number, const struct exercise_view *view);

/* Line `line` of the case to begin with. */
void exercise_add_row(struct text *text, size_t number, size_t line);

#endif
