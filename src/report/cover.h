/* What cover and magnitudes of mutants look like. */
#ifndef GCK_REPORT_COVER_H
#define GCK_REPORT_COVER_H
#include "api/cover.h"
#include "api/magnitudes.h"
#include "base/text.h"

/* Appends a line for every kind of bug that nothing caught, and a summary. False when one of them shows in some
 * case, and is judged or placed wrongly or survives there. */
bool cover_add_to(struct text *text, const struct cover *cover, size_t cases, bool verbose, bool colour);

/* A row a case (`ids`), a column a dtype: items[case * GCK_DTYPES + dtype]; of the dtypes in the set `dtypes`.
 * False when an error was misjudged, or a smaller one was caught than one that was not. */
bool magnitudes_add_to(struct text *text, const struct magnitude *items, const char *const *ids, size_t count,
                       unsigned dtypes, bool colour);

#endif
