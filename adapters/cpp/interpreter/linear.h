// Sums of products: matrices, convolutions, pooling, attention and recurrent cells.
#pragma once
#include "shapes.h"
#include "slices.h"

namespace gradcheck
{

// a (..., m, k) times b (..., k, n); batches broadcast.
template <class T> tensor<T> matmul(tensor<T> a, tensor<T> b)
{
    const bool row = a.rank() == 1, column = b.rank() == 1;
    if (row)
        a.shape.insert(a.shape.begin(), 1);
    if (column)
        b.shape.push_back(1);
    const size_t ra = a.shape.size(), rb = b.shape.size();
    const long m = a.shape[ra - 2], k = a.shape[ra - 1], n = b.shape[rb - 1];
    integers batch_a(a.shape.begin(), a.shape.end() - 2), batch_b(b.shape.begin(), b.shape.end() - 2);
    tensor<T> y{broadcast(batch_a, batch_b), {}, {}};
    each_index(y.shape, [&](const integers &index) {
        const long at = place(batch_a, index) * m * k, bt = place(batch_b, index) * k * n;
        for (long i = 0; i < m; i++)
            for (long j = 0; j < n; j++) {
                T sum(0);
                for (long l = 0; l < k; l++)
                    sum += T(a.at[(size_t)(at + i * k + l)] * b.at[(size_t)(bt + l * n + j)]);
                y.at.push_back(sum);
            }
    });
    if (!row)
        y.shape.push_back(m);
    if (!column)
        y.shape.push_back(n);
    return y;
}

template <class T> tensor<T> transposed(const tensor<T> &x)
{
    integers axes((size_t)x.rank());
    std::iota(axes.begin(), axes.end(), 0);
    std::swap(axes[axes.size() - 1], axes[axes.size() - 2]);
    return transpose(x, axes);
}

template <class T> tensor<T> plus(tensor<T> y, const tensor<T> &b)
{
    for (size_t i = 0; i < y.at.size(); i++)
        y.at[i] = T(y.at[i] + b.at[i % b.at.size()]);
    return y;
}

template <class T> tensor<T> bilinear(const call<T> &c)
{
    const long outputs = c[2].shape[0], d = c[2].shape[1], e = c[2].shape[2], n = c[0].size() / d;
    tensor<T> y{c[0].shape, {}, {}};
    y.shape.back() = outputs;
    for (long i = 0; i < n; i++)
        for (long o = 0; o < outputs; o++) {
            T sum(0);
            for (long j = 0; j < d; j++)
                for (long k = 0; k < e; k++)
                    sum += T(c[0].at[(size_t)(i * d + j)] * c[2].at[(size_t)((o * d + j) * e + k)] *
                             c[1].at[(size_t)(i * e + k)]);
            y.at.push_back(c.has(3) ? T(sum + c[3].at[(size_t)o]) : sum);
        }
    return y;
}

// A number of a window: its places in the kernel and in the image.
struct tap {
    long kernel, image;
};

// The windows of an image or a sequence: sizes, and where they lie.
struct windows {
    integers kernel, stride, padding, dilation;

