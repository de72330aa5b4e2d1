/* Where the elements of tensors live. */
#include "tensor/storage.h"

#include <stdint.h>
#include <string.h>

d_element *d_elements(struct arena *arena, size_t n, const d_context *c)
{
    (void)c;
    return arena_alloc(arena, n, sizeof(d_element));
}

r_element *r_elements(struct arena *arena, size_t n, const r_context *c)
{
    (void)c;
    return arena_alloc(arena, n, sizeof(r_element));
}

m_element *m_elements(struct arena *arena, size_t n, const m_context *c)
{
    size_t limbs = mpfr_custom_get_size(c->bits) / sizeof(mp_limb_t);
    if (n > SIZE_MAX / sizeof(mp_limb_t) / limbs)
        return NULL;
    m_element *x = arena_alloc(arena, n, sizeof(m_element));
    mp_limb_t *slab = arena_alloc(arena, n * limbs, sizeof(mp_limb_t));
    if (!x || !slab)
        return NULL;
    for (size_t i = 0; i < n; i++)
        mpfr_custom_init_set(x + i, MPFR_ZERO_KIND, 0, c->bits, slab + i * limbs);
    return x;
}

void d_zero(d_element *x, size_t n)
{
    memset(x, 0, n * sizeof *x);
}

void r_zero(r_element *x, size_t n)
{
    memset(x, 0, n * sizeof *x);
}

void m_zero(m_element *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mpfr_set_zero(x + i, 1);
}
