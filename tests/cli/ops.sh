# gradcheck ops: every op is listed and documented, with an example; misspelt names get suggestions.
. "$SOURCE_DIR/tests/cli/lib.sh"

run 0 ops
out "arithmetic"
out "  max(a, b) "
names=$(sed -n 's/^  \([a-z_0-9]*\)(.*/\1/p' "$scratch/out")
count=$(echo "$names" | wc -l)
[ "$count" -ge 150 ] || problem "fewer than 150 ops"
out "$count ops; gradcheck ops NAME documents one"
awk 'length($0) > 140 { print; bad = 1 } END { exit bad }' "$scratch/out" ||
    problem "a line is longer than 140: the op's .doc needs a short first clause, then a colon"
# shellcheck disable=SC2086
run 0 ops $names
[ "$(grep -c '^  formula ' "$scratch/out")" -eq "$count" ] || problem "an op without a formula"
[ "$(grep -c '^    gradcheck: 1$' "$scratch/out")" -eq "$count" ] || problem "an op without an example"
run 0 ops max
out "  formula     y = max(a, b)"
out "    ties: one of half, first, second; default half"
out "  convention  "
out "  PyTorch     torch.maximum"
out "  example     gradcheck ops max --example > max.yaml && gradcheck check max.yaml"
out "      - y = max(a, b)"
run 0 ops add_n
out "(1 or more)"

run 0 ops --family recurrent
out "  lstm_cell("
no_out "conv2d"
run 0 ops conv2d --example
cp "$scratch/out" "$scratch/conv2d.yaml"
run 0 check "$scratch/conv2d.yaml" --color never
out "examples/conv2d"
# A number needs no seed.
run 0 ops dot --example
no_out "seed:"
run 0 ops --markdown
out "### conv2d"

# refused TEXT ARGUMENT...: wrong usage, with this message.
refused() {
    text=$1
    shift
    run 2 ops "$@"
    err "gradcheck ops: $text"
    silent out
}
refused "there is no op 'reluu'; did you mean 'relu'?" reluu
refused "there is no op 'swish'; here it is called silu" swish
refused "there is no op 'clip'; here it is called clamp or hardtanh" clip
refused "there is no op 'torch.nn.functional.silu'; here it is called silu" torch.nn.functional.silu
refused "there is no op 'np.exp'; here it is called exp" np.exp
refused "there is no op 'np.sum'; here it is called sum" np.sum
refused "there is no op 'ReLU'; here it is called relu" ReLU
refused "there is no op 'nosuch'; \`gradcheck ops\` lists them" nosuch
refused "there is no op 'zzzzzzzzzz'; \`gradcheck ops\` lists them" max zzzzzzzzzz
refused "there is no op 'convolution', but a family: gradcheck ops --family convolution" convolution
refused "there is no family 'losess'; did you mean 'losses'?" --family losess
refused "there is no family 'zzzzzzzzzz'; families are arithmetic, " --family zzzzzzzzzz
refused "--family lists a family; it goes alone" --family losses relu
refused "--example prints a case file: name one op" --example
refused "--example prints a case file: name one op" --example relu max
refused "--markdown is about all ops; it goes alone" --markdown relu

run 0 ops max --color always
out "$(printf '\033[1mmax(a, b)\033[0m')"
finish
