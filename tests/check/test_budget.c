/* The budget: correct code stays within it, whatever its order of summation; and it is no wider than it must.
 */
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "real/wide.h"
#include "support/engines.h"
#include "support/proving.h"

/* Sanitizers and the second compiler look at the code, not at the numbers: fewer of those will do. */
#if defined __SANITIZE_THREAD__ || defined __SANITIZE_ADDRESS__ || defined __clang__
enum { SMALL = 60 };
#else
enum { SMALL = 400 };
#endif
enum { MOST_CASES = 2000 };

static char *paths[MOST_CASES];
static size_t path_count;

static int collect(const char *path, const struct stat *info, int type)
{
    (void)info;
    size_t size = strlen(path);
    if (type == FTW_F && size > 5 && strcmp(path + size - 5, ".yaml") == 0 && path_count < MOST_CASES)
        paths[path_count++] = strdup(path);
    return 0;
}

/* What the library as a whole showed, a dtype. */
struct totals {
    size_t elements, undecided;
    double *ratios; /* budget / ulp of well-conditioned cases' elements */
    size_t ratio_count, ratio_room;
};

static void add_ratio(struct totals *totals, double ratio)
{
    if (totals->ratio_count == totals->ratio_room) {
        totals->ratio_room = totals->ratio_room ? 2 * totals->ratio_room : 4096;
        totals->ratios = realloc(totals->ratios, totals->ratio_room * sizeof *totals->ratios);
        assert_non_null(totals->ratios);
    }
    totals->ratios[totals->ratio_count++] = ratio;
}

static void look_at(const gck_result *result, const gck_run *run, const gck_tensor *t, bool hard,
                    struct totals *totals)
{
    for (size_t i = 0; i < t->count; i++) {
        gck_element e = gck_tensor_element(t, i);
        totals->elements++;
        totals->undecided += e.verdict == GCK_VERDICT_INCONCLUSIVE;
        bool fine = e.verdict == GCK_VERDICT_OK || e.verdict == GCK_VERDICT_KINK ||
                    e.verdict == GCK_VERDICT_INCONCLUSIVE;
        if (e.verdict == GCK_VERDICT_NONFINITE && run->dtype >= GCK_FLOAT16)
            fine = isinf(e.budget); /* the sweep itself leaves the range of a half format */
        if (!fine)
            fail_msg("%s %s %s[%zu]: %s, %.17g for %.17g, budget %g", result->id, gck_dtype_name(run->dtype),
                     t->name, i, gck_verdict_name(e.verdict), e.analytic, e.reference, e.budget);
        if (!hard && e.reference != 0 && isfinite(e.budget))
            add_ratio(totals, e.budget / dtype_ulp((enum dtype)run->dtype, e.reference));
    }
}

