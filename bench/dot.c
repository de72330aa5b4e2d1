/* Times m_dot against mpfr_mul and mpfr_add on the same numbers, side by side on one core.
 *
 *     cc -std=c11 -D_GNU_SOURCE -O2 -Isrc bench/dot.c src/real/dot.c src/real/real_mpfr.c src/real/dtype.c \
 *        src/real/decisions.c -lmpfr -lgmp -lm -o /tmp/bench-dot && /tmp/bench-dot
 *
 * Three kinds of numbers, all with normally distributed values: full significands on both sides, doubles on
 * one side (inputs times gradients), doubles on both. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "real/real_mpfr.h"

enum { MOST = 3072, ROUNDS = 7, TERMS = 60000 };

struct vector {
    m_element heads[MOST];
    mp_limb_t limbs[MOST * M_MOST_LIMBS];
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(struct random *random)
{
    return ((double)(random_next(random) >> 11) + 0.5) * 0x1p-53;
}

static void fill(struct vector *v, mpfr_prec_t bits, bool doubles, struct random *random)
{
    size_t limbs = ((size_t)bits + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS;
    for (size_t i = 0; i < MOST; i++) {
        double normal = sqrt(-2 * log(uniform(random))) * cos(6.283185307179586 * uniform(random));
        mpfr_custom_init_set(v->heads + i, MPFR_ZERO_KIND, 0, bits, v->limbs + i * limbs);
        mpfr_set_d(v->heads + i, normal, MPFR_RNDN);
        if (!doubles)
            mpfr_div_ui(v->heads + i, v->heads + i, 3, MPFR_RNDN);
    }
}

static void mul_add(mpfr_ptr r, const m_element *a, const m_element *b, size_t n, const m_context *c)
{
    M_LOCAL(t, c);
    mpfr_set_zero(r, 1);
    for (size_t i = 0; i < n; i++) {
        mpfr_mul(t, a + i, b + i, MPFR_RNDN);
        mpfr_add(r, r, t, MPFR_RNDN);
    }
}

/* The best of some rounds, in ns a term: [0] for mpfr_mul and mpfr_add, [1] for m_dot. */
static void measure(double best[2], const struct vector *a, const struct vector *b, size_t n,
                    const m_context *c)
{
    M_LOCAL(r, c);
    size_t dots = MOST / n, repeats = TERMS / (dots * n) + 1;
    best[0] = best[1] = INFINITY;
    for (int round = 0; round < 2 * ROUNDS; round++) {
        double start = seconds();
        for (size_t i = 0; i < repeats * dots; i++) {
            size_t at = i % dots * n;
            if (round % 2)
                m_dot(r, a->heads + at, 1, b->heads + at, 1, n, c);
            else
                mul_add(r, a->heads + at, b->heads + at, n, c);
        }
        best[round % 2] = fmin(best[round % 2], 1e9 * (seconds() - start) / (double)(repeats * dots * n));
    }
}

int main(void)
{
    static const mpfr_prec_t widths[] = {128, 256, 320, 512, 1024};
    static const size_t lengths[] = {4, 16, 100, 784, 3072};
    static const char *const kinds[] = {"full x full", "full x double", "double x double"};
    struct vector *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    if (!a || !b)
        return 1;
    puts("ns a term: mpfr_mul + mpfr_add, m_dot, ratio");
    for (int kind = 0; kind < 3; kind++) {
        printf("\n%-16s", kinds[kind]);
        for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++)
            printf("         n = %-6zu", lengths[j]);
        putchar('\n');
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            struct random random = random_new(1, i);
            m_context c = m_context_wide(widths[i], FLOAT64);
            fill(a, widths[i], kind > 1, &random);
            fill(b, widths[i], kind > 0, &random);
            printf("%6ld bits     ", (long)widths[i]);
            for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
                double best[2];
                measure(best, a, b, lengths[j], &c);
                printf("  %6.1f %6.1f %4.1fx", best[0], best[1], best[0] / best[1]);
            }
            putchar('\n');
        }
    }
    free(a);
    free(b);
    return 0;
}
