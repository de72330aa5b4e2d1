/* gradcheck: checks analytic gradients against numerical ones, in double and in arbitrary precision.
 *
 * Three ways in:
 *   - gck_check_function()   your own f(x) and grad f(x) in double: a black box.
 *   - gck_case_load(), gck_check()   a case file, judged by the full reference (MPFR).
 *   - gck_engine             your autodiff code as a callback, run on cases.
 *
 * The library never prints, exits or changes process-wide state. Every function may be called from
 * several threads at once on different objects. Pointers returned from an object live as long as it. */
#ifndef GRADCHECK_H
#define GRADCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GCK_VERSION "0.1.0"

#if defined _WIN32 || !defined __GNUC__
#define GCK_API
#define GCK_MUST_USE
#else
#define GCK_API __attribute__((visibility("default")))
#define GCK_MUST_USE __attribute__((warn_unused_result))
#endif

/* ---- status ------------------------------------------------------------------------------- */

/* Whether a call did its work. A wrong gradient is a successful check with a bad verdict, never a
 * status. */
typedef enum gck_status {
    GCK_OK = 0,
    GCK_NO_MEMORY, /* an allocation failed */
    GCK_BAD_USAGE, /* an argument or option is out of its range */
    GCK_BAD_CASE,  /* the case file is wrong; the errors say where */
    GCK_IO,        /* a file could not be read or written */
    GCK_ENGINE,    /* the engine could not be run */
    GCK_STOPPED    /* the caller's stop flag was raised */
} gck_status;

GCK_API const char *gck_status_name(gck_status status);

/* "0.1.0". */
GCK_API const char *gck_version(void);

/* ---- verdicts ----------------------------------------------------------------------------- */

/* How an element, a tensor or a case was judged, mildest first. */
typedef enum gck_verdict {
    GCK_VERDICT_OK = 0,       /* within the rounding error a correct engine is entitled to */
    GCK_VERDICT_KINK,         /* at a corner; an admissible one-sided or generalized gradient */
    GCK_VERDICT_UNSUPPORTED,  /* the engine does not have the op; skipped */
    GCK_VERDICT_INCONCLUSIVE, /* could not be decided; fails unless allowed */
    GCK_VERDICT_INACCURATE,   /* right formula, digits lost; fails unless allowed */
    GCK_VERDICT_NONFINITE,    /* NaN or an infinity that the gradient is not */
    GCK_VERDICT_WRONG,        /* a steady error: a wrong formula */
    GCK_VERDICT_MISSING,      /* no gradient came back */
    GCK_VERDICT_ERROR         /* the engine failed */
} gck_verdict;
enum { GCK_VERDICTS = GCK_VERDICT_ERROR + 1 };

/* "ok", "kink", ... */
GCK_API const char *gck_verdict_name(gck_verdict verdict);

/* ---- black boxes: f and grad f in double ---------------------------------------------------- */

/* Value of the function under test at x (n doubles). Must not keep x. */
typedef double gck_function(const double *x, size_t n, void *user);
/* Writes the n partial derivatives of the function at x into gradient. */
typedef void gck_gradient(double *gradient, const double *x, size_t n, void *user);

/* One coordinate's outcome. */
typedef struct gck_partial {
    double analytic;     /* what grad returned */
    double numeric;      /* extrapolated centered difference */
    double error_bar;    /* estimated absolute error of `numeric`: truncation plus measured noise */
    double step;         /* the step the estimate settled on, in units of x */
    gck_verdict verdict; /* ok, wrong, inconclusive, nonfinite or kink */
} gck_partial;

/* What gck_check_function() found. Plain data; own the `partials` yourself or pass NULL. */
typedef struct gck_black_box {
    gck_verdict verdict;         /* the worst of all coordinates; n = 0 is inconclusive */
    size_t counts[GCK_VERDICTS]; /* coordinates per verdict */
    size_t worst;                /* index of the worst coordinate */
    gck_partial worst_partial;
    size_t calls;      /* evaluations of f */
    char message[256]; /* one sentence for a test log */
} gck_black_box;

/* Compares grad with numeric differences of f at x, coordinate by coordinate.
 *
 * The step is chosen by the measured noise of f (never by eps |f|), the numeric value comes from a
 * Ridders table and carries an error bar. ok: within the bar plus the rounding of grad. wrong: beyond
 * ten bars. Between the two, or where the bar is too wide to say anything: inconclusive, which is not
 * a pass. partials: NULL or room for n. Returns GCK_BAD_USAGE for a NULL function or non-finite x. */
GCK_API GCK_MUST_USE gck_status gck_check_function(gck_black_box *result, gck_partial *partials,
                                                   const double *x, size_t n, gck_function *f,
                                                   gck_gradient *grad, void *user);

#ifdef __cplusplus
}
#endif
#endif
