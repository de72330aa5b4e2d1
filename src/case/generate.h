/* Generated tensors: numbers that every machine and every language can make again, with whole-number
 * arithmetic and two divisions. docs/case-format.md states the same rules for users. */
#ifndef GCK_CASE_GENERATE_H
#define GCK_CASE_GENERATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two decimals a 10^exponent and b 10^exponent with the largest exponent that both have. */
struct decimals {
    int64_t a, b;
    int exponent;
};

/* Whether the two texts are decimals with |a|, |b| < 2^29 and |exponent| <= 22, so that everything below
 * is exact up to one rounding. */
bool decimals_read(struct decimals *d, const char *a, const char *b);

/* n numbers a + (b - a) k / 2^24, k the upper 24 bits of a random number. */
void generate_uniform(double *x, size_t n, const struct decimals *d, uint64_t seed);
/* n numbers a + b (s - 393210) / 65536, s the sum of twelve 16-bit random numbers: mean a, standard deviation
 * b (to 2^-33), and never farther than 6 b from the mean. */
void generate_normal(double *x, size_t n, const struct decimals *d, uint64_t seed);
/* n whole numbers low <= x < high; high - low <= 2^32. */
void generate_integers(int64_t *x, size_t n, int64_t low, int64_t high, uint64_t seed);

#endif
