# gradcheck mutants --cover: every kind of bug is caught by some case of the library, in every op and for every
# argument, but for those that mutants_hidden.txt explains; nothing there is out of date.
. "$SOURCE_DIR/tests/cli/lib.sh"

run 0 mutants cases --cover --bits 128 # a quarter less time, and the same outcome
out " 0 not caught as they should be"
awk '/^#/ || /^$/ { next }
     /^[a-z]/ { sub(/:.*/, ""); bug = $0; next }
     { for (i = 1; i <= NF; i++) print bug, $i }' tests/cli/mutants_hidden.txt | sort >"$scratch/explained"
awk '$1 == "hidden" { print $3, $2 "." $4 }' "$scratch/out" | sort >"$scratch/hidden"
missing=$(comm -13 "$scratch/explained" "$scratch/hidden")
[ -z "$missing" ] || problem "no case shows these (bug op.argument); add one, or say in mutants_hidden.txt why none can:
$missing"
stale=$(comm -23 "$scratch/explained" "$scratch/hidden")
[ -z "$stale" ] || problem "mutants_hidden.txt explains what a case shows, or what does not exist:
$stale"
caught=$(sed -n 's/.* in ops: \([0-9]*\) caught.*/\1/p' "$scratch/out")
[ "${caught:-0}" -ge 5000 ] || problem "only ${caught:-no} kinds of bugs in ops were caught"

# A library that shows little.
run 0 mutants cases/lectures/add-mul.yaml cases/lectures/relu.yaml --cover -v
out "hidden  relu  unguarded  x"
run 2 mutants cases/lectures --cover --magnitudes
err "--cover and --magnitudes are two different things"
finish
