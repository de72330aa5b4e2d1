/* Differences in MPFR: centered and one-sided, along any direction, with error estimates. */
#ifndef GCK_CHECK_DIFFERENCE_H
#define GCK_CHECK_DIFFERENCE_H
#include "check/reference.h"

/* A direction: for every node that moves, one number an element, a few bits long. */
struct direction {
    double *const *v; /* per node; NULL: does not move */
    bool single;      /* only one element moves: element `index` of node `node`, by `length` */
    size_t node, index;
    double length;
    bool strict; /* no other direction proves these nodes: agree to what the one that allows least allows */
};

/* The two evaluations that differences along directions of one set of nodes are taken with: at the
 * reference's precision, and with guard bits. Reusable; one thread at a time. */
struct mover {
    const struct reference *reference, *guard;
    m_evaluation *narrow, *wide;
};
/* moves[i]: whether node i moves. */
gck_status mover_new(struct mover *mover, const struct ladder *ladder, int level, const bool *moves);
/* The same for directions in which single elements move. */
gck_status mover_new_single(struct mover *mover, const struct ladder *ladder, int level, const bool *moves);
void mover_free(struct mover *mover);

/* How the two one-sided differences behave as the step shrinks. */
enum side { SIDE_SMOOTH, SIDE_KINK, SIDE_STEEP, SIDE_EDGE };
/* SMOOTH: they meet. KINK: they settle and differ. STEEP: their gap, or both of them, grow (a jump, a vertical
 * tangent). EDGE: the function is undefined on one side or both. */

/* The centered difference D(h) = (f(x + h v) - f(x - h v)) / 2h at h = 2^step. Two much larger steps, H and
 * H/2, show how fast it converges: they tell the truncation error, and a corner from a smooth bend. */
struct difference {
    m_element *numeric;      /* D(h) */
    m_element *left, *right; /* (f(x) - f(x - h v)) / h and (f(x + h v) - f(x)) / h */
    double truncation;       /* |D(H/2) - D(h)| scaled down to h by the observed order */
    double rounding;         /* 4 |D(h) - the same with guard bits| */
    double order;            /* observed: log2 |D(H) - D(h)| / |D(H/2) - D(h)|; NaN when rounding hides it */
    bool exact;              /* D(H) is D(h) to rounding: linear along v */
    bool flat;               /* f is the same number at every point tried, with guard bits too */
    enum side side;
    bool settles;                   /* EDGE: the side that is defined has a limit */
    bool left_grows, right_grows;   /* without bound */
    double left_error, right_error; /* estimated errors of the one-sided limits; infinite where there is none */
    int step;
};

/* The steps for a reference of this precision: h balances truncation and rounding, H shows the order. */
static inline int step_for(int bits)
{
    return -bits / 3;
}
static inline int coarse_step_for(int bits)
{
    return bits < 1800 ? -bits / 6 : -300; /* H^2 must show in a double */
}

/* A difference with room for its numbers at the given precision, in the arena. */
gck_status difference_new(struct difference *difference, struct arena *arena, int bits);

/* Takes the difference along the direction. */
void difference_take(struct difference *difference, struct mover *mover, const struct direction *direction);

/* The power of two nearest below |x|, as an exponent; `otherwise` for 0. */
int scale_exponent(double x, int otherwise);
/* Typical exponent of a tensor: the mean over its nonzero finite elements; 0 when there are none. */
int typical_exponent(const double *x, size_t n);

#endif
