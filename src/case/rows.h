/* What the rows of a graph share with the claims in them. */
#ifndef GCK_CASE_ROWS_H
#define GCK_CASE_ROWS_H
#include "case/reader.h"

/* Starts to follow an item's text through the file. */
void item_trace(struct trace *trace, const struct reader *reader, const struct item *item);

/* Every name in the item's texts counts as used: for what is wrong anyway. */
void item_uses(struct reader *reader, const struct item *item);

/* Applies reader->formula under its claim as expr(formula, x1, claim1, x2, claim2, ...), called `target`.
 * NO_NODE when anything is wrong, which is then reported. */
long claimed_apply(struct reader *reader, const struct item *claim, struct scope *scope, const char *target,
                   struct place place);

#endif
