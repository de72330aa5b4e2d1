/* A point beside the one that is checked: how an error changes there tells lost digits from a wrong formula. */
#ifndef GCK_CHECK_BESIDE_H
#define GCK_CHECK_BESIDE_H
#include "check/budget.h"

/* How far from the point, and how to get there. */
struct beside_range {
    double reach;
    bool alike; /* equal numbers move alike, so that ties stay ties */
    bool zeros; /* a number that is exactly zero moves too, by a part of the tensor's typical size */
    bool up;    /* and all of them upward alike, so that they stay ties and on one side of a corner */
};

/* A point beside `at` and inside the domain, in the arena, and the reference there; the last one tried when
 * none is inside. On failure nothing is to be freed. */
gck_status beside_new(struct binding *binding, struct reference *reference, struct arena *arena,
                      const struct reference *at, struct beside_range range, struct random *random);

/* The farther of the two distances to ask at; jitter_reach() is the nearer one. Where a function saturates, its
 * rounded value and so the error is the same for many ulps around. */
double beside_wide_reach(enum dtype dtype);

enum { BESIDE_REQUESTS = 3 };
/* The most requests that took the same branches, in chosen[]; returns how many. Another branch may be wrong by
 * another amount, and that is no noise. */
int beside_same_branches(int chosen[BESIDE_REQUESTS], const struct decisions *const decisions[BESIDE_REQUESTS]);

/* Whether errors at several points change sign or by more than half, as lost digits do; false when one is not
 * finite. */
bool beside_varies(const double *errors, int count);

#endif
