/* Examples: a complete case of one op, made from its row in the table. */
#ifndef GCK_CASE_EXAMPLE_H
#define GCK_CASE_EXAMPLE_H
#include "base/text.h"
#include "ops/op.h"

/* Adds the text of a case file: the row's example as the graph, and its inputs. */
void example_add(struct text *text, const struct op *op);

#endif
