/* What the check layer builds before it asks an engine, for tests: reference, budget, corners, proof. */
#ifndef GCK_TESTS_SUPPORT_PROVING_H
#define GCK_TESTS_SUPPORT_PROVING_H
#include "case/case.h"
#include "check/certificate.h"
#include "check/elements.h"

struct proving {
    struct case_file *file;
    struct arena arena;
    struct errors errors;
    struct binding binding;
    struct ladder ladder;
    struct budget budget;
    bool **corners;
    struct proof proof;
};

/* From a case given as text: inputs, graph rows, further lines; the output is y. The precision may be doubled
 * `more_levels` times. */
void proving_new(struct proving *proving, const char *inputs, const char *graph, const char *more,
                 enum dtype dtype, int bits, int more_levels);
void proving_free(struct proving *proving);

/* Index of a node by its name. */
size_t proving_node(const struct proving *proving, const char *name);

/* The difference along element `index` of the first parameter, by `length`, at the first level. Its numbers
 * live in the proving's arena. */
struct difference proving_difference(struct proving *proving, size_t index, double length);

#endif
