#!/bin/sh
# The number of threads changes nothing but times: the same bytes from every command that has --jobs. ThreadSanitizer
# watches the same commands (preset tsan).
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
mkdir "$scratch/mixed" "$scratch/there"
there=$scratch/there
formats="json junit tap github markdown"

# timeless FILE: without what differs from run to run: times.
timeless() {
    sed -E -e 's/("ms": |_ms": |time=")[0-9.e+-]+/\1TIME/g' -e 's/[0-9.]+ (ns|us|ms|s)\b/TIME/g' \
        -e 's/ +[0-9.]+$//' "$1"
}

# same NAME: $scratch/out holds what this name held when it came first.
same() {
    timeless "$scratch/out" >"$there/now"
    [ -e "$there/$1.first" ] || cp "$there/now" "$there/$1.first"
    diff "$there/$1.first" "$there/now" || problem "other bytes than with one thread (above)"
}

# Verdicts of all kinds, and an engine that is asked beside the point.
for kind in kinks hard; do cp cases/$kind/*a*.yaml "$scratch/mixed/"; done
rm -f "$scratch"/mixed/*many*
noisy_case mixed/noisy t/noisy
wrong_case mixed/wrong t/wrong
right_case few/a t/a
wrong_case few/b t/b
engine="$python $SOURCE_DIR/tests/engines/scalars.py law-linear"
all=
for format in $formats; do all="$all --format $format=$there/r.$format"; done

for jobs in 1 2 8; do
    # Words of the options.
    # shellcheck disable=SC2086
    run 1 run "$scratch/mixed" -v -j $jobs --format pretty $all
    same pretty
    for format in $formats; do
        cp "$there/r.$format" "$scratch/out"
        same "$format"
    done
    run 1 run "$scratch/few" -j $jobs --fail-fast --laws
    same laws
    run 1 run "$scratch/few" -j $jobs --laws --engine "$engine" --record "$there/record"
    same engine
    run 1 judge -j $jobs "$there/record"
    same judge
    run 0 fuzz --count 20 -j $jobs
    same fuzz
    run 0 mutants cases/lectures/add-mul.yaml cases/lectures/relu.yaml -v -j $jobs
    same mutants
    run 0 mutants cases/lectures/add-mul.yaml cases/lectures/relu.yaml --cover -v -j $jobs
    same cover
    run 0 mutants cases/lectures/add-mul.yaml cases/lectures/relu.yaml --magnitudes -j $jobs
    same magnitudes
done
grep -q TIME "$there/json.first" || problem "no time was masked"
finish
