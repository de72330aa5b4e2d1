/* The scalar layer. A kernel file includes this header and is compiled once per scalar: -DREAL_DOUBLE,
 * -DREAL_MPFR or -DREAL_REORDERED. R(x) names the scalar's own version of x.
 *
 * The verbs, destination first, context last; r may be one of the operands:
 *   set set_si set_double set_text to_double   neg abs add sub mul div sqrt one_minus mul_si div_si scale
 *   fma       a b + c, rounded once
 *   exp expm1 log log1p log2 pow   sin cos tan asin acos atan atan2   sinh cosh tanh asinh acosh atanh
 *   erf erfc lgamma digamma hypot set_pi            sign is_zero is_nan is_finite
 *   bits      significand of elements and locals
 *   less      a < b inside a smooth formula: not a decision
 *   compare   a decision: -1, 0, 1; recorded or replayed (decisions.h)
 *   sum_add, sum_get, sum_get_mean   an accumulator (SUM) in the context's sum precision, in order of index
 *   dot       strided; accumulates likewise
 *   matmul    the same dots for a whole matrix */
#ifndef GCK_REAL_REAL_H
#define GCK_REAL_REAL_H

#if defined REAL_DOUBLE
#include "real/real_double.h"
#define R(name) d_##name
#define LOCAL D_LOCAL
#define SUM D_SUM
#elif defined REAL_MPFR
#include "real/real_mpfr.h"
#define R(name) m_##name
#define LOCAL M_LOCAL
#define SUM M_SUM
#elif defined REAL_REORDERED
#include "real/real_reordered.h"
#define R(name) r_##name
#define LOCAL R_LOCAL
#define SUM R_SUM
#else
#error "compile kernels with -DREAL_DOUBLE, -DREAL_MPFR or -DREAL_REORDERED"
#endif

#endif
