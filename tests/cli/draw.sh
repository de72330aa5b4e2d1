#!/bin/sh
# gradcheck draw: the DOT of some graphs to the letter, marks on what is wrong, folding, the SVG as pages and screen
# readers need it, what it says when it cannot draw.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python

# dot NAME STATUS ARGUMENT...: the DOT is tests/golden/draw-NAME.txt.
dot() {
    name=$1
    wanted_status=$2
    shift 2
    run "$wanted_status" draw --format dot "$@"
    silent err
    golden "draw-$name"
}
dot add-mul 0 cases/lectures/add-mul.yaml
dot branch 0 cases/lectures/branch-diamond.yaml
dot wrong 1 examples/forgotten-factor.yaml

# Folded and not.
net=cases/lectures/two-layer-net-small.yaml
run 0 draw --format dot $net
out 'a = affine(x, W1, b1)</B>'
out '"x -> a"'
run 0 draw --format dot --fold layers $net
out 'branches add'
out '"x -> h"'
no_out '"x -> a"'
out '<B>h</B>'
out '>    b1</FONT>'
chain() {
    printf 'gradcheck: 1\nid: t/chain\ntitle: %s gates\ninputs: {x: 0.5}\ngraph:\n' "$1"
    printf '  - h0 = tanh(x)\n'
    awk -v n="$1" 'BEGIN { for (i = 1; i < n; i++) printf "  - h%d = %s(h%d)\n", i, (i % 2 ? "sin" : "tanh"), i - 1 }'
    printf 'output: h%d\n' $(($1 - 1))
}
# stacked ID N ROWS: N layers of these rows, where I is the number of a layer and P that of the one before, and W a weight.
stacked() {
    printf 'gradcheck: 1\nid: t/%s\ntitle: %s times\ninputs:\n  h0: [0.5, -1]\n' "$1" "$2"
    awk -v n="$2" 'BEGIN { for (i = 1; i <= n; i++) printf "  W%d: [[1.1, -0.3], [0.2, %g]]\n", i, 0.5 + i / 100 }'
    printf 'graph:\n'
    awk -v n="$2" -v rows="$3" 'BEGIN { for (i = 1; i <= n; i++) { row = rows; gsub(/I/, i, row); gsub(/P/, i - 1, row); printf "%s", row } }'
    printf '  - f = sum(h%s)\noutput: f\ndtypes: [float64]\n' "$2"
}
layers() { stacked layers "$1" '  - aI = matmul(hP, WI)\n  - hI = tanh(aI)\n'; }
chain 3 >"$scratch/chain3.yaml"
chain 300 >"$scratch/chain300.yaml"
layers 20 >"$scratch/layers20.yaml"
layers 100 >"$scratch/layers100.yaml"
run 0 draw --format dot "$scratch/layers20.yaml"
out '<B>19 layers</B>'
out 'h7: matmul, tanh'
[ "$(grep -c 'class=box' "$scratch/out")" -eq 3 ] || problem "a net of twenty layers is not x, a stack and the last layer"
# Shortcuts stay within a layer, a weight used twice does not.
residual() { stacked residual "$1" '  - aI = tanh(matmul(hP, WI))\n  - hI = hP + aI\n'; }
residual 15 >"$scratch/residual.yaml"
run 0 draw --format dot "$scratch/residual.yaml"
out '<B>14 layers</B>'
out 'h7: matmul, tanh, add'
write_case tied t/tied 'inputs: {E: [[0.5, 1], [-1, 0.25]]}' 'graph:' '  - a = tanh(E)' '  - y = matmul(a, E)' \
    '  - f = sum(y)' 'output: f'
run 0 draw --format dot --fold all "$scratch/tied.yaml"
out '"a -> f"'
run 0 draw --format dot --fold none "$scratch/layers20.yaml"
[ "$(grep -c 'class=box' "$scratch/out")" -eq 62 ] || problem "--fold none does not draw every node"

# Text from a case is text only, wherever it stands.
sed -e 's|^title: .*|title: "a <B>\\"b\\"</B> \& \\e[31m ]>, x=1];"|' cases/lectures/add-mul.yaml >"$scratch/odd.yaml"
run 0 draw --format dot "$scratch/odd.yaml"
out 'a &lt;B&gt;&quot;b&quot;&lt;/B&gt; &amp; ?[31m ]&gt;, x=1];'

# An engine's mistakes are marked, and so are those of a file of gradients.
printf '{"w0": 0.5, "x0": 0.39322386648296371, "w1": -0.39322386648296371, "x1": -0.58983579972444556, "w2": 0.19661193324148185}' >"$scratch/g.json"
run 1 draw --format dot --grads "$scratch/g.json" cases/lectures/sigmoid-neuron.yaml
out 'wrong gradient: 0.5000, not -0.1966'
run 1 draw --format dot --engine "$python tests/engines/scalars.py factor '' 1" --dtype float64 cases/lectures/add-mul.yaml
out 'wrong gradient: '

