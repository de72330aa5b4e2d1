/* Tests of the scalar verbs: MPFR in a format's context computes what the hardware does, in every rounding
 * mode, and matrices are their dots. */
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "real/real_double.h"
#include "real/real_mpfr.h"

static const d_context none = {0};

static void assert_same(double a, double b)
{
    if (isnan(b))
        assert_true(isnan(a));
    else
        assert_true(a == b && !signbit(a) == !signbit(b));
}

/* A number of the format: any magnitude, few or many bits (so that ties are met), zeros and infinities. */
static double draw(enum dtype dtype, struct random *random)
{
    const struct dtype_format *format = &dtype_formats[dtype];
    double sign = random_below(random, 2) ? 1 : -1;
    uint64_t kind = random_below(random, 40);
    if (kind == 0)
        return sign * 0.0;
    if (kind == 1)
        return sign * INFINITY;
    if (kind == 2)
        return sign * dtype_tiny(dtype);
    int least = format->emin, most = format->emax;
    if (kind < 15) { /* near 1 */
        least = -format->bits;
        most = format->bits;
    } else if (kind < 25) { /* products and quotients at either end */
        least = random_below(random, 2) ? format->emin / 2 - 5 : format->emax / 2 - 5;
        most = least + 10;
    }
    int exponent = least + (int)random_below(random, (uint64_t)(most - least));
    uint64_t bits = random_next(random) >> (64 - 1 - random_below(random, (uint64_t)format->bits));
    double m = (double)(bits | 1);
    return sign * dtype_round(dtype, ldexp(m, exponent - ilogb(m)));
}

enum op { ADD, SUB, MUL, DIV, SQRT, OPS };

static void m_op(mpfr_ptr r, enum op op, mpfr_srcptr a, mpfr_srcptr b, const m_context *c)
{
    switch (op) {
    case ADD:
        m_add(r, a, b, c);
        break;
    case SUB:
        m_sub(r, a, b, c);
        break;
    case MUL:
        m_mul(r, a, b, c);
        break;
    case DIV:
        m_div(r, a, b, c);
        break;
    default:
        m_sqrt(r, a, c);
    }
}

/* The verb applied to doubles. */
static double by_mpfr(enum op op, double x, double y, const m_context *c)
{
    M_LOCAL(a, c);
    M_LOCAL(b, c);
    M_LOCAL(r, c);
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, y, MPFR_RNDN);
    m_op(r, op, a, b, c);
    double result = m_to_double(r);
    m_op(a, op, a, b, c); /* r may be an operand */
    assert_same(m_to_double(a), result);
    return result;
}

static double by_d_verbs(enum op op, double x, double y)
{
    double r = 0;
    switch (op) {
    case ADD:
        d_add(&r, &x, &y, &none);
        break;
    case SUB:
        d_sub(&r, &x, &y, &none);
        break;
    case MUL:
        d_mul(&r, &x, &y, &none);
        break;
    case DIV:
        d_div(&r, &x, &y, &none);
        break;
    default:
        d_sqrt(&r, &x, &none);
    }
    return r;
}

/* In the hardware's current rounding mode; volatile: nothing is computed at compile time. */
static double by_hardware(enum dtype dtype, enum op op, double x, double y)
{
    if (dtype == FLOAT64) {
        volatile double a = x, b = y, r;
        r = op == ADD ? a + b : op == SUB ? a - b : op == MUL ? a * b : op == DIV ? a / b : sqrt(a);
        return r;
    }
    volatile float a = (float)x, b = (float)y, r;
    r = op == ADD ? a + b : op == SUB ? a - b : op == MUL ? a * b : op == DIV ? a / b : sqrtf(a);
    return (double)r;
}

static void test_nearest_is_the_format(void **state)
{
    (void)state;
    struct random random = random_new(1, 0);
    for (int dtype = 0; dtype < DTYPES; dtype++) {
        m_context c = m_context_dtype((enum dtype)dtype);
        int subnormal = 0, infinite = 0;
        for (int i = 0; i < 40000; i++)
            for (enum op op = 0; op < OPS; op++) {
                double x = draw((enum dtype)dtype, &random), y = draw((enum dtype)dtype, &random);
                double r = by_mpfr(op, x, y, &c);
                if (dtype == FLOAT32)
                    assert_same(r, by_hardware(FLOAT32, op, x, y));
                else /* in a half format, rounding the double result again does no harm */
                    assert_same(r, dtype_round((enum dtype)dtype, by_d_verbs(op, x, y)));
                subnormal += r != 0 && fabs(r) < ldexp(dtype_tiny((enum dtype)dtype), c.bits == 8 ? 7 : 10);
                infinite += isinf(r) && isfinite(x) && isfinite(y) && y != 0;
            }
        assert_true(subnormal > 200);
        assert_true(infinite > 200);
    }
}

