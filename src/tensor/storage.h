/* Where the elements of tensors live: arrays of double, and MPFR headers over one slab of limbs. */
#ifndef GCK_TENSOR_STORAGE_H
#define GCK_TENSOR_STORAGE_H
#include "base/arena.h"
#include "real/real_double.h"
#include "real/real_mpfr.h"
#include "real/real_reordered.h"

/* n zeros in the arena; NULL when memory fails. */
d_element *d_elements(struct arena *arena, size_t n, const d_context *c);
m_element *m_elements(struct arena *arena, size_t n, const m_context *c);
r_element *r_elements(struct arena *arena, size_t n, const r_context *c);

/* Sets all to +0. */
void d_zero(d_element *x, size_t n);
void m_zero(m_element *x, size_t n);
void r_zero(r_element *x, size_t n);

#endif
