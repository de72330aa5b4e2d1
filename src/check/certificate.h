/* The certificate: the reference backward against centered differences along random directions. */
#ifndef GCK_CHECK_CERTIFICATE_H
#define GCK_CHECK_CERTIFICATE_H
#include "check/budget.h"
#include "check/difference.h"

/* What every proof at one point shares. */
struct proof {
    struct ladder *ladder;
    const struct budget *budget;
    bool *const *corners; /* per node, an element: sits on a corner, so it is left out of directions */
    int most_level;       /* the ladder may be climbed so far */
    uint64_t seed;
    struct workers *workers;
};

/* How one difference compares with the reference. */
struct agreement {
    bool resolved; /* the difference's own error is small enough to say */
    bool agrees;
    bool vanishes;    /* both are zero as far as the precision can tell */
    double distance;  /* |<g, v> - D| */
    double size;      /* sum |g_i v_i| */
    double tolerance; /* 2^-(bits/2) size + 2^-20 sum budget_i |v_i| */
};

/* Compares a difference along `direction`, taken at `level`, with the reference of that level. */
struct agreement agreement_of(const struct proof *proof, int level, const struct direction *direction,
                              const struct difference *difference);

/* Proves the reference along dense random directions: each parameter alone and all together, once scaled by
 * the elements and once by the tensors' typical size. Fills all but the counts of single elements. */
gck_status certificate_take(gck_certificate *certificate, const struct proof *proof);

#endif
