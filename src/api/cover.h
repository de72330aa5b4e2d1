/* Cover: whether every kind of bug, in every op and for every argument, is caught by some case. */
#ifndef GCK_API_COVER_H
#define GCK_API_COVER_H
#include "api/mutants.h"
#include "base/parallel.h"

/* A kind of bug in an op, for one of its arguments. */
struct cover_item {
    const struct op *op;
    size_t argument;
    enum bug bug;
    size_t tried, hidden;       /* cases; hidden: the gradients are the same numbers there */
    bool caught;                /* with the verdict and the gate that are due */
    enum trial_outcome outcome; /* of the last one that failed; TRIAL_EQUIVALENT: none did */
    const char *id;             /* the case that caught it, or that failed; the case's own text */
};

struct cover {
    struct arena arena;
    struct cover_item *items; /* by op, argument and bug */
    size_t count;
    size_t trials; /* mutants tried */
    size_t cases;  /* cases that were needed */
};

/* Called between cases: how many are done. */
typedef void cover_told(void *user, size_t done);

/* Takes the cases from the cheapest on, and tries in each the mutants that none before it has caught and not
 * more than 60 have hidden. The result does not depend on the number of workers. Cases that fail without
 * a bug are left out. The cases outlive it; free with cover_free(), also after an error. */
gck_status cover_take(struct cover *cover, gck_case *const *cases, size_t count, gck_dtype dtype,
                      const gck_options *options, struct workers *workers, cover_told *told, void *user);
void cover_free(struct cover *cover);

#endif
