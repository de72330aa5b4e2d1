# Sourced by the CLI tests. Needs GRADCHECK (the program) and SOURCE_DIR; runs in SOURCE_DIR.
# UPDATE_GOLDEN=1 writes the golden files instead of comparing.
set -u
cd "$SOURCE_DIR" || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
unset NO_COLOR

# run STATUS ARGUMENT...: runs gradcheck and expects the exit status; keeps $scratch/out and $scratch/err.
run() {
    wanted=$1
    shift
    "$GRADCHECK" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    command="gradcheck $*"
    if [ $status -ne "$wanted" ]; then
        problem "exit status $status, not $wanted"
        cat "$scratch/out" "$scratch/err"
    fi
}

problem() {
    echo "FAILED: $command: $1"
    failures=$((failures + 1))
}

# need COMMAND [PACKAGE]: ends the test when there is no such command.
need() {
    command -v "$1" >/dev/null || {
        echo "$1 is needed${2:+ (Debian: $2)}"
        exit 1
    }
}

# find_python: $python is the system's Python, which has what the packages of the system brought, or else any.
find_python() {
    python=$(command -v /usr/bin/python3 || command -v python3) || need python3
}

# out TEXT, err TEXT: the fixed text is somewhere in what the last run wrote there. no_out, no_err: it is not.
out() { grep -qF -- "$1" "$scratch/out" || { problem "\"$1\" is not in its output:"; cat "$scratch/out"; }; }
err() { grep -qF -- "$1" "$scratch/err" || { problem "\"$1\" is not in its messages:"; cat "$scratch/err"; }; }
no_out() { ! grep -qF -- "$1" "$scratch/out" || { problem "\"$1\" is in its output:"; cat "$scratch/out"; }; }
no_err() { ! grep -qF -- "$1" "$scratch/err" || { problem "\"$1\" is in its messages:"; cat "$scratch/err"; }; }
silent() { [ ! -s "$scratch/$1" ] || { problem "something is in $1:"; cat "$scratch/$1"; }; }

# Times masked: "310 ns" and the last column of a line of `run`.
masked() {
    sed -E -e 's/[0-9]+(\.[0-9]+)? (ns|us|ms|s)\b/TIME/g' \
        -e 's/^(.*(ok|kink|wrong|inaccurate|inconclusive|nonfinite|unsupported)( \([a-z0-9, ]*\))?) +[0-9.]+$/\1 MS/' "$1"
}

# golden NAME: the output of the last run, times masked, is tests/golden/NAME.txt.
golden() {
    masked "$scratch/out" >"$scratch/masked"
    if [ -n "${UPDATE_GOLDEN:-}" ]; then
        cp "$scratch/masked" "tests/golden/$1.txt"
    elif ! diff -u "tests/golden/$1.txt" "$scratch/masked"; then
        problem "differs from tests/golden/$1.txt (above)"
    fi
}

# write_case NAME ID LINE...: a case of two inputs in $scratch/NAME.yaml, with more lines at its end.
write_case() {
    file=$scratch/$1.yaml
    mkdir -p "$(dirname "$file")"
    printf 'gradcheck: 1\nid: %s\ntitle: a test\n' "$2" >"$file"
    shift 2
    printf '%s\n' "$@" >>"$file"
}

# A right case, a wrong one (its claimed derivative forgets the 2), and one whose claim loses half the digits.
right_case() { write_case "$1" "$2" 'inputs: {x: 3, y: 2}' 'graph: [f = x * y]' 'output: f'; }
wrong_case() { write_case "$1" "$2" 'inputs: {x: 3}' 'graph:' '  - expr: f = x ** 2' '    claim: x' 'output: f'; }
noisy_case() {
    write_case "$1" "$2" 'inputs: {x: 0.7}' 'graph:' '  - expr: f = x ** 3' \
        '    claim: (3 * x * x + 100000000) - 100000000' 'output: f'
}

finish() {
    [ $failures -eq 0 ] || echo "$failures failed"
    exit $((failures > 0))
}
