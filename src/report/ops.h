/* The ops: a list of them, the documentation of one, and the document of all. */
#ifndef GCK_REPORT_OPS_H
#define GCK_REPORT_OPS_H
#include "base/text.h"
#include "ops/op.h"

/* Appends a line for each op, by family; of one family alone unless it is NULL. */
void ops_list(struct text *text, const char *family, bool colour);

/* Appends all that the op's row says, and a case to run. */
void ops_describe(struct text *text, const struct op *op, bool colour);

/* Appends docs/ops.md. */
void ops_markdown(struct text *text);

/* Whether op i is the first one of its family: families are listed in this order. */
bool ops_first_of_family(size_t i);

/* Appends "affine(x, W, b)". */
void ops_call(struct text *text, const struct op *op);

/* Appends what an attribute may be: "one of mean, sum, none", "list of integers". */
void ops_attribute_values(struct text *text, const struct attribute_spec *spec);

/* Bytes of the doc's first clause, which says in a line what the op is. */
size_t ops_summary(const struct op *op);

#endif
