/* The built-in engines: our own kernels in double, and rounded to the narrower dtypes through MPFR. They
 * follow a formula's claimed derivative where a case has one. */
#ifndef GCK_ENGINE_BUILTIN_H
#define GCK_ENGINE_BUILTIN_H
#include <gradcheck.h>

gck_engine_function builtin_grad;

#endif
