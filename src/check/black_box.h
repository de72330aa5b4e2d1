/* The black-box check, for gradients in any number format. */
#ifndef GCK_CHECK_BLACK_BOX_H
#define GCK_CHECK_BLACK_BOX_H
#include <float.h>
#include <gradcheck.h>

#define BLACK_BOX_ROUNDOFF (4 * DBL_EPSILON) /* of a gradient in double */

/* As gck_check_function(), of a gradient that rounding may have changed by `roundoff` of itself on top of the
 * error bars. */
gck_status black_box_take(gck_black_box *result, gck_partial *partials, const double *x, size_t n,
                          gck_function *f, gck_gradient *grad, void *user, double roundoff);

#endif
