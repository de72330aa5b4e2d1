/* The scalar `mpfr_t` at the context's precision, rounding and range. Elements and locals live in
 * memory of ours (custom init): never mpfr_clear, mpfr_set_prec or mpfr_swap them. */
#ifndef GCK_REAL_MPFR_H
#define GCK_REAL_MPFR_H
#include <mpfr.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/random.h"
#include "real/decisions.h"
#include "real/dtype.h"

/* Bits that a reference may have. */
enum { LEAST_BITS = 64, MOST_BITS = 4096 };

enum {
    M_MOST_BITS = MOST_BITS + 128, /* and guard bits; locals stay on the stack */
    M_MOST_LIMBS = (M_MOST_BITS + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS
};

typedef __mpfr_struct m_element;
typedef mpfr_t m_real;

typedef struct m_context {
    mpfr_prec_t bits;      /* significand of every element and local */
    mpfr_prec_t sum_bits;  /* significand of accumulators, >= bits */
    mpfr_rnd_t rounding;   /* of every operation, unless there is noise */
    struct random *noise;  /* every operation rounds up or down at random; NULL: none */
    mpfr_exp_t emin, emax; /* range with gradual underflow, as in dtype.h; emax = 0: MPFR's own */
    bool exact_text;       /* decimal attributes at full precision, not rounded to `dtype` */
    enum dtype dtype;
    struct decisions *decisions; /* NULL: compare, remember nothing */
    bool claims;                 /* follow claimed derivatives instead of true ones */
} m_context;

/* A reference context: `bits` wide, at most M_MOST_BITS, to nearest, MPFR's own range. */
m_context m_context_wide(mpfr_prec_t bits, enum dtype dtype);
/* A context that computes as hardware of this format does. */
m_context m_context_dtype(enum dtype dtype);

/* The context in which c's sums accumulate. */
m_context m_sum_context(const m_context *c);

/* A zeroed scratch number. */
#define M_LOCAL(x, c)                                                                                          \
    m_real x;                                                                                                  \
    mp_limb_t x##_limbs[M_MOST_LIMBS];                                                                         \
    mpfr_custom_init(x##_limbs, (c)->bits);                                                                    \
    mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, (c)->bits, x##_limbs)

/* Brings a result outside the context's range back into it: gradual underflow, overflow. `ternary` is
 * what the operation returned, `rounding` how it rounded. */
void m_fit_slow(mpfr_ptr r, int ternary, mpfr_rnd_t rounding, const m_context *c);

static inline void m_fit(mpfr_ptr r, int ternary, mpfr_rnd_t rounding, const m_context *c)
{
    if (c->emax && mpfr_regular_p(r) &&
        (mpfr_get_exp(r) > c->emax || mpfr_get_exp(r) < c->emin + (mpfr_exp_t)mpfr_get_prec(r) - 1))
        m_fit_slow(r, ternary, rounding, c);
}

static inline mpfr_rnd_t m_rounding(const m_context *c)
{
    if (!c->noise)
        return c->rounding;
    return random_next(c->noise) >> 63 ? MPFR_RNDU : MPFR_RNDD;
}

#define M_UNARY(name, call)                                                                                    \
    static inline void m_##name(mpfr_ptr r, mpfr_srcptr a, const m_context *c)                                 \
    {                                                                                                          \
        mpfr_rnd_t rounding = m_rounding(c);                                                                   \
        m_fit(r, call, rounding, c);                                                                           \
    }
#define M_BINARY(name)                                                                                         \
    static inline void m_##name(mpfr_ptr r, mpfr_srcptr a, mpfr_srcptr b, const m_context *c)                  \
    {                                                                                                          \
        mpfr_rnd_t rounding = m_rounding(c);                                                                   \
        m_fit(r, mpfr_##name(r, a, b, rounding), rounding, c);                                                 \
    }
M_UNARY(one_minus, mpfr_ui_sub(r, 1, a, rounding))
M_UNARY(sqrt, mpfr_sqrt(r, a, rounding))
M_UNARY(exp, mpfr_exp(r, a, rounding))
M_UNARY(expm1, mpfr_expm1(r, a, rounding))
M_UNARY(log, mpfr_log(r, a, rounding))
M_UNARY(log1p, mpfr_log1p(r, a, rounding))
M_UNARY(log2, mpfr_log2(r, a, rounding))
M_UNARY(sin, mpfr_sin(r, a, rounding))
M_UNARY(cos, mpfr_cos(r, a, rounding))
M_UNARY(tan, mpfr_tan(r, a, rounding))
M_UNARY(asin, mpfr_asin(r, a, rounding))
M_UNARY(acos, mpfr_acos(r, a, rounding))
M_UNARY(atan, mpfr_atan(r, a, rounding))
M_UNARY(sinh, mpfr_sinh(r, a, rounding))
M_UNARY(cosh, mpfr_cosh(r, a, rounding))
M_UNARY(tanh, mpfr_tanh(r, a, rounding))
M_UNARY(asinh, mpfr_asinh(r, a, rounding))
M_UNARY(acosh, mpfr_acosh(r, a, rounding))
M_UNARY(atanh, mpfr_atanh(r, a, rounding))
M_UNARY(erf, mpfr_erf(r, a, rounding))
M_UNARY(erfc, mpfr_erfc(r, a, rounding))
M_UNARY(lgamma, mpfr_lgamma(r, &(int){0}, a, rounding)) /* log |gamma|: the sign is dropped */
M_UNARY(digamma, mpfr_digamma(r, a, rounding))
M_BINARY(add)
M_BINARY(sub)
M_BINARY(mul)
M_BINARY(div)
M_BINARY(pow)
M_BINARY(atan2)
M_BINARY(hypot)
#undef M_UNARY
#undef M_BINARY

static inline void m_fma(mpfr_ptr r, mpfr_srcptr a, mpfr_srcptr b, mpfr_srcptr s, const m_context *c)
{
    mpfr_rnd_t rounding = m_rounding(c);
    m_fit(r, mpfr_fma(r, a, b, s, rounding), rounding, c);
}

static inline void m_set_pi(mpfr_ptr r, const m_context *c)
{
    mpfr_rnd_t rounding = m_rounding(c);
    m_fit(r, mpfr_const_pi(r, rounding), rounding, c);
}

static inline long m_bits(const m_context *c)
{
    return c->bits;
}

/* Exact: operands have the destination's precision. */
static inline void m_set(mpfr_ptr r, mpfr_srcptr a, const m_context *c)
{
    m_fit(r, mpfr_set(r, a, c->rounding), c->rounding, c);
}

static inline void m_neg(mpfr_ptr r, mpfr_srcptr a, const m_context *c)
{
    mpfr_neg(r, a, c->rounding);
}

static inline void m_abs(mpfr_ptr r, mpfr_srcptr a, const m_context *c)
{
    mpfr_abs(r, a, c->rounding);
}

static inline void m_set_si(mpfr_ptr r, long a, const m_context *c)
{
    m_fit(r, mpfr_set_si(r, a, c->rounding), c->rounding, c);
}

static inline void m_set_double(mpfr_ptr r, double a, const m_context *c)
{
    m_fit(r, mpfr_set_d(r, a, c->rounding), c->rounding, c);
}

static inline void m_mul_si(mpfr_ptr r, mpfr_srcptr a, long k, const m_context *c)
{
    mpfr_rnd_t rounding = m_rounding(c);
    m_fit(r, mpfr_mul_si(r, a, k, rounding), rounding, c);
}

static inline void m_div_si(mpfr_ptr r, mpfr_srcptr a, long k, const m_context *c)
{
    mpfr_rnd_t rounding = m_rounding(c);
    m_fit(r, mpfr_div_si(r, a, k, rounding), rounding, c);
}

static inline void m_scale(mpfr_ptr r, mpfr_srcptr a, int k, const m_context *c)
{
    mpfr_rnd_t rounding = m_rounding(c);
    m_fit(r, mpfr_mul_2si(r, a, k, rounding), rounding, c);
}

void m_set_text(mpfr_ptr r, const char *text, const m_context *c);

static inline double m_to_double(mpfr_srcptr a)
{
    return mpfr_get_d(a, MPFR_RNDN);
}

static inline int m_sign(mpfr_srcptr a)
{
    return mpfr_nan_p(a) ? 0 : mpfr_sgn(a);
}

static inline bool m_is_zero(mpfr_srcptr a)
{
    return mpfr_zero_p(a);
}

static inline bool m_is_nan(mpfr_srcptr a)
{
    return mpfr_nan_p(a);
}

static inline bool m_is_finite(mpfr_srcptr a)
{
    return mpfr_number_p(a);
}

static inline bool m_less(mpfr_srcptr a, mpfr_srcptr b)
{
    return mpfr_less_p(a, b);
}

static inline int m_compare(mpfr_srcptr a, mpfr_srcptr b, const m_context *c)
{
    int outcome = mpfr_greater_p(a, b) - mpfr_less_p(a, b);
    return c->decisions ? decisions_take(c->decisions, outcome) : outcome;
}

/* A zeroed accumulator: a local that sum_add adds to in order, in sum precision, and sum_get rounds. */
#define M_SUM(s, c)                                                                                            \
    m_real s;                                                                                                  \
    mp_limb_t s##_limbs[M_MOST_LIMBS];                                                                         \
    mpfr_custom_init(s##_limbs, (c)->sum_bits);                                                                \
    mpfr_custom_init_set(s, MPFR_ZERO_KIND, 0, (c)->sum_bits, s##_limbs)

/* s += x. Under noise an exact partial sum is moved to one of its neighbours too: another order of the terms
 * has other partial sums, and few are as lucky. */
void m_sum_term(mpfr_ptr s, mpfr_srcptr x, const m_context *sums);
/* s += a[i da] for i < n. */
void m_sum_add(mpfr_ptr s, const m_element *a, ptrdiff_t da, size_t n, const m_context *c);
void m_sum_get(mpfr_ptr r, mpfr_srcptr s, const m_context *c);
/* The accumulator divided by n in sum precision, then rounded: a mean overflows only when it must. */
void m_sum_get_mean(mpfr_ptr r, mpfr_srcptr s, size_t n, const m_context *c);

/* r = sum of a[i da] b[i db] for i < n; r is none of them.
 *
 * Contexts that round every operation (noise, a range, a directed rounding, fewer than M_DOT_WIDE bits)
 * multiply and add one by one in order; so do the others when an element is infinite, a NaN or not of c's
 * precision. Otherwise the sum is rounded once: barring overflow and underflow of r,
 *
 *     |r - sum| <= ulp(r) / 2 + n 2^-(sum_bits + 62) max |a_i b_i|
 *
 * whatever the order and the exponents of the terms (ulp(0) = 0; proof in dot.c). After cancellation this
 * is an absolute error: a sum that much smaller than its terms may come out as 0. An exact zero is +0, as
 * that of no terms. Stack only. n < 2^63. */
void m_dot(mpfr_ptr r, const m_element *a, ptrdiff_t da, const m_element *b, ptrdiff_t db, size_t n,
           const m_context *c);
enum { M_DOT_WIDE = 113 };

/* As d_matrix, d_matmul and d_matmul_add. */
typedef struct m_matrix {
    const m_element *data;
    ptrdiff_t rows, columns;
} m_matrix;
/* r[j] = m_dot of a[i da] and column j of b, for j < width: the same numbers, sooner. */
void m_dots(m_element *r, const m_element *a, ptrdiff_t da, m_matrix b, size_t n, size_t width,
            const m_context *c);
void m_matmul(m_element *restrict y, m_matrix a, m_matrix b, size_t m, size_t k, size_t n, const m_context *c);
void m_matmul_add(m_element *restrict y, m_matrix a, m_matrix b, size_t m, size_t k, size_t n,
                  const m_context *c);

#endif
