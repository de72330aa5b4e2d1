# gradcheck fuzz: right engines pass on random graphs, wrong ones become small cases; seeds fix everything.
. "$SOURCE_DIR/tests/cli/lib.sh"

# Correct code raises no alarm.
run 0 fuzz --count 150 --seed 5 --dtype float64,float32
out "150 graphs of seed 5: "
no_out "inconclusive"
run 0 fuzz --count 100 --seed 6 --engine builtin:reordered

# The same graphs for a seed, others for another.
run 0 fuzz --count 40
cp "$scratch/out" "$scratch/one"
run 0 fuzz --count 40 --seed 2
! cmp -s "$scratch/out" "$scratch/one" || problem "the seed changes nothing"

# An engine that gives no gradients: printed, or written into a folder, ready to check.
engine="python3 $SOURCE_DIR/tests/engines/anything.py"
run 1 fuzz --count 3 --engine "$engine"
out "id: fuzz/1-0"
out "engine anything; found by gradcheck fuzz"
mkdir "$scratch/found"
run 1 fuzz --count 3 --engine "$engine" -o "$scratch/found"
out "$scratch/found/1-0.yaml"
run 1 run "$scratch/found" --engine "$engine" --dtype float64
run 0 run "$scratch/found"

# All of them, as they were drawn: more than what was made small, and each a case that passes.
mkdir "$scratch/drawn"
run 1 fuzz --count 3 --all --engine "$engine" -o "$scratch/drawn"
[ "$(ls "$scratch/drawn")" = "$(printf '1-%d.yaml\n' 0 1 2)" ] || problem "not all graphs were written"
[ "$(wc -c <"$scratch/drawn/1-0.yaml")" -gt "$(wc -c <"$scratch/found/1-0.yaml")" ] || problem "the graph was made small"
run 0 fuzz --count 3 --all -o "$scratch/drawn"
grep -q '^title: graph 2 of seed 1$' "$scratch/drawn/1-2.yaml" || problem "the title is another"
run 0 run "$scratch/drawn"

# Whatever an engine is called, its name stays text.
sed 's/"name": "anything"/"name": "any \\"thing\\" \\\\ \\u001b[31m\\u009b"/' tests/engines/anything.py >"$scratch/named.py"
find_python
run 1 fuzz --count 1 --engine "$python $scratch/named.py" -o "$scratch/found"
run 0 run "$scratch/found/1-0.yaml"
grep -qF 'engine any \"thing\" \\ ?[31m' "$scratch/found/1-0.yaml" || problem "the engine's name is not there"

# What is wrong with the arguments.
run 2 fuzz cases/
err "there is nothing to name"
run 2 fuzz --count 0
err "--count takes a whole number from 1"
run 2 fuzz -o "$scratch/nowhere"
err "there is no such folder"
run 2 run cases/gates --count 3
run 3 fuzz --count 2 --engine "$scratch/none"


# Graphs are made of the ops that the engine lists: a small one is not asked for others all the time.
scalars="python3 $SOURCE_DIR/tests/engines/scalars.py"
run 0 fuzz --count 100 --engine "$scalars"
out ' ok, '
out ' nodes of 5 ops out of '
run 0 fuzz --count 100 --engine "$scalars no-mul"
out ' nodes of 1 ops out of '
sed 's/"ops": .*],/"ops": ["engine:mine"],/; s/"ops": list(OPS)/"ops": ["engine:mine"]/' tests/engines/scalars.py >"$scratch/mine.py"
run 4 fuzz --count 10 --engine "python3 $scratch/mine.py"
err 'nothing was checked: the engine supports none of these graphs'
finish
