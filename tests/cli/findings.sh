#!/bin/sh
# tests/adapters/adapter.py, which tells what an adapter does from what is known of it: everything that is not known fails it,
# and so does everything known that no longer happens.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
right_case cases/a test/a
write_case cases/c test/c 'inputs: {x: 2, y: 5, z: -4}' 'graph: [q = x + y, f = q * z]' 'output: f'

# finds STATUS FAULT LINE...: scalars.py with this fault, about which these lines are known.
finds() {
    wanted=$1
    fault=$2
    shift 2
    printf '%s\n' "# scalars 1" "$@" >"$scratch/findings.txt"
    command="adapter.py with $fault"
    PYTHONDONTWRITEBYTECODE=1 "$python" tests/adapters/adapter.py "$GRADCHECK" "$scratch/findings.txt" \
        "$python tests/engines/scalars.py $fault" --cases "$scratch/cases" >"$scratch/out" 2>"$scratch/err"
    status=$?
    [ $status -eq "$wanted" ] || problem "exit status $status, not $wanted"
}

finds 0 none
out '2 checks, 0 findings; 0 problems'

# A law that is broken is no secret, and one that is kept again no finding.
finds 1 law-linear
out "test/a@float64: linear; in $scratch/findings.txt: no finding"
finds 0 law-linear '#law test/a@float64 linear  # by design' '#law test/c@float64 linear  # by design'
out '2 checks, 2 findings; 0 problems'
finds 1 law-linear '#law test/a@float64 linear  # by design' '#law test/c@float64 linear  # '
out "test/c@float64: linear: no reason in $scratch/findings.txt"
finds 1 law-linear '#law test/a@float64 linear  # by design' '#law test/c@float64 zero-seed  # another law'
out "test/c@float64: linear; in $scratch/findings.txt: zero-seed"
finds 1 none '#law test/a@float64 linear  # it was so'
out "test/a@float64: passes; in $scratch/findings.txt: linear"

# The same with verdicts.
finds 1 wrong-shape
out "test/a@float64: wrong"
finds 1 none 'test/b@float64 wrong  # there is no such case'
out "test/b@float64: not there; in $scratch/findings.txt: wrong"

# The ops that its README says it lacks.
"$GRADCHECK" ops | awk -F '[ (]' '/^  [a-z]/ { print "`" $3 "`" }' | grep -vx '`add`\|`sub`\|`mul`\|`pow`\|`exp`' >"$scratch/lacking"
{ echo '## Ops that scalars lacks' && cat "$scratch/lacking"; } >"$scratch/README.md"
finds 0 none
{ echo '## Ops that scalars lacks' && cat "$scratch/lacking" && echo '`exp`'; } >"$scratch/README.md"
finds 1 none
out 'scalars has exp, and it is listed as lacking'
{ echo '## Ops that scalars lacks' && sed 1d "$scratch/lacking"; } >"$scratch/README.md"
finds 1 none
out 'scalars has no div, and it is not listed'
finish
