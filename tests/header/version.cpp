// The header as C++17: the version in it is the version of the library.
#include <gradcheck.h>

#include <cstring>

static_assert(__cplusplus == 201703L, "compile this file as C++17");

int main()
{
    return std::strcmp(gck_version(), GCK_VERSION) ? 1 : 0;
}
