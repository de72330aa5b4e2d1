/* The dot product of the scalar layer: term by term in contexts that round every operation, and in fixed
 * point on GMP's mpn layer in wide ones. */
#include <gmp.h>
#include <limits.h>
#include <stdint.h>

#include "real/real_mpfr.h"

/* Multiplies and adds one by one, rounding every operation. */
static void dot_in_order(mpfr_ptr r, const m_element *a, ptrdiff_t da, const m_element *b, ptrdiff_t db,
                         size_t n, const m_context *c)
{
    m_context sums = m_sum_context(c);
    M_LOCAL(s, &sums);
    M_LOCAL(t, &sums);
    for (size_t i = 0; i < n; i++) {
        m_mul(t, a + (ptrdiff_t)i * da, b + (ptrdiff_t)i * db, &sums);
        m_add(s, s, t, &sums);
    }
    mpfr_rnd_t rounding = m_rounding(c);
    m_fit(r, mpfr_set(r, s, rounding), rounding, c);
}

/* One place of the window: a limb, and above it the carries that it has not passed on yet. Without a chain
 * of carries the places of a term are added side by side, and 2^64 terms fit. */
#if GMP_NUMB_BITS == 64
__extension__ typedef unsigned __int128 place;
#else
typedef uint64_t place;
#endif

enum { GUARD = 64 / GMP_NUMB_BITS }; /* places below the sums' precision */

/* Two sums in fixed point, of the positive and of the negative products. The places are the limbs of a
 * fraction of 2^top, place 0 the lowest; the weight of its last bit, 2^(top - GMP_NUMB_BITS size), is a
 * *unit*.
 *
 * The error: a product loses what lies below the window, less than one unit, towards zero. So the positive
 * and the negative sum are short by less than as many units as they have terms, and their difference is
 * off by less than n units. A unit is 2^(top - GMP_NUMB_BITS size) <= 2^(top - sum_bits - 64), and the
 * largest product is >= 2^(top - 2): n units <= n 2^-(sum_bits + 62) max |a_i b_i|. */
struct window {
    mpfr_exp_t top;
    size_t size;
    place sums[2][M_MOST_LIMBS + GUARD];
};

enum found { NO_PRODUCT, PRODUCTS, IN_ORDER };

/* Finds `top`, the largest exponent of a product; every |a_i b_i| < 2^top, and one is >= 2^(top - 2). It
 * cannot overflow: MPFR's exponents stay below 2^62. IN_ORDER: there is an infinity, a NaN or another
 * precision than the context's. */
static enum found scan(mpfr_exp_t *top, const m_element *a, ptrdiff_t da, const m_element *b, ptrdiff_t db,
                       size_t n, const m_context *c)
{
    *top = LONG_MIN;
    for (size_t i = 0; i < n; i++) {
        mpfr_srcptr x = a + (ptrdiff_t)i * da, y = b + (ptrdiff_t)i * db;
        if (mpfr_get_prec(x) != c->bits || mpfr_get_prec(y) != c->bits)
            return IN_ORDER;
        if (mpfr_regular_p(x) && mpfr_regular_p(y)) {
            mpfr_exp_t exponent = mpfr_get_exp(x) + mpfr_get_exp(y);
            *top = exponent > *top ? exponent : *top;
        } else if (!mpfr_number_p(x) || !mpfr_number_p(y)) {
            return IN_ORDER;
        }
    }
    return *top == LONG_MIN ? NO_PRODUCT : PRODUCTS;
}

/* sum += 0.p 2^-shift, in places: p has n limbs, and what lies below the window is cut off. */
static inline void add_shifted(place *sum, size_t size, const mp_limb_t *p, size_t n, unsigned long shift)
{
    if (shift / GMP_NUMB_BITS >= size)
        return;
    size_t left = size - shift / GMP_NUMB_BITS;
    unsigned bits = shift % GMP_NUMB_BITS;
    mp_limb_t above = 0;
    for (; n && left; above = p[n]) {
        n--;
        left--;
        sum[left] += above << 1 << (GMP_NUMB_BITS - 1 - bits) | p[n] >> bits;
    }
    if (left)
        sum[left - 1] += above << 1 << (GMP_NUMB_BITS - 1 - bits);
}

