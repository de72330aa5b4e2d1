/* The scalar `mpfr_t`: contexts, the range of a hardware format, sums and matrices. */
#include "real/real_mpfr.h"

#include <assert.h>

m_context m_context_wide(mpfr_prec_t bits, enum dtype dtype)
{
    assert(bits <= M_MOST_BITS);
    return (m_context){.bits = bits, .sum_bits = bits, .rounding = MPFR_RNDN, .dtype = dtype};
}

m_context m_context_dtype(enum dtype dtype)
{
    const struct dtype_format *format = &dtype_formats[dtype];
    return (m_context){.bits = format->bits,
                       .sum_bits = format->sum_bits,
                       .rounding = MPFR_RNDN,
                       .emin = format->emin,
                       .emax = format->emax,
                       .dtype = dtype};
}

/* Overflow: to an infinity, or to the largest finite number when rounding towards zero. */
static void overflow(mpfr_ptr r, mpfr_rnd_t rounding, const m_context *c)
{
    int sign = mpfr_sgn(r);
    bool stays =
        rounding == MPFR_RNDZ || (rounding == MPFR_RNDU && sign < 0) || (rounding == MPFR_RNDD && sign > 0);
    if (stays) {
        mpfr_set_si_2exp(r, sign, c->emax, MPFR_RNDN);
        if (sign > 0)
            mpfr_nextbelow(r);
        else
            mpfr_nextabove(r);
    } else {
        mpfr_set_inf(r, sign);
    }
}

/* Gradual underflow: rounds again to a multiple of 2^(emin - 1). When the second rounding is a tie, the
 * first one's ternary value says on which side the exact result lies (as mpfr_subnormalize does). */
static void underflow(mpfr_ptr r, int ternary, mpfr_rnd_t rounding, const m_context *c)
{
    M_LOCAL(scaled, c);
    M_LOCAL(whole, c);
    long place = c->emin - 1;
    mpfr_mul_2si(scaled, r, -place, MPFR_RNDN);
    if (rounding != MPFR_RNDN) {
        mpfr_rint(whole, scaled, rounding);
    } else {
        mpfr_rint_roundeven(whole, scaled, MPFR_RNDN);
        mpfr_sub(scaled, scaled, whole, MPFR_RNDN); /* exact: a fraction of the same last place */
        bool tie = mpfr_cmpabs_ui(scaled, 0) != 0 && mpfr_cmp_si_2exp(scaled, mpfr_sgn(scaled), -1) == 0;
        if (tie && ternary != 0 && (ternary < 0) == (mpfr_sgn(scaled) > 0))
            mpfr_add_si(whole, whole, mpfr_sgn(scaled), MPFR_RNDN); /* the exact result lies beyond the tie */
    }
    mpfr_mul_2si(r, whole, place, MPFR_RNDN);
}

void m_fit_slow(mpfr_ptr r, int ternary, mpfr_rnd_t rounding, const m_context *c)
{
    if (mpfr_get_exp(r) > c->emax)
        overflow(r, rounding, c);
    else
        underflow(r, ternary, rounding, c);
}

void m_set_text(mpfr_ptr r, const char *text, const m_context *c)
{
    double rounded = 0;
    if (c->exact_text)
        mpfr_set_str(r, text, 10, c->rounding);
    else if (dtype_parse(&rounded, c->dtype, text))
        mpfr_set_d(r, rounded, c->rounding);
    else
        mpfr_set_nan(r);
}

m_context m_sum_context(const m_context *c)
{
    m_context sums = *c;
    sums.bits = c->sum_bits;
    if (c->emax && c->sum_bits > c->bits) { /* half formats accumulate in float32 */
        sums.emin = dtype_formats[FLOAT32].emin;
        sums.emax = dtype_formats[FLOAT32].emax;
    }
    return sums;
}

void m_sum_add(mpfr_ptr s, const m_element *a, ptrdiff_t da, size_t n, const m_context *c)
{
    m_context sums = m_sum_context(c);
    for (size_t i = 0; i < n; i++)
        m_sum_term(s, a + (ptrdiff_t)i * da, &sums);
}

void m_sum_term(mpfr_ptr s, mpfr_srcptr x, const m_context *sums)
{
    mpfr_rnd_t rounding = m_rounding(sums);
    bool alone = mpfr_zero_p(s) || mpfr_zero_p(x);
    int ternary = mpfr_add(s, s, x, rounding);
    if (ternary == 0 && !alone && sums->noise && mpfr_regular_p(s)) {
        bool up = rounding == MPFR_RNDU;
        up ? mpfr_nextabove(s) : mpfr_nextbelow(s);
        ternary = up ? 1 : -1;
    }
    m_fit(s, ternary, rounding, sums);
}

void m_sum_get(mpfr_ptr r, mpfr_srcptr s, const m_context *c)
{
    mpfr_rnd_t rounding = m_rounding(c);
    m_fit(r, mpfr_set(r, s, rounding), rounding, c);
}

void m_sum_get_mean(mpfr_ptr r, mpfr_srcptr s, size_t n, const m_context *c)
{
    m_context sums = m_sum_context(c);
    M_LOCAL(t, &sums);
    m_div_si(t, s, (long)n, &sums);
    m_sum_get(r, t, c);
}

void m_matmul(m_element *restrict y, m_matrix a, m_matrix b, size_t m, size_t k, size_t n, const m_context *c)
{
    for (size_t i = 0; i < m; i++)
        m_dots(y + i * n, a.data + (ptrdiff_t)i * a.rows, a.columns, b, k, n, c);
}

void m_matmul_add(m_element *restrict y, m_matrix a, m_matrix b, size_t m, size_t k, size_t n,
                  const m_context *c)
{
    M_LOCAL(t, c);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            m_dot(t, a.data + (ptrdiff_t)i * a.rows, a.columns, b.data + (ptrdiff_t)j * b.columns, b.rows, k,
                  c);
            m_add(y + i * n + j, y + i * n + j, t, c);
        }
}
