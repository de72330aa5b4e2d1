#!/bin/sh
# Engines that are programs: a right one, and tests/engines/scalars.py with every fault it knows. Whatever an engine does,
# the run ends with the right exit status and leaves no process behind.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
marker=3600.$$
export SLEEP=$marker
engine="$python $SOURCE_DIR/tests/engines/scalars.py"
right_case cases/a test/a
right_case cases/b test/b
write_case cases/c test/c 'inputs: {x: 2, y: 5, z: -4}' 'graph: [q = x + y, f = q * z]' 'output: f'
cases=$scratch/cases

# nobody_left: no engine and no grandchild of one runs.
nobody_left() {
    sleep 0.1
    left=$(grep -lsa "sleep.[${marker%%.*}].*${marker#*.}\|[s]calars.py.*$marker" /proc/[0-9]*/cmdline)
    [ -z "$left" ] || problem "processes are left: $left"
}

# faulty STATUS FAULT OPTION...: all three cases with an engine that has this fault, once.
faulty() {
    wanted=$1
    fault=$2
    shift 2
    rm -f "$scratch/shown.$marker"
    run "$wanted" run -j1 --dtype float64 --timeout 1 --start-timeout 10 --engine "$engine $fault $scratch/shown.$marker" \
        "$@" "$cases"
    nobody_left
}

# spoilt FAULT TEXT...: the first case has the verdict error and the texts in its message, the others are ok.
spoilt() {
    faulty 1 "$1"
    out '3 cases: 2 ok, 1 error'
    shift
    for text; do out "$text"; done
}

faulty 0 none
out '3 cases: 3 ok'
run 0 run -j3 --engine "$engine none '' $marker" "$cases"
out '3 cases: 3 ok'
run 0 check --engine "$engine none '' $marker" "$cases/c.yaml"
out 'scalars 1'
run 0 run --engine "'$python' \"$SOURCE_DIR/tests/engines/scalars.py\" no\\ne" "$cases"
nobody_left

