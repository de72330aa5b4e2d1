#!/bin/sh
# From a bare Debian 12 or Ubuntu 24.04 to a checked library of cases:
#
#   sh bootstrap.sh         installs what is missing, builds into build/, runs build/gradcheck run cases/
#   sh bootstrap.sh test    the same build and every test (the library of cases is one), and the units and laws again
#                           under sanitizers, under clang, and fed with hostile bytes
#
# Every package is looked for first; nothing is installed or removed that need not be. It may be run again.
set -eu
cd "$(dirname "$0")"
mode=${1:-run}
case $mode in
run | test) ;;
*)
    echo "usage: sh bootstrap.sh [test]" >&2
    exit 2
    ;;
esac

packages="build-essential cmake ninja-build pkg-config
    libmpfr-dev libgmp-dev libyaml-dev libjansson-dev libzip-dev"
build_tests=OFF
if [ "$mode" = test ]; then
    build_tests=ON
    packages="$packages clang clang-format libclang-rt-dev libxml2-utils libcmocka-dev libbz2-dev libadolc-dev
        libceres-dev nlohmann-json3-dev nodejs npm gnuplot-nox libgraphviz-dev
        python3 python3-gmpy2 python3-mpmath python3-numpy python3-torch python3-yaml"
fi
# Ubuntu has chromium as a snap alone, which does not do in a container; there no browser opens the report.
# shellcheck disable=SC1091
if [ "$mode" = test ] && (. /etc/os-release && [ "$ID" = debian ]) 2>/dev/null; then
    packages="$packages chromium"
fi
cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
started=$(date +%s)

heading() {
    printf '\n=== %s (%ss)\n' "$1" "$(($(date +%s) - started))"
}

# present PACKAGE: it is installed, or the tool that it brings is there from somewhere else.
present() {
    case $1 in
    cmake | pkg-config | clang | clang-format | python3 | npm | chromium) command -v "$1" >/dev/null && return 0 ;;
    gnuplot-nox) command -v gnuplot >/dev/null && return 0 ;;
    nodejs) command -v node >/dev/null && return 0 ;;
    libxml2-utils) command -v xmllint >/dev/null && return 0 ;;
    ninja-build) command -v ninja >/dev/null && return 0 ;;
    esac
    dpkg -s "$1" 2>/dev/null | grep -q '^Status: .* ok installed$'
}

# as_root COMMAND...: as root, or through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

install_packages() {
    missing=
    for package in $packages; do
        present "$package" || missing="$missing $package"
    done
    if [ -z "$missing" ]; then
        echo "nothing is missing"
        return 0
    fi
    echo "missing:$missing"
    if ! command -v apt-get >/dev/null; then
        echo "There is no apt-get here. Please install what these Debian packages hold;" >&2
        echo "then: cmake --preset release && cmake --build --preset release" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "This is not root and there is no sudo. As root, please run: apt-get install$missing" >&2
        return 1
    fi
    echo "running apt-get update, then apt-get install$missing"
    as_root apt-get update -q || echo "apt-get update failed; trying with the lists that are there" >&2
    # One word a package.
    # shellcheck disable=SC2086
    as_root apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 $missing || {
        echo "The packages could not be installed. As root, please run: apt-get install$missing" >&2
        return 1
    }
}

# build PRESET TARGET...
build() {
    preset=$1
    shift
    cmake --preset "$preset" -DGCK_BUILD_TESTS="$build_tests" && cmake --build --preset "$preset" --parallel "$cores" --target "$@"
}

heading "Packages"
install_packages

if [ "$mode" = run ]; then
    heading "Build, into build/"
    build release gradcheck gck_shared gck_static
    heading "build/gradcheck run cases/"
    exec build/gradcheck run cases/
fi

# Each stage is run whatever became of the one before; all are summed up at the end.
summary=build/summary.txt
failed=0
mkdir -p build
: >"$summary"

# stage PRESET TARGET LABELS: builds TARGET, runs the tests whose label matches LABELS.
stage() {
    heading "$1: build $2"
    log=$PWD/build/ctest-$1.log
    rm -f "$log"
    # One word a target.
    # shellcheck disable=SC2086
    if ! build "$1" $2; then
        printf '%s: the build failed\n' "$1" >>"$summary"
        failed=1
        return 0
    fi
    heading "$1: tests"
    ctest --preset "$1" --parallel "$cores" -L "$3" -LE long --output-log "$log" || failed=1
    {
        printf '%s (%s): ' "$1" "$3"
        awk '/tests passed/ || /^Total Test time/ || failed; /^The following tests FAILED/ { failed = 1 }' "$log" |
            grep -v -e '^Errors while' -e '^\[ERROR_MESSAGE' -e '^$'
    } >>"$summary"
}

stage release all .
stage asan-ubsan "unit law" "unit|law"
stage tsan thread thread
stage clang-release "unit law" "unit|law"
stage fuzz fuzz fuzz

heading "Summary"
cat "$summary"
if [ "$failed" -ne 0 ]; then
    echo "FAILED"
    exit 1
fi
echo "all passed"
