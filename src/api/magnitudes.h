/* Magnitudes: how small an error of one element may be, and still be caught. */
#ifndef GCK_API_MAGNITUDES_H
#define GCK_API_MAGNITUDES_H
#include "api/mutants.h"

enum { MAGNITUDES = 15 }; /* relative errors of 1e-1 ... 1e-15 */

struct magnitude {
    bool checked; /* false: the case does not pass in this dtype, or no element is smooth and nonzero */
    const char *parameter;
    size_t index;
    double budget;  /* of that element, relative: what the dtype entitles a right engine to */
    int caught;     /* 10^-caught is the smallest that was called `wrong`; 0: none */
    bool misjudged; /* one was caught with another verdict */
    bool irregular; /* a smaller one was caught where a larger one was not */
};

/* Plants the errors into the element with the largest gradient. Texts are the case's own. */
gck_status magnitude_take(struct magnitude *magnitude, const gck_case *c, gck_dtype dtype,
                          const gck_options *options);

#endif
