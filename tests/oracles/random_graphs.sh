#!/bin/sh
# Random graphs, drawn and frozen by gradcheck, recomputed by the oracle: the values and gradients of every op beside
# others, at ties and corners too, where no author of a case has thought of looking.
#
#   random_graphs.sh PYTHON GRADCHECK SEED COUNT
set -eu
python=$1 gradcheck=$2 seed=$3 count=$4
folder=$(mktemp -d "${TMPDIR:-/tmp}/gck-random-XXXXXX")
trap 'rm -rf "$folder"' EXIT
# 1: there are graphs that could not be decided, and they are there like the others.
"$gradcheck" fuzz --all --quiet --seed "$seed" --count "$count" -o "$folder" >"$folder/names" || [ $? -eq 1 ]
missing=0
for case in "$folder"/*.yaml; do
    "$gradcheck" freeze "$case" >/dev/null 2>"$folder/why" || {
        cat "$folder/why"
        rm "$case"
        missing=$((missing + 1))
    }
done
# A point at the edge of a domain the oracle does not compute: that is shown, and no difference.
"$python" tests/oracles/oracle.py --check "$folder" >"$folder/said" 2>&1 || {
    cat "$folder/said"
    [ -s "$folder/said" ] || exit 1
    ! grep -qv ': not computed: ' "$folder/said" || exit 1
    missing=$((missing + $(wc -l <"$folder/said")))
}
[ $((missing * 100)) -le "$count" ] || { echo "$missing of $count graphs were not compared"; exit 1; }