static void check_case(const char *path, struct totals *totals)
{
    gck_case *c;
    gck_result *result;
    if (gck_case_load(&c, path, NULL))
        fail_msg("%s does not load", path);
    gck_options options = gck_options_default();
    options.exhaustive = 0; /* budgets, not differences */
    unsigned declared = 0;
    if (gck_case_parameters(c) <= SMALL) {
        assert_int_equal(gck_check(&result, c, &options, NULL), GCK_OK);
        for (size_t k = 0; k < result->run_count; k++)
            declared |= 1u << result->runs[k].dtype;
        gck_result_free(result);
    }
    for (int dtype = 0; dtype < GCK_DTYPES && gck_case_parameters(c) <= SMALL; dtype++) {
        options.dtypes = 1u << dtype;
        assert_int_equal(gck_check(&result, c, &options, NULL), GCK_OK);
        const gck_run *run = &result->runs[0];
        bool hard = gck_case_has_tag(c, "hard");
        bool foreign = hard && !(declared >> dtype & 1); /* 0/0 and overflows, which it does not claim */
        for (size_t k = 0; k < run->tensor_count && !foreign; k++)
            look_at(result, run, &run->tensors[k], hard, &totals[dtype]);
        if (run->tensor_count && !foreign)
            look_at(result, run, &run->value, hard, &totals[dtype]);
        gck_result_free(result);
    }
    gck_case_free(c);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void built_in_engines_keep_every_budget(void **state)
{
    (void)state;
    struct totals totals[GCK_DTYPES] = {0};
    const double widest_median[] = {64, 64, 64, 64}; /* 16 times half an ulp, and 4 u: 10 is the least */
    assert_int_equal(ftw(SOURCE_DIR "/cases", collect, 16), 0);
    assert_true(path_count > 200);
    for (size_t i = 0; i < path_count; i++) {
        check_case(paths[i], totals);
        free(paths[i]);
    }
    for (int dtype = 0; dtype < GCK_DTYPES; dtype++) {
        struct totals *t = &totals[dtype];
        qsort(t->ratios, t->ratio_count, sizeof *t->ratios, by_size);
        double median = t->ratios[t->ratio_count / 2], most = t->ratios[t->ratio_count * 99 / 100];
        print_message("%s: %zu elements, %zu undecided; budget / ulp: median %.3g, 99 %% below %.3g\n",
                      gck_dtype_name((gck_dtype)dtype), t->elements, t->undecided, median, most);
        assert_true(t->elements > 3000);
        if (median > widest_median[dtype])
            fail_msg("%s: a median budget of %g ulps", gck_dtype_name((gck_dtype)dtype), median);
        assert_true(dtype != GCK_FLOAT64 || t->undecided == 0);
        free(t->ratios);
    }
}

/* Sums in other orders, as engines have them. */
enum order { BACKWARD, PAIRWISE, FUSED, LANES, ORDERS };

static double dot(const double *a, size_t da, const double *b, size_t db, size_t n, enum order order)
{
    double s = 0, lanes[4] = {0};
    if (order == PAIRWISE && n > 1)
        return dot(a, da, b, db, n / 2, order) + dot(a + n / 2 * da, da, b + n / 2 * db, db, n - n / 2, order);
    for (size_t k = 0; k < n; k++) {
        size_t i = order == BACKWARD ? n - 1 - k : k;
        if (order == FUSED)
            s = fma(a[i * da], b[i * db], s);
        else if (order == LANES)
            lanes[i % 4] += a[i * da] * b[i * db];
        else
            s += a[i * da] * b[i * db];
    }
    return order == LANES ? (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]) : s;
}

/* y = sum over s of (tanh(x W) V)^2 s, with all sums in this order. */
enum { ROWS = 5, IN = 40, HIDDEN = 30, OUT = 7 };

static void net_grad(gck_answer *answer, const gck_request *request, void *user)
{
    enum order order = *(enum order *)user;
    if (request->nodes[0].count != ROWS * IN || request->nodes[2].count != HIDDEN * OUT) {
        gck_answer_unsupported(answer, "a gate alone");
        return;
    }
    const double *x = request->nodes[0].values, *W = request->nodes[1].values, *V = request->nodes[2].values;
    static double h[ROWS * HIDDEN], o[ROWS * OUT], squares[ROWS * OUT], one[ROWS * OUT], dh[ROWS * HIDDEN];
    static double doo[ROWS * OUT], dx[ROWS * IN], dW[IN * HIDDEN], dV[HIDDEN * OUT];
    for (size_t r = 0; r < ROWS; r++)
        for (size_t j = 0; j < HIDDEN; j++)
            h[r * HIDDEN + j] = tanh(dot(x + r * IN, 1, W + j, HIDDEN, IN, order));
    for (size_t r = 0; r < ROWS; r++)
        for (size_t j = 0; j < OUT; j++) {
            size_t i = r * OUT + j;
            o[i] = dot(h + r * HIDDEN, 1, V + j, OUT, HIDDEN, order);
            squares[i] = o[i] * o[i];
            one[i] = 1;
            doo[i] = 2 * o[i];
        }
    double y = dot(squares, 1, one, 1, ROWS * OUT, order);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t j = 0; j < HIDDEN; j++) {
            double t = h[r * HIDDEN + j];
            dh[r * HIDDEN + j] = dot(doo + r * OUT, 1, V + j * OUT, 1, OUT, order) * (1 - t * t);
        }
    for (size_t i = 0; i < HIDDEN; i++)
        for (size_t j = 0; j < OUT; j++)
            dV[i * OUT + j] = dot(h + i, HIDDEN, doo + j, OUT, ROWS, order);
    for (size_t i = 0; i < IN; i++)
        for (size_t j = 0; j < HIDDEN; j++)
            dW[i * HIDDEN + j] = dot(x + i, IN, dh + j, HIDDEN, ROWS, order);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t i = 0; i < IN; i++)
            dx[r * IN + i] = dot(dh + r * HIDDEN, 1, W + i * HIDDEN, 1, HIDDEN, order);
    gck_answer_value(answer, &y, 1);
    const double *gradients[] = {dx, dW, dV};
    for (size_t k = 0; k < 3; k++)
        gck_answer_gradient(answer, k, gradients[k], 2, request->nodes[k].dims);
}

