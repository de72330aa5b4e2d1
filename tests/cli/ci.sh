#!/bin/sh
# The recipes of docs/ci.md and the GitHub action do what they say: each is run in a project that has cases, an engine
# and a baseline, once with nothing wrong and once with a gradient that is.
. "$SOURCE_DIR/tests/cli/lib.sh"
for tool in make cmake ctest python3; do
    need $tool
done
mkdir "$scratch/bin" "$scratch/project"
ln -s "$GRADCHECK" "$scratch/bin/gradcheck"
PATH=$scratch/bin:$PATH
unset GITHUB_STEP_SUMMARY
right_case project/cases/a t/a
write_case project/cases/b t/b 'inputs: {x: 3, y: 2}' 'graph: [f = exp(x * y)]' 'output: f'
cp examples/scalar_engine.py "$scratch/project/engine.py"
chmod +x "$scratch/project/engine.py"

# recipe NAME: the block of docs/ci.md that begins with "# NAME".
recipe() {
    awk -v first="# $1" '/^```/ { inside = 0; fence = NR } inside { print } NR == fence + 1 && $0 == first { inside = 1 }' \
        docs/ci.md
}

# project: another copy of it, as $here; its baseline is empty.
project() {
    rm -rf "$scratch/here"
    cp -R "$scratch/project" "$scratch/here"
    here=$scratch/here
    : >"$here/known.txt"
}

break_engine() { sed -i 's/"exp": (lambda a: math.exp(a), lambda a: (math.exp(a),))/"exp": (lambda a: math.exp(a), lambda a: (a,))/' "$here/engine.py"; }

# perform STATUS COMMAND...: in the project; keeps $scratch/out.
perform() {
    wanted=$1
    shift
    command=$*
    (cd "$here" && "$@") >"$scratch/out" 2>&1 </dev/null
    status=$?
    [ $status -eq "$wanted" ] || {
        problem "exit status $status, not $wanted"
        cat "$scratch/out"
    }
}

# Make
project
recipe Makefile >"$here/Makefile"
perform 0 make gradients
out "2 cases: 2 ok;"
break_engine
perform 2 make gradients
out "t/b: wrong"
perform 2 make gradients-again
out "1 case: 1 wrong;"
perform 0 make gradients-known
grep -q '^t/b@float64  wrong' "$here/known.txt" || problem "known.txt does not list t/b"
perform 0 make gradients
out " 1 wrong (1 known);"
cp "$scratch/project/engine.py" "$here/engine.py"
perform 2 make gradients
out "known.txt:2: t/b@float64: it is ok now; delete this line"

# CTest: one test, and a test a case.
project
recipe CMakeLists.txt >"$here/CMakeLists.txt"
awk '/^file\(GLOB_RECURSE cases/ { inside = 1 } /^```/ { inside = 0 } inside' docs/ci.md >>"$here/CMakeLists.txt"
perform 0 cmake -S . -B build
perform 0 ctest --test-dir build --output-on-failure
out "100% tests passed, 0 tests failed out of 3"
(
    scratch=$here
    write_case cases/vector t/vector 'inputs: {x: [1, 2]}' 'graph: [f = sum(x)]' 'output: f'
)
perform 0 cmake -S . -B build
perform 0 ctest --test-dir build --output-on-failure -R vector
out "gradients/cases/vector.yaml (Skipped)"
rm "$here/cases/vector.yaml"
perform 0 cmake -S . -B build
break_engine
perform 8 ctest --test-dir build --output-on-failure
out "t/b: wrong"
out "33% tests passed, 2 tests failed out of 3"

# gradcheck_line NAME: the command of a recipe that runs gradcheck.
gradcheck_line() { recipe "$1" | sed -n 's/^ *- \(run: \)\{0,1\}\(gradcheck run .*\)/\2/p'; }

# GitLab: three jobs, which together are the whole.
project
line=$(gradcheck_line .gitlab-ci.yml)
command=docs/ci.md
[ -n "$line" ] || problem "the recipe for GitLab runs nothing"
for node in 1 2; do
    perform 0 env CI_NODE_INDEX=$node CI_NODE_TOTAL=2 sh -c "$line"
    out "shard $node of 2, 1 case: 1 ok;"
    [ -s "$here/gradients.xml" ] && [ -s "$here/gradients.json" ] || problem "no reports"
done
break_engine
perform 1 env CI_NODE_INDEX=2 CI_NODE_TOTAL=2 sh -c "$line"

# GitHub, where gradcheck is installed.
line=$(sed -n 's/^ *- run: \(gradcheck run .*\)/\1/p' docs/ci.md)
project
command=docs/ci.md
[ -n "$line" ] || problem "the recipe for GitHub runs nothing"
perform 0 sh -c "$line"
break_engine
perform 1 env GITHUB_STEP_SUMMARY="$scratch/summary.md" sh -c "$line"
out "::error file=cases/b.yaml,line=5,title=t/b is wrong::"
grep -q '^### gradcheck: 1 of 2 cases failed$' "$scratch/summary.md" || problem "no summary"

# The action: its steps as the runner has them.
action=$SOURCE_DIR/.github/actions/gradcheck
act() { env GRADCHECK="$GRADCHECK" CASES="$1" ENGINE="$2" BASELINE="$3" ARGUMENTS="$4" sh "$action/run.sh"; }
project
perform 0 act cases/ ./engine.py known.txt '--dtype float64 -j 1'
out "2 cases: 2 ok;"
[ -s "$here/gradients.xml" ] && [ -s "$here/gradients.json" ] || problem "no reports"
perform 0 act 'cases/a.yaml cases/b.yaml' '' '' ''
break_engine
perform 1 act cases/ ./engine.py known.txt ''
out "::error file=cases/b.yaml,line=5,title=t/b is wrong::"
perform 0 act cases/ ./engine.py known.txt "--filter t/a"
command=action.yml
for input in cases engine baseline arguments; do
    grep -q "^  $input:$" "$action/action.yml" || problem "has no input $input"
    grep -q "\${{ inputs.$input }}" "$action/action.yml" || problem "does not use its input $input"
    grep -q "^| \`$input\` |" docs/ci.md || problem "docs/ci.md does not tell of its input $input"
done
# What the recipes install is what bootstrap.sh does, tests aside.
packages=$(sed -n '/^packages="/,/"$/p' bootstrap.sh | sed 's/packages=//' | tr -d '"\n')
case $packages in *libmpfr-dev*) ;; *) problem "bootstrap.sh names no packages" ;; esac
for package in $packages; do
    [ "$package" != libcmocka-dev ] || continue
    for place in "$action/action.yml" docs/ci.md; do
        grep -q "[ ]$package\( \|$\)" "$place" || problem "$place does not install $package"
    done
done
sh -n "$action/build.sh" || problem "build.sh is no script"
finish
