#!/bin/sh
# check_layout.sh ROOT: prints every place where a file breaks the rules of the house; fails if there is one.
#
#   include   a file of src includes its own layer and lower ones, as "layer/file.h", or <gradcheck.h>
#   mpfr      mpfr_ names live in src/real and src/tensor; no MPFR or GMP in include/
#   process   only src/engine starts processes
#   file      only src/files, src/engine and src/report open files
#   length    no file of code is longer than 600 lines
#   comment   a C file begins with the comment that says what it is
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
for folder in include src tests examples bench adapters cmake; do
    if [ -d "$folder" ]; then
        find "$folder" -path tests/golden -prune -o -type f \
            \( -name '*.[ch]' -o -name '*.cpp' -o -name '*.def' -o -name '*.sh' -o -name '*.py' \
            -o -name '*.cmake' -o -name CMakeLists.txt \) -print
    fi
done | sort | awk -f "$here/rules.awk"
