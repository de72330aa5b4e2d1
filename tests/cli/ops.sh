# gradcheck ops: every op is listed and documented.
. "$SOURCE_DIR/tests/cli/lib.sh"

run 0 ops
out "arithmetic"
out "  max(a, b) "
names=$(sed -n 's/^  \([a-z_0-9]*\)(.*/\1/p' "$scratch/out")
[ "$(echo "$names" | wc -l)" -ge 40 ] || problem "fewer than 40 ops"
out "$(echo "$names" | wc -l) ops; gradcheck ops NAME documents one"
# shellcheck disable=SC2086
run 0 ops $names
[ "$(grep -c '^  formula ' "$scratch/out")" -eq "$(echo "$names" | wc -l)" ] || problem "an op without a formula"
run 0 ops max
out "  formula     y = max(a, b)"
out "    ties: one of half, first, second; default half"
out "  convention  "
out "  example     y = max(a, b)"
run 0 ops add_n
out "(1 or more)"
run 2 ops reluu
err "there is no op 'reluu'; did you mean 'relu'?"
silent out
run 2 ops max zzzzzzzzzz
err "lists them"
silent out
run 0 ops max --color always
out "$(printf '\033[1mmax(a, b)\033[0m')"
finish
