#!/bin/sh
# Baselines: known failures pass, and everything else fails: a new failure, one that is worse or different, one that is
# mended, and a line about nothing. --write-baseline writes today's.
. "$SOURCE_DIR/tests/cli/lib.sh"
right_case few/a t/a
wrong_case few/b t/b
write_case few/e t/e 'inputs: {x: 3, y: 2}' 'graph: [f = x * y]' 'output: f' 'expect: {grad: {x: 5}, by: closed-form}'
write_case few/n t/n 'inputs: {x: 0.7}' 'graph:' '  - expr: f = x ** 3' \
    '    claim: 3 * x * x + sin(x * 1000000000000000000) / 1000000000'
sed -i '$a output: f' "$scratch/few/n.yaml"
few=$scratch/few
known=$scratch/known.txt

# lines LINE...: the baseline.
lines() { printf '%s\n' "$@" >"$known"; }

# known_is LINE...: what the baseline is now.
known_is() { printf '%s\n' "$@" | diff - "$known" || problem "another baseline was written (above)"; }

# Today's, written; then nothing fails.
run 1 run "$few"
run 0 run "$few" --baseline "$known" --write-baseline
out "known.txt: written, 4 known failures"
known_is '# Known failures: id[@dtype]  verdict[<=ratio]  # why' 't/b@float64  wrong<=1e16' 't/b@float32  wrong<=1e7' \
    't/e@expect  wrong' 't/n@float64  inaccurate<=1e6'
cp "$known" "$scratch/all.txt"
run 0 run "$few" --baseline "$known"
out " wrong (known) "
out " wrong (expect, known) "
out " inaccurate (float64, known) "
out "4 cases: 1 ok, 1 inaccurate (1 known), 2 wrong (2 known);"
out "known.txt: 4 known failures"
no_out "t/b: wrong"
cp "$scratch/out" "$scratch/first"
for jobs in 1 3; do
    run 0 run "$few" --baseline "$known" -j $jobs
    [ "$(masked "$scratch/out")" = "$(masked "$scratch/first")" ] || problem "differs from other --jobs"
done

# A new failure.
grep -v t/b@float32 "$scratch/all.txt" >"$known"
run 1 run "$few" --baseline "$known"
out "t/b: wrong"
out "  float32: wrong"
no_out "  float64: wrong"

# Worse, and different.
sed 's/wrong<=1e16/wrong<=1e3/' "$scratch/all.txt" >"$known"
run 1 run "$few" --baseline "$known"
out "listed as wrong<=1000 in $known:2, and 1.1e15 times the budget now"
sed 's/inaccurate<=1e6/wrong/' "$scratch/all.txt" >"$known"
run 1 run "$few" --baseline "$known"
out "listed as wrong in $known:5"

# Mended: fails until the line is gone.
{ cat "$scratch/all.txt" && echo 't/a@float64 missing # once'; } >"$known"
run 1 run "$few" --baseline "$known"
out " ok (unexpected) "
out "float64: ok: it passes, but it is listed as missing in $known:6"
out "$known:6: t/a@float64: it is ok now; delete this line"
out "known.txt: 5 known failures, of which 1 must go"
run 1 run "$few" --baseline "$known" --fail-fast
out "stopped at the first failure: 1 of 4 cases were checked"
run 1 run "$few" --baseline "$known" --quiet
out "t/a "
sed -i 6d "$known"
run 0 run "$few" --baseline "$known" --quiet
no_out "t/a "

# A line about no case, or no dtype of it, or nothing expected.
lines 't/b wrong' 't/e@expect wrong' 't/n@float64 inaccurate' 't/bb wrong'
run 1 run "$few" --baseline "$known"
out "$known:4: t/bb: no case has this id (did you mean t/b?); delete this line"
lines 't/b wrong' 't/e@expect wrong' 't/n@float64 inaccurate' 't/a@bfloat16 wrong' 't/n@expect wrong'
run 1 run "$few" --baseline "$known"
out "$known:4: t/a@bfloat16: the case is not checked in this dtype; delete this line"
out "$known:5: t/n@expect: the case expects nothing; delete this line"
# What was not selected is not missed.
run 0 run "$few" --baseline "$scratch/all.txt" --filter t/a
run 0 run "$few" --baseline "$scratch/all.txt" --dtype float32
run 0 run "$few" --baseline "$scratch/all.txt" --allow inaccurate

# A line without a dtype is about all of them.
lines 't/b wrong' 't/e@expect wrong' 't/n inaccurate'
run 1 run "$few" --baseline "$known"
out "t/n: it is ok in float32 now; a line without a dtype speaks of all of them; delete this line"

