// Tensors over any scalar, what an op is called with, and the walks that ops are made of.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

namespace gradcheck
{

using json = nlohmann::json;
using integers = std::vector<long>;

// An engine specializes it for its scalar: value(x) is x without derivatives.
template <class T> struct scalar {
};

template <class T> auto value(const T &x)
{
    return scalar<T>::value(x);
}

template <class T> using real = decltype(value(std::declval<const T &>()));

struct unsupported {
    std::string what, name;
};

inline void only(bool condition, const std::string &attribute)
{
    if (!condition)
        throw unsupported{"attribute", attribute};
}

inline long product(const integers &x, size_t from = 0)
{
    return std::accumulate(x.begin() + (long)std::min(from, x.size()), x.end(), 1L, std::multiplies<long>());
}

template <class T> struct tensor {
    integers shape;
    std::vector<T> at;
    integers whole;        // labels, indices and masks are here
    bool constant = false; // an input that no gradient is asked for

    long rank() const
    {
        return (long)shape.size();
    }
    long axis(long i) const
    {
        return i < 0 ? i + rank() : i;
    }
    long size() const
    {
        return product(shape);
    }
};

// A node: its arguments and attributes.
template <class T> struct call {
    std::vector<const tensor<T> *> arguments;
    const json &attributes;

    const tensor<T> &operator[](size_t i) const
    {
        return *arguments[i];
    }
    bool has(size_t i) const
    {
        return i < arguments.size();
    }
    bool has(const char *name) const
    {
        return attributes.contains(name);
    }
    bool flag(const char *name) const
    {
        return has(name) && attributes[name].get<bool>();
    }
    real<T> number(const char *name) const
    {
        return attributes[name].is_string() ? (real<T>)std::stod(attributes[name].get<std::string>())
                                            : attributes[name].get<real<T>>();
    }
    long integer(const char *name) const
    {
        return attributes[name].get<long>();
    }
    std::string word(const char *name) const
    {
        return attributes.value(name, "");
    }
    integers list(const char *name) const
    {
        const json &given = attributes[name];
        return given.is_array() ? given.get<integers>() : integers{given.get<long>()};
    }
    integers list(const char *name, size_t n, long absent) const
    {
        integers given = has(name) ? list(name) : integers{absent};
        return given.size() == 1 ? integers(n, given[0]) : given;
    }
    // The attribute axes, all of them when it is absent.
    integers axes(long rank) const
    {
        integers all((size_t)rank);
        std::iota(all.begin(), all.end(), 0);
        if (!has("axes"))
            return all;
        integers given = list("axes");
        for (long &axis : given)
            axis += axis < 0 ? rank : 0;
        return given;
    }
};

inline integers steps(const integers &shape)
{
    integers step(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;)
        step[i - 1] = step[i] * shape[i];
    return step;
}

// f(index) for every index of the shape, in row-major order.
template <class F> void each_index(const integers &shape, F f)
{
    integers index(shape.size(), 0);
    for (long n = product(shape); n-- > 0;) {
        f(index);
        for (size_t axis = shape.size(); axis-- > 0 && ++index[axis] == shape[axis];)
            index[axis] = 0;
    }
}

inline integers broadcast(const integers &a, const integers &b)
{
    integers y = a.size() < b.size() ? b : a;
    const integers &other = a.size() < b.size() ? a : b;
    for (size_t i = 1; i <= other.size(); i++)
        if (other[other.size() - i] != 1)
            y[y.size() - i] = other[other.size() - i];
    return y;
}

// Where in a tensor of this shape the element is that meets the index.
inline long place(const integers &shape, const integers &index)
{
    integers step = steps(shape);
    long at = 0;
    for (size_t i = 0; i < shape.size(); i++)
        at += shape[i] == 1 ? 0 : step[i] * index[i + index.size() - shape.size()];
    return at;
}

template <class T> tensor<T> expand(const tensor<T> &x, const integers &shape)
{
    tensor<T> y{shape, {}, {}};
    if (x.shape == shape)
        return x;
    each_index(shape, [&](const integers &index) {
        if (x.whole.empty())
            y.at.push_back(x.at[(size_t)place(x.shape, index)]);
        else
            y.whole.push_back(x.whole[(size_t)place(x.shape, index)]);
    });
    return y;
}

// y of another shape, each element taken from x where source(index) says, or the filler where that is below 0.
template <class T, class F>
tensor<T> pick(const tensor<T> &x, const integers &shape, F source, const T &filler = T(0))
{
    tensor<T> y{shape, {}, {}};
    each_index(shape, [&](const integers &index) {
        long from = source(index);
        y.at.push_back(from < 0 ? filler : x.at[(size_t)from]);
    });
    return y;
}

template <class T> using function = tensor<T> (*)(const call<T> &);
template <class T> using table = std::map<std::string, std::function<tensor<T>(const call<T> &)>>;

// f sees the places of the elements that share an index off these axes.
template <class F> void slices(const integers &shape, const integers &axes, F f)
{
    integers inner, outer = shape, step = steps(shape);
    for (long axis : axes)
        outer[(size_t)axis] = 1;
    for (long axis : axes)
        inner.push_back(shape[(size_t)axis]);
    each_index(outer, [&](const integers &base) {
        long start = std::inner_product(base.begin(), base.end(), step.begin(), 0L);
        integers places;
        each_index(inner, [&](const integers &index) {
            long at = start;
            for (size_t i = 0; i < axes.size(); i++)
                at += index[i] * step[(size_t)axes[i]];
            places.push_back(at);
        });
        f(places);
    });
}

template <class T> std::vector<T> taken(const tensor<T> &x, const integers &places)
{
    std::vector<T> y;
    for (long at : places)
        y.push_back(x.at[(size_t)at]);
    return y;
}

// Each slice along the axes becomes one number.
template <class T, class F> tensor<T> reduce(const tensor<T> &x, integers axes, bool keepdims, F f)
{
    tensor<T> y;
    std::sort(axes.begin(), axes.end());
    for (long i = 0; i < x.rank(); i++) {
        bool reduced = std::count(axes.begin(), axes.end(), i) > 0;
        if (!reduced || keepdims)
            y.shape.push_back(reduced ? 1 : x.shape[(size_t)i]);
    }
    slices(x.shape, axes, [&](const integers &places) { y.at.push_back(f(taken(x, places))); });
    return y;
}

// Each slice along the axes becomes as many numbers.
template <class T, class F> tensor<T> along(const tensor<T> &x, const integers &axes, F f)
{
    tensor<T> y{x.shape, x.at, {}};
    slices(x.shape, axes, [&](const integers &places) {
        std::vector<T> new_numbers = f(taken(x, places));
        for (size_t i = 0; i < places.size(); i++)
            y.at[(size_t)places[i]] = new_numbers[i];
    });
    return y;
}

template <class T> T total(const std::vector<T> &x)
{
    T y(0);
    for (const T &number : x)
        y += number;
    return y;
}

} // namespace gradcheck
