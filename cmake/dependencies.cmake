# What the library stands on; docs/dependencies.md says why each is there.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
set(GCK_REQUIRES "mpfr >= 4.1, gmp >= 6.2, yaml-0.1 >= 0.2, jansson >= 2.14, libzip >= 1.7")
string(REPLACE " " "" modules "${GCK_REQUIRES}")
string(REPLACE "," ";" GCK_MODULES "${modules}")
pkg_check_modules(GCK_DEPENDENCIES REQUIRED IMPORTED_TARGET ${GCK_MODULES})

# Draws the pictures of `gradcheck draw`; the command alone links it.
option(GCK_GRAPHVIZ "Draw graphs with Graphviz, where it is installed" ON)
if(GCK_GRAPHVIZ AND GCK_BUILD_CLI)
    pkg_check_modules(GCK_GRAPHVIZ_LIBRARIES IMPORTED_TARGET "libgvc >= 2.42")
endif()
