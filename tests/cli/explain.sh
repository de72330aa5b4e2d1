# gradcheck explain: the blackboard of some cases, its options, its exit status.
. tests/cli/lib.sh

# explain NAME STATUS FILE OPTION...: the board is tests/golden/explain-NAME.txt, but for how exact the
# differences are: that depends on their steps.
explain() {
    name=$1
    wanted_status=$2
    shift 2
    run "$wanted_status" explain --color never "$@"
    silent err
    sed -E -e 's/differences, (exact|largest relative error [0-9.e-]+)/differences/' \
        -e 's/ +(ok|corner|undecided|differs|wrong)$/  \1/' "$scratch/out" >"$scratch/board"
    mv "$scratch/board" "$scratch/out"
    golden "explain-$name"
}

explain add-mul 0 cases/lectures/add-mul.yaml
explain sigmoid-neuron 0 cases/lectures/sigmoid-neuron.yaml
explain branch 0 cases/lectures/branch-diamond.yaml
explain max-tie 0 cases/kinks/max-tie.yaml
explain relu-4096 0 cases/lectures/relu-4096.yaml
explain softmax 0 cases/activations/softmax-vector.yaml
explain net 0 cases/lectures/two-layer-net-small.yaml
explain claim 0 cases/lectures/sigmoid-neuron-formula.yaml
explain wrong-claim 1 examples/wrong-claim.yaml
explain param 0 --param q cases/lectures/add-mul.yaml
explain verbose 0 -v cases/shapes/transpose.yaml
explain bits 0 --bits 512 cases/hard/logits-1000.yaml

# Every number of the first circuit stands on the board.
run 0 explain cases/lectures/add-mul.yaml
out 'f = mul(q, z) = -12'
out 'local df/dq = z = -4'
out 'local x upstream = 1 x -4 = -4'
out 'numeric -4.0000000000000000  ok'
out 'add distributes'
out 'mul switches'
no_out 'differs'

# A wrong claim fails, and is told apart from what is right around it.
run 1 explain examples/wrong-claim.yaml
out 'the claim is not the derivative'
wrong_case wrong t/wrong
run 1 explain "$scratch/wrong.yaml"
out 'claimed df/dx = 3'
out 'true df/dx = 6'
right_case right t/right
run 0 explain "$scratch/right.yaml"

# A case without a title: nothing stands where it would be.
sed -i '/^title:/d' "$scratch/right.yaml"
run 0 explain "$scratch/right.yaml"
! grep -q ' $' "$scratch/out" || problem "a line ends in a blank"
run 0 run --list "$scratch/right.yaml"
! grep -q ' $' "$scratch/out" || problem "a line ends in a blank"
run 0 explain "$scratch/right.yaml" --format html
no_out '<p></p>'

# A claim that is NaN at one element is wrong, wherever that element stands.
write_case nan t/nan 'inputs: {a: [2, 0, 3], b: [5, 7, 9]}' 'graph:' '  - expr: y = a * b' \
    '    claim: {a: y / a, b: a}' '  - f = sum(y)' 'output: f'
run 1 explain "$scratch/nan.yaml"
out 'the claim is not the derivative'

# Colour is there when asked for, and only then.
escape=$(printf '\033')
run 0 explain --color always cases/lectures/add-mul.yaml
out "${escape}[32mok${escape}[0m"
run 0 explain cases/lectures/add-mul.yaml
no_out "$escape"

# Wrong usage and bad files say what is wrong.
run 2 explain
err 'one case file'
run 2 explain cases/lectures/add-mul.yaml cases/lectures/mul-gate.yaml
err 'one case file'
run 2 explain --param w cases/lectures/add-mul.yaml
err 'no such node'
run 2 explain --param 'x[0]' cases/lectures/add-mul.yaml
err 'one name'
run 2 explain "$scratch/none.yaml"
err 'none.yaml'
run 2 explain --bits 3 cases/lectures/add-mul.yaml
err 'bits'

finish
