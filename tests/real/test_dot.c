/* Tests of m_dot in wide contexts: the error bound of its doc comment against exact sums. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "real/real_mpfr.h"

enum { TERMS = 40, STRIDE = 3, ROOM = 2 * TERMS * STRIDE + 1, EXACT_BITS = 60000 };

struct vector {
    m_element heads[ROOM];
    mp_limb_t limbs[ROOM][M_MOST_LIMBS];
    ptrdiff_t stride;
};

/* Element i, where m_dot finds it from element 0 and the stride. */
static mpfr_ptr at(struct vector *v, size_t i)
{
    return v->heads + ROOM / 2 + (ptrdiff_t)i * v->stride;
}

static struct vector *vector_new(mpfr_prec_t bits, ptrdiff_t stride)
{
    struct vector *v = malloc(sizeof *v);
    assert_non_null(v);
    v->stride = stride;
    for (size_t i = 0; i < ROOM; i++)
        mpfr_custom_init_set(v->heads + i, MPFR_NAN_KIND, 0, bits, v->limbs[i]);
    return v;
}

static void dot(mpfr_ptr r, struct vector *a, struct vector *b, size_t n, const m_context *c)
{
    m_dot(r, at(a, 0), a->stride, at(b, 0), b->stride, n, c);
}

enum kind { FULL, DOUBLES, SPARSE, ONES, POWERS, WITH_ZEROS, KINDS };

/* A random number of 2^-spread .. 2^spread. */
static void draw(mpfr_ptr x, enum kind kind, long spread, struct random *random)
{
    mpfr_prec_t bits = mpfr_get_prec(x);
    if (kind == WITH_ZEROS && random_below(random, 3) == 0) {
        mpfr_set_zero(x, random_below(random, 2) ? 1 : -1);
        return;
    }
    mpfr_set_ui(x, 1, MPFR_RNDN);
    mpfr_prec_t filled = 0;
    if (kind == FULL || kind == WITH_ZEROS)
        filled = bits;
    else if (kind == DOUBLES)
        filled = 52;
    else if (kind == SPARSE) /* any number of zero limbs below */
        filled = (mpfr_prec_t)random_below(random, (uint64_t)bits);
    for (mpfr_prec_t i = 1; i < filled && i < bits; i++) {
        mpfr_mul_2ui(x, x, 1, MPFR_RNDN);
        mpfr_add_ui(x, x, random_below(random, 2), MPFR_RNDN);
    }
    if (kind == ONES)
        mpfr_nextbelow(x);
    mpfr_set_exp(x, (mpfr_exp_t)random_below(random, 2 * (uint64_t)spread + 1) - spread);
    if (random_below(random, 2))
        mpfr_neg(x, x, MPFR_RNDN);
}

/* sum = the exact dot, most = max |a_i b_i|; both EXACT_BITS wide. */
static void exact_dot(mpfr_ptr sum, mpfr_ptr most, struct vector *a, struct vector *b, size_t n)
{
    mpfr_t t;
    mpfr_init2(t, EXACT_BITS);
    mpfr_set_zero(sum, 1);
    mpfr_set_zero(most, 1);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(mpfr_mul(t, at(a, i), at(b, i), MPFR_RNDN), 0);
        assert_int_equal(mpfr_add(sum, sum, t, MPFR_RNDN), 0);
        if (mpfr_cmpabs(t, most) > 0)
            mpfr_abs(most, t, MPFR_RNDN);
    }
    mpfr_clear(t);
}

/* The bound of m_dot's doc comment. */
static void assert_bound(mpfr_srcptr r, mpfr_srcptr sum, mpfr_srcptr most, size_t n, mpfr_prec_t bits)
{
    mpfr_t error, bound;
    mpfr_inits2(EXACT_BITS, error, bound, (mpfr_ptr)0);
    assert_true(mpfr_number_p(r));
    assert_int_equal(mpfr_sub(error, sum, r, MPFR_RNDN), 0);
    mpfr_mul_2si(bound, most, -(bits + 62), MPFR_RNDN);
    mpfr_mul_ui(bound, bound, (unsigned long)n, MPFR_RNDN);
    if (!mpfr_zero_p(r)) {
        mpfr_t half_ulp;
        mpfr_init2(half_ulp, 64);
        mpfr_set_si_2exp(half_ulp, 1, mpfr_get_exp(r) - bits - 1, MPFR_RNDN);
        assert_int_equal(mpfr_add(bound, bound, half_ulp, MPFR_RNDN), 0);
        mpfr_clear(half_ulp);
    }
    assert_true(mpfr_cmpabs(error, bound) <= 0);
    mpfr_clears(error, bound, (mpfr_ptr)0);
}