static void other_orders_of_summation(void **state)
{
    (void)state;
    static const char *const fills[] = {"fill: uniform, low: -1, high: 1", "fill: normal, mean: 0, std: 0.2",
                                        "fill: uniform, low: 0, high: 0.2"};
    double worst = 0;
    for (int fill = 0; fill < 3; fill++)
        for (uint64_t seed = 1; seed <= 3; seed++)
            for (int order = 0; order < ORDERS; order++) {
                char in[512];
                enum order user = (enum order)order;
                snprintf(in, sizeof in,
                         "{x: {shape: [%d, %d], %s, seed: 1}, W: {shape: [%d, %d], %s, seed: 2}, V: {shape: "
                         "[%d, %d], "
                         "%s, seed: 3}}",
                         ROWS, IN, fills[fill], IN, HIDDEN, fills[fill], HIDDEN, OUT, fills[fill]);
                gck_engine engine = {.name = "reordered", .grad = net_grad, .user = &user};
                gck_options options = gck_options_default();
                options.dtypes = 1;
                options.seed = seed;
                options.exhaustive = 0;
                gck_result *result = check_text(in,
                                                "  - z = matmul(x, W)\n  - h = tanh(z)\n  - o = matmul(h, V)\n "
                                                " - q = o * o\n  - y = sum(q)",
                                                "", &engine, &options);
                const gck_run *run = &result->runs[0];
                assert_verdict(run->value.verdict, GCK_VERDICT_OK);
                for (size_t k = 0; k < 3; k++) {
                    const gck_element *e = &run->tensors[k].worst;
                    double share = fabs(e->analytic - e->reference) / e->budget;
                    if (e->verdict)
                        fail_msg("order %d, %s, %s[%zu]: %s, %.17g for %.17g, %g of the budget", order,
                                 fills[fill], run->tensors[k].name, e->index, gck_verdict_name(e->verdict),
                                 e->analytic, e->reference, share);
                    worst = fmax(worst, share);
                }
                assert_verdict(result->verdict, GCK_VERDICT_OK);
                gck_result_free(result);
            }
    print_message("largest error / budget in other orders: %.2g\n", worst);
    assert_true(worst > 0 && worst < 0.9);
}

static double budget_at(const char *in, const char *rows, enum dtype dtype, bool *infinite)
{
    struct proving p;
    proving_new(&p, in, rows, "", dtype, 256, 0);
    double budget = p.budget.gradient[p.file->graph.wrt[0]][0];
    *infinite = isinf(budget);
    proving_free(&p);
    return budget;
}

/* Of 4,096 terms: a sum at 8 bits stops growing at 256; at 24 bits it does not. */
static void half_formats_accumulate_at_24_bits(void **state)
{
    (void)state;
    bool infinite;
    static const char in[] = "{w: 1, x: {shape: [4096], fill: uniform, low: 0.5, high: 1, seed: 1}}";
    static const char rows[] = "  - p = x * w\n  - y = sum(p)";
    double exact = 4096 * 0.75;
    assert_true(budget_at(in, rows, BFLOAT16, &infinite) < exact / 4);
    assert_true(budget_at(in, rows, FLOAT16, &infinite) < exact / 16);
}

static void range_of_the_dtype(void **state)
{
    (void)state;
    bool infinite;
    /* the gradient itself is 2, but 300^2 overflows float16 on the way */
    budget_at("{w: 1, x: 300}", "  - q = x * x\n  - r = q * w\n  - y = r / 45000", FLOAT16, &infinite);
    assert_true(infinite);
    budget_at("{w: 1, x: 300}", "  - q = x * x\n  - r = q * w\n  - y = r / 45000", FLOAT32, &infinite);
    assert_false(infinite);
    /* 1e-6 squared underflows to 0 in float16: all of it is lost */
    double lost = budget_at("{w: 1, x: 0.0001}", "  - q = x * x\n  - y = q * w", FLOAT16, &infinite);
    assert_true(lost >= 1e-8 && lost < 1e-5);
    lost = budget_at("{w: 1, x: 1e-170}", "  - q = x * x\n  - y = q * w", FLOAT64, &infinite);
    assert_true(lost >= 4 * 0x1p-1074 && lost < 1e-300);
}

