#!/bin/sh
# run.sh BUILD CMAKE CC CXX: installs the build into a scratch prefix, checks what is there, and builds and
# runs the consumers beside this file, outside the tree: by find_package and by pkg-config, C and C++,
# shared and static.
set -eu
build=$1 cmake=$2 cc=$3 cxx=$4
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
unset DESTDIR LD_LIBRARY_PATH || true

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

echo "== install"
"$cmake" --install "$build" --prefix "$prefix" >"$scratch/install.log" || fail "cmake --install"
for file in bin/gradcheck include/gradcheck.h share/man/man1/gradcheck.1; do
    test -f "$prefix/$file" || fail "$file is not installed"
done
library=$(find "$prefix" -name libgradcheck.so)
archive=$(find "$prefix" -name libgradcheck.a)
test -n "$library" || fail "libgradcheck.so is not installed"
test -n "$archive" || fail "libgradcheck.a is not installed"

echo "== symbols"
nm -D --defined-only "$library" | awk '{ print $NF }' | sort -u >"$scratch/exported"
if grep -v '^gck_' "$scratch/exported"; then
    fail "the shared library exports the names above"
fi
nm --defined-only --extern-only "$archive" | awk 'NF == 3 { print $NF }' | sort -u >"$scratch/archived"
if grep -v '^gck_' "$scratch/archived"; then
    fail "the static library defines the names above"
fi
# Declared functions: the name before the first parenthesis of each GCK_API declaration.
find "$prefix/include" -name '*.h' -exec cat {} + | awk '
    /^GCK_API/ { declaration = ""; open = 1 }
    open { declaration = declaration " " $0 }
    open && /;/ {
        open = 0
        if (match(declaration, /gck_[a-z0-9_]+\(/))
            print substr(declaration, RSTART, RLENGTH - 1)
    }' | sort -u >"$scratch/declared"
test -s "$scratch/declared" || fail "no declaration found in the installed headers"
if comm -3 "$scratch/declared" "$scratch/exported" | grep .; then
    fail "declared but not exported (left), or exported but not declared (right)"
fi
comm -3 "$scratch/declared" "$scratch/archived" | grep . && fail "the static library differs from the headers"

echo "== command"
"$prefix/bin/gradcheck" --version >"$scratch/version" || fail "gradcheck --version"
grep -q gradcheck "$scratch/version" || fail "gradcheck --version does not say gradcheck"

read -r _ version <<END
$("$prefix/bin/gradcheck" --version | head -n 1)
END
grep -q "\"gradcheck ${version%% *}\"" "$prefix/share/man/man1/gradcheck.1" ||
    fail "the man page is not of version ${version%% *}"

echo "== find_package"
mkdir "$scratch/source"
cp "$here/CMakeLists.txt" "$here/consumer.c" "$here/consumer.cpp" "$scratch/source/"
"$cmake" -S "$scratch/source" -B "$scratch/consumer" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" >"$scratch/log" 2>&1 &&
    "$cmake" --build "$scratch/consumer" >>"$scratch/log" 2>&1 || { cat "$scratch/log"; fail "find_package"; }
for program in c_gradcheck cpp_gradcheck c_static cpp_static; do
    echo "-- $program"
    "$scratch/consumer/$program" || fail "$program: exit status $?"
done

# The prefix moves: nothing installed may remember where it was.
by_pkg_config() {
    kind=$1
    moved=$scratch/$kind
    cp -R "$prefix" "$moved"
    PKG_CONFIG_PATH=$(dirname "$(find "$moved" -name gradcheck.pc)")
    export PKG_CONFIG_PATH
    cflags=$(pkg-config --cflags gradcheck)
    if [ "$kind" = static ]; then
        find "$moved" -name 'libgradcheck.so*' -exec rm {} +
        libs=$(pkg-config --static --libs gradcheck)
    else
        libs="$(pkg-config --libs gradcheck) -Wl,-rpath,$(pkg-config --variable=libdir gradcheck)"
    fi
    # The words of pkg-config are options, so they are split.
    # shellcheck disable=SC2086
    "$cc" -std=c11 $cflags "$here/consumer.c" $libs -o "$moved/c" || fail "pkg-config, C, $kind"
    # shellcheck disable=SC2086
    "$cxx" -std=c++17 $cflags "$here/consumer.cpp" $libs -o "$moved/cpp" || fail "pkg-config, C++, $kind"
    for program in c cpp; do
        echo "-- $program, $kind"
        "$moved/$program" || fail "$program, $kind: exit status $?"
    done
}
echo "== pkg-config"
by_pkg_config shared
by_pkg_config static
