/* Fuzzing: random graphs checked against an engine, and those that fail made small. */
#ifndef GCK_API_FUZZ_H
#define GCK_API_FUZZ_H
#include <gradcheck.h>

#include "case/sketch.h"

/* What became of one graph. */
struct fuzzed {
    struct arena arena;
    gck_verdict verdict; /* the worst over the dtypes */
    size_t ops, parameters, redrawn;
    bool used[512]; /* which ops occur, by their index in op_table */
    char *text;     /* the case file of a graph that is kept; else NULL */
};

/* Draws graph `index` of the options' seed and checks it. Keeps it made small when it fails, or, with `all`, as
 * it was drawn, whatever becomes of it. options->engine: NULL for the built-in one. ops: which may be drawn, as
 * random_sketch() takes them. Free with fuzzed_free(), also after an error. */
gck_status fuzz_one(struct fuzzed *fuzzed, uint64_t index, const gck_options *options, const bool *ops,
                    bool all);
void fuzzed_free(struct fuzzed *fuzzed);

/* The verdict on a sketch as a case. GCK_BAD_CASE when it does not make one. */
gck_status fuzz_verdict(gck_verdict *verdict, struct sketch *sketch, const gck_options *options);

/* Makes the sketch small while the verdict stays what it is: fewer ops, smaller shapes, fewer attributes,
 * shorter numbers. Gives up early when options->stop is raised. */
gck_status fuzz_shrink(struct sketch *sketch, struct arena *arena, gck_verdict verdict,
                       const gck_options *options);

#endif
