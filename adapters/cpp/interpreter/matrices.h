// Ops on square matrices by elimination, and Einstein's summation.
#pragma once
#include "scalars.h"
#include "tensor.h"

namespace gradcheck
{

template <class T> struct matrix {
    size_t n, m; // rows, columns
    std::vector<T> at;

    T &operator()(size_t i, size_t j)
    {
        return at[i * m + j];
    }
    void exchange_rows(size_t i, size_t k)
    {
        for (size_t j = 0; j < m; j++)
            std::swap((*this)(i, j), (*this)(k, j));
    }
    void exchange_columns(size_t j, size_t k)
    {
        for (size_t i = 0; i < n; i++)
            std::swap((*this)(i, j), (*this)(i, k));
    }
    // Row i less `times` row k, from a column on.
    void subtract(size_t i, const T &times, size_t k, size_t from)
    {
        for (size_t j = from; j < m; j++)
            (*this)(i, j) -= T(times * (*this)(k, j));
    }
};

// Matrix number b of a batch; its rows and columns are the last two axes.
template <class T> matrix<T> matrix_of(const tensor<T> &x, size_t b)
{
    const size_t n = (size_t)x.shape[x.shape.size() - 2], m = (size_t)x.shape.back();
    const auto first = x.at.begin() + (long)(b * n * m);
    return {n, m, std::vector<T>(first, first + (long)(n * m))};
}

// b becomes a^-1 b, with the largest of a column as pivot.
template <class T> void solve(matrix<T> a, matrix<T> &b)
{
    for (size_t k = 0; k < a.n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < a.n; i++)
            if (std::abs(value(a(i, k))) > std::abs(value(a(pivot, k))))
                pivot = i;
        a.exchange_rows(k, pivot);
        b.exchange_rows(k, pivot);
        for (size_t i = k + 1; i < a.n; i++) {
            const T factor = T(a(i, k) / a(k, k));
            a.subtract(i, factor, k, k);
            b.subtract(i, factor, k, 0);
        }
    }
    for (size_t k = a.n; k-- > 0;) {
        for (size_t i = k + 1; i < a.n; i++)
            b.subtract(k, a(k, i), i, 0);
        for (size_t j = 0; j < b.m; j++)
            b(k, j) = T(b(k, j) / a(k, k));
    }
}

// The numbers whose product is the determinant. The largest of all that is left is the pivot, so that nothing
// is divided by 0: where the largest is 0 the rest is 0, too.
template <class T> std::vector<T> pivots(matrix<T> a)
{
    std::vector<T> y;
    for (size_t k = 0; k < a.n; k++) {
        size_t row = k, column = k;
        for (size_t i = k; i < a.n; i++)
            for (size_t j = k; j < a.n; j++)
                if (std::abs(value(a(i, j))) > std::abs(value(a(row, column)))) {
                    row = i;
                    column = j;
                }
        a.exchange_rows(k, row);
        a.exchange_columns(k, column);
        y.push_back((row == k) == (column == k) ? a(k, k) : T(-a(k, k)));
        for (size_t i = k + 1; i < a.n && value(a(k, k)) != 0; i++)
            a.subtract(i, T(a(i, k) / a(k, k)), k, k);
    }
    return y;
}

// Large and small pivots in turn: nothing leaves the range on the way.
template <class T> T determinant(const std::vector<T> &pivots)
{
    T y(1);
    for (size_t large = 0, small = pivots.size(); large < small;)
        y = T(y * (std::abs(value(y)) <= 1 ? pivots[large++] : pivots[--small]));
    return y;
}

template <class T> T log_determinant(const std::vector<T> &pivots)
{
    T y(0);
    bool negative = false;
    for (const T &pivot : pivots) {
        negative ^= value(pivot) < 0;
        y += log_f()(magnitude(pivot));
    }
    return negative ? T(std::numeric_limits<real<T>>::quiet_NaN()) : y;
}

// The factor of the symmetric part.
template <class T> matrix<T> cholesky(matrix<T> a)
{
    matrix<T> y{a.n, a.n, std::vector<T>(a.at.size(), T(0))};
    for (size_t i = 0; i < a.n; i++)
        for (size_t j = 0; j <= i; j++) {
            T rest = i == j ? a(i, i) : T((a(i, j) + a(j, i)) * T(real<T>(0.5)));
            for (size_t k = 0; k < j; k++)
                rest -= T(y(i, k) * y(j, k));
            y(i, j) = i == j ? sqrt_f()(rest) : T(rest / y(j, j));
        }
    return y;
}

// y gets, for every matrix of a batch, the numbers f(matrix, its number).
template <class T, class F> tensor<T> each_matrix(const tensor<T> &a, const integers &shape, F f)
{
    tensor<T> y{shape, {}, {}};
    const integers batch(a.shape.begin(), a.shape.end() - 2);
    for (size_t b = 0; b < (size_t)product(batch); b++)
        for (const T &element : f(matrix_of(a, b), b))
            y.at.push_back(element);
    return y;
}

