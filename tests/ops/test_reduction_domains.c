/* Reductions over magnitudes, offsets and zeros: in double neither value nor gradient is off by more than 8
 * times what half an ulp of the elements and of the seed changes, beside the last bits of the result itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/build.h"

enum { COUNT = 6, TRIALS = 40 };

/* What the elements look like: +-2^e; the same around an offset; the same with zeros among them. */
struct sweep {
    const char *op, *attributes;
    double low, high; /* range of e */
    double offset;
    size_t zeros;
};

static const struct sweep sweeps[] = {
    {"sum", "", -300, 300, 0, 0},
    {"sum", "", -20, 3, 1e8, 0},
    {"mean", "", -300, 300, 0, 0},
    {"prod", "", -100, 100, 0, 0},
    {"prod", "", -160, 160, 0, 1},
    {"prod", "", -160, 160, 0, 2},
    {"cumsum", "", -40, 40, 0, 0},
    {"cumprod", "", -100, 100, 0, 0},
    {"cumprod", "", -100, 100, 0, 2},
    {"var", "", -3, 3, 0, 0},
    {"var", "", -300, 300, 0, 0},
    {"var", "", -3, 3, 1e8, 0},
    {"var", "correction=0", -30, -20, 1, 0},
    {"std", "", -3, 3, 0, 0},
    {"std", "", -900, 900, 0, 0},
    {"std", "", -3, 3, 1e8, 0},
    {"std", "correction=0", -30, -20, 1, 0},
    {"std", "correction=0", 600, 610, 0, 0},
    {"std", "correction=0", -610, -600, 0, 0},
    {"norm", "", -900, 900, 0, 2},
    {"norm", "", 1000, 1020, 0, 0},
    {"norm", "", -1020, -1000, 0, 0},
    {"norm", "ord=1", -900, 900, 0, 0},
    {"norm", "ord=inf", -900, 900, 0, 1},
    {"norm", "ord=p; p=1.5", -4, 4, 0, 1},
    {"norm", "ord=p; p=3", -300, 300, 0, 0},
    {"norm", "ord=p; p=7.5", 900, 910, 0, 1},
    {"amax", "", -900, 900, 0, 0},
    {"sort", "", -900, 900, 0, 0},
    {"median", "interpolation=midpoint", -900, 900, 0, 0},
};

/* Elements and seed of one call. */
struct numbers {
    double x[COUNT], seed[COUNT];
};

static void draw(struct numbers *n, const struct sweep *sweep, struct random *random)
{
    for (size_t i = 0; i < COUNT; i++) {
        double sign = random_below(random, 2) ? 1 : -1;
        n->x[i] = sweep->offset + sign * exp2(random_between(random, sweep->low, sweep->high));
        n->seed[i] = random_between(random, -2, 2);
    }
    for (size_t i = 0; i < sweep->zeros; i++)
        n->x[random_below(random, COUNT)] = 0;
}

static struct build_result run(struct build *build, const struct sweep *sweep, const struct numbers *n,
                               bool wide)
{
    build_start(build, 1);
    size_t x = build_numbers(build, (struct shape){.rank = 1, .dim = {COUNT}}, n->x);
    if (build_apply(build, sweep->op, sweep->attributes, &x, 1) == NO_NODE)
        fail_msg("%s", build_error(build));
    build->graph.seed = (struct values){.doubles = n->seed};
    return wide ? build_mpfr(build, 256) : build_double(build);
}

/* What may be off, of y and of dx. */
struct room {
    double y[COUNT], dx[COUNT];
};

/* Adds 8 times what moving the number to the next double, half of that, changes: the larger of both sides. */
static void add_move(struct room *room, const struct sweep *sweep, struct numbers *n, double *number,
                     const struct build_result *exact)
{
    double kept = *number;
    struct room moved = {{0}, {0}};
    for (int side = -1; side <= 1; side += 2) {
        struct build build;
        *number = nextafter(kept, (double)side * INFINITY);
        struct build_result r = run(&build, sweep, n, true);
        for (size_t i = 0; i < COUNT; i++) {
            if (i < r.y_count)
                moved.y[i] = fmax(moved.y[i], 8 * fabs(r.y[i] - exact->y[i]) / 2);
            moved.dx[i] = fmax(moved.dx[i], 8 * fabs(r.gradient[0][i] - exact->gradient[0][i]) / 2);
        }
        build_free(&build);
    }
    *number = kept;
    for (size_t i = 0; i < COUNT; i++) {
        room->y[i] += moved.y[i];
        room->dx[i] += moved.dx[i];
    }
}

static void assert_within(const struct sweep *sweep, const char *what, const double *ours, const double *exact,
                          const double *room, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double allowed = room[i] + 6 * dtype_ulp(FLOAT64, exact[i]);
        if (!build_same(ours[i], exact[i]) && !(isfinite(exact[i]) && fabs(ours[i] - exact[i]) <= allowed))
            fail_msg("%s of %s %s, elements +-2^(%g .. %g) around %g, %zu zeros: %.17g in double, %.17g at 256 "
                     "bits; %g is allowed",
                     what, sweep->op, sweep->attributes, sweep->low, sweep->high, sweep->offset, sweep->zeros,
                     ours[i], exact[i], allowed);
    }
}

static void test_double_is_accurate_over_the_whole_domain(void **state)
{
    (void)state;
    struct random random = random_new(5, 0);
    for (size_t s = 0; s < sizeof sweeps / sizeof *sweeps; s++)
        for (int trial = 0; trial < TRIALS; trial++) {
            struct numbers n;
            struct room room = {{0}, {0}};
            struct build narrow, wide;
            draw(&n, &sweeps[s], &random);
            struct build_result ours = run(&narrow, &sweeps[s], &n, false);
            struct build_result exact = run(&wide, &sweeps[s], &n, true);
            for (size_t i = 0; i < COUNT; i++) {
                if (n.x[i] != 0) /* a zero is exact: it has no half ulp */
                    add_move(&room, &sweeps[s], &n, &n.x[i], &exact);
                add_move(&room, &sweeps[s], &n, &n.seed[i], &exact);
            }
            assert_within(&sweeps[s], "value", ours.y, exact.y, room.y, ours.y_count);
            assert_within(&sweeps[s], "gradient", ours.gradient[0], exact.gradient[0], room.dx, COUNT);
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
