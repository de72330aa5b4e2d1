/* A cmocka assertion for gradients; C11, cmocka 1.1 or later; link with gradcheck and cmocka.
 *
 *     assert_gradient(loss, loss_gradient, x, n, &model);
 *
 * fails the test unless every partial derivative is `ok`, or `kink` (x sits on a corner and the gradient is
 * admissible there). `inconclusive` fails too: nothing was shown. See gck_check_function(). */
#ifndef GRADCHECK_CMOCKA_H
#define GRADCHECK_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gradcheck.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a failing verdict means, for the log. */
static inline const char *gck_cmocka_meaning(gck_verdict verdict)
{
    switch (verdict) {
    case GCK_VERDICT_WRONG:
        return "more than ten error bars apart: the gradient's formula does not belong to this function";
    case GCK_VERDICT_NONFINITE:
        return "the gradient is NaN or infinite, or this element was never written";
    case GCK_VERDICT_INCONCLUSIVE:
        return "could not be decided, which is not a pass: the function is too noisy, jumps or is not finite "
               "here, "
               "or the gradient is off by less than ten error bars; try another x";
    default:
        return "";
    }
}

static inline void gck_cmocka_assert_gradient(gck_function *f, gck_gradient *grad, const double *x, size_t n,
                                              void *user, const char *what, const char *file, int line)
{
    gck_black_box result;
    const gck_status status = gck_check_function(&result, NULL, x, n, f, grad, user);
    const gck_partial *worst = &result.worst_partial;

    if (status == GCK_OK && (result.verdict == GCK_VERDICT_OK || result.verdict == GCK_VERDICT_KINK))
        return;
    if (status != GCK_OK || n == 0) {
        print_error("%s: %s\n", what, result.message);
        _fail(file, line);
        return;
    }
    print_error("%s: %s at coordinate %zu of %zu, x = %.17g\n", what, gck_verdict_name(result.verdict),
                result.worst, n, x[result.worst]);
    print_error("  analytic   %.17g\n", worst->analytic);
    print_error("  numeric    %.17g\n", worst->numeric);
    print_error("  error bar  %.2g (of the numeric value; step %.2g)\n", worst->error_bar, worst->step);
    print_error("  %s\n", gck_cmocka_meaning(result.verdict));
    print_error("  partials: %zu ok, %zu kink, %zu inconclusive, %zu nonfinite, %zu wrong\n",
                result.counts[GCK_VERDICT_OK], result.counts[GCK_VERDICT_KINK],
                result.counts[GCK_VERDICT_INCONCLUSIVE], result.counts[GCK_VERDICT_NONFINITE],
                result.counts[GCK_VERDICT_WRONG]);
    _fail(file, line);
}

/* Fails the running test, at this line, unless grad is the gradient of f at x (n doubles). */
#define assert_gradient(f, grad, x, n, user)                                                                   \
    gck_cmocka_assert_gradient((f), (grad), (x), (n), (user), #grad, __FILE__, __LINE__)

#ifdef __cplusplus
}
#endif
#endif
