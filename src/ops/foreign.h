/* Ops of an engine's own, "engine:NAME": the graph holds their place, and only the engine can compute them. */
#ifndef GCK_OPS_FOREIGN_H
#define GCK_OPS_FOREIGN_H
#include "base/arena.h"
#include "ops/op.h"

/* "engine:" */
extern const char FOREIGN[];

/* An op of that name, in the arena; NULL when memory fails. It takes any arguments; `shape` says what it gives.
 */
const struct op *foreign_new(struct arena *arena, const char *name);
bool foreign_is(const struct op *op);

d_kernel d_foreign_forward, d_foreign_backward;
m_kernel m_foreign_forward, m_foreign_backward;
r_kernel r_foreign_forward, r_foreign_backward;

#endif
