#!/bin/sh
# --laws: engines that are right at the point and break one law each, and one that keeps all.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
engine="$python $SOURCE_DIR/tests/engines/scalars.py"
right_case cases/a test/a
write_case cases/c test/c 'inputs: {x: 2, y: 5, z: -4}' 'graph: [q = x + y, f = q * z]' 'output: f'
cases=$scratch/cases

# verdicts: "law broken op" of every law of the first run in the JSON.
verdicts() {
    "$python" - "$scratch/report.json" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
for case in report["cases"]:
    broken = [f'{law["law"]}:{law["op"]}' for law in case["runs"][0]["laws"] if law["broken"]]
    print(case["id"], case["verdict"], *(broken or ["none"]))
END
}

# breaks FAULT LAW OP_A OP_C TEXT...: alone that law is broken in both cases, by these ops, and the texts are shown.
breaks() {
    fault=$1 law=$2 op_a=$3 op_c=$4
    shift 4
    run 1 run -j1 --laws --engine "$engine law-$fault" --format pretty --format json="$scratch/report.json" "$cases"
    printf 'test/a wrong %s:%s\ntest/c wrong %s:%s\n' "$law" "$op_a" "$law" "$op_c" >"$scratch/wanted"
    verdicts >"$scratch/found"
    diff -u "$scratch/wanted" "$scratch/found" || problem "other laws are broken (above)"
    out "law $law"
    for text; do out "$text"; done
    run 0 run -j1 --engine "$engine law-$fault" "$cases" # without --laws nobody sees it
}

run 0 run -j1 --laws --engine "$engine none" --format pretty --format json="$scratch/report.json" "$cases"
for law in deterministic zero-seed linear fewer-parameters unused-parameter; do
    grep -q "law $law  *holds in 2 of 2 runs" "$scratch/out" || problem "$law is not said to hold"
done
run 0 check -j1 --laws --engine "$engine none" "$cases/a.yaml"
out 'deterministic holds, zero-seed holds, linear holds, fewer-parameters holds, unused-parameter holds'
run 0 check "$cases/a.yaml"
no_out 'deterministic'

breaks deterministic deterministic mul mul 'nondeterministic: the same request twice: the gradient of x is 2 now, and was 2.0000000000000004 before' \
    'the spread is 8.88e-16' 'holds in 0 of 2 runs; broken by: mul'
breaks zero-seed zero-seed mul mul 'a zero seed does not give zeros: x gets 1, not 0'
breaks linear linear mul mul 'not linear in the seed: x gets' 'where rounding explains'
breaks fewer fewer-parameters mul mul 'asking for fewer parameters changes them: the gradient of x is 4 when it alone is asked for'
breaks unused unused-parameter mul mul 'gets no zeros: unused gets 0.5, not 0'
breaks unused-missing unused-parameter mul mul 'gets no zeros: it gets no gradient'
breaks unused-fails unused-parameter mul mul 'the engine failed: one of the tensors was not used'

run 1 check -j1 --laws --engine "$engine law-linear" "$cases/a.yaml"
out 'the gradients are right at this point, but the engine breaks a law of gradients'
out 'linear is broken (mul)'

# An engine that is linear and loses digits: broken, and no word against its formula.
run 1 run -j1 --laws --engine "$engine law-digits" --format pretty --format json="$scratch/report.json" "$cases"
verdicts >"$scratch/found"
printf 'test/a inaccurate linear:mul\ntest/c inaccurate linear:None\n' | diff -u - "$scratch/found" ||
    problem "lost digits are taken for another law (above)"
out 'linear in the seed only up to lost digits: y gets'
out 'beside the point by another amount'
grep -q '"noise": *true' "$scratch/report.json" || problem "the report says nothing of noise"
run 0 run -j1 --allow inaccurate --laws --engine "$engine law-digits" "$cases"
run 1 run -j1 --allow inaccurate --laws --engine "$engine law-linear" "$cases"

# A broken law is a failure like any other: it can be known.
run 0 run -j1 --laws --engine "$engine law-linear" --baseline "$scratch/known" --write-baseline "$cases"
run 0 run -j1 --laws --engine "$engine law-linear" --baseline "$scratch/known" "$cases"
run 1 run -j1 --laws --engine "$engine none" --baseline "$scratch/known" "$cases"

# A recording holds what every law was told, in the order of asking.
for fault in none law-deterministic law-linear; do
    "$GRADCHECK" run -j1 --laws --engine "$engine $fault" --record "$scratch/record" --format json="$scratch/then.json" \
        "$cases" >"$scratch/out" 2>&1
    then=$?
    [ $then -le 1 ] || problem "exit status $then"
    run $then judge -j1 "$scratch/record" --format json="$scratch/now.json"
    for report in then now; do
        "$python" -c '
import json, sys
for case in json.load(open(sys.argv[1]))["cases"]:
    print(case["id"], [(law["law"], law["broken"], law["op"]) for law in case["runs"][0]["laws"]])' \
            "$scratch/$report.json" >"$scratch/$report"
    done
    grep -q linear "$scratch/then" || problem "no laws in the report"
    diff "$scratch/then" "$scratch/now" || problem "$fault: judged differently (above)"
done
run 2 run --laws --grads "$scratch/x" "$cases"
err '--laws asks again'
finish