# Written anew: what holds stays to the letter, reasons and comments with it; what is gone goes.
lines '# ours' '' 't/b   wrong # forgotten on purpose' '# noise' 't/n inaccurate # why' 't/zz wrong'
run 0 run "$few" --baseline "$known" --write-baseline
known_is '# ours' '' 't/b   wrong # forgotten on purpose' 't/e@expect  wrong' '# noise' 't/n@float64  inaccurate<=1e6  # why'
run 0 run "$few" --baseline "$known" --write-baseline --filter t/a
known_is '# ours' '' 't/b   wrong # forgotten on purpose' 't/e@expect  wrong' '# noise' 't/n@float64  inaccurate<=1e6  # why'

# Whole or not at all: not after a bad case, an interruption, a closed pipe; and never over what is no baseline.
cp "$known" "$scratch/before"
unchanged() { cmp -s "$scratch/before" "$known" || problem "the baseline was touched"; }
write_case bad t/bad 'inputs: {x: 1}' 'graph: [f = addd(x, x)]' 'output: f'
run 2 run "$few" "$scratch/bad.yaml" --baseline "$known" --write-baseline
unchanged
run 3 run "$few" --baseline "$known" --write-baseline --engine ./no-such-engine
err "known.txt was not written: the run did not reach its end"
unchanged
run 4 run "$few" --baseline "$known" --write-baseline --filter nothing
unchanged
mkdir "$scratch/many"
i=0
while [ $i -lt 400 ]; do
    sed "s|^id: .*|id: t/many-$i|" cases/lectures/two-layer-net-small.yaml >"$scratch/many/$i.yaml"
    i=$((i + 1))
done
command="gradcheck run --write-baseline, interrupted"
"$GRADCHECK" run "$scratch/many" "$few" --jobs 1 --bits 2048 --baseline "$known" --write-baseline \
    >"$scratch/out" 2>"$scratch/err" </dev/null &
pid=$!
while [ ! -s "$scratch/out" ] && kill -0 $pid 2>"$scratch/over"; do
    sleep 0.05
done
kill -INT $pid
wait $pid
[ $? -eq 130 ] || problem "exit status"
err "was not written"
unchanged
lines 'not a baseline'
cp "$known" "$scratch/before"
run 2 run "$few" --baseline "$known" --write-baseline
err "$known:1:5: error: 'a' is no verdict"
unchanged
run 2 run "$few" --baseline "$scratch/no/where.txt" --write-baseline
err "cannot write $scratch/no/where.txt: No such file or directory"
[ "$(find "$scratch" -maxdepth 1 -name '*known.txt*' | wc -l)" -eq 1 ] || problem "temporary files stay"

# Any bytes: the place and what a line looks like.
lines '# ours' 't/b@flaot64  wrong'
run 2 run "$few" --baseline "$known"
err "$known:2:5: error: 'flaot64' is no dtype; did you mean float64?"
silent out
lines 't/b'
run 2 run "$few" --baseline "$known"
err "$known:1:4: error: no verdict stands behind 't/b' here; a line is: id[@dtype]  verdict[<=ratio]  # why"
head -c 5000 "$GRADCHECK" >"$known"
run 2 run "$few" --baseline "$known"
err "$known:1:"
err "is no text; a baseline is UTF-8"
[ "$(wc -l <"$scratch/err")" -le 20 ] || problem "too many errors"
run 2 run "$few" --baseline "$scratch/nowhere"
err "nowhere: error: there is no such baseline; --write-baseline writes what fails today into it"
run 2 run "$few" --baseline "$few"
err "Is a directory"
run 2 run "$few" --write-baseline
err "--write-baseline needs --baseline FILE"
run 2 run "$few" --baseline "$known" --write-baseline --fail-fast
err "--fail-fast does not see all"
run 2 check "$few/a.yaml" --baseline "$known"
err "there is no option --baseline"

# A recording is judged against a baseline as its run was; what an adapter is known to get wrong is a baseline too.
find_python
engine="$python $SOURCE_DIR/tests/engines/scalars.py factor"
run 0 run "$few/a.yaml" --engine "$engine" --record "$scratch/record" --baseline "$scratch/factor.txt" --write-baseline
run 0 judge "$scratch/record" --baseline "$scratch/factor.txt"
run 1 judge "$scratch/record"
for findings in adapters/*/findings.txt; do
    run 0 run --list cases/lectures --filter lectures/add-mul --baseline "$findings"
    silent err
done
finish
