// Functions of scalars: those that the type has itself, found by their arguments' namespace, and ops made of
// them.
#pragma once
#include "tensor.h"

namespace gradcheck
{

// name_f is callable for the types that have a function `name` of their own; has<name_f, T> tells.
#define GRADCHECK_UNARY(name)                                                                                  \
    struct name##_f {                                                                                          \
        template <class T> auto operator()(const T &x) const -> decltype(T(name(x)))                           \
        {                                                                                                      \
            return T(name(x));                                                                                 \
        }                                                                                                      \
    };
#define GRADCHECK_BINARY(name)                                                                                 \
    struct name##_f {                                                                                          \
        template <class T> auto operator()(const T &a, const T &b) const -> decltype(T(name(a, b)))            \
        {                                                                                                      \
            return T(name(a, b));                                                                              \
        }                                                                                                      \
    };
GRADCHECK_UNARY(abs)
GRADCHECK_UNARY(fabs)
GRADCHECK_UNARY(sqrt)
GRADCHECK_UNARY(exp)
GRADCHECK_UNARY(expm1)
GRADCHECK_UNARY(log)
GRADCHECK_UNARY(log1p)
GRADCHECK_UNARY(log2)
GRADCHECK_UNARY(sin)
GRADCHECK_UNARY(cos)
GRADCHECK_UNARY(tan)
GRADCHECK_UNARY(asin)
GRADCHECK_UNARY(acos)
GRADCHECK_UNARY(atan)
GRADCHECK_UNARY(sinh)
GRADCHECK_UNARY(cosh)
GRADCHECK_UNARY(tanh)
GRADCHECK_UNARY(asinh)
GRADCHECK_UNARY(acosh)
GRADCHECK_UNARY(atanh)
GRADCHECK_UNARY(erf)
GRADCHECK_UNARY(erfc)
GRADCHECK_UNARY(lgamma)
GRADCHECK_BINARY(atan2)
GRADCHECK_BINARY(hypot)
GRADCHECK_BINARY(fmax)
GRADCHECK_BINARY(fmin)
GRADCHECK_BINARY(pow)
struct fma_f {
    template <class T> auto operator()(const T &a, const T &b, const T &c) const -> decltype(T(fma(a, b, c)))
    {
        return T(fma(a, b, c));
    }
};
#undef GRADCHECK_UNARY
#undef GRADCHECK_BINARY

template <class F, class... T> constexpr bool has = std::is_invocable_v<F, const T &...>;

template <class T> T magnitude(const T &x)
{
    if constexpr (has<fabs_f, T>)
        return fabs_f()(x);
    else
        return abs_f()(x);
}

// Without a function of its own a type computes it in the textbook's way, and loses its digits near 0.
template <class T> T log_of_1_plus(const T &x)
{
    if constexpr (has<log1p_f, T>)
        return log1p_f()(x);
    else
        return log_f()(T(T(1) + x));
}

template <class T> T exp_minus_1(const T &x)
{
    if constexpr (has<expm1_f, T>)
        return expm1_f()(x);
    else
        return T(exp_f()(x) - T(1));
}

template <class T> T larger(const T &a, const T &b)
{
    return fmax_f()(a, b);
}

template <class T> T smaller(const T &a, const T &b)
{
    return fmin_f()(a, b);
}

template <class T> T square(const T &x)
{
    return T(x * x);
}

template <class T> T sigmoid(const T &x)
{
    if (value(x) >= 0)
        return T(T(1) / (T(1) + exp_f()(T(-x))));
    T e = exp_f()(x);
    return T(e / (T(1) + e));
}

// log(1 + e^x)
template <class T> T softplus(const T &x)
{
    return T(larger(x, T(0)) + log_of_1_plus(exp_f()(T(-magnitude(x)))));
}

// x^p for a constant p, as a program would write it
template <class T> T power(const T &x, double p)
{
    return T(pow(x, p));
}

template <class T> T power(const T &x, const T &p)
{
    return pow_f()(x, p);
}

// Phi(x): erfc keeps its digits far below 0.
template <class T> T normal_probability(const T &x)
{
    const real<T> root = std::sqrt(real<T>(0.5));
    if constexpr (has<erfc_f, T>)
        return T(T(real<T>(0.5)) * erfc_f()(T(-x * T(root))));
    else
        return T(T(real<T>(0.5)) * (T(1) + erf_f()(T(x * T(root)))));
}

// A constant power of 2 that brings the largest number near 1: squares stay in range.
template <class T> real<T> scale_of(const std::vector<T> &x)
{
    real<T> most = 0;
    for (const T &number : x)
        most = std::max(most, std::abs(value(number)));
    return most > 0 && std::isfinite(most) ? std::exp2(std::floor(std::log2(most))) : real<T>(1);
}

// (sum of |x|^p)^(1/p); 0 with derivative 0 where all are 0.
template <class T> T length(const std::vector<T> &x, double p = 2)
{
    const real<T> scale = scale_of(x);
    T y(0);
    for (const T &number : x) {
        const T part = T(number / T(scale));
        y += p == 2 ? square(part) : p == 1 ? magnitude(part) : power(magnitude(part), p);
    }
    if (value(y) == 0)
        return T(0);
    return T((p == 2 ? sqrt_f()(y) : p == 1 ? y : power(y, 1 / p)) * T(scale));
}

} // namespace gradcheck
