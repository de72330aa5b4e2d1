/* Tutorial: is my hand-written gradient right?
 *
 * The loss is the one every course starts with: how far predictions are from targets, plus an L2 penalty on the
 * weights.
 *
 *     L(w) = 1/N sum_k (w . x_k - t_k)^2  +  lambda sum_i w_i^2
 *
 * Its gradient is
 *
 *     dL/dw_i = 2/N sum_k (w . x_k - t_k) x_ki  +  2 lambda w_i
 *
 * and the 2 in front of lambda is what people forget. With lambda = 1e-4 the mistake is far too small to notice
 * in a training curve. This program checks the right gradient and the forgetful one.
 *
 * Build:  cc black_box.c $(pkg-config --cflags --libs gradcheck) -lm */
#include <gradcheck.h>
#include <stdio.h>

enum { SAMPLES = 4, WEIGHTS = 3 };

/* Whatever the function needs besides its parameters travels through a `void *`. */
struct problem {
    double x[SAMPLES][WEIGHTS];
    double target[SAMPLES];
    double lambda;
    double penalty_factor; /* 2 is right; 1 is the bug */
};

static double residual(const struct problem *p, const double *w, int k)
{
    double r = -p->target[k];
    for (int i = 0; i < WEIGHTS; i++)
        r += w[i] * p->x[k][i];
    return r;
}

/* Step 1: the function under test, n doubles in, one double out. */
static double loss(const double *w, size_t n, void *user)
{
    const struct problem *p = user;
    double value = 0;
    for (int k = 0; k < SAMPLES; k++)
        value += residual(p, w, k) * residual(p, w, k) / SAMPLES;
    for (size_t i = 0; i < n; i++)
        value += p->lambda * w[i] * w[i];
    return value;
}

/* Step 2: the gradient that we want checked. */
static void loss_gradient(double *gradient, const double *w, size_t n, void *user)
{
    const struct problem *p = user;
    for (size_t i = 0; i < n; i++) {
        gradient[i] = p->penalty_factor * p->lambda * w[i];
        for (int k = 0; k < SAMPLES; k++)
            gradient[i] += 2 * residual(p, w, k) * p->x[k][i] / SAMPLES;
    }
}

/* Step 3: one call. It needs no step size and no tolerance: it measures how noisy `loss` is, differentiates it
 * numerically, and says how far off that number itself may be (the error bar). */
static int check(const char *title, struct problem *problem, gck_verdict expected)
{
    const double w[WEIGHTS] = {0.3, -1.2, 0.8};
    gck_partial partials[WEIGHTS];
    gck_black_box result;
    gck_status status = gck_check_function(&result, partials, w, WEIGHTS, loss, loss_gradient, problem);
    if (status != GCK_OK) { /* out of memory or a bad argument; never a wrong gradient */
        fprintf(stderr, "%s: %s\n", gck_status_name(status), result.message);
        return 1;
    }
    printf("%s: %s (%zu evaluations)\n", title, gck_verdict_name(result.verdict), result.calls);
    printf("  %-2s %22s %22s %10s  %s\n", "w", "analytic", "numeric", "error bar", "verdict");
    for (int i = 0; i < WEIGHTS; i++)
        printf("  %-2d %22.15g %22.15g %10.1e  %s\n", i, partials[i].analytic, partials[i].numeric,
               partials[i].error_bar, gck_verdict_name(partials[i].verdict));
    printf("  %s\n\n", result.message);
    return result.verdict == expected ? 0 : 1;
}

int main(void)
{
    struct problem problem = {
        .x = {{1, 0.5, -0.3}, {0.2, -1, 0.7}, {-0.6, 0.4, 1.1}, {0.9, 0.8, -0.2}},
        .target = {0.5, 1.5, -0.4, 0.1},
        .lambda = 1e-4,
        .penalty_factor = 2,
    };
    int failures = check("right gradient", &problem, GCK_VERDICT_OK);
    problem.penalty_factor = 1;
    failures += check("forgotten factor 2 in the penalty", &problem, GCK_VERDICT_WRONG);
    return failures == 0 ? 0 : 1;
}