static void test_directed_rounding_is_hardware(void **state)
{
    (void)state;
    static const struct {
        int hardware;
        mpfr_rnd_t mpfr;
    } modes[] = {{FE_UPWARD, MPFR_RNDU}, {FE_DOWNWARD, MPFR_RNDD}, {FE_TOWARDZERO, MPFR_RNDZ}};
    struct random random = random_new(2, 0);
    for (enum dtype dtype = FLOAT64; dtype <= FLOAT32; dtype++)
        for (int mode = 0; mode < 3; mode++) {
            m_context c = m_context_dtype(dtype);
            c.rounding = modes[mode].mpfr;
            for (int i = 0; i < 10000; i++)
                for (enum op op = 0; op < OPS; op++) {
                    double x = draw(dtype, &random), y = draw(dtype, &random);
                    assert_int_equal(fesetround(modes[mode].hardware), 0);
                    double expected = by_hardware(dtype, op, x, y);
                    fesetround(FE_TONEAREST);
                    assert_same(by_mpfr(op, x, y, &c), expected);
                }
        }
}

/* Without a range, 53 bits are doubles wherever those neither overflow nor underflow. */
static void test_53_bits_are_doubles(void **state)
{
    (void)state;
    struct random random = random_new(3, 0);
    m_context c = m_context_wide(53, FLOAT64);
    int compared = 0;
    for (int i = 0; i < 40000; i++)
        for (enum op op = 0; op < OPS; op++) {
            double x = draw(FLOAT64, &random), y = draw(FLOAT64, &random), r = by_d_verbs(op, x, y);
            if (fabs(r) < 0x1p-1021 || isinf(r))
                continue;
            assert_same(by_mpfr(op, x, y, &c), r);
            compared++;
        }
    assert_true(compared > 50000);
}

/* Random roundings are the two directed ones, each of them about half the time. */
static void test_noise(void **state)
{
    (void)state;
    struct random random = random_new(4, 0), coin = random_new(5, 0);
    for (int dtype = 0; dtype <= DTYPES; dtype++) {
        enum dtype format = dtype < DTYPES ? (enum dtype)dtype : FLOAT64;
        m_context c = dtype < DTYPES ? m_context_dtype(format) : m_context_wide(53, FLOAT64);
        m_context up = c, down = c;
        up.rounding = MPFR_RNDU;
        down.rounding = MPFR_RNDD;
        c.noise = &coin;
        int ups = 0, downs = 0;
        for (int i = 0; i < 4000; i++)
            for (enum op op = 0; op < OPS; op++) {
                double x = draw(format, &random), y = draw(format, &random);
                M_LOCAL(a, &c);
                M_LOCAL(b, &c);
                M_LOCAL(r, &c);
                mpfr_set_d(a, x, MPFR_RNDN);
                mpfr_set_d(b, y, MPFR_RNDN);
                m_op(r, op, a, b, &c);
                double noisy = m_to_double(r), high = by_mpfr(op, x, y, &up), low = by_mpfr(op, x, y, &down);
                if (high == low || isnan(high)) {
                    assert_true(noisy == high || (isnan(noisy) && isnan(high)));
                    continue;
                }
                assert_true(noisy == high || noisy == low);
                ups += noisy == high;
                downs += noisy == low;
            }
        assert_true(ups > 4 * (ups + downs) / 10 && downs > 4 * (ups + downs) / 10);
    }
}