struct trial {
    mpfr_prec_t bits;
    long spread; /* of the exponents of either factor */
    enum kind a, b;
    bool cancels; /* all but the last term in pairs that cancel */
};

static void run_trial(const struct trial *trial, struct random *random)
{
    m_context c = m_context_wide(trial->bits, FLOAT64);
    ptrdiff_t da = (ptrdiff_t)random_below(random, 2 * STRIDE + 1) - STRIDE;
    ptrdiff_t db = trial->cancels ? 1 : (ptrdiff_t)random_below(random, 2 * STRIDE + 1) - STRIDE;
    struct vector *a = vector_new(trial->bits, trial->cancels && da == 0 ? 1 : da);
    struct vector *b = vector_new(trial->bits, db);
    size_t n = random_below(random, TERMS + 1);
    for (size_t i = 0; i < n; i++) {
        draw(at(a, i), trial->a, trial->spread, random);
        draw(at(b, i), trial->b, trial->spread, random);
        if (trial->cancels && i % 2) {
            mpfr_set(at(a, i), at(a, i - 1), MPFR_RNDN);
            mpfr_neg(at(b, i), at(b, i - 1), MPFR_RNDN);
        }
    }
    M_LOCAL(r, &c);
    mpfr_set_nan(r);
    dot(r, a, b, n, &c);
    mpfr_t sum, most;
    mpfr_inits2(EXACT_BITS, sum, most, (mpfr_ptr)0);
    exact_dot(sum, most, a, b, n);
    assert_bound(r, sum, most, n, trial->bits);
    if (trial->a == DOUBLES && trial->b == DOUBLES && trial->spread < 8) {
        /* every bit of every term fits into the window: correctly rounded */
        mpfr_prec_round(sum, trial->bits, MPFR_RNDN);
        assert_true(mpfr_equal_p(r, sum));
    }
    if (mpfr_zero_p(r))
        assert_false(mpfr_signbit(r));
    mpfr_clears(sum, most, (mpfr_ptr)0);
    free(a);
    free(b);
}

static const mpfr_prec_t widths[] = {M_DOT_WIDE, 128, 200, 256, 1024};
enum { WIDTHS = sizeof widths / sizeof *widths };

static void test_error_bound(void **state)
{
    (void)state;
    struct random random = random_new(20, 1);
    for (int w = 0; w < WIDTHS; w++)
        for (int kinds = 0; kinds < KINDS * KINDS; kinds++)
            for (int run = 0; run < 4; run++) {
                const long spreads[] = {2, 70, widths[w], 6000};
                for (int s = 0; s < 4; s++)
                    for (int cancels = 0; cancels < 2; cancels++)
                        run_trial(&(struct trial){widths[w], spreads[s], (enum kind)(kinds / KINDS),
                                                  (enum kind)(kinds % KINDS), cancels},
                                  &random);
            }
}

static void test_widest(void **state)
{
    (void)state;
    struct random random = random_new(21, 1);
    for (int kinds = 0; kinds < KINDS * KINDS; kinds++)
        run_trial(
            &(struct trial){M_MOST_BITS, 5000, (enum kind)(kinds / KINDS), (enum kind)(kinds % KINDS), false},
            &random);
}

/* 1 + 2^-k for every k: each offset in the window, its lower end, and below it. */
static void test_every_shift(void **state)
{
    (void)state;
    for (int w = 0; w < WIDTHS; w++)
        for (long k = 0; k < widths[w] + 300; k++) {
            m_context c = m_context_wide(widths[w], FLOAT64);
            struct vector *a = vector_new(c.bits, 1), *b = vector_new(c.bits, 1);
            for (size_t i = 0; i < 3; i++) {
                mpfr_set_ui(at(a, i), 1, MPFR_RNDN);
                mpfr_set_ui(at(b, i), 1, MPFR_RNDN);
            }
            mpfr_set_si_2exp(at(a, 1), 3, -k, MPFR_RNDN);
            mpfr_set_si(at(a, 2), -1, MPFR_RNDN);
            M_LOCAL(r, &c);
            M_LOCAL(ordered, &c);
            dot(r, a, b, 2, &c);
            mpfr_add(ordered, at(a, 0), at(a, 1), MPFR_RNDN);
            assert_true(mpfr_equal_p(r, ordered));
            dot(r, a, b, 3, &c); /* cancels: the small term stays whole, down to the guard's end */
            if (k <= c.bits + 62)
                assert_true(mpfr_equal_p(r, at(a, 1)));
            else
                assert_true(mpfr_cmpabs(r, at(a, 1)) <= 0);
            free(a);
            free(b);
        }
}

