#!/bin/sh
# What is asked of every op in the table: a case in cases/ that uses it (its name before a parenthesis in some
# graph, or `expr:`), and cases for every kind of value of its attributes (printed as a table); an example that runs;
# and a place in docs/ops.md, which says what the table says.
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

mkdir "$scratch/examples"
while read -r op; do
    run 0 ops "$op" --example
    cp "$scratch/out" "$scratch/examples/$op.yaml"
done <"$scratch/ops"
run 0 run "$scratch/examples"
if [ $status -ne 0 ]; then
    echo "An example is the row's .example with its .inputs (lines of a case's \`inputs\`): src/ops/families/*.def"
fi
grep -E ' kink .*' "$scratch/out" | grep '^examples/' && problem "an example is at a corner (above); move its inputs"
out "$(wc -l <"$scratch/ops") cases: "

run 0 ops --markdown
if ! diff -u docs/ops.md "$scratch/out" >"$scratch/difference"; then
    head -40 "$scratch/difference"
    problem "docs/ops.md is out of date (above, + is right). Make it again: gradcheck ops --markdown > docs/ops.md"
fi

# coverage GRAPHS: the classes of values of all attributes, each with the number of calls that have it.
coverage() { awk -f tests/cli/op_coverage.awk "$scratch/documented" "$1" | sort; }
# shellcheck disable=SC2046
run 0 ops $(cat "$scratch/ops")
mv "$scratch/out" "$scratch/documented"
command="op_coverage.awk"
coverage "$scratch/graphs" >"$scratch/table"
sed 's/ \([0-9]*\)$/: \1/' "$scratch/table"
[ "$(wc -l <"$scratch/table")" -ge 400 ] || problem "fewer than 400 classes of values: its output is not understood"
while read -r op name class count; do
    [ "$count" -gt 0 ] || problem "no case in cases/ uses $op with $name: $class"
done <"$scratch/table"
if coverage /dev/null | grep -v ' 0$'; then
    problem "without cases these count as used"
fi
echo 'y = pad(sum(x, axes=[-1, 0]), before=[1], mode = reflect)' | coverage - >"$scratch/table"
for line in 'pad mode reflect 1' 'pad mode constant 0' 'pad after set 0' 'sum axes negative 1' 'sum keepdims false 1'; do
    grep -qx "$line" "$scratch/table" || problem "in a row with two calls \"$line\" is missed"
done
finish
