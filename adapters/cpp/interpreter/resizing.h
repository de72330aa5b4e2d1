// Images and sequences brought to a size: adaptive pools, and upsampling.
#pragma once
#include "shapes.h"
#include "slices.h"

namespace gradcheck
{

// f(the numbers of a window); window i of m begins at i n / m, rounded down, and ends before (i + 1) n / m,
// rounded up.
template <class T, class F> tensor<T> adaptive_pool(const call<T> &c, F f)
{
    const integers image(c[0].shape.begin() + 2, c[0].shape.end());
    const integers size = c.list("size", image.size(), 1), step = steps(c[0].shape);
    tensor<T> y{{c[0].shape[0], c[0].shape[1]}, {}, {}};
    y.shape.insert(y.shape.end(), size.begin(), size.end());
    each_index(y.shape, [&](const integers &index) {
        integers first = index, extent;
        for (size_t i = 0; i < image.size(); i++) {
            first[i + 2] = index[i + 2] * image[i] / size[i];
            extent.push_back(((index[i + 2] + 1) * image[i] + size[i] - 1) / size[i] - first[i + 2]);
        }
        std::vector<T> inside;
        each_index(extent, [&](const integers &tap) {
            long at = offset(step, first);
            for (size_t i = 0; i < tap.size(); i++)
                at += tap[i] * step[i + 2];
            inside.push_back(c[0].at[(size_t)at]);
        });
        y.at.push_back(f(inside));
    });
    return y;
}

// Where an element of y lies between two of x: at `first`, and `part` of the way to the next.
template <class R> struct between {
    long first;
    R part, rest; // rest: 1 - part

    // Element o of m that n are brought to; whole numbers leave nothing to round before the last division.
    between(long o, long m, long n, bool corners)
    {
        long top = corners ? o * (n - 1) : (2 * o + 1) * n - m, bottom = corners ? std::max(m - 1, 1L) : 2 * m;
        top = std::clamp(top, 0L, (n - 1) * bottom);
        first = top / bottom;
        part = R(top % bottom) / R(bottom);
        rest = R(bottom - top % bottom) / R(bottom);
    }
};

template <class T> tensor<T> upsample(const call<T> &c)
{
    const long h = c[0].shape[2], w = c[0].shape[3];
    integers size = c.has("size") ? c.list("size", 2, 1) : c.list("scale", 2, 1);
    if (!c.has("size"))
        size = {size[0] * h, size[1] * w};
    const integers shape{c[0].shape[0], c[0].shape[1], size[0], size[1]};
    const bool corners = c.flag("align_corners");
    tensor<T> y{shape, {}, {}};
    each_index(shape, [&](const integers &index) {
        const long image = (index[0] * shape[1] + index[1]) * h * w;
        if (c.word("mode") == "nearest") {
            y.at.push_back(c[0].at[(size_t)(image + index[2] * h / size[0] * w + index[3] * w / size[1])]);
            return;
        }
        const between<real<T>> row(index[2], size[0], h, corners), column(index[3], size[1], w, corners);
        T sum(0);
        for (long i = 0; i < (row.part > 0 ? 2 : 1); i++)
            for (long j = 0; j < (column.part > 0 ? 2 : 1); j++) {
                const real<T> weight = (i ? row.part : row.rest) * (j ? column.part : column.rest);
                sum += T(c[0].at[(size_t)(image + (row.first + i) * w + column.first + j)] * T(weight));
            }
        y.at.push_back(sum);
    });
    return y;
}

template <class T> void add_resizing(table<T> &ops)
{
    using C = const call<T> &;
    using X = const std::vector<T> &;
    ops["adaptive_max_pool1d"] = ops["adaptive_max_pool2d"] = [](C c) {
        return adaptive_pool(c, [](X x) { return ordered(x, true)[0]; });
    };
    ops["adaptive_avg_pool1d"] = ops["adaptive_avg_pool2d"] = [](C c) { return adaptive_pool(c, mean<T>); };
    ops["upsample"] = upsample<T>;
}

} // namespace gradcheck
