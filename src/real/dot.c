/* The dot product of the scalar layer. */
#include "real/real_mpfr.h"

/* Multiplies and adds one by one, in order of index, rounding every operation. */
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

void m_dot(mpfr_ptr r, const m_element *a, ptrdiff_t da, const m_element *b, ptrdiff_t db, size_t n,
           const m_context *c)
{
    dot_in_order(r, a, da, b, db, n, c);
}
