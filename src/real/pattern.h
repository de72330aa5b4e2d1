/* Patterns: the bits in which files and messages hold numbers of a dtype. */
#ifndef GCK_REAL_PATTERN_H
#define GCK_REAL_PATTERN_H
#include <stddef.h>
#include <stdint.h>

#include "real/dtype.h"

/* Bytes of one number. */
size_t pattern_width(enum dtype dtype);

/* The bits of x, a number of the dtype, as an unsigned number. */
uint64_t pattern_of(enum dtype dtype, double x);
/* The number with these bits; every one is exact in double. */
double pattern_number(enum dtype dtype, uint64_t pattern);

#endif
