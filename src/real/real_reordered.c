/* The scalar that computes otherwise: functions by other identities, sums and products in another order. */
#include "real/real_reordered.h"

#include "real/special.h"

double r_quotient(double a, double b, const r_context *c)
{
    const struct dtype_format *format = &dtype_formats[c->dtype];
    double reciprocal = r_rounded(1 / b, c);
    bool safe = fabs(reciprocal) >= ldexp(1, format->emin + format->bits - 2) && isfinite(reciprocal);
    return safe ? a * reciprocal : a / b;
}

/* libm's own function of the working format. */
#define LIBM(name)                                                                                             \
    double r_##name##_of(double x, const r_context *c)                                                         \
    {                                                                                                          \
        return c->dtype == FLOAT64 ? name(x) : (double)name##f((float)x);                                      \
    }
LIBM(exp)
LIBM(log)
LIBM(sin)
LIBM(cos)
LIBM(atan)
LIBM(erf)
#undef LIBM

double r_pow_of(double a, double b, const r_context *c)
{
    return c->dtype == FLOAT64 ? pow(a, b) : (double)powf((float)a, (float)b);
}

double r_atan2_of(double a, double b, const r_context *c)
{
    return c->dtype == FLOAT64 ? atan2(a, b) : (double)atan2f((float)a, (float)b);
}

double r_erfc_of(double x, const r_context *c)
{
    if (fabs(x) < 0.25)
        return r_working(1 - r_erf_of(x, c), c);
    return c->dtype == FLOAT64 ? erfc(x) : (double)erfcf((float)x);
}

double r_lgamma_of(double x, const r_context *c)
{
    return r_working(special_lgamma(x), c);
}

double r_digamma_of(double x, const r_context *c)
{
    return r_working(special_digamma(x), c);
}

/* (e - 1) x / log e for the rounded e = e^x: the error of e cancels (Kahan) */
double r_expm1_of(double x, const r_context *c)
{
    double e = r_exp_of(x, c), less = r_working(e - 1, c);
    if (e == 1)
        return x;
    if (!(fabs(x) < 1))
        return less;
    return r_working(r_working(less * x, c) / r_log_of(e, c), c);
}

/* log u x / (u - 1) for the rounded u = 1 + x, likewise */
double r_log1p_of(double x, const r_context *c)
{
    double u = r_working(1 + x, c);
    if (u == 1)
        return x;
    if (!(fabs(x) < 0.5))
        return r_log_of(u, c);
    return r_working(r_working(r_log_of(u, c) * x, c) / r_working(u - 1, c), c);
}

/* log x / log 2 */
double r_log2_of(double x, const r_context *c)
{
    return r_working(r_log_of(x, c) / r_working(0x1.62e42fefa39efp-1, c), c);
}

/* sin x / cos x */
double r_tan_of(double x, const r_context *c)
{
    return r_working(r_sin_of(x, c) / r_cos_of(x, c), c);
}

/* sqrt((1 - x) (1 + x)), without cancellation */
static double leg(double x, const r_context *c)
{
    double square = r_working(r_working(1 - x, c) * r_working(1 + x, c), c);
    return r_working(sqrt(square), c);
}

double r_asin_of(double x, const r_context *c)
{
    return r_atan2_of(x, leg(x, c), c);
}

double r_acos_of(double x, const r_context *c)
{
    return r_atan2_of(leg(x, c), x, c);
}

/* e^x / 2 as (e^(x/2) / 2) e^(x/2), which overflows later than e^x */
static double half_exp(double x, const r_context *c)
{
    double root = r_exp_of(x / 2, c);
    return r_working(root / 2 * root, c);
}

/* (m + m / (m + 1)) / 2 with m = e^|x| - 1 */
double r_sinh_of(double x, const r_context *c)
{
    double size = fabs(x), m = r_expm1_of(size, c);
    if (size > 20)
        return copysign(half_exp(size, c), x);
    double sum = r_working(m + r_working(m / r_working(m + 1, c), c), c);
    return copysign(sum / 2, x);
}

/* (e + 1 / e) / 2 with e = e^|x| */
double r_cosh_of(double x, const r_context *c)
{
    double e = r_exp_of(fabs(x), c);
    if (fabs(x) > 20)
        return half_exp(fabs(x), c);
    return r_working(e + r_working(1 / e, c), c) / 2;
}

/* m / (m + 2) with m = e^(2 |x|) - 1 */
double r_tanh_of(double x, const r_context *c)
{
    double m = r_expm1_of(2 * fabs(x), c);
    if (fabs(x) > 30)
        return copysign(1, x);
    return isnan(x) ? x : copysign(r_working(m / r_working(m + 2, c), c), x);
}

/* log(2 |x|) where the 1 below the root no longer counts */
static double log_twice(double size, const r_context *c)
{
    return r_working(r_log_of(size, c) + r_working(0x1.62e42fefa39efp-1, c), c);
}

