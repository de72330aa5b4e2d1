// Layers over sequences: attention of several heads, and recurrent layers made of their cells.
#pragma once
#include "linear.h"

namespace gradcheck
{

// (..., L, E) as (..., heads, L, E / heads)
template <class T> tensor<T> heads_apart(tensor<T> x, long heads)
{
    const long width = x.shape.back() / heads;
    x.shape.back() = heads;
    x.shape.push_back(width);
    integers axes((size_t)x.rank());
    std::iota(axes.begin(), axes.end(), 0);
    std::swap(axes[axes.size() - 3], axes[axes.size() - 2]);
    return transpose(x, axes);
}

template <class T> tensor<T> heads_together(const tensor<T> &x)
{
    integers axes((size_t)x.rank());
    std::iota(axes.begin(), axes.end(), 0);
    std::swap(axes[axes.size() - 3], axes[axes.size() - 2]);
    tensor<T> y = transpose(x, axes);
    const long width = y.shape.back();
    y.shape.pop_back();
    y.shape.back() *= width;
    return y;
}

// A part of the first axis.
template <class T> tensor<T> rows(const tensor<T> &x, long first, long count)
{
    integers shape = x.shape;
    shape[0] = count;
    const long row = product(x.shape, 1);
    return {shape, std::vector<T>(x.at.begin() + first * row, x.at.begin() + (first + count) * row), {}};
}

template <class T> tensor<T> multi_head_attention(const call<T> &c)
{
    const bool biased = c.has(6); // q k v W_in b_in W_out b_out mask, or q k v W_in W_out mask
    const size_t width = (size_t)c[0].shape.back();
    std::vector<tensor<T>> projections;
    for (size_t i = 0; i < 3; i++)
        projections.push_back(
            heads_apart(layer(c[i], c[3], biased ? &c[4] : nullptr, i * width, width), c.integer("heads")));
    call<T> inner{{&projections[0], &projections[1], &projections[2]}, c.attributes};
    if (c.has(biased ? 7 : 5))
        inner.arguments.push_back(c.arguments.back());
    return layer(heads_together(attention(inner)), c[biased ? 5 : 4], biased ? &c[6] : nullptr, 0, width);
}

// y (T, N, H) of one direction through one layer; step(cell's call) gives the new states, the one that is seen
// first.
template <class T, class F>
tensor<T> direction(const tensor<T> &x, std::vector<tensor<T>> states,
                    const std::vector<const tensor<T> *> &weights, bool backward, const json &attributes,
                    F step)
{
    const long steps = x.shape[0];
    std::vector<tensor<T>> seen((size_t)steps);
    for (long i = 0; i < steps; i++) {
        const long t = backward ? steps - 1 - i : i;
        tensor<T> now = rows(x, t, 1);
        now.shape.erase(now.shape.begin());
        call<T> cell{{&now}, attributes};
        for (const tensor<T> &state : states)
            cell.arguments.push_back(&state);
        cell.arguments.insert(cell.arguments.end(), weights.begin(), weights.end());
        states = step(cell);
        seen[(size_t)t] = states[0];
        seen[(size_t)t].shape.insert(seen[(size_t)t].shape.begin(), 1);
    }
    return concat(seen, 0);
}

// x, `count` states or none, then for each layer and direction W_ih, W_hh, and b_ih, b_hh for all or for none.
template <class T, class F> tensor<T> recurrent(const call<T> &c, size_t count, F step)
{
    const size_t given = c[1].rank() == 3 ? count : 0, directions = c.flag("bidirectional") ? 2 : 1;
    const size_t runs = (size_t)c.integer("layers") * directions;
    const size_t each = (c.arguments.size() - 1 - given) / runs;
    tensor<T> x = c[0];
    for (size_t run = 0; run < runs; run += directions) {
        std::vector<tensor<T>> both;
        for (size_t d = 0; d < directions; d++) {
            const auto first = c.arguments.begin() + (long)(1 + given + (run + d) * each);
            const std::vector<const tensor<T> *> weights(first, first + (long)each);
            const integers shape{x.shape[1], weights[1]->shape[1]};
            std::vector<tensor<T>> states(count, {shape, std::vector<T>((size_t)product(shape), T(0)), {}});
            for (size_t k = 0; k < given; k++)
                states[k].at = rows(c[1 + k], (long)(run + d), 1).at;
            both.push_back(direction(x, states, weights, d == 1, c.attributes, step));
        }
        x = concat(both, 2);
    }
    return x;
}

template <class T> void add_sequences(table<T> &ops)
{
    using C = const call<T> &;
    using states = std::vector<tensor<T>>;
    ops["multi_head_attention"] = multi_head_attention<T>;
    ops["rnn"] = [](C c) { return recurrent(c, 1, [](C cell) { return states{rnn_cell(cell)}; }); };
    ops["lstm"] = [](C c) { return recurrent(c, 2, lstm_states<T>); };
    ops["gru"] = [](C c) { return recurrent(c, 1, [](C cell) { return states{gru_cell(cell)}; }); };
}

} // namespace gradcheck
