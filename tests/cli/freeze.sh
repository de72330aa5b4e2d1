# gradcheck freeze: what it writes is printed, is met, and leaves the rest of the file alone.
. "$SOURCE_DIR/tests/cli/lib.sh"

write_case a t/frozen 'inputs: {x: 3, y: 2} # a comment' 'graph: [f = x / y]' 'output: f'
cp "$scratch/a.yaml" "$scratch/before"
run 0 freeze "$scratch/a.yaml"
out "$scratch/a.yaml:"
out "by: reference"
head -n "$(wc -l <"$scratch/before")" "$scratch/a.yaml" | cmp -s - "$scratch/before" || problem "changed other lines"
sed 1d "$scratch/out" >"$scratch/printed"
tail -n "$(wc -l <"$scratch/printed")" "$scratch/a.yaml" | cmp -s - "$scratch/printed" || problem "printed something else"
run 0 check "$scratch/a.yaml"
out "expected     3 of 3 numbers met"
sed -i 's/x: 3,/x: 4,/' "$scratch/a.yaml"
run 1 check "$scratch/a.yaml"
out "but not with what the case expects"

write_case bad t/bad 'inputs: {x: 1}' 'graph: [f = nothing(x)]' 'output: f'
run 2 freeze "$scratch/bad.yaml"
err "bad.yaml:5:"
silent out
run 2 freeze "$scratch/none.yaml"
err "No such file or directory"
finish
