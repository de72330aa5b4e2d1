# gradcheck mutants: every bug that shows is caught with the verdict and the gate that are due, and a case alone
# says what its inputs hide.
. "$SOURCE_DIR/tests/cli/lib.sh"

# The small lectures and the gates: thousands of mutants, none survives, is misjudged or misplaced.
run 0 mutants cases/lectures cases/gates --filter 'lectures/[a-q]*' --filter 'gates/*'
out " caught, "
out "0 wrong verdict, 0 wrong node, 0 survived"
caught=$(sed -n 's/.* mutants: \([0-9]*\) caught.*/\1/p' "$scratch/out")
[ "${caught:-0}" -ge 6000 ] || problem "only ${caught:-no} mutants were caught"
# No bug goes untried: each row has caught some.
rows=$(awk '/^bug /{table = 1; next} /^$/{table = 0} table' "$scratch/out")
[ "$(echo "$rows" | wc -l)" -eq 23 ] || problem "the table does not have 23 bugs"
echo "$rows" | awk '$(NF - 5) == 0 { print; bad = 1 } END { exit bad }' || problem "bugs that nothing caught (above)"

# Threads change nothing; one dtype at a time.
run 0 mutants cases/lectures/add-mul.yaml -j 1 -v
cp "$scratch/out" "$scratch/one"
run 0 mutants cases/lectures/add-mul.yaml -j 4 -v
cmp -s "$scratch/out" "$scratch/one" || problem "threads change the output"
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

# A case that fails without any bug is no proof of anything.
wrong_case wrong wrong
run 1 mutants "$scratch/wrong.yaml"
out "1 case failed without any bug"
finish
