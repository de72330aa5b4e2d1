/* Whether two cases compute the same, whatever derivatives they claim. */
#ifndef GCK_API_ALIKE_H
#define GCK_API_ALIKE_H
#include "case/case.h"

/* What is not as in the original. */
enum alike {
    ALIKE,
    ALIKE_INPUT_MISSING,
    ALIKE_INPUT_ADDED,
    ALIKE_INPUT_CHANGED,
    ALIKE_ROW_MISSING,
    ALIKE_ROW_CHANGED,
    ALIKE_CLAIM_MISSING,
    ALIKE_OUTPUT,
    ALIKE_SEED,
    ALIKE_WRT
};

struct alike_difference {
    enum alike kind;
    const char *name;     /* the node it is about; lives as long as its case */
    size_t line;          /* in the given file; 0: it is not there */
    size_t original_line; /* in the original; 0: it is not there */
};

/* Compares inputs, output, seed, parameters and the rows that the original's output needs. Rows that only
 * claims use may be added. The first difference found. */
struct alike_difference case_compare(const struct case_file *given, const struct case_file *original);

#endif