/* As many all-ones products as a test can add: no carry is lost. */
static void test_many_terms(void **state)
{
    (void)state;
    for (int w = 0; w < 4; w++)
        for (int negative = 0; negative < 2; negative++) {
            m_context c = m_context_wide(widths[w], FLOAT64);
            M_LOCAL(x, &c);
            M_LOCAL(y, &c);
            M_LOCAL(r, &c);
            mpfr_set_ui(x, 1, MPFR_RNDN);
            mpfr_nextbelow(x);
            mpfr_set(y, x, MPFR_RNDN);
            if (negative)
                mpfr_neg(y, y, MPFR_RNDN);
            size_t n = 1000003;
            m_dot(r, x, 0, y, 0, n, &c);
            mpfr_t sum, most;
            mpfr_inits2(EXACT_BITS, sum, most, (mpfr_ptr)0);
            mpfr_mul(most, x, x, MPFR_RNDN);
            mpfr_mul_si(sum, most, negative ? -(long)n : (long)n, MPFR_RNDN);
            assert_bound(r, sum, most, n, c.bits);
            mpfr_clears(sum, most, (mpfr_ptr)0);
        }
}

/* The number of a text; "huge" and "tiny" are far out in MPFR's range, and each other's reciprocal. */
static void set_text(mpfr_ptr x, const char *text)
{
    int sign = *text == '-' ? -1 : 1;
    const char *digits = text + (sign < 0);
    mpfr_exp_t far = mpfr_get_emax() / 8 * 7;
    if (strcmp(digits, "huge") == 0 || strcmp(digits, "tiny") == 0)
        mpfr_set_si_2exp(x, sign, *digits == 'h' ? far : -far, MPFR_RNDN);
    else
        assert_int_equal(mpfr_set_str(x, text, 10, MPFR_RNDN), 0);
}

static const struct special {
    const char *a[2], *b[2];
    double expected;
} specials[] = {
    {{"inf", "1"}, {"0", "1"}, NAN},
    {{"0", "1"}, {"-inf", "1"}, NAN},
    {{"inf", "inf"}, {"1", "-1"}, NAN},
    {{"nan", "1"}, {"0", "1"}, NAN},
    {{"1", "0"}, {"1", "nan"}, NAN},
    {{"inf", "3"}, {"2", "4"}, INFINITY},
    {{"1", "inf"}, {"1", "-2"}, -INFINITY},
    {{"inf", "-inf"}, {"inf", "-inf"}, INFINITY},
    {{"0", "0"}, {"0", "0"}, 0},
    {{"-0", "0"}, {"1", "-1"}, 0},
    {{"-0", "1"}, {"1", "-0"}, 0},
    {{"3", "-5"}, {"5", "3"}, 0},
    {{"-0", "2"}, {"1", "-3"}, -6},
    {{"7", "0"}, {"-1", "9"}, -7},
    {{"huge", "3"}, {"tiny", "5"}, 16},
    {{"huge", "3"}, {"huge", "5"}, INFINITY},
    {{"huge", "3"}, {"-huge", "5"}, -INFINITY},
    {{"huge", "tiny"}, {"huge", "tiny"}, INFINITY},
    {{"huge", "tiny"}, {"huge", "-tiny"}, INFINITY},
    {{"tiny", "3"}, {"-tiny", "5"}, 15},
    {{"tiny", "0"}, {"tiny", "5"}, 0},
    {{"huge", "-huge"}, {"huge", "huge"}, 0},
};

static void check_special(const struct special *special, const m_context *c)
{
    struct vector *a = vector_new(c->bits, 1), *b = vector_new(c->bits, -2);
    for (size_t i = 0; i < 2; i++) {
        set_text(at(a, i), special->a[i]);
        set_text(at(b, i), special->b[i]);
    }
    M_LOCAL(r, c);
    dot(r, a, b, 2, c);
    if (isnan(special->expected))
        assert_true(mpfr_nan_p(r));
    else
        assert_true(!mpfr_nan_p(r) && mpfr_cmp_d(r, special->expected) == 0);
    if (special->expected == 0)
        assert_false(mpfr_signbit(r));
    free(a);
    free(b);
}

