// Ops that act on elements: gates, elementary functions, activations.
#pragma once
#include "scalars.h"

namespace gradcheck
{

template <class T> using unary = T (*)(const T &, const call<T> &);
template <class T> using binary = T (*)(const T &, const T &, const call<T> &);

template <class T> void add_unary(table<T> &ops, const char *name, unary<T> f)
{
    ops[name] = [f](const call<T> &c) {
        tensor<T> y{c[0].shape, {}, {}};
        for (const T &x : c[0].at)
            y.at.push_back(f(x, c));
        return y;
    };
}

template <class T> void add_binary(table<T> &ops, const char *name, binary<T> f)
{
    ops[name] = [f](const call<T> &c) {
        tensor<T> y{broadcast(c[0].shape, c[1].shape), {}, {}};
        tensor<T> a = expand(c[0], y.shape), b = expand(c[1], y.shape);
        for (size_t i = 0; i < a.at.size(); i++)
            y.at.push_back(f(a.at[i], b.at[i], c));
        return y;
    };
}

// A function that the type itself has.
template <class F, class T> void add_own(table<T> &ops, const char *name)
{
    if constexpr (has<F, T>)
        add_unary<T>(ops, name, [](const T &x, const call<T> &) { return F()(x); });
    else if constexpr (has<F, T, T>)
        add_binary<T>(ops, name, [](const T &a, const T &b, const call<T> &) { return F()(a, b); });
}

template <class T> tensor<T> pow_op(const call<T> &c)
{
    tensor<T> y{broadcast(c[0].shape, c[1].shape), {}, {}};
    tensor<T> a = expand(c[0], y.shape), b = expand(c[1], y.shape);
    for (size_t i = 0; i < a.at.size(); i++)
        y.at.push_back(c[1].constant ? power(a.at[i], (double)value(b.at[i])) : power(a.at[i], b.at[i]));
    return y;
}

template <class T> tensor<T> where_op(const call<T> &c)
{
    integers shape = broadcast(broadcast(c[0].shape, c[1].shape), c[2].shape);
    tensor<T> y{shape, {}, {}}, condition = expand(c[0], shape), a = expand(c[1], shape),
                                b = expand(c[2], shape);
    for (size_t i = 0; i < a.at.size(); i++)
        y.at.push_back(condition.whole[i] != 0 ? a.at[i] : b.at[i]);
    return y;
}

template <class T> tensor<T> fma_op(const call<T> &c)
{
    integers shape = broadcast(broadcast(c[0].shape, c[1].shape), c[2].shape);
    tensor<T> y{shape, {}, {}}, a = expand(c[0], shape), b = expand(c[1], shape), d = expand(c[2], shape);
    for (size_t i = 0; i < a.at.size(); i++)
        y.at.push_back(fma_f()(a.at[i], b.at[i], d.at[i]));
    return y;
}

template <class T> tensor<T> add_n_op(const call<T> &c)
{
    tensor<T> y = c[0];
    for (size_t k = 1; k < c.arguments.size(); k++)
        for (size_t i = 0; i < y.at.size(); i++)
            y.at[i] += c[k].at[i];
    return y;
}

template <class T> tensor<T> prelu_op(const call<T> &c)
{
    tensor<T> y{c[0].shape, {}, {}};
    each_index(y.shape, [&](const integers &index) {
        const T &x = c[0].at[y.at.size()], &w = c[1].at[c[1].size() == 1 ? 0 : (size_t)index[1]];
        y.at.push_back(value(x) > 0 ? x : T(w * x));
    });
    return y;
}

template <class T> tensor<T> glu_op(const call<T> &c)
{
    integers shape = c[0].shape, step = steps(shape);
    size_t axis = (size_t)c[0].axis(c.integer("axis"));
    shape[axis] /= 2;
    tensor<T> y{shape, {}, {}};
    each_index(shape, [&](const integers &index) {
        long i = place(c[0].shape, index);
        y.at.push_back(T(c[0].at[(size_t)i] * sigmoid(c[0].at[(size_t)(i + shape[axis] * step[axis])])));
    });
    return y;
}

template <class T> void add_gates(table<T> &ops)
{
    using C = const call<T> &;
    using X = const T &;
    add_binary<T>(ops, "add", [](X a, X b, C) { return T(a + b); });
    add_binary<T>(ops, "sub", [](X a, X b, C) { return T(a - b); });
    add_binary<T>(ops, "mul", [](X a, X b, C) { return T(a * b); });
    add_binary<T>(ops, "div", [](X a, X b, C) { return T(a / b); });
    add_unary<T>(ops, "neg", [](X x, C) { return T(-x); });
    add_unary<T>(ops, "reciprocal", [](X x, C) { return T(T(1) / x); });
    add_unary<T>(ops, "square", [](X x, C) { return square(x); });
    add_unary<T>(ops, "rsqrt", [](X x, C) { return T(T(1) / sqrt_f()(x)); });
    add_unary<T>(ops, "abs", [](X x, C) { return magnitude(x); });
    add_unary<T>(ops, "sign", [](X x, C) { return T(real<T>((value(x) > 0) - (value(x) < 0))); });
    add_binary<T>(ops, "max", [](X a, X b, C c) {
        only(c.word("ties") == "half", "ties=" + c.word("ties"));
        return larger(a, b);
    });
    add_binary<T>(ops, "min", [](X a, X b, C c) {
        only(c.word("ties") == "half", "ties=" + c.word("ties"));
        return smaller(a, b);
    });
    add_unary<T>(ops, "clamp", [](X x, C c) {
        T y = x;
        if (c.has("min"))
            y = larger(y, T(c.number("min")));
        if (c.has("max"))
            y = smaller(y, T(c.number("max")));
        return y;
    });
    ops["pow"] = pow_op<T>;
    ops["where"] = where_op<T>;
    if constexpr (has<fma_f, T, T, T>)
        ops["fma"] = fma_op<T>;
    ops["add_n"] = add_n_op<T>;
}

template <class T> void add_elementary(table<T> &ops)
{
    using C = const call<T> &;
    using X = const T &;
    add_own<sqrt_f, T>(ops, "sqrt");
    add_own<exp_f, T>(ops, "exp");
    add_own<expm1_f, T>(ops, "expm1");
    add_own<log_f, T>(ops, "log");
    add_own<log1p_f, T>(ops, "log1p");
    add_own<log2_f, T>(ops, "log2");
    add_own<sin_f, T>(ops, "sin");
    add_own<cos_f, T>(ops, "cos");
    add_own<tan_f, T>(ops, "tan");
    add_own<asin_f, T>(ops, "asin");
    add_own<acos_f, T>(ops, "acos");
    add_own<atan_f, T>(ops, "atan");
    add_own<sinh_f, T>(ops, "sinh");
    add_own<cosh_f, T>(ops, "cosh");
    add_own<tanh_f, T>(ops, "tanh");
    add_own<asinh_f, T>(ops, "asinh");
    add_own<acosh_f, T>(ops, "acosh");
    add_own<atanh_f, T>(ops, "atanh");
    add_own<erf_f, T>(ops, "erf");
    add_own<erfc_f, T>(ops, "erfc");
    add_own<lgamma_f, T>(ops, "lgamma");
    add_own<atan2_f, T>(ops, "atan2");
    add_own<hypot_f, T>(ops, "hypot");
    add_binary<T>(ops, "logaddexp", [](X a, X b, C) {
        if (std::isinf(value(a)) || std::isinf(value(b)))
            return value(a) > value(b) ? a : b;
        return value(a) > value(b) ? T(a + log_of_1_plus(exp_f()(T(b - a))))
                                   : T(b + log_of_1_plus(exp_f()(T(a - b))));
    });
    add_binary<T>(ops, "xlogy", [](X a, X b, C) {
        if (value(a) == 0)
            return value(b) > 0 ? T(a * log_f()(b)) : T(0);
        return T(a * log_f()(b));
    });
}

template <class T> T gelu(const T &x, const call<T> &c)
{
    if (c.word("approximate") == "none")
        return T(x * normal_probability(x));
    const real<T> root = std::sqrt(real<T>(8) / std::acos(real<T>(-1)));
    return T(x * sigmoid(T(T(root) * (x + T(real<T>(0.044715L)) * x * x * x))));
}

template <class T> T elu(const T &x, real<T> alpha)
{
    return value(x) > 0 ? x : T(T(alpha) * exp_minus_1(x));
}

template <class T> void add_activations(table<T> &ops)
{
    using C = const call<T> &;
    using X = const T &;
    using R = real<T>;
    add_unary<T>(ops, "sigmoid", [](X x, C) { return sigmoid(x); });
    add_unary<T>(ops, "log_sigmoid", [](X x, C) { return T(-softplus(T(-x))); });
    add_unary<T>(ops, "relu", [](X x, C) { return larger(x, T(0)); });
    add_unary<T>(ops, "relu6", [](X x, C) { return smaller(larger(x, T(0)), T(6)); });
    add_unary<T>(ops, "leaky_relu", [](X x, C c) { return value(x) > 0 ? x : T(T(c.number("slope")) * x); });
    add_unary<T>(ops, "elu", [](X x, C c) { return elu(x, c.number("alpha")); });
    add_unary<T>(ops, "selu", [](X x, C) {
        return T(T(R(1.0507009873554804934193L)) * elu(x, R(1.6732632423543772848170L)));
    });
    add_unary<T>(ops, "celu", [](X x, C c) {
        return value(x) > 0 ? x : T(T(c.number("alpha")) * exp_minus_1(T(x / T(c.number("alpha")))));
    });
    add_unary<T>(ops, "gelu", gelu<T>);
    add_unary<T>(ops, "silu", [](X x, C) { return T(x * sigmoid(x)); });
    add_unary<T>(ops, "mish", [](X x, C) { return T(x * tanh_f()(softplus(x))); });
    add_unary<T>(ops, "softplus", [](X x, C c) {
        const T beta(c.number("beta"));
        return value(x) * value(beta) > c.number("threshold") ? x : T(softplus(T(beta * x)) / beta);
    });
    add_unary<T>(ops, "softsign", [](X x, C) { return T(x / (T(1) + magnitude(x))); });
    add_unary<T>(ops, "hardtanh",
                 [](X x, C c) { return smaller(larger(x, T(c.number("min_val"))), T(c.number("max_val"))); });
    add_unary<T>(ops, "hardsigmoid", [](X x, C) { return T(smaller(larger(T(x + T(3)), T(0)), T(6)) / T(6)); });
    add_unary<T>(ops, "hardswish",
                 [](X x, C) { return T(x * smaller(larger(T(x + T(3)), T(0)), T(6)) / T(6)); });
    add_unary<T>(ops, "tanhshrink", [](X x, C) { return T(x - tanh_f()(x)); });
    add_unary<T>(ops, "softshrink", [](X x, C c) {
        const R lambd = c.number("lambd");
        return value(x) > lambd ? T(x - T(lambd)) : value(x) < -lambd ? T(x + T(lambd)) : T(0);
    });
    add_unary<T>(ops, "hardshrink", [](X x, C c) { return std::abs(value(x)) > c.number("lambd") ? x : T(0); });
    add_unary<T>(ops, "threshold",
                 [](X x, C c) { return value(x) > c.number("threshold") ? x : T(c.number("value")); });
    ops["prelu"] = prelu_op<T>;
    ops["glu"] = glu_op<T>;
}

} // namespace gradcheck
