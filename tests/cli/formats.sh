# --format: several at once, into files that appear whole, and what cannot be written.
. "$SOURCE_DIR/tests/cli/lib.sh"
right_case few/a t/a
wrong_case few/b t/b
reports=$scratch/reports
mkdir "$reports"

run 1 run "$scratch/few" --format json="$reports/r.json" --format junit="$reports/r.xml"
out "2 cases: 1 ok, 1 wrong;"
grep -q '"exit_status": 1' "$reports/r.json" || problem "no summary in r.json"
grep -q '<failure type="wrong"' "$reports/r.xml" || problem "no failure in r.xml"
grep -q 'tests="4" failures="2" errors="0" skipped="0"' "$reports/r.xml" || problem "wrong counts in r.xml"
[ "$(ls -A "$reports" | wc -l)" -eq 2 ] || problem "temporary files stay: $(ls -A "$reports")"

# One format takes standard output.
run 1 run "$scratch/few" --format json
[ "$(head -c 1 "$scratch/out")" = '{' ] || problem "no JSON"
no_out "2 cases:"
cmp -s "$scratch/err" /dev/null || problem "messages beside JSON"
run 1 run "$scratch/few" --format junit=-
out '<?xml version="1.0"'
run 1 check "$scratch/few" --format json --format pretty="$reports/p.txt" --color always
grep -q "reference 6" "$reports/p.txt" || problem "nothing in p.txt"
! grep -q "$(printf '\033')" "$reports/p.txt" || problem "colour in a file"
run 0 run "$scratch/few/a.yaml" --format json -v
out '"elements": ['
run 0 run "$scratch/few/a.yaml" --format json
no_out '"elements": ['

# Bad files are in the reports too.
write_case few/bad t/bad 'inputs: {x: 1}' 'graph:' '  - f = addd(x, x)' 'output: f'
run 2 run "$scratch/few" --format json="$reports/bad.json" --format junit="$reports/bad.xml"
grep -q '"message": ".*did you mean' "$reports/bad.json" || problem "the error is not in bad.json"
grep -q '"cases": \[\]' "$reports/bad.json" || problem "something was checked"
grep -q '<error type="bad case"' "$reports/bad.xml" || problem "the error is not in bad.xml"
rm "$scratch/few/bad.yaml"

# What cannot be written is an error, before anything is checked where possible.
run 2 run "$scratch/few" --format json="$scratch/no/r.json"
err "cannot write $scratch/no/r.json: No such file or directory"
silent out
echo old >"$reports/old.json"
run 2 run "$scratch/few" --format json="$reports/old.json" --format junit=/dev/full
err "cannot write /dev/full: No space left on device"
run 1 run "$scratch/few" --format json=/dev/null
silent err
finish