/* Adds a b, both regular and of `n` limbs, to its sum. */
static inline void add_product(struct window *window, mpfr_srcptr a, mpfr_srcptr b, size_t n)
{
    const mp_limb_t *x = mpfr_custom_get_significand(a), *y = mpfr_custom_get_significand(b);
    size_t nx = n, ny = n;
    mp_limb_t product[2 * M_MOST_LIMBS];
    for (; *x == 0; x++) /* a double fills one limb only */
        nx--;
    for (; *y == 0; y++)
        ny--;
    if (ny == 1)
        product[nx] = mpn_mul_1(product, x, (mp_size_t)nx, *y);
    else if (nx == 1)
        product[ny] = mpn_mul_1(product, y, (mp_size_t)ny, *x);
    else if (nx == ny)
        mpn_mul_n(product, x, y, (mp_size_t)nx);
    else if (nx > ny)
        mpn_mul(product, x, (mp_size_t)nx, y, (mp_size_t)ny);
    else
        mpn_mul(product, y, (mp_size_t)ny, x, (mp_size_t)nx);
    unsigned long shift = (unsigned long)window->top - (unsigned long)(mpfr_get_exp(a) + mpfr_get_exp(b));
    add_shifted(window->sums[mpfr_signbit(a) != mpfr_signbit(b)], window->size, product, nx + ny, shift);
}

/* limbs (size + 1 of them) = the places with their carries passed on. */
static void pass_carries(mp_limb_t *limbs, const place *sum, size_t size)
{
    place carry = 0;
    for (size_t i = 0; i < size; i++) {
        carry += sum[i] & GMP_NUMB_MAX;
        limbs[i] = (mp_limb_t)carry;
        carry = (carry >> GMP_NUMB_BITS) + (sum[i] >> GMP_NUMB_BITS);
    }
    limbs[size] = (mp_limb_t)carry;
}

/* r = the positive sum minus the negative one, rounded. mpfr_mul_2si takes any `top`: it overflows and
 * underflows as MPFR does. */
static void difference(mpfr_ptr r, const struct window *window, mpfr_rnd_t rounding)
{
    mp_limb_t positive[M_MOST_LIMBS + GUARD + 1], negative[M_MOST_LIMBS + GUARD + 1];
    mp_size_t n = (mp_size_t)window->size + 1;
    pass_carries(positive, window->sums[0], window->size);
    pass_carries(negative, window->sums[1], window->size);
    int sign = mpn_cmp(positive, negative, n);
    if (sign == 0) {
        mpfr_set_zero(r, 1);
        return;
    }
    if (sign > 0)
        mpn_sub_n(positive, positive, negative, n);
    else
        mpn_sub_n(positive, negative, positive, n);
    long exponent = GMP_NUMB_BITS; /* of the limbs as a fraction, counted from top */
    for (; positive[n - 1] == 0; n--)
        exponent -= GMP_NUMB_BITS;
    unsigned shift = (unsigned)((size_t)n * GMP_NUMB_BITS - mpn_sizeinbase(positive, n, 2));
    if (shift)
        mpn_lshift(positive, positive, n, shift);
    mpfr_t exact;
    mpfr_custom_init_set(exact, sign > 0 ? MPFR_REGULAR_KIND : -MPFR_REGULAR_KIND, exponent - (long)shift,
                         n * GMP_NUMB_BITS, positive);
    mpfr_set(r, exact, rounding);
    mpfr_mul_2si(r, r, window->top, rounding);
}

static size_t limbs_of(mpfr_prec_t bits)
{
    return ((size_t)bits + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS;
}

/* Sums exactly in a window of fixed point, and rounds once. */
static void dot_rounded_once(mpfr_ptr r, const m_element *a, ptrdiff_t da, const m_element *b, ptrdiff_t db,
                             size_t n, const m_context *c)
{
    struct window window;
    enum found found = scan(&window.top, a, da, b, db, n, c);
    if (found == IN_ORDER) {
        dot_in_order(r, a, da, b, db, n, c);
        return;
    }
    if (found == NO_PRODUCT) {
        mpfr_set_zero(r, 1);
        return;
    }
    window.size = limbs_of(c->sum_bits) + GUARD;
    for (size_t i = 0; i < window.size; i++)
        window.sums[0][i] = window.sums[1][i] = 0;
    size_t limbs = limbs_of(c->bits);
    for (size_t i = 0; i < n; i++) {
        mpfr_srcptr x = a + (ptrdiff_t)i * da, y = b + (ptrdiff_t)i * db;
        if (mpfr_regular_p(x) && mpfr_regular_p(y))
            add_product(&window, x, y, limbs);
    }
    difference(r, &window, c->rounding);
}

void m_dot(mpfr_ptr r, const m_element *a, ptrdiff_t da, const m_element *b, ptrdiff_t db, size_t n,
           const m_context *c)
{
    if (c->bits < M_DOT_WIDE || c->noise || c->emax || c->rounding != MPFR_RNDN) {
        dot_in_order(r, a, da, b, db, n, c);
    } else if (n == 1) { /* outer products: no window to set up */
        mpfr_mul(r, a, b, c->rounding);
        if (mpfr_zero_p(r))
            mpfr_set_zero(r, 1);
    } else {
        dot_rounded_once(r, a, da, b, db, n, c);
    }
}
