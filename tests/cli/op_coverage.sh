#!/bin/sh
# Every op has a case: its name before a parenthesis in some graph of cases/, or the operator that means it.
. "$SOURCE_DIR/tests/cli/lib.sh"
command="gradcheck ops"

run 0 ops
sed -n 's/^  \([a-z][a-z0-9_]*\)(.*/\1/p' "$scratch/out" >"$scratch/ops"
[ -s "$scratch/ops" ] || problem "lists no op"

# Comments and texts for people name ops too; they do not count.
find cases -name '*.yaml' -o -name '*.json' | sort | xargs cat |
    sed -E '/^(title|why|source|id|tags):/d; s/(^|[ ])#.*//' >"$scratch/graphs"
while read -r op; do
    case $op in
    expr) pattern='(^|[^a-z0-9_"])"?expr"?:' ;;
    *) pattern="(^|[^a-z0-9_])$op\\(" ;;
    esac
    grep -qE "$pattern" "$scratch/graphs" || problem "no case in cases/ uses the op $op"
done <"$scratch/ops"
finish
