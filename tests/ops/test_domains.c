/* The smooth functions over their whole domains: in double neither value nor gradient is off by more than 8
 * times what half an ulp of the inputs changes, beside the last bits of the result itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

enum { COUNT = 8, TRIALS = 120 };

/* How a domain is swept: sign or both, and the exponents of the numbers; or an offset from an edge. */
struct sweep {
    const char *op, *attributes;
    size_t arity;
    double edge;      /* x = edge + side 2^e, or from both sides of it */
    int side;         /* -1, 1; 0: both */
    double low, high; /* range of e */
};

static const struct sweep sweeps[] = {
    {"rsqrt", "", 1, 0, 1, -600, 600},
    {"expm1", "", 1, 0, 0, -900, 9.4},
    {"log1p", "", 1, -1, 1, -52, 900},
    {"log1p", "", 1, 0, 0, -900, -1},
    {"log2", "", 1, 0, 1, -1000, 1000},
    {"tan", "", 1, 0, 0, -900, 40},
    {"asin", "", 1, 1, -1, -50, -1},
    {"asin", "", 1, 0, 0, -900, -1},
    {"acos", "", 1, 1, -1, -50, -1},
    {"acos", "", 1, -1, 1, -50, -1},
    {"atan", "", 1, 0, 0, -900, 500},
    {"sinh", "", 1, 0, 0, -900, 9.4},
    {"cosh", "", 1, 0, 0, -900, 9.4},
    {"asinh", "", 1, 0, 0, -900, 1000},
    {"acosh", "", 1, 1, 1, -50, 1000},
    {"atanh", "", 1, 1, -1, -50, -1},
    {"atanh", "", 1, 0, 0, -900, -1},
    {"erf", "", 1, 0, 0, -900, 4.6},
    {"erfc", "", 1, 0, 0, -900, 4.6},
    {"lgamma", "", 1, 0, 1, -900, 900},
    {"lgamma", "", 1, 0, -1, -40, 5},
    {"atan2", "", 2, 0, 0, -480, 480},
    {"hypot", "", 2, 0, 0, -1000, 1000},
    {"logaddexp", "", 2, 0, 0, -40, 9},
    {"xlogy", "", 2, 0, 1, -400, 400},
    {"log_sigmoid", "", 1, 0, 0, -900, 9.4},
    {"gelu", "", 1, 0, 0, -900, 5.1},
    {"gelu", "approximate=tanh", 1, 0, 0, -900, 4},
    {"gelu", "approximate=tanh", 1, 0, 1, -900, 1000},
    {"silu", "", 1, 0, 0, -900, 9.4},
    {"mish", "", 1, 0, 0, -900, 9.4},
    {"softplus", "", 1, 0, 0, -900, 9.4},
    {"softplus", "beta=0.3; threshold=1000", 1, 0, 0, -900, 11},
    {"softsign", "", 1, 0, 0, -900, 500},
    {"tanhshrink", "", 1, 0, 0, -300, 1000},
    {"elu", "alpha=0.3", 1, 0, 0, -900, 9},
    {"selu", "", 1, 0, 0, -900, 9},
    {"celu", "alpha=0.3", 1, 0, 0, -900, 7},
};

static void draw(double *x, const struct sweep *sweep, struct random *random)
{
    for (size_t i = 0; i < COUNT; i++) {
        double sign = sweep->side ? sweep->side : random_below(random, 2) ? 1 : -1;
        x[i] = sweep->edge + sign * exp2(random_between(random, sweep->low, sweep->high));
    }
}

static struct build_result run(struct build *build, const struct sweep *sweep, double (*x)[COUNT], bool wide)
{
    static const double seed[COUNT] = {1, 1, 1, 1, 1, 1, 1, 1};
    size_t inputs[2];
    build_start(build, 1);
    for (size_t k = 0; k < sweep->arity; k++)
        inputs[k] = build_numbers(build, (struct shape){.rank = 1, .dim = {COUNT}}, x[k]);
    assert_int_not_equal(build_apply(build, sweep->op, sweep->attributes, inputs, sweep->arity), NO_NODE);
    build->graph.seed = (struct values){.doubles = seed};
    return wide ? build_mpfr(build, 256) : build_double(build);
}

/* allowed[i] += 8 times what moving each input to the next double, half of that, changes. */
static void allow_moves(double *allowed, const struct sweep *sweep, double (*x)[COUNT], const double *exact,
                        int gradient_of)
{
    for (size_t k = 0; k < sweep->arity; k++)
        for (int side = -1; side <= 1; side += 2) {
            double moved[2][COUNT];
            for (size_t i = 0; i < COUNT; i++) {
                moved[0][i] = x[0][i];
                moved[1][i] = x[1][i];
                moved[k][i] = nextafter(x[k][i], (double)side * INFINITY);
            }
            struct build build;
            struct build_result r = run(&build, sweep, moved, true);
            const double *other = gradient_of < 0 ? r.y : r.gradient[gradient_of];
            for (size_t i = 0; i < COUNT; i++)
                if (isfinite(other[i])) /* a step over an edge says nothing */
                    allowed[i] += 8 * fabs(other[i] - exact[i]) / 4;
            build_free(&build);
        }
}

static void assert_within(const struct sweep *sweep, double (*x)[COUNT], const double *ours,
                          const double *exact, int gradient_of)
{
    double allowed[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        allowed[i] = 6 * dtype_ulp(FLOAT64, exact[i]); /* libm's last bits, and two or three more steps */
    allow_moves(allowed, sweep, x, exact, gradient_of);
    for (size_t i = 0; i < COUNT; i++)
        if (!build_same(ours[i], exact[i]) && !(isfinite(exact[i]) && fabs(ours[i] - exact[i]) <= allowed[i]))
            fail_msg("%s(%.17g, %.17g) %s, %s: %.17g in double, %.17g at 256 bits; %g is allowed", sweep->op,
                     x[0][i], x[1][i], sweep->attributes, gradient_of < 0 ? "value" : "gradient", ours[i],
                     exact[i], allowed[i]);
}

static void test_double_is_accurate_over_the_whole_domain(void **state)
{
    (void)state;
    struct random random = random_new(3, 0);
    for (size_t s = 0; s < sizeof sweeps / sizeof *sweeps; s++)
        for (int trial = 0; trial < TRIALS / COUNT; trial++) {
            double x[2][COUNT];
            draw(x[0], &sweeps[s], &random);
            draw(x[1], &sweeps[s], &random);
            struct build narrow, wide;
            struct build_result ours = run(&narrow, &sweeps[s], x, false);
            struct build_result exact = run(&wide, &sweeps[s], x, true);
            assert_within(&sweeps[s], x, ours.y, exact.y, -1);
            for (int k = 0; k < (int)sweeps[s].arity; k++)
                assert_within(&sweeps[s], x, ours.gradient[k], exact.gradient[k], k);
            build_free(&narrow);
            build_free(&wide);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_double_is_accurate_over_the_whole_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
