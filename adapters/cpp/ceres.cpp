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

template <class R>
derivatives forward(const program &p, const std::vector<double> &x, const std::vector<double> &seed)
{
    using jet = ceres::Jet<R, directions>;
    derivatives g{std::vector<double>(seed.size()), std::vector<double>(x.size())};
    size_t first = 0;
    do {
        std::vector<jet> parameters;
        for (size_t i = 0; i < x.size(); i++)
            parameters.push_back(i >= first && i < first + directions ? jet((R)x[i], (int)(i - first))
                                                                      : jet((R)x[i]));
        const std::vector<jet> y = p(parameters);
        for (size_t k = 0; k < y.size(); k++) {
            g.value[k] = y[k].a;
            for (size_t i = first; i < std::min(x.size(), first + directions); i++)
                g.grad[i] += seed[k] == 0 ? 0 : (double)((R)seed[k] * y[k].v[(long)(i - first)]);
        }
        first += directions;
    } while (first < x.size());
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