# Pictures, where Graphviz is built in.
if "$GRADCHECK" --version | grep -q '^Graphviz [0-9]'; then
    for name in chain3 chain300 layers100; do
        run 0 draw "$scratch/$name.yaml" -o "$scratch/$name.svg"
        silent out
        silent err
    done
    run 0 draw --fold none "$scratch/layers100.yaml" -o "$scratch/plain.svg"
    run 1 draw examples/wrong-claim.yaml --output "$scratch/wrong.svg"
    silent err
    run 0 draw "$scratch/odd.yaml" --format svg="$scratch/odd.svg"
    run 0 draw cases/lectures/add-mul.yaml -o "$scratch/a.svg"
    run 0 draw cases/lectures/add-mul.yaml
    cmp -s "$scratch/out" "$scratch/a.svg" || problem "the same drawing gives other bytes"
    run 0 draw cases/lectures/add-mul.yaml --format png -o "$scratch/a.PNG"
    run 0 draw cases/lectures/add-mul.yaml -o "$scratch/b.PNG"
    cmp -s "$scratch/a.PNG" "$scratch/b.PNG" || problem "the same drawing gives other bytes"
    # Graphviz without its plugins: said clearly, and nothing is left behind.
    mkdir "$scratch/plugins"
    GVBINDIR=$scratch/plugins run 2 draw cases/lectures/add-mul.yaml -o "$scratch/none.svg"
    err 'gradcheck: error: Graphviz could not draw the svg: Layout type: "dot" not recognized.'
    [ ! -e "$scratch/none.svg" ] || problem "left a file behind"
    command="the pictures"
    "$python" - "$scratch" <<'END' || problem "they are not as they should be (above)"
import re, sys, xml.etree.ElementTree as tree
ns = "{http://www.w3.org/2000/svg}"
def load(name):
    source = open(f"{sys.argv[1]}/{name}.svg", encoding="utf-8").read()
    root = tree.fromstring(source)
    assert root.get("font-size") == "11" and root.get("font-family") == "Helvetica,Arial,sans-serif"
    assert root.get("role") == "img" and "DOCTYPE" not in source and "<!--" not in source
    named = [root.find(f".//*[@id='{i}']") for i in root.get("aria-labelledby").split()]
    assert [e.tag for e in named] == [ns + "title", ns + "desc"] and all(e.text for e in named)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) and all(i.startswith("graph-") for i in ids)
    assert "prefers-color-scheme:dark" in source
    # every colour has a counterpart on a dark screen
    colours = {e.get(a) for e in root.iter() for a in ("fill", "stroke")} - {None, "none", "transparent", "black"}
    assert all(f'[fill="{c}"]' in source for c in colours), colours
    text = [e.text for e in root.iter(ns + "text")]
    assert all(t.strip() for t in text if t is not None)
    return root, text
root, text = load("a")
for word in ("x", "y", "z", "q = add(x, y)", "f = mul(q, z)", "add distributes", "mul switches", "-12", "-4", "3", "parameter"):
    assert word in text, (word, text)
# the one in the documents says the same; where it stands depends on the fonts of a machine
shown = tree.parse("docs/add-mul.svg").getroot()
assert [e.text for e in shown.iter(ns + "text")] == text, "docs/add-mul.svg is out of date: gradcheck draw cases/lectures/add-mul.yaml -o docs/add-mul.svg"
root, text = load("wrong")
assert "wrong gradient: x[0] is 0.002984, not 0.02503" in text and "going backward, wrong from here on" in text
assert "float64: wrong; going backward, the first wrong gate is y (expr)" in text
assert "first wrong gate is y" in root.find(f".//*[@id='graph-desc']").text
load("odd"), load("chain3")
for name, rows in (("chain300", 300), ("layers100", 99), ("plain", 100)):
    root, text = load(name)
    assert sum(t.startswith("h") for t in text) >= rows, name
assert open(f"{sys.argv[1]}/a.PNG", "rb").read(8) == b"\x89PNG\r\n\x1a\n"
END
else
    run 2 draw cases/lectures/add-mul.yaml -o "$scratch/a.svg"
    err 'install libgraphviz-dev'
    [ ! -e "$scratch/a.svg" ] || problem "left a file behind"
fi

# Wrong usage and bad files say what is wrong.
run 2 draw
err 'one case file is drawn'
run 2 draw cases/lectures
err 'one is drawn at a time'
run 2 draw "$scratch/none.yaml"
err 'none.yaml'
run 2 draw cases/lectures/add-mul.yaml -o "$scratch/a.pdf"
err 'ends in .svg, .png or .dot'
run 2 draw cases/lectures/add-mul.yaml --format jpg
err 'takes one of svg, png, dot'
run 2 draw cases/lectures/add-mul.yaml --fold some
err 'takes one of auto, none, layers, all'
run 2 draw cases/lectures/add-mul.yaml -o "$scratch/no/such/folder.dot"
err 'cannot write'
run 3 draw cases/lectures/add-mul.yaml --format dot --engine "$scratch/no-such-engine"
# One gate with very many inputs: minutes for Graphviz, and for nobody.
{
    printf 'gradcheck: 1\nid: t/many\ninputs: {x: 0.3}\ngraph:\n  - y = add_n(x'
    awk 'BEGIN { for (i = 1; i < 3998; i++) printf ",x" }'
    printf ')\noutput: y\n'
} >"$scratch/few.yaml"
sed 's/add_n(x/add_n(x,x/' "$scratch/few.yaml" >"$scratch/many.yaml"
for command in draw explain; do
    run 2 "$command" "$scratch/many.yaml"
    err 't/many has 2 nodes and 3999 edges; at most 4000 of both together are explained or drawn'
done
run 0 check "$scratch/many.yaml" --format html="$scratch/many.html"
grep -q 'at most 4000 of both together' "$scratch/many.html" || problem "the page does not say why there is no drawing"
grep -q 'planting every bug in a graph of this size' "$scratch/many.html" || problem "bugs were planted in each of 3,999 edges"
run 0 draw "$scratch/few.yaml" --format dot
finish
