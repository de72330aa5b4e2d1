#!/bin/sh
# gradcheck explain --step on a terminal: a piece at a time, keys, and the terminal as it was, whatever ended the wait.
# gradcheck explain --format html: one page that is whole, and says what the board says.
. "$SOURCE_DIR/tests/cli/lib.sh"
find_python
case=cases/lectures/add-mul.yaml
command="gradcheck explain --step"
"$python" "$SOURCE_DIR/tests/cli/step.py" "$GRADCHECK" "$case" || problem "is not as it should be on a terminal (above)"

# Without a terminal everything comes at once, the same as without --step.
run 0 explain $case
cp "$scratch/out" "$scratch/board"
run 0 explain --step $case
cmp -s "$scratch/out" "$scratch/board" || problem "differs from the board without --step"
run 2 explain --step --format html $case
err '--step is for a terminal'

# The page.
run 0 explain --format pretty="$scratch/board.txt" $case
cmp -s "$scratch/board.txt" "$scratch/board" || problem "a file holds something else"
for name in lectures/add-mul kinks/relu-at-zero lectures/two-layer-net-small; do
    run 0 explain --format html="$scratch/$(basename $name).html" cases/$name.yaml
    silent out
    silent err
done
run 1 explain --format html="$scratch/wrong.html" examples/wrong-claim.yaml
sed -e 's|^title: .*|title: "a <b>\\"b\\"</b> \& \\e[31m </title><script>alert(1)</script>"|' $case >"$scratch/odd.yaml"
run 0 explain --format html "$scratch/odd.yaml"
cp "$scratch/out" "$scratch/odd.html"
run 0 explain --format html --param q $case
cp "$scratch/out" "$scratch/param.html"
command="the pages"
"$python" - "$scratch" <<'END' || problem "they are not as they should be (above)"
import html.parser, re, sys
void = {"meta", "br", "link"}
class Page(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__()
        self.open, self.text, self.ids, self.links, self.tags = [], "", [], [], []
        self.source = open(f"{sys.argv[1]}/{name}.html", encoding="utf-8").read()
        self.feed(self.source)
        assert not self.open, self.open
        assert len(self.ids) == len(set(self.ids)), self.ids
        assert all(link[1:] in self.ids for link in self.links), self.links
        assert self.tags.count("h1") == 1 and self.tags.count("main") == 1 and "script" not in self.tags
        assert not re.search(r'(src|href)="[^#]|url\(|@import', self.source)
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        if tag not in void:
            self.open.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "th":
            assert attributes.get("scope") in ("row", "col")
    def handle_startendtag(self, tag, attributes):
        pass
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "desc"):
            self.text += data + "\n"
page = Page("add-mul")
for words in ("q = add(x, y) = 3", "mul switches: each input gets the upstream gradient times the other input",
              "local df/dq = z = -4", "local x upstream = 1 x -4 = -4", "df/dx = -4", "numeric -4.0000000000000000"):
    assert words in page.text, words
assert "differs" not in page.text and "gate-q" in page.ids
page = Page("relu-at-zero")
assert "Convention: " in page.text and "corner" in page.text
page = Page("two-layer-net-small")
assert 'class="matrix"' in page.source and "norm" in page.text
page = Page("wrong")
assert "the claim is not the derivative" in page.text and 'class="bad">wrong<' in page.source
page = Page("odd")
assert 'a <b>"b"</b> & ?[31m </title><script>alert(1)</script>' in page.text
page = Page("param")
assert "gate-q" in page.ids and "gate-f" not in page.ids and "svg" not in page.tags
END
if command -v xmllint >/dev/null; then
    command="xmllint"
    xmllint --html --noout "$scratch/two-layer-net-small.html" 2>&1 | grep 'error' |
        grep -vE 'Tag (main|section|svg|title|desc|g|path|text|polygon) invalid' && problem "complains about a page (above)"
fi
finish
