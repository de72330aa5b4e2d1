/* What trials of mutants look like: the matrix, and the blind spots of one case. */
#ifndef GCK_REPORT_MUTANTS_H
#define GCK_REPORT_MUTANTS_H
#include "api/mutants.h"
#include "base/text.h"

struct mutants_settings {
    bool colour, verbose; /* verbose: a line for every mutant */
};

/* Appends a row for every bug, what was not caught as it should be, and, when there is one case alone, what its
 * inputs cannot show. False when a case fails without any bug, or a mutant was not caught with the verdict and
 * the node that are due. Trials of other counts are of other cases. */
bool mutants_add(struct text *text, const struct trials *trials, size_t count,
                 const struct mutants_settings *settings);

/* What the inputs of a case cannot show: for each such bug the gates and arguments, why, and what to change. */
void mutants_blind_spots(struct text *text, const struct trials *trials);

#endif
