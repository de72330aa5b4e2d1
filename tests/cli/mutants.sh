# gradcheck mutants: every bug that shows is caught with the verdict and the gate that are due, and a case alone
# says what its inputs hide.
. "$SOURCE_DIR/tests/cli/lib.sh"

# The lectures but for their large nets, the corners and the bugs that happened: thousands of mutants, none survives, is
# misjudged or misplaced. long/mutants has the cases that take a minute each.
cases=$(printf '%s\n' cases/lectures/*.yaml cases/bugs/*.yaml cases/kinks/*.yaml | grep -v -e relu-minibatch \
    -e amax-many-ties -e three-layer-net-large -e two-layer-net.yaml -e two-layer-sigmoid-matmul)
# A word a file.
# shellcheck disable=SC2086
run 0 mutants $cases
out " caught, "
out "0 wrong verdict, 0 wrong node, 0 survived"
caught=$(sed -n 's/.* mutants: \([0-9]*\) caught.*/\1/p' "$scratch/out")
[ "${caught:-0}" -ge 4000 ] || problem "only ${caught:-no} mutants were caught"
# No bug goes untried: each row has caught some, and all that the cases bring along are.
rows=$(awk '/^bug /{table = 1; next} /^$/{table = 0} table' "$scratch/out")
[ "$(echo "$rows" | wc -l)" -eq 32 ] || problem "the table does not have 32 rows"
echo "$rows" | awk '$(NF - 5) == 0 { print; bad = 1 } END { exit bad }' || problem "bugs that nothing caught (above)"
own=$(cat cases/bugs/*.yaml | grep -c '^  - name: ')
echo "$rows" | grep -Eq "^own +.* $own +0 +0 +0 +0 +0\$" || problem "not all of the $own bugs that cases list are caught"

# docs/bugs.md: a row a class, each with a case or a reason, each case and bug with its verdict.
command=docs/bugs.md
[ "$(grep -c '^| [0-9]' docs/bugs.md)" -eq 51 ] || problem "not 51 classes"
! grep -E '^\| [0-9]+ \|[^|]*\| *\| *\|$' docs/bugs.md || problem "a class without a case and without a reason (above)"
for file in cases/bugs/*.yaml; do
    want=$(awk '/^bugs:/ { on = 1 } on && /- name: / { name = $3 }
                on && /^    verdict: / { list = list (list ? ", " : "") name " (" $2 ")" } END { print list }' "$file")
    grep -qF "$(basename "$file" .yaml): $want" docs/bugs.md || problem "$file is not there as \"$want\""
done

# One dtype at a time.
run 0 mutants cases/lectures/relu.yaml --dtype float32
run 2 mutants cases/lectures/relu.yaml --dtype float32,float64
err "--dtype takes one number format here"
run 2 mutants
err "no case given"
run 4 mutants cases/lectures --filter nothing

# What inputs hide, and why.
write_case blind blind 'inputs: {x: [[1, 2], [2, 1]], W: [[1, 1], [1, 1]]}' 'graph: ["y = matmul(x, W)"]' 'output: y' \
    'seed: [[1, 1], [1, 1]]'
run 0 mutants "$scratch/blind.yaml"
out "These inputs cannot show:"
out "transposed (the gradient is not transposed back)"
out "change: use a matrix that is not symmetric, with sizes above 1"
out "seed-ones (the upstream gradient is taken for ones)"
out "change: give the case a \`seed\` with other numbers than 1"
out "half-line (wrong where the argument is negative)"

write_case one one 'inputs: {x: [[1, 2, 3]], index: {dtype: int64, data: [2, 0]}}' \
    'graph: ["r = relu(x)", "t = transpose(r)", "y = take(t, index)"]' 'output: y' 'seed: [[1], [-2]]'
run 0 mutants "$scratch/one.yaml"
out "because the batch has size 1, or the gradient is zero"
out "change: use a batch of 2 or more"
out "unmasked (the mask is forgotten where the local gradient is zero)"
out "change: use inputs on both sides of the op's corner"
out "change: repeat an index, or use sizes above 1 where the op sums"

# A deviation, a norm, of 1 hides that it is divided by. With eps, the deviation is never exactly 1, and the bug shows.
for op in 'layer_norm(x, eps=0)' 'rms_norm(x, eps=0)' 'batch_norm(x, eps=0)' 'std(x, axes=[1], correction=0)'; do
    seed='[[0.3, -0.2, 0.7, 1], [0.4, 0.9, -1, 0.1], [1, 0.5, -0.3, 0.2], [0.6, -0.8, 0.25, 0.75]]'
    case $op in std*) seed='[0.3, -0.2, 0.7, 1]' ;; esac
    write_case unit unit 'inputs: {x: [[1, -1, 1, -1], [1, -1, -1, 1], [-1, 1, 1, -1], [-1, 1, -1, 1]]}' \
        "graph: [\"y = $op\"]" 'output: y' "seed: $seed"
    run 0 mutants "$scratch/unit.yaml"
    out 'unscaled (the division by a deviation or norm is forgotten)'
    out 'because the standard deviation, or norm, is 1, or the gradient is zero'
    out 'change: use numbers whose standard deviation, or norm, is not 1'
    sed -e 's/\[\[1, -1, 1, -1\]/[[1, -1, 1, 0.5]/' "$scratch/unit.yaml" >"$scratch/other.yaml"
    run 0 mutants "$scratch/other.yaml"
    no_out 'unscaled (the'
done
write_case unit unit 'inputs: {x: [1, -1, 1, -1]}' 'graph: [y = layer_norm(x)]' 'output: y' 'seed: [0.3, -0.2, 0.7, 1]'
run 0 mutants "$scratch/unit.yaml"
no_out 'unscaled (the'
write_case norm norm 'inputs: {x: [3, 4]}' 'graph: [y = norm(x)]' 'output: y'
run 0 mutants "$scratch/norm.yaml"
no_out 'unscaled (the'
sed 's/3, 4/0.6, 0.8/' "$scratch/norm.yaml" >"$scratch/unit.yaml"
run 0 mutants "$scratch/unit.yaml" --dtype float32
out 'unscaled (the'

# The smallest error that is caught, in every number format.
run 0 mutants cases/lectures/add-mul.yaml cases/lectures/sigmoid-neuron.yaml --magnitudes
out "lectures/add-mul         1e-15 (budget 4e-16)  1e-06 (budget 2e-07)"
out "float64, 2 cases, the smallest error caught: 1e-15 in 1, 1e-14 in 1"
run 0 mutants cases/lectures/add-mul.yaml --magnitudes --dtype float64
no_out float32

# A number format that does not hold the numbers of a case is left out there.
write_case large t/large 'inputs: {x: 1e10, y: 3}' 'graph: [f = x * y]' 'output: f' 'dtypes: [float64]'
run 0 mutants "$scratch/large.yaml" --magnitudes
out "float64, 1 case, the smallest error caught"
out "float16, 0 cases, the smallest error caught"
run 0 mutants cases/lectures/add-mul.yaml "$scratch/large.yaml" --cover --dtype float16

# A bug that a case lists, and that makes no difference there.
write_case idle idle 'inputs: {x: [2, 1]}' 'graph: ["y = exp(x)"]' 'output: y' 'seed: [1, 1]' 'bugs:' \
    '  - {name: right, node: y, backward: [dx = dy * y]}' '  - {name: none, node: y, instead: [y = x + 1]}'
run 1 mutants "$scratch/idle.yaml" -v
out "survived  idle  right in y = exp(...), gradient of x: the same"
out "caught  idle  none in y = exp(...)"

# A case that fails without any bug is no proof of anything.
wrong_case wrong wrong
run 1 mutants "$scratch/wrong.yaml"
out "1 case failed without any bug"

# Ctrl-C ends it soon, in the middle of a case too.
for option in --magnitudes --cover --verbose; do
    timeout -k 30 --preserve-status -s INT 2 "$GRADCHECK" mutants $option cases \
        >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    command="gradcheck mutants $option, ended by SIGINT"
    [ $status -eq 130 ] || problem "exit status $status, not 130"
    err 'interrupted: '
done
finish
