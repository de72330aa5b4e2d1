#!/bin/sh
# check_format.sh ROOT CLANG_FORMAT: every C and C++ file is laid out as .clang-format says.
set -eu
cd "$1"
for folder in src include tests examples bench adapters; do
    if [ -d "$folder" ]; then
        find "$folder" -type f \( -name '*.[ch]' -o -name '*.cpp' \) -exec "$2" --dry-run -Werror {} +
    fi
done
