/* The dot product of the scalar layer: term by term in contexts that round every operation, and in fixed
 * point on GMP's mpn layer in wide ones. */
#include <gmp.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

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
        m_sum_term(s, t, &sums);
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

enum found { NO_PRODUCT, PRODUCTS, IN_ORDER };

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
    enum found found;
    place sums[2][M_MOST_LIMBS + GUARD];
};

/* Takes x y into `top`, the largest exponent of a product: then every |x y| < 2^top, and one is >= 2^(top - 2).
 * It cannot overflow: MPFR's exponents stay below 2^62. IN_ORDER: there is an infinity, a NaN or another
 * precision than the context's. */
static inline void scan(struct window *window, mpfr_srcptr x, mpfr_srcptr y, mpfr_prec_t bits)
{
    if (mpfr_get_prec(x) != bits || mpfr_get_prec(y) != bits) {
        window->found = IN_ORDER;
    } else if (mpfr_regular_p(x) && mpfr_regular_p(y)) {
        mpfr_exp_t exponent = mpfr_get_exp(x) + mpfr_get_exp(y);
        if (window->found == NO_PRODUCT || exponent > window->top)
            window->top = exponent;
        if (window->found == NO_PRODUCT)
            window->found = PRODUCTS;
    } else if (!mpfr_number_p(x) || !mpfr_number_p(y)) {
        window->found = IN_ORDER;
    }
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

/* A factor: its limbs without the zeros at the low end. */
struct factor {
    const mp_limb_t *limbs;
    size_t size;
    mpfr_exp_t exponent;
    int sign;
};

/* x is regular and has n limbs. */
static inline struct factor factor_of(mpfr_srcptr x, size_t n)
{
    const mp_limb_t *limbs = mpfr_custom_get_significand(x);
    for (; *limbs == 0; limbs++) /* a double fills one limb only */
        n--;
    return (struct factor){limbs, n, mpfr_get_exp(x), mpfr_signbit(x)};
}

/* Adds a b to its sum. */
static inline void add_product(struct window *window, const struct factor *a, const struct factor *b)
{
    const mp_limb_t *x = a->limbs, *y = b->limbs;
    size_t nx = a->size, ny = b->size;
    mp_limb_t product[2 * M_MOST_LIMBS];
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
    unsigned long shift = (unsigned long)window->top - (unsigned long)(a->exponent + b->exponent);
    add_shifted(window->sums[a->sign != b->sign], window->size, product, nx + ny, shift);
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

/* A panel of dots: row a times columns of b, one window each. Rows of b are read whole, and fetched some rows
 * ahead, so that columns of a matrix too large for the caches do not wait for memory term by term. */
enum { PANEL = 32, AHEAD = 4 };

#if defined __GNUC__
#define INLINE __attribute__((always_inline)) static inline
#define FETCH(address) __builtin_prefetch(address)
#else
#define INLINE static inline
#define FETCH(address) ((void)(address))
#endif

INLINE mpfr_srcptr panel_at(m_matrix b, size_t i, size_t j)
{
    return b.data + (ptrdiff_t)i * b.rows + (ptrdiff_t)j * b.columns;
}

INLINE void panel_scan(struct window *panel, const m_element *a, ptrdiff_t da, m_matrix b, size_t n,
                       size_t width, mpfr_prec_t bits)
{
    for (size_t j = 0; j < width; j++)
        panel[j].found = NO_PRODUCT;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < width && width > 1 && i + AHEAD < n; j++)
            FETCH(panel_at(b, i + AHEAD, j));
        for (size_t j = 0; j < width; j++)
            scan(&panel[j], a + (ptrdiff_t)i * da, panel_at(b, i, j), bits);
    }
}

INLINE void panel_add(struct window *panel, const m_element *a, ptrdiff_t da, m_matrix b, size_t n,
                      size_t width, size_t limbs)
{
    for (size_t i = 0; i < n; i++) {
        mpfr_srcptr x = a + (ptrdiff_t)i * da;
        for (size_t j = 0; j < width && width > 1 && i + AHEAD < n; j++) {
            FETCH(panel_at(b, i + AHEAD, j));
            FETCH(mpfr_custom_get_significand(panel_at(b, i + AHEAD / 2, j)));
        }
        if (!mpfr_regular_p(x))
            continue;
        struct factor left = factor_of(x, limbs);
        for (size_t j = 0; j < width; j++) {
            mpfr_srcptr y = panel_at(b, i, j);
            if (!mpfr_regular_p(y) || panel[j].found == IN_ORDER)
                continue;
            struct factor right = factor_of(y, limbs);
            add_product(&panel[j], &left, &right);
        }
    }
}

/* Sums exactly in windows of fixed point, and rounds each sum once. Inlined, so that one dot alone runs without
 * loops over the panel. */
INLINE void panel_take(struct window *panel, m_element *r, const m_element *a, ptrdiff_t da, m_matrix b,
                       size_t n, size_t width, const m_context *c)
{
    size_t size = limbs_of(c->sum_bits) + GUARD;
    panel_scan(panel, a, da, b, n, width, c->bits);
    for (size_t j = 0; j < width; j++) {
        panel[j].size = size;
        for (size_t i = 0; i < size; i++)
            panel[j].sums[0][i] = panel[j].sums[1][i] = 0;
    }
    panel_add(panel, a, da, b, n, width, limbs_of(c->bits));
    for (size_t j = 0; j < width; j++)
        if (panel[j].found == IN_ORDER)
            dot_in_order(r + j, a, da, b.data + (ptrdiff_t)j * b.columns, b.rows, n, c);
        else if (panel[j].found == NO_PRODUCT)
            mpfr_set_zero(r + j, 1);
        else
            difference(r + j, &panel[j], c->rounding);
}

/* A product alone needs no window. */
static void single(mpfr_ptr r, mpfr_srcptr a, mpfr_srcptr b, const m_context *c)
{
    mpfr_mul(r, a, b, c->rounding);
    if (mpfr_zero_p(r))
        mpfr_set_zero(r, 1);
}

static bool rounds_once(const m_context *c)
{
    return c->bits >= M_DOT_WIDE && !c->noise && !c->emax && c->rounding == MPFR_RNDN;
}

void m_dot(mpfr_ptr r, const m_element *a, ptrdiff_t da, const m_element *b, ptrdiff_t db, size_t n,
           const m_context *c)
{
    struct window window;
    if (!rounds_once(c))
        dot_in_order(r, a, da, b, db, n, c);
    else if (n == 1)
        single(r, a, b, c);
    else
        panel_take(&window, r, a, da, (m_matrix){b, db, 0}, n, 1, c);
}

void m_dots(m_element *r, const m_element *a, ptrdiff_t da, m_matrix b, size_t n, size_t width,
            const m_context *c)
{
    struct window panel[PANEL];
    bool alone = n == 1 || labs(b.rows) <= labs(b.columns) || !rounds_once(c);
    for (size_t j = 0, taken; j < width; j += taken) {
        m_matrix columns = {b.data + (ptrdiff_t)j * b.columns, b.rows, b.columns};
        taken = alone ? 1 : width - j < PANEL ? width - j : PANEL;
        if (taken == 1)
            m_dot(r + j, a, da, columns.data, b.rows, n, c);
        else
            panel_take(panel, r + j, a, da, columns, n, taken, c);
    }
}
