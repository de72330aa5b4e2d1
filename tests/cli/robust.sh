# What the world does to a program: bad files, closed pipes, full disks, signals, hostile text, terminals.
. "$SOURCE_DIR/tests/cli/lib.sh"
right_case few/a t/a
wrong_case few/b t/b

# A bad file: all errors of all bad files, and nothing is checked.
write_case bad/a t/a 'inputs: {x: 1}' 'graph:' '  - f = addd(x, x)' 'output: f' 'colour: red'
write_case bad/b t/b 'inputs: {x: one}' 'graph: [f = x * x]' 'output: f'
right_case bad/c t/c
run 2 run "$scratch/bad"
err "bad/a.yaml:6:9: error: "
err "did you mean"
err "bad/a.yaml:8:1: error: "
err "bad/b.yaml:4:"
silent out
run 2 run "$scratch/nowhere"
err "No such file or directory"
run 2 run "$scratch/few" "$scratch/nowhere"
silent out
printf '' >"$scratch/empty.yaml"
run 2 check "$scratch/empty.yaml"
err "empty.yaml"

# Hostile text stays text.
write_case hostile t/hostile 'inputs: {x: 1}' 'graph: [f = x * x]' 'output: f'
sed -i 's/^title: .*/title: "a \\e[31mred \\u009b31m \\u202e title"/' "$scratch/hostile.yaml"
"$GRADCHECK" check "$scratch/hostile.yaml" >"$scratch/out" 2>"$scratch/err"
command="gradcheck check hostile.yaml"
for bytes in '\033' '\302\233' '\342\200\256'; do
    ! grep -q "$(printf "$bytes")" "$scratch/out" "$scratch/err" || problem "control characters came through"
done
name=$(printf 'f\033[31m.yaml')
cp "$scratch/few/b.yaml" "$scratch/$name"
run 1 run "$scratch/$name"
no_out "$(printf '\033')"
printf 'gradcheck: 1\nid: \033[31m\n' >"$scratch/$name"
run 2 run "$scratch/$name"
no_err "$(printf '\033')"

# Colour: on a terminal only, unless told.
run 1 run "$scratch/few" --color always
out "$(printf '\033[31mwrong\033[0m')"
run 1 run "$scratch/few"
no_out "$(printf '\033')"
if command -v script >/dev/null; then
    on_terminal() { script -qec "$1" /dev/null </dev/null 2>&1; }
    command="gradcheck run on a terminal"
    on_terminal "TERM=xterm '$GRADCHECK' run '$scratch/few'" | grep -q "$(printf '\033\\[31m')" || problem "no colour"
    for quiet in "NO_COLOR=1" "TERM=dumb"; do
        ! on_terminal "env TERM=xterm $quiet '$GRADCHECK' run '$scratch/few'" | grep -q "$(printf '\033')" ||
            problem "colour in spite of $quiet"
    done
fi

# Standard output: closed, full, and a reader that goes away.
command="gradcheck run"
"$GRADCHECK" run "$scratch/few" >&- 2>"$scratch/err"
[ $? -eq 2 ] || problem "exit status with standard output closed"
err "cannot write standard output: Bad file descriptor"
"$GRADCHECK" run "$scratch/few" >/dev/full 2>"$scratch/err"
[ $? -eq 2 ] || problem "exit status on a full disk"
err "cannot write standard output: No space left on device"
"$GRADCHECK" --help >/dev/full 2>"$scratch/err"
[ $? -eq 2 ] || problem "exit status of --help on a full disk"
mkfifo "$scratch/pipe"
sleep 0 <"$scratch/pipe" &
{
    sleep 0.3
    "$GRADCHECK" run "$scratch/few/a.yaml" 2>"$scratch/err"
    echo $? >"$scratch/status"
} >"$scratch/pipe"
wait
[ "$(cat "$scratch/status")" -eq 1 ] || problem "exit status with a broken pipe: $(cat "$scratch/status")"
silent err

# A signal: what was found so far is reported, and reports in files are whole.
i=0
while [ $i -lt 400 ]; do
    sed "s|^id: .*|id: t/many-$i|" cases/lectures/two-layer-net-small.yaml >"$scratch/many-$i.yaml"
    i=$((i + 1))
done
for signal in INT TERM; do
    command="gradcheck run, ended by SIG$signal"
    timeout --preserve-status -s $signal 1 "$GRADCHECK" run "$scratch"/many-*.yaml --jobs 1 --bits 2048 \
        --format json="$scratch/stopped.json" >"$scratch/out" 2>"$scratch/err"
    [ $? -eq 130 ] || problem "exit status"
    grep -q '^interrupted: [0-9]* of 400 cases were checked$' "$scratch/out" || problem "does not say so"
    grep -q '"interrupted": true' "$scratch/stopped.json" || problem "no JSON"
done

# A signal in the middle of one long case ends it too: every element of the large net takes minutes.
command='gradcheck check --exhaustive all, ended by SIGINT'
timeout -k 30 --preserve-status -s INT 3 "$GRADCHECK" check cases/lectures/two-layer-net.yaml --exhaustive all \
    >"$scratch/out" 2>"$scratch/err"
[ $? -eq 130 ] || problem "exit status"
out 'interrupted: 0 of 1 cases were checked'
finish
