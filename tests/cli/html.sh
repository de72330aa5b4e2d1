# --format html: one page that needs nothing else, whatever the cases are called and whichever programs are there.
. "$SOURCE_DIR/tests/cli/lib.sh"
page=$scratch/page.html
most=5000000

# sound ID...: the page of the last run is well made and has these cases.
sound() {
    python3 tests/browser/page.py "$page" "$most" "$@" >"$scratch/why" || {
        problem "the page is not as it should be:"
        head -n 20 "$scratch/why"
    }
    # What this parser does not know is newer than it: the elements of HTML 5, and SVG.
    if xmllint --html --noout "$page" 2>&1 | grep ' error : ' | grep -v 'Tag [a-zA-Z]* invalid'; then
        problem "xmllint found errors (above)"
    fi
}
has() { grep -qF -- "$1" "$page" || problem "\"$1\" is not in the page"; }
lacks() { ! grep -qF -- "$1" "$page" || problem "\"$1\" is in the page"; }

# Right, wrong, inaccurate; every part that a failing case has.
right_case few/right t/right
wrong_case few/wrong t/wrong
noisy_case few/noisy t/noisy
write_case few/kink t/kink 'inputs: {x: [0, 1, -2, 0.5]}' 'graph: [y = relu(x), f = sum(y)]' 'output: f'
run 1 run "$scratch/few" --format html="$page"
sound t/right t/wrong t/noisy t/kink
has '<title>gradcheck: 2 of 4 cases failed</title>'
has '<tr data-verdict="wrong" data-standing="fails"><th scope="row"><a href="#case/t/wrong">t/wrong</a>'
has '<b class="bad">wrong</b>'
has 'the first wrong gate is f (expr)'
has 'Errors of <code>x</code> in ulps: 3 ok, 1 kink'
has '^0<span class="unseen"> kink</span>'
has 'The rounding budget of an element is '
has 'Conventions at corners'
has '<h4>What these inputs cannot show</h4>'
has '    change: '
has 'random directions'
has '2 of 2 elements also checked one by one'
[ "$(grep -c 'src="data:image/svg+xml,' "$page")" -ge 5 ] || problem "pictures are missing"
run 1 check "$scratch/few" --format html
cp "$scratch/out" "$page"
sound t/right t/wrong t/noisy t/kink
run 1 run "$scratch/few" --format html="$page" --format json="$scratch/r.json" --dtype float32,float64,bfloat16
sound t/wrong
has '<th scope="colgroup" colspan="3">bfloat16, builtin:bfloat16</th>'

# An engine from outside stands beside the built-in one.
run 1 run "$scratch/few/right.yaml" --engine "python3 tests/engines/scalars.py factor" --format html="$page"
sound t/right
has '<th scope="colgroup" colspan="3">float64, scalars 1</th><th scope="colgroup" colspan="3">float64, builtin:float64</th>'
has '</th><td><b class="bad">wrong</b></td>'

# What only that engine has, nobody else can draw or sweep.
write_case own t/own 'inputs: {x: 1.7, y: 3}' 'graph:' '  - z = engine:cube_wrong(x, shape=[])' '  - f = z * y' 'output: f' 'wrt: [x]'
run 1 run "$scratch/own.yaml" --engine "python3 tests/engines/scalars.py" --format html="$page"
sound t/own
has "Not shown: engine:cube_wrong is an op of the engine&#39;s own: there is no reference, and nothing to sweep."
has 'there is no reference; 1 element was compared one by one'
lacks 'What these inputs cannot show'

# Text from files stays text.
write_case odd t/odd 'inputs: {x: 3}' 'graph:' '  - expr: f = x ** 2' '    claim: x' 'output: f'
sed -i 's|^title: .*|title: "<script>alert(1)</script> \&amp; \\e[31m \\u202e \\" onload=\\"x ]]> --> <!--"|' "$scratch/odd.yaml"
odd="$scratch/<img src=x onerror=alert(1)>&'.yaml"
mkdir -p "$(dirname "$odd")"
mv "$scratch/odd.yaml" "$odd"
run 1 run "$odd" --format html="$page"
sound t/odd
has '&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; ?[31m ? &quot; onload=&quot;x ]]&gt; --&gt; &lt;!--'
lacks '<img src=x'

# Without gnuplot, or with one that fails: said where the picture would be, and all else is there.
mkdir "$scratch/bin"
without() {
    PATH=$scratch/bin run 1 run "$scratch/few" --format html="$page"
    sound t/right t/wrong t/noisy t/kink
    has "Not shown: $1"
    has 'rounding grows like u |f| / h'
    has 'Errors of <code>x</code> in ulps'
    lacks 'data:image/svg+xml,'
}
without 'gnuplot is not installed'
printf '#!/bin/sh\ncat >/dev/null\necho "<b>bad</b> terminal" >&2\nexit 1\n' >"$scratch/bin/gnuplot"
chmod +x "$scratch/bin/gnuplot"
ln -s "$(command -v cat)" "$scratch/bin/cat"
without 'gnuplot could not draw: it exited with status 1; it says: &lt;b&gt;bad&lt;/b&gt; terminal'

# One that ends well and has drawn nothing, or half: an empty frame would be worse than a word.
for drawing in hello '<svg>half of it'; do
    printf '#!/bin/sh\ncat >/dev/null\necho "%s"\n' "$drawing" >"$scratch/bin/gnuplot"
    without 'gnuplot could not draw: what it wrote is no whole picture'
done

# Interrupted while it draws: the page is whole, and says what is not on it.
printf '#!/bin/sh\nexec sleep 100\n' >"$scratch/bin/gnuplot"
ln -s "$(command -v sleep)" "$scratch/bin/sleep"
PATH=$scratch/bin "$GRADCHECK" run "$scratch/few/wrong.yaml" --format html="$page" >/dev/null 2>&1 </dev/null &
pid=$!
sleep 2
kill -INT $pid
wait $pid
command="gradcheck run --format html, interrupted while it draws"
sound t/wrong
has 'Not shown: the run was interrupted.'
lacks 'out of memory'
rm "$scratch/bin/gnuplot"

# Bad files, nothing to check, known failures: said.
write_case bad t/bad 'inputs: {x: 1}' 'graph:' '  - f = addd(x, x)' 'output: f'
run 2 run "$scratch/bad.yaml" --format html="$page"
sound
has '<title>gradcheck: the run could not be carried out</title>'
has 'did you mean add'
run 4 run "$scratch/few" --filter nothing --format html="$page"
sound
printf '%s\n' 't/wrong wrong # a factor' 't/right missing' >"$scratch/known.txt"
run 1 run "$scratch/few" --baseline "$scratch/known.txt" --format html="$page"
sound t/wrong
has 'data-verdict="wrong" data-standing="known"'
has ': a factor'
has 'Lines of the baseline that must go'

# Many failures: pictures for the first, said at the top, and a page that can be sent.
for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37; do
    sed "s/^id: .*/id: t\/wrong-$i/" "$scratch/few/wrong.yaml" >"$scratch/few/wrong-$i.yaml"
done
PATH=$scratch/bin run 1 run "$scratch/few" --format html="$page"
sound t/wrong-37
has 'are there for the first 24 of 30 cases that fail'

# A file that cannot be written is not begun; nothing is left of a run that ends early.
run 2 run "$scratch/few" --format html="$scratch/no/page.html"
err "cannot write $scratch/no/page.html"
finish