static void test_other_verbs(void **state)
{
    (void)state;
    struct random random = random_new(6, 0);
    m_context c = m_context_dtype(FLOAT64);
    M_LOCAL(a, &c);
    M_LOCAL(r, &c);
    for (int i = 0; i < 20000; i++) {
        double x = draw(FLOAT64, &random), d;
        long k = (long)random_below(&random, 2000) - 1000;
        m_set_double(a, x, &c);
        assert_same(m_to_double(a), x);
        assert_int_equal(m_sign(a), d_sign(&x));
        assert_int_equal(m_is_zero(a), d_is_zero(&x));
        assert_int_equal(m_is_finite(a), d_is_finite(&x));
        d_neg(&d, &x, &none);
        m_neg(r, a, &c);
        assert_same(m_to_double(r), d);
        d_abs(&d, &x, &none);
        m_abs(r, a, &c);
        assert_same(m_to_double(r), d);
        d_one_minus(&d, &x, &none);
        m_one_minus(r, a, &c);
        assert_same(m_to_double(r), d);
        d_mul_si(&d, &x, k, &none);
        m_mul_si(r, a, k, &c);
        assert_same(m_to_double(r), d);
        d_div_si(&d, &x, k, &none);
        m_div_si(r, a, k, &c);
        assert_same(m_to_double(r), d);
        d_scale(&d, &x, (int)k, &none);
        m_scale(r, a, (int)k, &c);
        assert_same(m_to_double(r), d);
    }
    m_set_double(a, NAN, &c);
    assert_true(m_is_nan(a) && m_sign(a) == 0 && !m_is_finite(a));
    m_set_si(a, -7, &c);
    assert_same(m_to_double(a), -7);
}

static void test_set_text(void **state)
{
    (void)state;
    m_context narrow = m_context_wide(256, FLOAT32), exact = narrow;
    exact.exact_text = true;
    M_LOCAL(a, &narrow);
    M_LOCAL(b, &narrow);
    m_set_text(a, "0.1", &narrow);
    assert_same(m_to_double(a), (double)0.1f);
    assert_int_equal(mpfr_cmp_d(a, (double)0.1f), 0);
    m_set_text(a, "0.1", &exact);
    mpfr_set_ui(b, 1, MPFR_RNDN);
    mpfr_div_ui(b, b, 10, MPFR_RNDN);
    assert_true(mpfr_equal_p(a, b));
    m_set_text(a, "one", &narrow);
    assert_true(mpfr_nan_p(a));
    double d;
    d_set_text(&d, "0.1", &none);
    assert_same(d, 0.1);
}

static void test_compare(void **state)
{
    (void)state;
    struct random random = random_new(7, 0);
    struct decisions by_d = {0}, by_m = {0};
    d_context dc = {.decisions = &by_d};
    m_context mc = m_context_dtype(FLOAT64);
    M_LOCAL(a, &mc);
    M_LOCAL(b, &mc);
    for (int i = 0; i < 1000; i++) {
        double x = i % 7 ? draw(FLOAT64, &random) : NAN, y = i % 5 ? draw(FLOAT64, &random) : x;
        mpfr_set_d(a, x, MPFR_RNDN);
        mpfr_set_d(b, y, MPFR_RNDN);
        mc.decisions = NULL;
        int expected = (x > y) - (x < y);
        assert_int_equal(d_compare(&x, &y, &none), expected);
        assert_int_equal(m_compare(a, b, &mc), expected);
        mc.decisions = &by_m;
        assert_int_equal(d_compare(&x, &y, &dc), expected);
        assert_int_equal(m_compare(a, b, &mc), expected);
    }
    assert_int_equal(by_d.count, 1000);
    assert_true(decisions_equal(&by_d, &by_m));
    decisions_free(&by_d);
    decisions_free(&by_m);
}

enum { MOST = 40 };

/* s + x in the format that sums of this dtype have. */
static double plus(enum dtype dtype, double s, double x)
{
    return dtype == FLOAT64 ? s + x : by_hardware(FLOAT32, ADD, s, x);
}

static double times(enum dtype dtype, double x, double y)
{
    return dtype == FLOAT64 ? x * y : by_hardware(FLOAT32, MUL, x, y);
}

