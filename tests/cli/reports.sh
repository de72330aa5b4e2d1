#!/bin/sh
# Reports for machines are what others expect: JUnit by the schema of Jenkins, JSON by ours, TAP 14 by its grammar,
# annotations and a summary as GitHub takes them; of runs in which everything is wrong that can be.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
need xmllint libxml2-utils
unset GITHUB_STEP_SUMMARY
reports=$scratch/reports
mkdir "$reports"
all="--format json=$reports/r.json --format junit=$reports/r.xml --format tap=$reports/r.tap --format github=$reports/r.github --format markdown=$reports/r.md"

# What TAP 14 is, and that the points are those of the JSON report; that JSON is valid, and JUnit tells the same counts.
cat >"$scratch/agree.py" <<'END'
import json, re, sys
import xml.etree.ElementTree as xml

sys.path.insert(0, "tests/engines")
from validate import valid

folder, counts = sys.argv[1], {"points": 0, "plan": None, "bail": False}
report = json.load(open(f"{folder}/r.json"))
schema = json.load(open("docs/report.schema.json"))
assert valid(schema, schema, report), "r.json is not valid"
assert not valid(schema, schema, {**report, "surplus": 1}) and not valid(schema, schema, {**report, "format": 2})

lines = open(f"{folder}/r.tap", encoding="utf-8").read().splitlines()
assert lines[0] == "TAP version 14", lines[0]
outcome, block = {}, None
for line in lines[1:]:
    if block is not None:
        assert line.startswith("  "), f"no line of a YAML block: {line}"
        block.append(line[2:])
        if line == "  ...":
            assert block[0].startswith("verdict: ") and block[1] == "text: |", block
            assert all(text.startswith("  ") for text in block[2:-1]), block
            block = None
        continue
    point = re.fullmatch(r"(not )?ok (\d+) - ([^#\\]*?)( # (TODO|SKIP) .+)?", line)
    plan = re.fullmatch(r"1\.\.(\d+)( # SKIP .+)?", line)
    if line == "  ---":
        assert failing, "diagnostics of a point that passes"
        block = []
    elif point:
        counts["points"] += 1
        assert int(point[2]) == counts["points"], f"out of order: {line}"
        failing = bool(point[1]) and not point[5]
        outcome[point[3]] = "known" if point[5] == "TODO" else "fails" if point[1] else "passes"
    elif plan:
        counts["plan"] = int(plan[1])
    elif line.startswith("Bail out! "):
        counts["bail"] = True
    else:
        assert line.startswith("# "), f"no line of TAP: {line}"
assert block is None and counts["plan"] == counts["points"] == len(outcome), counts
assert counts["bail"] == (report["summary"]["exit_status"] in (2, 3, 130)), "bails out"

expected = {}
for case in report["cases"]:
    for run in case["runs"]:
        expected[f"{case['id']}@{run['dtype']}"] = run["standing"].replace("unexpected", "fails")
    if case["expectations"]:
        expected[f"{case['id']}@expect"] = case["expectations_standing"].replace("unexpected", "fails")
stray = {name: standing for name, standing in outcome.items() if name not in expected}
assert {name: outcome.get(name) for name in expected} == expected, "the points are other checks"
assert all(standing == "fails" for standing in stray.values()), stray

suite = xml.parse(f"{folder}/r.xml").getroot()
for name, element in (("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error"),
                      ("skipped", "testcase/skipped")):
    assert int(suite.get(name)) == len(suite.findall(element)), name
problems = len(report["errors"])
assert int(suite.get("failures")) + int(suite.get("errors")) - problems == list(outcome.values()).count("fails")
assert int(suite.get("tests")) - problems == len(outcome)

annotations = open(f"{folder}/r.github", encoding="utf-8").read().splitlines()
assert len(annotations) <= 10
for line in annotations:
    assert re.fullmatch(r"::error (file=[^,:]*,line=\d+,(col=\d+,)?)?title=[^,:]*::.+", line), line
failing = report["summary"]["failed"] + len(report["errors"])
assert bool(annotations) == bool(failing or report["baseline"] and report["baseline"]["stale"]), annotations
assert failing <= 10 or "more, in the log" in annotations[-1], annotations[-1]
END

# agreed: the reports of the last run.
agreed() {
    xmllint --noout --schema tests/report/junit.xsd "$reports/r.xml" 2>"$scratch/xml" || {
        problem "its JUnit is not what Jenkins takes:"
        cat "$scratch/xml"
    }
    "$python" "$scratch/agree.py" "$reports" 2>"$scratch/why" || {
        problem "its reports disagree:"
        tail -n 1 "$scratch/why"
    }
    grep -q '^### gradcheck: ' "$reports/r.md" || problem "its Markdown has no heading"
}