    template <class T> windows(const call<T> &c, const integers &size)
    {
        kernel = size;
        const size_t n = size.size();
        padding = c.list("padding", n, 0);
        dilation = c.list("dilation", n, 1);
        stride = c.has("stride") ? c.list("stride", n, 1) : kernel;
    }
    long count(size_t axis, long n, bool ceil) const
    {
        long room = n + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1;
        long y = (room + (ceil ? stride[axis] - 1 : 0)) / stride[axis] + 1;
        return ceil && (y - 1) * stride[axis] >= n + padding[axis] ? y - 1 : y;
    }
    // Where window i has its tap k: an index of x, maybe outside.
    long at(size_t axis, long i, long k) const
    {
        return i * stride[axis] - padding[axis] + k * dilation[axis];
    }
    // The taps of a window that lie inside an image.
    std::vector<tap> inside(const integers &image, const integers &window) const
    {
        const integers step = steps(image);
        std::vector<tap> taps;
        long place = 0;
        each_index(kernel, [&](const integers &index) {
            tap found{place++, 0};
            for (size_t i = 0; i < image.size() && found.image >= 0; i++) {
                const long x = at(i, window[i], index[i]);
                found.image = x < 0 || x >= image[i] ? -1 : found.image + step[i] * x;
            }
            if (found.image >= 0)
                taps.push_back(found);
        });
        return taps;
    }
};

template <class T> tensor<T> convolution(const call<T> &c)
{
    const integers image(c[0].shape.begin() + 2, c[0].shape.end());
    windows w(c, integers(c[1].shape.begin() + 2, c[1].shape.end()));
    const long groups = c.integer("groups"), outputs = c[1].shape[0], inputs = c[1].shape[1];
    tensor<T> y{{c[0].shape[0], outputs}, {}, {}};
    integers result;
    for (size_t i = 0; i < image.size(); i++)
        result.push_back(w.count(i, image[i], false));
    y.shape.insert(y.shape.end(), result.begin(), result.end());
    y.at.assign((size_t)y.size(), T(0));
    const long pixels = product(image), weights = product(w.kernel);
    T *to = y.at.data(); // this window's first sample and channel
    each_index(result, [&](const integers &window) {
        const std::vector<tap> taps = w.inside(image, window);
        for (long i = 0; i < y.shape[0] * outputs; i++) {
            const long n = i / outputs, o = i % outputs, first = o / (outputs / groups) * inputs;
            T sum(0);
            for (long ch = 0; ch < inputs; ch++) {
                const T *x = c[0].at.data() + (n * c[0].shape[1] + first + ch) * pixels;
                const T *k = c[1].at.data() + (o * inputs + ch) * weights;
                for (const tap &t : taps)
                    sum += T(x[t.image] * k[t.kernel]);
            }
            to[i * product(result)] = c.has(2) ? T(sum + c[2].at[(size_t)o]) : sum;
        }
        to++;
    });
    return y;
}

// The windows lie in y here: each element of x adds itself times the weights to its window.
template <class T> tensor<T> conv_transpose2d(const call<T> &c)
{
    const integers image(c[0].shape.begin() + 2, c[0].shape.end());
    windows w(c, integers(c[1].shape.begin() + 2, c[1].shape.end()));
    const integers more = c.list("output_padding", 2, 0);
    const long groups = c.integer("groups"), inputs = c[0].shape[1], outputs = c[1].shape[1];
    tensor<T> y{{c[0].shape[0], outputs * groups}, {}, {}};
    integers result;
    for (size_t i = 0; i < 2; i++)
        result.push_back((image[i] - 1) * w.stride[i] - 2 * w.padding[i] + w.dilation[i] * (w.kernel[i] - 1) +
                         more[i] + 1);
    y.shape.insert(y.shape.end(), result.begin(), result.end());
    y.at.assign((size_t)y.size(), T(0));
    const long pixels = product(result), weights = product(w.kernel);
    size_t i = 0;
    each_index(c[0].shape, [&](const integers &index) {
        const long first = index[1] / (inputs / groups) * outputs;
        const std::vector<tap> taps = w.inside(result, integers(index.begin() + 2, index.end()));
        for (long o = 0; o < outputs; o++) {
            T *to = y.at.data() + (index[0] * y.shape[1] + first + o) * pixels;
            const T *k = c[1].at.data() + (index[1] * outputs + o) * weights;
            for (const tap &t : taps)
                to[t.image] += T(c[0].at[i] * k[t.kernel]);
        }
        i++;
    });
    for (size_t at = 0; c.has(2) && at < y.at.size(); at++)
        y.at[at] += c[2].at[at / (size_t)pixels % c[2].at.size()];
    return y;
}

// f(the numbers of a window, how many a mean divides by)
template <class T, class F> tensor<T> pool(const call<T> &c, F f)
{
    const integers image(c[0].shape.begin() + 2, c[0].shape.end());
    windows w(c, c.list("kernel", image.size(), 1));
    tensor<T> y{{c[0].shape[0], c[0].shape[1]}, {}, {}};
    for (size_t i = 0; i < image.size(); i++)
        y.shape.push_back(w.count(i, image[i], c.flag("ceil_mode")));
    each_index(y.shape, [&](const integers &index) {
        const integers window(index.begin() + 2, index.end());
        std::vector<T> inside;
        long first = (index[0] * c[0].shape[1] + index[1]) * product(image), size = 1;
        for (const tap &t : w.inside(image, window))
            inside.push_back(c[0].at[(size_t)(first + t.image)]);
        for (size_t i = 0; i < image.size(); i++) // the part of the window that is not beyond the padding
            size *= std::min(w.at(i, window[i], w.kernel[i]), image[i] + w.padding[i]) - w.at(i, window[i], 0);
        y.at.push_back(f(inside, c.flag("count_include_pad") ? size : (long)inside.size()));
    });
    return y;
}

template <class T> tensor<T> attention(const call<T> &c)
{
    const tensor<T> &q = c[0], &k = c[1];
    tensor<T> scores = matmul(q, transposed(k));
    const real<T> scale = c.has("scale") ? c.number("scale") : 1 / std::sqrt(real<T>(q.shape.back()));
    tensor<T> mask = c.has(3) ? expand(c[3], scores.shape) : tensor<T>{};
    size_t i = 0;
    each_index(scores.shape, [&](const integers &index) {
        T &s = scores.at[i];
        s = T(s * T(scale));
        if (!mask.at.empty())
            s = T(s + mask.at[i]);
        bool hidden = c.flag("causal") && index[index.size() - 1] > index[index.size() - 2];
        if (hidden || (!mask.whole.empty() && mask.whole[i] == 0))
            s = T(-std::numeric_limits<real<T>>::infinity());
        i++;
    });
    return matmul(along(scores, {scores.rank() - 1}, softmax<T>), c[2]);
}

template <class T> tensor<T> rotary(const call<T> &c)
{
    tensor<T> y = c[0];
    const long t = y.shape[y.shape.size() - 2], d = y.shape.back();
    for (size_t row = 0; row < y.at.size() / (size_t)d; row++)
        for (long i = 0; i < d / 2; i++) {
            const bool neighbours = c.flag("interleaved");
            const size_t first = row * (size_t)d + (size_t)(neighbours ? 2 * i : i);
            const size_t second = first + (size_t)(neighbours ? 1 : d / 2);
            const real<T> position = real<T>((long)row % t + c.integer("offset"));
            const real<T> angle = position * std::pow(c.number("base"), real<T>(-2 * i) / real<T>(d));
            const T cosine(std::cos(angle)), sine(std::sin(angle)), a = y.at[first], b = y.at[second];
            y.at[first] = T(a * cosine - b * sine);
            y.at[second] = T(a * sine + b * cosine);
        }
    return y;
}

// x (..., k) W^T + b for some rows of W and elements of b; no b: b is null.
template <class T>
tensor<T> layer(const tensor<T> &x, const tensor<T> &w, const tensor<T> *b, size_t first, size_t outputs)
{
    const size_t k = (size_t)x.shape.back();
    tensor<T> y{x.shape, {}, {}};
    y.shape.back() = (long)outputs;
    y.at.reserve((size_t)y.size());
    for (size_t from = 0; from < x.at.size(); from += k)
        for (size_t o = first; o < first + outputs; o++) {
            T sum(0);
            for (size_t i = 0; i < k; i++)
                sum += T(x.at[from + i] * w.at[o * k + i]);
            y.at.push_back(b ? T(sum + b->at[o]) : sum);
        }
    return y;
}

// x W_ih^T + b_ih, and h W_hh^T + b_hh
template <class T> tensor<T> projected(const call<T> &c, size_t x, size_t w, size_t b)
{
    return layer(c[x], c[w], c.has(b) ? &c[b] : nullptr, 0, (size_t)c[w].shape[0]);
}

template <class T> tensor<T> rnn_cell(const call<T> &c)
{
    tensor<T> y = plus(projected(c, 0, 2, 4), projected(c, 1, 3, 5));
    for (T &a : y.at)
        a = c.word("nonlinearity") == "relu" ? larger(a, T(0)) : tanh_f()(a);
    return y;
}

// The new h and the new c.
template <class T> std::vector<tensor<T>> lstm_states(const call<T> &c)
{
    const tensor<T> gates = plus(projected(c, 0, 3, 5), projected(c, 1, 4, 6));
    tensor<T> y = c[1], state = c[2];
    const size_t h = (size_t)y.shape[1];
    for (size_t n = 0; n < y.at.size(); n++) {
        const T *gate = &gates.at[n / h * 4 * h + n % h];
        state.at[n] = T(sigmoid(gate[h]) * state.at[n] + sigmoid(gate[0]) * tanh_f()(gate[2 * h]));
        y.at[n] = T(sigmoid(gate[3 * h]) * tanh_f()(state.at[n]));
    }
    return {y, state};
}

template <class T> tensor<T> gru_cell(const call<T> &c)
{
    const tensor<T> from_x = projected(c, 0, 2, 4), from_h = projected(c, 1, 3, 5);
    tensor<T> y = c[1];
    const size_t h = (size_t)y.shape[1];
    for (size_t n = 0; n < y.at.size(); n++) {
        const T *a = &from_x.at[n / h * 3 * h + n % h], *b = &from_h.at[n / h * 3 * h + n % h];
        const T r = sigmoid(T(a[0] + b[0])), z = T(a[h] + b[h]);
        const T candidate = tanh_f()(T(a[2 * h] + r * b[2 * h]));
        y.at[n] = T(sigmoid(T(-z)) * candidate + sigmoid(z) * y.at[n]);
    }
    return y;
}

template <class T> void add_linear(table<T> &ops)
{
    using C = const call<T> &;
    using X = const std::vector<T> &;
    ops["matmul"] = [](C c) { return matmul(c[0], c[1]); };
    ops["dot"] = ops["matmul"];
    ops["affine"] = [](C c) { return c.has(2) ? plus(matmul(c[0], c[1]), c[2]) : matmul(c[0], c[1]); };
    ops["linear"] = [](C c) { return projected(c, 0, 1, 2); };
    ops["outer"] = [](C c) {
        tensor<T> y{c[0].shape, {}, {}};
        y.shape.insert(y.shape.end(), c[1].shape.begin(), c[1].shape.end());
        for (const T &a : c[0].at)
            for (const T &b : c[1].at)
                y.at.push_back(T(a * b));
        return y;
    };
    ops["bilinear"] = bilinear<T>;
    ops["conv1d"] = ops["conv2d"] = convolution<T>;
    ops["conv_transpose2d"] = conv_transpose2d<T>;
    ops["max_pool1d"] =
        ops["max_pool2d"] = [](C c) { return pool(c, [](X x, long) { return ordered(x, true)[0]; }); };
    ops["avg_pool1d"] = ops["avg_pool2d"] = [](C c) {
        return pool(c, [](X x, long n) { return T(total(x) / T(real<T>(n))); });
    };
    ops["global_average_pool"] = [](C c) {
        integers axes((size_t)c[0].rank() - 2);
        std::iota(axes.begin(), axes.end(), 2);
        return reduce(c[0], axes, true, mean<T>);
    };
    ops["scaled_dot_product_attention"] = attention<T>;
    ops["rotary_embedding"] = rotary<T>;
    ops["rnn_cell"] = rnn_cell<T>;
    ops["lstm_cell"] = [](C c) { return lstm_states(c)[c.word("output") == "c" ? 1 : 0]; };
    ops["gru_cell"] = gru_cell<T>;
}

} // namespace gradcheck
