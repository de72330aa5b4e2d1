/* A scalar for correct code that computes otherwise than ours: sums go backwards and pairwise, a product and
 * the sum that takes it are one operation (FMA), divisions multiply by a reciprocal, functions come from libm
 * and from other identities. Every result is rounded to the context's dtype; the half formats sum, and compute
 * functions, in float32. Nothing here is less stable than the verb of real_double.h. */
#ifndef GCK_REAL_REORDERED_H
#define GCK_REAL_REORDERED_H
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "real/decisions.h"
#include "real/dtype.h"

/* A number, and where it is the rounded product of two others, these: a sum takes the exact product. */
typedef struct r_element {
    double value, a, b;
    bool product;
} r_element;
typedef r_element r_real[1];

typedef struct r_context {
    enum dtype dtype;
    struct decisions *decisions; /* NULL: compare, remember nothing */
    bool claims;                 /* follow claimed derivatives instead of true ones */
} r_context;

/* A zeroed scratch number. */
#define R_LOCAL(x, c)                                                                                          \
    r_real x = {{0}};                                                                                          \
    (void)(c)

/* x rounded to the dtype, and to the format in which it sums and computes functions. */
static inline double r_rounded(double x, const r_context *c)
{
    return c->dtype == FLOAT64 ? x : c->dtype == FLOAT32 ? (double)(float)x : dtype_round(c->dtype, x);
}

static inline double r_working(double x, const r_context *c)
{
    return c->dtype == FLOAT64 ? x : (double)(float)x;
}

/* a b + s in the working format. */
static inline double r_fused(double a, double b, double s, const r_context *c)
{
    return c->dtype == FLOAT64 ? fma(a, b, s) : (double)fmaf((float)a, (float)b, (float)s);
}

static inline void r_put(r_element *r, double x, const r_context *c)
{
    *r = (r_element){.value = r_rounded(x, c)};
}

/* a / b as a (1 / b), where that reciprocal neither overflows nor loses digits to underflow. */
double r_quotient(double a, double b, const r_context *c);

/* Functions of numbers of the working format, rounded to it after every step. */
typedef double r_function(double x, const r_context *c);
r_function r_exp_of, r_expm1_of, r_log_of, r_log1p_of, r_log2_of, r_sin_of, r_cos_of, r_tan_of, r_asin_of,
    r_acos_of, r_atan_of, r_sinh_of, r_cosh_of, r_tanh_of, r_asinh_of, r_acosh_of, r_atanh_of, r_erf_of,
    r_erfc_of, r_lgamma_of, r_digamma_of;
typedef double r_function_of_two(double a, double b, const r_context *c);
r_function_of_two r_pow_of, r_atan2_of, r_hypot_of;

#define R_UNARY(name, expression)                                                                              \
    static inline void r_##name(r_element *r, const r_element *a, const r_context *c)                          \
    {                                                                                                          \
        r_put(r, expression, c);                                                                               \
    }
#define R_FUNCTION(name) R_UNARY(name, r_##name##_of(a->value, c))
#define R_BINARY(name, expression)                                                                             \
    static inline void r_##name(r_element *r, const r_element *a, const r_element *b, const r_context *c)      \
    {                                                                                                          \
        r_put(r, expression, c);                                                                               \
    }
R_UNARY(set, a->value)
R_UNARY(abs, fabs(a->value))
R_UNARY(sqrt, sqrt(a->value))
R_FUNCTION(exp)
R_FUNCTION(expm1)
R_FUNCTION(log)
R_FUNCTION(log1p)
R_FUNCTION(log2)
R_FUNCTION(sin)
R_FUNCTION(cos)
R_FUNCTION(tan)
R_FUNCTION(asin)
R_FUNCTION(acos)
R_FUNCTION(atan)
R_FUNCTION(sinh)
R_FUNCTION(cosh)
R_FUNCTION(tanh)
R_FUNCTION(asinh)
R_FUNCTION(acosh)
R_FUNCTION(atanh)
R_FUNCTION(erf)
R_FUNCTION(erfc)
R_FUNCTION(lgamma)
R_FUNCTION(digamma)
R_BINARY(div, r_quotient(a->value, b->value, c))
R_BINARY(pow, r_pow_of(a->value, b->value, c))
R_BINARY(atan2, r_atan2_of(a->value, b->value, c))
R_BINARY(hypot, r_hypot_of(a->value, b->value, c))
#undef R_UNARY
#undef R_FUNCTION
#undef R_BINARY

static inline void r_neg(r_element *r, const r_element *a, const r_context *c)
{
    (void)c;
    *r = (r_element){-a->value, -a->a, a->b, a->product};
}