# Everything right; then an engine whose every answer is wrong, without a gradient, an error or refused.
run 0 run cases/lectures --dtype float64 $all
agreed
for fault in factor missing no-grads float32 nan-token wrong-shape; do
    "$GRADCHECK" run cases/lectures --filter 'lectures/[a-m]*' --engine "$python tests/engines/scalars.py $fault" $all \
        >/dev/null 2>&1 </dev/null
    command="gradcheck run, an engine with $fault"
    agreed
done
# All verdicts, all that a baseline says, hostile text.
right_case few/a t/a
wrong_case few/b t/b
write_case few/c t/c 'inputs: {x: 3, y: 2}' 'graph: [f = x * y]' 'output: f' 'expect: {grad: {x: 5}, by: closed-form}'
write_case few/d t/d 'inputs: {x: 1}' 'graph: [f = x * x]' 'output: f'
sed -i 's/^title: .*/title: "]]> <b>\&amp; \\e[31m \\u202e | `%0A` , : \\" #"/' "$scratch/few/d.yaml"
mv "$scratch/few/d.yaml" "$scratch/few/%d,|#<&>\"'.yaml"
sed 's/^id: .*/id: t\/e/' "$scratch/few/b.yaml" >"$scratch/few/e,:%|\`.yaml"
printf '%s\n' 't/b@float64 wrong # a "reason" <&> | # 100%' 't/a@float32 wrong' 't/zz missing' 't/c@expect wrong' >"$scratch/known.txt"
run 1 run "$scratch/few" --baseline "$scratch/known.txt" $all
agreed
grep -q '%25%7C\|e%2C%3A%25|' "$reports/r.github" || problem "the path is not escaped"
run 1 run "$scratch/few" --fail-fast $all
agreed
# A run that could not be carried out, and one that checks nothing.
write_case bad t/bad 'inputs: {x: 1}' 'graph: [f = addd(x, x), g = h]' 'output: f'
run 2 run "$scratch/few" "$scratch/bad.yaml" $all
agreed
grep -q '^Bail out! .*bad.yaml:' "$reports/r.tap" || problem "TAP does not say why"
run 3 run "$scratch/few" --engine ./no-such-engine $all
agreed
run 4 run "$scratch/few" --filter nothing $all
agreed
grep -q '^1\.\.0 # SKIP nothing was checked$' "$reports/r.tap" || problem "TAP has another plan"

# The validators refuse what is damaged.
run 1 run "$scratch/few" $all
command="a damaged report"
cp "$reports/r.xml" "$scratch/good.xml"
for damage in 's/ name="a@float64"//' 's/time="[0-9.]*"/time="soon"/' 's/<failure/<failed/; s/failure>/failed>/' 's/ tests="[0-9]*"//' \
    's/<testcase /<testcase file="x" /'; do
    sed "$damage" "$scratch/good.xml" >"$reports/r.xml"
    ! xmllint --noout --schema tests/report/junit.xsd "$reports/r.xml" 2>/dev/null || problem "the schema takes $damage"
done
cp "$scratch/good.xml" "$reports/r.xml"
agreed
for damage in '$d' '2d' 's/ok 3 /ok 7 /' 's/^not ok/ok/' 's/^  \.\.\.$/  ---/'; do
    sed -i.good "$damage" "$reports/r.tap"
    ! "$python" "$scratch/agree.py" "$reports" 2>/dev/null || problem "the check of TAP takes $damage"
    mv "$reports/r.tap.good" "$reports/r.tap"
done

# GitHub: annotations among the lines of the log, and the summary page.
echo "what other steps wrote" >"$scratch/page.md"
export GITHUB_STEP_SUMMARY="$scratch/page.md"
run 1 run "$scratch/few" --format github
out "::error file=$scratch/few/b.yaml,line=6,title=t/b is wrong::float64: wrong%0A"
out "5 cases: 2 ok, 3 wrong;"
[ "$(head -n 1 "$scratch/page.md")" = "what other steps wrote" ] || problem "the page was replaced"
grep -q '^### gradcheck: 3 of 5 cases failed$' "$scratch/page.md" || problem "no summary"
run 1 run "$scratch/few" --format github --format junit="$reports/r.xml"
[ "$(grep -c '^### gradcheck' "$scratch/page.md")" -eq 2 ] || problem "the page was not appended to"
run 1 run "$scratch/few" --format json
[ "$(grep -c '^### gradcheck' "$scratch/page.md")" -eq 2 ] || problem "a summary that nobody asked for"
run 1 run "$scratch/few" --format github="$reports/only.github"
[ "$(grep -c '^### gradcheck' "$scratch/page.md")" -eq 3 ] || problem "no summary with annotations in a file"
export GITHUB_STEP_SUMMARY="$scratch/no/page.md"
run 2 run "$scratch/few" --format github
err "cannot write $scratch/no/page.md"
export GITHUB_STEP_SUMMARY=
run 1 run "$scratch/few" --format github
finish
