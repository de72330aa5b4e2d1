#!/bin/sh
# build.sh FOLDER: builds the command into FOLDER, from the sources that this action came with.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
cmake -S "$root" -B "$1" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGCK_BUILD_TESTS=OFF
cmake --build "$1" --target gradcheck