static inline void r_mul(r_element *r, const r_element *a, const r_element *b, const r_context *c)
{
    double x = a->value, y = b->value;
    *r = (r_element){r_rounded(x * y, c), x, y, isfinite(x * y)};
}

/* a + sign b: one operation with the product that b is, or a is. */
static inline double r_plus(const r_element *a, double sign, const r_element *b, const r_context *c)
{
    if (b->product)
        return r_fused(sign * b->a, b->b, a->value, c);
    return a->product ? r_fused(a->a, a->b, sign * b->value, c) : a->value + sign * b->value;
}

static inline void r_add(r_element *r, const r_element *a, const r_element *b, const r_context *c)
{
    r_put(r, r_plus(a, 1, b, c), c);
}

static inline void r_sub(r_element *r, const r_element *a, const r_element *b, const r_context *c)
{
    r_put(r, r_plus(a, -1, b, c), c);
}

static inline void r_one_minus(r_element *r, const r_element *a, const r_context *c)
{
    r_put(r, r_plus(&(r_element){.value = 1}, -1, a, c), c);
}

/* r = a b + s, rounded once. */
static inline void r_fma(r_element *r, const r_element *a, const r_element *b, const r_element *s,
                         const r_context *c)
{
    double x = a->value, y = b->value, z = s->value;
    r_put(r, c->dtype == FLOAT32 ? (double)fmaf((float)x, (float)y, (float)z) : fma(x, y, z), c);
}

static inline void r_set_pi(r_element *r, const r_context *c)
{
    r_put(r, 0x1.921fb54442d18p+1, c);
}

static inline long r_bits(const r_context *c)
{
    return dtype_formats[c->dtype].bits;
}

static inline void r_set_si(r_element *r, long a, const r_context *c)
{
    r_put(r, (double)a, c);
}

static inline void r_set_double(r_element *r, double a, const r_context *c)
{
    r_put(r, a, c);
}

static inline void r_mul_si(r_element *r, const r_element *a, long k, const r_context *c)
{
    r_mul(r, a, &(r_element){.value = (double)k}, c);
}

static inline void r_div_si(r_element *r, const r_element *a, long k, const r_context *c)
{
    r_put(r, r_quotient(a->value, (double)k, c), c);
}

static inline void r_scale(r_element *r, const r_element *a, int k, const r_context *c)
{
    r_put(r, ldexp(a->value, k), c);
}

static inline void r_set_text(r_element *r, const char *text, const r_context *c)
{
    *r = (r_element){0};
    dtype_parse(&r->value, c->dtype, text);
}

static inline double r_to_double(const r_element *a)
{
    return a->value;
}

static inline int r_sign(const r_element *a)
{
    return (a->value > 0) - (a->value < 0);
}

static inline bool r_is_zero(const r_element *a)
{
    return a->value == 0;
}

static inline bool r_is_nan(const r_element *a)
{
    return isnan(a->value);
}

static inline bool r_is_finite(const r_element *a)
{
    return isfinite(a->value);
}

static inline bool r_less(const r_element *a, const r_element *b)
{
    return a->value < b->value;
}

static inline int r_compare(const r_element *a, const r_element *b, const r_context *c)
{
    int outcome = (a->value > b->value) - (a->value < b->value);
    return c->decisions ? decisions_take(c->decisions, outcome) : outcome;
}

/* A zeroed accumulator: s[0] counts terms; s[1 + k] is the sum of 2^k of them where bit k of the count is set.
 */
enum { R_SUM_ROOM = 1 + 53 };
#define R_SUM(s, c)                                                                                            \
    r_element s[R_SUM_ROOM] = {{0}};                                                                           \
    (void)(c)

/* s += a[i da] for i < n, from the last to the first, pairwise. */
void r_sum_add(r_element *s, const r_element *a, ptrdiff_t da, size_t n, const r_context *c);
void r_sum_get(r_element *r, const r_element *s, const r_context *c);
void r_sum_get_mean(r_element *r, const r_element *s, size_t n, const r_context *c);

/* r = sum of a[i da] b[i db] for i < n: halves, and in short ones from the last to the first, fused. */
void r_dot(r_element *r, const r_element *a, ptrdiff_t da, const r_element *b, ptrdiff_t db, size_t n,
           const r_context *c);

/* As d_matrix, d_matmul and d_matmul_add. */
typedef struct r_matrix {
    const r_element *data;
    ptrdiff_t rows, columns;
} r_matrix;
void r_matmul(r_element *restrict y, r_matrix a, r_matrix b, size_t m, size_t k, size_t n, const r_context *c);
void r_matmul_add(r_element *restrict y, r_matrix a, r_matrix b, size_t m, size_t k, size_t n,
                  const r_context *c);

#endif