template <class T> tensor<T> solved(const tensor<T> &a, tensor<T> b)
{
    const integers shape = b.shape;
    if (b.rank() < a.rank())
        b.shape.push_back(1);
    return each_matrix(a, shape, [&](const matrix<T> &left, size_t i) {
        matrix<T> right = matrix_of(b, i);
        solve(left, right);
        return right.at;
    });
}

// The labels of the axes of every argument and of the result: letters, and below 0, from the right, what "..."
// stands for.
struct equation {
    std::vector<integers> terms;
    integers result;

    equation(std::string text, const integers &ranks)
    {
        text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
        const size_t arrow = text.find("->");
        const std::string left = text.substr(0, arrow) + ",";
        long most = 0;
        for (size_t from = 0, to; (to = left.find(',', from)) != std::string::npos; from = to + 1) {
            const std::string term = left.substr(from, to - from);
            const bool dots = term.find('.') != std::string::npos;
            const long hidden = dots ? ranks[terms.size()] - (long)term.size() + 3 : 0;
            most = std::max(most, hidden);
            terms.push_back(labels(term, hidden));
        }
        result = arrow == std::string::npos ? implied(most) : labels(text.substr(arrow + 2), most);
    }

  private:
    static integers labels(const std::string &term, long hidden)
    {
        integers y;
        for (size_t i = 0; i < term.size(); i++)
            if (term[i] != '.')
                y.push_back(term[i]);
            else {
                for (long k = hidden; k > 0; k--)
                    y.push_back(-k);
                i += 2;
            }
        return y;
    }
    integers implied(long hidden) const
    {
        integers y = labels("...", hidden);
        for (long letter = 'A'; letter <= 'z'; letter++) {
            long times = 0;
            for (const integers &term : terms)
                times += std::count(term.begin(), term.end(), letter);
            if (times == 1)
                y.push_back(letter);
        }
        return y;
    }
};

template <class T> tensor<T> einsum(const call<T> &c)
{
    integers ranks;
    for (const tensor<T> *x : c.arguments)
        ranks.push_back(x->rank());
    const equation e(c.word("equation"), ranks);
    std::map<long, long> sizes;
    std::vector<std::map<long, long>> step(ranks.size()); // of an argument, by label; an axis of 1 is repeated
    for (size_t k = 0; k < ranks.size(); k++)
        for (size_t i = 0; i < e.terms[k].size(); i++) {
            const long label = e.terms[k][i], n = c[k].shape[i];
            sizes[label] = std::max(sizes[label], n);
            step[k][label] += n == 1 ? 0 : steps(c[k].shape)[i];
        }
    integers labels = e.result, summed;
    tensor<T> y;
    for (long label : e.result)
        y.shape.push_back(sizes[label]);
    for (const auto &[label, n] : sizes)
        if (!std::count(e.result.begin(), e.result.end(), label)) {
            labels.push_back(label);
            summed.push_back(n);
        }
    std::vector<integers> by(ranks.size());
    for (size_t k = 0; k < ranks.size(); k++)
        for (long label : labels)
            by[k].push_back(step[k][label]);
    each_index(y.shape, [&](integers index) {
        const size_t outer = index.size();
        T sum(0);
        each_index(summed, [&](const integers &inner) {
            index.resize(outer);
            index.insert(index.end(), inner.begin(), inner.end());
            T term = c[0].at[(size_t)std::inner_product(index.begin(), index.end(), by[0].begin(), 0L)];
            for (size_t k = 1; k < by.size(); k++)
                term = T(term *
                         c[k].at[(size_t)std::inner_product(index.begin(), index.end(), by[k].begin(), 0L)]);
            sum += term;
        });
        y.at.push_back(sum);
    });
    return y;
}

template <class T> void add_matrices(table<T> &ops)
{
    using C = const call<T> &;
    using M = const matrix<T> &;
    ops["solve"] = [](C c) { return solved(c[0], c[1]); };
    ops["inverse"] = [](C c) {
        return each_matrix(c[0], c[0].shape, [](M a, size_t) {
            matrix<T> y{a.n, a.n, std::vector<T>(a.at.size(), T(0))};
            for (size_t i = 0; i < a.n; i++)
                y(i, i) = T(1);
            solve(a, y);
            return y.at;
        });
    };
    ops["cholesky"] = [](C c) {
        return each_matrix(c[0], c[0].shape, [](M a, size_t) { return cholesky(a).at; });
    };
    ops["det"] = [](C c) {
        return each_matrix(c[0], integers(c[0].shape.begin(), c[0].shape.end() - 2),
                           [](M a, size_t) { return std::vector<T>{determinant(pivots(a))}; });
    };
    ops["logdet"] = [](C c) {
        return each_matrix(c[0], integers(c[0].shape.begin(), c[0].shape.end() - 2),
                           [](M a, size_t) { return std::vector<T>{log_determinant(pivots(a))}; });
    };
    ops["einsum"] = einsum<T>;
}

} // namespace gradcheck
