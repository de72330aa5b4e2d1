#!/bin/sh
# engine:NAME, ops that only the engine has: black boxes, judged by differences of the engine's own values.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
engine="$python $SOURCE_DIR/tests/engines/scalars.py"
cases=$scratch/cases

# own NAME X OP: a case of the op at x, between two ops that everybody knows.
own() {
    write_case "cases/$1" "own/$1" "inputs: {x: $2, y: 3}" 'graph:' "  - z = engine:$3(x, shape=[])" '  - f = z * y' 'output: f' 'wrt: [x]'
}
own right 1.7 cube
own wrong 1.7 cube_wrong
own rough 0.7 rough_sin
own rough-wrong 0.7 rough_sin_wrong
own corner 0 ramp
own undefined 1 nothing
own unknown 1 unknown
run 1 run -j2 --engine "$engine" --record "$scratch/record" "$cases"
out '7 cases: 2 ok, 1 kink, 1 unsupported, 1 inconclusive, 2 wrong'
cp "$scratch/out" "$scratch/then"
run 1 judge "$scratch/record"
out '7 cases: 2 ok, 1 kink, 1 unsupported, 1 inconclusive, 2 wrong'
grep -q '^> {"type":"value","id":"own/right@float64#' "$scratch/record" || problem 'no value was asked for'
"$python" tests/engines/validate.py docs/protocol.schema.json "$scratch/record" >"$scratch/out" ||
    problem 'a message is not what the schema says'
run 1 check --engine "$engine" "$cases/wrong.yaml"
out 'engine:cube_wrong has no reference: its gradient is compared with differences of the engine'
out 'there is no reference; 1 element was compared one by one'
run 1 run --engine "$engine" --format json="$scratch/report.json" --format junit="$scratch/report.xml" \
    --format markdown="$scratch/report.md" --format html="$scratch/report.html" "$cases"
run 1 run --engine "$engine factor" "$cases/right.yaml"
run 1 run --engine "$engine missing" "$cases/right.yaml"
out 'missing'
run 1 run --engine "$engine wrong-shape" "$cases/right.yaml"
out 'wrong'

# Without the engine there is nothing to compare with.
run 4 run "$cases"
out '7 unsupported'
printf '{"x": 26.01}' >"$scratch/g.json"
run 1 check "$cases/right.yaml" --grads "$scratch/g.json"
out 'these gradients are known at one'
run 2 explain "$cases/right.yaml"
err "engine:cube is an op of the engine's own: there is no reference, and nothing to explain"
run 2 sweep "$cases/right.yaml"
err 'nothing to sweep'
run 2 freeze "$cases/right.yaml"
err 'nothing to freeze'
run 2 mutants "$cases/right.yaml"
err "right.yaml: error: engine:cube is an op of the engine's own: there is no reference, and nothing to plant bugs in"

# What such a case may not hold, and rows that are none.
for more in 'expect: {value: {f: 1}, by: closed-form}' 'equals: {graph: [g = x * y], output: g}' \
    'kinks: [{at: x, choice: c, allowed: [1]}]'; do
    own bad 1 cube
    echo "$more" >>"$cases/bad.yaml"
    run 2 run --engine "$engine" "$cases/bad.yaml"
    err "${more%%:*}: engine:cube is an op of the engine's own"
done
for row in 'z = engine:cube(x)|shape' 'z = engine:(x, shape=[])|unexpected' 'z = engine:cube(x, shape=[-1])|negative' \
    'z = engine:cube(shape=[])|argument' 'engine:z = x * y|not a name' 'z = engine:cube * x|no node'; do
    write_case cases/bad own/bad 'inputs: {x: 1, y: 3}' 'graph:' "  - ${row%|*}" '  - f = z * y' 'output: f' 'wrt: [x]'
    run 2 run --engine "$engine" "$cases/bad.yaml"
    err "${row#*|}"
done

run 0 lint-engine "$engine"
out 'ok    a value without gradients'
out 'ok    gradients of inner gates: it gives them'
finish
