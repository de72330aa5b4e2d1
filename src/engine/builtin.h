/* The built-in engines: our own kernels in double, and rounded to the narrower dtypes through MPFR. They
 * follow a formula's claimed derivative where a case has one. */
#ifndef GCK_ENGINE_BUILTIN_H
#define GCK_ENGINE_BUILTIN_H
#include <gradcheck.h>

#include "graph/evaluation.h"

gck_engine_function builtin_grad;

/* Right code that computes otherwise, in every dtype: real/real_reordered.h and src/engine/otherwise.c. What
 * the budget does not grant it is a false alarm. */
gck_engine_function reordered_grad;
extern const char reordered_name[]; /* "builtin:reordered" */

/* The answer of both sweeps in a context. */
gck_status d_builtin_answer(gck_answer *answer, const gck_request *request, const d_context *context);
gck_status m_builtin_answer(gck_answer *answer, const gck_request *request, const m_context *context);
gck_status r_builtin_answer(gck_answer *answer, const gck_request *request, const r_context *context);

#endif
