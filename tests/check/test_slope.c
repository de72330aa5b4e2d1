/* Error bars are honest: over thousands of random smooth functions the numeric slope is within its bar of the
 * closed form, right gradients are never wrong, planted bugs are, and hardly anything is inconclusive. */
#include <float.h>
#include <gradcheck.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

enum { KINDS = 11, CASES = 6000 };

struct function {
    int kind;
    double a, b, c;
    double factor; /* of the gradient: 1 is right */
};

static double value(const double *at, size_t n, void *user)
{
    const struct function *f = user;
    double x = at[0], a = f->a, b = f->b, c = f->c;
    (void)n;
    switch (f->kind) {
    case 0:
        return exp(a * x);
    case 1:
        return sin(a * x + b);
    case 2:
        return a / x;
    case 3:
        return a * x * x * x;
    case 4:
        return log(fabs(x) * c);
    case 5:
        return a * sqrt(fabs(x));
    case 6:
        return tanh(0.2 * a * x + b) + c;
    case 7:
        return a + b * x + c * x * x;
    case 8:
        return c / (1 + exp(-a * x)) + b * x;
    case 9:
        return cos(a * x) * exp(-b * x) + c;
    default:
        return atan(a * x) * c + x;
    }
}

/* The slope in long double, so that the closed form's own rounding does not count. */
static long double slope(const struct function *f, double at)
{
    long double x = at, a = f->a, b = f->b, c = f->c, t;
    switch (f->kind) {
    case 0:
        return a * expl(a * x);
    case 1:
        return a * cosl(a * x + b);
    case 2:
        return -a / (x * x);
    case 3:
        return 3 * a * x * x;
    case 4:
        return 1 / x;
    case 5:
        return a / (2 * sqrtl(fabsl(x))) * (x < 0 ? -1 : 1);
    case 6:
        t = coshl(0.2 * f->a * x + b);
        return 0.2 * f->a / (t * t);
    case 7:
        return b + 2 * c * x;
    case 8:
        t = 1 / (1 + expl(-a * x));
        return c * a * t * (1 - t) + b;
    case 9:
        return (-a * sinl(a * x) - b * cosl(a * x)) * expl(-b * x);
    default:
        return a * c / (1 + a * a * x * x) + 1;
    }
}

static void gradient(double *g, const double *x, size_t n, void *user)
{
    const struct function *f = user;
    (void)n;
    g[0] = (double)slope(f, x[0]) * f->factor;
}

static double uniform(struct random *r, double low, double high)
{
    return low + (high - low) * (double)random_below(r, 1u << 30) / (1u << 30);
}

static double signed_size(struct random *r, double decades)
{
    double size = pow(10, uniform(r, -decades, decades));
    return random_below(r, 2) ? size : -size;
}

static struct function draw(struct random *r, double *x)
{
    struct function f = {.kind = (int)random_below(r, KINDS), .factor = 1};
    *x = signed_size(r, 0.9);
    f.a = signed_size(r, 0.6);
    f.b = uniform(r, -2, 2);
    f.c = fabs(signed_size(r, 0.9));
    return f;
}

static gck_partial check(struct function *f, double x, double factor)
{
    gck_black_box r;
    gck_partial p;
    f->factor = factor;
    assert_int_equal(gck_check_function(&r, &p, &x, 1, value, gradient, f), GCK_OK);
    return p;
}

static void bars_are_honest(void **state)
{
    (void)state;
    struct random r = random_new(1, 1);
    int beyond = 0, far_beyond = 0, undecided = 0;
    for (int i = 0; i < CASES; i++) {
        double x;
        struct function f = draw(&r, &x);
        gck_partial p = check(&f, x, 1);
        double error = (double)fabsl(slope(&f, x) - p.numeric), rounding = 4 * DBL_EPSILON * fabs(p.numeric);
        beyond += !(error <= p.error_bar + rounding);
        far_beyond += !(error <= 10 * (p.error_bar + rounding));
        undecided += p.verdict == GCK_VERDICT_INCONCLUSIVE;
        if (p.verdict != GCK_VERDICT_OK && p.verdict != GCK_VERDICT_INCONCLUSIVE)
            fail_msg("kind %d at %.17g is %s", f.kind, x, gck_verdict_name(p.verdict));
    }
    if (beyond > CASES / 200 || far_beyond > 0 || undecided > CASES / 100)
        fail_msg("of %d: %d beyond the bar, %d beyond ten, %d inconclusive", CASES, beyond, far_beyond,
                 undecided);
}

/* An error below 1e-6 of the partial is wrong, not merely suspicious, for nearly every ordinary function. */
static void planted_bugs_are_wrong(void **state)
{
    (void)state;
    const double factors[] = {2, 0.5, -1, 0, 1.1, 1 + 1e-4, 1 + 1e-6};
    struct random r = random_new(2, 1);
    int missed = 0, undecided = 0, bugs = 0;
    for (int i = 0; i < CASES / 4; i++) {
        double x;
        struct function f = draw(&r, &x);
        if (slope(&f, x) == 0)
            continue; /* every factor gives the right gradient */
        for (size_t k = 0; k < sizeof factors / sizeof *factors; k++, bugs++) {
            gck_partial p = check(&f, x, factors[k]);
            undecided += p.verdict == GCK_VERDICT_INCONCLUSIVE;
            missed += p.verdict != GCK_VERDICT_INCONCLUSIVE && p.verdict != GCK_VERDICT_WRONG &&
                      fabs(factors[k] - 1) > 1e-2;
        }
    }
    if (missed > 0 || undecided > bugs / 100)
        fail_msg("of %d bugs: %d passed, %d inconclusive", bugs, missed, undecided);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_honest),
        cmocka_unit_test(planted_bugs_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
