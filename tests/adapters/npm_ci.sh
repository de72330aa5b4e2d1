#!/bin/sh
# npm_ci.sh FOLDER BUILD_FOLDER: installs what FOLDER's lock file names into BUILD_FOLDER/node_modules, unless it is there.
set -eu
mkdir -p "$2"
if cmp -s "$1/package-lock.json" "$2/package-lock.json" && [ -f "$2/installed" ]; then
    echo "is there"
    exit 0
fi
rm -f "$2/installed"
cp "$1/package.json" "$1/package-lock.json" "$2/"
cd "$2"
npm ci --ignore-scripts --no-audit --no-fund
touch installed
