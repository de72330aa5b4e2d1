/* Outcomes: folding what was judged into the plain data of the public header. */
#ifndef GCK_CHECK_OUTCOME_H
#define GCK_CHECK_OUTCOME_H
#include "check/judge.h"

/* The numbers behind gck_tensor_element(). */
struct tensor_check {
    const double *analytic, *reference, *reference_error, *distance, *budget;
    const uint8_t *verdict;
    const bool *corner;
    gck_element *checked; /* elements whose differences were taken, by index; rest of their fields filled too */
    size_t checked_count;
    enum dtype dtype;
};

/* Fills `tensor` from tensor k of a judged run. */
gck_status outcome_tensor(gck_tensor *tensor, struct arena *results, struct trial_run *run, size_t k);

/* The larger of two relative errors; NaN, an error that cannot be told, is larger than all. */
double outcome_larger(double a, double b);

#endif
