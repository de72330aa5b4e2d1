#!/bin/sh
# Random graphs, drawn and frozen by gradcheck, recomputed by the oracle: the values and gradients of every op beside
# others, at ties and corners too, where no author of a case has thought of looking.
#
#   random_graphs.sh PYTHON GRADCHECK SEED COUNT
set -eu
python=$1 gradcheck=$2 seed=$3 count=$4
folder=$(mktemp -d "${TMPDIR:-/tmp}/gck-random-XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$gradcheck" fuzz --all --quiet --seed "$seed" --count "$count" -o "$folder" >"$folder/names"
"$gradcheck" freeze "$folder"/*.yaml >"$folder/frozen"
"$python" tests/oracles/oracle.py --check "$folder"