/* Half formats sum in float32 and round at the end. */
static void test_sums_are_the_format(void **state)
{
    (void)state;
    struct random random = random_new(8, 0);
    for (int k = 0; k < DTYPES * 2000; k++) {
        enum dtype dtype = (enum dtype)(k % DTYPES);
        m_context c = m_context_dtype(dtype);
        double x[MOST], y[MOST], sum = 0, dot = 0, d;
        m_element a[MOST], b[MOST];
        mp_limb_t limbs[2][MOST][64 / GMP_NUMB_BITS];
        size_t n = random_below(&random, MOST + 1);
        for (size_t i = 0; i < n; i++) {
            do
                x[i] = draw(dtype, &random);
            while (isinf(x[i]) && random_below(&random, 8));
            y[i] = draw(dtype, &random);
            if (n % 2) { /* magnitudes that meet */
                x[i] = dtype_round(dtype, fmod(x[i], 64));
                y[i] = dtype_round(dtype, fmod(y[i], 64));
            }
            mpfr_custom_init_set(a + i, MPFR_ZERO_KIND, 0, c.bits, limbs[0][i]);
            mpfr_custom_init_set(b + i, MPFR_ZERO_KIND, 0, c.bits, limbs[1][i]);
            mpfr_set_d(a + i, x[i], MPFR_RNDN);
            mpfr_set_d(b + i, y[i], MPFR_RNDN);
            sum = plus(dtype, sum, x[i]);
            dot = plus(dtype, dot, times(dtype, x[i], y[i]));
        }
        M_LOCAL(r, &c);
        m_dot(r, a, 1, b, 1, n, &c);
        assert_same(m_to_double(r), dtype_round(dtype, dot));
        M_SUM(s, &c);
        m_sum_add(s, a, 1, n / 2, &c);
        m_sum_add(s, a + n / 2, 1, n - n / 2, &c);
        m_sum_get(r, s, &c);
        assert_same(m_to_double(r), dtype_round(dtype, sum));
        if (dtype == FLOAT64) {
            d_dot(&d, x, 1, y, 1, n, &none);
            assert_same(d, dot);
            D_SUM(t, &none);
            d_sum_add(t, x, 1, n, &none);
            d_sum_get(&d, t, &none);
            assert_same(d, sum);
        }
    }
}

/* A matrix of m rows and n columns in every way that views lie in memory: transposed, backwards, with gaps
 * between elements, one row or column repeated. */
struct view {
    ptrdiff_t rows, columns, first; /* first: where (0, 0) lies in an array of ROOM */
};
enum { ROOM = 200 * 200, VIEWS = 8 };

static struct view view_of(int kind, ptrdiff_t m, ptrdiff_t n)
{
    const struct view views[VIEWS] = {
        {n, 1, 0},      {1, m, 0},           {2 * n + 3, 2, 0}, {-n, 1, (m - 1) * n},
        {n, -1, n - 1}, {-1, -m, m * n - 1}, {0, 1, 0},         {1, 0, 0},
    };
    return views[kind];
}

/* Some magnitudes, so that the order of the additions shows in the result. */
static double wild(struct random *random)
{
    double x = (double)(random_next(random) >> 11) * 0x1p-53 - 0.5;
    return ldexp(x, (int)random_below(random, 40) - 20);
}

struct matmul_trial {
    size_t m, k, n;
    struct view a, b;
};

static void check_matmul(const struct matmul_trial *t, const double *x, const double *w,
                         m_element *const mpfr[2])
{
    size_t size = t->m * t->n;
    double *y = malloc((size + 1) * sizeof *y), *sums = malloc((size + 1) * sizeof *sums);
    assert_true(y && sums);
    for (size_t i = 0; i < size; i++)
        sums[i] = (double)i / 3;
    d_matrix a = {x + t->a.first, t->a.rows, t->a.columns}, b = {w + t->b.first, t->b.rows, t->b.columns};
    d_matmul(y, a, b, t->m, t->k, t->n, &none);
    d_matmul_add(sums, a, b, t->m, t->k, t->n, &none);
    for (size_t i = 0; i < size; i++) {
        const double *row = a.data + (ptrdiff_t)(i / t->n) * a.rows;
        const double *column = b.data + (ptrdiff_t)(i % t->n) * b.columns;
        double dot;
        d_dot(&dot, row, a.columns, column, b.rows, t->k, &none);
        assert_same(y[i], dot);
        assert_same(sums[i], (double)i / 3 + dot);
    }
    if (size > 200) {
        free(y);
        free(sums);
        return;
    }
    m_context c = m_context_wide(53, FLOAT64);
    m_element heads[200];
    mp_limb_t limbs[200][64 / GMP_NUMB_BITS];
    for (size_t i = 0; i < size; i++) {
        mpfr_custom_init_set(heads + i, MPFR_NAN_KIND, 0, c.bits, limbs[i]);
    }
    m_matrix ma = {mpfr[0] + t->a.first, t->a.rows, t->a.columns};
    m_matrix mb = {mpfr[1] + t->b.first, t->b.rows, t->b.columns};
    m_matmul(heads, ma, mb, t->m, t->k, t->n, &c);
    for (size_t i = 0; i < size; i++) {
        assert_same(m_to_double(heads + i), y[i]);
        mpfr_set_d(heads + i, (double)i / 3, MPFR_RNDN);
    }
    m_matmul_add(heads, ma, mb, t->m, t->k, t->n, &c);
    for (size_t i = 0; i < size; i++)
        assert_same(m_to_double(heads + i), sums[i]);
    free(y);
    free(sums);
}

