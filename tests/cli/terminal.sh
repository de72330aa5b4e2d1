#!/bin/sh
# The progress line: on a terminal what is done, what failed and how long it may still take, wiped before anything else
# is written; not in a log, not with -q, and not for what is quick.
. "$SOURCE_DIR/tests/cli/lib.sh"
need script bsdutils
wrong_case cases/a t/a
mkdir -p "$scratch/cases"
i=0
while [ $i -lt 10 ]; do
    sed "s|^id: .*|id: t/many-$i|" cases/lectures/two-layer-net-small.yaml >"$scratch/cases/many-$i.yaml"
    i=$((i + 1))
done
cases=$scratch/cases
slow="--jobs 1 --bits 1024"

# on_terminal ARGUMENT...: gradcheck with standard error on a terminal, standard output in a file. What came is in
# $scratch/err, a line for each time that the cursor went back; $scratch/raw has all of it.
on_terminal() {
    command="gradcheck $* on a terminal"
    script -qec "TERM=xterm '$GRADCHECK' $* >'$scratch/out'" /dev/null </dev/null >"$scratch/raw"
    tr '\r' '\n' <"$scratch/raw" | sed "s/^$wipe//" | sed '/^$/d' >"$scratch/err"
}

wipe=$(printf '\033\\[K')
progress='^[0-9]* of 11 cases, [01] failed, [0-9]* s left$'
on_terminal run "$cases" $slow
[ "$(grep -c "$progress" "$scratch/err")" -gt 3 ] || {
    problem "there is no progress"
    cat -v "$scratch/err"
}
grep -q ' 1 failed, ' "$scratch/err" || problem "does not count what failed"
[ "$(tail -c 4 "$scratch/raw")" = "$(printf '\r\033[K')" ] || problem "the line stays at the end"
! grep -v "$progress" "$scratch/err" | grep -v '^11 of 11 cases, 1 failed$' || problem "something else is on the terminal (above)"
out "11 cases: 10 ok, 1 wrong;"
no_out " left"

# The report is on the terminal too: every one of its lines begins on a wiped one.
command="gradcheck run, all on a terminal"
script -qec "TERM=xterm NO_COLOR=1 '$GRADCHECK' run '$cases' $slow" /dev/null </dev/null >"$scratch/both"
grep -q "$(printf '\r\033\\[K')t/many-9 " "$scratch/both" || problem "the progress line is not wiped"
! grep -q "left *t/many" "$scratch/both" || problem "a line of the report stands behind the progress line"

# mutants takes long, too.
for what in "'$cases' --filter 't/many-[01]'" 'cases/bugs cases/shapes --cover'; do
    on_terminal mutants --jobs 1 "$what"
    grep -q '^[0-9]* of [0-9]* cases, 0 failed, [0-9]* s left$' "$scratch/err" || problem "there is no progress"
    [ "$(tail -c 4 "$scratch/raw")" = "$(printf '\r\033[K')" ] || problem "the line stays at the end"
done

run 1 run "$cases" $slow
silent err
on_terminal run -q "$cases" $slow
! grep -q ' of 11 cases' "$scratch/err" || problem "shows progress"
on_terminal run "$cases/a.yaml" "$cases/many-1.yaml"
! grep -q ' of 2 cases' "$scratch/err" || problem "shows progress"
finish
