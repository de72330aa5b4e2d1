// ADOL-C as an engine: a trace of the program, and one reverse sweep with the seed.
#include "interpreter.h"
#include <adolc/adolc.h>
#include <cstdlib>
#include <filesystem>
#include <malloc.h>

namespace gradcheck
{

template <> struct scalar<adouble> {
    static double value(const adouble &x)
    {
        return x.value();
    }
};

} // namespace gradcheck

using namespace gradcheck;

namespace
{

const short tag = 1;
const size_t room = 1 << 25; // a longer trace goes to files in the current folder

struct trace { // ends, whatever the program throws
    trace()
    {
        trace_on(tag, 1, room, room, room, room);
    }
    ~trace()
    {
        trace_off();
    }
};

derivatives sweep(const program &p, const std::vector<double> &x, const std::vector<double> &seed)
{
    derivatives g{std::vector<double>(seed.size()), {}, {}};
    size_t count = x.size();
    {
        trace t;
        std::vector<adouble> parameters(x.size());
        for (size_t i = 0; i < x.size(); i++)
            parameters[i] <<= x[i];
        // The gradient of an inner node is that of a -0 added to it, which changes no number, not even its
        // sign.
        std::vector<adouble> y = p(parameters, [&](const std::string &name, tensor<adouble> &node) {
            for (adouble &element : node.at) {
                adouble zero;
                zero <<= -0.0;
                element += zero;
            }
            count += node.at.size();
            g.inner.push_back({name, node.shape});
        });
        for (size_t k = 0; k < y.size(); k++)
            y[k] >>= g.value[k];
    }
    std::vector<double> u = seed;
    g.grad.resize(count);
    if (count && fos_reverse(tag, (int)seed.size(), (int)count, u.data(), g.grad.data()) < 0)
        throw std::runtime_error("fos_reverse failed");
    return g;
}

} // namespace

int main()
{
    mallopt(M_MMAP_MAX, 0); // the trace's buffers are kept: getting them anew is a quarter of the time
    mallopt(M_TRIM_THRESHOLD, -1);
    std::string folder = (std::filesystem::temp_directory_path() / "gradcheck-adolc-XXXXXX").string();
    if (!mkdtemp(folder.data()))
        return 1;
    std::filesystem::current_path(folder);
    const int status = serve({"adol-c", ADOLC_VERSION, {"float64"}, names<adouble>(), sweep});
    std::filesystem::current_path("/");
    std::filesystem::remove_all(folder);
    return status;
}
