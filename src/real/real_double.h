/* The scalar `double`, spoken with MPFR's verbs. d_real decays to a pointer as mpfr_t does, so a
 * kernel reads the same for both scalars and costs what hand-written double code costs. */
#ifndef GCK_REAL_DOUBLE_H
#define GCK_REAL_DOUBLE_H
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "real/decisions.h"
#include "real/dtype.h"
#include "real/special.h"

typedef double d_element;
typedef double d_real[1];

typedef struct d_context {
    struct decisions *decisions; /* NULL: compare, remember nothing */
    bool claims;                 /* follow claimed derivatives instead of true ones */
} d_context;

/* A zeroed scratch number. */
#define D_LOCAL(x, c)                                                                                          \
    d_real x = {0};                                                                                            \
    (void)(c)

#define D_UNARY(name, expression)                                                                              \
    static inline void d_##name(double *r, const double *a, const d_context *c)                                \
    {                                                                                                          \
        (void)c;                                                                                               \
        *r = (expression);                                                                                     \
    }
#define D_BINARY(name, expression)                                                                             \
    static inline void d_##name(double *r, const double *a, const double *b, const d_context *c)               \
    {                                                                                                          \
        (void)c;                                                                                               \
        *r = (expression);                                                                                     \
    }
D_UNARY(set, *a)
D_UNARY(neg, -*a)
D_UNARY(abs, fabs(*a))
D_UNARY(one_minus, 1 - *a)
D_UNARY(sqrt, sqrt(*a))
D_UNARY(exp, exp(*a))
D_UNARY(expm1, expm1(*a))
D_UNARY(log, log(*a))
D_UNARY(log1p, log1p(*a))
D_UNARY(log2, log2(*a))
D_UNARY(sin, sin(*a))
D_UNARY(cos, cos(*a))
D_UNARY(tan, tan(*a))
D_UNARY(asin, asin(*a))
D_UNARY(acos, acos(*a))
D_UNARY(atan, atan(*a))
D_UNARY(sinh, sinh(*a))
D_UNARY(cosh, cosh(*a))
D_UNARY(tanh, tanh(*a))
D_UNARY(asinh, asinh(*a))
D_UNARY(acosh, acosh(*a))
D_UNARY(atanh, atanh(*a))
D_UNARY(erf, erf(*a))
D_UNARY(erfc, erfc(*a))
D_UNARY(lgamma, special_lgamma(*a))
D_UNARY(digamma, special_digamma(*a))
D_BINARY(add, a[0] + b[0])
D_BINARY(sub, a[0] - b[0])
D_BINARY(mul, a[0] * b[0])
D_BINARY(div, a[0] / b[0])
D_BINARY(pow, pow(*a, *b))
D_BINARY(atan2, atan2(*a, *b))
D_BINARY(hypot, hypot(*a, *b))
#undef D_UNARY
#undef D_BINARY

/* r = a b + s, rounded once. */
static inline void d_fma(double *r, const double *a, const double *b, const double *s, const d_context *c)
{
    (void)c;
    *r = fma(*a, *b, *s);
}

static inline void d_set_pi(double *r, const d_context *c)
{
    (void)c;
    *r = 0x1.921fb54442d18p+1;
}

static inline long d_bits(const d_context *c)
{
    (void)c;
    return 53;
}

static inline void d_set_si(double *r, long a, const d_context *c)
{
    (void)c;
    *r = (double)a;
}

static inline void d_set_double(double *r, double a, const d_context *c)
{
    (void)c;
    *r = a;
}

/* r = a k for a small integer k. */
static inline void d_mul_si(double *r, const double *a, long k, const d_context *c)
{
    (void)c;
    *r = *a * (double)k;
}

/* r = a / k for a small integer k. */
static inline void d_div_si(double *r, const double *a, long k, const d_context *c)
{
    (void)c;
    *r = *a / (double)k;
}

/* 2^k, -1022 <= k <= 1023. */
static inline double d_power_of_two(int k)
{
    union {
        uint64_t bits;
        double value;
    } power = {.bits = (uint64_t)(k + 1023) << 52};
    return power.value;
}

/* r = a 2^k. */
static inline void d_scale(double *r, const double *a, int k, const d_context *c)
{
    (void)c;
    *r = k >= -1022 && k <= 1023 ? *a * d_power_of_two(k) : ldexp(*a, k);
}

/* r = the number a decimal attribute text stands for, in the format being computed. */
static inline void d_set_text(double *r, const char *text, const d_context *c)
{
    (void)c;
    dtype_parse(r, FLOAT64, text);
}

static inline double d_to_double(const double *a)
{
    return *a;
}

static inline int d_sign(const double *a)
{
    return (*a > 0) - (*a < 0);
}

static inline bool d_is_zero(const double *a)
{
    return *a == 0;
}

static inline bool d_is_nan(const double *a)
{
    return isnan(*a);
}

static inline bool d_is_finite(const double *a)
{
    return isfinite(*a);
}

/* a < b, as a step of a smooth formula: no decision. False with a NaN. */
static inline bool d_less(const double *a, const double *b)
{
    return *a < *b;
}

/* -1, 0 or 1 as a <, =, > b: a decision. NaN compares as equal. */
static inline int d_compare(const double *a, const double *b, const d_context *c)
{
    int outcome = (*a > *b) - (*a < *b);
    return c->decisions ? decisions_take(c->decisions, outcome) : outcome;
}

/* A zeroed accumulator: a local that sum_add adds to in order, in sum precision, and sum_get rounds. */
#define D_SUM(s, c) D_LOCAL(s, c)

/* s += a[i da] for i < n. */
static inline void d_sum_add(double *s, const double *a, ptrdiff_t da, size_t n, const d_context *c)
{
    double t = *s;
    (void)c;
    for (size_t i = 0; i < n; i++)
        t += a[(ptrdiff_t)i * da];
    *s = t;
}

static inline void d_sum_get(double *r, const double *s, const d_context *c)
{
    (void)c;
    *r = *s;
}

/* The accumulator divided by n in sum precision, then rounded: a mean overflows only when it must. */
static inline void d_sum_get_mean(double *r, const double *s, size_t n, const d_context *c)
{
    (void)c;
    *r = *s / (double)n;
}

/* r = sum of a[i da] b[i db] for i < n. */
static inline void d_dot(double *r, const double *a, ptrdiff_t da, const double *b, ptrdiff_t db, size_t n,
                         const d_context *c)
{
    double s = 0;
    (void)c;
    for (size_t i = 0; i < n; i++)
        s += a[(ptrdiff_t)i * da] * b[(ptrdiff_t)i * db];
    *r = s;
}

/* One matrix inside an array: element (i, j) is data[i rows + j columns]. */
typedef struct d_matrix {
    const double *data;
    ptrdiff_t rows, columns;
} d_matrix;

/* y (m x n, row-major) = a (m x k) b (k x n): y_ij is the dot of row i and column j, term by term in
 * order of k, so it equals d_dot bit for bit. y overlaps neither. */
void d_matmul(double *restrict y, d_matrix a, d_matrix b, size_t m, size_t k, size_t n, const d_context *c);
/* y += a b: each dot is rounded first, then added. */
void d_matmul_add(double *restrict y, d_matrix a, d_matrix b, size_t m, size_t k, size_t n, const d_context *c);

#endif
