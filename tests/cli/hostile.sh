#!/bin/sh
# Hostile text: whatever a case, an engine, a file of gradients or a path says, it steers no terminal and breaks no
# document, in every format and every command.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
evil='\n::error::t\r \e[31mred\e]0;t\a \u009b31m \u202e \u061c back \u2028 next \ufeff ]]></failure><script>alert(1)</script><!-- & \"q\" %0A, : | `c` # TODO'
mkdir "$scratch/few"
name=$(printf 'e\033[31m\302\233]]>,:%%|`<b>&\342\200\256\n::error::x')
right_case few/a t/a
write_case few/b t/b 'inputs: {x: 3}' 'graph:' '  - expr: f = x ** 2' '    claim: x' 'output: f'
for file in a b; do
    {
        sed 3d "$scratch/few/$file.yaml"
        printf 'title: "::set-output%s"\nwhy: "%s"\nsource: {text: "%s", url: "%s"}\n' "$evil" "$evil" "$evil" "$evil"
    } >"$scratch/few/$name$file.yaml"
    rm "$scratch/few/$file.yaml"
done

# clean FORMAT FILE: nothing got out of its place there.
clean() { "$python" tests/cli/support/clean.py "$1" "$2" 2>"$scratch/why" || problem "$1: $(tail -n 1 "$scratch/why")"; }