/* An engine that flushes subnormals may lose up to the smallest normal number. */
static void flushing_engines_get_more(void **state)
{
    (void)state;
    struct proving p;
    struct budget flushed;
    proving_new(&p, "{w: 1, x: 1e-310}", "  - y = x * w", "", FLOAT64, 128, 0);
    assert_int_equal(budget_new(&flushed, &p.ladder.levels[0], 1, true, NULL), GCK_OK);
    size_t w = p.file->graph.wrt[0];
    assert_true(p.budget.gradient[w][0] < 1e-322);
    assert_true(flushed.gradient[w][0] >= 4 * 0x1p-1022);
    budget_free(&flushed);
    proving_free(&p);
}

/* The minors of a matrix of rank 1 cancel to 0 or to a few units: six runs see all of them as 0 now and then.
 */
static void more_runs_find_what_luck_hid(void **state)
{
    (void)state;
    bool hidden = false;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct proving p;
        struct budget budget;
        proving_new(&p, "{a: [[1, 2, -1], [2, 4, -2], [-3, -6, 3]]}", "  - y = det(a)", "", FLOAT64, 128, 0);
        size_t a = proving_node(&p, "a");
        const struct reference *reference = &p.ladder.levels[0];
        assert_int_equal(budget_new(&budget, reference, seed, false, NULL), GCK_OK);
        double before[9];
        memcpy(before, budget.gradient[a], sizeof before);
        assert_int_equal(budget_widen(&budget, reference, seed, false, NULL), GCK_OK);
        for (size_t i = 0; i < 9; i++) {
            hidden |= before[i] < 1e-16;
            assert_true(budget.gradient[a][i] >= before[i]);
            assert_true(budget.gradient[a][i] > 1e-15 && budget.gradient[a][i] < 1e-12);
        }
        budget_free(&budget);
        proving_free(&p);
    }
    assert_true(hidden);
}

static void jitters_stay_near_and_inside(void **state)
{
    (void)state;
    for (int dtype = 0; dtype < DTYPES; dtype++) {
        struct proving p;
        proving_new(&p, "{w: [1, -3, 0, 0.1], c: [5, 5, 5, 5]}", "  - p = w * c\n  - q = p * 2\n  - y = sum(q)",
                    "wrt: [w]", (enum dtype)dtype, 64, 0);
        struct random random = random_new(1, 0);
        size_t w = proving_node(&p, "w"), c = proving_node(&p, "c");
        double u = ldexp(1, -dtype_formats[dtype].bits);
        bool moved = false, constant_moved = false;
        for (int try = 0; try < 10 * JITTER_TRIES; try++) {
            struct binding b;
            assert_int_equal(binding_copy(&b, &p.arena, &p.file->graph, &p.binding), GCK_OK);
            binding_jitter(&b, &p.file->graph, jitter_reach((enum dtype)dtype), try % JITTER_TRIES, &random);
            for (size_t i = 0; i < 4; i++) {
                double from = p.binding.values[w][i], to = b.values[w][i];
                assert_true(to == dtype_round((enum dtype)dtype, to));
                assert_true(fabs(to - from) <= (JITTER_ULPS + 2) * u * fabs(from));
                int kind = try % JITTER_TRIES / 2;
                assert_true(kind != 1 || fabs(to) <= fabs(from));
                assert_true(kind != 2 || fabs(to) >= fabs(from));
                assert_true(kind != 3 || b.values[c][i] == 5);
                moved |= to != from;
                constant_moved |= b.values[c][i] != 5;
            }
        }
        assert_true(moved && constant_moved);
        proving_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_engines_keep_every_budget), cmocka_unit_test(other_orders_of_summation),
        cmocka_unit_test(half_formats_accumulate_at_24_bits), cmocka_unit_test(range_of_the_dtype),
        cmocka_unit_test(flushing_engines_get_more),          cmocka_unit_test(jitters_stay_near_and_inside),
        cmocka_unit_test(more_runs_find_what_luck_hid),
    };
    return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
