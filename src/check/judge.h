/* Judging: from an engine's numbers, the reference and the budget to a verdict per element. */
#ifndef GCK_CHECK_JUDGE_H
#define GCK_CHECK_JUDGE_H
#include "check/answer.h"
#include "check/elements.h"
#include "check/subject.h"

/* One tensor under judgement: the gradient of a parameter, or the output's value. */
struct judged {
    size_t node;
    size_t parameter; /* index into wrt; wrt_count for the output's value */
    bool value;
    size_t count;
    const double *analytic; /* NULL: missing */
    const m_element *reference;
    const double *budget;
    const bool *corner; /* NULL: none */
    double *distance;   /* |a - g| */
    uint8_t *verdict;   /* gck_verdict; BEYOND until it is known whether the error is steady */
    double largest;     /* largest |g_j| */
    bool zero;          /* every g_j off corners is zero or underflows, and so is a_j within the budget */
};

/* Neither within the budget nor admissible on a corner: `inaccurate` or `wrong`, yet to be told apart. */
enum { BEYOND = GCK_VERDICTS };

/* Everything that judging one run looks at. */
struct trial_run {
    const struct subject *subject;
    const struct proof *proof;
    struct element_checks *elements;
    gck_method method;
    struct judged *tensors; /* one a parameter, then the value */
    size_t count;
    bool sparing;    /* of tensors that pass only `farthest` gets a difference of its worst element */
    size_t farthest; /* the parameter with the element that is farthest off for its budget */
    struct arena *arena;
};

/* Judges every element that needs no more than numbers at this point: ok, kink, inconclusive, nonfinite,
 * missing, or BEYOND. */
gck_status judge(struct trial_run *run);

/* Settles what sits on a corner (judged->corner): see corners.c. Called by judge(). */
gck_status judge_corners(struct trial_run *run);
/* Elements beyond the budget that lie within the hull of the alternative references: `kink`. */
gck_status judge_near_kinks(struct trial_run *run);

#endif
