// A user's C++ program: lambdas as callbacks; a right gradient passes, a wrong one is caught.
#include <gradcheck.h>

#include <cstdio>
#include <cstring>
#include <vector>

int main()
{
    const std::vector<double> x{1.5, -0.75};
    const auto f = [](const double *v, size_t, void *) { return v[0] * v[0] * v[1]; };
    const auto gradient = [](double *g, const double *v, size_t, void *user) {
        g[0] = 2 * v[0] * v[1];
        g[1] = *static_cast<const double *>(user) * v[0] * v[0];
    };
    double factor = 1;
    gck_black_box box;
    if (std::strcmp(gck_version(), GCK_VERSION) != 0)
        return 1;
    if (gck_check_function(&box, nullptr, x.data(), x.size(), f, gradient, &factor) != GCK_OK ||
        box.verdict != GCK_VERDICT_OK) {
        std::printf("right gradient: %s\n", box.message);
        return 2;
    }
    factor = 2;
    if (gck_check_function(&box, nullptr, x.data(), x.size(), f, gradient, &factor) != GCK_OK ||
        box.verdict != GCK_VERDICT_WRONG || box.worst != 1) {
        std::printf("wrong gradient: %s\n", box.message);
        return 3;
    }
    std::printf("%s\n", box.message);
    return 0;
}
