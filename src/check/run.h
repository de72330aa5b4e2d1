/* A run: one graph in one dtype, an engine's gradients against the certified reference. */
#ifndef GCK_CHECK_RUN_H
#define GCK_CHECK_RUN_H
#include "base/parallel.h"
#include "check/elements.h"
#include "check/subject.h"

struct run_settings {
    int bits, max_bits;
    uint64_t seed;
    struct element_choice choice;
    const gck_engine *engine;
    struct workers *workers;
    bool laws;   /* also check the laws of engines */
    bool locate; /* look for the guilty gate when the run fails */
};

/* Runs the check; everything in *run lives in `results`. Errors: numbers that do not fit the dtype, memory. */
gck_status run_take(gck_run *run, struct arena *results, const struct subject *subject, enum dtype dtype,
                    const struct run_settings *settings, struct errors *errors);

#endif
