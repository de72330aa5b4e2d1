#!/bin/sh
# docs/trust.md: every test that holds a promise is one that is run.
. "$SOURCE_DIR/tests/cli/lib.sh"
command=docs/trust.md
ctest --test-dir "$(dirname "$GRADCHECK")" -N | sed -n 's/^ *Test *#[0-9]*: //p' >"$scratch/tests"
[ "$(wc -l <"$scratch/tests")" -gt 100 ] || problem "ctest lists no tests"
# The last cell of each row, name by name.
sed -n 's/^|.*| \(`[^|]*`\) |$/\1/p' docs/trust.md | tr ' ' '\n' | tr -d '`' | sort -u >"$scratch/named"
[ "$(wc -l <"$scratch/named")" -gt 40 ] || problem "names no tests"

# exists NAME: it is a test here, or is one where its tools are installed.
exists() {
    grep -qx "$1" "$scratch/tests" && return 0
    case $1 in
    fuzz/*) [ -e "tests/hostile/fuzz_${1#fuzz/}.c" ] ;;
    adapter/*) [ -d "adapters/${1#adapter/}" ] ;;
    bench/*) [ -d "bench/${1#bench/}" ] ;;
    oracle/*) [ -d "cases/${1#oracle/}" ] ;;
    *) false ;;
    esac
}
while read -r name; do exists "$name" || problem "$name is no test"; done <"$scratch/named"
! exists check/nothing || problem "takes a test that is none"

# Each promise has at least one.
sed '/^## What is not promised/,$d' docs/trust.md | grep '^|' | grep -v -e '^| promise' -e '^|---' >"$scratch/rows"
! grep -v '| `[a-z_]*/*[^|]*` |$' "$scratch/rows" || problem "a promise without a test (above)"
finish