static void test_special_values(void **state)
{
    (void)state;
    for (int w = 0; w < WIDTHS; w++) {
        m_context c = m_context_wide(widths[w], FLOAT64);
        for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
            check_special(specials + i, &c);
    }
}

/* The same at the ends of the range that MPFR can be given. */
static void test_widest_range(void **state)
{
    mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
    assert_int_equal(mpfr_set_emin(mpfr_get_emin_min()), 0);
    assert_int_equal(mpfr_set_emax(mpfr_get_emax_max()), 0);
    test_special_values(state);
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
}

static void test_no_terms_and_one(void **state)
{
    (void)state;
    m_context c = m_context_wide(256, FLOAT64);
    M_LOCAL(r, &c);
    M_LOCAL(x, &c);
    M_LOCAL(y, &c);
    mpfr_set_nan(r);
    m_dot(r, NULL, 1, NULL, 1, 0, &c);
    assert_true(mpfr_zero_p(r) && !mpfr_signbit(r));
    mpfr_set_zero(x, -1);
    mpfr_set_ui(y, 3, MPFR_RNDN);
    m_dot(r, x, 1, y, 1, 1, &c);
    assert_true(mpfr_zero_p(r) && !mpfr_signbit(r));
    mpfr_set_d(x, -0.1, MPFR_RNDN);
    m_dot(r, x, 1, y, 1, 1, &c);
    mpfr_mul(x, x, y, MPFR_RNDN);
    assert_true(mpfr_equal_p(r, x));
}

/* mpfr_mul and mpfr_add term by term; noise: the same random roundings as a context with noise. */
static void ordered_dot(mpfr_ptr r, struct vector *a, struct vector *b, size_t n, const m_context *c)
{
    M_LOCAL(s, c);
    M_LOCAL(t, c);
    for (size_t i = 0; i < n; i++) {
        mpfr_mul(t, at(a, i), at(b, i), m_rounding(c));
        m_sum_term(s, t, c);
    }
    mpfr_set(r, s, MPFR_RNDN);
}

/* What must round every operation does: noise, a directed rounding, an element of another precision. */
static void test_in_order(void **state)
{
    (void)state;
    struct random random = random_new(22, 1);
    m_context c = m_context_wide(256, FLOAT64);
    struct vector *a = vector_new(c.bits, 2), *b = vector_new(c.bits, -1);
    M_LOCAL(r, &c);
    M_LOCAL(expected, &c);
    M_LOCAL(once, &c);
    int differs = 0;
    for (int run = 0; run < 300; run++) {
        for (size_t i = 0; i < TERMS; i++) {
            draw(at(a, i), FULL, 3, &random);
            draw(at(b, i), FULL, 3, &random);
        }
        dot(once, a, b, TERMS, &c);
        struct random one = random_new(23, (uint64_t)run), same = one;
        m_context by_mpfr = c, by_dot = c;
        if (run % 3 == 0) {
            by_mpfr.noise = &one;
            by_dot.noise = &same;
        } else if (run % 3 == 1) {
            by_mpfr.rounding = by_dot.rounding = MPFR_RNDU;
        } else {
            mpfr_custom_init_set(at(b, 7), MPFR_ZERO_KIND, 0, c.bits + 64, b->limbs[at(b, 7) - b->heads]);
            draw(at(b, 7), FULL, 3, &random);
        }
        ordered_dot(expected, a, b, TERMS, &by_mpfr);
        dot(r, a, b, TERMS, &by_dot);
        assert_true(mpfr_equal_p(r, expected));
        if (run % 3 == 2)
            mpfr_custom_init_set(at(b, 7), MPFR_ZERO_KIND, 0, c.bits, b->limbs[at(b, 7) - b->heads]);
        else
            differs += !mpfr_equal_p(r, once);
    }
    assert_true(differs > 100); /* the numbers tell the two ways apart */
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_bound),      cmocka_unit_test(test_widest),
        cmocka_unit_test(test_every_shift),      cmocka_unit_test(test_many_terms),
        cmocka_unit_test(test_special_values),   cmocka_unit_test(test_widest_range),
        cmocka_unit_test(test_no_terms_and_one), cmocka_unit_test(test_in_order),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
