// Ceres Solver's Jets as an engine: forward mode, as many directions at a time as a Jet carries.
#include "interpreter.h"
#include <ceres/jet.h>
#include <ceres/version.h>

namespace gradcheck
{

template <class R, int N> struct scalar<ceres::Jet<R, N>> {
    static R value(const ceres::Jet<R, N> &x)
    {
        return x.a;
    }
};

} // namespace gradcheck

using namespace gradcheck;

namespace
{

const int directions = 8;
const size_t most_parameters = 4096; // the program runs once for every 8 of them
const size_t most_inner = 64;        // elements of inner nodes, beside as many as the parameters have

// The directions of this pass that belong to the elements from `at` on of an inner node begin there.
template <class R> void begin_directions(tensor<ceres::Jet<R, directions>> &node, size_t at, size_t first)
{
    for (size_t i = 0; i < node.at.size(); i++)
        for (size_t k = std::max(at, first); k < std::min(at + node.at.size(), first + directions); k++)
            node.at[i].v[(long)(k - first)] = R(k == at + i);
}

template <class R>
derivatives forward(const program &p, const std::vector<double> &x, const std::vector<double> &seed)
{
    using jet = ceres::Jet<R, directions>;
    derivatives g{std::vector<double>(seed.size()), {}, {}};
    size_t first = 0, count = x.size();
    do {
        std::vector<jet> parameters;
        for (size_t i = 0; i < x.size(); i++)
            parameters.push_back(i >= first && i < first + directions ? jet((R)x[i], (int)(i - first))
                                                                      : jet((R)x[i]));
        size_t at = x.size();
        const std::vector<jet> y = p(parameters, [&](const std::string &name, tensor<jet> &node) {
            begin_directions(node, at, first);
            at += node.at.size();
            if (first == 0)
                g.inner.push_back({name, node.shape});
        });
        if (first == 0 && at - x.size() <= x.size() + most_inner)
            count = at;
        else if (first == 0)
            g.inner.clear();
        g.grad.resize(count);
        for (size_t k = 0; k < y.size(); k++) {
            g.value[k] = y[k].a;
            for (size_t i = first; i < std::min(count, first + directions); i++)
                g.grad[i] += seed[k] == 0 ? 0 : (double)((R)seed[k] * y[k].v[(long)(i - first)]);
        }
        first += directions;
    } while (first < count);
    return g;
}

derivatives differentiate(const program &p, const std::vector<double> &x, const std::vector<double> &seed)
{
    if (x.size() > most_parameters)
        throw unsupported{"rank",
                          "more than " + std::to_string(most_parameters) + " parameters in forward mode"};
    return p.request["dtype"] == "float32" ? forward<float>(p, x, seed) : forward<double>(p, x, seed);
}

} // namespace

int main()
{
    return serve({"ceres-jets",
                  CERES_VERSION_STRING,
                  {"float64", "float32"},
                  names<ceres::Jet<double, directions>>(),
                  differentiate});
}