/* log1p(|x| + x^2 / (1 + sqrt(1 + x^2))) */
double r_asinh_of(double x, const r_context *c)
{
    double size = fabs(x), square = r_working(x * x, c);
    if (size > (c->dtype == FLOAT64 ? 0x1p30 : 0x1p14))
        return copysign(log_twice(size, c), x);
    double root = r_working(1 + r_working(sqrt(r_working(1 + square, c)), c), c);
    double more = r_working(size + r_working(square / root, c), c);
    return copysign(r_log1p_of(more, c), x);
}

/* log1p(t + sqrt(t (x + 1))) with t = x - 1 */
double r_acosh_of(double x, const r_context *c)
{
    double t = r_working(x - 1, c);
    if (x > (c->dtype == FLOAT64 ? 0x1p30 : 0x1p14))
        return log_twice(x, c);
    double root = r_working(sqrt(r_working(t * r_working(x + 1, c), c)), c);
    return r_log1p_of(r_working(t + root, c), c);
}

/* log1p(2 |x| / (1 - |x|)) / 2 */
double r_atanh_of(double x, const r_context *c)
{
    double size = fabs(x), ratio = r_working(2 * size / r_working(1 - size, c), c);
    return copysign(r_log1p_of(ratio, c) / 2, x);
}

/* large sqrt(1 + (small / large)^2) */
double r_hypot_of(double a, double b, const r_context *c)
{
    double large = fmax(fabs(a), fabs(b)), small = fmin(fabs(a), fabs(b));
    if (isinf(large) || isnan(a) || isnan(b) || small == 0)
        return isinf(a) || isinf(b) ? INFINITY : isnan(a) || isnan(b) ? NAN : large;
    double ratio = r_working(small / large, c);
    return r_working(large * r_working(sqrt(r_fused(ratio, ratio, 1, c)), c), c);
}

/* ---- sums ---- */

void r_sum_add(r_element *s, const r_element *a, ptrdiff_t da, size_t n, const r_context *c)
{
    for (size_t i = n; i-- > 0; s[0].value++) {
        r_element carry = a[(ptrdiff_t)i * da];
        size_t k = 0;
        for (uint64_t count = (uint64_t)s[0].value; count & 1; count >>= 1, k++)
            carry = (r_element){.value = r_working(r_plus(&s[1 + k], 1, &carry, c), c)};
        s[1 + k] = carry;
    }
}

/* The pairs that are left, the small ones first. */
static double sum_of(const r_element *s, const r_context *c)
{
    double sum = 0;
    size_t k = 0;
    for (uint64_t count = (uint64_t)s[0].value; count; count >>= 1, k++)
        if (count & 1)
            sum = r_working(r_plus(&(r_element){.value = sum}, 1, &s[1 + k], c), c);
    return sum;
}

void r_sum_get(r_element *r, const r_element *s, const r_context *c)
{
    r_put(r, sum_of(s, c), c);
}

void r_sum_get_mean(r_element *r, const r_element *s, size_t n, const r_context *c)
{
    r_context sums = {.dtype = c->dtype == FLOAT64 ? FLOAT64 : FLOAT32};
    r_put(r, r_working(r_quotient(sum_of(s, c), (double)n, &sums), c), c);
}

enum { DOT_SHORT = 8 };

static double dot_of(const r_element *a, ptrdiff_t da, const r_element *b, ptrdiff_t db, size_t n,
                     const r_context *c)
{
    size_t half = n / 2;
    if (n > DOT_SHORT)
        return r_working(dot_of(a, da, b, db, half, c) +
                             dot_of(a + (ptrdiff_t)half * da, da, b + (ptrdiff_t)half * db, db, n - half, c),
                         c);
    double sum = 0;
    for (size_t i = n; i-- > 0;)
        sum = r_fused(a[(ptrdiff_t)i * da].value, b[(ptrdiff_t)i * db].value, sum, c);
    return sum;
}

void r_dot(r_element *r, const r_element *a, ptrdiff_t da, const r_element *b, ptrdiff_t db, size_t n,
           const r_context *c)
{
    r_put(r, dot_of(a, da, b, db, n, c), c);
}

void r_matmul(r_element *restrict y, r_matrix a, r_matrix b, size_t m, size_t k, size_t n, const r_context *c)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            r_dot(y + i * n + j, a.data + (ptrdiff_t)i * a.rows, a.columns, b.data + (ptrdiff_t)j * b.columns,
                  b.rows, k, c);
}

void r_matmul_add(r_element *restrict y, r_matrix a, r_matrix b, size_t m, size_t k, size_t n,
                  const r_context *c)
{
    r_element t[1] = {{0}};
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            r_dot(t, a.data + (ptrdiff_t)i * a.rows, a.columns, b.data + (ptrdiff_t)j * b.columns, b.rows, k,
                  c);
            r_add(y + i * n + j, y + i * n + j, t, c);
        }
}