# It cannot be run at all.
run 3 run --engine ./no-such-engine "$cases"
err 'the engine could not be run: ./no-such-engine cannot be started: No such file or directory'
run 3 run --engine /etc/passwd "$cases"
err "Permission denied; chmod +x /etc/passwd, or name its interpreter: 'python3 /etc/passwd'"
# What newcomers forget: ./ before the name, the first line, a flush.
printf 'print()\n' >"$scratch/no-first-line.py"
printf '#!/no/such/interpreter\n' >"$scratch/other-first-line.py"
printf '#!/bin/sh\nread hello\nprintf "{\\"type\\":"; read forever\n' >"$scratch/no-line-end.sh"
printf '#!/bin/sh\nread hello\nread forever\n' >"$scratch/no-flush.sh"
chmod +x "$scratch"/*-line.py "$scratch"/no-*.sh
run 3 run --engine "$scratch/no-first-line.py" "$cases"
err 'Exec format error; its first line has to name its interpreter'
run 3 run --engine "$scratch/other-first-line.py" "$cases"
err 'No such file or directory; what its first line names is not there'
(cd "$scratch" && exec "$GRADCHECK" run --engine no-first-line.py "$cases") 2>"$scratch/err"
err 'it is looked for along PATH, and the one that is here is ./no-first-line.py'
run 3 run --start-timeout 0.1 --engine "$scratch/no-line-end.sh" "$cases"
err "in the middle of a line: '{\"type\":'; a message ends with an end of line"
run 3 run --start-timeout 0.1 --engine "$scratch/no-flush.sh" "$cases"
err 'it gave no answer within 0.1 s; does it flush its standard output after each message?'
run 3 run --engine true "$cases"
err 'it exited with status 0 and did not answer hello'
faulty 3 exits
err 'it exited with status 1; on standard error: no license'
faulty 3 banner
err "it sent what is no JSON object: 'Welcome to scalars 1.0'; on its standard output a message is expected, and nothing else"
faulty 3 hello-error
err 'it answered hello with an error: no license'
faulty 3 hello-protocol
err 'protocol 1'
faulty 3 hello-name
err 'engine.name'
run 3 run --start-timeout 0.3 --engine "$engine hello-sleeps '' $marker" "$cases"
err 'it gave no answer within 0.3 s'
nobody_left
faulty 3 gone
out 'it exited with status 5'
err 'the engine can no longer be run: it exited with status 1; on standard error: gone for good'
run 2 run --engine 'engine "open' "$cases"
err 'open quote'
run 2 run --engine ' ' "$cases"
err 'empty'
run 2 run --timeout 0 --engine x "$cases"
run 2 run --timeout soon --engine x "$cases"
run 2 run --record "$scratch/x" "$cases"
err '--record needs an --engine'

# It fails at a case: that case is an error, and the run goes on with another process.
spoilt garbage "it sent what is no JSON object: '\\x1b[31mSegmentation fault\\x07'"
spoilt half-line 'it exited with status 0 in the middle of a line' '{"type": "result"'
spoilt huge-line 'its line is longer than any answer can be' 'xxxx'
spoilt deep 'no JSON object'
spoilt deep-field 'no JSON object' 'depth'
spoilt wrong-id "it answered 'other' when test/a@float64 was asked"
spoilt no-id 'its answer has no id'
spoilt late 'it gave no answer within 1 s'
spoilt sleep 'it gave no answer within 1 s'
spoilt stubborn 'it gave no answer within 1 s'
spoilt grandchildren 'it exited with status 7'
spoilt grandchildren-hang 'it gave no answer within 1 s'
spoilt deaf
spoilt mute 'it closed its standard output'
spoilt killed 'it was killed by signal 9 (KILL) in the middle of a line' 'about to go'
spoilt claimed-op 'it refuses the op mul, which its hello lists'
spoilt error 'out of ?[31mpaper'
spoilt wrong-count 'x: 3 numbers came for a shape of 4 elements'
spoilt strange-shape 'x is no tensor {"shape": [...], "data": [...]}'
spoilt raises 'RuntimeError: 크기가 다르다' # as it was written
spoilt words 'x: item 0 of its data is no number'
spoilt no-grads 'the result has no "grads"'

# A second answer is what the next request finds.
faulty 1 twice
out '3 cases: 2 ok, 1 error'

# It answers, and the answer is judged.
faulty 1 nan-token
out "more: gradcheck check --engine '"
out 'nonfinite'
faulty 1 infinity-string
out 'nonfinite'
faulty 1 wrong-shape
out 'x  the gradient has shape [2, 2], the parameter []'
no_out nan
run 1 check --engine "$engine wrong-shape '' $marker" "$cases/a.yaml"
out 'x          other shape '
out 'wrong: what came has another shape than it should have'
no_out nan
faulty 1 rank-20
out '1 wrong'
faulty 1 missing
out '1 missing'
no_out nan
faulty 1 renamed
out 'missing: it answered what nobody asked for: X, Y'
faulty 1 nan-first # a NaN is worse than the error of another parameter
out '  nan                    nan  nonfinite'
faulty 1 no-value
out '1 missing'
run 1 run --engine "$engine factor '' $marker" "$cases"
out '3 wrong'
run 1 check --engine "$engine null '' $marker" "$cases/a.yaml"
out 'null gradients were taken as zeros'
faulty 0 extra
out '3 cases: 3 ok'
faulty 0 flood
out '3 cases: 3 ok'
faulty 0 attribute
out '2 ok, 1 unsupported'
faulty 4 no-mul
out '3 unsupported'
run 0 run --engine "$engine float32 '' $marker" "$cases"
out '3 cases: 3 ok'
run 4 run --dtype float64 --engine "$engine float32 '' $marker" "$cases"
out '3 unsupported'

# An engine whose inner gradients are wrong is told where.
run 1 check --engine "$engine inner '' $marker" "$cases/c.yaml"
out 'mul'

# It does not go when it is asked to: all processes together are waited for as long as one.
start=$(date +%s)
run 0 run -j3 --engine "$engine bye '' $marker" "$cases"
[ $(($(date +%s) - start)) -lt 10 ] || problem "waits for each of its processes"
nobody_left

# Ctrl-C, and a terminal that is closed: what was found so far, and nobody left.
for signal in INT TERM HUP; do
    "$GRADCHECK" run -j1 --engine "$engine sleep '' $marker" "$cases" >"$scratch/out" 2>"$scratch/err" </dev/null &
    pid=$!
    sleep 1
    kill -$signal $pid
    wait $pid
    status=$?
    command="gradcheck run, ended by SIG$signal"
    [ $status -eq 130 ] || problem "exit status $status, not 130"
    out 'interrupted: 0 of 3 cases were checked'
    nobody_left
done
nohup "$GRADCHECK" run -j1 --timeout 2 --engine "$engine sleep '' $marker" "$cases/a.yaml" >"$scratch/out" 2>"$scratch/err" </dev/null &
pid=$!
sleep 1
kill -HUP $pid
wait $pid
command="nohup gradcheck run"
out 'it gave no answer within 2 s'
finish
