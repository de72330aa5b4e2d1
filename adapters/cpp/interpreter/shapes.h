// Ops that move, copy, take and put elements.
#pragma once
#include "tensor.h"

namespace gradcheck
{

inline long offset(const integers &step, const integers &index)
{
    return std::inner_product(step.begin(), step.end(), index.begin(), 0L);
}

template <class T> tensor<T> reshaped(const tensor<T> &x, integers shape)
{
    for (long &n : shape)
        if (n == -1) {
            n = 1;
            n = x.size() / product(shape);
        }
    return tensor<T>{shape, x.at, {}};
}

template <class T> tensor<T> repeat(const call<T> &c)
{
    tensor<T> x = c.has("axis") ? c[0] : reshaped(c[0], {c[0].size()});
    if (x.rank() == 0)
        x.shape = {1};
    size_t axis = c.has("axis") ? (size_t)x.axis(c.integer("axis")) : 0;
    integers repeats = c.list("repeats"), from, shape = x.shape, step = steps(x.shape);
    for (long i = 0; i < x.shape[axis]; i++)
        from.insert(from.end(), (size_t)repeats[repeats.size() == 1 ? 0 : (size_t)i], i);
    shape[axis] = (long)from.size();
    return pick(x, shape, [&](integers index) {
        index[axis] = from[(size_t)index[axis]];
        return offset(step, index);
    });
}

template <class T> tensor<T> transpose(const tensor<T> &x, const integers &axes)
{
    integers shape, step;
    for (long axis : axes) {
        shape.push_back(x.shape[(size_t)axis]);
        step.push_back(steps(x.shape)[(size_t)axis]);
    }
    return pick(x, shape, [&](const integers &index) { return offset(step, index); });
}

template <class T> tensor<T> concat(const std::vector<tensor<T>> &parts, size_t axis)
{
    integers shape = parts[0].shape;
    shape[axis] = 0;
    for (const auto &part : parts)
        shape[axis] += part.shape[axis];
    tensor<T> y{shape, {}, {}};
    each_index(shape, [&](integers index) {
        size_t k = 0;
        for (; index[axis] >= parts[k].shape[axis]; k++)
            index[axis] -= parts[k].shape[axis];
        y.at.push_back(parts[k].at[(size_t)offset(steps(parts[k].shape), index)]);
    });
    return y;
}

template <class T> tensor<T> stack(const call<T> &c)
{
    long rank = c[0].rank() + 1, axis = c.integer("axis");
    std::vector<tensor<T>> parts;
    for (const tensor<T> *x : c.arguments) {
        parts.push_back(*x);
        parts.back().shape.insert(parts.back().shape.begin() + (axis < 0 ? axis + rank : axis), 1);
    }
    return concat(parts, (size_t)(axis < 0 ? axis + rank : axis));
}

// Python's slices.
template <class T> tensor<T> slice(const call<T> &c)
{
    const tensor<T> &x = c[0];
    integers shape = x.shape, first(shape.size(), 0), by(shape.size(), 1);
    size_t count =
        std::max({c.has("starts") ? c.list("starts").size() : 0, c.has("stops") ? c.list("stops").size() : 0,
                  c.has("steps") ? c.list("steps").size() : 0});
    for (size_t k = 0; k < count; k++) {
        size_t axis = c.has("axes") ? (size_t)x.axis(c.list("axes")[k]) : k;
        long n = shape[axis], step = c.has("steps") ? c.list("steps")[k] : 1;
        auto bound = [&](const char *name, long absent) {
            long at = c.has(name) ? c.list(name)[k] : absent;
            at += c.has(name) && at < 0 ? n : 0;
            return step > 0 ? std::clamp(at, 0L, n) : std::clamp(at, -1L, n - 1);
        };
        first[axis] = bound("starts", step > 0 ? 0 : n - 1);
        long stop = bound("stops", step > 0 ? n : -1);
        by[axis] = step;
        shape[axis] = std::max(0L, (stop - first[axis] + step + (step > 0 ? -1 : 1)) / step);
    }
    integers step = steps(x.shape);
    return pick(x, shape, [&](integers index) {
        for (size_t i = 0; i < index.size(); i++)
            index[i] = first[i] + by[i] * index[i];
        return offset(step, index);
    });
}

template <class T> tensor<T> flatten(const call<T> &c)
{
    const tensor<T> &x = c[0];
    if (x.rank() == 0)
        return reshaped(x, {1});
    size_t from = (size_t)x.axis(c.integer("start_axis")), to = (size_t)x.axis(c.integer("end_axis"));
    integers shape(x.shape.begin(), x.shape.begin() + (long)from);
    shape.push_back(product(integers(x.shape.begin() + (long)from, x.shape.begin() + (long)to + 1)));
    shape.insert(shape.end(), x.shape.begin() + (long)to + 1, x.shape.end());
    return tensor<T>{shape, x.at, {}};
}

template <class T> tensor<T> squeeze(const call<T> &c)
{
    integers shape, axes = c.axes(c[0].rank());
    for (long i = 0; i < c[0].rank(); i++)
        if (!std::count(axes.begin(), axes.end(), i) || c[0].shape[(size_t)i] != 1)
            shape.push_back(c[0].shape[(size_t)i]);
    return reshaped(c[0], shape);
}

template <class T> tensor<T> unsqueeze(const call<T> &c)
{
    integers shape = c[0].shape, axes = c.axes(c[0].rank() + (long)c.list("axes").size());
    std::sort(axes.begin(), axes.end());
    for (long axis : axes)
        shape.insert(shape.begin() + axis, 1);
    return reshaped(c[0], shape);
}

template <class T> tensor<T> split(const call<T> &c)
{
    size_t axis = (size_t)c[0].axis(c.integer("axis")), part = (size_t)c.integer("index");
    integers sizes = c.list("sizes"), shape = c[0].shape, step = steps(shape);
    long first = std::accumulate(sizes.begin(), sizes.begin() + (long)part, 0L);
    shape[axis] = sizes[part];
    return pick(c[0], shape, [&](integers index) {
        index[axis] += first;
        return offset(step, index);
    });
}

template <class T> tensor<T> roll(const call<T> &c)
{
    tensor<T> x = c.has("axes") ? c[0] : reshaped(c[0], {c[0].size()});
    integers axes = c.axes(x.rank()), shifts = c.list("shifts"), step = steps(x.shape);
    tensor<T> y = pick(x, x.shape, [&](integers index) {
        for (size_t k = 0; k < axes.size(); k++) {
            long &i = index[(size_t)axes[k]], n = x.shape[(size_t)axes[k]];
            i = ((i - shifts[k]) % n + n) % n;
        }
        return offset(step, index);
    });
    y.shape = c[0].shape;
    return y;
}

template <class T> tensor<T> tile(const call<T> &c)
{
    integers reps = c.list("reps"), from = c[0].shape;
    size_t rank = std::max(reps.size(), from.size());
    reps.insert(reps.begin(), rank - reps.size(), 1);
    from.insert(from.begin(), rank - from.size(), 1);
    integers shape = from, step = steps(from);
    for (size_t i = 0; i < rank; i++)
        shape[i] *= reps[i];
    return pick(c[0], shape, [&](integers index) {
        for (size_t i = 0; i < rank; i++)
            index[i] %= from[i];
        return offset(step, index);
    });
}

template <class T> tensor<T> pad(const call<T> &c)
{
    const size_t rank = c[0].shape.size();
    integers before = c.has("before") ? c.list("before") : integers(rank, 0), shape = c[0].shape;
    integers after = c.has("after") ? c.list("after") : integers(rank, 0), step = steps(shape);
    for (size_t i = 0; i < rank; i++)
        shape[i] += before[i] + after[i];
    T filler(c.has("value") ? c.number("value") : real<T>(0));
    auto source = [&](integers index) {
        for (size_t k = 0; k < rank; k++) {
            long &i = index[k], n = c[0].shape[k];
            i -= before[k];
            if (c.word("mode") == "constant" && (i < 0 || i >= n))
                return -1L;
            if (c.word("mode") == "reflect")
                i = i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
            i = std::clamp(i, 0L, n - 1);
        }
        return offset(step, index);
    };
    return pick(c[0], shape, source, filler);
}

template <class T> tensor<T> diagonal(const call<T> &c)
{
    size_t a = (size_t)c[0].axis(c.integer("axis1")), b = (size_t)c[0].axis(c.integer("axis2"));
    long k = c.integer("offset"), row = std::max(0L, -k), column = std::max(0L, k);
    integers shape, step, all = steps(c[0].shape);
    for (size_t i = 0; i < c[0].shape.size(); i++)
        if (i != a && i != b) {
            shape.push_back(c[0].shape[i]);
            step.push_back(all[i]);
        }
    shape.push_back(std::max(0L, std::min(c[0].shape[a] - row, c[0].shape[b] - column)));
    step.push_back(all[a] + all[b]);
    return pick(c[0], shape,
                [&](const integers &index) { return row * all[a] + column * all[b] + offset(step, index); });
}

template <class T> tensor<T> triangle(const call<T> &c, bool lower)
{
    integers step = steps(c[0].shape);
    return pick(c[0], c[0].shape, [&](const integers &index) {
        long off = index[index.size() - 1] - index[index.size() - 2], k = c.integer("k");
        return (lower ? off <= k : off >= k) ? offset(step, index) : -1;
    });
}

template <class T> tensor<T> gather(const call<T> &c)
{
    size_t axis = (size_t)c[0].axis(c.integer("axis")), i = 0;
    integers step = steps(c[0].shape);
    return pick(c[0], c[1].shape, [&](integers index) {
        long at = c[1].whole[i++];
        index[axis] = at < 0 ? at + c[0].shape[axis] : at;
        return offset(step, index);
    });
}

// Rows along an axis by index; the index's axes stand in the place of that axis.
template <class T> tensor<T> take(const call<T> &c, size_t axis, long padding)
{
    const integers &x = c[0].shape, step = steps(x);
    integers shape(x.begin(), x.begin() + (long)axis);
    shape.insert(shape.end(), c[1].shape.begin(), c[1].shape.end());
    shape.insert(shape.end(), x.begin() + (long)axis + 1, x.end());
    const size_t rank = c[1].shape.size();
    return pick(c[0], shape, [&](const integers &index) {
        integers which(index.begin() + (long)axis, index.begin() + (long)(axis + rank));
        long at = c[1].whole[(size_t)offset(steps(c[1].shape), which)], from = 0;
        at += at < 0 ? x[axis] : 0;
        for (size_t i = 0; i < x.size(); i++)
            from += step[i] * (i < axis ? index[i] : i == axis ? at : index[i + rank - 1]);
        return at == padding ? -1 : from;
    });
}

template <class T> tensor<T> embedding(const call<T> &c)
{
    long padding = c.has("padding_idx") ? c.integer("padding_idx") : -1;
    return take(c, 0, padding < 0 && c.has("padding_idx") ? padding + c[0].shape[0] : padding);
}

template <class T> tensor<T> scatter_add(const call<T> &c)
{
    tensor<T> y = c[0];
    size_t axis = (size_t)y.axis(c.integer("axis")), i = 0;
    integers step = steps(y.shape), from = steps(c[2].shape);
    each_index(c[1].shape, [&](const integers &index) {
        integers to = index;
        long at = c[1].whole[i++];
        to[axis] = at < 0 ? at + y.shape[axis] : at;
        y.at[(size_t)offset(step, to)] += c[2].at[(size_t)offset(from, index)];
    });
    return y;
}

template <class T> tensor<T> index_put(const call<T> &c)
{
    tensor<T> y = c[0];
    const long row = product(y.shape, 1);
    for (size_t i = 0; i < c[1].whole.size(); i++) {
        long at = c[1].whole[i] + (c[1].whole[i] < 0 ? y.shape[0] : 0);
        for (long j = 0; j < row; j++) {
            const T &src = c[2].at[i * (size_t)row + (size_t)j];
            T &to = y.at[(size_t)(at * row + j)];
            to = c.flag("accumulate") ? T(to + src) : src;
        }
    }
    return y;
}

template <class T> void add_shapes(table<T> &ops)
{
    using C = const call<T> &;
    ops["repeat"] = repeat<T>;
    ops["expand"] = [](C c) {
        integers shape = c.list("shape");
        for (size_t i = 1; i <= shape.size(); i++)
            if (shape[shape.size() - i] == -1)
                shape[shape.size() - i] = c[0].shape[c[0].shape.size() - i];
        return expand(c[0], shape);
    };
    ops["reshape"] = [](C c) { return reshaped(c[0], c.list("shape")); };
    ops["transpose"] = [](C c) {
        integers axes = c.axes(c[0].rank());
        if (!c.has("axes"))
            std::reverse(axes.begin(), axes.end());
        return transpose(c[0], axes);
    };
    ops["concat"] = [](C c) {
        std::vector<tensor<T>> parts;
        for (const tensor<T> *x : c.arguments)
            parts.push_back(*x);
        return concat(parts, (size_t)c[0].axis(c.integer("axis")));
    };
    ops["flip"] = [](C c) {
        integers axes = c.axes(c[0].rank()), step = steps(c[0].shape);
        return pick(c[0], c[0].shape, [&](integers index) {
            for (long axis : axes)
                index[(size_t)axis] = c[0].shape[(size_t)axis] - 1 - index[(size_t)axis];
            return offset(step, index);
        });
    };
    ops["stack"] = stack<T>;
    ops["slice"] = slice<T>;
    ops["flatten"] = flatten<T>;
    ops["squeeze"] = squeeze<T>;
    ops["unsqueeze"] = unsqueeze<T>;
    ops["split"] = split<T>;
    ops["roll"] = roll<T>;
    ops["tile"] = tile<T>;
    ops["pad"] = pad<T>;
    ops["diagonal"] = diagonal<T>;
    ops["tril"] = [](C c) { return triangle(c, true); };
    ops["triu"] = [](C c) { return triangle(c, false); };
    ops["gather"] = gather<T>;
    ops["take"] = [](C c) { return take(c, (size_t)c[0].axis(c.integer("axis")), -1); };
    ops["embedding"] = embedding<T>;
    ops["scatter_add"] = scatter_add<T>;
    ops["index_put"] = index_put<T>;
}

} // namespace gradcheck
