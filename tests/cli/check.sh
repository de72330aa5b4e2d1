# gradcheck check: tables, selected elements, what stands under them.
. "$SOURCE_DIR/tests/cli/lib.sh"

run 0 check cases/lectures/add-mul.yaml
golden check-add-mul
run 0 check cases/hard/abs-near-zero.yaml
golden check-hard
run 0 check cases/kinks/abs-at-zero.yaml
golden check-kink
run 1 check examples/forgotten-factor.yaml
golden check-wrong
run 0 check cases/lectures/matmul-square.yaml --param 'W[0,:]' --dtype float64
golden check-param

run 0 check cases/lectures/matmul-square.yaml -v
[ "$(grep -c '^W\[' "$scratch/out")" -eq 18 ] || problem "not every element of W in both dtypes"
out "analytic (float32)"

# Several cases: a summary at the end. Quiet: only what fails.
run 1 check cases/lectures/add-mul.yaml examples/forgotten-factor.yaml
out "2 cases: 1 ok, 1 wrong;"
run 0 check -q cases/lectures/add-mul.yaml
silent out

# Of several formulas with claims the guilty one is named. A claim that is NaN leaves the reference a number.
write_case several t/several 'inputs: {x: 0.5, t: 2}' 'graph:' '  - expr: s = 3 * x' '    claim: 2 + x ** 0' \
    '  - expr: h = tanh(s)' '    claim: 1 - h' '  - expr: f = (h - t) ** 2' \
    '    claim: {h: 2 * (h - t), t: -2 * (h - t)}' 'output: f'
run 1 check "$scratch/several.yaml"
out "the first wrong gate is h (expr)"
write_case nan t/nan 'inputs: {a: [2, 0, 3], b: [5, 7, 9]}' 'graph:' '  - expr: y = a * b' \
    '    claim: {a: y / a, b: a}' '  - f = sum(y)' 'output: f'
run 1 check "$scratch/nan.yaml" --dtype float64
out "a[1]  gradient nan, reference 7"

# What the double column uses.
run 0 check cases/lectures/sigmoid-neuron.yaml --method forward --dtype float64
out "numeric      in double by forward differences"
grep -q '^w0 .*e-[678]  ' "$scratch/out" || { problem "a forward difference would be less accurate"; cat "$scratch/out"; }
run 0 check cases/lectures/sigmoid-neuron.yaml --method richardson --dtype float64
out "by Richardson extrapolation"
run 0 check cases/lectures/add-mul.yaml --bits 512
out "numeric (512 bits)"

# Elements one by one: as many as asked for.
run 0 check cases/lectures/matmul-square.yaml --exhaustive 2 --dtype float64
out "4 of 18 elements also checked one by one"
run 0 check cases/lectures/matmul-square.yaml --exhaustive all --dtype float64
out "18 of 18 elements also checked one by one"

run 0 check cases/kinks/sign-step.yaml
out "x[0] is where the function jumps or is vertical: slope 0 from the left, inf from the right; the engine's answer is 0"
run 0 check cases/kinks/sqrt-at-zero.yaml
out "slope none from the left, inf from the right"
run 0 check cases/kinks/pow-edge-of-domain.yaml
out "a is on a corner: slope none from the left"

run 2 check cases/lectures/two-layer-net-small.yaml --param w1
err "two-layer-net-small.yaml: error: --param: no parameter is named 'w1'; did you mean 'W1'?"
run 2 check cases/lectures/add-mul.yaml --param 'x[0]'
err "'x[0]' has too many indices: x has rank 0"
run 2 check cases/lectures/matmul-square.yaml --param 'W[3,0]'
err "axis 0 of W has 3 elements"
# Every direction crosses this corner; the reference is there all the same.
run 0 check cases/kinks/relu-at-zero.yaml
out "certificate  no differences along directions were taken"
# More threads than there is work for.
run 0 check cases/lectures/add-mul.yaml --jobs 1024
run 0 mutants cases/lectures/add-mul.yaml --jobs 1024
# A number at 256 bits that is none at 512 is no reference.
write_case none t/none 'inputs: {t: -1e-100, x: 2}' 'graph:' '  - d = (t + 1) - 1' '  - a = log(d * 1e100 + 0.5)' \
    '  - y = a * x' 'output: y' 'dtypes: [float64]'
run 1 check "$scratch/none.yaml"
out "float64: inconclusive: the output is not finite at this point, so it has no gradient"
# As many bits as there may be, and the guard bits of its differences.
write_case most t/most 'inputs: {x: [1, 2], w: [0.5, -1]}' 'graph:' '  - y = tanh(sum(x * w))' 'output: y' \
    'limits: {bits: 4096}' 'dtypes: [float64]'
run 0 check "$scratch/most.yaml"
out "4096 bits"
run 2 check cases/lectures/add-mul.yaml --bits 4097
# Nothing to check is no pass, whatever the report.
write_case none t/none 'inputs: {x: {shape: [2, 0], fill: constant, value: 1}, w: 2}' 'graph:' '  - y = x * w' 'output: y' \
    'seed: {fill: constant, value: 1}'
for format in json junit tap github markdown html pretty; do
    run 1 check "$scratch/none.yaml" --format $format
done
out "y  has no elements: there is nothing to check"

# Tiny beside ordinary numbers: undecided in one tensor, ok in two, as docs/verdicts.md says.
write_case tiny t/tiny 'inputs: {x: [1e-300, 1]}' 'graph: [f = sum(log(x))]' 'output: f' 'dtypes: [float64]'
run 1 check "$scratch/tiny.yaml"
out 'inconclusive: '
write_case tiny t/tiny 'inputs: {x: [1e-300], y: [1]}' 'graph: [f = sum(log(x)) + sum(log(y))]' 'output: f' 'dtypes: [float64]'
run 0 check "$scratch/tiny.yaml"
# Where the function jumps, no budget is to blame.
cat >"$scratch/jump.yaml" <<'END'
gradcheck: 1
id: mine/jump
inputs: {y: 0, x: -1}
graph:
  - f = atan2(y, x)
output: f
END
run 1 check "$scratch/jump.yaml"
out "y  gradient -1, reference -1, but the function jumps or is vertical here: there is no slope"
finish
