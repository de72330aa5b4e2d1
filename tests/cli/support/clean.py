"""Holds that no hostile text got out of its place: clean.py FORMAT FILE. One line on standard error when one did."""
import json
import re
import sys
import xml.etree.ElementTree as xml

kind, path = sys.argv[1:]
raw = open(path, "rb").read()
text = raw.decode("utf-8")  # strict
steering = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
found = steering.search(text.replace("\t", " ") if kind == "svg" else text)  # gnuplot indents with tabs
assert not found, f"{found.group()!r} came through: {text[max(0, found.start() - 40):found.end() + 10]!r}"

if kind == "json":
    json.loads(text)
    # Escaped, it is there again for whoever prints what he parsed.
    escaped = re.search(r"\\u(00[01][0-9a-f]|00[7-9]f|009|202[89a-e]|feff)|\\[bfnrt]", text)
    assert not escaped or "\\n" == escaped.group(), f"{escaped.group()} came through"
elif kind == "xml":
    tags = {element.tag for element in xml.fromstring(text).iter()}
    assert tags <= {"testsuite", "testcase", "failure", "error", "skipped"}, f"tags {tags}"
    assert "<!--" not in text and "CDATA" not in text
elif kind == "svg":
    tags = {element.tag.split("}")[-1] for element in xml.fromstring(text).iter()}
    assert "script" not in tags, "a script"
elif kind == "tap":
    for line in text.splitlines():
        assert re.match(r"TAP version 14$|(not )?ok [0-9]+ - |  |# |Bail out! (?!now)|1\.\.[0-9]+", line), f"no TAP: {line!r}"
        assert not re.match(r"not ok 99|1\.\.9$|  \.\.\..", line), f"injected: {line!r}"
elif kind == "github":
    for line in text.splitlines():
        assert line.startswith("::error "), f"no annotation: {line!r}"
        assert len(re.findall(r"(?<!%3A)::", line.split("::", 2)[1])) == 0
elif kind == "markdown":
    for line in text.splitlines():
        if not line.startswith("    "):
            assert not re.search(r"(?<!\\)<(?!/?details>|summary>|/summary>)", line), f"HTML: {line!r}"
            assert not re.search(r"(?<!\\)`", line), f"code: {line!r}"
else:
    assert kind == "plain", kind
    for line in text.splitlines():
        assert not re.match(r"\s*::", line), f"a command to GitHub: {line!r}"
        assert not re.match(r"\s*(not ok|1\.\.9|<script)", line), f"a line of its own: {line!r}"
