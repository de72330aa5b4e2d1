#!/bin/sh
# Recordings: what an engine answered once is judged again without it, to the same verdicts.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
engine="$python $SOURCE_DIR/tests/engines/scalars.py"
right_case cases/a test/a
write_case cases/b test/b 'inputs: {x: 2, y: 5, z: -4}' 'graph: [q = x + y, f = q * z]' 'output: f'
write_case cases/c test/c 'inputs: {x: [1, 2]}' 'graph: [f = sum(x)]' 'output: f'
noisy_case cases/d test/d
cases=$scratch/cases

# verdicts: the lines of the run, without what differs from time to time, and without the command that shows more.
verdicts() {
    masked "$scratch/out" | sed -E -e 's/ +[0-9.]*$//' -e '/^  more: gradcheck /d'
}

for fault in none factor missing wrong-shape nan-token null sleep killed; do
    "$GRADCHECK" run --timeout 0.5 --seed 18446744073709551615 --engine "$engine $fault" --record "$scratch/record" \
        "$cases" >"$scratch/out" 2>"$scratch/err" </dev/null
    then=$?
    verdicts >"$scratch/then"
    run $then judge "$scratch/record"
    verdicts >"$scratch/now"
    diff "$scratch/then" "$scratch/now" || problem "$fault: judged differently (above)"
done
run 1 judge "$scratch/record"
out "  more: gradcheck judge $scratch/record --filter test/a --format html=report.html"
run 1 judge "$scratch/record" --filter test/a --format json
out '"id": "test/a"'
out 'killed by signal 9'
no_out 'test/b'
run 0 judge "$scratch/record" --list
out 'test/d'

# A recording holds all files that its cases are made of: they need not be there, and others do not matter.
mkdir -p "$scratch/away/in"
"$python" "$SOURCE_DIR/tests/files/tensors.py" "$scratch/away/in/w.npz" 'x=<f8:2' 'y=<f4:-4' || problem tensors.py
write_case away/g test/g "inputs: {x: {file: 'in/w.npz#x'}, y: {file: 'in/w.npz#y'}}" 'graph: [f = x * y]' 'output: f'
write_case away/test/e test/e "inputs: {x: 2, y: 3}" 'graph: [f = x * y]' 'output: f' 'equals: test/twin'
write_case away/test/twin test/twin "inputs: {x: 2, y: 3}" 'graph: [f = y * x]' 'output: f'
for vary in 0 3; do
    run 0 run --vary $vary --engine "$engine" --record "$scratch/record" "$scratch/away/g.yaml" \
        "$scratch/away/test/e.yaml"
    mv "$scratch/away" "$scratch/gone"
    verdicts >"$scratch/then"
    run 0 judge "$scratch/record"
    verdicts >"$scratch/now"
    diff "$scratch/then" "$scratch/now" || problem "files: judged differently (above)"
    mv "$scratch/gone" "$scratch/away"
    [ $vary = 0 ] && cp "$scratch/record" "$scratch/whole"
done
cmp -s "$scratch/record" "$scratch/whole" && problem "--vary asks for the same"
grep -v '"path":".*/in/w.npz"' "$scratch/whole" >"$scratch/holed"
run 2 judge "$scratch/holed"
err 'the file in/w.npz: it is not in the recording'
grep -v '"type":"file","path":".*/test/twin.yaml"' "$scratch/whole" >"$scratch/holed"
run 2 judge "$scratch/holed"

# Requests are canonical: two runs, and any number of jobs, record the same bytes in some order.
for jobs in 1 3; do
    run 0 run -j$jobs --engine "$engine" --record "$scratch/record.$jobs" "$cases/a.yaml" "$cases/b.yaml"
    sort "$scratch/record.$jobs" >"$scratch/sorted.$jobs"
done
cmp "$scratch/sorted.1" "$scratch/sorted.3" || problem "the recordings differ"
grep -qF '> {"type":"grad","id":"test/b@float64","dtype":"float64","inputs":{"x":{"dtype":"float64","shape":[],"data":[2]},"y":{"dtype":"float64","shape":[],"data":[5]},"z":{"dtype":"float64","shape":[],"data":[-4]}},"graph":[{"name":"q","op":"add","inputs":["x","y"],"attributes":{}},{"name":"f","op":"mul","inputs":["q","z"],"attributes":{}}],"output":"f","seed":{"shape":[],"data":[1]},"wrt":["x","y","z"],"want":["q"]}' \
    "$scratch/record.1" || problem "the request of test/b is not the one that the protocol shows"

# What is no recording.
run 2 judge "$cases/a.yaml"
err 'this is no recording'
run 2 judge "$scratch/nowhere"
err 'No such file'
run 2 judge /dev/null
err 'this is no recording'
run 2 judge
head -1 "$scratch/record" >"$scratch/short"
run 2 judge "$scratch/short"
err "the engine's hello is not in this recording"
sed 's/"version":2/"version":9/' "$scratch/record" >"$scratch/new"
run 2 judge "$scratch/new"
err 'another version'
{ cat "$scratch/record" && echo 'x'; } >"$scratch/torn"
run 2 judge "$scratch/torn"
err 'no line of a recording'
# Each would be read: a short recording could ask for any memory.
sed '/^= .*"type":"case"/p' "$scratch/record" >"$scratch/twice"
run 2 judge "$scratch/twice"
err 'is recorded twice'
# A request whose answer was lost is an error, and no pass.
sed '/^> .*test\/a@/,+1d' "$scratch/record.1" >"$scratch/lost"
run 1 judge "$scratch/lost"
out 'the recording has no answer to this request'
run 2 run --engine "$engine" --record "$scratch/no/where" "$cases"
err 'cannot write'

# lint-engine
run 0 lint-engine "$engine"
out 'scalars 1: float64; 11 ops'
out 'ok    an op that does not exist: unsupported'
no_out 'WRONG'
out '15 of 15 are as they should be'
run 0 lint-engine "$engine no-mul"
out '; 1 op'
out '10 requests were left out: they need the op mul, and its hello does not list it'
run 0 lint-engine "$engine misspelt"
out 'note  its hello lists maxpool2d, and there is no such op: did you mean max_pool2d?'
run 1 lint-engine "$engine nan-first"
out 'grads.x is "nan", not 6'
run 1 lint-engine "$engine wrong-shape"
out 'grads.x has not the shape of x, []'
out ' are wrong; the protocol is described in docs/protocol.md'
run 1 lint-engine "$engine wrong-id"
out 'WRONG a gradient'
out "does not repeat the id"
run 1 lint-engine --timeout 0.5 "$engine sleep"
out 'it gave no answer within 0.5 s'
run 1 lint-engine "$engine error"
out 'out of ?[31mpaper'
run 3 lint-engine "$engine exits"
err 'no license'
run 3 lint-engine ./no-such-engine
run 2 lint-engine
run 2 lint-engine a b
finish
