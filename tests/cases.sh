#!/bin/sh
# The library of cases passes, and the report of all of it is a sound page below 5 MB that has every case.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$GRADCHECK" run cases/ --format pretty --format html="$scratch/page.html"
"$GRADCHECK" run cases/ --list >"$scratch/list"
# shellcheck disable=SC2046
python3 tests/browser/page.py "$scratch/page.html" 5000000 $(sed 's/ .*//' "$scratch/list")
echo "the page has $(wc -c <"$scratch/page.html") bytes"