static void test_matmul_is_its_dots(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 1},   {3, 5, 4}, {2, 7, 63}, {1, 3, 64}, {2, 4, 65},
                                      {5, 9, 130}, {4, 0, 3}, {0, 3, 2},  {2, 2, 0},  {7, 40, 1}};
    struct random random = random_new(9, 0);
    double *x = malloc(ROOM * sizeof *x), *w = malloc(ROOM * sizeof *w);
    m_element *heads[2] = {malloc(ROOM * sizeof **heads), malloc(ROOM * sizeof **heads)};
    mp_limb_t(*limbs)[64 / GMP_NUMB_BITS] = malloc(2 * ROOM * sizeof *limbs);
    assert_true(x && w && heads[0] && heads[1] && limbs);
    for (size_t i = 0; i < ROOM; i++) {
        x[i] = wild(&random);
        w[i] = wild(&random);
        mpfr_custom_init_set(heads[0] + i, MPFR_ZERO_KIND, 0, 53, limbs[2 * i]);
        mpfr_custom_init_set(heads[1] + i, MPFR_ZERO_KIND, 0, 53, limbs[2 * i + 1]);
        mpfr_set_d(heads[0] + i, x[i], MPFR_RNDN);
        mpfr_set_d(heads[1] + i, w[i], MPFR_RNDN);
    }
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int views = 0; views < VIEWS * VIEWS; views++) {
            size_t m = sizes[s][0], k = sizes[s][1], n = sizes[s][2];
            struct matmul_trial t = {m, k, n, {0}, {0}};
            if (m && k && n) {
                t.a = view_of(views / VIEWS, (ptrdiff_t)m, (ptrdiff_t)k);
                t.b = view_of(views % VIEWS, (ptrdiff_t)k, (ptrdiff_t)n);
            }
            check_matmul(&t, x, w, heads);
        }
    free(x);
    free(w);
    free(heads[0]);
    free(heads[1]);
    free(limbs);
}

/* 1 + 2 + 4 - 7 is exact in this order and not in every other: under noise it strays, by a few u at most. What
 * has two terms has one order, and zeros are no terms. */
static void test_noise_of_exact_sums(void **state)
{
    (void)state;
    struct random random = random_new(31, 0);
    m_context plain = m_context_dtype(FLOAT64), noisy = plain;
    noisy.noise = &random;
    const double terms[] = {1, 2, 4, -7}, pair[] = {0, 3, 0, -3, 0};
    m_element a[4], b[5];
    mp_limb_t limbs[9][64 / GMP_NUMB_BITS];
    for (size_t i = 0; i < 9; i++) {
        m_element *x = i < 4 ? a + i : b + i - 4;
        mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, 53, limbs[i]);
        m_set_double(x, i < 4 ? terms[i] : pair[i - 4], &plain);
    }
    int strayed = 0;
    for (int run = 0; run < 100; run++) {
        M_SUM(s, &plain);
        M_SUM(t, &noisy);
        M_SUM(two, &noisy);
        m_sum_add(s, a, 1, 4, &plain);
        m_sum_add(t, a, 1, 4, &noisy);
        m_sum_add(two, b, 1, 5, &noisy);
        assert_true(mpfr_zero_p(s) && mpfr_zero_p(two));
        assert_true(fabs(m_to_double(t)) <= 10 * 0x1p-52);
        strayed += !mpfr_zero_p(t);
    }
    assert_in_range(strayed, 20, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest_is_the_format),
        cmocka_unit_test(test_directed_rounding_is_hardware),
        cmocka_unit_test(test_53_bits_are_doubles),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_noise_of_exact_sums),
        cmocka_unit_test(test_other_verbs),
        cmocka_unit_test(test_set_text),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_sums_are_the_format),
        cmocka_unit_test(test_matmul_is_its_dots),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
