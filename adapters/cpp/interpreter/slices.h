// Ops on slices along axes: reductions, ranking, softmax, normalization.
#pragma once
#include "scalars.h"

namespace gradcheck
{

template <class T, class F> void add_reduction(table<T> &ops, const char *name, F f)
{
    ops[name] = [f](const call<T> &c) {
        return reduce(c[0], c.axes(c[0].rank()), c.flag("keepdims"),
                      [&](const std::vector<T> &x) { return f(x, c); });
    };
}

// An op that makes a slice along `axis` of a slice.
template <class T, class F> void add_along(table<T> &ops, const char *name, F f)
{
    ops[name] = [f](const call<T> &c) {
        return along(c[0], {c[0].axis(c.integer("axis"))}, [&](const std::vector<T> &x) { return f(x, c); });
    };
}

template <class T> std::vector<T> minus(std::vector<T> x, const T &centre)
{
    for (T &number : x)
        number -= centre;
    return x;
}

template <class T> std::vector<T> divided(std::vector<T> x, const T &by)
{
    for (T &number : x)
        number = T(number / by);
    return x;
}

template <class T> T mean(const std::vector<T> &x)
{
    return T(total(x) / T(real<T>(x.size())));
}

// x - mean(x), by way of x - x[0] with a constant x[0], which drops out: exactly 0 where all are equal, and few
// digits are lost where they nearly are.
template <class T> std::vector<T> centred(const std::vector<T> &x)
{
    const std::vector<T> d = minus(x, T(value(x[0])));
    return minus(d, mean(d));
}

template <class T> T sum_of_squares(const std::vector<T> &x)
{
    T y(0);
    for (const T &number : x)
        y += square(number);
    return y;
}

template <class T> std::vector<T> ordered(std::vector<T> x, bool descending)
{
    std::stable_sort(x.begin(), x.end(), [descending](const T &a, const T &b) {
        return descending ? value(a) > value(b) : value(a) < value(b);
    });
    return x;
}

template <class T> T vector_norm(const std::vector<T> &x, const call<T> &c)
{
    if (c.word("ord") == "2" || c.word("ord") == "p")
        return length(x, c.word("ord") == "p" ? (double)c.number("p") : 2);
    T y(0);
    for (const T &number : x)
        y = c.word("ord") == "inf" ? larger(y, magnitude(number)) : T(y + magnitude(number));
    return y;
}

template <class T> T median(const std::vector<T> &given, const call<T> &c)
{
    std::vector<T> x = ordered(given, false);
    size_t middle = (x.size() - 1) / 2;
    return c.word("interpolation") == "lower" || x.size() % 2 == 1
               ? x[middle]
               : T((x[middle] + x[middle + 1]) * T(real<T>(0.5)));
}

template <class T> T variance(const std::vector<T> &x, long correction)
{
    return T(sum_of_squares(centred(x)) / T(real<T>((long)x.size() - correction)));
}

template <class T> T deviation(const std::vector<T> &x, long correction)
{
    return T(length(centred(x)) / T(std::sqrt(real<T>((long)x.size() - correction))));
}

template <class T> void add_reductions(table<T> &ops)
{
    using C = const call<T> &;
    using X = const std::vector<T> &;
    add_reduction<T>(ops, "sum", [](X x, C) { return total(x); });
    add_reduction<T>(ops, "mean", [](X x, C) { return mean(x); });
    add_reduction<T>(ops, "prod", [](X x, C) {
        T y(1);
        for (const T &number : x)
            y = T(y * number);
        return y;
    });
    add_reduction<T>(ops, "amax", [](X x, C c) {
        only(c.word("ties") == "share", "ties=" + c.word("ties"));
        return std::accumulate(x.begin() + 1, x.end(), x[0], larger<T>);
    });
    add_reduction<T>(ops, "amin", [](X x, C c) {
        only(c.word("ties") == "share", "ties=" + c.word("ties"));
        return std::accumulate(x.begin() + 1, x.end(), x[0], smaller<T>);
    });
    add_reduction<T>(ops, "var", [](X x, C c) { return variance(x, c.integer("correction")); });
    add_reduction<T>(ops, "std", [](X x, C c) { return deviation(x, c.integer("correction")); });
    add_reduction<T>(ops, "norm", vector_norm<T>);
    ops["median"] = [](C c) {
        integers all((size_t)c[0].rank());
        std::iota(all.begin(), all.end(), 0);
        integers axes = c.has("axis") ? integers{c[0].axis(c.integer("axis"))} : all;
        return reduce(c[0], axes, c.flag("keepdims"), [&](X x) { return median(x, c); });
    };
    add_along<T>(ops, "cumsum", [](std::vector<T> x, C) {
        for (size_t i = 1; i < x.size(); i++)
            x[i] = T(x[i - 1] + x[i]);
        return x;
    });
    add_along<T>(ops, "cumprod", [](std::vector<T> x, C) {
        for (size_t i = 1; i < x.size(); i++)
            x[i] = T(x[i - 1] * x[i]);
        return x;
    });
    add_along<T>(ops, "sort", [](X x, C c) { return ordered(x, c.flag("descending")); });
    ops["topk"] = [](C c) {
        long axis = c[0].axis(c.integer("axis"));
        tensor<T> sorted = along(c[0], {axis}, [&](X x) { return ordered(x, c.flag("largest")); });
        integers shape = c[0].shape;
        shape[(size_t)axis] = c.integer("k");
        integers step = steps(c[0].shape);
        return pick(sorted, shape, [&](const integers &index) {
            return std::inner_product(index.begin(), index.end(), step.begin(), 0L);
        });
    };
}

// The largest number is a constant: it takes no part in the derivative.
template <class T> T constant_largest(const std::vector<T> &x)
{
    real<T> y = value(x[0]);
    for (const T &number : x)
        y = std::max(y, value(number));
    return T(std::isinf(y) && y < 0 ? real<T>(NAN) : y);
}

template <class T> std::vector<T> softmax(const std::vector<T> &x)
{
    std::vector<T> e = minus(x, constant_largest(x));
    for (T &number : e)
        number = exp_f()(number);
    return divided(e, total(e));
}

// The logarithm of the sum of e^(x - largest), by log1p of all terms but the largest's 1.
template <class T> T log_sum_of_shifted(const std::vector<T> &shifted)
{
    size_t largest = 0;
    for (size_t i = 0; i < shifted.size(); i++)
        if (value(shifted[i]) > value(shifted[largest]))
            largest = i;
    T others(0);
    for (size_t i = 0; i < shifted.size(); i++)
        if (i != largest)
            others += exp_f()(T(shifted[i] - shifted[largest]));
    return T(shifted[largest] + log_of_1_plus(others));
}

template <class T> T logsumexp(const std::vector<T> &x)
{
    T largest = constant_largest(x);
    return T(log_sum_of_shifted(minus(x, largest)) + largest);
}

template <class T> std::vector<T> log_softmax(const std::vector<T> &x)
{
    std::vector<T> shifted = minus(x, constant_largest(x));
    return minus(shifted, log_sum_of_shifted(shifted));
}

template <class T> void add_softmax(table<T> &ops)
{
    using C = const call<T> &;
    using X = const std::vector<T> &;
    add_along<T>(ops, "softmax", [](X x, C) { return softmax(x); });
    add_along<T>(ops, "softmin", [](std::vector<T> x, C) {
        for (T &number : x)
            number = T(-number);
        return softmax(x);
    });
    add_along<T>(ops, "log_softmax", [](X x, C) { return log_softmax(x); });
    ops["logsumexp"] = [](C c) {
        return reduce(c[0], {c[0].axis(c.integer("axis"))}, c.flag("keepdims"), logsumexp<T>);
    };
    add_along<T>(ops, "l2_normalize", [](X x, C c) {
        T n = length(x);
        return divided(x, value(n) > c.number("eps") ? n : T(c.number("eps")));
    });
}

template <class T> T mean_of_squares(const std::vector<T> &x)
{
    return T(sum_of_squares(x) / T(real<T>(x.size())));
}

template <class T> std::vector<T> normalized(const std::vector<T> &x, real<T> eps)
{
    std::vector<T> d = centred(x);
    return divided(d, sqrt_f()(T(mean_of_squares(d) + T(eps))));
}

// y gamma + beta, either of which may be left out; they lie along the axes from..to.
template <class T> tensor<T> scaled(tensor<T> y, const call<T> &c, long axis, bool channels)
{
    integers around((size_t)y.rank(), 1);
    size_t i = 0, from = (size_t)axis, to = channels ? from + 1 : (size_t)y.rank();
    for (size_t k = from; k < to; k++)
        around[k] = y.shape[k];
    each_index(y.shape, [&](const integers &index) {
        size_t at = (size_t)place(around, index);
        if (c.has(1))
            y.at[i] = T(y.at[i] * c[1].at[at]);
        if (c.has(2))
            y.at[i] = T(y.at[i] + c[2].at[at]);
        i++;
    });
    return y;
}

// x (N, C, ...) seen as (N, groups, everything of a group): each is normalized on its own.
template <class T> tensor<T> group_norm(const call<T> &c, long groups)
{
    tensor<T> x = c[0];
    x.shape = {c[0].shape[0], groups, c[0].size() / std::max(1L, c[0].shape[0] * groups)};
    x = along(x, {2}, [&](const std::vector<T> &slice) { return normalized(slice, c.number("eps")); });
    x.shape = c[0].shape;
    return scaled(x, c, 1, true);
}

template <class T> tensor<T> batch_norm(const call<T> &c)
{
    integers axes;
    for (long i = 0; i < c[0].rank(); i++)
        if (i != 1)
            axes.push_back(i);
    if (c.flag("training"))
        return scaled(
            along(c[0], axes, [&](const std::vector<T> &x) { return normalized(x, c.number("eps")); }), c, 1,
            true);
    tensor<T> y = c[0];
    size_t i = 0;
    each_index(y.shape, [&](const integers &index) {
        size_t channel = (size_t)index[1];
        T s = sqrt_f()(T(c[4].at[channel] + T(c.number("eps"))));
        y.at[i] = T((y.at[i] - c[3].at[channel]) / s);
        i++;
    });
    return scaled(y, c, 1, true);
}

template <class T> tensor<T> local_response_norm(const call<T> &c)
{
    const long size = c.integer("size");
    return along(c[0], {1}, [&](const std::vector<T> &x) {
        std::vector<T> y;
        for (long j = 0; j < (long)x.size(); j++) {
            T sum(0);
            for (long i = std::max(0L, j - size / 2); i <= std::min((long)x.size() - 1, j + (size - 1) / 2);
                 i++)
                sum += square(x[(size_t)i]);
            T b = T(T(c.number("k")) + T(c.number("alpha") / real<T>(size)) * sum);
            y.push_back(T(x[(size_t)j] / power(b, (double)c.number("beta"))));
        }
        return y;
    });
}

template <class T> void add_normalization(table<T> &ops)
{
    using C = const call<T> &;
    using X = const std::vector<T> &;
    ops["layer_norm"] = [](C c) {
        integers axes;
        for (long i = c[0].axis(c.integer("axis")); i < c[0].rank(); i++)
            axes.push_back(i);
        tensor<T> y = along(c[0], axes, [&](X x) { return normalized(x, c.number("eps")); });
        return scaled(y, c, axes[0], false);
    };
    ops["rms_norm"] = [](C c) {
        integers axes;
        for (long i = c[0].axis(c.integer("axis")); i < c[0].rank(); i++)
            axes.push_back(i);
        tensor<T> y = along(
            c[0], axes, [&](X x) { return divided(x, sqrt_f()(T(mean_of_squares(x) + T(c.number("eps"))))); });
        return scaled(y, c, axes[0], false);
    };
    ops["batch_norm"] = batch_norm<T>;
    ops["group_norm"] = [](C c) { return group_norm(c, c.integer("groups")); };
    ops["instance_norm"] = [](C c) { return group_norm(c, c[0].shape[1]); };
    ops["local_response_norm"] = local_response_norm<T>;
    ops["dropout"] = [](C c) {
        tensor<T> y = c[0], mask = expand(c[1], y.shape);
        for (size_t i = 0; i < y.at.size(); i++)
            y.at[i] = mask.whole[i] ? T(y.at[i] / T(real<T>(1) - c.number("p"))) : T(0);
        return y;
    };
}

} // namespace gradcheck
