// Losses: of classes, of elements, of rows.
#pragma once
#include "pointwise.h"
#include "slices.h"

namespace gradcheck
{

// The losses, reduced as the attribute says; a mean divides by the weights' sum.
template <class T> tensor<T> reduced(tensor<T> losses, const call<T> &c, const T &weights)
{
    const std::string how = c.word("reduction");
    if (how == "none")
        return losses;
    T y = total(losses.at);
    if (how == "mean")
        y = T(y / weights);
    if (how == "batchmean")
        y = T(y / T(real<T>(losses.shape.empty() ? 1 : losses.shape[0])));
    return tensor<T>{{}, {y}, {}};
}

template <class T> tensor<T> reduced(tensor<T> losses, const call<T> &c)
{
    return reduced(losses, c, T(real<T>(losses.at.size())));
}

// A loss of pairs of elements, x and t of one shape; f(x, t, call), where a t of labels is a constant.
template <class T> void add_loss(table<T> &ops, const char *name, binary<T> f)
{
    ops[name] = [f](const call<T> &c) {
        tensor<T> y{c[0].shape, {}, {}};
        for (size_t i = 0; i < c[0].at.size(); i++)
            y.at.push_back(f(c[0].at[i], c[1].whole.empty() ? c[1].at[i] : T(real<T>(c[1].whole[i])), c));
        return reduced(y, c);
    };
}

// A loss of each row of classes, (N, C) or (C): f(row, n) -> loss; its shape is (N) or ().
template <class T, class F> tensor<T> rows(const tensor<T> &x, F f)
{
    long n = 0;
    return reduce(x, {x.rank() - 1}, false, [&](const std::vector<T> &row) { return f(row, n++); });
}

template <class T> tensor<T> cross_entropy_error(const call<T> &c)
{
    tensor<T> y = rows(c[0], [&](const std::vector<T> &p, long n) {
        if (!c[1].whole.empty())
            return T(-log_f()(p[(size_t)c[1].whole[(size_t)n]]));
        T sum(0);
        for (size_t j = 0; j < p.size(); j++) {
            const T &t = c[1].at[(size_t)n * p.size() + j];
            if (value(t) != 0 || !c[1].constant)
                sum -= T(t * log_f()(p[j]));
        }
        return sum;
    });
    return reduced(y, c);
}

// -sum of the targets times the log probabilities; targets are labels or rows of weights, smoothed, times class
// weights.
template <class T> tensor<T> class_loss(const call<T> &c, bool scores)
{
    const bool labels = !c[1].whole.empty();
    const real<T> smoothing = c.has("label_smoothing") ? c.number("label_smoothing") : real<T>(0);
    T weights(0);
    tensor<T> y = rows(c[0], [&](const std::vector<T> &x, long n) {
        const long label = labels ? c[1].whole[(size_t)n] : 0;
        if (labels && c.has("ignore_index") && label == c.integer("ignore_index"))
            return T(0);
        weights += labels && c.has(2) ? c[2].at[(size_t)label] : T(1);
        const std::vector<T> logp = scores ? log_softmax(x) : x;
        T sum(0);
        for (size_t j = 0; j < x.size(); j++) {
            T t = labels ? T(real<T>((long)j == label)) : c[1].at[(size_t)n * x.size() + j];
            if (smoothing != 0)
                t = T(t * T(1 - smoothing) + T(smoothing / real<T>(x.size())));
            if (value(t) == 0 && (labels || c[1].constant))
                continue;
            sum -= c.has(2) ? T(c[2].at[j] * t * logp[j]) : T(t * logp[j]);
        }
        return sum;
    });
    return reduced(y, c, weights);
}

template <class T> tensor<T> hinge_loss(const call<T> &c)
{
    tensor<T> y = rows(c[0], [&](const std::vector<T> &s, long n) {
        const size_t label = (size_t)c[1].whole[(size_t)n];
        T sum(0);
        for (size_t j = 0; j < s.size(); j++)
            if (j != label)
                sum += larger(T(s[j] - s[label] + T(c.number("margin"))), T(0));
        return sum;
    });
    return reduced(y, c);
}

template <class T> tensor<T> margin_ranking_loss(const call<T> &c)
{
    tensor<T> y{c[0].shape, {}, {}};
    for (size_t i = 0; i < c[0].at.size(); i++)
        y.at.push_back(
            larger(T(T(c.number("margin")) - T(real<T>(c[2].whole[i])) * (c[0].at[i] - c[1].at[i])), T(0)));
    return reduced(y, c);
}

// weight (pos_weight t log(1 + e^-x) + (1 - t) log(1 + e^x))
template <class T> tensor<T> bce_with_logits(const call<T> &c)
{
    tensor<T> y{c[0].shape, {}, {}};
    const tensor<T> weight = c.has(2) ? expand(c[2], y.shape) : tensor<T>{};
    const tensor<T> positive = c.has(3) ? expand(c[3], y.shape) : tensor<T>{};
    for (size_t i = 0; i < c[0].at.size(); i++) {
        const T &x = c[0].at[i], &t = c[1].at[i];
        const T p = T(t * softplus(T(-x)));
        const T loss = T((c.has(3) ? T(positive.at[i] * p) : p) + (T(1) - t) * softplus(x));
        y.at.push_back(c.has(2) ? T(weight.at[i] * loss) : loss);
    }
    return reduced(y, c);
}

template <class T> tensor<T> gaussian_nll(const call<T> &c)
{
    const real<T> constant = c.flag("full") ? std::log(2 * std::acos(real<T>(-1))) / 2 : real<T>(0);
    tensor<T> y{c[0].shape, {}, {}};
    const tensor<T> var = expand(c[2], y.shape);
    for (size_t i = 0; i < c[0].at.size(); i++) {
        const T v = larger(var.at[i], T(c.number("eps")));
        const T square_error = square(T(c[0].at[i] - c[1].at[i]));
        y.at.push_back(T((log_f()(v) + square_error / v) / T(2) + T(constant)));
    }
    return reduced(y, c);
}

template <class T> T dot(const std::vector<T> &a, const std::vector<T> &b)
{
    T y(0);
    for (size_t i = 0; i < a.size(); i++)
        y += T(a[i] * b[i]);
    return y;
}

template <class T> tensor<T> cosine_similarity(const call<T> &c)
{
    const integers axes = {c[0].axis(c.integer("axis"))};
    auto unit = [&](const std::vector<T> &x) {
        const T n = length(x);
        return divided(x, value(n) > c.number("eps") ? n : T(c.number("eps")));
    };
    tensor<T> product = along(c[0], axes, unit), other = along(c[1], axes, unit);
    for (size_t i = 0; i < product.at.size(); i++)
        product.at[i] = T(product.at[i] * other.at[i]);
    return reduce(product, axes, false, total<T>);
}

template <class T> tensor<T> cosine_embedding_loss(const call<T> &c)
{
    tensor<T> y = rows(c[0], [&](const std::vector<T> &a, long n) {
        const std::vector<T> b(c[1].at.begin() + n * (long)a.size(),
                               c[1].at.begin() + (n + 1) * (long)a.size());
        const T eps(c.number("eps"));
        const T sa = sqrt_f()(T(dot(a, a) + eps)), sb = sqrt_f()(T(dot(b, b) + eps));
        const T cosine = T(dot(a, b) / (sa * sb));
        return c[2].whole[(size_t)n] == 1 ? T(T(1) - cosine) : larger(T(cosine - T(c.number("margin"))), T(0));
    });
    return reduced(y, c);
}

template <class T> T distance(const std::vector<T> &a, const std::vector<T> &b, const call<T> &c)
{
    std::vector<T> d;
    for (size_t i = 0; i < a.size(); i++)
        d.push_back(T(a[i] - b[i] + T(c.number("eps"))));
    return length(d, (double)c.number("p"));
}

template <class T> tensor<T> triplet_margin_loss(const call<T> &c)
{
    tensor<T> y = rows(c[0], [&](const std::vector<T> &a, long n) {
        auto row = [&](size_t k) {
            return std::vector<T>(c[k].at.begin() + n * (long)a.size(),
                                  c[k].at.begin() + (n + 1) * (long)a.size());
        };
        T far = distance(a, row(2), c);
        if (c.flag("swap"))
            far = smaller(far, distance(row(1), row(2), c));
        return larger(T(distance(a, row(1), c) - far + T(c.number("margin"))), T(0));
    });
    return reduced(y, c);
}

template <class T> T kl_div(const T &x, const T &t, const call<T> &c)
{
    if (c.flag("log_target"))
        return T(exp_f()(t) * (t - x));
    return value(t) == 0 ? T(0) : T(t * (log_f()(t) - x));
}

template <class T> T poisson_nll(const T &x, const T &t, const call<T> &c)
{
    T y = c.flag("log_input") ? T(exp_f()(x) - t * x) : T(x - t * log_f()(T(x + T(c.number("eps")))));
    if (c.flag("full") && value(t) > 1)
        y += T(t * log_f()(t) - t + log_f()(T(T(2 * std::acos(real<T>(-1))) * t)) / T(2));
    return y;
}

template <class T> T bce(const T &p, const T &t, const call<T> &)
{
    T y(0);
    if (value(t) != 0 || value(p) > 0)
        y -= T(t * log_f()(p));
    if (value(t) != 1 || value(p) < 1)
        y -= T((T(1) - t) * log_of_1_plus(T(-p)));
    return y;
}

template <class T> void add_losses(table<T> &ops)
{
    using C = const call<T> &;
    using X = const T &;
    ops["cross_entropy_error"] = cross_entropy_error<T>;
    ops["softmax_cross_entropy"] = [](C c) { return class_loss(c, true); };
    ops["nll_loss"] = [](C c) { return class_loss(c, false); };
    ops["hinge_loss"] = hinge_loss<T>;
    ops["margin_ranking_loss"] = margin_ranking_loss<T>;
    ops["bce_with_logits"] = bce_with_logits<T>;
    ops["gaussian_nll"] = gaussian_nll<T>;
    ops["cosine_similarity"] = cosine_similarity<T>;
    ops["cosine_embedding_loss"] = cosine_embedding_loss<T>;
    ops["triplet_margin_loss"] = triplet_margin_loss<T>;
    add_loss<T>(ops, "bce_loss", bce<T>);
    add_loss<T>(ops, "kl_div", kl_div<T>);
    add_loss<T>(ops, "poisson_nll", poisson_nll<T>);
    add_loss<T>(ops, "mse_loss", [](X x, X t, C) { return square(T(x - t)); });
    add_loss<T>(ops, "l1_loss", [](X x, X t, C) { return magnitude(T(x - t)); });
    add_loss<T>(ops, "binary_hinge_loss",
                [](X s, X t, C c) { return larger(T(T(c.number("margin")) - t * s), T(0)); });
    add_loss<T>(ops, "smooth_l1_loss", [](X x, X t, C c) {
        const T d = magnitude(T(x - t)), beta(c.number("beta"));
        return value(d) < value(beta) ? T(square(d) / (T(2) * beta)) : T(d - beta / T(2));
    });
    add_loss<T>(ops, "huber_loss", [](X x, X t, C c) {
        const T d = magnitude(T(x - t)), delta(c.number("delta"));
        return value(d) < value(delta) ? T(square(d) / T(2)) : T(delta * (d - delta / T(2)));
    });
    ops["l1_regularization"] = [](C c) {
        T y(0);
        for (const T &w : c[0].at)
            y += magnitude(w);
        return tensor<T>{{}, {T(T(c.number("strength")) * y)}, {}};
    };
    ops["l2_regularization"] = [](C c) {
        return tensor<T>{{}, {T(T(c.number("strength") / 2) * sum_of_squares(c[0].at))}, {}};
    };
}

} // namespace gradcheck