# all_formats STATUS ARGUMENT...: a run with every format at once, each of which stays whole.
reports=$scratch/reports
mkdir "$reports"
all_formats() {
    rm -f "$reports"/*
    run "$@" --format pretty --format json="$reports/r.json" --format junit="$reports/r.xml" --format tap="$reports/r.tap" \
        --format github="$reports/r.github" --format markdown="$reports/r.md" --format html="$reports/r.html"
    clean plain "$scratch/out"
    clean plain "$scratch/err"
    clean json "$reports/r.json"
    clean xml "$reports/r.xml"
    clean tap "$reports/r.tap"
    clean github "$reports/r.github"
    clean markdown "$reports/r.md"
    "$python" tests/browser/page.py "$reports/r.html" 5000000 >"$scratch/why" || problem "html: $(head -n 1 "$scratch/why")"
}
unset GITHUB_STEP_SUMMARY
few=$scratch/few

# Cases.
all_formats 1 run "$few"
out "2 cases: 1 ok, 1 wrong;"
all_formats 1 run "$few" -v --laws
all_formats 1 check "$few"
printf 't/b wrong # why %s \033[31m\n' "\`<b> | # & '\"" >"$scratch/known.txt"
printf 't/a@float64 wrong # \033]0;t\007 \342\200\256\n' >>"$scratch/known.txt"
all_formats 1 run "$few" --baseline "$scratch/known.txt"

# Engines: their names, what they say, what they write on standard error.
for fault in error refuse garbage dies name; do # `name` is wrong in t/b, which has no y
    engine="$python $SOURCE_DIR/tests/engines/hostile.py $fault"
    wanted=1
    [ $fault != refuse ] || wanted=4
    all_formats $wanted run "$few" --engine "$engine" --record "$scratch/record"
    all_formats $wanted judge "$scratch/record"
    "$GRADCHECK" lint-engine "$engine" >"$scratch/out" 2>"$scratch/err" </dev/null
    command="gradcheck lint-engine ($fault)"
    clean plain "$scratch/out"
    clean plain "$scratch/err"
done
run 3 run "$few" --engine "$(printf './no\033[31m\302\233such')"
clean plain "$scratch/err"

# Files of gradients whose tensors have such names.
"$python" - "$scratch/g.json" <<'END'
import json, sys
evil = "\n::error::t\x1b[31m\u009b31m\u202e]]><script>`|#\x07"
json.dump({"x": 2, "y": 3, evil: [1, 2], "f" + evil: [[1], [2, 3]]}, open(sys.argv[1], "w"))
END
for file in "$few"/*a.yaml; do all_formats 0 check "$file" --grads "$scratch/g.json"; done
for file in "$few"/*a.yaml; do all_formats 1 check "$file" --grads "$scratch/g.json" --map "$(printf 'q\033[31m\nr')=x"; done

# Bad files: their names, their contents.
mkdir "$scratch/bad"
printf 'gradcheck: 1\nid: "T\\e[31m"\n"colo\\nur\\u009b": "\\e]0;t\\a"\ninputs: {"x\\e[2J": 1, y: "\\u202e1"}\ngraph: ["f = add\\e(x, \\u2028)"]\noutput: "\\e"\n' \
    >"$scratch/bad/$name.yaml"
all_formats 2 run "$scratch/bad"
printf 'gradcheck: 1\nid: \033[31m\n' >"$scratch/bad/$name.yaml"
all_formats 2 run "$scratch/bad"
all_formats 2 run "$few" --baseline "$scratch/bad/$name.yaml"
all_formats 2 run "$few" --rerun-failed "$scratch/bad/$name.yaml"
printf '{"format": 1, "summary": {"exit_status": 1}, "cases": [{"id": "\\u001b[31m\\n::error::x\\u202e", "passed": false}]}' \
    >"$scratch/earlier-$name.json"
all_formats 2 run "$few" --rerun-failed "$scratch/earlier-$name.json"
printf '{"format": 1, "summary": {"exit_status": 0}, "cases": []}' >"$scratch/earlier-$name.json"
all_formats 4 run "$few" --rerun-failed "$scratch/earlier-$name.json"

# The other commands.
for file in "$few"/*.yaml; do
    for action in "explain" "sweep" "run --list" "mutants" "exercise check 1"; do
        # Words of the action are words of the command.
        # shellcheck disable=SC2086
        "$GRADCHECK" $action "$file" >"$scratch/out" 2>"$scratch/err" </dev/null
        command="gradcheck $action"
        clean plain "$scratch/out"
        clean plain "$scratch/err"
    done
    "$GRADCHECK" sweep "$file" --format csv="$reports/s.csv" --format json="$reports/s.json" </dev/null >/dev/null 2>&1
    clean plain "$reports/s.csv"
    clean json "$reports/s.json"
    if command -v gnuplot >/dev/null; then
        "$GRADCHECK" sweep "$file" --format svg="$reports/s.svg" </dev/null >/dev/null 2>&1
        clean svg "$reports/s.svg"
    fi
done
for file in "$few"/*a.yaml; do
    run 0 freeze "$file"
    clean plain "$scratch/out"
done

"$GRADCHECK" exercise check 1 "$scratch/bad/$name.yaml" >"$scratch/out" 2>"$scratch/err" </dev/null
command="gradcheck exercise"
clean plain "$scratch/out"
clean plain "$scratch/err"
"$GRADCHECK" exercise show 1 -o "$few/$name.start" >"$scratch/out" 2>"$scratch/err" </dev/null
clean plain "$scratch/out"

# Arguments.
for argument in run check explain sweep mutants freeze judge lint-engine ops exercise "exercise show" "exercise check 1" fuzz; do
    # shellcheck disable=SC2086
    "$GRADCHECK" $argument "$(printf 'x\033[2J\n::error::y\302\233')" >"$scratch/out" 2>"$scratch/err" </dev/null
    command="gradcheck $argument"
    clean plain "$scratch/out"
    clean plain "$scratch/err"
done

# The check of what is clean sees what is not.
command=clean.py
for damage in '\033[31m' '\302\233' '\342\200\256' '\377' '\n::error::x\n' '\r'; do
    printf "a line$damage" >"$scratch/damaged"
    ! "$python" tests/cli/support/clean.py plain "$scratch/damaged" 2>/dev/null || problem "takes $damage"
done
printf '<testsuite><script/></testsuite>' >"$scratch/damaged"
! "$python" tests/cli/support/clean.py xml "$scratch/damaged" 2>/dev/null || problem "takes a script"
printf 'TAP version 14\nnot ok 99 - injected\n' >"$scratch/damaged"
! "$python" tests/cli/support/clean.py tap "$scratch/damaged" 2>/dev/null || problem "takes an injected point"
printf '<b>bold</b>\n' >"$scratch/damaged"
! "$python" tests/cli/support/clean.py markdown "$scratch/damaged" 2>/dev/null || problem "takes HTML"
finish
