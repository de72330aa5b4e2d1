# gradcheck sweep: its plots, words and files, what it says when it cannot draw, its exit status.
. tests/cli/lib.sh

case=cases/lectures/sigmoid-neuron.yaml

# sweep NAME ARGUMENT...: what it prints is tests/golden/sweep-NAME.txt, in 80 columns but for its title.
sweep() {
    name=$1
    shift
    run 0 sweep --color never "$@"
    silent err
    golden "sweep-$name"
    awk 'NR > 1 && length > 80 { exit 1 }' "$scratch/out" || problem "a line is too long"
}
sweep sigmoid-neuron $case
sweep linear cases/lectures/add-mul.yaml
sweep kink cases/kinks/relu-at-zero.yaml
sweep param --param 'x[0, 1]' cases/hard/logits-1000.yaml

# The words say what is to be seen.
run 0 sweep $case
for word in 'was proved' 'PyTorch' 'lecture notes' 'cbrt(3 u |f| / |f'; do out "$word"; done

# Colour is there when asked for, and only then; it changes nothing else.
escape=$(printf '\033')
no_out "$escape"
cp "$scratch/out" "$scratch/plain"
run 0 sweep --color always $case
out "${escape}[31mc"
sed "s/$escape\[[0-9]*m//g" "$scratch/out" | cmp -s - "$scratch/plain" || problem "colours change the text"

# Files, several at once: CSV and JSON with the same numbers.
run 0 sweep $case --format csv="$scratch/s.csv" --format json="$scratch/s.json"
silent out
silent err
python3 - "$scratch/s.csv" "$scratch/s.json" <<'END' || problem "CSV and JSON are not as they should be"
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1])))
document = json.load(open(sys.argv[2]))
assert document["gradcheck-sweep"] == 1 and document["case"] == "lectures/sigmoid-neuron"
assert document["proof"] == {"agreement": "ok", "distance": document["proof"]["distance"], "bits": 640}
assert {(c["bits"], c["method"]) for c in document["curves"]} == {
    (b, m) for b in (24, 53, 113, 256, 512) for m in ("centered", "forward", "Richardson")}
points = [(c["bits"], c["method"], p) for c in document["curves"] for p in c["points"]]
assert len(points) == len(rows) > 1000
for (bits, method, point), row in zip(points, rows):
    assert (str(bits), method) == (row["bits"], row["method"])
    assert float(row["h"]) == point["h"] == 2.0 ** int(row["exponent"])
    assert abs(float(row["error"]) - point["error"]) <= 1e-5 * point["error"]

# double is what Python has: its own difference has the same error
f = lambda w: 1 / (1 + __import__("math").exp(-(-w + 6 - 3)))
g = document["derivative"]
for default in [c for c in document["curves"] if (c["bits"], c["method"]) == (53, "centered")][0]["defaults"]:
    h = default["h"]
    d = (f(2 + h) - f(2 - h)) / (2 * h)
    assert abs(abs(d - g) / abs(g) - default["error"]) < 2.0 ** -51 / h, default
END

# Pictures, where gnuplot is.
if command -v gnuplot >/dev/null; then
    run 0 sweep $case --format svg="$scratch/s.svg" --format png="$scratch/s.png"
    silent out
    silent err
    python3 - "$scratch/s.svg" "$scratch/s.png" <<'END' || problem "the pictures are not as they should be"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
text = " ".join("".join(t.itertext()) for t in root.iter() if t.tag.endswith("}text"))
for word in ("lectures/sigmoid-neuron", "53 bits, double", "256 bits", "PyTorch 1e-6", "lecture notes 1e-5", "Richardson"):
    assert word in text, word
assert "prefers-color-scheme: dark" in open(sys.argv[1]).read()
assert not [e for e in root.iter() if e.tag.endswith("script")]
assert open(sys.argv[2], "rb").read(8) == b"\x89PNG\r\n\x1a\n"
END
    for other in cases/lectures/add-mul.yaml cases/kinks/relu-at-zero.yaml; do
        run 0 sweep $other --format svg="$scratch/other.svg"
        silent err
    done
fi

# Without it: said clearly, nothing is written, and what was there stays. The same when it fails.
mkdir "$scratch/bin"
echo before >"$scratch/there.svg"
no_picture() {
    for target in new.svg there.svg; do
        PATH=$scratch/bin run 2 sweep $case --format svg="$scratch/$target"
        err "$1"
        no_err "$case:"
        silent out
    done
    [ ! -e "$scratch/new.svg" ] || problem "left a file behind"
    [ "$(cat "$scratch/there.svg")" = before ] || problem "changed the file that was there"
    [ -z "$(find "$scratch" -name '.*.svg*')" ] || problem "left a temporary file behind"
}
no_picture 'gnuplot is not installed'
printf '#!/bin/sh\necho half a picture\necho bad terminal >&2\nexit 1\n' >"$scratch/bin/gnuplot"
chmod +x "$scratch/bin/gnuplot"
no_picture 'it exited with status 1; it says: bad terminal'

# Nothing that a name says is a command.
odd="$scratch/a'b;touch hit;\`touch hit\`.csv"
run 0 sweep $case --format csv="$odd"
[ -s "$odd" ] || problem "did not write $odd"
[ ! -e hit ] || problem "a part of a name was run"

# Wrong usage and bad files say what is wrong.
run 2 sweep
err 'one case file'
run 2 sweep $case $case
err 'one case file'
run 2 sweep "$scratch/none.yaml"
err 'none.yaml'
run 2 sweep --param w9 $case
err 'no parameter w9; did you mean w'
run 2 sweep --param z $case
err 'no parameter z'
run 2 sweep --param x cases/hard/logits-1000.yaml
err 'a sweep takes one, as in x[0]'
run 2 sweep --param 'x[0, 99]' cases/hard/logits-1000.yaml
err 'leaves the tensor'
run 2 sweep --param w0 --param w1 $case
err 'given once'
run 2 sweep --format junit $case
err 'takes one of pretty, csv, json, svg, png'
run 2 sweep --format csv --format json $case
err 'two formats cannot share standard output'
run 2 sweep --format csv="$scratch/no/such/folder.csv" $case
err 'cannot write'

finish
