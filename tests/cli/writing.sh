#!/bin/sh
# Output files are whole or not there: a process that is killed, a file system that is full, two processes at once.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
mkdir "$scratch/few" "$scratch/out.d"
i=0
while [ $i -lt 30 ]; do
    right_case few/a$i t/a$i
    wrong_case few/b$i t/b$i
    i=$((i + 1))
done
few=$scratch/few
there=$scratch/out.d
formats="json junit tap github markdown"

# Killed at any moment: the file from before, or a whole new one.
command="gradcheck run, killed"
echo old >"$there/r.json"
killed=0
for wait in 0.02 0.05 0.08 0.12 0.2 0.3 0.5; do
    "$GRADCHECK" run "$few" cases/kinks -v --format json="$there/r.json" >/dev/null 2>&1 </dev/null &
    pid=$!
    sleep $wait
    kill -KILL $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    [ "$(cat "$there/r.json")" = old ] || "$python" -m json.tool "$there/r.json" >/dev/null || problem "half a file"
done
[ $killed -gt 0 ] || problem "was never killed in time"
rm -f "$there"/* "$there"/.r.json.*

# Full: a limit on the size of files stands for a full disk; the file from before stays, nothing else does.
command="gradcheck run, on a full disk"
for format in $formats; do
    echo old >"$there/r.$format"
    (
        ulimit -f 1
        exec "$GRADCHECK" run "$few" --format $format="$there/r.$format"
    ) >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    if [ "$(cat "$there/r.$format")" = old ]; then
        [ $status -eq 2 ] || problem "$format: exit status $status, and nothing was written"
        err "cannot write $there/r.$format: File too large"
    else # short enough
        [ "$(wc -c <"$there/r.$format")" -le 1024 ] || problem "$format: larger than the disk"
    fi
    [ "$(find "$there" -name '.r.*' | wc -l)" -eq 0 ] || problem "$format: half a file stays"
done
grep -q old "$there/r.json" || problem "the disk was not full"
rm "$there"/*
for command in check explain ops "sweep --format csv"; do
    file="$few/a1.yaml"
    [ "$command" != ops ] || file=
    # Words of the command, and no file.
    # shellcheck disable=SC2086
    "$GRADCHECK" $command $file >/dev/full 2>"$scratch/err" </dev/null
    [ $? -eq 2 ] || problem "exit status on a full disk"
    err "cannot write standard output: No space left on device"
done

# What freeze, baselines and recordings write, too.
cp "$few/a1.yaml" "$scratch/frozen.yaml"
cp "$few/a1.yaml" "$scratch/before.yaml"
command="gradcheck freeze, on a full disk"
yes '# a comment' | head -n 200 >>"$scratch/frozen.yaml"
cp "$scratch/frozen.yaml" "$scratch/before.yaml"
(
    ulimit -f 1
    exec "$GRADCHECK" freeze "$scratch/frozen.yaml"
) >/dev/null 2>"$scratch/err" </dev/null
[ $? -eq 2 ] || problem "exit status"
cmp -s "$scratch/before.yaml" "$scratch/frozen.yaml" || problem "the case was touched"
command="gradcheck run --record, on a full disk"
engine="$python $SOURCE_DIR/tests/engines/scalars.py"
(
    ulimit -f 1
    exec "$GRADCHECK" run "$few" --filter 't/a*' --engine "$engine" --record "$there/record"
) >/dev/null 2>"$scratch/err" </dev/null
[ $? -eq 2 ] || problem "exit status"
err "cannot write $there/record"
[ -z "$(ls -A "$there")" ] || problem "half a recording stays"
chmod 640 "$scratch/frozen.yaml"
run 0 freeze "$scratch/frozen.yaml"
[ "$(stat -c %a "$scratch/frozen.yaml")" = 640 ] || problem "other permissions"

# Two at once on one file: it is that of one of them, whole, at every moment.
command="two runs on one file"
"$GRADCHECK" run "$few" --filter 't/a*' -v --format json="$there/r.json" >/dev/null 2>&1 </dev/null
for round in 1 2 3; do
    "$GRADCHECK" run "$few" --filter 't/a*' -v --format json="$there/r.json" >/dev/null 2>&1 </dev/null &
    first=$!
    "$GRADCHECK" run "$few" --filter 't/b*' -v --format json="$there/r.json" >/dev/null 2>&1 </dev/null &
    second=$!
    while kill -0 $first 2>/dev/null || kill -0 $second 2>/dev/null; do
        "$python" -m json.tool "$there/r.json" >/dev/null || problem "half a file in round $round"
    done
    wait $first
    [ $? -eq 0 ] || problem "the first of two fails"
    wait $second
    [ $? -eq 1 ] || problem "the second of two fails"
    "$python" - "$there/r.json" <<'END' || problem "a mixture"
import json, sys
ids = {case["id"][:3] for case in json.load(open(sys.argv[1]))["cases"]}
assert ids in ({"t/a"}, {"t/b"}), ids
END
done
[ "$(ls -A "$there")" = r.json ] || problem "temporary files stay"
finish
