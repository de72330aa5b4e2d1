/* For kernel files, compiled once per scalar: declares every op's forward and backward, and the steps
 * that families share. */
#ifndef GCK_OPS_KERNELS_H
#define GCK_OPS_KERNELS_H
#include "ops/op.h"
#include "real/real.h"
#include "tensor/walk.h"

#define OP(name, ...)                                                                                          \
    void R(name##_forward)(const R(call) * k, const R(context) * c);                                           \
    void R(name##_backward)(const R(call) * k, const R(context) * c);
#include "ops/ops.def"
#undef OP

/* r = the real attribute `name`, rounded to the format being computed. */
static inline void R(attribute)(R(element) * r, const R(call) * k, const char *name, const R(context) * c)
{
    R(set_text)(r, node_attribute(k->node, name)->text, c);
}

/* dx += t summed over the axes along which dx (of shape `small`) is broadcast to `large`. */
void R(add_reduced)(R(element) * dx, const struct shape *small, const R(element) * t, const struct shape *large,
                    const R(context) * c);

#endif
