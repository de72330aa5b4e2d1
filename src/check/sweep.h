/* The sweep: how wrong a difference quotient is, against the step, at several precisions. */
#ifndef GCK_CHECK_SWEEP_H
#define GCK_CHECK_SWEEP_H
#include "base/errors.h"
#include "graph/graph.h"

/* Significands of 24 (single), 53 (double), 113 (quadruple), 256 and 512 bits. */
enum { SWEEP_CURVES = 5, SWEEP_METHODS = GCK_RICHARDSON + 1, SWEEP_DEFAULTS = 2 };
enum sweep_curve_index { SWEEP_24, SWEEP_53, SWEEP_113, SWEEP_256, SWEEP_512 };

/* "centered", ... */
const char *sweep_method_name(gck_method method);

/* A step that a well-known checker takes, whatever the function. */
struct sweep_default {
    const char *who; /* "PyTorch" */
    const char *text;
    double step;
};
extern const struct sweep_default sweep_defaults[SWEEP_DEFAULTS];

/* Relative errors |D - g| / max(|D|, |g|) by gck_method; NaN where f is undefined at a point that D needs. */
struct sweep_point {
    int exponent; /* h = 2^exponent */
    double error[SWEEP_METHODS];
};

struct sweep_curve {
    int bits;
    struct sweep_point *points; /* from h = 1 down */
    size_t count;
    size_t best[SWEEP_METHODS]; /* the point in the middle of the three neighbours whose worst error is least:
                                   no lucky hit */
    struct sweep_point defaults[SWEEP_DEFAULTS]; /* at sweep_defaults[i].step; exponent has no meaning */
};

/* Everything lives in the arena given to sweep_take(). */
struct sweep {
    const char *id;
    size_t node, index; /* the element that moves */
    double x, value;    /* the element, and f there */
    double size;        /* of f: sum |seed_i y_i| */
    double derivative;
    double second, third, fifth; /* derivatives by the element; 0 where they are 0 as far as can be seen */
    int bits;                    /* precision of the reference */
    gck_agreement agreement;     /* of the reference with its own difference */
    double distance;             /* of these, relative */
    struct sweep_curve curves[SWEEP_CURVES];
};

enum { SWEEP_ANY = -1 };

struct sweep_settings {
    long node; /* a parameter, or SWEEP_ANY: the first element whose error has both branches */
    size_t index;
    int bits; /* least precision of the reference */
    const volatile bool *stop;
};

/* What theory says of the relative error at h, its parts: truncation and rounding. centered: h^2 |f'''| / 6 and
 * u |f| / h; forward: h |f''| / 2 and 2 u |f| / h; Richardson: h^4 |f'''''| / 480 and 3 u |f| / h; all over
 * |f'|. */
struct sweep_theory {
    double truncation, rounding;
};
struct sweep_theory sweep_theory(const struct sweep *sweep, gck_method method, int bits, double h);

/* Takes the sweep. All but id is filled. Inputs are rounded to double, at 24 bits to single. */
gck_status sweep_take(struct sweep *sweep, struct arena *results, const struct graph *graph,
                      const struct sweep_settings *settings, struct errors *errors);

#endif
